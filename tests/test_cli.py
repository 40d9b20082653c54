"""The command line: the JSON that other programs rely on, exit codes, and one Swedish line for what can be mended."""

from __future__ import annotations

import itertools
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.assistant import Assistant
from assistant.messages import CLUE_NAMES, LEG_NAMES
from assistant.types import KINDS

QUESTIONS = Path(__file__).parent / "data" / "questions.jsonl"
CASES = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
QUESTION = "Vem ska utse kommundirektören?"
SOURCES = "instruktion-kommundirektor"

Save = Callable[[str, str | bytes], str]


@pytest.fixture(autouse=True)
def built(assistant: Assistant) -> None:
    """The real corpus has its index."""


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def write(name: str, content: str | bytes) -> str:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


CITATION = {
    "n": int,
    "passage_id": str,
    "source_id": str,
    "title": str,
    "publisher": (str, type(None)),
    "year": (int, type(None)),
    "kind": str,
    "voice": str,
    "locator": str,
    "quote": str,
    "start": int,
    "end": int,
    "passage": str,
}
HIT = {"rank": int, "passage_id": str, "source_id": str, "score": float, "text": str}
ANSWER = {
    "schema": int,
    "question": str,
    "search_question": str,
    "outcome": str,
    "answer": str,
    "sentences": list,
    "citations": list,
    "hits": list,
    "suggestions": list,
    "writer": str,
    "withheld": list,
    "timings_ms": dict,
    "index_id": str,
}


def check_shape(value: dict[str, Any], shape: dict[str, Any]) -> None:
    assert shape.keys() <= value.keys()
    for key, kind in shape.items():
        assert isinstance(value[key], kind), (key, value[key])


def check_answer(answer: dict[str, Any]) -> None:
    """The contract's shape, down to each citation."""
    check_shape(answer, ANSWER)
    assert answer["schema"] == 1
    assert answer["outcome"] in ("answered", "partly", "no_support")
    assert set(answer["timings_ms"]) == {"search", "write", "verify", "total"}
    assert all(is_number(value) and value >= 0 for value in answer["timings_ms"].values())
    assert all(isinstance(text, str) for text in answer["suggestions"])
    for hit in answer["hits"]:
        check_shape(hit, HIT)
    assert [hit["rank"] for hit in answer["hits"]] == list(range(1, len(answer["hits"]) + 1))
    assert len(answer["hits"]) <= 20
    for citation in answer["citations"]:
        check_shape(citation, CITATION)
        assert citation["kind"] in KINDS
        assert citation["voice"] in ("text", "quotation")
        assert citation["quote"] in citation["passage"]
        assert citation["end"] - citation["start"] == len(citation["quote"])
    numbers = [citation["n"] for citation in answer["citations"]]
    assert numbers == list(range(1, len(numbers) + 1))
    for sentence in answer["sentences"]:
        check_shape(sentence, {"text": str, "citations": list})
        assert set(sentence["citations"]) <= set(numbers)
        assert all(f"[{n}]" in answer["answer"] for n in sentence["citations"])
    for item in answer["withheld"]:
        check_shape(item, {"text": str, "reason": str})
    if answer["outcome"] == "no_support":
        assert answer["citations"] == []


def test_an_answer_as_json(kd: Any) -> None:
    done = kd("ask", QUESTION, "--json")
    assert (done.code, done.err.strip(), done.out.count("\n")) == (0, "", 1)
    check_answer(done.json)
    assert done.json["outcome"] == "answered"
    assert done.json["question"] == done.json["search_question"] == QUESTION
    assert done.json["writer"] == "extractive"
    assert "id" not in done.json


def test_nothing_is_written_beside_an_answer_when_nothing_is_built(kd: Any) -> None:
    """Not even the blank line of an empty progress bar."""
    assert kd("ask", QUESTION).err == ""


