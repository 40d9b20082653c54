"""General Swedish that the gate compares by: what binds, who acts, how much, and words that say the opposite.

Words stand in the forms in which they are met, or as the beginning that all their forms share when they end with "*".
Within a row of `OPPOSITES` the sides exclude each other.
"""

from __future__ import annotations

#: What a word demands, advises or allows. Each kind is named by the word that is shown.
FORCE = {
    "ska": "ska skall måste skulle",
    "bör": "bör borde",
    "får": "får fick",
    "kan": "kan kunde kunna",
    "behöver": "behöver behövde",
}
#: Kinds that may stand for each other.
SAME_FORCE = (
    frozenset({"får", "kan"}),
    frozenset({"ska", "behöver"}),
)
#: Words that carry a kind without its own verb.
FORCE_SAID = {
    "ska": "kräv* krav skyldig* åligg* obligatorisk* ansvar* uppdrag* uppgift* föreskriv* tvingande nödvändig* ålagd* "
    "förutsätt* fastställ* reglera* beslut* ingår tillse gäller är har högst minst senast förpliktelse* syfte*",
    "bör": "rekommend* föreslå* föreslag* förslag* råd lämplig* viktig* betydelsefull* önskvärd* angelä* "
    "uppman* behov*",
    "får": "rätt rätten tillåt* möjlig* befogen* mandat valfri* frivillig*",
    "kan": "möjlig* risk* tillåt* förmåg* ibland exempelvis exempel ofta vanlig* rätt går riskera* ökar leder",
    "behöver": "kräv* krav behov* behövs nödvändig* viktig* måste förutsätt*",
}
#: Those of them that say so even where the source has another such verb.
FORCE_SAID_PLAINLY = {
    "ska": "kräv* krav skyldig* åligg* obligatorisk* tvingande",
    "bör": "rekommend* föreslå* uppman*",
    "får": "rätt rätten tillåt* befogen* valfri* frivillig*",
}
#: Words that carry a kind when "att" follows.
FORCE_PHRASES = {
    "kan": "går möjlig* tillfälle*",
    "får": "rätt rätten tillåt* låta låter befogen*",
    "ska": "skyldig* ålagd* åligg* krav*",
}
#: Infinitives that do not end in -a.
SHORT_INFINITIVES = frozenset(
    "få ge gå ha bli se stå ske ta dra le dö tro bo ro nå må förstå uppstå bestå framgå ingå utgå övergå pågå ange "
    "avge delge uppge överse avse anse utse förse bero avstå anstå förestå överta avta delta uppta".split()
)
#: What adjectives in -a end with.
ADJECTIVE_ENDINGS = ("liga", "ella", "iska", "iva", "osa", "bara", "samma", "ala", "ära")
#: Words that soften what follows: "SKR föreslår att … ska" advises.
SOFTENED = "föreslå* förslag* rekommend* råd råder uppman* tanken ambition* avsikt* önsk* vill"

NEGATIONS = frozenset(
    "inte ej icke aldrig ingen inget inga ingenting varken utan knappast saknar saknas sakna saknat saknats "
    "snarare".split()
)
#: Those that turn a modal verb: "får inte", "ska varken".
DENYING = frozenset("inte ej icke aldrig ingen inget inga varken".split())
#: Negations that say so of what follows them only.
FORWARD_NEGATIONS = frozenset("utan varken ingen inget inga saknar saknas sakna saknat saknats snarare".split())

#: Verbs of being able, and those whose negation frees.
ABLE = frozenset("kan kunde kunna".split())
FREEING = frozenset("måste behöver behövde behöva".split())

#: Words that say no without a negation.
NEGATING = (
    "förbjud* förbud* saknar saknas brist* avsaknad avstå* undanta* utesluta* slipp* bortse* omöjlig* vägra* neka*"
)

