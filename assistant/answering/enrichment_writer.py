"""Search aids for the user's own documents, written by the chat model when somebody asks for it.

For each passage that has none: the questions that it answers, its gist and everyday words for it. They go into
`enrichment/<source id>.toml` beside the documents, in the form that `finding.enrich` reads, and only serve the search.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from assistant import paths
from assistant.answering import prompts
from assistant.answering.enrichment_reply import Aids, UnusableReplyError, read_reply
from assistant.answering.writers import address_in_use
from assistant.errors import ChatModelError, SettingsError, SourceError, UsageError
from assistant.finding.builder import Progress, no_progress
from assistant.finding.enrich import passage_fingerprint
from assistant.reading.documents import read_document
from assistant.reading.sources import changed_sources, read_sources
from assistant.settings import Settings
from assistant.types import Document, Passage, Source

#: Takes the rules and the message, and gives the model's reply; raises `ChatModelError`.
Reply = Callable[[str, str], str]
#: One entry of a file, as it stands there.
Entry = Mapping[str, Any]

_STAGE = "Skriver sökfrågor"
_ATTEMPTS = 2
#: The file is written anew after this many passages, so that little is lost whatever happens.
_SAVED_EVERY = 10
#: A model that fails at this many passages in a row is not asked about the rest.
_MOST_FAILURES = 10
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done for one document: the entries that still fit it, and the passages that have none."""

    document: Document
    file: Path
    kept: tuple[Entry, ...]
    missing: tuple[Passage, ...]
    stale: int


@dataclass(frozen=True, slots=True)
class Written:
    """How many passages got search aids, how many entries were dropped, and a Swedish line for each skipped passage."""

    passages: int
    dropped: int
    skipped: tuple[str, ...]


def require_chat_model(settings: Settings) -> None:
    """`SettingsError` says how to choose a model when none is chosen."""
    if not settings.chat_model:
        raise SettingsError(
            "kd index --enrich behöver en språkmodell som skriver frågorna, och ingen är vald. Ange den med "
            "chat_model i kd.toml eller med KD_CHAT_MODEL, till exempel ollama:llama3.1."
        )


def plan(settings: Settings, source_id: str | None = None) -> tuple[Task, ...]:
    """What there is to do for the user's own documents, or for one of them. Reads, and changes nothing.

    `UsageError` names the documents when `source_id` is none of them.
    """
    own = [source for source in read_sources(settings) if source.origin == "own"]
    if source_id and source_id not in [source.id for source in own]:
        known = ", ".join(source.id for source in own) or "inga"
        raise UsageError(f'"{source_id}" är inget eget dokument. Egna dokument: {known}.')
    chosen = [source for source in own if source_id in (None, source.id)]
    changed = changed_sources(chosen)
    if changed:
        raise SourceError(" ".join(changed))
    return tuple(_task(settings, source) for source in chosen)


def announcement(settings: Settings, tasks: Sequence[Task]) -> str:
    """What will be sent and where, said before anything is: how many passages, to which model, at which address."""
    count = sum(len(task.missing) for task in tasks)
    if not tasks:
        return "Det finns inga egna dokument att skriva sökfrågor till. Lägg till dem med kd corpus add."
    if not count:
        return "Alla stycken i dina egna dokument har redan sökfrågor. Inget skickas."
    documents = sum(bool(task.missing) for task in tasks)
    where, local = _destination(settings)
    return (
        f"{count} {'stycke' if count == 1 else 'stycken'} ur {documents} av dina egna dokument skickas till "
        f"språkmodellen {settings.chat_model} {where}. Texten {'stannar på' if local else 'lämnar'} den här datorn. "
        "Avbryt med Ctrl+C; det som är klart sparas."
    )


def write(tasks: Sequence[Task], reply: Reply, progress: Progress = no_progress) -> Written:
    """Asks the model about each passage that has no search aids and keeps what it says, document by document.

    What is done is saved also when this is interrupted, and the next run goes on from there. `ChatModelError` when the
    server fails, or when reply after reply cannot be used; it says how far it went.
    """
    work = _Work(reply, progress, sum(len(task.missing) for task in tasks))
    for task in tasks:
        if task.missing or task.stale:
            with _locked(task.file.parent):
                work.document(task)
    return Written(work.done, sum(task.stale for task in tasks), tuple(work.skipped))


def _task(settings: Settings, source: Source) -> Task:
    document = read_document(source, settings.passage_words)
    file = settings.own_dir / "enrichment" / f"{source.id}.toml"
    passages = {passage_fingerprint(passage): passage for passage in document.passages}
    entries = _read(file)
    kept = {str(entry.get("fingerprint")): entry for entry in entries if entry.get("fingerprint") in passages}
    missing = tuple(passage for key, passage in passages.items() if key not in kept)
    return Task(document, file, tuple(kept.values()), missing, len(entries) - len(kept))


