"""The user's own documents: added byte for byte with what is known of them, and removed so that nothing is left."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import tomlkit
from filelock import FileLock

from assistant import paths
from assistant.errors import ReadError, SourceError, UsageError
from assistant.reading.documents import document_from_raw
from assistant.reading.raw import RawDocument
from assistant.reading.readers import READERS
from assistant.reading.sources import LIST_NAME, SourceList, SourceRow, read_list, sha256_of
from assistant.reading.statutes import read_statute
from assistant.reading.worker import read_bounded
from assistant.settings import Settings
from assistant.types import Document, Kind, Source

#: A zip with more members, or members or a total that unpack to more bytes, is refused.
_MOST_MEMBERS, _LARGEST_MEMBER, _LARGEST_TOTAL = 2_000, 300_000_000, 1_000_000_000
_YEAR = re.compile(r"\b(19[5-9]\d|20[0-4]\d)\b")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a document to be added; None is unknown. `guessed` names what nobody has confirmed."""

    title: str | None = None
    publisher: str | None = None
    year: int | None = None
    kind: Kind = "eget"
    guessed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Added:
    """What came of one file: the source and its document, or the line that says why it was refused."""

    path: Path
    source: Source | None = None
    document: Document | None = None
    refusal: str = ""
    notes: tuple[str, ...] = ()


#: Is shown a file and what was guessed of it, and gives back what is to be written down.
Confirm = Callable[[Path, Metadata], Metadata]


def as_guessed(_path: Path, guess: Metadata) -> Metadata:
    """The default: nobody is asked, and every guess stays marked as one."""
    return guess


def add_files(
    settings: Settings, files: Sequence[Path], given: Metadata, confirm: Confirm = as_guessed
) -> tuple[Added, ...]:
    """Adds files, folders and zip archives to the user's own documents; a file that is refused does not stop the rest.

    What `given` holds is taken as known; the rest is guessed from the document and shown to `confirm`.
    """
    with _locked(settings), tempfile.TemporaryDirectory(prefix="kd-zip-") as unpacked:
        results: list[Added] = []
        for path in files:
            try:
                for file in _expand(path, Path(unpacked)):
                    results.append(_add(settings, file, given, confirm))
            except SourceError as error:
                results.append(Added(path, refusal=str(error)))
        return tuple(results)


def remove_source(settings: Settings, source_id: str) -> None:
    """Takes an own document off the list and deletes its file and the questions written for it.

    `UsageError` names the ids that can be removed.
    """
    with _locked(settings):
        listed = read_list(settings.own_dir)
        row = next((row for row in listed.source if row.id == source_id), None)
        if row is None:
            own = ", ".join(row.id for row in listed.source) or "inga"
            raise UsageError(f'"{source_id}" är inget eget dokument och kan inte tas bort. Egna dokument: {own}.')
        _write(settings, [other for other in listed.source if other.id != source_id])
        (settings.own_dir / row.file).unlink(missing_ok=True)
        (settings.own_dir / "enrichment" / f"{source_id}.toml").unlink(missing_ok=True)


def _expand(path: Path, unpacked: Path) -> Iterator[Path]:
    """The files meant: the file itself, those in a folder, or those in a zip."""
    if path.is_dir():
        found = sorted(file for file in path.rglob("*") if file.is_file() and file.suffix.lower() in READERS)
        if not found:
            raise ReadError(f'Mappen "{path}" innehåller inget dokument. Den kan innehålla {_known()}.')
        yield from found
    elif path.suffix.lower() == ".zip" and path.is_file():
        yield from _unzip(path, Path(tempfile.mkdtemp(dir=unpacked)))
    else:
        yield path


