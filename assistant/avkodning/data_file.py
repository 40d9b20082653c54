"""The TOML files beside the list of sources that this room reads: checked as they enter, with one line for a fault."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant import paths
from assistant.errors import SourceError


class Model(BaseModel):
    """A part of such a file: nothing unknown, and nothing of another kind than it says."""

    model_config = ConfigDict(extra="forbid", strict=True)


_Model = TypeVar("_Model", bound=Model)


def read_data(path: Path, model: type[_Model], named: str) -> _Model:
    """The file as `model`. `SourceError` says in one line what is wrong with what is `named` in Swedish ("Kraven")."""
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise _broken(path, named, f"den går inte att läsa ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise _broken(path, named, "den är inte UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise _broken(path, named, f"den är inte riktig TOML ({error})") from error
    except ValidationError as error:
        raise _broken(path, named, _first_fault(error)) from error


def _broken(path: Path, named: str, why: str) -> SourceError:
    return SourceError(
        f'{named} i "{paths.shown(path)}" går inte att använda: {why}. Rätta filen eller hämta den på nytt.'
    )


def _first_fault(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"]) or "filen"
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    reasons = {"missing": "saknas", "extra_forbidden": "är inget känt fält"}
    return f'"{place}" {reasons.get(first["type"], "har fel form")}'
