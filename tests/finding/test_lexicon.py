"""Words as search sees them: inflections, compounds, abbreviations, typing errors. The lists in tests/data/lexicon were
written by hand before the rules were learned."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from assistant import paths
from assistant.errors import SettingsError
from assistant.finding.lexicon import Lexicon, Token, lexicon_fingerprint, read_lexicon
from assistant.finding.spelling import Speller, plain

DATA = Path(__file__).parents[1] / "data" / "lexicon"
FILES = ("lexicon.toml", "suffixes.txt", "words.txt")


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return read_lexicon(paths.lexicon_file())


def rows(name: str) -> list[list[str]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


# --- inflections ----------------------------------------------------------------------------------------------------


def test_inflections_of_a_word_meet(lexicon: Lexicon) -> None:
    pairs = [(base, form) for base, forms in rows("inflections.tsv") for form in forms.split()]
    apart = [(base, form) for base, form in pairs if lexicon.normal_form(base) != lexicon.normal_form(form)]
    assert len(pairs) >= 1000
    assert len(apart) <= 0.02 * len(pairs), apart


def test_different_words_stay_apart(lexicon: Lexicon) -> None:
    pairs = rows("apart.tsv")
    joined = [(one, other) for one, other in pairs if lexicon.normal_form(one) == lexicon.normal_form(other)]
    assert len(pairs) >= 300
    assert len(joined) <= 0.02 * len(pairs), joined


@pytest.mark.parametrize("word", ["2017", "§", "a4", "xq", "å", "covid19"])
def test_what_is_no_word_is_left_as_it_is(lexicon: Lexicon, word: str) -> None:
    assert lexicon.normal_form(word) == word
    assert lexicon.parts(word) == ()


# --- compounds ------------------------------------------------------------------------------------------------------


def boundaries(pieces: tuple[str, ...]) -> set[int]:
    return {sum(map(len, pieces[:count])) for count in range(1, len(pieces))}


def test_compounds_are_cut_where_their_parts_meet(lexicon: Lexicon) -> None:
    right = wrong = missed = 0
    for cut, *_ in rows("compounds.tsv"):
        expected = boundaries(tuple(cut.split("|")))
        found = boundaries(lexicon.splitter.pieces(cut.replace("|", "")))
        right += len(expected & found)
        wrong += len(found - expected)
        missed += len(expected - found)
    assert 2 * right / (2 * right + wrong + missed) >= 0.95


def test_the_parts_of_compounds_are_the_words_that_they_are_made_of(lexicon: Lexicon) -> None:
    compounds = [(cut.replace("|", ""), bases[0].split()) for cut, *bases in rows("compounds.tsv") if "|" in cut]
    found = [lexicon.parts(word) == tuple(map(lexicon.normal_form, bases)) for word, bases in compounds]
    assert len(found) >= 400
    assert sum(found) >= 0.95 * len(found)


def test_what_is_no_compound_is_not_cut(lexicon: Lexicon) -> None:
    words = [cut for cut, *_ in rows("compounds.tsv") if "|" not in cut]
    cut = [word for word in words if lexicon.parts(word)]
    assert len(words) >= 100
    assert len(cut) <= 0.02 * len(words), cut


# --- abbreviations --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("KSO", "kommunstyrelsens ordförande"),
        ("kso", "kommunstyrelsens ordförande"),
        ("KSO:s", "kommunstyrelsens ordförande"),
        ("KLF:en", "kommunledningsförvaltningen"),
        ("enligt KL 6 kap.", "enligt kommunallagen 6 kap."),
        ("kl 6 kap.", "kommunallagen 6 kap."),
        ("FL", "förvaltningslagen"),
        ("AU", "arbetsutskottet"),
        ("SoL", "socialtjänstlagen"),
        ("OSL", "offentlighets- och sekretesslagen"),
        ("SÄPO", "säkerhetspolisen"),
    ],
)
def test_an_abbreviation_and_its_words_are_the_same(lexicon: Lexicon, short: str, long: str) -> None:
    assert lexicon.query_terms(short) == lexicon.query_terms(long)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nämnder m.fl.", ["nämnder", "m", "fl"]),
        ("han las boken", ["han", "las", "boken"]),
        ("Las du?", ["las", "du"]),
        ("kl. 13.30", ["klockan", "13", "30"]),
        ("KL 13 kap.", ["kommunallagen", "13", "kap"]),
        ("6:1 och a:son", ["6", "1", "och", "a", "son"]),
    ],
)
def test_what_only_looks_like_an_abbreviation_is_left(lexicon: Lexicon, text: str, words: list[str]) -> None:
    assert lexicon.words(text) == words


# --- text -----------------------------------------------------------------------------------------------------------


def test_tokens_are_the_content_words_with_their_parts(lexicon: Lexicon) -> None:
    tokens = lexicon.tokens("Vad gör kommundirektörerna i ärendet?")
    direktor = lexicon.normal_form("direktör")
    whole = lexicon.normal_form("kommundirektör")
    assert tokens == [
        Token("kommundirektörerna", whole, (lexicon.normal_form("kommun"), direktor)),
        Token("ärendet", lexicon.normal_form("ärende"), ()),
    ]
    assert [token.term for token in tokens] == lexicon.terms("Vad gör kommundirektörerna i ärendet?")


def test_stop_words_are_so_without_their_dots(lexicon: Lexicon) -> None:
    assert lexicon.terms("Nar ar det for sent, och hur gar det till?") == lexicon.terms("sent")


# --- spelling -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def speller(lexicon: Lexicon) -> Speller:
    written = """kommundirektör kommundirektören ärende ärendet ärende nämnd nämnden äldreomsorgen reglemente regler
    delegationsordningen kommunfullmäktige förvaltning karlskrona år är får för far namn fyller"""
    return Speller(Counter(written.split()), lexicon.knows, lexicon.normal_form)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kommundirektor", "kommundirektör"),
        ("arende", "ärende"),
        ("namnd", "nämnd"),
        ("aldreomsorg", "äldreomsorgen"),
        ("kommundirektör", None),
        ("kommundirketör", "kommundirektör"),
        ("kommundirektörr", "kommundirektör"),
        ("kommundirekör", "kommundirektör"),
        ("kommundirektär", "kommundirektör"),
        ("reglemnete", "reglemente"),
        ("delegationsordnigen", "delegationsordningen"),
        ("delegationsordnig", "delegationsordningen"),
        ("komunfullmaktige", "kommunfullmäktige"),
        ("namn", None),
        ("2017", None),
        ("regla", None),
        ("kommuhdirektär", None),
        ("förvandling", None),
        ("faller", None),
        ("karlsson", None),
        ("xyzzyx", None),
        ("", None),
    ],
)
def test_one_typing_error_is_forgiven(speller: Speller, typed: str, meant: str | None) -> None:
    assert speller.correct(typed) == ((meant,) if meant else ())


def test_words_that_are_equally_near_are_all_given(speller: Speller) -> None:
    assert set(speller.correct("ar")) == {"år", "är"}


def test_a_known_inflection_is_nearer_than_another(speller: Speller) -> None:
    assert speller.correct("arendet") == ("ärendet",)
    assert speller.correct("arendets")[0] in ("ärende", "ärendet")


def distance(one: str, other: str) -> int:
    """Damerau's, with neighbours swapped once, by the textbook."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        rows.append([i])
        for j, b in enumerate(other, 1):
            least = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                least = min(least, rows[i - 2][j - 2] + 1)
            rows[i].append(least)
    return rows[-1][-1]


