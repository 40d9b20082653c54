"""Learn what search knows of Swedish words: `suffixes.txt` (inflections) and `words.txt` (the parts of compounds).

One command, one core, under three minutes, no network:

    python index/train_lexicon.py --data ../shared/training --out index

Inflections: the pairs of form and lemma in `lexica/hunspell_form_lemma.tsv.xz`, each weighted by how often the form
occurs in the texts, are turned into pairs of form and stem, and these into a pruned list of rules on word endings
(after Jongejan & Dalianis 2009 and Juršič et al. 2010). A rule is kept when it corrects enough of what the rule for the
next shorter ending gets wrong. Compounds: first and last parts are counted over the distinct words of the texts, each
cut in the way that the counts so far make most likely (`assistant.finding.compounds`, Koehn & Knight 2003), three times
over.

Neither the table nor the texts are copied: only the rules, the parts that several compounds share, and the family and
place names that are frequent enough not to be taken for typing errors.
"""

from __future__ import annotations

import argparse
import json
import lzma
import math
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path

from assistant.finding.compounds import LEAST_WEIGHT, Splitter
from assistant.finding.normaliser import START, Edit, Normaliser, write_rules

SOURCES = ("government", "interpellations", "statutes")
WORD = re.compile(r"[^\W\d_]+")
BROKEN_WORD = re.compile(r"(?<=[a-zåäö]{2})- (?!(?:och|eller|samt|respektive|resp|till|som|än)\b)(?=[a-zåäö]{2})")
STARTED = time.monotonic()

#: What a rule must gain, in the weight of forms (0.3 and the logarithm of 1 and the count), to be kept.
LEAST_GAIN, FORM_WEIGHT = 1.5, 0.3
#: The longest ending that a rule may cut, and the fewest letters that form and stem must share.
LONGEST_CUT, FEWEST_SHARED = 10, 2
#: A word of the texts that is a known part: how often its stem must occur; how often a name; how often a whole word.
LEAST_STEM, LEAST_NAME, LEAST_WORD = 15, 150, 3
#: How many compounds must share a part that is no word on its own.
LEAST_COMPOUNDS = 8

#: Lemmas that keep their last vowel, since what is left without it is another word.
APART = frozenset(
    """laga leda bilda falla hamna forma kalla rätta landa arta korta tala saka fasta väga blanda fria tanka gifta
    plana måla boka värde rike vite same ställe yttre ämne yrke läge maka hava mena tacka stada städa kunde handla
    lagra vika mina""".split()
)

#: Irregular words, base form first; the table has many of them as lemmas of their own. They count in compounds too.
IRREGULAR = """
man mannen mannens män mäns männen männens
bok boken bokens böcker böckers böckerna böckernas
stad staden stadens städer städers städerna städernas
hand handen handens händer händers händerna händernas
land landet landets länder länders länderna ländernas
tand tänder tänderna
bonde bonden bondens bönder bönders bönderna
ledamot ledamoten ledamotens ledamöter ledamöters ledamöterna ledamöternas
son söner sönerna
dotter döttrar döttrarna
mor moder modern mödrar mödrarna
far fader fadern fäder fäderna
bror broder brodern bröder bröderna
natt natten nätter nätterna
rot roten rötter rötterna
fot foten fötter fötterna
ansökan ansökans ansökningar ansökningars ansökningarna ansökningarnas ansökning ansökningen
anmälan anmälans anmälningar anmälningars anmälningarna anmälningarnas anmälning anmälningen
inbjudan inbjudans inbjudningar inbjudningarna
god gott goda gode
liten litet
ny nytt nya nye
fullmäktige fullmäktiges
vald valda valdas valds
data datas datan datat
anställd anställda anställdas anställde anställds
sätta sätter satte satt sätts satts sättas sattes
dra drar drog dragit dras drogs dragits
ta tar tog tagit tas togs tagits
ge ger gav givit gett ges gavs givits getts
gå går gick gått gås
stå står stod stått
få får fick fått
göra gör gjorde gjort görs gjordes gjorts
se ser såg sett ses sågs setts
slå slår slog slagit slås slogs slagits
hålla håller höll hållit hålls hölls hållits hållas
komma kommer kom kommit
skriva skriver skrev skrivit skrivs skrevs skrivits skrivas
lägga lägger lade lagt läggs lades lagts läggas
säga säger sade sa sagt sägs sades sagts
binda binder band bundit binds bands bundits
bryta bryter bröt brutit bryts bröts brutits
bära bär bar burit bärs bars burits
driva driver drev drivit drivs drevs drivits
falla faller föll fallit
finna finner fann funnit finns fanns
låta låter lät låtit
lida lider led lidit
skjuta skjuter sköt skjutit skjuts sköts skjutits
sluta slutar slöt slutit slutade slutat
stiga stiger steg stigit
träda träder trädde trätt
välja väljer valde valt väljs valdes valts väljas
vinna vinner vann vunnit
veta vet visste vetat
ligga ligger låg legat
sitta sitter satt suttit
bjuda bjuder bjöd bjudit bjuds bjöds
gripa griper grep gripit
leda leder ledde lett leds ledas leddes letts
sälja säljer sålde sålt säljs såldes sålts
sprida sprider spred spridit
föra för förde fört förs fördes förts
råda råder rådde rått
äga äger ägde ägt ägs
avse avser avsåg avsett avses avsågs
"""
#: Irregular forms and base forms that other words merely end in.
ALONE = frozenset("far band bands bar led för förs fått kom mor steg vet ta se ge få son rot ny föra äga".split())

