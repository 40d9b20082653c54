"""What search is done with, besides an index: the Swedish words, the model and the weights."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.finding.embedder import Embedder
from assistant.finding.lexicon import Lexicon, read_lexicon
from assistant.finding.question_reader import QuestionReader
from assistant.finding.rerank import KeepOrder, Reranker
from assistant.finding.thesaurus import Thesaurus, read_thesaurus
from assistant.settings import SearchWeights, Settings


@dataclass(frozen=True, slots=True)
class Language:
    """The analyser and the thesaurus; the thesaurus is for questions only."""

    lexicon: Lexicon
    thesaurus: Thesaurus = field(default_factory=Thesaurus)


@dataclass(frozen=True, slots=True)
class SearchTools:
    language: Language
    embedder: Embedder
    weights: SearchWeights
    reranker: Reranker = field(default_factory=KeepOrder)
    #: What questions that search is unsure of are read with; None leaves them to the signals of search.
    reader: QuestionReader | None = None


def read_language(settings: Settings) -> Language:
    """`SettingsError` says which file is missing or wrong."""
    lexicon = read_lexicon(settings.lexicon_file)
    return Language(lexicon, read_thesaurus(settings.thesaurus_file, lexicon))
