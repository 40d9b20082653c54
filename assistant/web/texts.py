"""Every Swedish word that the page shows, in plain language (klarspråk) and du-tilltal."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.answering.frames import OWN_DOCUMENTS
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
    "granska": "Granska",
    "avkodning": "Avkodning",
    "kallor": "Källor",
    "utvardering": "Utvärdering",
    "om": "Om",
}
#: What the browser's title begins with, by the page's address.
TITLES: Mapping[str, str] = {**VIEWS, "granska": "Granska en text", "granska/instruktion": "Granska en instruktion"}
TITLE = f"Fråga – {NAME}"

LOST = "Servern svarar inte som den ska. Kontrollera att programmet körs, och ladda om sidan om felet står kvar."

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
QUESTION_HINT = f"{AI_NOTICE}. Skriv inte personuppgifter i frågan."
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
    "eget": OWN_DOCUMENTS,
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
PREVIOUS_PAGE, NEXT_PAGE = "Föregående sida", "Nästa sida"
PAGE_PICTURE = "Sida {label} som bild. De citerade orden är inramade. Samma text står bredvid."
PAGE_PICTURE_WHOLE = "Sida {label} som bild. Samma text står bredvid."
NO_DOCUMENT = "Dokumentet finns inte här. Det kan vara borttaget, eller vara någon annans."
OPENED = "{title} är öppet."

# Granska: a text; an instruktion's words are in review_texts

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

#: What a reviewed text without a title is called.
REVIEWED_TEXT = "Texten"
REVIEW_NOTHING = "Klistra in en text först."
REVIEW_UNEXPECTED = "Något gick fel och texten blev inte granskad. Försök igen."

# Källor

LOADING = "Hämtar …"
SHELF_LEAD = "Det här är allt som assistenten vet. Det som inte står i källorna svarar den inte på."
SHELF_TABLE = "Källorna"
SHELF_COLUMNS = ("Titel", "Slag", "Utgivare", "År", "Längd", "Aktuell", "Citerad")
UNKNOWN = "Okänt"
GUESSED = "Titel eller år är gissade ur filen."
LENGTH = "{words} ord, {sections} avsnitt"
PAGES = "{count} sidor"
FETCHED = "Hämtad {day}"
SHIPPED = "Följer med programmet"
ADDED_HERE = "Tillagd på den här servern"
CITED_HERE, NOT_CITED_HERE = "{count} gånger i samtalet", "Inte i samtalet"
CITED_IN_EVALUATION = "i {count} av {of} svar i senaste utvärderingen"
OWN_HEADING = OWN_DOCUMENTS
OWN_LEAD = (
    "Lägg till ett dokument och fråga om det. Bara du ser det, i det här fönstret. Det raderas när du tar bort det, "
    "och senast en halvtimme efter att du har stängt sidan."
)
OWN_MODEL = "En språkmodell är inkopplad. Stycken ur dokumentet skickas till den när de behövs för ett svar."
OWN_CHOOSE = "Välj en fil eller släpp den här"
OWN_HINT = "Högst 50 MB. Filer som går att läsa: {kinds}."
UPLOADING = "Skickar"
UPLOAD_FAILED = "Filen kom inte fram. Försök igen."
UPLOAD_FULL = "Många filer väntar på att läsas. Försök igen om en stund."
UPLOAD_KIND = "”{name}” går inte att läsa. Filen ska sluta på {kinds}."
UPLOAD_SIZE = "Filen är för stor. Den får vara högst {most} MB."
UPLOAD_EMPTY = "Filen är tom."
ADDED = "”{title}” är tillagt: {sections} avsnitt, {words} ord lästa."
REMOVE = "Ta bort"
REMOVED = "”{title}” är raderat: filen, texten och allt som gjordes av dem."
MAP_HEADING = "Vad källorna täcker"
MAP_LEAD = (
    "Tre provfrågor per område har ställts till källorna. Öppna ett område för att se frågorna, och välj en för att "
    "läsa svaret."
)
MAP_MAKING = "Ställer provfrågorna"
MAP_WORDS = ("Täcks", "Täcks delvis", "Täcks inte")
MAP_ANSWERED, MAP_NOT = "källorna svarar", "källorna svarar inte"
#: Themes of a director's work, each with three questions; some lie outside the sources, and the map says so.
THEMES: Mapping[str, tuple[str, str, str]] = {
    "Roller": (
        "Vem är kommundirektörens uppdragsgivare?",
        "Hur samarbetar kommundirektören och kommunstyrelsens ordförande?",
        "Är kommundirektören chef för förvaltningscheferna?",
    ),
    "Instruktion": (
        "Vad ska stå i en instruktion för kommundirektören?",
        "Vem beslutar om instruktionen?",
        "Hur följs instruktionen upp?",
    ),
    "Samverkan": (
        "Vilka risker finns med samverkan mellan kommuner?",
        "Vad är avtalssamverkan?",
        "Vilka förutsättningar behövs för att samverkan ska fungera?",
    ),
    "Ledningsstöd": (
        "Vilket stöd behöver kommundirektörer i sitt ledarskap?",
        "Vilka stödprocesser saknas i Askersund?",
        "Varför räcker inte tiden till?",
    ),
    "Politik": (
        "Vad bör ordföranden och direktören komma överens om?",
        "När är kommunstyrelsen beslutför?",
        "Hur skapas förtroende mellan förtroendevalda och chefer?",
    ),
    "Beredskap": (
        "Vem ansvarar för kommunens civila beredskap?",
        "Vem leder kommunens arbete vid en kris?",
        "Vem kallar till krishanteringsrådet?",
    ),
    "Lag": (
        "Vem ska utse kommundirektören?",
        "Får kommundirektören väljas till ett förtroendeuppdrag i kommunen?",
        "När är en anställd jävig?",
    ),
    "Arbetsmiljö": (
        "Hur är kommundirektörens arbetsmiljö?",
        "Varför slutar kommundirektörer?",
        "Hur påverkas privatlivet av att vara kommundirektör?",
    ),
    "Ekonomi": (
        "När ska budgeten vara beslutad?",
        "Vad är god ekonomisk hushållning?",
        "Hur stora är de generella statsbidragen?",
    ),
    "Kommunala bolag": (
        "Vilket ansvar har kommundirektören för bolagen?",
        "Vilken uppsikt ska styrelsen ha över bolagen?",
        "Hur mycket får ett kommunalt bolags vd tjäna?",
    ),
    "Upphandling": (
        "Hur upphandlar kommunen varor och tjänster?",
        "Var går gränsen för direktupphandling?",
        "Hur länge gäller ett ramavtal?",
    ),
    "Löner och avtal": (
        "Vilken månadslön har en kommundirektör?",
        "Hur långt avgångsvederlag är vanligt?",
        "Vilket kollektivavtal gäller för kommundirektörer?",
    ),
}

# Utvärdering

EVAL_LEAD = (
    "Så rätt svarar assistenten på frågor där rätt svar är känt i förväg. Facit är ordagranna citat ur källorna."
)
EVAL_NONE = "Ingen utvärdering är gjord på den här datorn. Välj en frågesamling och kör den."
EVAL_NO_SETS = "Frågesamlingarna följer inte med den här installationen. De finns i programmets källkod, i evals/sets."
EVAL_SET = "Frågesamling"
EVAL_RUN = "Kör igen"
EVAL_RUNNING = "En utvärdering körs redan. Vänta tills den är klar."
EVAL_DONE = "Utvärderingen är klar."
EVAL_ABOUT = "Senast: {set}, {count} frågor, {day} UTC. Svaren: {writer}. Index {index}."
EVAL_TABLE = "Utvärderingens siffror"
EVAL_COLUMNS = ("Siffra", "Värde", "95-procentsintervall", "Frågor")
EVAL_SAVE = "Spara hela rapporten med alla frågor"
EVAL_FILE = "utvardering.html"
EVAL_KINDS = "Efter slag av fråga"
EVAL_KINDS_LEAD = "Punkten är medelvärdet, strecket 95-procentsintervallet, siffran inom parentes antalet frågor."
EVAL_WORST = "Sämst besvarade frågor"
EVAL_WORST_LEAD = "Välj en fråga för att ställa den och se svaret med sina källor."
EVAL_ALL_RIGHT = "Alla frågor besvarades rätt."
EVAL_CRASHED = "frågan gick inte att besvara"
EVAL_REFUSED = "avböjdes fast källorna svarar"
EVAL_NOT_REFUSED = "besvarades fast källorna inte svarar"
EVAL_WRONG_PLACE = "citerar fel ställe"
EVAL_FACTS = "{share} av fakta finns med"
EVAL_PARTLY = "citerar en del av det som behövs"

# Om

WRITER_EXTRACTIVE = "källornas egna meningar, utan språkmodell"
ABOUT_LEAD = (
    "Assistenten svarar på frågor om kommundirektörens uppdrag ur en liten samling källor, och visar vilka ord i "
    "vilken källa varje påstående vilar på. Du talar med ett program, inte med en människa."
)
FACT_WRITER = "Svaren skrivs av"
FACT_LEAVES = "Lämnar datorn"
FACT_SEARCH = "Sökmodell"
FACT_INDEX = "Index"
FACT_VERSION = "Version"
#: Sections of the view; a paragraph that begins with a dash is an item of a list.
ABOUT: Mapping[str, tuple[str, ...]] = {
    "Vad som sparas": (
        "– Ditt samtal finns i datorns minne så länge sidan är öppen, och raderas senast en halvtimme efter att du har "
        "stängt den. Laddar du om sidan börjar du om.",
        "– Egna dokument ser bara du. De raderas när du tar bort dem, och senast tillsammans med samtalet.",
        "– Säger du om ett svar hjälpte sparas frågan, svaret och din kommentar i en fil på den här datorn.",
        "– Det du skriver i Avkodning sparas i en fil på den här datorn; inställningen notes_dir säger var. Nyckeln "
        "till filen sparas i din webbläsare, först när du skriver något. Båda finns kvar tills du väljer Radera allt i "
        "Avkodning. Andra som använder sidan ser inte anteckningarna, men den som sköter datorn kan läsa filen.",
        "– En instruktion som du granskar raderas när den är läst. Granskningen finns i datorns minne så länge sidan "
        "är öppen.",
        "– Frågor och svar loggas inte. Inga kakor används, och inget mäts.",
    ),
    "Att tänka på": (
        "Ett svar kan vara ofullständigt eller missvisande fast varje ord i det är hämtat ur en källa. Läs orden som "
        "citeras innan du använder svaret. Vad som är ett beslut i en kommun gäller inte i en annan.",
        "Det du sparar eller skriver ut kan bli en allmän handling hos dig.",
    ),
    "Tillgänglighetsredogörelse": (
        "Det här är en mall. Den som tillhandahåller sidan fyller i det som står inom hakparentes.",
        "[Kommunens namn] står bakom den här webbplatsen och vill att så många som möjligt ska kunna använda den.",
        "Sidan är byggd för att följa lagen om tillgänglighet till digital offentlig service och WCAG 2.2 på nivå AA. "
        "Den prövas automatiskt med axe i ljust och mörkt utseende, på smal och bred skärm, och med bara tangentbord.",
        "Kända brister: bilder av sidor i PDF-dokument har ingen egen textbeskrivning utöver dokumentets text, som "
        "står bredvid. Dokument som du lägger till är så tillgängliga som den som gjorde dem har gjort dem.",
        "Hittar du en brist? Meddela [e-postadress eller telefonnummer]. Vi svarar inom [antal] dagar.",
        "Myndigheten för digital förvaltning har tillsyn. Är du inte nöjd med vårt svar kan du anmäla det till dem.",
        "Redogörelsen uppdaterades [datum].",
    ),
    "Licens": (
        "Källorna tillhör sina utgivare. Programmet bygger på öppen programvara, bland annat Gradio (Apache 2.0), "
        "Chroma (Apache 2.0), pypdf (BSD) och pypdfium2 (Apache 2.0 och BSD); deras licenser följer med paketen.",
    ),
    "För andra program": (
        "Frågor, sökning och granskning går att nå över HTTP som ask, search, verify och review. README visar hur.",
    ),
}

# Serving

PORT_TAKEN = "Porten {port} på {host} är upptagen. Välj en annan med --port, till exempel --port {other}."
PORT_NOT_ALLOWED = "Porten {port} får bara användas av systemet. Välj en port från 1024 och uppåt med --port."
PORT_INVALID = "Porten {port} finns inte. Välj ett tal mellan 1024 och 65535 med --port."
HOST_INVALID = 'Adressen "{host}" finns inte på den här datorn. Ta bort --host eller ange 127.0.0.1.'
MCP_MISSING = (
    "Inställningen mcp är på, men paketet mcp saknas. Installera kd-assistent[mcp], eller ta bort inställningen."
)
VIBE_MODE = (
    "Miljövariabeln GRADIO_VIBE_MODE är satt. Den låter besökare köra egen kod på datorn, så sidan startas inte. "
    "Ta bort variabeln och försök igen."
)


def withheld(count: int) -> str:
    """The line above sentences that are not shown."""
    return WITHHELD_ONE if count == 1 else WITHHELD_MANY.format(count=count)


def page_title(address: str) -> str:
    """The browser's title of a view or a part of one."""
    return f"{TITLES[address]} – {NAME}"