def _read(file: Path) -> list[Entry]:
    """The entries of a file, as they stand there; none when there is no file."""
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8")).get("passage")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourceError(
            f'Sökfrågorna i "{paths.shown(file)}" går inte att läsa: {error}. Rätta filen eller ta bort den.'
        ) from error
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _destination(settings: Settings) -> tuple[str, bool]:
    """Where the model is, in words, and whether that is this machine."""
    model = settings.chat_model or ""
    address, provider = urlsplit(address_in_use(settings, model)), model.split(":", 1)[0]
    if address.hostname:
        port = f":{address.port}" if address.port else ""
        return f"på adressen {address.scheme}://{address.hostname}{port}", address.hostname in _LOCAL
    if provider == "ollama":
        return "på ollamas vanliga adress", True
    return f"på leverantörens egen adress ({provider})", False


@dataclass(slots=True)
class _Work:
    """One run: what has been done so far, and how."""

    reply: Reply
    progress: Progress
    total: int
    done: int = 0
    asked: int = 0
    failures: int = 0
    skipped: list[str] = field(default_factory=list)

    def document(self, task: Task) -> None:
        """Fills in one document's file; it is saved now and then, and whatever happens at the end."""
        entries = {str(entry["fingerprint"]): entry for entry in task.kept}
        try:
            for number, passage in enumerate(task.missing, 1):
                self.progress(_STAGE, self.asked, self.total)
                aids = self._ask(task.document, passage)
                if aids:
                    entries[passage_fingerprint(passage)] = _entry(passage, aids)
                self.asked += 1
                if number % _SAVED_EVERY == 0:
                    _save(task, entries)
        finally:
            _save(task, entries)
        self.progress(_STAGE, self.asked, self.total)

    def _ask(self, document: Document, passage: Passage) -> Aids | None:
        """The aids for a passage; None, and a line about it, when no reply could be used."""
        message = prompts.enrich_message(document.source.title, passage)
        reason = ""
        for _ in range(_ATTEMPTS):
            try:
                aids = read_reply(self._reply(message + prompts.enrich_again(reason)))
            except UnusableReplyError as error:
                reason = str(error)
                continue
            self.done, self.failures = self.done + 1, 0
            return aids
        self._skip(document, passage, reason)
        return None

    def _reply(self, message: str) -> str:
        try:
            return self.reply(prompts.ENRICH, message)
        except ChatModelError as error:
            raise ChatModelError(f"{error} {self._so_far()}") from error

    def _skip(self, document: Document, passage: Passage, reason: str) -> None:
        place = ", ".join(part for part in (document.source.title, passage.locator) if part)
        self.skipped.append(f'"{_starts(passage)} …" ({place}) fick inga sökfrågor: {reason}.')
        self.failures += 1
        if self.failures == _MOST_FAILURES:
            raise ChatModelError(
                f"Språkmodellens svar gick inte att använda för {_MOST_FAILURES} stycken i rad (senast: {reason}). "
                f"Välj en annan modell med chat_model. {self._so_far()}"
            )

    def _so_far(self) -> str:
        return f"{self.done} av {self.total} stycken är klara och sparade; kör kd index --enrich igen för resten."


def _entry(passage: Passage, aids: Aids) -> Entry:
    return {
        "section": passage.path[-1] if passage.path else "",
        "starts": _starts(passage),
        "fingerprint": passage_fingerprint(passage),
        "gist": aids.gist,
        "questions": list(aids.questions),
        **({"words": aids.words} if aids.words else {}),
    }


def _starts(passage: Passage) -> str:
    return " ".join(passage.text.split()[:8])


def _save(task: Task, entries: Mapping[str, Entry]) -> None:
    """Writes the document's file whole or not at all, in the order of its passages; removes it when nothing is left."""
    order = [passage_fingerprint(passage) for passage in task.document.passages]
    rows = [entries[key] for key in dict.fromkeys(order) if key in entries]
    try:
        if not rows:
            task.file.unlink(missing_ok=True)
            return
        draft = task.file.with_suffix(".new")
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            file.write(_toml(task.document.source.id, rows))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(task.file)
    except OSError as error:
        raise _unwritable(task.file.parent, error) from error


def _toml(source_id: str, rows: Sequence[Entry]) -> str:
    parts = [f"schema = 1\nsource = {_string(source_id)}"]
    for row in rows:
        parts.append("[[passage]]\n" + "\n".join(f"{key} = {_value(value)}" for key, value in row.items()))
    return "\n\n".join(parts) + "\n"


def _value(value: Any) -> str:
    """A text, or a list of texts with one a line."""
    if isinstance(value, list):
        return "[\n" + "".join(f"  {_string(str(item))},\n" for item in value) + "]"
    return _string(str(value))


def _string(text: str) -> str:
    """TOML's basic string; JSON's is one, but for the delete sign."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One run at a time; a second one is told so at once."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "LOCK", timeout=0):
            yield
    except Timeout as error:
        raise UsageError("Sökfrågor skrivs redan i en annan körning. Vänta tills den är klar.") from error
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> SourceError:
    reason = error.strerror or error
    return SourceError(
        f'Mappen "{paths.shown(folder)}" går inte att skriva i ({reason}). Välj en annan med KD_OWN_DIR.'
    )