ADVERB = re.compile("(sam|ig|isk|al|ell|full|bar|iv|lös)t$")
DOER = re.compile("(.+)(are|ares|aren|arens|arna|arnas)$")
EXPERT = re.compile("(.+ik)(er|ers|ern|erns|erna|ernas)$")
NOUN_FORM = re.compile("(ens|ets|ns|ornas|arnas|ernas)$")

#: Prefixes, function words and remnants that look like first parts, and endings that look like last ones.
NEVER_FIRST = frozenset(
    """för upp sam åter med mot under över efter från fram till vid genom ned ner inne ute före bak kring miss van sär
    all samt utan inom hos ej icke där här hur när var den det men att som manna oss sig han hon ett dem ofta blir
    kan ska sin min din int inter trans super anti pro kon kom per pre sub bio geo eko mono multi poly hyper mikro
    makro mini maxi ans avs ins ups ens fört ord bet utt upptag underl instä inträ uppe ent hän stå ställ sätt läg
    giv tag gör mång sex tio två tre fem sju fyr nio åtta gen pol sek inst pers kap par bit redo ange inför tillför
    samman tillhanda föret förs hets vill veder journa parlamenta godt upprätt överens bort fort väl extra noll spr
    avg förut tills els uts överg""".split()
)
NEVER_LAST = frozenset(
    """skap het ning ande ende else are ing bar lig sam dom mässig fri full aktig ism ist tion sion lös vis eri tet ig
    isk ell iell ar er or ers ens ade ast aste ets heter inna ling lek nad sel ske ter tor ner ler ser der ger ren
    len sen ten den nen gen ven mot en erna arna skapet skapen skapets heten hetens nings sammans mäss and andet
    anden andena ring ras rar rat rad rade nas tas las ant gas res rer rades tur fatt dra drar gra anna nder ligt
    liga mer sten stens ena sår såret sårets såren trädet träde träda räda rädde räder räde visa visning visar kor
    digt riker ören kola kolan kolor öka lan alen ätta gar gan gade lin var vara kaffa kaffande trä löp kap
    lande lade kännande känna känns känd känt känner ställig öst ordna ystem höjand väsend ministeri ställ""".split()
)
#: Endings of nouns whose stem is a verb's.
MADE = ("ing", "ation", "an")
#: Last parts that are no words, or verbs as words; more are found in the texts.
BOUND = "stiftning tagare givare fattande fattare tecknare sättning föring".split()
TWO_LETTERS = frozenset(["år"])
LINKS = ("", "s", "e", "o", "u", "a", "na", "es")
VOWELS = frozenset("aeiouyåäöé")


def say(text: str) -> None:
    sys.stderr.write(f"[{time.monotonic() - STARTED:4.0f} s] {text}\n")


# --- counting -------------------------------------------------------------------------------------------------------