#: Sides that exclude each other. A word may stand in several rows.
OPPOSITES: tuple[tuple[str, ...], ...] = (
    ("minst lägst åtminstone minimum minsta", "högst maximalt maximum max största"),
    ("före innan", "efter sedan därefter"),
    ("mer fler flera större högre mera", "mindre färre lägre"),
    ("senast", "tidigast"),
    ("alltid", "aldrig ibland", "ofta oftare oftast vanligen", "sällan"),
    ("alla samtliga varje var vart varenda", "vissa några somliga enstaka fåtal", "ingen inget inga"),
    ("flertalet majoritet* flesta", "minoritet* fåtal enstaka få"),
    (
        "öka* ökning* ökad* höj* växa växer stig* stärk* stark* förstärk* tillta*",
        "minska* minskning* sänk* krymp* sjunk* avta* försvag* svag* urholka*",
    ),
    ("förbättr* bättre bra god goda gott bäst", "försämr* sämre dålig* dåligt sämst"),
    ("hög höga högt hög*", "låg låga lågt"),
    ("stor stora stort", "liten lilla litet små"),
    ("positiv*", "negativ*"),
    ("fördel*", "nackdel*"),
    ("möjliggör* underlätt* främja*", "försvår* hindra* hämma* förhindra* bromsa*"),
    ("lätt lätta lättare enkel* enkla enkelt", "svår* svårt problematisk*"),
    ("udda", "jämnt jämn jämna"),
    ("obligatorisk* tvingande", "frivillig* valfri*"),
    ("tillåt* tillåtet", "förbjud* förbud* otillåt*"),
    ("intern* internt", "extern* externt"),
    ("offentlig* öppen öppet öppna", "hemlig* sluten slutet slutna privat* privata"),
    ("skriftlig*", "muntlig*"),
    ("formell* formali*", "informell*"),
    ("direkt direkta", "indirekt*"),
    ("kort korta kortare", "lång långa långt längre långsikt*"),
    ("kortsikt*", "långsikt*"),
    ("tidig* tidigt tidigare", "sen sena sent senare"),
    ("först första inled* inledning*", "sist sista avslut*"),
    ("ny nya nytt", "gammal gamla gammalt"),
    ("godkänn* godkänt bifall* bifalla*", "avslå* avslag* avvis* underkänn*"),
    ("anställ* rekryter* tillsätt*", "avskeda* avsätt* entlediga*"),
    ("bevilja*", "neka* vägra*"),
    ("börja* påbörja* starta* inled*", "sluta* upphör*"),
    ("centraliser* central* centralt", "decentraliser* lokal* lokalt"),
    ("gemensam* samlad*", "enskil* separat* egen egna eget"),
    ("tydlig* klar klara klart", "otydlig* oklar*"),
    ("nöjd* belåten*", "missnöjd*"),
    ("överordnad*", "underställd* underordnad*"),
    ("ordinarie permanent* stadigvarande", "tillfällig* tillfälligt temporär*"),
    ("politisk* politik*", "opolitisk*"),
    ("styre styret majoriteten", "opposition*"),
    ("strategisk* övergripande", "operativ* detalj*"),
    ("proaktiv*", "reaktiv*"),
    ("heltid*", "deltid*"),
    ("heldag* hel hela helt", "halvdag* halv halva delvis"),
    ("snabb* snabbt", "långsam* långsamt"),
    ("ja", "nej"),
    ("kvinn*", "män man manlig*"),
    ("flera många mycket", "fåtal lite"),
    ("närvaro* närvar*", "frånvaro* frånvar*"),
    ("uppåt", "nedåt neråt"),
    ("plus", "minus"),
    ("stärk* säkra* vinn*", "tappa* förlora* riskera*"),
    ("lugn*", "ryckig* orolig* stress*"),
    ("stabil*", "svajig* ryckig*"),
    ("snabbfot* snabbrörl* flexib*", "trögrörl* trög* stel*"),
    ("enkel* enkla enklare", "komplex* komplicer* krångl*"),
    ("beakta*", "bortse*"),
    ("vinst* överskott*", "förlust* underskott*"),
    ("inkomst* intäkt*", "utgift* kostnad*"),
    ("utöver förutom", "inklusive"),
    ("ensam* ensamt själv*", "tillsammans gemensamt"),
    ("lika samma", "olika skild*"),
    ("stabil*", "instabil* ostabil*"),
    ("säker* säkert trygg*", "osäker* otrygg*"),
    ("delta* medverka*", "avstå*"),
    ("hinder* hindra* försvår*", "underlätt* möjliggör*"),
    ("styrka styrkor styrkan styrkorna", "svaghet*"),
    ("inträd*", "utträd*"),
    ("accepter*", "avvis* förkast*"),
    ("nära närmare närhet*", "fjärran avlägs* avstånd*"),
    ("vanlig* vanligt", "ovanlig* sällsynt* sällan"),
    ("aktiv* aktivt", "passiv* passivt"),
    ("viktig* betydelsefull* livsviktig* avgörande", "oviktig* oväsentlig* betydelselös*"),
    ("fri fria fritt", "bunden bundna bundet"),
    ("öppna* öppnas", "stäng*"),
    ("inför* införa behåll*", "avskaff* slopa* upphäv*"),
    ("övre", "nedre"),
    ("högsta högst", "lägsta lägst"),
    ("framgång* lyckad* lyckas", "misslyck* motgång*"),
    ("enig* överens", "oenig* oense"),
    ("stödja* stöder stödjer främja*", "motarbeta* motverka*"),
    ("inkludera* ingår ingå", "utesluta* exkludera* undanta*"),
    ("båda bägge", "endera ettdera"),
    ("fortsätt*", "avbryt* upphör*"),
    ("tillåtet tillåten tillåtna", "otillåt*"),
    ("enkelt lätt", "omständlig* krånglig*"),
    ("rik rika rikt", "fattig*"),
    ("tät täta tätt", "gles glesa glest"),
    ("växande", "krympande minskande"),
    ("oberoende", "beroende avhängig*"),
    ("tillräcklig* tillräckligt", "bristfällig* bristande"),
    ("erfaren erfarna erfarenhet", "oerfar*"),
    ("tillit* förtroende", "misstro* misstänksam*"),
    ("smidig* smidigt", "trög* stelbent*"),
    ("bred breda brett", "smal smala smalt"),
    ("hård hårda hårt", "mjuk* mjukt"),
    ("planer* planlagt", "oplaner* spontan*"),
)
#: Words that narrow or widen what is said: one that the source does not have at that place is an addition.
LIMITS = frozenset(
    "minst högst lägst maximalt senast tidigast endast bara enbart uteslutande alltid aldrig samtliga alla varje "
    "majoriteten".split()
)
ONLY = frozenset("endast bara enbart uteslutande".split())
#: Words that put one thing before or after another.
RELATING = frozenset("före innan efter sedan".split())
#: Words for the same limit.
SAME_LIMIT: tuple[frozenset[str], ...] = (
    frozenset("endast bara enbart uteslutande".split()),
    frozenset("minst lägst åtminstone".split()),
    frozenset("högst maximalt max".split()),
    frozenset("alla samtliga varje var vart hela allt oavsett alltid respektive båda".split()),
    frozenset("före innan senast inför".split()),
    frozenset("efter sedan därefter när".split()),
    frozenset("aldrig ingen inget inga inte ej utan".split()),
)

