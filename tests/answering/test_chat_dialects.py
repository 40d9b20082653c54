"""Every other provider's own class against a server that speaks as its own does: the same answers, the same limits."""

from __future__ import annotations

import importlib.util
import socket
import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from assistant.answering import frames, prompts
from assistant.answering.writers import ChatWriter, open_chat_model
from assistant.assistant import Assistant
from assistant.errors import ChatModelError, SettingsError
from assistant.finding.lexicon import Lexicon
from assistant.types import Answer, Turn
from tests.answering.chat_server import ChatHost, ChatServer
from tests.answering.dialects import Anthropic, Dialect, Gemini, Mistral, Ollama, OpenAI
from tests.answering.test_chat_writer import (
    FACT,
    KEY,
    OTHER_FACT,
    POEM,
    QUESTION,
    REWORDED,
    check_extractive,
    check_proven,
    saying,
)

OTHERS = [Ollama(), Anthropic(), Mistral(), Gemini()]
#: What each provider's own variables may say: another address, and keys that are for the provider alone.
ELSEWHERE = "http://192.0.2.1:8"
ADDRESS_VARIABLES = {
    "openai": ("OPENAI_BASE_URL", "OPENAI_API_BASE"),
    "ollama": ("OLLAMA_HOST",),
    "anthropic": ("ANTHROPIC_API_URL", "ANTHROPIC_BASE_URL"),
    "mistralai": ("MISTRAL_BASE_URL",),
    "google_genai": (),
}
KEY_VARIABLES = (
    "OPENAI_API_KEY",
    "OLLAMA_API_KEY",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "MISTRAL_API_KEY",
    "GOOGLE_API_KEY",
    "GEMINI_API_KEY",
    "LANGSMITH_API_KEY",
    "LANGSMITH_GATEWAY_API_KEY",
)

Open = Callable[..., Assistant]
Ask = Callable[..., Answer]


def named(dialect: Dialect) -> str:
    return dialect.model.partition(":")[0]


def usable(dialects: list[Any]) -> Any:
    """Each dialect for which the provider's class is installed; the others are skipped, with the reason."""
    return [
        pytest.param(
            dialect,
            id=named(dialect),
            marks=pytest.mark.skipif(
                importlib.util.find_spec(dialect.package) is None, reason=f"{dialect.package} is not installed"
            ),
        )
        for dialect in dialects
    ]


@pytest.fixture(autouse=True)
def _without_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this computer's own."""
    for name in (*KEY_VARIABLES, *(name for names in ADDRESS_VARIABLES.values() for name in names)):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=usable(OTHERS))
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return request.param


@pytest.fixture
def chat(chat_host: ChatHost, dialect: Dialect) -> ChatServer:
    """What the server says, for one test."""
    chat_host.script = ChatServer(chat_host.root + dialect.base, dialect)
    return chat_host.script


@pytest.fixture
def opened(open_once: Open, chat: ChatServer) -> Open:
    """The assistant with the test's server; keywords are other settings."""

    def put(**settings: Any) -> Assistant:
        own = {"chat_model": chat.dialect.model, "chat_base_url": chat.address, "chat_api_key": KEY}
        return open_once(**{**own, "chat_timeout_s": 20, **settings})

    return put


