"""Corpus -> index: reads what is listed, embeds what changed, publishes a new generation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from assistant.errors import IndexFolderError, SourceError
from assistant.finding.documents_file import read_documents, write_documents
from assistant.finding.embedder import Embedder, Vectors, open_embedder
from assistant.finding.enrich import Aid, enrichment_fingerprint, read_enrichment
from assistant.finding.exact import write_vectors
from assistant.finding.generations import Generation, IndexFolder, Manifest
from assistant.finding.legs import write_source_names
from assistant.finding.lexicon import Lexicon, lexicon_fingerprint, read_lexicon
from assistant.finding.points import (
    PassageAids,
    aids_by_passage,
    embed_points,
    join_with_aids,
    make_points,
    read_points,
    write_points,
)
from assistant.finding.sentence_index import write_sentences
from assistant.finding.showable import write_showable
from assistant.finding.store import BATCH, VectorStore, erase_unused
from assistant.finding.terms_file import write_terms
from assistant.finding.unanswered import UnansweredQuestion, read_unanswered, unanswered_fingerprint, write_unanswered
from assistant.reading.documents import READER_VERSION, read_document
from assistant.reading.sources import changed_sources, read_sources, without_place
from assistant.settings import SHIPPED, Settings
from assistant.types import Document, Passage, Source

#: Is told a stage in Swedish, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]

#: Changes when a generation's files get another form.
_FORMAT = 16


def no_progress(_stage: str, _done: int, _total: int) -> None:
    """The default: says nothing."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """Whether the index agrees with the corpus. `changed` names files that are not the listed ones."""

    fresh: bool
    reasons: tuple[str, ...]
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did. `embedded` of `passages` passages were embedded; the rest were taken over."""

    generation: Generation
    documents: int
    passages: int
    embedded: int
    removed: tuple[str, ...]
    fresh_already: bool
    stale_aids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """Vectors computed earlier: passages' by what was embedded, points' by their text."""

    passages: Mapping[str, Vectors] = field(default_factory=dict)
    points: Mapping[str, Vectors] = field(default_factory=dict)


def _enriched(settings: Settings) -> tuple[Path, ...]:
    """The folders whose `enrichment` is read."""
    return settings.corpus_dir, settings.own_dir


def embedding_name(settings: Settings, current: Generation | None) -> str:
    """The model asked for, else the one that the index was built with, else the shipped one."""
    return settings.embedding or (current.manifest.embedding if current else SHIPPED)


def check_freshness(settings: Settings, embedder: Embedder | None = None) -> Freshness:
    """Compares the serving index with corpus, settings and model. Builds nothing.

    `embedder` is the model asked for, when it is open already.
    """
    current = IndexFolder(settings.index_dir).current()
    sources = read_sources(settings)
    changed = changed_sources(sources)
    if current is None:
        return Freshness(False, ("Det finns inget index.",), changed)
    if changed:
        return Freshness(False, (), changed)
    embedder = embedder or open_embedder(embedding_name(settings, current), settings)
    if _fingerprint(settings, sources, embedder) == current.manifest.fingerprint:
        return Freshness(True, ())
    return Freshness(False, _reasons(current.manifest, sources, embedder))


def build_index(
    settings: Settings,
    progress: Progress = no_progress,
    rebuild: bool = False,
    download: bool = False,
    embedder: Embedder | None = None,
) -> Built:
    """Brings the index up to date with the corpus. The earlier index serves until the new one has been proved.

    `rebuild` embeds everything again. `SourceError` names every source that cannot be used, and nothing is published.
    """
    folder = IndexFolder(settings.index_dir)
    with folder.building() as workplace:
        current = folder.current()
        sources = _sound_sources(settings)
        embedder = embedder or open_embedder(embedding_name(settings, current), settings, download)
        fingerprint = _fingerprint(settings, sources, embedder)
        if current and not rebuild and current.manifest.fingerprint == fingerprint:
            return Built(current, len(sources), current.manifest.passages, 0, (), fresh_already=True)
        documents = _read(settings, sources, progress)
        known = Known() if rebuild else _known_vectors(current, embedder)
        enrichment = read_enrichment(_enriched(settings), documents)
        lexicon = read_lexicon(settings.lexicon_file)
        embedded = write_generation(
            workplace,
            documents,
            embedder,
            lexicon,
            enrichment.aids,
            known,
            progress,
            read_unanswered(settings.corpus_dir),
        )
        passages = [passage for document in documents for passage in document.passages]
        progress("Kontrollerar indexet", 0, 1)
        manifest = Manifest(
            fingerprint, embedder.name, embedder.fingerprint, len(passages), {s.id: _source_key(s) for s in sources}
        )
        generation = folder.publish(workplace, manifest)
        progress("Kontrollerar indexet", 1, 1)
    removed = tuple(sorted(set(current.manifest.sources) - {s.id for s in sources})) if current else ()
    return Built(generation, len(documents), len(passages), embedded, removed, False, enrichment.stale)


def _sound_sources(settings: Settings) -> tuple[Source, ...]:
    sources = read_sources(settings)
    changed = changed_sources(sources)
    if changed:
        raise SourceError(" ".join(changed))
    return sources


def _read(settings: Settings, sources: Sequence[Source], progress: Progress) -> tuple[Document, ...]:
    documents = []
    for number, source in enumerate(sources):
        progress("Läser källorna", number, len(sources))
        documents.append(read_document(source, settings.passage_words))
    progress("Läser källorna", len(sources), len(sources))
    return tuple(documents)


