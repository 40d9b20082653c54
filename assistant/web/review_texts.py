"""The Swedish words of Granska: the choice between its two parts, and the review of an instruktion."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.types import FindingVerdict

PARTS_LABEL = "Vad vill du granska?"
#: The two parts by what stands after the view's name in the address.
PARTS: Mapping[str, str] = {"": "Granska en text", "instruktion": "Granska en instruktion"}

LEAD = (
    "Läs in kommunens egen instruktion. Punkt för punkt får du se vad den säger, vad som saknas, varifrån "
    "punkten kommer och vilken fråga du kan ta med till kommunstyrelsens ordförande. Bara lagens punkter är krav."
)
CHOOSE = "Välj en fil eller släpp den här"
HINT = "Högst 50 MB. Filer som går att läsa: {kinds}. Filen raderas när den är läst och läggs inte till bland källorna."
OWN = "Eller välj ett av dina egna dokument"
OWN_RUN = "Granska dokumentet"
OTHER_CHOOSE = "Välj den andra filen"
READING = "Läser och granskar …"
UNEXPECTED = "Något gick fel och dokumentet blev inte granskat. Försök igen."
GONE = "Dokumentet finns inte kvar. Läs in det igen."

HEADING = "Granskning av ”{title}”"
DONE = "Granskningen är klar. {summary}"
SUMMARY = "Av {count} punkter finns {found}, {partly} finns delvis och {missing} saknas."
SUMMARY_CONTRADICTS = " {contradicts} säger dokumentet emot."
#: The sign before a verdict's word, so that it is seen without its colour.
SIGNS: Mapping[FindingVerdict, str] = {"found": "✓", "partly": "◐", "missing": "–", "contradicts": "✕"}
TABLE = "Punkterna efter var de kommer ifrån"
TABLE_WEIGHT, TABLE_COUNT = "Punkterna kommer ur", "Alla"

SHOW = "Visa"
#: What can be shown, by name: all, what is not wholly there, and what is.
SHOWN: Mapping[str, str] = {"alla": "Alla", "saknas": "Saknas eller brister", "funna": "Funna"}
OPEN_ALL, CLOSE_ALL = "Öppna alla", "Stäng alla"
COPY_QUESTION = "Kopiera frågan"
QUESTION_COPIED = "Frågan är kopierad"

SAVE_WORD, SAVE_JSON = "Spara som Word", "Spara som JSON"
FILE_NAME = "granskning-av-instruktion"
TO_PLAN = "Ta med i avkodningsplanen"
CLEAR = "Rensa"
CLEARED = "Granskningen är borttagen."

COMPARE_HEADING = "Jämför med en annan"
COMPARE_LEAD = "Läs in en instruktion till, så visas de två sida vid sida, punkt för punkt."
COMPARE_OWN = "Eller jämför med ett av dina egna dokument"
COMPARE_RUN = "Jämför"
COMPARED = "De två skiljer sig i {differ} av {count} punkter."
COMPARED_DONE = "Jämförelsen är klar. {summary}"
COMPARE_FILE = "jamforelse-av-instruktioner"
COMPARE_BACK = "Tillbaka till granskningen"
SHOWN_COMPARED: Mapping[str, str] = {"alla": "Alla", "skiljer": "Skiljer sig"}
