"""The Swedish words of Avkodning: the programme, one's own notes, and questions asked within a theme."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.avkodning.notes import Status, ThemePart
from assistant.avkodning.notes_search import PART_NAMES
from assistant.avkodning.progress import STATUS_NAMES

LEAD = (
    "Ett program för dina första hundra dagar. Tema för tema får du veta varför det är viktigt, vad du behöver ta "
    "reda på och vem du kan fråga. Det du skriver sparas medan du skriver."
)
LOADING = "Hämtar programmet …"
THEMES_HEADING = "Teman"
#: A theme's progress in words.
THEME_PROGRESS = "{status}, {answered} av {questions} svar"
PROGRESS_LABEL = "Besvarade frågor"

# What is kept, and where

KEPT_HEADING = "Dina anteckningar"
KEPT = (
    "Det du skriver sparas i en fil på datorn som programmet körs på. Nyckeln till filen ligger i den här webbläsaren, "
    "och skapas först när du skriver något. Andra som använder sidan ser inte dina anteckningar, men den som sköter "
    "datorn kan läsa filen. Det du skriver om en person är personuppgifter: skriv inte mer än du behöver."
)
KEPT_EMPTY = "Inget är sparat än."
KEPT_ERASE = (
    "Filen och nyckeln finns kvar tills du väljer Radera allt. Rensar du webbläsarens data hittar den inte filen igen."
)
NO_STORAGE = (
    "Webbläsaren tillåter inte att nyckeln sparas. Det du skriver går därför inte att spara. Tillåt lagring för sidan."
)
EXPORT, IMPORT = "Exportera", "Importera"
EXPORT_HINT = (
    "Exportera ger en fil med allt du har skrivit. Importera läser in en sådan fil; inget du har skrivit försvinner."
)
ERASE = "Radera allt"
ERASE_ASK = "Radera alla anteckningar och samtal? Det går inte att ångra. Exportera först om du vill ha kvar dem."
ERASE_YES, ERASE_NO = "Ja, radera allt", "Nej, behåll"
ERASED = "Alla anteckningar är raderade, och nyckeln är borta ur webbläsaren."
EXPORTED = "Filen {name} är sparad bland dina hämtade filer."
NOTHING_KEPT = "Det finns inget att spara än. Skriv något först."
PLAN = "Spara avkodningsplan som Word"
PLAN_HINT = (
    "Planen samlar det du har skrivit, frågorna som är kvar, samtalen och programmets råd. Läs igenom den "
    "innan du lämnar den vidare: allt du har skrivit är med, och det som du lämnar vidare kan bli en allmän handling."
)
PLAN_REVIEW = "Ta med granskningen av ”{title}”"
PLAN_FILE = "avkodningsplan.docx"
PLAN_SAVED = "Planen {name} är sparad bland dina hämtade filer."

SAVED = "Sparat"
SAVING = "Sparar …"
NOT_SAVED = "Kunde inte spara. Texten står kvar här; försök igen."
BOTH_KEPT = "Fältet hade ändrats på annat håll. Den andra lydelsen finns kvar under Tidigare lydelse."
EARLIER = "Tidigare lydelse"
EARLIER_DROP = "Ta bort tidigare lydelser"
UNEXPECTED = "Något gick fel. Försök igen."

MUNICIPALITY, START = "Kommun", "Första dagen på jobbet"

# A theme

ALL_THEMES = "Alla teman"
NO_THEME = "Temat finns inte. Välj ett i listan."
ADVICE_MEANS = "Det som är märkt ”{advice}” är programmets eget, inte en källas ord."
WHY = "Varför det är viktigt"
FIND_OUT = "Ta reda på"
ASK_WHOM = "Vem du kan fråga"
QUESTIONS = "Frågor att ställa"
ANSWER_TO = "Ställ till: {to}"
READING = "Läs"
IN_PLAN = "Ta med i planen"
STATUS = "Läge"
STATUSES: Mapping[Status, str] = {status: name.capitalize() for status, name in STATUS_NAMES.items()}
#: The parts of a theme in the order in which they are shown.
PARTS: Mapping[ThemePart, str] = {part: PART_NAMES[part] for part in ("known", "unknown", "notes")}
PARTS_HEADING = "Det du har fått veta"
PREVIOUS, NEXT = "Föregående tema", "Nästa tema"

# Conversations to come

TALKS = "Inplanerade samtal"
TALKS_NONE = "Inga samtal är inplanerade."
TALKS_SHARED = "Samtalen är desamma i alla teman."
TALK_NEW = "Nytt samtal"
TALK_ADD = "Lägg till samtal"
TALK_REMOVE = "Ta bort samtalet"
TALK_ADDED, TALK_REMOVED = "Samtalet är tillagt.", "Samtalet är borttaget."
TALK_EMPTY = "Skriv vem samtalet är med, eller vad det gäller."
#: The parts of a conversation by name.
TALK_PARTS: Mapping[str, str] = {"person": "Med vem", "role": "Roll", "day": "Dag", "subject": "Om vad"}
TALK_UNNAMED, TALK_UNDATED = "Samtal", "Utan dag"

# Questions within a theme, in Fråga

ASK_ABOUT = "Fråga om temat"
ASK_EXAMPLES = "Frågor som källorna svarar på"
CHIP = "Tema: {title}"
CHIP_REMOVE = "Ta bort temat"
CHIP_SET = "Du frågar nu om temat {title}."
CHIP_GONE = "Temat är borttaget. Du frågar i allt."
ASKED_WITHIN = "Frågat inom temat {title}."
OWN_NOTES_ARE = "Det här har du skrivit själv. Det är ingen källa."
OWN_NOTES_OPEN = "Visa i Avkodning"