def count_words(folder: Path) -> tuple[Counter[str], Counter[str]]:
    """How often each word occurs written in lower case, and in any case; both by the word in lower case."""
    written: Counter[str] = Counter()
    for source in SOURCES:
        with lzma.open(folder / f"{source}.jsonl.xz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                text = f"{row.get('title', '')}\n{row['text']}".replace("\u00ad", "")
                written.update(WORD.findall(BROKEN_WORD.sub("", text)))
    lower, every = Counter[str](), Counter[str]()
    for word, count in written.items():
        every[word.lower()] += count
        if word == word.lower():
            lower[word] += count
    return lower, every


def read_table(folder: Path) -> dict[str, list[str]]:
    """The lemmas of each form, in lower case."""
    table: dict[str, list[str]] = defaultdict(list)
    with lzma.open(folder / "lexica" / "hunspell_form_lemma.tsv.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            form, lemma = line.split()
            if form.isalpha() and form.islower() and lemma.isalpha() and len(form) > 1:
                table[form].append(lemma.lower())
    return dict(table)


# --- inflections ----------------------------------------------------------------------------------------------------


def mend_table(table: dict[str, list[str]]) -> None:
    """Corrects, in place, what the table systematically has under the wrong lemma."""
    for lemma in {lemma for lemmas in table.values() for lemma in lemmas if lemma.endswith("ium")}:
        table |= {lemma[:-2] + ending: [lemma] for ending in ("er", "ers", "erna", "ernas")}
    for lemma in [lemma for lemma in table if lemma.endswith(("ering", "ation")) and len(lemma) > 7]:
        plural = "ar" if lemma.endswith("ering") else "er"
        endings = ("", "s", "en", "ens", plural, plural + "s", plural + "na", plural + "nas")
        table |= {lemma + ending: [lemma] for ending in endings}
    for form, lemmas in table.items():
        table[form] = [lemma[:-1] if ADVERB.search(lemma) and lemma[:-1] in table else lemma for lemma in lemmas]
    for form in table:
        for pattern, stem, proof in ((DOER, "are", "arens"), (EXPERT, "er", "erns")):
            match = pattern.match(form)
            wrong = match and (match[1] + "a" if pattern is DOER else match[1])
            if match and match[1] + proof in table and wrong in table[form]:
                table[form] = [match[1] + stem]
    mend_irregular(table)


def mend_irregular(table: dict[str, list[str]]) -> None:
    irregular: dict[str, str] = {}
    for line in IRREGULAR.split("\n"):
        for form in line.split():
            irregular.setdefault(form, line.split()[0])
    for form in table:
        for start in range(max(2, len(form) - 11), len(form) - 1):
            end, base = form[start:], irregular.get(form[start:], "")
            if base and form[:start] + base in table and not {end, base} & ALONE:
                table[form] = [form[:start] + base]
                break
    table |= {form: [base] for form, base in irregular.items()}


class Stems:
    """Lemma -> stem. Verbs and nouns of one stem meet (besluta, beslut); so do -era, -ering and -ation."""

    def __init__(self, table: Mapping[str, Sequence[str]], lower: Mapping[str, int]) -> None:
        self._lower = lower
        self.lemmas = {lemma for lemmas in table.values() for lemma in lemmas}
        self.counts: Counter[str] = Counter()
        for form, lemmas in table.items():
            if len(lemmas) == 1:
                self.counts[lemmas[0]] += lower.get(form, 0)

    def lemma(self, form: str, lemmas: Sequence[str]) -> str:
        """The most frequent lemma of an ambiguous form; the form itself when that is a lemma in its own right."""
        best = max(lemmas, key=lambda lemma: self.counts[lemma])
        return form if form in lemmas and self.counts[form] >= 0.05 * self.counts[best] else best

    def stem(self, lemma: str) -> str:
        if lemma in APART:
            return lemma
        if lemma.endswith("ium") and len(lemma) > 5:
            return lemma[:-2]
        if lemma.endswith("ligen") or self._made_from_verb(lemma):
            return lemma[:-2]
        lemma = self._verb(lemma)
        return lemma[:-1] if lemma[-1] in "ae" and len(lemma) > 3 else lemma

    def _made_from_verb(self, lemma: str) -> bool:
        """ansökan, samverkan."""
        verb = lemma[:-2]
        inflected = sum(self._lower.get(verb + ending, 0) for ending in ("", "ar", "er"))
        return lemma.endswith("an") and len(lemma) > 5 and self.counts[lemma[:-1]] > 20 and inflected > 20

    def _verb(self, lemma: str) -> str:
        """delegering, delegation -> delegera; other lemmas as they are."""
        if lemma.endswith("ering") and len(lemma) > 7 and lemma[:-3] + "a" in self.lemmas and lemma != "regering":
            return lemma[:-3] + "a"
        verb = lemma[:-5] + "era"
        known = min(self.counts[verb], self.counts[lemma]) > 200
        return verb if lemma.endswith("ation") and len(lemma) > 8 and known and lemma != "generation" else lemma


Example = tuple[str, Edit, float]


def examples(table: Mapping[str, Sequence[str]], lower: Mapping[str, int]) -> Iterator[Example]:
    """Each form, the edit that gives its stem, and its weight."""
    stems = Stems(table, lower)
    for form, lemmas in table.items():
        stem = stems.stem(stems.lemma(form, lemmas))
        differ = (place for place, (a, b) in enumerate(zip(form, stem, strict=False)) if a != b)
        shared = next(differ, min(len(form), len(stem)))
        if form == stem or (shared >= FEWEST_SHARED and len(form) - shared <= LONGEST_CUT):
            weight = math.log1p(lower.get(form, 0)) + FORM_WEIGHT
            yield form, (len(form) - shared, stem[shared:]), weight


def learn_rules(items: Sequence[Example], ending: str = "", inherited: Edit = (0, "")) -> dict[str, Edit]:
    """The rules for all endings that end in `ending`, given the edit that holds for it unless a rule says otherwise."""
    weights: Counter[Edit] = Counter()
    for _, edit, weight in items:
        weights[edit] += weight
    rules: dict[str, Edit] = {}
    best = max(weights, key=lambda edit: (weights[edit], edit == inherited, edit))
    if ending and weights[best] - weights[inherited] > LEAST_GAIN:
        rules[ending] = inherited = best
    if sum(weights.values()) - weights[inherited] <= LEAST_GAIN or ending.startswith(START):
        return rules
    longer: dict[str, list[Example]] = defaultdict(list)
    for item in items:
        longer[(START + item[0])[-len(ending) - 1]].append(item)
    for letter, some in sorted(longer.items()):
        rules |= learn_rules(some, letter + ending, inherited)
    return rules


# --- compounds ------------------------------------------------------------------------------------------------------


class Parts:
    """Which words may be parts: known stems, with the words' counts."""

    def __init__(self, table: Mapping[str, Sequence[str]], lower: Mapping[str, int], normaliser: Normaliser) -> None:
        self._table, self._lower, self._normal = table, lower, normaliser.normal_form
        nouns = {self._normal(form) for form in table if NOUN_FORM.search(form)}
        verbs = {self._normal(lemmas[0]) for lemmas in table.values() if lemmas[0].endswith("a")} - nouns
        self.nouns = nouns
        self.counts: Counter[str] = Counter()
        for word, count in lower.items():
            if word in table and possible(word):
                self.counts[self._normal(word)] += count
        self.known = {stem for stem, count in self.counts.items() if count >= LEAST_STEM}
        never = (
            NEVER_LAST
            | {piece for piece in NEVER_FIRST if len(piece) > 4}
            | verbs
            | {self._normal(piece) for piece in NEVER_LAST}
        )
        for stem in list(self.counts):
            if self.counts[stem] < LEAST_STEM or stem in never:
                del self.counts[stem]

    def first_stem(self, piece: str) -> str:
        """The stem of a first part as it is written, "arbet" of "arbets"; "" when it can be none."""
        if piece in NEVER_FIRST | NEVER_LAST:
            return ""
        found = []
        for link in LINKS:
            word = piece.removesuffix(link)
            if (not link or word != piece) and possible(word):
                made = word.endswith(MADE) and self._lower.get(word, 0) > 50
                found += [stem for stem in self._stems(word, made) if link in ("", "e") or made or stem in self.nouns]
        return max(set(found) - NEVER_FIRST, key=lambda stem: (self.counts[stem], stem), default="")

    def _stems(self, word: str, made: bool) -> Iterator[str]:
        if word in self.counts:
            yield word
        if (made or word in self._table.get(word, ())) and self._normal(word) in self.counts:
            yield self._normal(word)


def possible(word: str) -> bool:
    return (len(word) >= 3 or word in TWO_LETTERS) and not VOWELS.isdisjoint(word)


def all_first_parts(words: Sequence[str], parts: Parts) -> dict[str, tuple[str, int]]:
    pieces = {word[:end] for word in words for end in range(2, len(word) - 1)}
    stems = {piece: parts.first_stem(piece) for piece in pieces}
    return {piece: (stem, 0) for piece, stem in stems.items() if stem}


def bound_last_parts(words: Sequence[str], splitter: Splitter) -> dict[str, int]:
    """Normal forms that many compounds end in although they are no words: -tagare, -stiftning."""
    before: dict[str, set[str]] = defaultdict(set)
    clear = {
        piece
        for piece, (_, count) in splitter.first_parts.items()
        if count >= 12 and piece.endswith("s") and len(piece) > 4
    }
    for word in words:
        for end in range(5, len(word) - 4):
            last = splitter.normal_form(word[end:])
            if word[:end] in clear and last not in splitter.last_parts and last not in NEVER_LAST:
                before[last].add(word[:end])
    return {last: len(some) for last, some in before.items() if len(some) >= LEAST_COMPOUNDS}


def learn_parts(words: Sequence[str], parts: Parts, normaliser: Normaliser) -> Splitter:
    """Counts parts in the likeliest cut of each word, three times over."""
    firsts = all_first_parts(words, parts)
    lasts = dict.fromkeys([*parts.counts, *map(normaliser.normal_form, BOUND)], 0)
    splitter = Splitter(firsts, lasts, frozenset(), normaliser.normal_form)
    for turn in range(3):
        first, last = count_parts(words, splitter, every=turn == 0)
        firsts = {piece: (stem, first[piece]) for piece, (stem, _) in firsts.items()}
        splitter = Splitter(firsts, {stem: last[stem] for stem in lasts}, frozenset(), normaliser.normal_form)
        lasts |= (found := bound_last_parts(words, splitter))
        say(f"turn {turn + 1}: {len(first)} first parts, {len(last)} last parts, bound: {' '.join(found)}")
    return splitter


def count_parts(words: Sequence[str], splitter: Splitter, every: bool) -> tuple[Counter[str], Counter[str]]:
    """How many words have each first part and each last part; with `every` also words that are not likely compounds."""
    first, last = Counter[str](), Counter[str]()
    for word in words:
        mean, cuts = splitter.best_cuts(word)
        if cuts and (every or mean >= LEAST_WEIGHT):
            first.update(word[start:end] for start, end in zip((0, *cuts), cuts, strict=False))
            last[splitter.normal_form(word[cuts[-1] :])] += 1
    return first, last


# --- writing --------------------------------------------------------------------------------------------------------

HEADER = "# Inlärt av index/train_lexicon.py ur offentliga texter; ändra inte för hand. {what}\n"


def names(lower: Mapping[str, int], every: Mapping[str, int]) -> list[str]:
    """Words that are nearly always written with a capital."""
    return [w for w, count in every.items() if len(w) > 4 and count >= LEAST_NAME and lower.get(w, 0) < 0.05 * count]


def write_words(splitter: Splitter, known: Set[str]) -> str:
    rows: dict[tuple[str, int], list[str]] = defaultdict(list)
    for piece, (stem, count) in splitter.first_parts.items():
        if count:
            rows["first", count].append(piece if piece == stem else f"{piece}={stem}")
    for stem, count in splitter.last_parts.items():
        rows["last", count].append(stem)
    rows["known", 0] = list(known - set(splitter.last_parts))
    return "".join(f"{kind} {count} {' '.join(sorted(rows[kind, count]))}\n" for kind, count in sorted(rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    folders = parser.parse_args()
    lower, every = count_words(folders.data)
    say(f"{len(every)} words counted")
    table = read_table(folders.data)
    mend_table(table)
    rules = learn_rules(list(examples(table, lower)))
    what = "Hur många bokstäver som stryks, vad som sätts dit, och efter vilka ändelser."
    (folders.out / "suffixes.txt").write_text(HEADER.format(what=what) + write_rules(rules), encoding="utf-8")
    say(f"{len(rules)} rules")
    normaliser = Normaliser(rules)
    words = sorted(word for word, count in lower.items() if count >= LEAST_WORD and len(word) >= 6)
    parts = Parts(table, lower, normaliser)
    splitter = learn_parts(words, parts, normaliser)
    what = "Led i sammansättningar och hur många som har dem; kända ord."
    text = HEADER.format(what=what) + write_words(splitter, {*names(lower, every), *parts.known})
    (folders.out / "words.txt").write_text(text, encoding="utf-8")
    say("done")


if __name__ == "__main__":
    main()
