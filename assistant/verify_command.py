"""`kd verify …`: reads a text, checks it sentence by sentence and shows what the sources say of it."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

from assistant import terminal
from assistant.errors import UsageError
from assistant.messages import HELP
from assistant.settings import Settings
from assistant.types import Verdict, Verification, VerifiedSentence

VERDICT_NAMES: dict[Verdict, str] = {
    "supported": "har stöd",
    "partly": "har delvis stöd",
    "unsupported": "saknar stöd",
    "not_a_claim": "inget påstående",
}
_WIDTH = 96


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FIL", help=HELP["verify-file"])


def run(options: argparse.Namespace, settings: Settings) -> int:
    text, passage_ids = read_input(options.file, settings)
    assistant = terminal.open_assistant(settings)
    verification = assistant.verify(text, passage_ids)
    if options.json:
        from assistant.answering.as_json import verification_to_json

        terminal.out_json(verification_to_json(verification))
    else:
        show_verification(verification)
    return 0


def read_input(name: str, settings: Settings) -> tuple[str, Sequence[str] | None]:
    """The text, and the ids of the passages that its marks stand for, None for a text without such a list."""
    if name == "-":
        text = _decoded(sys.stdin.buffer.read())
        return _from_json(text, "Indata") if _is_object(text) else (text, None)
    path = Path(name)
    if path.suffix.lower() == ".json":
        return _from_json(_decoded(_bytes(path)), f'Filen "{name}"')
    return _document_text(path, settings), None


def _is_object(text: str) -> bool:
    """True for what is JSON; a text may begin with a brace too."""
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _from_json(text: str, what: str) -> tuple[str, Sequence[str]]:
    from pydantic import BaseModel, ConfigDict, ValidationError

    class Input(BaseModel):
        model_config = ConfigDict(extra="ignore", strict=True)

        text: str
        sources: list[str] = []

    try:
        given = Input.model_validate_json(text)
    except ValidationError as error:
        raise UsageError(
            f'{what} går inte att använda. Skriv texten som JSON: {{"text": "…", "sources": ["styckets id", …]}}.'
        ) from error
    return given.text, given.sources


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f'Filen "{path}" går inte att läsa ({error.strerror}). Kontrollera sökvägen.') from error


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UsageError("Texten är inte UTF-8. Spara den så och försök igen.") from error


def _document_text(path: Path, settings: Settings) -> str:
    """A text file as it is; of other documents the text as the assistant reads it."""
    from assistant.reading.documents import document_from_raw
    from assistant.reading.worker import read_bounded
    from assistant.types import Source

    raw = read_bounded(path)
    if path.suffix.lower() in (".txt", ".md"):
        return "\f".join(page.text for page in raw.pages)
    return document_from_raw(Source("text", path.stem, "eget", path, ""), raw, settings.passage_words).text


def show_verification(verification: Verification) -> None:
    """A summary, then each sentence with its verdict, the reason and the source's words."""
    terminal.out(summary(verification.sentences))
    for sentence in verification.sentences:
        terminal.out()
        terminal.out(_filled(" ".join(sentence.text.split()), ""))
        terminal.out(_filled(_judged(sentence), "    "))
        for citation in sentence.citations:
            terminal.out(_filled(f"«{' '.join(citation.quote.split())}»", "    "))
            terminal.out(_filled(terminal.reference(citation), "    "))


def summary(sentences: Sequence[VerifiedSentence]) -> str:
    """How many of the claims have support, in one line."""
    counts = {verdict: sum(sentence.verdict == verdict for sentence in sentences) for verdict in VERDICT_NAMES}
    claims = len(sentences) - counts["not_a_claim"]
    if not claims:
        return "Texten innehåller inget påstående att granska."
    which = "1 påstående" if claims == 1 else f"{claims} påståenden"
    listed = ", ".join(f"{counts[v]} {VERDICT_NAMES[v]}" for v in ("supported", "partly", "unsupported"))
    return f"{which}: {listed}."


def _judged(sentence: VerifiedSentence) -> str:
    name = VERDICT_NAMES[sentence.verdict]
    return f"{name[0].upper()}{name[1:]}." + (f" {sentence.reason}" if sentence.reason else "")


def _filled(text: str, indent: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent=indent, subsequent_indent=indent)