#: The last part of words for those who act, in normal form; what stands before it says which one.
ACTOR_HEADS: tuple[str, ...] = tuple(
    "styrels fullmäktig nämnd utskott direktör chef ordförand ledamot ledamöt revisor revision myndighet "
    "tjänsteperson tjänstem tjänsteman förtroendevald medborgar invånar anställd medarbetar sekreterar presidi "
    "länsstyrels domstol förbund kommunalråd regionråd borgarråd oppositionsråd ersättar ledningsgrupp "
    "församling sakkunnig krisledningsgrupp".split()
)
#: Words that are such only as they stand: as the last part of another word they say something else.
WHOLE_ACTORS = frozenset(
    "stat region regering riksdag kommun politiker politik parti opposition majoritet kontor förvaltning bolag".split()
)
#: Such words that are too loose to hold a text to them.
VAGUE_ACTORS = frozenset("politik politiker parti majoritet opposition kontor förvaltning".split())
#: Words for the same who.
SAME_ACTOR: tuple[frozenset[str], ...] = (
    frozenset({"kommundirektör", "kommunchef"}),
    frozenset({"förtroendevald", "politik", "politiker"}),
    frozenset({"tjänsteperson", "tjänstem", "tjänsteman"}),
    frozenset({"anställd", "medarbetar", "personal"}),
    frozenset({"invånar", "medborgar", "kommuninvånar"}),
    frozenset({"ledamot", "ledamöt"}),
    frozenset({"revisor", "revision", "kommunrevisor"}),
)
#: Heads that are the same post or body whatever municipality or region it belongs to.
GENERIC_HEADS = frozenset({"styrels", "fullmäktig", "direktör"})
GENERIC_OWNERS = frozenset({"kommun", "region"})
#: Before a figure: at least, at most.
AT_LEAST = frozenset("minst lägst drygt över mer fler minimum åtminstone överstiger".split())
AT_MOST = frozenset("högst maximalt max knappt under mindre färre maximum understiger".split())
PREPOSITIONS = frozenset(
    "i på av till för med från under hos mellan om vid mot bland inom enligt via genom utan åt över efter före inför "
    "per kring än som gentemot".split()
)
#: Words that part a sentence into clauses.
BORDERS = frozenset("men medan utan samt vilket eftersom därför".split())

