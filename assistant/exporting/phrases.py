"""What an export says besides questions, answers and quotations, in Swedish."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from assistant.answering.frames import OWN_DOCUMENTS
from assistant.types import Kind, Source, Voice

LANGUAGE = "sv-SE"
#: Who has put an export together, in a file's properties.
CREATOR = "kd, kommundirektörens assistent"

HEADING_ONE, HEADING_MANY = "Fråga och svar", "Frågor och svar"
DATE = "Datum: {day}"
INDEX = "Sökindex: {index}"
WAY_ONE, WAY_MANY = "Så kom svaret till: {way}", "Så kom svaren till: {way}"
FROM_SOURCES_ONE, FROM_SOURCES_MANY = "hämtat direkt ur källorna", "hämtade direkt ur källorna"
BY_MODEL_ONE = "skrivet av språkmodellen {model} och prövat mot källorna"
BY_MODEL_MANY = "skrivna av språkmodellen {model} och prövade mot källorna"
WARNING_ONE = (
    "Svaret är sammanställt av en AI-assistent. Kontrollera det mot källorna innan du använder det. "
    "Fotnoterna visar var varje påstående står."
)
WARNING_MANY = (
    "Svaren är sammanställda av en AI-assistent. Kontrollera dem mot källorna innan du använder dem. "
    "Fotnoterna visar var varje påstående står."
)
SEE_NOTE = "Se not "

_MONTHS = "januari februari mars april maj juni juli augusti september oktober november december".split()
_KINDS: Mapping[Kind, str] = {
    "lag": "lag",
    "beslut": "beslut i en kommun",
    "vägledning": "vägledning",
    "rapport": "rapport",
    "presentation": "presentation",
    "eget": OWN_DOCUMENTS,
}
_VOICE = "en intervjuads ord"
_ACCOUNT = "redogörelse för lag, inte lagens ordalydelse"
_THROUGH = "i lydelsen till och med SFS {through}"


def kind_of(source: Source, voice: Voice) -> str:
    """What kind of source the words are from: "lag, i lydelsen till och med SFS 2025:450"."""
    if voice == "quotation" and source.kind != "eget":
        return f"{_VOICE}, {_KINDS[source.kind]}"
    kind = _ACCOUNT if source.account else _KINDS[source.kind]
    return f"{kind}, {_THROUGH.format(through=source.through)}" if source.through else kind


def swedish_date(day: date) -> str:
    """ "22 november 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def left_out(count: int) -> str:
    """How many of the writer's sentences were withheld; "" for none."""
    if not count:
        return ""
    return (
        "1 mening är utelämnad, för den har inget stöd i källorna."
        if count == 1
        else f"{count} meningar är utelämnade, för de har inget stöd i källorna."
    )
