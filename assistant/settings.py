"""All settings, read in one place: defaults, then `kd.toml`, then environment variables (`KD_…`), the last one wins."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError

from assistant import paths
from assistant.errors import SettingsError

#: The name that stands for the embedding model that the product ships.
SHIPPED = "inbyggd"


@dataclass(frozen=True, slots=True)
class MatchWeights:
    """What a match is worth, 0..1, beside one on the question's own word; 0 leaves that kind of match out."""

    part: float
    synonym: float
    carried: float


@dataclass(frozen=True, slots=True)
class SearchWeights:
    """The legs' weights in the convex combination, and what each kind of match is worth within the lexical legs.

    The legs are the words and vector of the passage, and the words and vectors of the questions that it answers. A leg
    that has nothing to say has no vote.
    """

    legs: Mapping[str, float]
    #: The same for passages that no search questions have been written for: their vectors say less.
    plain_legs: Mapping[str, float]
    matches: MatchWeights
    #: The coefficients of the model that says how likely the sources are to answer, `bias` among them.
    support: Mapping[str, float]
    #: The same with what the network that reads questions says; for questions that `support` is not sure of.
    read_support: Mapping[str, float]
    #: The same as `support` where the best passage is one that no search questions have been written for.
    plain_support: Mapping[str, float]
    #: What speaks for a sentence being the one that answers (`answering.likelihood`), and the same for sentences of
    #: passages that no search questions have been written for.
    sentences: Mapping[str, float]
    plain_sentences: Mapping[str, float]
    #: Below this probability that the sources answer, by the first two of those models, an answer is shown with a
    #: reservation.
    doubtful_below: float


@dataclass(frozen=True, slots=True)
class Settings:
    """Handed down to every part; never changed.

    `embedding` None means: the model that the present index was built with, else the shipped one. `chat_model` None
    means that answers are put together from the sources' own sentences. Names that end in `_s` are in seconds.
    """

    corpus_dir: Path
    index_dir: Path
    embedder_dir: Path
    lexicon_file: Path
    thesaurus_file: Path
    weights: SearchWeights
    #: The user's own documents, and the statutes fetched from their publisher.
    own_dir: Path
    fetched_dir: Path
    embedding: str | None = None
    #: What runs a transformer: "torch" or "onnx".
    embedding_backend: Literal["torch", "onnx"] = "torch"
    #: The model that puts the best passages in a new order, by name or folder; None leaves the order as it is.
    reranker: str | None = None
    #: How many of the best passages it is shown.
    rerank_passages: int = 30
    chat_model: str | None = None
    chat_base_url: str | None = None
    chat_api_key: SecretStr | None = field(default=None, repr=False)
    #: The version of Azure OpenAI's interface; None reads what the provider's own variable says.
    chat_api_version: str | None = None
    #: How long the chat model may take in all, and how long it may be silent, before its first word too.
    chat_timeout_s: float = 60.0
    chat_silence_s: float = 30.0
    #: How many times more a server that is busy or breaks off is asked.
    chat_retries: int = 2
    #: The most words that are read of its reply.
    chat_words: int = 600
    #: A chat model that judges each sentence of the other one besides the gate; None leaves it to the gate.
    chat_judge: str | None = None
    #: The most words of an extractive answer.
    answer_words: int = 150
    #: The most passages that an answer is drawn from.
    answer_passages: int = 8
    #: Longest passage in words; a longer one is cut between sentences.
    passage_words: int = 130
    #: The network that sentences are weighed with beside the rules.
    gate_file: Path = field(default_factory=paths.gate_file)
    #: The network that reads questions beside sentences.
    questions_file: Path = field(default_factory=paths.questions_file)
    #: Where the web app keeps what users say of answers.
    feedback_file: Path = field(default_factory=paths.feedback_file)
    #: Where it keeps their notes on the programme for the first hundred days.
    notes_dir: Path = field(default_factory=paths.notes_dir)
    #: Whether the web app offers its three endpoints to other programs' language models too (MCP).
    mcp: bool = False