#: Words of the one who speaks.
FIRST_PERSON = frozenset("jag vi mig oss min mitt mina vår vårt våra".split())
#: Words in a text that give a cause, and those in a source that do.
CAUSES = frozenset("eftersom därför därmed".split())
CAUSAL = frozenset(
    "eftersom därför därmed då genom beror orsak orsaken orsakar grund följd innebär således alltså "
    "ty skäl skälet".split()
)
#: Prepositions before the one who is given or told something, and verbs of the one who receives.
TOWARDS = frozenset("till åt gentemot".split())
RECEIVING = frozenset(
    "få får fick fått erhåller erhålla mottar motta tar emot har ha är vara hör tillhör omfattas berörs "
    "väljs utses".split()
)
ARTICLES = frozenset("en ett den det de varje någon något alla".split())
#: Words for the source's own place.
HERE = "paragraf* stycke* avsnitt* regel regeln lagen"
#: Words that begin a subordinate clause, in which someone else may act.
SUBORDINATING = BORDERS | frozenset("som att där när då innan hur vilken vilka om att och".split())

#: Number words. "en" and "ett" are left out: they are articles.
NUMBER_WORDS = {
    word: str(value)
    for value, words in {
        0: "noll", 2: "två tvenne", 3: "tre", 4: "fyra", 5: "fem", 6: "sex", 7: "sju", 8: "åtta", 9: "nio", 10: "tio",
        11: "elva", 12: "tolv", 13: "tretton", 14: "fjorton", 15: "femton", 16: "sexton", 17: "sjutton", 18: "arton",
        19: "nitton", 20: "tjugo", 30: "trettio", 40: "fyrtio", 50: "femtio", 60: "sextio", 70: "sjuttio", 80: "åttio",
        90: "nittio", 100: "hundra", 1000: "tusen",
    }.items()
    for word in words.split()
}  # fmt: skip
ORDINALS = {
    "andra": "2", "tredje": "3", "fjärde": "4", "femte": "5", "sjätte": "6", "sjunde": "7",
    "åttonde": "8", "tionde": "10",
}  # fmt: skip
#: Shares in words, in percent.
SHARE_WORDS = {"hälften": "50", "fjärdedel": "25", "femtedel": "20", "tiondel": "10", "tredjedel": "33"}
#: Words that count a number; a number keeps its own.
UNITS = {
    "procent": "% procent procents procenten procentig procentiga",
    "procentenheter": "procentenhet procentenheter",
    "dagar": "dag dagar dagars dagen dygn",
    "veckor": "vecka veckor veckors veckan",
    "månader": "månad månader månaders månaden",
    "år": "år års åren året årig årigt åriga",
    "timmar": "timme timmar timmars timmarna",
    "minuter": "minut minuter",
    "kronor": "krona kronor kr sek",
    "miljoner": "miljon miljoner mnkr mkr milj",
    "miljarder": "miljard miljarder mdkr",
    "kapitel": "kap kapitel kapitlet",
}

#: Words that say where something is said, and nothing of what.
FRAME_WORDS = (
    "enligt rapport* källa* källan skrift* vägledning* framgår framkommer visar visa säger uppger berätta* beskriv* "
    "uttryck* "
    "menar anser lyfter lyft* betona* påpeka* framhåll* konstatera* redovisa* intervjua* intervju* citat* direktör* "
    "stycke* avsnitt* dokument* text* nämn* ange* anger skriv* handl* svar* fråga* vill även också samt dessutom "
    "bland annat exempelvis såväl både således därför därmed vidare innebär innebar finns dvs anse* upplev* gälla*"
)

#: Verbs, adverbs and pronouns that carry next to nothing alone: what they say, other words say with them.
LIGHT_WORDS = frozenset(
    "bli blir blev blivit bliva få får fick fått ha har hade haft göra gör gjorde gjort ske sker skett skedde finnas "
    "finns funnits komma kommer kommit kom gå går gått gick ta tar tagit tog ge ger gett gav stå står stått ligga "
    "ligger låta låter hålla håller hållit hålls sätta sätter vara är varit var genom annan annat andra del ut upp "
    "fram in ur till ner vidare sätt fall något någon några sådan sådant sådana själv själva just även alltså dock "
    "nämligen därmed ju enbart beror tack hur detsamma densamma samma ännu redan särskilt särskild egen eget egna "
    "viss visst vissa olika fler flera många mycket betyder betyda handlar handla".split()
)

