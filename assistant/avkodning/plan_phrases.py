"""What the plan says besides the programme and the notes, in Swedish."""

from __future__ import annotations

TITLE = "Avkodningsplan"
WARNING = (
    "Planen är sammanställd av en AI-assistent ur dina egna anteckningar och programmet Avkodning. Bara det som har "
    "en fotnot kommer ur källorna: kontrollera det mot dem innan du använder det. Resten är programmets råd eller "
    "dina egna ord. Allt du har skrivit är med: läs igenom planen innan du lämnar den vidare."
)
MUNICIPALITY, START, DATE = "Kommun: {name}", "Tillträde: {day}", "Datum: {day}"
INDEX = "Sökindex: {index}"
PROGRESS = "Läget: {line}"

CONVERSATIONS = "Inplanerade samtal"
NO_CONVERSATIONS = "Inga samtal är inplanerade."
COLUMNS = ("Datum", "Person", "Roll", "Ämne")
#: The columns' parts of the width.
COLUMN_SHARES = (1.6, 2.4, 2.4, 4.0)
NO_DAY = "Inget datum"

BY_PERSON = "Öppna frågor, person för person (programmets råd)"
NO_OPEN_QUESTIONS = "Alla programmets frågor har svar."
THEME = "{number}. {title} ({status}, {answered} av {questions} frågor har svar)"
WHY = "Varför temat är viktigt"
KNOWN = "Vad vi vet"
UNKNOWN = "Vad vi inte vet"
ANSWER = "{question} ({to})"
#: The questions themselves stand once, under those to ask.
UNANSWERED = "Programmets frågor utan svar: {count}. Se ”Öppna frågor, person för person”."
NOTHING_KNOWN = "Inget är antecknat ännu."
NOTHING_UNKNOWN = "Inget är antecknat, och alla frågor har svar."
NOTES = "Anteckningar"
IN_PLAN = "Att göra, programmets råd"
OTHER_NOTES = "Anteckningar till teman och frågor som programmet inte har"

REVIEW = "Granskning av instruktionen"
REVIEWED = "Granskat dokument: {title} (eget dokument)"
LAW_MISSING = "Det här kräver lagen, och det brister:"
LAW_MET = "Allt som lagen kräver finns i instruktionen."
FINDING = "{title}: {verdict}. {reason}"
BRING = "Fråga att ta med: {question}"
REST = "Av övriga {count} punkter finns {found}. Hela granskningen kan du spara under Granska."

OWN_DOCUMENTS = "Egna dokument"
SOURCES = "Källor"