def test_an_answer_in_a_process_of_its_own(kd_process: Any, settings: Any) -> None:
    """Bytes on standard output are UTF-8, also where the terminal is said to know nothing of it."""
    environment = {
        "KD_INDEX_DIR": str(settings.index_dir),
        "KD_EMBEDDING": settings.embedding,
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
    }
    done = kd_process("ask", QUESTION, "--json", environment=environment)
    assert done.code == 0
    check_answer(done.json)
    assert "kommundirektör" in done.json["answer"].lower()


def test_no_support_as_json(kd: Any) -> None:
    done = kd("ask", "Hur bakar man surdegsbröd?", "--json")
    assert done.code == 0
    check_answer(done.json)
    assert done.json["outcome"] == "no_support"
    assert done.json["sentences"] == []


def test_every_citation_of_every_question_stands_in_the_extracted_text(kd: Any) -> None:
    done = kd("ask", "--batch", str(QUESTIONS), "--json")
    assert done.code == 0
    assert [answer["id"] for answer in done.lines] == [case["id"] for case in CASES]
    texts: dict[str, str] = {}
    cited = 0
    for answer in done.lines:
        check_answer(answer)
        for citation in answer["citations"]:
            key = citation["source_id"]
            texts[key] = texts.get(key) or kd("corpus", "show", key, "--json").json["text"]
            assert texts[key][citation["start"] : citation["end"]] == citation["quote"]
            assert citation["passage"] in texts[key]
            cited += 1
    assert cited > 30


def test_a_batch_goes_on_after_a_bad_line(kd: Any, save: Save) -> None:
    lines = [
        json.dumps({"id": "a", "question": QUESTION, "kind": "direct", "gold": []}),
        "inte json",
        "",
        json.dumps({"id": "c"}),
        json.dumps({"id": 7, "question": "Vem leder kommunen vid en kris?"}),
        json.dumps({"id": "e", "question": "  "}),
        json.dumps(["lista"]),
        json.dumps({"question": QUESTION}),
        json.dumps({"id": "h", "question": "ord " * 5000}),
        json.dumps({"id": "i", "question": "Och vem då?", "history": [{"role": "user", "content": QUESTION}]}),
        json.dumps({"id": "j", "question": QUESTION, "history": [{"role": "robot", "content": "x"}]}),
    ]
    done = kd("ask", "--batch", save("b.jsonl", "\n".join(lines)), "--json")
    assert done.code == 0
    assert [line.get("id") for line in done.lines] == ["a", None, "c", "7", "e", None, None, "h", "i", "j"]
    good = {"a", "7", "i"}
    for line in done.lines:
        if line["id"] in good:
            check_answer(line)
        else:
            assert set(line) == {"id", "error"}
            assert line["error"]
            assert "\n" not in line["error"]
    assert next(line for line in done.lines if line["id"] == "i")["search_question"] != "Och vem då?"


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85"])
def test_only_a_line_feed_ends_a_line_of_a_batch(kd: Any, save: Save, mark: str) -> None:
    """JSON may hold Unicode's other line ends within a text."""
    lines = [{"id": "a", "question": f"{QUESTION}{mark}Svara kort."}, {"id": "b", "question": QUESTION}]
    text = "\r\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    done = kd("ask", "--batch", save("b.jsonl", text), "--json")
    assert [(line["id"], line.get("error")) for line in done.lines] == [("a", None), ("b", None)]


def test_a_batch_with_a_byte_order_mark(kd: Any, save: Save) -> None:
    line = json.dumps({"id": "a", "question": QUESTION})
    done = kd("ask", "--batch", save("b.jsonl", b"\xef\xbb\xbf" + line.encode()), "--json")
    assert [answer["outcome"] for answer in done.lines] == ["answered"]


def test_a_history_is_used(kd: Any, save: Save) -> None:
    turns = [
        {"role": "user", "content": "Vilka möten leder kommundirektören?"},
        {"role": "assistant", "content": "Ledningsgruppen."},
    ]
    done = kd("ask", "Och vem deltar?", "--history", save("h.json", json.dumps(turns)), "--json")
    check_answer(done.json)
    assert done.json["question"] == "Och vem deltar?"
    assert "möten" in done.json["search_question"]


