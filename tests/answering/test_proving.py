"""What the sources say and what they do not: one pair of a true and an altered sentence for each kind of change."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import strategies

from assistant.answering.proving.claims import Reader, Word
from assistant.answering.proving.evidence import Evidence, remembered
from assistant.answering.proving.likeness import likeness_of
from assistant.answering.proving.proof import Proof, Prover
from assistant.finding.lexicon import Lexicon
from assistant.finding.thesaurus import Thesaurus, read_thesaurus
from assistant.settings import Settings

SURVEY = (
    "Nästan 75 procent av de svarande är nöjda med sin roll. Hälften av dem har arbetat i minst tre år. "
    "Enkäten skickades till 290 kommuner under våren 2023."
)
LAW = (
    "Enligt 7 kap. 2 § kommunallagen ska styrelsen besluta om en instruktion för direktören. "
    "Styrelsen får bestämma en annan titel för direktören. Instruktionen är obligatorisk."
)
ROLES = (
    "Kommunfullmäktige bestämmer budgeten för nästa år. Kommunstyrelsen leder och samordnar förvaltningen av kommunen. "
    "Revisorerna granskar varje år all verksamhet. Ärendet kan inte överklagas hos domstol."
)
LIST = (
    "Nämnden ska varje månad:\n\n• följa upp ekonomin i verksamheten\n• rapportera allvarliga avvikelser till styrelsen"
)
REPORT = (
    "Revisorerna ska lämna rapporten till fullmäktige. Den som är jävig får inte delta, om inte nämnden säger annat. "
    "Beslutet får överklagas endast tillsammans med huvudbeslutet. Nämnden upprättar budgeten efter samråd med "
    "medlemmarna. Det går att rätta verkställigheten. Förbudet mot delegering gäller också för automatiserade beslut."
)
RULES = (
    "Nämnden får neka stöd bara om det finns särskilda skäl. Bara ordföranden får besluta om resan. "
    "Protokollet ska justeras inom fjorton dagar. Planen ska omfatta tre år. "
    "Ett extra möte ska hållas om medlemmarna begär det. Inte heller får en nämnd utöva tillsyn. "
    "Styrelsen ska få de upplysningar den behöver från nämnden."
)
PLANS = (
    "Budgeten ska ange skattesats och anslag. Den ska visa hur verksamheten finansieras. "
    "Rapporten beskriver läsplattor innan eleverna prövar skolan. Uppsikten är en skyldighet för styrelsen. "
    "Hindret är vidare för direktören än för andra chefer."
)
COUNTS = (
    "Förslaget lämnas senast andra dagen. I två av tre byar minskar antalet elever. Få funderar på sin egen vila. "
    "Ombuden får närvara i andra nämnder än styrelsen. "
    "Domstolen behöver inte upphäva beslutet om felet inte betyder något. Personalföreträdarna får stöd av facken. "
    "Budgeten antas inte när styrelsen saknas. En ledamot i fullmäktige får väcka motioner. "
    "Ordföranden företräds av styrelsen i nämnden. Nämnden får avstå från att reglera bristen."
)
TOWNS = "Samarbetet mellan Mariestad och Gullspång började 2006. Mariestad beslutade i maj att lämna samarbetet."
PAST = "Det var tidigare lättare att rekrytera erfarna chefer men det är nu svårare att behålla dem."
MEMBERS = "SmåKom har 74 medlemmar. Ingen av dem har fler än 13 500 invånare, och inte färre än 20 har egna bolag."
VOICE = "”Vi hinner inte med det strategiska arbetet”, säger en av dem."


@pytest.fixture(scope="session")
def thesaurus(settings: Settings, lexicon: Lexicon) -> Thesaurus:
    return read_thesaurus(settings.thesaurus_file, lexicon)


@pytest.fixture
def prover(lexicon: Lexicon, thesaurus: Thesaurus) -> Prover:
    return Prover(lexicon, thesaurus)


def proof(prover: Prover, sentence: str, *texts: str) -> Proof:
    return prover.prove(sentence, [Evidence(text) for text in texts])


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("Av de svarande är 75 % nöjda med sin roll.", SURVEY),
        ("Nästan tre fjärdedelar av de svarande är nöjda med sin roll.", SURVEY),
        ("Enkäten skickades till tvåhundranittio kommuner.", SURVEY.replace("290", "tvåhundranittio")),
        ("Hälften har arbetat i minst 3 år.", SURVEY),
        ("År 2023 skickades enkäten till 290 kommuner.", SURVEY),
        ("En instruktion för direktören ska beslutas av styrelsen enligt 7 kap. 2 § kommunallagen.", LAW),
        ("Styrelsen måste besluta om en instruktion för direktören.", LAW),
        ("Styrelsen kan bestämma en annan titel för direktören.", LAW),
        ("Förvaltningen leds och samordnas av kommunstyrelsen.", ROLES),
        ("All verksamhet granskas årligen av revisorerna.", ROLES),
        ("Nämnden ska varje månad följa upp ekonomin.", LIST),
        ("Innan nämnden upprättar budgeten sker samråd med medlemmarna.", REPORT),
        ("Verkställigheten kan rättas.", REPORT),
        ("Rapporten går till fullmäktige.", REPORT),
        ("Nämnden får inte neka stöd om det inte finns särskilda skäl.", RULES),
        ("Ingen annan än ordföranden får besluta om resan.", RULES),
        ("Förslaget lämnas den andra dagen.", COUNTS),
        ("Nämndledamöter får rösta.", "En ledamot i nämnden får rösta."),
        ("Alla fullmäktigeledamöter får väcka motioner.", "Varje ledamot i fullmäktige får väcka motioner."),
        ("Nämnden får låta bli att reglera bristen.", "Nämnden får besluta att inte reglera bristen."),
        ("Mötena bör listas.", "Lista mötena."),
        ("Protokollet ska justeras inom två veckor.", RULES),
        ("Planen sträcker sig över tre år.", RULES),
        ("Arbetet upplevs som både bra och dåligt.", "Arbetet upplevs på gott och ont."),
        ("Medlemmarna kan begära ett extra möte.", RULES),
        ("Invånarna får läsa protokollet.", "Allmänheten får läsa protokollet."),
        ("En nämnd får inte utöva tillsyn.", RULES),
        ("Styrelsen behöver upplysningar från nämnden.", RULES),
        ("Förslag lämnas inte till alla nämnder.", "Förslag lämnas inte till varje nämnd."),
        (
            "Fullmäktige får varje år en rapport från styrelsen.",
            "Styrelsen lämnar varje år en rapport till fullmäktige.",
        ),
        (
            "En av dem säger att de ”inte hinner med det strategiska arbetet”.".replace("inte hinner", "hinner inte"),
            VOICE,
        ),
    ],
)
def test_what_is_said_in_other_words_is_carried(prover: Prover, sentence: str, text: str) -> None:
    assert proof(prover, sentence, text).reason == ""


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("Ingen av dem har fler än 20 bolag.", "högst"),
        ("De har inte färre än 20 bolag.", "minst"),
        ("Antalet överstiger inte 20 bolag.", "högst"),
        ("De har fler än 20 bolag.", "minst"),
        ("De har inte möten, och fler än 20 bolag.", "minst"),
        ("De har inte minst 20 bolag.", "minst"),
    ],
)
def test_a_denied_limit_is_read_as_the_other_one(lexicon: Lexicon, text: str, limit: str) -> None:
    figure = next(word for word in Reader(lexicon).read(text).words if word.kind == "figure")
    assert figure.limit == limit


def test_a_denied_limit_carries_the_other_one(prover: Prover) -> None:
    assert "högst" not in proof(prover, "SmåKoms medlemmar har högst 13 500 invånare.", MEMBERS).reason
    assert "minst 13 500" in proof(prover, "SmåKoms medlemmar har minst 13 500 invånare.", MEMBERS).reason


def test_a_date_may_stand_in_the_sentence_before(prover: Prover) -> None:
    text = "Reserven avskaffades den 1 januari 2024. Den kommun som då hade en reserv får behålla den till mars 2033."
    assert not proof(prover, "En reserv som kommunen hade den 1 januari 2024 får behållas till mars 2033.", text).reason
    for day in ("1 februari 2024", "2 januari 2024", "1 januari 2025"):
        assert proof(prover, f"En reserv som kommunen hade den {day} får behållas till mars 2033.", text).reason


def test_a_name_in_the_genitive_is_the_name(prover: Prover) -> None:
    assert "SmåKoms" not in proof(prover, "Antalet medlemmar i SmåKoms krets är 74.", MEMBERS).reason
    assert "MindreKoms" in proof(prover, "Antalet medlemmar i MindreKoms krets är 74.", MEMBERS).reason


def test_a_passage_is_read_once_for_all_who_ask(lexicon: Lexicon) -> None:
    evidence = Evidence("Styrelsen leder arbetet. Den möts i maj.")
    assert remembered(evidence, lexicon) is remembered(Evidence(evidence.text), lexicon)
    assert [unit.start for unit in remembered(evidence, lexicon)] == [0, 25]


@pytest.mark.parametrize(
    ("sentence", "text", "reason"),
    [
        (
            "Nästan 57 procent av de svarande är nöjda med sin roll.",
            SURVEY,
            "Källan säger 75 procent, texten säger 57 procent.",
        ),
        ("Nästan en fjärdedel av de svarande är nöjda med sin roll.", SURVEY, "75 procent"),
        ("Hälften av dem har arbetat i högst tre år.", SURVEY, "Källan säger minst tre år, texten säger högst tre år."),
        ("Hälften av dem har arbetat i minst tre månader.", SURVEY, "tre månader"),
        ("Protokollet ska justeras inom en månad.", RULES, "Källan nämner inte en månad."),
        ("Enkäten skickades till 290 kommuner under våren 2024.", SURVEY, "Källan säger 2023, texten säger 2024."),
        (
            "Enkäten skickades till 290 regioner under våren 2023.",
            SURVEY,
            "Källan säger kommuner, texten säger regioner.",
        ),
        (
            "Enligt 7 kap. 3 § kommunallagen ska styrelsen besluta om en instruktion.",
            LAW,
            "Källan säger 7 kap. 2 §, texten säger 7 kap. 3 §.",
        ),
        ("Enligt 6 kap. 2 § kommunallagen ska styrelsen besluta om en instruktion.", LAW, "7 kap. 2 §"),
        ("Enligt förvaltningslagen ska styrelsen besluta om en instruktion för direktören.", LAW, "förvaltningslagen"),
        ("Styrelsen bör besluta om en instruktion för direktören.", LAW, "Källan säger ska, texten säger bör."),
        ("Styrelsen ska bestämma en annan titel för direktören.", LAW, "Källan säger får, texten säger ska."),
        ("Styrelsen får inte bestämma en annan titel för direktören.", LAW, "neka"),
        ("Instruktionen är frivillig.", LAW, "Källan säger obligatorisk, texten säger frivillig."),
        ("Fullmäktige ska besluta om en instruktion för direktören.", LAW, "fullmäktige"),
        (
            "Kommunfullmäktige leder och samordnar förvaltningen av kommunen.",
            ROLES,
            "Källan säger kommunstyrelsen, texten säger kommunfullmäktige.",
        ),
        ("Kommunstyrelsen bestämmer budgeten för nästa år.", ROLES, "kommunfullmäktige"),
        ("Revisorerna granskar vart fjärde år all verksamhet.", ROLES, "Källan säger varje år"),
        ("Ärendet kan överklagas hos domstol.", ROLES, "Källan nekar"),
        ("Revisorerna granskar inte all verksamhet varje år.", ROLES, "Texten nekar"),
        ("Nämnden ska varje månad rapportera allvarliga avvikelser till revisorerna.", LIST, "revisorerna"),
        ("En av dem säger: ”Vi orkar inte med det strategiska arbetet.”", VOICE, "står inte ordagrant"),
        ("Endast styrelsen får bestämma en annan titel för direktören.", LAW, "Källan säger inte endast."),
        ("Nämnden får neka stöd om det inte finns särskilda skäl.", RULES, "Texten nekar"),
        ("Protokollet ska justeras inom tre veckor.", RULES, "tre veckor"),
        ("Förslaget lämnas senast femte dagen.", COUNTS, "Källan säger andra dagen, texten säger femte dagen."),
        ("I en av tre byar minskar antalet elever.", COUNTS, "två"),
        ("Många funderar på sin egen vila.", COUNTS, "Källan säger fåtal, texten säger många."),
        ("Ombuden får närvara även i styrelsen.", COUNTS, "Källan undantar styrelsen, texten gör det inte."),
        ("Domstolen får inte upphäva beslutet om felet inte betyder något.", COUNTS, "behöver inte"),
        ("Verksamhetsplanen ska ange skattesats och anslag.", PLANS, "Källan säger budgeten"),
        ("Gullspång beslutade i maj att lämna samarbetet.", TOWNS, "Källan säger mariestad, texten säger gullspång."),
        ("Rapporten beskriver skolan innan eleverna prövar läsplattor.", PLANS, "Källan säger läsplattor"),
        ("Uppsikten är frivillig för styrelsen.", PLANS, "Källan säger skyldighet, texten säger frivillig."),
        ("Hindret är snävare för direktören än för andra chefer.", PLANS, "Källan säger vidare"),
        ("Nämnden ansvarar för kommunens simhallar.", LIST, "Källan"),
        ("Fullmäktige ska lämna rapporten till revisorerna.", REPORT, "Källan säger revisorerna"),
        ("Beslutet får överklagas.", REPORT, "utan förbehåll"),
        ("Nämnden upprättar budgeten före samråd med medlemmarna.", REPORT, "Källan säger efter, texten säger före."),
        ("Förbudet mot delegering gäller inte för automatiserade beslut.", REPORT, "Texten nekar"),
        ("Det var tidigare svårare att rekrytera erfarna chefer.", PAST, "lättare"),
        ("Revisorerna granskar varje år all verksamhet och beslutar om chefernas löner.", ROLES, "Källan"),
    ],
)
def test_what_is_altered_is_objected_to_and_the_reason_is_told(
    prover: Prover, sentence: str, text: str, reason: str
) -> None:
    found = proof(prover, sentence, text)
    assert found.reason
    assert reason in found.reason


def test_a_reason_stands_in_the_headings_too(prover: Prover) -> None:
    evidence = Evidence("Styrelsen ska utse en direktör.", ("7 kap. Anställda", "7 kap. 1 § Direktör"))
    assert prover.prove("Att styrelsen ska utse en direktör står i 7 kap. 1 §.", [evidence]).reason == ""
    assert "7 kap. 9 §" in prover.prove("Att styrelsen ska utse en direktör står i 7 kap. 9 §.", [evidence]).reason


def test_items_of_a_list_do_not_carry_what_none_of_them_says(prover: Prover) -> None:
    items = "Uppdraget är att:\n\n• besluta om mål\n• ge stöd till partierna i fullmäktige"
    evidence = Evidence(items, ("Instruktion för direktören",))
    assert prover.prove("Fullmäktige beslutar om en instruktion för direktören.", [evidence]).reason


def test_a_verb_of_which_no_sentence_says_anything_is_not_carried(prover: Prover) -> None:
    assert proof(prover, "Revisorerna granskar all verksamhet och fördelar chefernas lokaler.", ROLES).reason


def test_headings_alone_carry_nothing(prover: Prover) -> None:
    evidence = Evidence("Deltar.", ("Styrelsen beslutar om en instruktion för direktören",))
    assert prover.prove("Styrelsen beslutar om en instruktion för direktören.", [evidence]).reason


def test_the_words_are_the_shortest_that_carry_the_sentence(prover: Prover) -> None:
    found = proof(prover, "All verksamhet granskas årligen av revisorerna.", SURVEY, ROLES)
    assert [(part, ROLES[start:end]) for part, start, end in found.words] == [
        (1, "Revisorerna granskar varje år all verksamhet.")
    ]


def test_clauses_may_be_carried_by_a_passage_each(prover: Prover) -> None:
    sentence = "Revisorerna granskar all verksamhet, medan styrelsen ska besluta om en instruktion för direktören."
    found = proof(prover, sentence, ROLES, LAW)
    assert found.reason == ""
    assert {part for part, _, _ in found.words} == {0, 1}
    other = sentence.replace("styrelsen ska", "styrelsen bör")
    assert proof(prover, other, ROLES, LAW).reason


def test_a_changed_quotation_is_not_saved_by_its_clauses(prover: Prover) -> None:
    sentence = "Revisorerna granskar all verksamhet, medan en av dem säger att ”vi hinner inte med det {} arbetet”."
    assert proof(prover, sentence.format("strategiska"), ROLES, VOICE).reason == ""
    assert "ordagrant" in proof(prover, sentence.format("strategiskt viktiga"), ROLES, VOICE).reason


def test_a_cause_that_no_source_gives_is_invented(prover: Prover) -> None:
    sentence = "Revisorerna granskar all verksamhet eftersom kommunstyrelsen leder och samordnar förvaltningen."
    assert proof(prover, sentence, ROLES).reason
    joined = sentence.replace(" eftersom ", ", samt ")
    assert proof(prover, joined, ROLES).reason == ""


def test_the_subject_of_one_fact_and_the_predicate_of_another_are_refused(prover: Prover) -> None:
    text = (
        "Föreningen Norrsken driver badhuset i centrum. Stiftelsen Havet äger den gamla biblioteksbyggnaden vid torget."
    )
    assert proof(prover, "Stiftelsen Havet äger den gamla biblioteksbyggnaden vid torget.", text).reason == ""
    assert proof(prover, "Föreningen Norrsken äger den gamla biblioteksbyggnaden vid torget.", text).reason
    assert proof(prover, "Vid torget äger föreningen Norrsken i centrum biblioteksbyggnaden.", text).reason


@pytest.mark.parametrize("sentence", ["", " ", "…", "[1", "”", "• ", "\u200b", "\ud83d", "§§", "12", "Ja."])
def test_what_says_nothing_is_not_carried(prover: Prover, sentence: str) -> None:
    assert proof(prover, sentence, LAW).reason


def test_composed_and_decomposed_letters_are_the_same(prover: Prover) -> None:
    import unicodedata

    sentence = unicodedata.normalize("NFD", "Av de svarande är 75 procent nöjda med sin roll.")
    assert proof(prover, sentence, SURVEY).reason == ""
    assert proof(prover, sentence.replace("75", "57"), SURVEY).reason


@hypothesis.given(strategies.text(max_size=80))
def test_any_text_is_judged_without_a_crash(lexicon: Lexicon, text: str) -> None:
    found = Prover(lexicon).prove(text, [Evidence(LAW), Evidence(text)])
    assert found.reason or found.words
    for part, start, end in found.words:
        assert 0 <= start < end <= len((LAW, text)[part])


def test_whose_post_it_is_counts_each_time_though_comparisons_are_remembered(lexicon: Lexicon) -> None:
    """ "ordförande" is compared as the council's or the board's, not as it was met first."""
    likeness, reader = likeness_of(lexicon, None), Reader(lexicon)
    assert likeness_of(lexicon, None) is likeness

    def post(text: str, shown: str = "ordförande") -> Word:
        return next(word for word in reader.read(text).words if word.lower == shown)

    council, board = post("Fullmäktiges ordförande leder mötet."), post("Nämndens ordförande leder mötet.")
    other = post("Nämndordföranden leder mötet.", "nämndordföranden")
    assert [likeness(one, other) for one in (council, board, council)] == [0.0, 1.0, 0.0]
