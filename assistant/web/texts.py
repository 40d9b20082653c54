"""Every Swedish word that the page shows, in plain language (klarspråk) and du-tilltal."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.types import Kind

NAME = "Kommundirektörens assistent"
TITLE = f"Fråga – {NAME}"
AI_NOTICE = "Du chattar med en AI"

EMPTY = (
    "Ställ en fråga om kommundirektörens roll, instruktionen eller samverkan. "
    "Svaret bygger bara på källorna, och varje påstående går att kontrollera."
)
EXAMPLES_HEADING = "Exempel på frågor"
EXAMPLES: tuple[str, ...] = (
    "Vem är kommundirektörens uppdragsgivare?",
    "Vad ska stå i en instruktion för kommundirektören?",
    "Vem ersätter kommundirektören vid semester?",
    "Vem ansvarar för kommunens civila beredskap?",
    "Vad bör ordföranden och direktören komma överens om?",
    "Hur påverkar kommunens läge kommundirektörens arbete?",
    "Varför räcker inte tiden till?",
    "Vilka risker finns med samverkan mellan kommuner?",
)
CORPUS_HEADING = "Källorna som svaren bygger på"

QUESTION_LABEL = "Din fråga"
QUESTION_HINT = "Skriv inte personuppgifter i frågan."
ASK = "Fråga"
NEW_CONVERSATION = "Ny konversation"

YOU_ASKED = "Du frågade"
SEARCHING = "Söker i källorna …"
ANSWER_READY = "Svaret är klart."
SOURCES_HEADING = "Källor"
SUGGESTIONS_HEADING = "Fråga vidare"
TOO_LONG = "Frågan är för lång. Korta den till högst {limit} tecken."
UNEXPECTED = (
    "Något gick fel och frågan blev inte besvarad. Försök igen, eller starta om programmet om felet kommer tillbaka."
)

MARK = "Källa {n}: {where}"
SHOW_PASSAGE = "Visa hela stycket"
COPY = "Kopiera hänvisning"
COPIED = "Hänvisningen är kopierad"
COPY_FAILED = "Webbläsaren tillät inte kopiering"
CLOSE = "Stäng"
OPENS_ELSEWHERE = "öppnas i en ny flik"
WITHHELD_ONE = "1 mening visas inte, för den har inget stöd i källorna."
WITHHELD_MANY = "{count} meningar visas inte, för de har inget stöd i källorna."

KINDS: Mapping[Kind, str] = {
    "lag": "Lag",
    "beslut": "Beslut",
    "vägledning": "Vägledning",
    "rapport": "Rapport",
    "presentation": "Presentation",
    "eget": "Egna dokument",
}
VOICE = "En röst"

PORT_TAKEN = "Porten {port} på {host} är upptagen. Välj en annan med --port, till exempel --port {other}."
PORT_NOT_ALLOWED = "Porten {port} får bara användas av systemet. Välj en port från 1024 och uppåt med --port."
PORT_INVALID = "Porten {port} finns inte. Välj ett tal mellan 1024 och 65535 med --port."
HOST_INVALID = 'Adressen "{host}" finns inte på den här datorn. Ta bort --host eller ange 127.0.0.1.'
VIBE_MODE = (
    "Miljövariabeln GRADIO_VIBE_MODE är satt. Den låter besökare köra egen kod på datorn, så sidan startas inte. "
    "Ta bort variabeln och försök igen."
)

#: After a statute or our account of one: the last amendment that it takes up.
WORDING = "t.o.m. SFS {through}"


def withheld(count: int) -> str:
    """The line above sentences that are not shown."""
    return WITHHELD_ONE if count == 1 else WITHHELD_MANY.format(count=count)