@pytest.mark.parametrize("content", ["", "{", '{"role": "user"}', '[{"role": "robot", "content": "x"}]', '["x"]'])
def test_a_history_that_is_none(kd: Any, save: Save, content: str) -> None:
    assert kd("ask", QUESTION, "--history", save("h.json", content), "--json").complains("h.json", "samtal")


@pytest.mark.parametrize("command", ["ask", "search"])
def test_filters_hold(kd: Any, command: str) -> None:
    by_kind = kd(command, QUESTION, "--kind", "vägledning, presentation", "--json").json
    assert {hit["source_id"] for hit in by_kind["hits"]} <= {"skr-samarbete", "ledningsstod-presentation"}
    assert by_kind["hits"]
    by_source = kd(command, QUESTION, "--source", SOURCES, "--json").json
    assert {hit["source_id"] for hit in by_source["hits"]} == {SOURCES}


def test_search_as_json(kd: Any, assistant: Assistant) -> None:
    done = kd("search", QUESTION, "--top", "3", "--json")
    assert (done.code, done.err.strip()) == (0, "")
    assert (done.json["schema"], done.json["query"]) == (1, QUESTION)
    assert done.json["index_id"] == assistant.index_id
    assert [hit["rank"] for hit in done.json["hits"]] == [1, 2, 3]
    for hit, expected in zip(done.json["hits"], assistant.search(QUESTION, 3).items, strict=True):
        check_shape(hit, HIT)
        assert (hit["passage_id"], hit["text"]) == (expected.passage.id, expected.passage.text)


def test_answers_and_hits_for_people(kd: Any) -> None:
    shown = kd("ask", QUESTION)
    assert shown.code == 0
    assert "[1]" in shown.out
    assert "Källor" in shown.out
    found = kd("search", QUESTION, "--top", "2")
    assert found.code == 0
    assert found.out.startswith("1. ")
    assert "\n2. " in found.out