def _unzip(path: Path, target: Path) -> Iterator[Path]:
    """Unpacks the documents of an archive after its list of members has been found harmless."""
    name = paths.shown(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _refuse_harmful(members, name)
            wanted = [member for member in members if PurePosixPath(member.filename).suffix.lower() in READERS]
            if not wanted:
                raise ReadError(f'Arkivet "{name}" innehåller inget dokument. Det kan innehålla {_known()}.')
            for number, member in enumerate(wanted):
                folder = target / str(number)
                folder.mkdir(parents=True)
                file = folder / PurePosixPath(member.filename).name
                with archive.open(member) as packed, file.open("wb") as plain:
                    shutil.copyfileobj(packed, plain)
                yield file
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise ReadError(f'Arkivet "{name}" är skadat eller har lösenord. Packa det på nytt utan lösenord.') from error


def _refuse_harmful(members: Sequence[zipfile.ZipInfo], name: str) -> None:
    for member in members:
        inside = PurePosixPath(member.filename.replace("\\", "/"))
        if inside.is_absolute() or ".." in inside.parts or ":" in inside.parts[0]:
            raise ReadError(
                f'Arkivet "{name}" innehåller en otillåten sökväg ("{member.filename}"). Packa det på nytt.'
            )
        if inside.suffix.lower() == ".zip":
            raise ReadError(f'Arkivet "{name}" innehåller ett annat arkiv ("{member.filename}"). Packa upp det först.')
    sizes = [member.file_size for member in members]
    if len(members) > _MOST_MEMBERS or max(sizes, default=0) > _LARGEST_MEMBER or sum(sizes) > _LARGEST_TOTAL:
        raise ReadError(
            f'Arkivet "{name}" är för stort ({len(members)} filer, {sum(sizes) // 10**6} MB). Dela upp det.'
        )


def _add(settings: Settings, path: Path, given: Metadata, confirm: Confirm) -> Added:
    try:
        raw = read_bounded(path)
        digest = sha256_of(path)
        listed = read_list(settings.own_dir)
        same = next((row for row in listed.source if row.sha256 == digest), None)
        if same:
            return Added(path, refusal=f'"{paths.shown(path)}" finns redan som "{same.id}".')
        draft = Source("utkast", path.stem, "eget", path, digest, origin="own")
        document = document_from_raw(draft, raw, settings.passage_words)
        if not document.passages:
            raise ReadError(f'Kunde inte läsa "{paths.shown(path)}": dokumentet har ingen löpande text.')
        known = confirm(path, _guess(path, raw, document, given))
        row = _row(path, digest, known, {row.id for row in listed.source} | _taken(settings))
        settings.own_dir.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, settings.own_dir / row.file)
        _write(settings, [*listed.source, row])
    except OSError as error:
        raise SourceError(
            f'Mappen "{settings.own_dir}" går inte att skriva i ({error.strerror}). Välj en annan med KD_OWN_DIR.'
        ) from error
    except ReadError as error:
        return Added(path, refusal=str(error))
    source = row.source(settings.own_dir, "own")
    return Added(path, source, document_from_raw(source, raw, settings.passage_words), notes=raw.notes)


def _guess(path: Path, raw: RawDocument, document: Document, given: Metadata) -> Metadata:
    """Title and year from the document's beginning or the file's name where they were not given.

    A statute names itself, which is no guess.
    """
    guessed = list(given.guessed)
    title, year = given.title, given.year
    statute = read_statute("\n\n".join(page.text for page in raw.pages))
    if statute:
        title, year = title or statute.title, year or int(statute.sfs.split(":")[0])
    if title is None:
        first = next((section.path[0] for section in document.sections if section.path), "")
        title = first if 3 < len(first) <= 120 and not first[0].isdigit() else path.stem.replace("_", " ").strip()
        guessed.append("title")
    if year is None and (found := _YEAR.search(f"{path.stem} {document.text[:1500]}")):
        year = int(found.group())
        guessed.append("year")
    return Metadata(title, given.publisher, year, given.kind, tuple(guessed))


def _row(path: Path, digest: str, known: Metadata, taken: set[str]) -> SourceRow:
    identity = _identity(known.title or path.stem, taken)
    return SourceRow(
        id=identity,
        title=known.title or path.stem,
        kind=known.kind,
        file=identity + path.suffix.lower(),
        sha256=digest,
        publisher=known.publisher,
        year=known.year,
        guessed=list(known.guessed),
    )


def _identity(title: str, taken: set[str]) -> str:
    """A short id in a–z, 0–9 and hyphens that no other source has."""
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48].strip("-") or "dokument"
    names = (base if number == 1 else f"{base}-{number}" for number in range(1, 10**6))
    return next(name for name in names if name not in taken)


def _taken(settings: Settings) -> set[str]:
    return {row.id for row in read_list(settings.corpus_dir).source}


def _write(settings: Settings, rows: Sequence[SourceRow]) -> None:
    write_list(settings.own_dir, rows, "Egna dokument. Ändra gärna titel, utgivare och år; ta då bort dem ur guessed.")


def write_list(folder: Path, rows: Sequence[SourceRow], comment: str) -> None:
    """Writes a folder's `sources.toml` whole or not at all."""
    document = tomlkit.document()
    document.add(tomlkit.comment(comment))
    document.add("schema", tomlkit.item(1))
    table = tomlkit.aot()
    for row in rows:
        table.append(tomlkit.item(row.model_dump(exclude_defaults=True)))
    if rows:
        document.add("source", table)
    SourceList.model_validate({"schema": 1, "source": [row.model_dump() for row in rows]})
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{LIST_NAME}.new"
    with draft.open("w", encoding="utf-8") as file:
        file.write(tomlkit.dumps(document))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / LIST_NAME)


@contextmanager
def _locked(settings: Settings) -> Iterator[None]:
    try:
        settings.own_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(settings.own_dir / "LOCK", timeout=60):
            yield
    except OSError as error:
        raise SourceError(
            f'Mappen "{settings.own_dir}" går inte att skriva i ({error.strerror or error}). '
            "Välj en annan med KD_OWN_DIR."
        ) from error


def _known() -> str:
    return ", ".join(sorted(READERS))
