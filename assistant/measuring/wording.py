"""What the report's page calls things, and numbers as they are written in Swedish."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assistant.measuring.metrics import METRICS

LABELS = {metric.name: metric.label for metric in METRICS}
UNITS = {metric.name: metric.unit for metric in METRICS}
#: Means that are no shares of anything, and so are set as decimals.
DECIMALS = ("mrr", "ndcg@10")
KINDS = {
    "direct": "rak fråga",
    "paraphrase": "omskriven",
    "multi": "flera ställen",
    "list": "uppräkning",
    "numeric": "siffra",
    "quote": "citat",
    "followup": "följdfråga",
    "colloquial": "vardagligt",
    "table": "tabell",
    "unanswerable": "utan svar",
    "adversarial": "fälla",
}
SYSTEMS = {"bm25": "BM25 (bara ord)", "dense": "Bara vektorer", "tutorial": "Vanlig handledning"}
GROUPS = {
    "Hänvisningar": (
        "citation_recall",
        "citation_precision",
        "first_citation",
        "verbatim",
        "wrong_locator",
        "uncited_claims",
    ),
    "Svarets innehåll": ("nugget_recall", "nugget_recall_folded"),
    "Att avböja": ("right_refusal", "false_refusal", "unreserved", "false_reservation"),
    "Längd och tid (medianer)": ("words", "latency"),
}
MEANING = {
    "hit@1": "Sökningens första stycke innehåller ett facitcitat.",
    "hit@5": "Det som behövs finns bland de fem första styckena.",
    "recall@5": "Hur stor del av facitcitaten som finns bland de fem första.",
    "mrr": "1 om rätt stycke kommer först, 1/2 om det kommer tvåa, och så vidare.",
    "ndcg@10": "Hur högt upp facitcitaten ligger bland tio stycken; 1 är bästa möjliga ordning.",
    "citation_recall": "Svaret citerar minst hälften av ett facitcitat (av alla, när frågan kräver flera).",
    "citation_precision": "Hur stor del av svarets citat som är hämtade ur ett rätt stycke.",
    "first_citation": "Svarets första citat täcker ett facitcitat.",
    "verbatim": "Citatet står ordagrant på den plats i källan som hänvisningen anger.",
    "wrong_locator": "Hänvisningen anger ett annat avsnitt än det som citatet står i.",
    "uncited_claims": "Meningar i svaret utan hänvisning.",
    "nugget_recall": "Hur stor del av de väntade fakta som står i svaret med en godkänd formulering.",
    "nugget_recall_folded": "Samma sak, men ordens böjning och ordning får skilja.",
    "right_refusal": "Frågor utan svar i källorna där assistenten säger det.",
    "false_refusal": "Frågor med svar i källorna där assistenten ändå avböjer.",
    "unreserved": "Frågor utan svar i källorna som besvaras utan förbehåll.",
    "false_reservation": "Frågor med svar i källorna där svaret visas med förbehåll.",
    "words": "Svarets längd i ord, avböjda svar borträknade.",
    "latency": "Från fråga till färdigt svar på den dator där mätningen gjordes.",
}
#: Short names for a plot's narrow margin.
SHORT = {
    "hit@1": "rätt först",
    "hit@5": "bland fem",
    "recall@5": "andel bland fem",
    "mrr": "1/plats",
    "ndcg@10": "nDCG@10",
    "citation_recall": "rätt ställe",
    "citation_precision": "ur rätt stycke",
    "first_citation": "första citatet",
    "verbatim": "ordagrant",
    "wrong_locator": "fel ställe",
    "uncited_claims": "utan citat",
    "nugget_recall": "fakta ordagrant",
    "nugget_recall_folded": "fakta",
    "right_refusal": "rätt avböjda",
    "false_refusal": "fel avböjda",
    "unreserved": "utan förbehåll",
    "false_reservation": "fel förbehåll",
}


def shown(name: str) -> Callable[[float], str]:
    return (lambda value: number(value, 2)) if name in DECIMALS else percent


def percent(value: float) -> str:
    """A share in per cent; one decimal where a whole number would say none or all of what is not."""
    digits = 1 if 0 < value < 0.01 or 0.99 < value < 1 else 0
    return f"{number(100 * value, digits)}\N{NO-BREAK SPACE}%"


def span(total: Mapping[str, Any], shown: Callable[[float], str]) -> str:
    low, high = shown(total["low"]), shown(total["high"])
    return f"{low.removesuffix(chr(160) + '%')}–{high}"


def number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def signed(value: float, digits: int) -> str:
    shown = number(abs(value), digits)
    return shown if float(shown.replace(",", ".")) == 0 else f"{'+' if value > 0 else '−'}{shown}"


def questions(count: int) -> str:
    return f"{count} {'fråga' if count == 1 else 'frågor'}"


def capital(words: str) -> str:
    return words if words.startswith("nDCG") else words[:1].upper() + words[1:]
