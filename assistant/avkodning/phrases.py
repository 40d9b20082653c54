"""What a review says besides requirements and quotations, in Swedish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assistant.types import WEIGHTS, Finding, FindingVerdict, Review, Weight

VERDICTS: tuple[FindingVerdict, ...] = ("found", "partly", "missing", "contradicts")
VERDICT_NAMES: Mapping[FindingVerdict, str] = {
    "found": "finns",
    "partly": "finns delvis",
    "missing": "saknas",
    "contradicts": "säger emot",
}
#: How the rows of each weight are headed.
WEIGHT_HEADINGS: Mapping[Weight, str] = {
    "lag": "Det här kräver lagen",
    "vägledning": "Det här är SKR:s råd för en överenskommelse mellan ordförande och chef",
    "rapport": "Det här tar rapporterna upp",
    "beslut": "Idéer ur en beslutad instruktion",
}
#: What a weight is called within a sentence.
WEIGHT_NAMES: Mapping[Weight, str] = {
    "lag": "lagens krav",
    "vägledning": "SKR:s råd",
    "rapport": "rapporternas frågor",
    "beslut": "idéerna ur en beslutad instruktion",
}
IS_INSTRUKTION = "Dokumentet är en instruktion för direktören."
IS_NO_INSTRUKTION = (
    "Dokumentet ser inte ut att vara en instruktion för direktören. Raderna visar ändå vad det tar upp; "
    "lagens krav kan inte vara uppfyllda här."
)
REVIEW_TITLE = "Granskning av instruktionen"
COMPARISON_TITLE = "Två instruktioner sida vid sida"
WARNING = (
    "Granskningen är sammanställd av en AI-assistent. Den läser ord, inte avsikter: kontrollera varje rad mot "
    "instruktionen och källorna innan du använder den."
)
OWN, BASIS, REASON, QUESTION = "Instruktionen", "Grund", "Bedömning", "Fråga till ordföranden"
SUMMARY = "Sammanfattning"
DOCUMENT = "Granskat dokument: {title}"
SIDES = ("Den första", "Den andra")
#: What heads the list of what is missing or gainsaid.
LACKING: Mapping[Weight, str] = {
    "lag": "Lagen kräver detta. Här saknas det eller sägs emot:",
    "vägledning": "SKR:s råd för en överenskommelse mellan ordförande och chef. Här saknas det eller sägs emot:",
    "rapport": "Rapporterna tar upp detta. Här saknas det eller sägs emot:",
    "beslut": "Idéer att överväga. Här saknas de eller sägs emot:",
}
#: The order in which a weight's rows are shown.
_SHOWN_FIRST: tuple[FindingVerdict, ...] = ("contradicts", "missing", "partly", "found")
NO_OWN = "Inga ord i dokumentet tar upp detta."

SAME_WORDS = "Båda säger samma sak med samma ord."
SAME: Mapping[FindingVerdict, str] = {
    "found": "Båda tar upp detta, med olika ord.",
    "partly": "Båda tar upp detta delvis.",
    "missing": "Ingen av dem tar upp detta.",
    "contradicts": "Båda säger emot detta.",
}
DIFFERENT = "{first}, {second}."
SAYS: Mapping[FindingVerdict, str] = {
    "found": "{which} tar upp detta",
    "partly": "{which} tar upp det delvis",
    "missing": "{which} tar inte upp det",
    "contradicts": "{which} säger emot det",
}


def counted(rows: Sequence[Finding]) -> dict[Weight, dict[FindingVerdict, int]]:
    """How many rows there are of each weight and verdict; every weight and verdict is there."""
    return {
        weight: {verdict: sum(r.weight == weight and r.verdict == verdict for r in rows) for verdict in VERDICTS}
        for weight in WEIGHTS
    }


def by_weight(rows: Sequence[Finding], in_order: bool = False) -> Iterator[tuple[Weight, list[Finding]]]:
    """The rows of each weight, what is gainsaid or missing first; with `in_order` as they stand."""
    for weight in WEIGHTS:
        chosen = [row for row in rows if row.weight == weight]
        if not in_order:
            chosen.sort(key=lambda row: _SHOWN_FIRST.index(row.verdict))
        if chosen:
            yield weight, chosen


def row_title(row: Finding) -> str:
    """ "Vem som träder in när direktören är borta: saknas"."""
    return f"{row.title}: {VERDICT_NAMES[row.verdict]}"


def own_line(row: Finding) -> str:
    """The document's own words on one line with their place, or that there are none."""
    if row.own is None:
        return NO_OWN
    quote = f"«{' '.join(row.own.quote.split())}»"
    return f"{quote} ({row.own.locator})" if row.own.locator else quote


def sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def summary_lines(review: Review) -> tuple[str, ...]:
    """Whether it is an instruktion, then for each weight how much of it is there."""
    counts = counted(review.rows)
    head = IS_INSTRUKTION if review.is_instruktion else IS_NO_INSTRUKTION
    return (head, *(_summary_line(weight, counts[weight]) for weight in WEIGHTS if any(counts[weight].values())))


def _summary_line(weight: Weight, counts: Mapping[FindingVerdict, int]) -> str:
    parts = [f"{counts[verdict]} {VERDICT_NAMES[verdict]}" for verdict in VERDICTS if counts[verdict]]
    return f"{sentence_case(WEIGHT_NAMES[weight])}: {', '.join(parts)}."