def test_an_answer_grows_in_a_terminal_and_is_then_shown_whole(kd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What grew is taken away again, so that the whole answer is written as it is to a file."""
    plain = kd("ask", QUESTION).out
    states = []
    monkeypatch.setattr("rich.live.Live.update", lambda _live, text, refresh: states.append((text.plain, refresh)))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert kd("ask", QUESTION).out.endswith(plain)
    texts = [text for text, _ in states]
    assert len(texts) > 2
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(texts))
    assert all(refresh for _, refresh in states)


def test_the_sources_as_json(kd: Any, assistant: Assistant) -> None:
    listed = kd("corpus", "list", "--json").json
    assert listed["schema"] == 1
    assert [source["id"] for source in listed["sources"]] == [source.id for source in assistant.sources]
    for source in listed["sources"]:
        check_shape(source, {"id": str, "title": str, "kind": str, "sha256": str, "origin": str})
        assert source["kind"] in KINDS
        assert source["origin"] in ("corpus", "own")
    plain = kd("corpus", "list")
    assert plain.code == 0
    assert all(source.id in plain.out for source in assistant.sources)


def test_a_document_as_json(kd: Any, assistant: Assistant) -> None:
    shown = kd("corpus", "show", SOURCES, "--json").json
    document = assistant.document(SOURCES)
    assert (shown["schema"], shown["source"]["id"], shown["text"]) == (1, SOURCES, document.text)
    assert [p["passage_id"] for p in shown["passages"]] == [p.id for p in document.passages]
    for passage in shown["passages"]:
        assert shown["text"][passage["start"] : passage["end"]] == passage["text"]
    assert [tuple(section["path"]) for section in shown["sections"]] == [s.path for s in document.sections]
    assert "1 Inledning" in kd("corpus", "show", SOURCES).out


def test_index_and_its_check(kd: Any, corpus: Any) -> None:
    stale = kd("index", "--check", **corpus.environment)
    assert (stale.code, "finns inget index" in stale.out) == (1, True)
    assert not corpus.settings.index_dir.exists()
    built = kd("index", **corpus.environment)
    assert (built.code, "3 källor" in built.out) == (0, True)
    assert kd("index", "--check", **corpus.environment).code == 0
    again = kd("index", **corpus.environment)
    assert (again.code, "redan" in again.out) == (0, True)
    del corpus.texts["rapporten"]
    corpus.save()
    stale = kd("index", "--check", **corpus.environment)
    assert (stale.code, "rapporten" in stale.out) == (1, True)
    assert "rapporten" in kd("index", **corpus.environment).out
    (corpus.folder / "lagen.txt").write_text("annat", encoding="utf-8")
    changed = kd("index", "--check", **corpus.environment)
    assert (changed.code, "lagen.txt" in changed.err) == (1, True)
    assert kd("index", **corpus.environment).complains("lagen.txt", "kontrollsumman")


def test_a_question_builds_a_missing_index_and_keeps_standard_output_clean(kd: Any, corpus: Any) -> None:
    done = kd("ask", "Vem ska utse en direktör?", "--json", **corpus.environment)
    assert done.code == 0
    check_answer(done.json)
    assert "Bygger sökindex" in done.err


def test_a_changed_file_is_a_warning_while_the_index_serves(kd: Any, corpus: Any) -> None:
    corpus.build()
    (corpus.folder / "lagen.txt").write_text("annat", encoding="utf-8")
    done = kd("ask", "Vem ska utse en direktör?", "--json", **corpus.environment)
    assert done.code == 0
    check_answer(done.json)
    assert "lagen.txt" in done.err
    assert "tidigare indexet" in done.err


def test_doctor_as_json(kd: Any) -> None:
    report = kd("doctor", "--json").json
    assert report["schema"] == 1
    found = {check["id"]: check for check in report["checks"]}
    assert {
        "python",
        "package-chromadb",
        "sources",
        "embedding",
        "index",
        "index-folder",
        "chat-model",
        "leaves-machine",
    } <= set(found)
    for check in report["checks"]:
        check_shape(check, {"id": str, "name": str, "ok": bool, "text": str})
    assert report["ok"] is all(check["ok"] for check in report["checks"])
    for name in ("sources", "embedding", "index", "index-folder"):
        assert found[name]["ok"], found[name]
    assert found["leaves-machine"]["text"] == "ingenting"


def test_doctor_says_what_is_wrong(kd: Any, corpus: Any, tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("", encoding="utf-8")
    own = {
        **corpus.environment,
        "KD_INDEX_DIR": str(tmp_path / "fil" / "index"),
        "KD_CHAT_MODEL": "openai:prov",
        "KD_CHAT_BASE_URL": "http://127.0.0.1:9/v1",
    }
    done = kd("doctor", "--json", **own)
    found = {check["id"]: check for check in done.json["checks"]}
    assert done.json["ok"] is False
    assert [found[name]["ok"] for name in ("index", "index-folder", "chat-model", "sources")] == [
        False,
        False,
        False,
        True,
    ]
    assert "127.0.0.1" in found["chat-model"]["text"]
    assert kd("doctor", **own).out.count("\n") == len(found)


@pytest.mark.parametrize(
    ("model", "address", "words"),
    [
        ("ollama:llama3.1", "", "samma dator"),
        ("openai:x", "http://localhost:1234/v1", "samma dator"),
        ("openai:x", "https://api.example.org/v1", "api.example.org"),
        ("openai:x", "", "openai"),
    ],
)
def test_doctor_says_what_leaves_the_machine(
    kd: Any, monkeypatch: pytest.MonkeyPatch, model: str, address: str, words: str
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("inget nät i testerna")

    monkeypatch.setattr(socket, "create_connection", refuse)
    own = {"KD_CHAT_MODEL": model, "KD_CHAT_BASE_URL": address}
    found = {check["id"]: check for check in kd("doctor", "--json", **own).json["checks"]}
    assert words in found["leaves-machine"]["text"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["saknas"]),
        (["ask"], ["fråga"]),
        (["ask", "--json"], ["fråga"]),
        (["ask", "", "--json"], ["fråga"]),
        (["ask", "   ", "--json"], ["tom"]),
        (["ask", "ord " * 10_000, "--json"], ["för lång"]),
        (["ask", QUESTION, "--batch", "x.jsonl", "--json"], ["--batch"]),
        (["ask", "--batch", "x.jsonl"], ["--json"]),
        (["ask", "--batch", "saknas.jsonl", "--json"], ["saknas.jsonl"]),
        (["ask", "--batch", ".", "--json"], ['"."']),
        (["ask", QUESTION, "--history", "saknas.json"], ["saknas.json"]),
        (["ask", QUESTION, "--kind", "roman"], ["roman", "rapport"]),
        (["ask", QUESTION, "--source", "finns-inte"], ["finns-inte", SOURCES]),
        (["ask", QUESTION, "--okänd"], ["--okänd"]),
        (["ask", QUESTION, "en till"], ["en till"]),
        (["ask", QUESTION, "--jso"], ["--jso"]),
        (["search"], ["FRÅGA"]),
        (["search", ""], ["tom"]),
        (["search", QUESTION, "--top", "0"], ["--top"]),
        (["search", QUESTION, "--top", "101"], ["--top"]),
        (["search", QUESTION, "--top", "tre"], ["tre", "--top"]),
        (["search", QUESTION, "--top"], ["--top"]),
        (["search", QUESTION, "--kind", "lag,roman"], ["roman"]),
        (["corpus", "show", "finns-inte"], ["finns-inte", SOURCES]),
        (["corpus"], ["saknas"]),
        (["corpus", "list", "--top", "3"], ["--top"]),
        (["finns-inte"], ["finns-inte"]),
        (["--finns-inte"], []),
        (["chat", "--port", "noll"], ["noll"]),
    ],
    ids=lambda value: " ".join(map(str, value))[:40] if isinstance(value, list) else None,
)
def test_what_the_user_can_mend_is_one_swedish_line(kd: Any, arguments: list[str], words: list[str]) -> None:
    done = kd(*arguments)
    assert done.complains(*words), (done.code, done.out, done.err)
    assert not any(english in done.err for english in ("argument ", "required", "invalid", "error", "expected"))


def test_a_batch_that_is_not_utf_8(kd: Any, save: Save) -> None:
    file = save("b.jsonl", json.dumps({"id": "a", "question": "Är det så?"}, ensure_ascii=False).encode("cp1252"))
    assert kd("ask", "--batch", file, "--json").complains("b.jsonl", "UTF-8")


def test_an_empty_batch_is_answered_with_nothing(kd: Any, save: Save) -> None:
    done = kd("ask", "--batch", save("b.jsonl", "\n\n"), "--json")
    assert (done.code, done.out) == (0, "")


@pytest.mark.parametrize("question", ["🙂", "🙂🙂 👍🏽", "…", "-?-"])
def test_a_question_without_words_has_no_support(kd: Any, question: str) -> None:
    done = kd("ask", "--json", "--", question)
    assert done.code == 0
    check_answer(done.json)
    assert done.json["outcome"] == "no_support"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("chat_modell = 'x'", ["chat_modell", "chat_model"]),
        ("[[[", ["kd.toml"]),
        ("chat_timeout_s = 'x'", ["chat_timeout_s"]),
    ],
)
def test_a_settings_file_that_cannot_be_used(kd: Any, save: Save, text: str, words: list[str]) -> None:
    assert kd("ask", QUESTION, KD_CONFIG=save("kd.toml", text)).complains(*words)


def test_settings_that_cannot_be_used(kd: Any, tmp_path: Path) -> None:
    assert kd("ask", QUESTION, KD_CONFIG=str(tmp_path / "x.toml")).complains("x.toml")
    assert kd("ask", QUESTION, KD_CHAT_TIMEOUT_S="snart").complains("chat_timeout_s")
    assert kd("ask", QUESTION, KD_CORPUS_DIR=str(tmp_path), KD_INDEX_DIR=str(tmp_path / "i")).complains("KD_CORPUS_DIR")
    assert kd("corpus", "list", KD_CORPUS_DIR=str(tmp_path)).complains("sources.toml")


def test_an_index_folder_that_cannot_be_written(kd: Any, save: Save) -> None:
    folder = save("fil", "") + "/index"
    for command in (["ask", QUESTION], ["index"]):
        done = kd(*command, KD_INDEX_DIR=folder)
        assert (done.code, done.out) == (2, "")
        lines = [line for line in done.err.splitlines() if line.strip()]
        assert folder in lines[-1]
        assert "KD_INDEX_DIR" in lines[-1]
        assert len(lines) == 1


def test_a_model_folder_that_is_none(kd: Any, tmp_path: Path) -> None:
    (tmp_path / "tom").mkdir()
    done = kd("index", "--embedding", str(tmp_path / "tom"), KD_INDEX_DIR=str(tmp_path / "i"))
    assert done.complains(str(tmp_path / "tom"), "sökmodell")


def test_a_chat_model_that_cannot_be_used(kd: Any) -> None:
    assert kd("ask", QUESTION, KD_CHAT_MODEL="finns-inte:modell").complains("finns-inte:modell")


def test_a_port_in_use(kd: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert kd("chat", "--no-browser", "--port", str(port)).complains(str(port))


def test_help_is_swedish_and_names_every_command(kd: Any) -> None:
    done = kd("--help")
    assert (done.code, done.err) == (0, "")
    for command in ("chat", "ask", "search", "index", "corpus", "doctor"):
        assert command in done.out
        page = kd(command, "--help")
        assert page.code == 0
        assert not any(word in page.out for word in ("usage:", "options:", "positional", "show this"))
    assert kd("--version").out.strip()


@pytest.mark.parametrize(("set_by_user", "expected"), [(None, "1"), ("3", "3")])
def test_search_runs_on_one_thread_unless_the_user_says_otherwise(
    kd: Any, monkeypatch: pytest.MonkeyPatch, set_by_user: str | None, expected: str
) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", set_by_user or "")
    if set_by_user is None:
        monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    kd("corpus", "list")
    assert os.environ["OPENBLAS_NUM_THREADS"] == expected


def test_the_module_is_the_command(kd_process: Any) -> None:
    done = kd_process("--version")
    assert (done.code, done.err) == (0, "")
    assert kd_process("ask").complains("fråga")


def test_a_reader_that_goes_away_is_no_error(settings: Any) -> None:
    """As with `kd ask … | head -0`."""
    import subprocess
    import sys

    environment = {**os.environ, "KD_INDEX_DIR": str(settings.index_dir), "KD_EMBEDDING": settings.embedding}
    command = [sys.executable, "-m", "assistant", "corpus", "show", SOURCES, "--json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read().strip() == b""
        assert process.wait(60) in (0, 1)


def test_search_explains_itself(kd: Any) -> None:
    plain = kd("search", QUESTION, "--json").json
    explained = kd("search", QUESTION, "--explain", "--json").json
    assert 0 <= explained["support"] <= 1
    assert [hit["passage_id"] for hit in explained["hits"]] == [hit["passage_id"] for hit in plain["hits"]]
    assert "reasons" not in plain["hits"][0]
    for hit in explained["hits"]:
        assert hit["found_by"]
        assert {reason["clue"] for reason in hit["reasons"]} <= set(CLUE_NAMES)
        assert set(hit["found_by"]) <= set(LEG_NAMES)
    shown = kd("search", QUESTION, "--explain").out
    assert "ord: " in shown
    assert "delpoäng: " in shown
    assert "delpoäng" not in kd("search", QUESTION).out