@pytest.fixture
def ask(opened: Open) -> Ask:
    def put(question: str = QUESTION, history: tuple[Turn, ...] = (), **settings: Any) -> Answer:
        return opened(**settings).ask(question, history)

    return put


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hosts that anybody tries to reach besides this computer; none of them is."""
    asked: list[str] = []
    resolve, connect = socket.getaddrinfo, socket.socket.connect

    def only_here(host: Any, *others: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        if name in ("127.0.0.1", "localhost"):
            return resolve(host, *others, **options)
        asked.append(name)
        raise OSError("inget nät i testerna")

    def connect_here(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] != "127.0.0.1":
            asked.append(str(address[0]))
            raise OSError("inget nät i testerna")
        connect(self, address)

    monkeypatch.setattr(socket, "getaddrinfo", only_here)
    monkeypatch.setattr(socket.socket, "connect", connect_here)
    return asked


# A model that does as it is told


@pytest.mark.parametrize("streams", [True, False])
@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_words_with_their_keys_are_shown_with_citations(ask: Ask, chat: ChatServer, piece: int, streams: bool) -> None:
    chat.piece, chat.streams = piece, streams
    chat.reply = saying(f"{REWORDED} [{{key}}]. {OTHER_FACT} [{{other}}]")
    answer = ask()
    check_proven(answer)
    assert (answer.writer, answer.outcome, answer.notice) == (chat.dialect.model, "answered", "")
    assert answer.text == f"{REWORDED} [1]. Styrelsen ska utse en direktör [2]."
    assert [citation.quote for citation in answer.citations] == [FACT, OTHER_FACT]


def test_what_is_sent(ask: Ask, chat: ChatServer, reached: list[str]) -> None:
    chat.reply = saying(f"{FACT} [{{key}}]")
    ask()
    (body,), (prompt,), (key,) = chat.requests, chat.prompts, chat.keys
    assert chat.paths == [chat.dialect.path]
    assert chat.dialect.streams(chat.dialect.path, body)
    assert body.get("model", "gemini-test") == chat.dialect.model.partition(":")[2]
    assert chat.dialect.temperature(body) == 0
    assert prompts.SYSTEM in prompt
    assert FACT in prompt
    assert prompt.rstrip().endswith(f"Fråga: {QUESTION}")
    assert key.removeprefix("Bearer ") == KEY.get_secret_value()
    assert reached == []


@pytest.mark.parametrize("dialect", usable([Ollama()]), indirect=True)
def test_ollama_is_told_to_make_room_for_the_whole_prompt_and_reply(ask: Ask, chat: ChatServer) -> None:
    """It cuts what finds no room in what it keeps to otherwise, and says nothing of it."""
    chat.reply = saying(f"{FACT} [{{key}}]")
    ask(chat_words=2000)
    assert chat.requests[0]["options"]["num_ctx"] >= len(chat.prompts[0]) // 2 + 2000 * 4


def test_a_sentence_is_shown_before_the_next_one_has_come(opened: Open, chat: ChatServer) -> None:
    chat.piece, chat.held_after = 10, 8
    chat.reply = saying(f"{FACT} [{{key}}] Styrelsen ska utse en direktör. [{{other}}]")
    stream = opened().stream(QUESTION)
    assert next(stream).text == f"{FACT[:-1]} [1]."
    chat.go_on.set()
    *_, last = stream
    assert last.text == f"{FACT[:-1]} [1]. Styrelsen ska utse en direktör [2]."


def test_to_stop_ends_the_request(opened: Open, chat: ChatServer) -> None:
    chat.piece, chat.held_after = 10, 8
    chat.reply = saying(f"{FACT} [{{key}}] " + f"{POEM}. " * 2000)
    stream = opened().stream(QUESTION)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    chat.go_on.set()
    assert chat.left.wait(10)


def test_a_follow_up_is_rewritten_by_the_model(ask: Ask, chat: ChatServer) -> None:
    """What is not streamed is asked for in the same way."""
    before = (Turn("user", QUESTION), Turn("assistant", "Direktören kallar chefer till möte [1]."))
    rewritten = "Hur många chefer kallar direktören till möte?"
    good = saying(f"{FACT} [{{key}}]")
    chat.reply = lambda excerpts: good(excerpts) if excerpts else rewritten
    answer = ask("Och hur många?", before)
    assert (answer.search_question, answer.writer) == (rewritten, chat.dialect.model)
    assert [chat.dialect.temperature(body) for body in chat.requests] == [0, 0]


# A model that does not


@pytest.mark.parametrize(
    "bad", ["Direktören kallar 41 chefer till ett möte varje måndag [{key}].", f"{POEM} [zzzz].", f"{POEM} [{{key}}]."]
)
def test_what_is_not_proven_is_withheld(ask: Ask, chat: ChatServer, bad: str) -> None:
    chat.reply = saying(f"{bad} {FACT} [{{key}}]")
    answer = ask()
    check_proven(answer)
    assert (answer.text, answer.outcome) == (f"{FACT[:-1]} [1].", "partly")
    assert len(answer.withheld) == 1


def test_a_reply_without_proof_gives_way_to_the_sources_own_words(ask: Ask, chat: ChatServer) -> None:
    chat.reply = saying("Direktören kallar 41 chefer till ett möte varje måndag [{key}].")
    check_extractive(ask(), frames.CHAT_MODEL_UNSUPPORTED)


def test_an_empty_reply_does_not_mean_that_the_sources_are_silent(ask: Ask, chat: ChatServer) -> None:
    check_extractive(ask(chat_retries=0), frames.CHAT_MODEL_EMPTY)


def test_a_reply_that_the_model_had_to_break_off(ask: Ask, chat: ChatServer) -> None:
    chat.reply, chat.ending = saying(f"{FACT} [{{key}}] Styrelsen ska utse"), "length"
    answer = ask()
    assert (answer.text, answer.outcome) == (f"{FACT[:-1]} [1].", "partly")
    assert answer.notice == frames.CHAT_MODEL_TOO_LONG
    assert answer.withheld == ()


def test_a_reply_without_an_end_was_broken_off(ask: Ask, chat: ChatServer) -> None:
    """Each of these providers says why its reply ended."""
    chat.reply, chat.ending = saying(f"{FACT} [{{key}}] Styrelsen ska utse"), None
    answer = ask()
    assert (answer.text, answer.outcome) == (f"{FACT[:-1]} [1].", "partly")
    assert answer.notice == frames.CHAT_MODEL_BROKE_OFF


# A server that fails


@pytest.mark.parametrize(
    ("status", "attempts"), [(400, 1), (401, 1), (403, 1), (404, 1), (413, 1), (429, 2), (500, 2), (503, 2), (529, 2)]
)
def test_a_server_that_refuses_gives_way_to_the_sources_own_words(
    ask: Ask, chat: ChatServer, status: int, attempts: int, caplog: pytest.LogCaptureFixture
) -> None:
    """What may pass is tried again, and nothing of what the server says is told, for it may quote the key."""
    chat.status, chat.error = status, f"Nyckeln {KEY.get_secret_value()} duger inte."
    with caplog.at_level("INFO"):
        check_extractive(ask(chat_retries=1), frames.CHAT_MODEL_FAILED)
    assert len(chat.requests) == attempts
    assert "hemlig" not in caplog.text


@pytest.mark.parametrize("status", [401, 413, 500])
def test_the_error_is_one_line_with_the_status_and_no_secret(opened: Open, chat: ChatServer, status: int) -> None:
    chat.status, chat.error = status, f"Nyckeln {KEY.get_secret_value()} duger inte."
    model = opened(chat_retries=0).chat
    assert model
    with pytest.raises(ChatModelError) as caught:
        model.reply("regler", "fråga")
    assert f'"{chat.dialect.model}"' in str(caught.value)
    assert f"HTTP {status})" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "hemlig" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("statuses", [[429], [500, 503]])
def test_a_server_that_is_busy_for_a_while(ask: Ask, chat: ChatServer, statuses: list[int]) -> None:
    chat.statuses, chat.reply = list(statuses), saying(f"{FACT} [{{key}}]")
    answer = ask()
    assert (answer.writer, answer.notice, answer.outcome) == (chat.dialect.model, "", "answered")
    assert len(chat.requests) == len(statuses) + 1


def test_no_more_attempts_than_the_settings_say(ask: Ask, chat: ChatServer) -> None:
    chat.status = 500
    check_extractive(ask(chat_retries=0), frames.CHAT_MODEL_FAILED)
    assert len(chat.requests) == 1


@pytest.mark.parametrize("way", ["status", "cut"])
def test_nor_when_the_whole_reply_is_asked_for_at_once(opened: Open, chat: ChatServer, way: str) -> None:
    """The providers' classes would ask again themselves."""
    chat.status, chat.cut = (500, False) if way == "status" else (200, True)
    model = opened(chat_retries=0).chat
    assert model
    with pytest.raises(ChatModelError):
        model.reply("regler", "fråga")
    assert len(chat.requests) == 1


