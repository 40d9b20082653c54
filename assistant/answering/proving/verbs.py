"""Swedish verbs as the gate meets them: which forms are finite, which are infinitives, and which are passive.

The lists are general language: verbs that administrative and everyday Swedish use, by the way they are inflected.
"""

from __future__ import annotations

from functools import cache

#: Verbs in -ar: "ansvara, ansvarar, ansvarade".
_AR = (
    "agera analysera anlita annonsera anordna anpassa ansvara arbeta argumentera avgränsa avlasta avskaffa avskeda "
    "avsluta avtala avvakta avveckla balansera befria begränsa behandla bekosta bemanna berätta besluta besvara "
    "betala betona betrakta bevaka bevilja bifoga bilda bistå blanda boka bolla börja citera debattera delegera "
    "diktera diskutera dokumentera engagera entlediga etablera fatta finansiera fokusera formalisera formulera "
    "framhålla främja fråga fundera fungera förankra förbättra fördela förena förhandla förklara förlora förlänga "
    "försvara förvalta förvänta förändra försena grunda granska gynna hamna handla hantera hindra hitta hämta "
    "hänvisa informera initiera inrikta inrätta inspektera inspirera intervjua intressera inventera jobba justera "
    "kalla klaga klargöra kombinera kommentera komplettera komplicera konkurrera konstatera kontrollera koppla kosta "
    "kritisera lova lyssna lämna lista lätta markera meddela minska missgynna modernisera motivera motverka närvara "
    "omfatta ordna organisera orka orsaka planera peka placera prata presentera prioritera pröva prägla publicera "
    "påpeka påverka rapportera reagera redovisa reflektera reglera rekommendera rekrytera representera reservera "
    "resonera revidera rikta råka räkna rätta rösta sakna samarbeta samla samordna samspela samtala samverka "
    "sammankalla satsa skaffa skapa skicka skylta sluta spara stanna stoppa straffa sträva stötta svara säkra tala "
    "tappa teckna tjäna tjänstgöra tolka träffa tvinga tvivla undanta underlätta underrätta undervisa uppdatera "
    "uppmana uppmuntra uppmärksamma uppskatta uppdra upprätta utbilda utmana utnyttja uttala utveckla utvärdera "
    "utöka verka vidga vila visa vänta värdera växla ägna ändra åberopa återkalla åsidosätta öka önska öppna "
    "överblicka överklaga överlåta övertyga avkoda belasta delta säkerställa tillhandahålla vägleda tillämpa "
    "villkora stabilisera"
).split()
#: Verbs in -er: "leda, leder, ledde".
_ER = (
    "använda anställa ansöka anmäla avgöra avsätta bedöma befinna begära behålla behöva bemöta bereda beskriva "
    "beställa bestämma besöka binda bjuda bryta bygga byta bära driva dröja döma erbjuda ersätta fastställa flytta "
    "fortsätta framträda fylla fälla följa förbereda förbjuda föredra förelägga företräda förstärka försvinna "
    "försöka förutsätta genomföra godkänna gripa gälla hinna hjälpa hyra hända hålla höja höra ifrågasätta införa "
    "ingripa inleda innebära innehålla inställa jämföra klippa krympa kräva känna köpa leda leva ligga lyda lyfta "
    "lära läsa lösa lägga medföra märka mäta möta nämna omfördela omsätta påbörja råda räcka röja röra sammanställa "
    "sammanträda samtycka sitta skilja skriva sköta slippa släppa sprida starta styra ställa stämma stänga stärka "
    "stöda stödja säga sälja sända sänka sätta söka tillhöra tillkännage tillsätta tillåta tillstyrka trycka träda "
    "tycka täcka tänka undersöka undvika uppfylla upphäva upphöra uppkomma upprätthålla uppträda upptäcka utforma "
    "utföra utgöra utreda uttrycka utöva utträda vidareutveckla verkställa vinna vägra välja vända växa äga "
    "återställa åtgärda överföra överlämna överstiga understiga avbryta bekräfta heta"
).split()
#: Verbs without -a, with their compounds: "se, ser, utse, utses".
_SHORT = "ge se stå gå få ske ta bli må nå tro bo dra be dö fly"
_SHORT_COMPOUNDS = (
    "avge ange uppge delge medge återge utge utse anse avse inse tillse förse överse avstå anstå bestå bistå förestå "
    "förstå framstå motstå uppstå ingå avgå övergå föregå framgå kringgå pågå undgå utgå delta avta anta motta "
    "överta uppta tillta vidta inta godta undanta uppdra bidra föredra tillkännage"
)
#: Verbs in -r: "göra, gör".
_R = (
    "begära göra köra höra lära röra föra styra genomföra utföra införa medföra jämföra överföra avgöra utgöra "
    "klargöra tillhöra"
)
#: Forms that follow no rule.
_FINITE = (
    "är var vore har hade blir blev finns fanns kommer kom vet visste heter vill ville gör gjorde säger sade sa gav "
    "såg stod gick fick skedde tog drog skrev drev höll lät låter låg ligger satt bad kallas avgör syns märks beror "
    "berodde hör hörde tillhör stämmer består bestod ingår framgår framgick gäller gällde vilar utgör innebär "
    "innebar bär bar lyder löd sitter råder bör borde ska skall skulle får kan kunde måste behöver behövde brukar "
    "lär torde tycks verkar förväntas anses uppges upplevs krävs behövs väljs valdes utses utsågs ges gavs tas togs "
    "görs gjordes förs fördes styrs leds ställs hålls hölls läggs lades sätts sattes sägs sköts drivs utförs införs "
    "avgörs nås når ger ser står går tar drar beslöt skilde skiljer"
).split()
_INFINITIVES = "vara ha bli göra vilja kunna veta finnas komma heta synas höra låta svara".split()
#: Nouns that look like verbs.
_NOUNS = frozenset(
    "delar planer former regler uppgifter kostnader röster tider gränser brister grunder för före lära klart".split()
)
#: Verbs that only help another: what is said stands in the verb after them.
AUXILIARIES = frozenset(
    "ska skall skulle bör borde får fick kan kunde måste behöver behövde vill ville har hade kommer brukar lär torde "
    "tycks verkar är var blir blev låter lät förväntas anses behövs".split()
)
#: Those that make a passive of the participle after them.
BEING = frozenset("är var blir blev bli vara blivit varit".split())