def _known_vectors(current: Generation | None, embedder: Embedder) -> Known:
    """The vectors of the serving generation, if the same model made them.

    None are known when that generation cannot be read: it is about to be replaced.
    """
    if current is None or current.manifest.embedding_fingerprint != embedder.fingerprint:
        return Known()
    try:
        points, point_vectors = read_points(current.folder)
        ways = aids_by_passage(points, point_vectors)
        passages = [passage for document in read_documents(current.folder) for passage in document.passages]
        keys = {passage.id: _embedding_key(passage, ways.get(passage.id)) for passage in passages}
        with VectorStore(current.folder / "chroma") as store:
            vectors = {keys[key]: vector for key, vector in store.vectors().items() if key in keys}
        return Known(vectors, {point.text: vector for point, vector in zip(points, point_vectors, strict=True)})
    except IndexFolderError:
        return Known()


def write_generation(
    workplace: Path,
    documents: Sequence[Document],
    embedder: Embedder,
    lexicon: Lexicon,
    aids: Sequence[Aid] = (),
    known: Known | None = None,
    progress: Progress = no_progress,
    unanswered: Sequence[UnansweredQuestion] = (),
) -> int:
    """Writes what a generation is made of to an empty folder; returns how many passages had to be embedded."""
    earlier = known or Known()
    passages = [passage for document in documents for passage in document.passages]
    write_documents(workplace, documents)
    write_terms(workplace, documents, aids, lexicon)
    write_sentences(workplace, passages, aids, lexicon)
    write_source_names(workplace, documents, lexicon)
    points = make_points(passages, aids)
    answered = [point.text for point in points if point.kind == "aid"]
    point_vectors = embed_points(points, embedder, earlier.points, partial(progress, "Läser meningarna"))
    write_points(workplace, passages, points, point_vectors)
    write_unanswered(workplace, unanswered, answered, embedder, lexicon)
    write_showable(workplace, passages, points, lexicon)
    ways = aids_by_passage(points, point_vectors)
    sources = {document.source.id: document.source for document in documents}
    embedded = 0
    rows: list[Vectors] = []
    with VectorStore(workplace / "chroma", create=True) as store:
        for start, batch in _batches(passages):
            progress("Bygger sökindex", start, len(passages))
            keys = [_embedding_key(passage, ways.get(passage.id)) for passage in batch]
            missing = [(key, p) for key, p in zip(keys, batch, strict=True) if key not in earlier.passages]
            fresh = _embedded([passage for _, passage in missing], embedder, ways)
            vectors = {**earlier.passages, **dict(zip([key for key, _ in missing], fresh, strict=True))}
            embedded += len(missing)
            store.add(batch, np.stack([vectors[key] for key in keys]), sources)
            rows += [vectors[key] for key in keys]
    write_vectors(workplace, rows)
    erase_unused(workplace / "chroma")
    progress("Bygger sökindex", len(passages), len(passages))
    return embedded


def _embedded(passages: Sequence[Passage], embedder: Embedder, ways: Mapping[str, PassageAids]) -> list[Vectors]:
    """Each passage's vector, joined with its aids' where it has any."""
    if not passages:
        return []
    own = embedder.encode_passages([embedded_text(passage) for passage in passages])
    return [join_with_aids(vector, ways.get(passage.id)) for passage, vector in zip(passages, own, strict=True)]


def _batches(passages: Sequence[Passage]) -> Iterator[tuple[int, Sequence[Passage]]]:
    for start in range(0, len(passages), BATCH):
        yield start, passages[start : start + BATCH]


def embedded_text(passage: Passage) -> str:
    """What a passage's vector is made of: its innermost heading, the lead-in of its list, and its words."""
    return "\n".join(part for part in (*passage.path[-1:], passage.lead_in, passage.text) if part)


def _embedding_key(passage: Passage, aids: PassageAids | None) -> str:
    """From everything that a passage's vector is made of."""
    text = "\n".join((embedded_text(passage), *(aids.texts if aids else ())))
    return hashlib.sha256(text.encode()).hexdigest()


def _fingerprint(settings: Settings, sources: Sequence[Source], embedder: Embedder) -> str:
    parts = {
        "format": _FORMAT,
        "reader": READER_VERSION,
        "passage_words": settings.passage_words,
        "embedding": embedder.fingerprint,
        "lexicon": lexicon_fingerprint(settings.lexicon_file),
        "sources": [_source_key(source) for source in sources],
        "unanswered": unanswered_fingerprint(settings.corpus_dir),
        "enrichment": enrichment_fingerprint(_enriched(settings), [source.id for source in sources]),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _source_key(source: Source) -> str:
    """From the file's bytes and all that is known of it; not from where it lies."""
    return hashlib.sha256(repr(without_place(source)).encode()).hexdigest()[:16]


def _reasons(manifest: Manifest, sources: Sequence[Source], embedder: Embedder) -> tuple[str, ...]:
    now = {source.id: _source_key(source) for source in sources}
    reasons = [f'Källan "{key}" är ny.' for key in now if key not in manifest.sources]
    reasons += [f'Källan "{key}" är borttagen.' for key in manifest.sources if key not in now]
    reasons += [f'Källan "{key}" är ändrad.' for key in now if manifest.sources.get(key, now[key]) != now[key]]
    if manifest.embedding_fingerprint != embedder.fingerprint:
        reasons.append(f'Indexet är byggt med en annan sökmodell ("{manifest.embedding}").')
    return tuple(reasons) or ("Programmet läser källorna på ett nytt sätt sedan indexet byggdes.",)