def test_a_server_is_left_alone_as_long_as_it_asks(ask: Ask, chat: ChatServer) -> None:
    if named(chat.dialect) == "ollama":
        pytest.skip("the ollama package keeps no headers of a refusal")
    chat.statuses, chat.retry_after = [429], "2"
    chat.reply = saying(f"{FACT} [{{key}}]")
    assert ask().writer == chat.dialect.model
    assert chat.times[1] - chat.times[0] >= 2


def test_a_model_that_takes_no_temperature_is_asked_without(ask: Ask, chat: ChatServer) -> None:
    chat.statuses, chat.error = [400], "temperature is not supported by this model"
    chat.reply = saying(f"{FACT} [{{key}}]")
    assert ask(chat_words=300).writer == chat.dialect.model
    assert [chat.dialect.temperature(body) for body in chat.requests] == [0, None]


def test_a_server_that_is_not_there(ask: Ask, chat: ChatServer) -> None:
    chat.address = f"http://127.0.0.1:9{chat.dialect.base}"
    check_extractive(ask(), frames.CHAT_MODEL_FAILED)


def test_a_connection_that_is_cut(ask: Ask, chat: ChatServer) -> None:
    chat.cut = True
    check_extractive(ask(chat_retries=1), frames.CHAT_MODEL_FAILED)
    assert len(chat.requests) == 2


