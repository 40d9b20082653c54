"""General Swedish that the gate compares by: what binds, who acts, how much.

Words stand in the forms in which they are met, or as the beginning that all their forms share when they end with "*".
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
    "förbjud* förbud* saknar saknas brist* avsaknad avstå* undanta* utesluta* slipp* bortse* omöjlig* vägra* neka* "
    "utebli*"
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
#: Two forms of one such part.
SAME_HEAD = {"ledamöt": "ledamot", "tjänstem": "tjänsteman"}
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
    frozenset({"anställd", "medarbetar", "personal", "tjänsteperson"}),
    frozenset({"invånar", "medborgar", "kommuninvånar"}),
    frozenset({"ledamot", "ledamöt"}),
    frozenset({"revisor", "revision", "kommunrevisor"}),
)
#: Heads that are the same post or body whatever municipality or region it belongs to.
GENERIC_HEADS = frozenset({"styrels", "fullmäktig", "direktör"})
GENERIC_OWNERS = frozenset({"kommun", "region"})
#: Before a figure: at least, at most.
AT_LEAST = frozenset("minst lägst drygt över mer fler minimum minsta åtminstone överstiger".split())
AT_MOST = frozenset("högst maximalt max knappt under mindre färre maximum understiger bara endast enbart".split())
#: Those of them that turn round when they are denied ("inte fler än" is "högst"), what denies them, and how near.
BEYOND = frozenset("över mer fler överstiger under mindre färre understiger".split())
DENIES = frozenset("inte ej aldrig ingen inget inga".split())
DENIED_WITHIN = 6
#: Before a length of time these say that it lasts so long.
DURING = frozenset("över under".split())
TIMES = frozenset("dagar veckor månader år timmar minuter".split())
#: Units of time by a smaller one: a week is seven days.
UNIT_TIMES = {"dagar": ("dagar", 1), "veckor": ("dagar", 7), "månader": ("månader", 1), "år": ("månader", 12)}
PREPOSITIONS = frozenset(
    "i på av till för med från under hos mellan om vid mot bland inom enligt via genom utan åt över efter före inför "
    "per kring än som gentemot".split()
)
#: Words that part a sentence into clauses.
BORDERS = frozenset("men medan utan samt vilket eftersom därför".split())

#: Words that stand for what is named elsewhere.
POINTING = frozenset(
    "den det de dem denna detta dessa han hon hen man denne dess deras sin sitt sina där då sådan sådana".split()
)

#: Adverbs before "få" when it says how many.
DEGREES = frozenset("ytterst mycket väldigt alltför bara endast ganska för relativt".split())

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
#: One of each, where it is called something else.
ONE = {
    "procentenheter": "procentenhet",
    "dagar": "dag",
    "veckor": "vecka",
    "månader": "månad",
    "timmar": "timme",
    "minuter": "minut",
    "kronor": "krona",
    "miljoner": "miljon",
    "miljarder": "miljard",
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