@cache
def _forms() -> tuple[frozenset[str], frozenset[str]]:
    """The finite forms and the infinitives, active and passive."""
    finite, infinitives = set(_FINITE), set(_INFINITIVES)
    for verb in _AR:
        finite |= {verb + "r", verb + "de", verb + "s", verb + "des"}
        infinitives |= {verb, verb + "s"}
    for verb in _ER:
        stem = verb[:-1]
        finite |= {stem + end for end in ("er", "te", "de", "s", "es", "tes", "des")}
        infinitives |= {verb, verb + "s"}
    for verb in (*_SHORT.split(), *_SHORT_COMPOUNDS.split()):
        finite |= {verb + "r", verb + "s"}
        infinitives |= {verb, verb + "s"}
    for verb in _R.split():
        finite |= {verb[:-1], verb[:-1] + "s", verb[:-1] + "de", verb[:-1] + "des"}
        infinitives |= {verb, verb + "s"}
    return frozenset(finite - _NOUNS), frozenset(infinitives - _NOUNS)


def is_finite(word: str) -> bool:
    """Whether a lower-case word is a verb in the present or past tense; forms in -s may be infinitives as well."""
    return word in _forms()[0]


def is_infinitive(word: str) -> bool:
    return word in _forms()[1]


def is_passive(word: str) -> bool:
    """Whether a verb's form says that something is done to its subject: "utses", "granskas"."""
    return word.endswith("s") and len(word) > 3 and word not in _DEPONENT and (is_finite(word) or is_infinitive(word))


_DEPONENT = frozenset(
    "finns fanns finnas syns synas krävs behövs lyckas misslyckas tycks hoppas trivs umgås minns".split()
)


def is_participle(word: str) -> bool:
    """Whether a lower-case word is the participle of a known verb: "granskad", "granskat", "utsedda", "fastställd"."""
    return word in _participles()


@cache
def _participles() -> frozenset[str]:
    found = set(
        "utsedd utsett utsedda avsedd avsett avsedda skyldig tvungen tvunget tvungna vald valt valda gjort".split()
    )
    for verb in _AR:
        found |= {verb + "d", verb + "t", verb + "de", verb + "ts"}
    for verb in _ER:
        stem = verb[:-1]
        found |= {stem + end for end in ("t", "d", "da", "ta", "en", "et", "na", "ts", "its")}
        found |= {stem[:-1] + end for end in ("tt", "dd", "dda")} if stem.endswith(("t", "d")) else set()
    for verb in (*_SHORT.split(), *_SHORT_COMPOUNDS.split()):
        found |= {verb + end for end in ("tt", "dd", "dda", "tts")}
    return frozenset(found)