@pytest.mark.parametrize("way", ["cut_after", "trouble_after"])
def test_a_stream_that_fails_keeps_what_was_proven(ask: Ask, chat: ChatServer, way: str) -> None:
    """The server hangs up, or says in the midst of its reply that it has failed."""
    chat.piece, chat.error = 20, "hemlig-nyckel"
    setattr(chat, way, 5)
    chat.reply = saying(f"{FACT} [{{key}}] Styrelsen ska utse en direktör [{{other}}] för fem år [{{other}}]. {POEM}.")
    answer = ask(chat_retries=0)
    check_proven(answer)
    assert (answer.writer, answer.outcome) == (chat.dialect.model, "partly")
    assert answer.notice == frames.CHAT_MODEL_BROKE_OFF
    assert answer.text == f"{FACT[:-1]} [1]."


@pytest.mark.parametrize("way", ["cut_after", "trouble_after"])
@pytest.mark.parametrize("number", [0, 4])
def test_a_stream_that_fails_before_anything_was_proven(ask: Ask, chat: ChatServer, way: str, number: int) -> None:
    chat.piece = 10
    setattr(chat, way, number)
    chat.reply = saying(f"{FACT} [{{key}}]")
    check_extractive(ask(chat_retries=0), frames.CHAT_MODEL_FAILED)


@pytest.mark.parametrize("held_after", [-1, 0, 2])
def test_a_silent_server_is_not_waited_for(ask: Ask, chat: ChatServer, held_after: int) -> None:
    chat.held_after, chat.streams = held_after, held_after >= 0
    chat.reply = saying(f"{FACT} [{{key}}]")
    check_extractive(ask(chat_silence_s=0.6, chat_timeout_s=90), frames.CHAT_MODEL_SLOW)
    chat.go_on.set()


