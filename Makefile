# Två kommandon räcker: `make chat` (allt från installation till webbsidan) och `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TEST_STAMP := $(VENV)/.installed-test

.PHONY: chat test gate install index lint types bench clean

chat: $(VENV)/.synced
	$(BIN)/kd chat

# Kommunallagens officiella lydelse hämtas en enda gång; går det inte används vår sammanfattning.
$(VENV)/.synced: $(STAMP)
	-$(BIN)/kd corpus sync --quiet
	touch $@

install: $(STAMP)

# torch installeras först, så att den version som constraints.txt anger blir den enda som hämtas.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 13) else "Det behövs Python 3.11, 3.12 eller 3.13. Ange den så här: make chat PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	touch $@

$(TEST_STAMP): $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	touch $@

index: install
	$(BIN)/kd index

lint: $(TEST_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(TEST_STAMP)
	$(BIN)/mypy

test: lint types
	$(BIN)/pytest
	$(MAKE) gate

# Frågorna gäller de medföljande källorna, så egna dokument och hämtade lagar hålls utanför.
gate: $(TEST_STAMP)
	KD_INDEX_DIR=$(VENV)/gate/index KD_OWN_DIR=$(VENV)/gate/own KD_FETCHED_DIR=$(VENV)/gate/fetched \
		$(BIN)/kd eval --gate evals/gates.toml
	KD_INDEX_DIR=$(VENV)/gate/index KD_OWN_DIR=$(VENV)/gate/own KD_FETCHED_DIR=$(VENV)/gate/fetched \
		$(BIN)/kd eval --review --gate evals/gates.toml

bench: install
	$(BIN)/kd bench

clean:
	rm -rf $(VENV) index/chroma build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