class _File(BaseModel):
    """What `kd.toml` may hold."""

    model_config = ConfigDict(extra="forbid", strict=True)

    corpus_dir: str | None = None
    index_dir: str | None = None
    own_dir: str | None = None
    fetched_dir: str | None = None
    embedding: str | None = None
    embedding_backend: Literal["torch", "onnx"] | None = None
    reranker: str | None = None
    rerank_passages: int | None = Field(default=None, ge=1, le=200, strict=False)
    chat_model: str | None = None
    chat_base_url: str | None = None
    chat_api_key: SecretStr | None = Field(default=None, strict=False)
    chat_api_version: str | None = None
    chat_timeout_s: float | None = Field(default=None, gt=0, le=600, strict=False)
    chat_silence_s: float | None = Field(default=None, gt=0, le=600, strict=False)
    chat_retries: int | None = Field(default=None, ge=0, le=5, strict=False)
    chat_words: int | None = Field(default=None, ge=50, le=5000, strict=False)
    chat_judge: str | None = None
    feedback_file: str | None = None
    notes_dir: str | None = None
    mcp: bool | None = Field(default=None, strict=False)


def load_settings(environ: Mapping[str, str] | None = None, file: Path | None = None) -> Settings:
    """Reads the settings. `SettingsError` names the file or variable and the value that cannot be used."""
    environ = os.environ if environ is None else environ
    named = environ.get("KD_CONFIG")
    path = file or (Path(named) if named else paths.settings_file())
    if named and not path.is_file():
        raise SettingsError(f'Inställningsfilen "{path}" finns inte. Rätta miljövariabeln KD_CONFIG.')
    settings = Settings(
        paths.corpus_dir(),
        paths.index_dir(),
        paths.embedder_dir(),
        paths.lexicon_file(),
        paths.thesaurus_file(),
        read_weights(paths.weights_file()),
        paths.own_dir(),
        paths.fetched_dir(),
    )
    if path.is_file():
        settings = _apply(settings, _read_toml(path), f'"{paths.shown(path)}"')
    from_environment = {
        key: environ["KD_" + key.upper()] for key in _File.model_fields if environ.get("KD_" + key.upper())
    }
    return _apply(settings, from_environment, "miljön (variabler som börjar med KD_)")


def read_weights(path: Path) -> SearchWeights:
    """Reads the weights of search, as `index/tune_search.py` writes them."""
    try:
        return TypeAdapter(SearchWeights).validate_python(_read_toml(path))
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise SettingsError(f'Vikterna i "{paths.shown(path)}" går inte att använda: {place}. Rätta filen.') from error


def vibe_mode() -> bool:
    """True when gradio's vibe mode is on, which lets any visitor run code."""
    return bool(os.environ.get("GRADIO_VIBE_MODE"))


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f'Kunde inte läsa inställningarna i "{paths.shown(path)}": {error}. Rätta filen.'
        ) from error


def _apply(settings: Settings, values: Mapping[str, Any], where: str) -> Settings:
    try:
        checked = _File.model_validate(dict(values)).model_dump(exclude_none=True)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        known = ", ".join(_File.model_fields)
        raise SettingsError(
            f'Inställningen "{name}" i {where} går inte att använda: {_reason(first["type"])}. '
            f"Kända inställningar: {known}."
        ) from error
    for key in ("corpus_dir", "index_dir", "own_dir", "fetched_dir", "feedback_file", "notes_dir"):
        if key in checked:
            checked[key] = Path(checked[key]).expanduser()
    return replace(settings, **checked)


def _reason(kind: str) -> str:
    reasons = {
        "extra_forbidden": "den finns inte",
        "string_type": "värdet ska vara text inom citattecken",
        "bool_parsing": "värdet ska vara true eller false",
        "float_parsing": "värdet ska vara ett tal",
        "float_type": "värdet ska vara ett tal",
        "greater_than": "värdet är för litet",
        "greater_than_equal": "värdet är för litet",
        "int_parsing": "värdet ska vara ett heltal",
        "int_from_float": "värdet ska vara ett heltal",
        "int_type": "värdet ska vara ett heltal",
        "literal_error": "värdet finns inte att välja",
        "less_than_equal": "värdet är för stort",
    }
    return reasons.get(kind, "värdet har fel form")