def test_the_neighbourhood_is_that_of_the_textbook(lexicon: Lexicon) -> None:
    text = (paths.corpus_dir() / "vagledning" / "skr-samarbete.txt").read_text(encoding="utf-8")
    words = sorted({word for word in lexicon.words(text) if word.isalpha() and len(word) > 6})[:400]
    speller = Speller(dict.fromkeys(words, 1))
    for word, after in list(pairwise(words))[::8]:
        for typed in (word[:3] + word[4:], word[:2] + after[3] + word[2:], word[:4] + word[5] + word[4] + word[6:]):
            near = {known for known in words if distance(plain(typed), plain(known)) <= 1}
            found = speller.correct(typed)
            assert typed in words or (set(found) <= near and bool(found) == bool(near)), typed


# --- files ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).write_bytes(paths.lexicon_file().with_name(name).read_bytes())
    return tmp_path


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"x y z\n", b"schema = 1\nfel = 2\n"])
def test_a_missing_or_broken_file_is_named_in_one_line(copied: Path, name: str, content: bytes | None) -> None:
    if content is None:
        (copied / name).unlink()
    else:
        (copied / name).write_bytes(content)
    with pytest.raises(SettingsError) as raised:
        read_lexicon(copied / "lexicon.toml")
    assert name in str(raised.value)
    assert "Lägg tillbaka filen." in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", FILES)
def test_the_fingerprint_changes_with_each_file(copied: Path, name: str) -> None:
    before = lexicon_fingerprint(copied / "lexicon.toml")
    assert before == lexicon_fingerprint(paths.lexicon_file())
    with (copied / name).open("a", encoding="utf-8") as file:
        file.write("# mer\n")
    assert lexicon_fingerprint(copied / "lexicon.toml") != before
