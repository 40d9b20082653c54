"""What is particular to each provider of chat models: its extra, what its class is opened with, and where it sends."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit

from assistant.settings import Settings

#: What is sent as the key to a server that has been given none: a provider's own key is for nobody else.
_NO_KEY = "none-needed"
#: The tokens that Ollama is to make room for: what is sent, and four a word of the reply. It cuts what finds no room.
_SENT_TOKENS, _TOKENS_A_WORD = 6144, 4


@dataclass(frozen=True, slots=True)
class Provider:
    """`address` is where in the opened model its address stands, `key` where its key does if it opens without one.

    `endings` are what the provider's class puts after an address itself. `attempts` is what it calls a single attempt.
    Servers that speak as OpenAI's are of many makes, and not all of them tell why a reply ended.
    """

    extra: str
    address: str
    key: str = ""
    endings: tuple[str, ...] = ()
    attempts: int = 0
    tells_end: bool = True


PROVIDERS: Mapping[str, Provider] = {
    "openai": Provider("openai", "root_async_client.base_url", tells_end=False),
    "azure_openai": Provider("azure", "root_async_client.base_url", tells_end=False),
    "ollama": Provider("ollama", "_async_client._client.base_url", endings=("/api", "/v1")),
    "anthropic": Provider("anthropic", "anthropic_api_url", key="anthropic_api_key", endings=("/v1",)),
    "mistralai": Provider("mistral", "endpoint", key="mistral_api_key", attempts=1),
    "google_genai": Provider(
        "google", "client._api_client._http_options.base_url", endings=("/v1beta", "/v1"), attempts=1
    ),
}


def readable(address: str | None) -> bool:
    """Whether an address names a server; a provider that cannot read it might use its own instead."""
    if address is None:
        return True
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def options(settings: Settings, provider: str, model: str) -> Mapping[str, Any]:
    """What the provider's class is opened with: address, key, and time limits as a last resort beside our own.

    With an address of ours only a key of ours is sent, and nothing is asked of the provider's own servers.
    """
    key = settings.chat_api_key.get_secret_value() if settings.chat_api_key else None
    address, seconds = _address(settings, provider), math.ceil(settings.chat_timeout_s)
    # One attempt each: we try again ourselves.
    attempts = {"timeout": seconds, "max_retries": PROVIDERS[provider].attempts if provider in PROVIDERS else 0}
    if provider == "azure_openai":
        version = settings.chat_api_version
        return _given(azure_endpoint=address, azure_deployment=model, api_version=version, api_key=key, **attempts)
    if address and not key:
        key = _NO_KEY
    if provider == "ollama":
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        room = _SENT_TOKENS + _TOKENS_A_WORD * settings.chat_words
        return _given(base_url=address, client_kwargs={"timeout": seconds, "headers": headers}, num_ctx=room)
    # Google's other service is reached by the account of the computer, which is fetched from Google.
    vertexai = False if provider == "google_genai" and address else None
    return _given(base_url=address, api_key=key, vertexai=vertexai, **attempts)


def is_keyless(provider: str, opened: Any) -> bool:
    """Whether a model was opened without the key that its provider asks for, to be refused only after it was asked."""
    place = PROVIDERS[provider].key if provider in PROVIDERS else ""
    if not place:
        return False
    key = getattr(opened, place)
    return not (key and key.get_secret_value())


def address_of(provider: str, opened: Any) -> str:
    """Where an opened model sends what it is asked, whoever said so; "" when it does not tell."""
    if provider not in PROVIDERS:
        return ""
    try:
        return str(attrgetter(PROVIDERS[provider].address)(opened) or "")
    except AttributeError:
        return ""


def _address(settings: Settings, provider: str) -> str | None:
    """The address of the settings, without what the provider's class puts after it."""
    if settings.chat_base_url is None:
        return None
    address = settings.chat_base_url.rstrip("/")
    for ending in PROVIDERS[provider].endings if provider in PROVIDERS else ():
        if address.endswith(ending):
            return address.removesuffix(ending)
    return address


def _given(**options: Any) -> Mapping[str, Any]:
    return {name: value for name, value in options.items() if value is not None}
