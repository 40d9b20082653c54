"""The sentences of the passages, searched for themselves, and the questions that have been written for single ones."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant.assistant import Assistant
from assistant.errors import IndexFolderError
from assistant.finding.builder import Built
from assistant.finding.enrich import passage_fingerprint, read_enrichment
from assistant.finding.generations import IndexFolder
from assistant.reading.sentences import sentence_spans
from assistant.settings import Settings
from assistant.types import Document, Hit, SentenceClues

#: Its words are none of the passage's.
QUESTION = "Vart reser veckans kallelser?"
FIRST = "Direktören kallar 14 chefer till ett möte varje måndag."
SECOND = "Mötet hålls inte i juli."
STARTS = "Mötet hålls"


@dataclass
class Enriched:
    """A small corpus whose passage on meetings has questions for single sentences."""

    corpus: Any

    def build(self, *sentences: tuple[str, str]) -> Built:
        """`sentences` are first words and a question each."""
        folder = self.corpus.folder / "enrichment"
        folder.mkdir(exist_ok=True)
        row = {"section": "2 Möten", "starts": "Direktören kallar", "fingerprint": passage_fingerprint(self._passage())}
        rows = ["schema = 1", 'source = "beslutet"', "[[passage]]"]
        rows += [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in row.items()]
        for starts, question in sentences:
            rows += ["[[passage.sentence]]", f"starts = {json.dumps(starts, ensure_ascii=False)}"]
            rows += [f"questions = [{json.dumps(question, ensure_ascii=False)}]"]
        (folder / "beslutet.toml").write_text("\n".join(rows) + "\n", encoding="utf-8")
        return self.corpus.build()

    def _passage(self) -> Any:
        self.corpus.build()
        with opened(self.corpus.settings) as assistant:
            return next(p for p in assistant.document("beslutet").passages if FIRST in p.text)

    def hit(self, query: str) -> Hit:
        """The passage on meetings, as found."""
        with opened(self.corpus.settings) as assistant:
            return next(hit for hit in assistant.search(query).items if FIRST in hit.passage.text)


class opened:
    """The assistant over an index, closed at the end."""

    def __init__(self, settings: Settings) -> None:
        self._assistant, warning = Assistant.open(settings)
        assert warning == ""

    def __enter__(self) -> Assistant:
        return self._assistant

    def __exit__(self, *_error: object) -> None:
        self._assistant.close()


@pytest.fixture
def enriched(corpus: Any) -> Enriched:
    return Enriched(corpus)


def clues(hit: Hit) -> dict[str, SentenceClues]:
    return {hit.passage.text[clue.start : clue.end]: clue for clue in hit.sentences}


def test_a_question_for_a_sentence_leads_to_its_passage_and_to_it(enriched: Enriched) -> None:
    assert enriched.build((STARTS, QUESTION)).stale_aids == ()
    hit = enriched.hit(QUESTION)
    found = clues(hit)
    assert hit.rank == 1
    assert (found[SECOND].questions, found[SECOND].nearest) == pytest.approx((1, 1), abs=1e-3)
    assert found[SECOND].words > 0
    assert (found[FIRST].questions, found[FIRST].nearest, found[FIRST].words) == (0, 0, 0)
    assert found[SECOND].likelihood > found[FIRST].likelihood


def test_a_sentence_is_known_by_its_letters_alone(enriched: Enriched) -> None:
    assert enriched.build(("MÖTET  hålls – inte", QUESTION)).stale_aids == ()
    assert clues(enriched.hit(QUESTION))[SECOND].nearest == pytest.approx(1, abs=1e-3)


def test_the_nearest_question_is_one_and_their_mean_another(enriched: Enriched) -> None:
    enriched.build((STARTS, QUESTION), (STARTS, "När semestrar alla samtidigt?"))
    found = clues(enriched.hit(QUESTION))[SECOND]
    assert found.nearest == pytest.approx(1, abs=1e-3)
    assert 0 < found.questions < 0.95


@pytest.mark.parametrize("starts", ["Mötet ställs in", "", "hålls inte"])
def test_questions_for_a_sentence_that_is_not_there_are_reported_and_left_out(enriched: Enriched, starts: str) -> None:
    built = enriched.build((starts, QUESTION), ("Direktören kallar", "Vem bjuder in?"))
    (line,) = built.stale_aids
    assert line.endswith(f'beslutet.toml": ingen mening under "2 Möten" börjar med "{starts}".')
    found = clues(enriched.hit("Vem bjuder in?"))
    assert found[FIRST].nearest == pytest.approx(1, abs=1e-3)
    assert (found[SECOND].questions, found[SECOND].nearest) == (0, 0)
    points = (serving(enriched.corpus.settings) / "points.json").read_text(encoding="utf-8")
    assert "Vem bjuder in?" in points
    assert QUESTION not in points


def serving(settings: Settings) -> Path:
    current = IndexFolder(settings.index_dir).current()
    assert current is not None
    return current.folder


def test_questions_of_a_changed_passage_are_reported_and_left_out(enriched: Enriched) -> None:
    enriched.build((STARTS, QUESTION))
    kind, text = enriched.corpus.texts["beslutet"]
    enriched.corpus.texts["beslutet"] = (kind, text.replace("14 chefer", "15 chefer"))
    built = enriched.corpus.save().build()
    assert ['frågorna till "2 Möten" hör till en text som har ändrats' in line for line in built.stale_aids] == [True]


def test_without_questions_a_sentence_speaks_for_itself(built_once: Any) -> None:
    """An own document, say, that nobody has written questions for."""
    with opened(built_once.settings) as assistant:
        hit = assistant.search(SECOND).items[0]
    found = clues(hit)
    assert found[SECOND].own == pytest.approx(1, abs=1e-3)
    assert found[SECOND].words > found[FIRST].words
    assert found[SECOND].covered > found[FIRST].covered
    assert {(clue.questions, clue.nearest) for clue in found.values()} == {(0.0, 0.0)}
    assert found[SECOND].likelihood > 0.5


def test_a_heading_counts_for_all_sentences_below_it(built_once: Any) -> None:
    with opened(built_once.settings) as assistant:
        hit = next(hit for hit in assistant.search("Hur är det med möten?").items if FIRST in hit.passage.text)
    assert [clue.covered for clue in hit.sentences] == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize("content", [None, "{", '{"rows": [[0]], "terms": []}'], ids=["gone", "no JSON", "other rows"])
def test_a_damaged_index_of_sentences_is_said_to_be(corpus: Any, content: str | None) -> None:
    corpus.build()
    path = serving(corpus.settings) / "sentences.json"
    path.unlink() if content is None else path.write_text(content, encoding="utf-8")
    with pytest.raises(IndexFolderError, match="kd index --rebuild"):
        Assistant.open(corpus.settings)


# Those that the product ships


@pytest.fixture(scope="module")
def shipped(settings: Settings) -> dict[str, dict[str, Any]]:
    """The files of search questions, by source id."""
    files = sorted((settings.corpus_dir / "enrichment").glob("*.toml"))
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in files}


def test_every_shipped_entry_fits_today_s_text(
    settings: Settings, documents: dict[str, Document], shipped: dict[str, dict[str, Any]]
) -> None:
    read = read_enrichment([settings.corpus_dir], tuple(documents.values()))
    assert read.stale == ()
    assert set(shipped) == set(documents)
    texts = {passage.id: passage.text for document in documents.values() for passage in document.passages}
    of_sentences = [aid for aid in read.aids if aid.end]
    written = [sentence for file in shipped.values() for e in file["passage"] for sentence in e.get("sentence", ())]
    assert len(of_sentences) >= sum(len(sentence["questions"]) for sentence in written) > 0
    assert all((aid.start, aid.end) in sentence_spans(texts[aid.passage_id]) for aid in of_sentences)


def test_first_words_that_are_a_whole_sentence_lead_to_that_one(settings: Settings, assistant: Assistant) -> None:
    """Not to an earlier and longer one that begins alike."""
    document = assistant.document("askersund-stodprocesser")
    entries = tomllib.loads((settings.corpus_dir / "enrichment" / f"{document.source.id}.toml").read_text("utf-8"))
    aids = read_enrichment((settings.corpus_dir,), [document]).aids
    texts = {passage.id: passage.text for passage in document.passages}
    lines = {line.strip("•‒ ") for text in texts.values() for line in text.split("\n")}
    whole = [s for entry in entries["passage"] for s in entry.get("sentence", ()) if s["starts"] in lines]
    assert any(other.startswith(s["starts"]) and other != s["starts"] for s in whole for other in lines)
    for sentence in whole:
        led = {texts[aid.passage_id][aid.start : aid.end] for aid in aids if aid.text == sentence["questions"][0]}
        assert sentence["starts"] in led
