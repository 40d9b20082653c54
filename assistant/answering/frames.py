"""Fixed Swedish phrases that answers are framed with; they claim nothing, so they need no source."""

from __future__ import annotations

import re

from assistant.types import Kind, Source, Voice

#: Before an interviewee's words.
VOICE_FRAME = "En intervjuad säger: "
#: Where a title's own name ends.
_TITLE_END = re.compile(r" \(|, | – ")
_ABBREVIATION = re.compile(r"\(([A-ZÅÄÖ]{2,6})\)$")

#: What the user's own documents are called wherever their words are shown.
OWN_DOCUMENTS = "Egna dokument"
KIND_NAMES: dict[Kind, str] = {
    "lag": "lagtext",
    "beslut": "beslut i en kommun",
    "vägledning": "vägledning",
    "rapport": "rapport",
    "presentation": "presentation",
    "eget": OWN_DOCUMENTS,
}

NO_SUPPORT = "Källorna svarar inte på det."
#: To a request to leave the sources, to invent something or to reveal how the assistant is instructed.
REFUSED = (
    "Det kan jag inte göra. Jag svarar bara med det som står i källorna, så att varje påstående går att kontrollera."
)
#: To a question of why that takes for granted what no source says.
LOADED = "Källorna svarar inte på det. Frågan tar något för givet som inte går att hitta i dem."
#: To a question on another country.
ABROAD = "Källorna svarar inte på det. De handlar om svenska kommuner och svensk lag."
#: Beside the answer to a question that the sources more likely leave unanswered.
DOUBTFUL = "Det är osäkert om källorna svarar på just den frågan. Det som visas är det närmaste de säger."
NOTHING_NEAR = "Inget avsnitt i källorna ligger nära frågan."
#: After what became of the chat model's answer, when another one is shown.
_FROM_SOURCES = "Svaret nedan är hämtat direkt ur källorna."
CHAT_MODEL_UNSUPPORTED = f"Språkmodellens svar hade inget stöd i källorna. {_FROM_SOURCES}"
CHAT_MODEL_FAILED = f"Språkmodellen svarar inte. {_FROM_SOURCES}"
CHAT_MODEL_SLOW = f"Språkmodellen svarade inte i tid. {_FROM_SOURCES}"
CHAT_MODEL_EMPTY = f"Språkmodellen gav ett tomt svar. {_FROM_SOURCES}"
#: When what has been proven of the chat model's answer is shown.
CHAT_MODEL_BROKE_OFF = "Språkmodellens svar bröts innan det var klart. Det som visas har stöd i källorna."
CHAT_MODEL_TOO_LONG = "Språkmodellens svar var för långt och är avkortat. Det som visas har stöd i källorna."
JUDGE_FAILED = "Den granskande språkmodellen svarar inte. Svaret är bara prövat mot källornas ord."
JUDGE_OBJECTS = "Den granskande språkmodellen anser inte att källan säger detta."


def lead(source: Source, voice: Voice, text: str) -> str:
    """What tells whose words follow and what they weigh; "" before words that name their law or publisher themselves.

    One interviewee's words, an account of a statute and a decision of one municipality are said to be just that. Of the
    user's own documents nobody knows who is quoted in them: their words are the documents'.
    """
    if voice == "quotation" and source.kind != "eget":
        return VOICE_FRAME
    name, publisher = short_title(source.title), _short_publisher(source)
    if source.kind == "lag":
        if source.account:
            return f"{name} i sammanfattning: "
        through = f" (till och med SFS {source.through})" if source.through else ""
        return "" if name.casefold() in text.casefold() else f"{name}{through}: "
    if source.kind == "vägledning" and publisher:
        return "" if publisher in text else f"Vägledning från {publisher}: "
    named = {
        "beslut": f"{name}, ett beslut i en kommun: ",
        "vägledning": f"Vägledningen ”{name}”: ",
        "rapport": f"Rapporten ”{name}”: ",
        "presentation": f"Presentationen ”{name}”: ",
        "eget": f"{OWN_DOCUMENTS}, ”{name}”: ",
    }
    return named[source.kind]


def short_title(title: str) -> str:
    """A title without what stands in brackets or after a comma or dash."""
    return _TITLE_END.split(title, maxsplit=1)[0]


def _short_publisher(source: Source) -> str:
    """The publisher by its abbreviation, where its name gives one; "" when it is unknown."""
    publisher = source.publisher or ""
    found = _ABBREVIATION.search(publisher)
    return found.group(1) if found else publisher


def nearest(heading: str, title: str) -> str:
    """Names what the corpus does cover nearest to a question that it does not answer."""
    return f'Närmast kommer avsnittet "{heading}" i "{title}".' if heading else f'Närmast kommer "{title}".'


def elsewhere(where: str) -> str:
    """What kind of source would answer."""
    return f"Svaret finns snarast i {where}."


def doubtful(where: str) -> str:
    """The reservation, with what kind of source would answer where that is known."""
    return f"{DOUBTFUL} Räcker det inte, finns svaret snarast i {where}." if where else DOUBTFUL


def without_answer(notice: str) -> str:
    """The notice when the sources do not answer either, so that there is no answer below it."""
    return notice.removesuffix(_FROM_SOURCES).strip()
