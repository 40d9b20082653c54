"""The words before a source's own: whose they are and what they weigh."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answering import frames
from assistant.types import Kind, Source

TEXT = "Direktören leder förvaltningen."


def source(kind: Kind, title: str = "Stödet – en skrift", publisher: str | None = None, **known: str | bool) -> Source:
    return Source("s", title, kind, Path("s.txt"), "0", publisher=publisher, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "lead"),
    [
        ("lag", "Stödet: "),
        ("beslut", "Stödet, ett beslut i en kommun: "),
        ("vägledning", "Vägledningen ”Stödet”: "),
        ("rapport", "Rapporten ”Stödet”: "),
        ("presentation", "Presentationen ”Stödet”: "),
        ("eget", "Egna dokument, ”Stödet”: "),
    ],
)
def test_each_kind_of_source_is_named_as_such(kind: Kind, lead: str) -> None:
    assert frames.lead(source(kind), "text", TEXT) == lead


@pytest.mark.parametrize("kind", ["rapport", "lag"])
def test_an_interviewee_is_one_voice_in_any_source(kind: Kind) -> None:
    assert frames.lead(source(kind), "quotation", TEXT) == "En intervjuad säger: "


def test_who_is_quoted_in_the_users_own_documents_is_not_guessed() -> None:
    assert frames.lead(source("eget"), "quotation", TEXT) == "Egna dokument, ”Stödet”: "


LAW = "Kommunallagen (2017:725), sammanfattning av lagtexten, inte dess ordalydelse"


@pytest.mark.parametrize("text", [TEXT, "Enligt 7 kap. 1 § kommunallagen ska styrelsen utse en direktör."])
def test_an_account_of_a_law_is_said_to_be_one(text: str) -> None:
    """Also before words that name the law: they are not the law's own."""
    account = source("lag", LAW, account=True, through="2025:450")
    assert frames.lead(account, "text", text) == "Kommunallagen i sammanfattning: "


def test_a_statute_is_named_with_the_last_change_that_it_holds() -> None:
    statute = source("lag", "Kommunallag (2017:725)", through="2025:450")
    assert frames.lead(statute, "text", TEXT) == "Kommunallag (till och med SFS 2025:450): "


def test_a_law_that_the_words_name_is_not_named_again() -> None:
    words = "Enligt 7 kap. 1 § kommunallagen ska styrelsen utse en direktör."
    assert frames.lead(source("lag", LAW), "text", words) == ""


@pytest.mark.parametrize(
    ("text", "lead"), [(TEXT, "Vägledning från SKR: "), ("SKR har tagit fram ett stödmaterial.", "")]
)
def test_guidance_is_named_by_its_publisher_in_short(text: str, lead: str) -> None:
    guidance = source("vägledning", publisher="Sveriges Kommuner och Regioner (SKR)")
    assert frames.lead(guidance, "text", text) == lead
