"""The eval sets themselves: their gold stands in the corpus, and nobody has been told the questions."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from assistant import paths
from assistant.assistant import Assistant
from assistant.finding.generations import IndexFolder
from assistant.finding.points import read_points
from assistant.finding.unanswered import read_unanswered
from assistant.measuring.cases import Case, GoldFinder, fold, missing_gold, read_cases
from assistant.settings import Settings
from assistant.types import Document

#: The gate's set holds sentences, no questions.
SETS = sorted(path for path in (paths.evals_dir() / "sets").glob("*.jsonl") if path.stem != "gate")
#: What refusals are fitted on: of the same form, and none of the sets' questions.
TUNING = paths.evals_dir().parent / "index" / "tuning_questions.jsonl"
#: A question whose letters are fewer may stand anywhere by chance.
SHORTEST = 12


@pytest.fixture(scope="module")
def sets() -> dict[str, tuple[Case, ...]]:
    if not SETS:
        pytest.skip("evals/sets is empty")
    return {path.stem: read_cases(path) for path in SETS}


@pytest.mark.parametrize("path", [*SETS, TUNING], ids=lambda path: path.stem)
def test_every_gold_quote_stands_in_the_corpus(path: Path, documents: dict[str, Document]) -> None:
    assert missing_gold(read_cases(path), GoldFinder(documents)) == ()


@pytest.mark.parametrize("path", [*SETS, TUNING], ids=lambda path: path.stem)
def test_cases_are_whole(path: Path) -> None:
    for case in read_cases(path):
        assert bool(case.gold) is case.answerable, case.id
        assert bool(case.history) is (case.kind == "followup"), case.id
        assert case.kind != "unanswerable" or not case.answerable, case.id
        assert all(wordings and all(word.strip() for word in wordings) for wordings in case.nuggets), case.id


def test_no_question_is_asked_twice(sets: dict[str, tuple[Case, ...]]) -> None:
    """Neither within a set nor in two, or tuning on one would tell of the other. A follow-up counts with its past."""
    every = (*sets.values(), read_cases(TUNING))
    asked = Counter((fold(c.question)[0], tuple(t.content for t in c.history)) for cases in every for c in cases)
    assert [key for key, count in asked.items() if count > 1] == []
    assert max(Counter(case.id for cases in sets.values() for case in cases).values()) == 1


def told(assistant: Assistant, settings: Settings) -> dict[str, str]:
    """All text from which answers or refusals can come, by where it stands: files of the corpus, words and index."""
    files = [path for path in settings.corpus_dir.rglob("*") if path.suffix in (".txt", ".md", ".toml")]
    assert {"unanswered.toml", "kommunallagen.toml"} <= {path.name for path in files}
    files += [settings.lexicon_file, settings.thesaurus_file]
    texts = {str(path): path.read_text(encoding="utf-8") for path in files}
    texts |= {source.id: assistant.document(source.id).text for source in assistant.sources}
    return texts | {"index": "\n".join(indexed_questions(settings))}


def indexed_questions(settings: Settings) -> list[str]:
    """The questions and gists that the index holds besides the passages, and those that it does not answer."""
    generation = IndexFolder(settings.index_dir).current()
    assert generation is not None
    points, _ = read_points(generation.folder)
    unanswered = [question.text for question in read_unanswered(settings.corpus_dir)]
    asked = [point.text for point in points if point.kind == "aid"]
    assert unanswered
    assert asked
    return [*asked, *unanswered]


def test_no_eval_question_stands_in_corpus_or_index(
    assistant: Assistant, settings: Settings, sets: dict[str, tuple[Case, ...]]
) -> None:
    texts = {place: fold(text)[0] for place, text in told(assistant, settings).items()}
    questions = {case.id: fold(case.question)[0] for cases in sets.values() for case in cases}
    found = [
        (key, place)
        for key, question in questions.items()
        for place, text in texts.items()
        if len(question) >= SHORTEST and question in text
    ]
    assert found == []


def test_the_nearest_indexed_questions_are_shown(
    assistant: Assistant, settings: Settings, sets: dict[str, tuple[Case, ...]]
) -> None:
    """Prints the pairs that share most words (`pytest -s`); none may share all of many words."""
    terms = assistant.lexicon.terms
    indexed = [(text, frozenset(terms(text))) for text in dict.fromkeys(indexed_questions(settings))]
    pairs = []
    for case in (case for cases in sets.values() for case in cases):
        own = frozenset(terms(case.question))
        shares = (
            (shared / (len(own) + len(other) - shared), text) for text, other in indexed if (shared := len(own & other))
        )
        share, text = max(shares, default=(0.0, ""))
        pairs.append((share, len(own), case.id, text))
    for share, _, key, text in sorted(pairs, reverse=True)[:10]:
        print(f"{share:.2f} {key}: {text}")  # noqa: T201
    assert [(key, text) for share, size, key, text in pairs if share == 1 and size > 4] == []
