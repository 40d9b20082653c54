"""Fetches a statute's official wording from the riksdag's open data; a copy that is no good leaves the last one."""

from __future__ import annotations

import datetime
import http.client
import os
import re
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from assistant.errors import OutsideError, UsageError
from assistant.reading.library import write_list
from assistant.reading.sources import SourceRow, read_list, sha256_of, shipped_sources
from assistant.reading.statutes import Statute, read_statute, section_name
from assistant.settings import Settings
from assistant.types import Source

#: The most seconds and bytes that a reply may take.
_SECONDS, _LARGEST = 20.0, 20_000_000
_REFERENCE = re.compile(r"(?P<chapter>\d{1,2}) kap\. (?P<first>\d{1,3}(?: [a-z])?)(?:–(?P<last>\d{1,3}(?: [a-z])?))? §")


@dataclass(frozen=True, slots=True)
class Synced:
    """What came of one source: `changed` is False when the copy that there was is the newest."""

    source_id: str
    through: str
    sections: int
    changed: bool


def sync(settings: Settings, source_id: str | None = None, seconds: float = _SECONDS) -> tuple[Synced, ...]:
    """Fetches every source that has an official address, or the one named.

    `OutsideError` when the address does not answer or the reply is no good; the copy that there was is left as it is.
    """
    sources = [source for source in shipped_sources(settings) if source.sync_url]
    if source_id:
        sources = [source for source in sources if source.id == source_id]
        if not sources:
            known = ", ".join(source.id for source in shipped_sources(settings) if source.sync_url) or "inga"
            raise UsageError(f'Källan "{source_id}" hämtas inte från någon adress. Det går att hämta: {known}.')
    return tuple(_sync(settings, source, seconds) for source in sources)


def _sync(settings: Settings, source: Source, seconds: float) -> Synced:
    text = _fetch(source, seconds)
    statute = _parsed(text, source)
    rows = read_list(settings.fetched_dir).source
    held = next((row for row in rows if row.id == source.id), None)
    _refuse_losses(statute, source, settings.fetched_dir / held.file if held else None)
    through = statute.consolidated_through or statute.sfs
    file = f"{source.id}-{through.replace(':', '-')}.txt"
    changed = _write_if_new(settings.fetched_dir / file, text)
    row = SourceRow(
        id=source.id,
        title=statute.title,
        kind="lag",
        file=file,
        sha256=sha256_of(settings.fetched_dir / file),
        publisher="Sveriges riksdag",
        year=int(through.split(":")[0]),
        url=source.url,
        sync_url=source.sync_url,
        through=through,
        fetched=datetime.date.today().isoformat(),
    )
    write_list(
        settings.fetched_dir,
        [*(other for other in rows if other.id != source.id), row],
        "Lagar i sin officiella lydelse, hämtade av kd corpus sync. Skrivs om vid nästa hämtning.",
    )
    if held and held.file != file:
        (settings.fetched_dir / held.file).unlink(missing_ok=True)
    return Synced(source.id, through, len(statute.sections), changed)


def _fetch(source: Source, seconds: float) -> str:
    address = source.sync_url or ""
    request = urllib.request.Request(address, headers={"User-Agent": "kd-assistent", "Accept": "text/plain"})
    try:
        with urllib.request.urlopen(request, timeout=seconds) as reply:
            data = _within(reply, seconds)
            expected = reply.headers.get("Content-Length")
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise OutsideError(
            f'Kunde inte hämta "{source.id}" från {address} ({reason}). Försök igen när nätet fungerar; '
            "den tidigare texten används så länge."
        ) from error
    if len(data) > _LARGEST or (expected and expected.isdigit() and int(expected) != len(data)):
        raise OutsideError(
            f"Svaret från {address} är avkortat eller för stort. Försök igen; den tidigare texten används."
        )
    return str(data.decode("utf-8-sig", errors="replace")).replace("\r\n", "\n")


def _within(reply: IO[bytes], seconds: float) -> bytes:
    """The whole reply; `TimeoutError` when it has not come within the time, however steadily it drips."""
    end = time.monotonic() + seconds
    data = b""
    while part := reply.read(65_536):
        data += part
        if time.monotonic() > end:
            raise TimeoutError("svaret tar för lång tid")
        if len(data) > _LARGEST:
            break
    return data


def _parsed(text: str, source: Source) -> Statute:
    statute = read_statute(text)
    if statute is None:
        raise OutsideError(
            f"Svaret från {source.sync_url} går inte att läsa som en lag. "
            "Den tidigare texten används; försök igen senare."
        )
    return statute


def _refuse_losses(statute: Statute, source: Source, held: Path | None) -> None:
    """A copy that lacks sections of the last one, or sections that our account refers to, is taken for a broken one."""
    now = {section_name(statute, section) for section in statute.sections}
    before = _held_names(held) if held and held.is_file() else _account_names(source, statute)
    lost = sorted(before - now)
    if lost:
        count = "en paragraf" if len(lost) == 1 else f"{len(lost)} paragrafer"
        raise OutsideError(
            f"Den hämtade lagen saknar {count} som fanns förut ({lost[0]}). "
            "Den tidigare texten används; kontrollera adressen och försök igen senare."
        )


def _held_names(held: Path) -> set[str]:
    statute = read_statute(held.read_text(encoding="utf-8"))
    return {section_name(statute, section) for section in statute.sections} if statute else set()


def _account_names(source: Source, statute: Statute) -> set[str]:
    """The single sections that the account's headings name."""
    if not source.account:
        return set()
    text = source.path.read_text(encoding="utf-8")
    headings = re.findall(r"^### (.*)$", text, re.MULTILINE)
    found = (match for heading in headings for match in _REFERENCE.finditer(heading))
    return {f"{match['chapter']} kap. {match['first']} § {statute.short_name}" for match in found}


def _write_if_new(path: Path, text: str) -> bool:
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return True