def test_a_reply_that_comes_too_slowly_is_not_waited_for(ask: Ask, chat: ChatServer) -> None:
    chat.piece, chat.seconds_a_piece = 1, 0.2
    chat.reply = saying(f"{FACT} [{{key}}]")
    check_extractive(ask(chat_silence_s=1, chat_timeout_s=1.5), frames.CHAT_MODEL_SLOW)
    assert chat.left.wait(10)


def test_a_slow_stream_keeps_what_was_proven(ask: Ask, chat: ChatServer) -> None:
    chat.piece, chat.held_after = 10, 10
    chat.reply = saying(f"{FACT} [{{key}}] Styrelsen ska utse en direktör [{{other}}]. {POEM}. {POEM}.")
    answer = ask(chat_silence_s=0.6, chat_timeout_s=90)
    assert (answer.outcome, answer.notice) == ("partly", frames.CHAT_MODEL_BROKE_OFF)
    assert answer.text == f"{FACT[:-1]} [1]."
    chat.go_on.set()


@pytest.mark.parametrize(
    "body",
    [
        b"<html>hej</html>",
        b"",
        b"null",
        b"[]",
        b'"hej"',
        b"{}\n",
        b'{"message": null, "candidates": null, "content": null, "choices": null}\n',
        b'{"message": {"content": 7}, "candidates": [{"content": 7}], "content": [7], "choices": [7]}\n',
        b"\x00\xff\xfe\x80" * 50,
        b"data: {\n\ndata: nonsens\n\n",
        b"data: null\n\n",
        b'event: message_start\ndata: {"type": "message_start"}\n\n',
        b'data: {"candidates": [], "choices": []}\n\n',
        b"data: [DONE]\n\n",
    ],
)
def test_a_reply_in_no_known_form(ask: Ask, chat: ChatServer, body: bytes) -> None:
    chat.body = body
    answer = ask(chat_retries=0)
    check_extractive(answer, answer.notice)
    assert answer.notice in (frames.CHAT_MODEL_FAILED, frames.CHAT_MODEL_EMPTY, frames.CHAT_MODEL_UNSUPPORTED)


# Addresses and keys


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/"])
def test_an_address_is_taken_in_every_form(ask: Ask, chat: ChatServer, ending: str) -> None:
    """With the version or without it, but where the provider's class puts none after it itself."""
    chat.reply = saying(f"{FACT} [{{key}}]")
    base = chat.address.removesuffix("/v1") if ending.startswith("/v1") else chat.address
    assert ask(chat_base_url=base + ending).writer == chat.dialect.model
    assert chat.paths == [chat.dialect.path]


@pytest.mark.parametrize("dialect", usable([OpenAI(), *OTHERS]), indirect=True)
@pytest.mark.parametrize("key", [KEY, None])
def test_with_an_address_nothing_goes_anywhere_else_nor_any_other_key(
    ask: Ask, chat: ChatServer, reached: list[str], monkeypatch: pytest.MonkeyPatch, key: SecretStr | None
) -> None:
    """Whatever the providers' own variables say, of addresses and keys."""
    for name in KEY_VARIABLES:
        monkeypatch.setenv(name, "annans-nyckel")
    for name in (name for names in ADDRESS_VARIABLES.values() for name in names):
        monkeypatch.setenv(name, ELSEWHERE)
    monkeypatch.setenv("LANGSMITH_GATEWAY", "true")
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "projekt")
    chat.reply = saying(f"{FACT} [{{key}}]")
    # Words of its own, so that it is opened anew, with these variables.
    answer = ask(chat_api_key=key, chat_words=299)
    assert (answer.writer, answer.notice) == (chat.dialect.model, "")
    assert chat.keys[0].removeprefix("Bearer ") == (KEY.get_secret_value() if key else "none-needed")
    assert "annans-nyckel" not in str(chat.headers)
    assert reached == []


