"""Where Swedish sentences begin and end."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reading.sentences import sentence_spans


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["Det görs bl.a. Kommunvis i dag.", "Det är bra."],
        ["Frågan rör ekonomin, dvs. Budgeten och årsbokslutet.", "Den avgörs sedan."],
        ["Ta stöd av t.ex. SKR eller länsstyrelsen.", "Fråga en kollega."],
        ["Enligt 7 kap. 1 § kommunallagen ska styrelsen utse en direktör.", "Det är lag."],
        ["Det står i 7 kap. 2 § kommunallagen.", "Där står mer."],
        ["Arvoden, resor m.m. beslutas av fullmäktige.", "Det sker senare."],
        ["Avtalet gäller fr.o.m. 1 mars t.o.m. 31 maj.", "Sedan upphör det."],
        ["Kostnaden är ca. 12 mnkr per år.", "Den ökar."],
        ["Det gäller p.g.a. Statens krav."],
        ["SmåKom har ingen medlem med fler än 13 500 invånare 2024.", "Public Partner är ett företag."],
        ["Svarsalternativen framgår i avsnitt 2.", "Undersökningen gjordes 2023."],
        ["Hur gick det?", "Det gick bra!", "Nu är det slut…", "Ja."],
        ["Andelen var 7.5 procent av 1.250 svar.", "Det är mycket."],
        ["Kostnaden är 1 250 kr.", "Det är mycket."],
        ['Hon sade: "Jag är nöjd."', "Sedan gick hon."],
        ['"Vi är få. Vi är trötta. Vad ska vi göra?"', "Så säger flera."],
        ['"Vi är en "anpassningskommun", dvs vi måste anpassa oss. Mycket prioriteras bort."', "Det är en röst."],
        ["”Jag ”åker hiss” hela dagarna. Det är mycket.”", "Så säger en direktör."],
        ["«Vi klarar det. Vi är vana.»", "Det är en röst."],
        ["Ansvaret (se avsnitt 3.) är delat.", "Det är bra."],
        ["Upplevelsen bekräftas av en analys.³", "Flera direktörer håller med."],
        ["Samspelet är gott.", "7 kap. reglerar ansvaret."],
        ["Mötet börjar kl. 8 och slutar kl. 10.", "Alla går hem."],
    ],
    ids=lambda sentences: sentences[0][:40],
)
def test_a_line_is_cut_between_its_sentences(sentences: list[str]) -> None:
    assert split(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("• Första punkten. Mer om den.\n• Andra punkten", ["Första punkten.", "Mer om den.", "Andra punkten"]),
        ("Att göra:\n- klargöra ansvar\n  ‒ följa upp", ["Att göra:", "klargöra ansvar", "följa upp"]),
        ("1. Hur ska ni styra?\n2. Hur ska ni följa upp?", ["Hur ska ni styra?", "Hur ska ni följa upp?"]),
        ("a) leda arbetet\nb) följa upp", ["leda arbetet", "följa upp"]),
        ("Gruppledarmöten Deltar\nLedarforum Leder", ["Gruppledarmöten Deltar", "Ledarforum Leder"]),
        ("", []),
        ("  \n \n", []),
    ],
)
def test_each_line_is_a_unit_of_its_own_without_its_bullet(text: str, units: list[str]) -> None:
    assert split(text) == units


@given(st.text(alphabet='abcÅÄÖ .!?"”“()•-–123\n:,§', max_size=200))
def test_spans_are_in_order_and_lose_no_letter(text: str) -> None:
    spans = sentence_spans(text)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    assert all(start < end and text[start:end] == text[start:end].strip() for start, end in spans)
    outside = "".join(
        text[a:b] for a, b in zip([0, *(e for _, e in spans)], [*(s for s, _ in spans), len(text)], strict=True)
    )
    assert not [char for char in outside if char in "ÅÄÖ!?§"]