#: Everyday words for the same, beside the thesaurus: verbs of saying, of deciding and of being.
SYNONYMS: tuple[str, ...] = (
    "utse välja tillsätta anställa",
    "bestämma besluta avgöra fastställa fatta",
    "bestämd viss särskild",
    "säga uppge berätta beskriva uttrycka mena anse lyfta betona påpeka framhålla konstatera uppleva redovisa "
    "ange nämna",
    "kräva krav nödvändig",
    "ledande främst högst överst",
    "sluta avsluta upphöra",
    "komplettera komplement tillägg",
    "svara respondent besvara",
    "cirka ungefär omkring runt nästan närmare drygt knappt",
    "regel bestämmelse reglera föreskriva paragraf",
    "gälla omfatta avse tillämpa beröra",
    "innehålla omfatta ingå bestå",
    "huvudsaklig främst framför primär",
    "ansvara säkerställa ansvar tillse",
    "visa framgå framkomma",
    "genomföra göra utföra verkställa",
    "skapa bygga utveckla forma",
    "börja inleda starta uppstart påbörja",
    "leda styra ledning styrning",
    "hjälpa stödja stöd bistå underlätta",
    "viktig betydelsefull avgörande central väsentlig",
    "vanlig allmän generell",
    "tillfälle möjlighet chans",
    "samtal dialog diskussion diskutera",
    "behöva måste krävas",
    "bilda utgöra vara",
    "många flera flertal",
    "del andel",
    "organisation förvaltning",
    "sammanträde möte session",
    "grund bas utgångspunkt underlag",
    "mål syfte avsikt ändamål",
    "brist sakna saknas avsaknad",
    "titel benämning",
    "person individ människa",
    "gräns tak",
    "låta tillåta ge",
    "lämna överlämna lägga",
    "titta se granska pröva",
    "svårighet problem utmaning utmanande svår",
    "bygga grunda basera vila",
    "bra god fungerande ändamålsenlig lyckad",
    "inträffa hända ske uppstå",
    "bruka användas utnyttja använda",
    "följa förenlig enlig hålla",
    "bedriva hålla sköta driva",
    "närvara delta medverka vara",
    "gilla uppskatta trivas nöjd",
    "beakta hänsyn väga ta",
    "tydliggöra klargöra förtydliga tydlig klar",
    "tillåta låta medge godkänna",
    "alltjämt fortfarande kvar ännu likväl",
    "dyr kostsam kostnad",
    "snabb brådskande skyndsam omedelbar",
    "vänta avvakta dröja",
    "räkna ange lista nämna",
    "slut utgång avslut",
    "kontinuerlig löpande ständig regelbunden",
    "tvungen skyldig måste",
    "liten mindre små begränsad",
    "stor större omfattande",
    "svag bristande bristfällig otillräcklig",
    "anslå tillkännage publicera kungöra offentliggöra",
    "yttrande remissvar utlåtande svar",
    "fråga ärende sak",
    "ställföreträda ersätta vikariera",
    "skriva underteckna signera",
    "förklara motivera motivering skäl orsak",
    "förändra ändra omvandla utveckla",
    "öka växa stiga tillta",
    "minska sjunka avta krympa",
    "påverka inverka effekt betydelse",
    "tillhöra höra ingå",
    "lämna avge inge ge väcka",
    "först tidigast",
    "upphäva ogiltig undanröja",
    "få erhålla motta",
    "klara hantera bemästra lösa",
    "närhet nära intill",
    "avstånd långt distans",
    "stöta möta ställas",
    "stå finnas anges framgå",
    "ensam själv enskild",
    "sammanfatta sammanfattning översikt",
    "förutsättning möjlighet villkor",
    "kunskap kompetens kunnande",
    "gemensam tillsammans samlad",
    "uppföljning utvärdering följa utvärdera",
    "rätt befogenhet behörig",
    "förbud förbjuda hinder hindra",
    "anställning jobb arbete tjänst",
    "företräda företrädare representant representera",
    "närmast nästa följande",
    "föregående förra tidigare",
    "lyfta påtala uppmärksamma peka",
    "nivå grad mån utsträckning",
    "anta godta fastställa",
)

#: Words that say how often: those that stand alone, and those before a unit of time.
PERIODS = {
    "årlig": "1 år",
    "årligen": "1 år",
    "årligt": "1 år",
    "årliga": "1 år",
    "månadsvis": "1 månad",
    "veckovis": "1 vecka",
}
EVERY = {"varje": "1", "vartannat": "2", "varannan": "2"}
EVERY_AFTER = {"tredje": "3", "fjärde": "4", "femte": "5", "annat": "2", "annan": "2"}
PERIOD_UNITS = {"år": "år", "året": "år", "månad": "månad", "vecka": "vecka"}
