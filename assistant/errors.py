"""The errors that reach a user. Each carries one Swedish line: what, which, and how to mend it.

KdError                     exit code 2: the user can mend it
├── UsageError              a command, option or input that cannot be used
├── SettingsError           kd.toml or an environment variable
├── SourceError             sources.toml, or a file that it names
│   └── ReadError           one file that cannot be read
├── EmbeddingError          a model name or folder that cannot be opened
├── RerankerError           the same of the model that ranks anew
├── IndexFolderError        the index folder cannot be written, read or trusted
├── PortError               the web app's address is taken or not allowed
└── OutsideError            exit code 3: something outside failed
    └── ChatModelError      the chat model's server
        └── ChatModelSlowError  it took longer than the limits allow
"""

from __future__ import annotations


class KdError(Exception):
    """Base of all. `str(error)` is one line in Swedish; `exit_code` is what the command ends with."""

    exit_code = 2

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class UsageError(KdError):
    """A command, option or input that cannot be used."""


class SettingsError(KdError):
    """A setting that cannot be used."""


class SourceError(KdError):
    """The list of sources, or a file that it names, is wrong."""


class ReadError(SourceError):
    """A document cannot be read."""


class EmbeddingError(KdError):
    """An embedding model cannot be opened."""


class RerankerError(KdError):
    """A model that is to rank anew cannot be opened."""


class IndexFolderError(KdError):
    """The index folder cannot be written, read or trusted."""


class PortError(KdError):
    """The web app cannot listen on the address."""


class OutsideError(KdError):
    """Something outside the program failed."""

    exit_code = 3


class ChatModelError(OutsideError):
    """The chat model's server did not give a usable reply."""


class ChatModelSlowError(ChatModelError):
    """The chat model's server was silent for too long, or not done in time."""
