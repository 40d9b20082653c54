"""Every Swedish word that the page shows, in plain language (klarspråk) and du-tilltal."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.types import Kind, Verdict

NAME = "Kommundirektörens assistent"
AI_NOTICE = "Du chattar med en AI"
MENU = "Meny"
VIEWS_LABEL = "Sidans delar"
SKIP = "Till innehållet"
#: The views by the name in their address, in the order of the menu.
VIEWS: Mapping[str, str] = {
    "fraga": "Fråga",
    "las": "Läs",
}
TITLE = f"Fråga – {NAME}"

# Fråga: before the first question

EMPTY = (
    "Ställ en fråga om kommundirektörens roll, instruktionen eller samverkan. "
    "Svaret bygger bara på källorna, och varje påstående går att kontrollera."
)
EXAMPLES_HEADING = "Börja med en fråga"
#: Eight questions to start with, each with its theme.
EXAMPLES: Mapping[str, str] = {
    "Roller": "Vem är kommundirektörens uppdragsgivare?",
    "Instruktion": "Vad ska stå i en instruktion för kommundirektören?",
    "Samverkan": "Vilka risker finns med samverkan mellan kommuner?",
    "Ledningsstöd": "Vilket stöd behöver kommundirektörer i sitt ledarskap?",
    "Politik": "Vad bör ordföranden och direktören komma överens om?",
    "Beredskap": "Vem ansvarar för kommunens civila beredskap?",
    "Lag": "Får kommundirektören väljas till ett förtroendeuppdrag i kommunen?",
    "Ny som KD": "Jag är ny som kommundirektör. Vad bör jag göra först?",
}
CORPUS_HEADING = "Källorna som svaren bygger på"

# Fråga: the question box

QUESTION_LABEL = "Din fråga"
QUESTION_HINT = "Skriv inte personuppgifter i frågan."
ASK = "Fråga"
STOP = "Stoppa"
NEW_CONVERSATION = "Ny konversation"
EDITING = "Du ändrar din senaste fråga. Det nya svaret ersätter det gamla."
CANCEL = "Avbryt"
FILTER = "Sök i"
FILTER_ALL = "alla källor"
FILTER_KINDS = "Slag av källa"
FILTER_SOURCES = "Källa"
FILTER_HINT = "Utan val söker assistenten i allt."
FILTERED = "Svaret söktes i {what}."
CONVERSATION = "Samtalet"
SAVE_WORD = "Spara som Word"
SAVE_MARKDOWN = "Spara som Markdown"
PRINT = "Skriv ut"
SAVED = "Filen {name} är sparad bland dina hämtade filer."
FILE_NAME = "fragor-och-svar"
#: What a question may hold that names a person; the keys are the script's.
PERSONAL: Mapping[str, str] = {
    "number": "Det ser ut som ett personnummer. Ta bort det innan du skickar frågan?",
    "phone": "Det ser ut som ett telefonnummer. Ta bort det innan du skickar frågan?",
    "mail": "Det ser ut som en e-postadress. Ta bort den innan du skickar frågan?",
}
PERSONAL_CHANGE = "Ändra frågan"
PERSONAL_SEND = "Skicka ändå"

# Fråga: an answer

YOU_ASKED = "Du frågade"
SEARCHING = "Söker i källorna …"
GROWING = "Svaret skrivs …"
STOPPED = "Du stoppade svaret. Det som visas har stöd i källorna."
STOPPED_EARLY = "Du stoppade svaret innan något hade hittats."
ANSWER_READY = "Svaret är klart."
SOURCES_HEADING = "Källor"
SUGGESTIONS_HEADING = "Fråga vidare"
TOO_LONG = "Frågan är för lång. Korta den till högst {limit} tecken."
UNEXPECTED = (
    "Något gick fel och frågan blev inte besvarad. Försök igen, eller starta om programmet om felet kommer tillbaka."
)
TRY_AGAIN = "Försök igen"
EDIT = "Ändra frågan"
COPY_ANSWER = "Kopiera svaret"
ANSWER_COPIED = "Svaret är kopierat"
HELPFUL = "Hjälpte svaret?"
YES, NO = "Ja", "Nej"
RATED = "Omdömet är sparat på den här datorn, med frågan och svaret."
COMMENT = "Vill du säga varför? Skriv inga personuppgifter."
SAVE_COMMENT = "Spara kommentaren"
COMMENT_SAVED = "Kommentaren är sparad."

MARK = "Källa {n}: {where}"
SHOW_PASSAGE = "Visa hela stycket"
SHOW_IN_DOCUMENT = "Visa i dokumentet"
COPY = "Kopiera hänvisning"
COPIED = "Hänvisningen är kopierad"
COPY_FAILED = "Webbläsaren tillät inte kopiering"
CLOSE = "Stäng"
OPENS_ELSEWHERE = "öppnas i en ny flik"
AT_PUBLISHER = "Hos utgivaren"
WITHHELD_ONE = "1 mening visas inte, för den har inget stöd i källorna. Visa den ändå."
WITHHELD_MANY = "{count} meningar visas inte, för de har inget stöd i källorna. Visa dem ändå."

KINDS: Mapping[Kind, str] = {
    "lag": "Lag",
    "beslut": "Beslut",
    "vägledning": "Vägledning",
    "rapport": "Rapport",
    "presentation": "Presentation",
    "eget": "Eget dokument",
}
VOICE = "En röst"
#: After a statute or our account of one: the last amendment that it takes up.
WORDING = "t.o.m. SFS {through}"

# Läs

READ_EMPTY = "Välj ett dokument. Från ett svar kommer du hit med ”Visa i dokumentet”, direkt till de citerade orden."
DOCUMENTS = "Dokument"
CONTENTS = "Innehåll"
WHOLE_DOCUMENT = "Dokumentets början"
CITED = "Hänvisning {n} av {count}"
CITED_NONE = "Inga hänvisningar hit i samtalet"
PREVIOUS_CITED, NEXT_CITED = "Föregående hänvisning", "Nästa hänvisning"
FIND = "Sök i dokumentet"
PREVIOUS_FOUND, NEXT_FOUND = "Föregående träff", "Nästa träff"
FOUND_NONE = "Inga träffar"
FOUND = "Träff {n} av {count}"
COPY_LINK = "Kopiera länk hit"
LINK_COPIED = "Länken är kopierad"
BACK_TO_ANSWER = "Tillbaka till svaret"
PAGE = "Sida {label}"
PAGE_PICTURE = "Sida {label} som bild. De citerade orden är inramade. Samma text står bredvid."
PAGE_PICTURE_WHOLE = "Sida {label} som bild. Samma text står bredvid."
NO_DOCUMENT = "Dokumentet finns inte här. Det kan vara borttaget, eller vara någon annans."
OPENED = "{title} är öppet."

# Granska text

REVIEW_LEAD = (
    "Klistra in ett utkast, ett tal eller ett svar från en annan assistent. Mening för mening får du se vad "
    "källorna säger. Texten sparas inte."
)
REVIEW_LABEL = "Texten som ska granskas"
REVIEW_RUN = "Granska"
REVIEWING = "Granskar texten …"
REVIEW_CLEAR = "Rensa"
REVIEW_HINT = (
    "”Saknar stöd” betyder att de här källorna inte säger det, inte att det är fel. Prövningen tar ibland miste: "
    "läs alltid orden som citeras."
)
VERDICTS: Mapping[Verdict, str] = {
    "supported": "Har stöd",
    "partly": "Har delvis stöd",
    "unsupported": "Saknar stöd",
    "not_a_claim": "Inget påstående",
}
REVIEWED = "Granskningen är klar. {summary}"
NO_CLAIMS = "Texten innehåller inget påstående att granska."
CLAIMS_ONE, CLAIMS_MANY = "1 påstående", "{count} påståenden"
COUNTED = "{claims}: {supported} har stöd, {partly} har delvis stöd, {unsupported} saknar stöd."
REVIEW_TEXT = "Texten med omdömen"
REVIEW_DETAILS = "Mening för mening"
SENTENCE = "Mening {n}: {verdict}"

# Serving

PORT_TAKEN = "Porten {port} på {host} är upptagen. Välj en annan med --port, till exempel --port {other}."
PORT_NOT_ALLOWED = "Porten {port} får bara användas av systemet. Välj en port från 1024 och uppåt med --port."
PORT_INVALID = "Porten {port} finns inte. Välj ett tal mellan 1024 och 65535 med --port."
HOST_INVALID = 'Adressen "{host}" finns inte på den här datorn. Ta bort --host eller ange 127.0.0.1.'
VIBE_MODE = (
    "Miljövariabeln GRADIO_VIBE_MODE är satt. Den låter besökare köra egen kod på datorn, så sidan startas inte. "
    "Ta bort variabeln och försök igen."
)


def withheld(count: int) -> str:
    """The line above sentences that are not shown."""
    return WITHHELD_ONE if count == 1 else WITHHELD_MANY.format(count=count)


def page_title(view: str) -> str:
    """The browser's title of a view."""
    return f"{VIEWS[view]} – {NAME}"
