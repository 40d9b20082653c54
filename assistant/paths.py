"""Where corpus, model, index and settings lie. The one file that knows; nothing is created here.

In a checkout everything lies beside the package. In an installed wheel the corpus and the model are package data, and
the index, which must be writable, lies in the user's own data folder.
"""

from __future__ import annotations

from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent
_APP = "kd-assistent"


def checkout() -> Path | None:
    """The checkout's root, or None in an installed wheel."""
    root = _PACKAGE.parent
    return root if (root / "corpus" / "sources.toml").is_file() and (root / "pyproject.toml").is_file() else None


def corpus_dir() -> Path:
    root = checkout()
    return root / "corpus" if root else _PACKAGE / "_data" / "corpus"


def embedder_dir() -> Path:
    """The shipped embedding model."""
    root = checkout()
    return root / "index" / "embedder" if root else _PACKAGE / "_data" / "embedder"


def lexicon_file() -> Path:
    root = checkout()
    return root / "index" / "lexicon.toml" if root else _PACKAGE / "_data" / "lexicon.toml"


def thesaurus_file() -> Path:
    root = checkout()
    return root / "index" / "thesaurus.toml" if root else _PACKAGE / "_data" / "thesaurus.toml"


def gate_file() -> Path:
    """The networks that sentences are weighed with; `index/tune_gate.py` is the last to write it."""
    root = checkout()
    return root / "index" / "gate.npz" if root else _PACKAGE / "_data" / "gate.npz"


def questions_file() -> Path:
    """The network that questions are read with beside sentences, made by `index/train_questions.py`."""
    root = checkout()
    return root / "index" / "questions.npz" if root else _PACKAGE / "_data" / "questions.npz"


def weights_file() -> Path:
    """The weights of search, chosen by `index/tune_search.py`."""
    root = checkout()
    return root / "index" / "weights.toml" if root else _PACKAGE / "_data" / "weights.toml"


def index_dir() -> Path:
    root = checkout()
    return root / "index" / "chroma" if root else platformdirs.user_data_path(_APP) / "chroma"


def own_dir() -> Path:
    """The user's own documents."""
    return _user_data() / "egna"


def fetched_dir() -> Path:
    """Statutes in their official wording, fetched by `kd corpus sync`."""
    return _user_data() / "lagar"


def feedback_file() -> Path:
    """What users have said of answers."""
    return _user_data() / "omdomen.jsonl"


def notes_dir() -> Path:
    """The notes that users of the web app keep on the programme for the first hundred days."""
    return _user_data() / "avkodning"


def _user_data() -> Path:
    root = checkout()
    return root / "data" if root else platformdirs.user_data_path(_APP)


def evals_dir() -> Path:
    """The eval sets and their gates; only in a checkout."""
    return (checkout() or Path.cwd()) / "evals"


def settings_file() -> Path:
    root = checkout()
    return root / "kd.toml" if root else platformdirs.user_config_path(_APP) / "kd.toml"


def shown(path: Path) -> str:
    """A path as a user should read it: relative to the checkout where it lies in it."""
    root = checkout()
    try:
        return str(path.resolve().relative_to(root)) if root else str(path)
    except ValueError:
        return str(path)