@pytest.mark.parametrize(
    "address", ["minserver", "127.0.0.1:11434", "ftp://minserver", "http://", "http://min:dator", "http://[::1"]
)
def test_an_address_that_cannot_be_read_is_a_setting_to_mend(
    built_once: Any, lexicon: Lexicon, dialect: Dialect, address: str
) -> None:
    own = replace(built_once.settings, chat_model=dialect.model, chat_base_url=address, chat_api_key=KEY)
    with pytest.raises(SettingsError, match="chat_base_url går inte att läsa"):
        ChatWriter(own, lexicon)


@pytest.mark.parametrize("dialect", usable([OpenAI(), Anthropic(), Mistral(), Gemini()]), indirect=True)
def test_a_key_that_is_missing_is_said_before_anything_is_sent(
    built_once: Any, lexicon: Lexicon, dialect: Dialect
) -> None:
    own = replace(built_once.settings, chat_model=dialect.model, chat_base_url=None, chat_api_key=None)
    with pytest.raises(SettingsError, match="nyckel"):
        ChatWriter(own, lexicon)


@pytest.mark.parametrize(
    ("dialect", "variable"),
    [
        (OpenAI(), "OPENAI_API_KEY"),
        (Anthropic(), "ANTHROPIC_API_KEY"),
        (Mistral(), "MISTRAL_API_KEY"),
        (Gemini(), "GOOGLE_API_KEY"),
        (Gemini(), "GEMINI_API_KEY"),
    ],
    indirect=["dialect"],
)
def test_without_an_address_the_providers_own_key_is_taken(
    built_once: Any, dialect: Dialect, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(dialect.package)
    monkeypatch.setenv(variable, "egen-nyckel")
    own = replace(built_once.settings, chat_model=dialect.model, chat_base_url=None, chat_api_key=None)
    assert open_chat_model(own, dialect.model).address.startswith("https://")


@pytest.mark.parametrize(
    ("dialect", "variable"),
    [
        pytest.param(dialect, variable, id=variable)
        for dialect in (OpenAI(), *OTHERS)
        for variable in ADDRESS_VARIABLES[named(dialect)]
    ],
    indirect=["dialect"],
)
def test_doctor_tells_of_an_address_in_the_providers_own_variable(
    kd: Any, corpus: Any, dialect: Dialect, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What leaves the computer is told by where the opened model sends it, not by our settings alone."""
    pytest.importorskip(dialect.package)
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    own = {**corpus.environment, "KD_CHAT_MODEL": dialect.model, "KD_CHAT_API_KEY": "hemlig-nyckel"}
    found = {check["id"]: check for check in kd("doctor", "--json", **own).json["checks"]}
    assert found["leaves-machine"]["text"] == "ingenting; språkmodellen körs på samma dator"
    assert not found["chat-model"]["ok"]
    assert "http://127.0.0.1:9 svarar inte" in found["chat-model"]["text"]
    monkeypatch.setenv(variable, "http://192.0.2.1:9")
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: socket.socket())
    found = {check["id"]: check for check in kd("doctor", "--json", **own).json["checks"]}
    assert "skickas till 192.0.2.1" in found["leaves-machine"]["text"]


def test_doctor_says_whether_the_server_is_reached(kd: Any, corpus: Any, chat: ChatServer) -> None:
    own = {**corpus.environment, "KD_CHAT_MODEL": chat.dialect.model, "KD_CHAT_API_KEY": "hemlig-nyckel"}
    texts = []
    for address, ok in ((chat.address, True), (f"http://127.0.0.1:9{chat.dialect.base}", False)):
        done = kd("doctor", "--json", **own, KD_CHAT_BASE_URL=address)
        found = {check["id"]: check for check in done.json["checks"]}
        assert found["chat-model"]["ok"] is ok
        assert found["leaves-machine"]["text"] == "ingenting; språkmodellen körs på samma dator"
        assert "hemlig" not in done.out + done.err
        texts.append(found["chat-model"]["text"])
    assert texts[0] == f"{chat.dialect.model}, {chat.address.removesuffix('/v1')} svarar"
    assert "http://127.0.0.1:9 svarar inte" in texts[1]
    assert chat.requests == []
