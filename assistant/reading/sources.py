"""`sources.toml` -> `Source`s, with every file proved to be the one that the list describes."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from assistant import paths
from assistant.errors import SourceError
from assistant.types import Kind, Source


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    title: str = Field(min_length=1)
    kind: Kind
    file: str = Field(min_length=1)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    publisher: str | None = Field(default=None, min_length=1)
    year: int | None = Field(default=None, ge=1700, le=2200)
    url: str | None = Field(default=None, pattern=r"^https?://")
    note: str | None = None

    @field_validator("file")
    @classmethod
    def _inside(cls, value: str) -> str:
        path = PurePosixPath(value)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError("file must lie inside the corpus folder")
        return value


class _List(BaseModel):
    model_config = ConfigDict(extra="forbid")

    schema_: Literal[1] = Field(alias="schema")
    source: list[_Row] = Field(min_length=1)


def read_sources(corpus_dir: Path) -> tuple[Source, ...]:
    """The sources that `corpus_dir/sources.toml` lists, in order. `SourceError` says what is wrong with the list."""
    path = corpus_dir / "sources.toml"
    listed = _parse(path).source
    _refuse_doubles([row.id for row in listed], "id", path)
    _refuse_doubles([row.file for row in listed], "file", path)
    return tuple(
        Source(
            id=row.id,
            title=row.title,
            kind=row.kind,
            path=corpus_dir / row.file,
            sha256=row.sha256,
            publisher=row.publisher,
            year=row.year,
            url=row.url,
        )
        for row in listed
    )


def changed_sources(sources: Sequence[Source]) -> tuple[str, ...]:
    """One Swedish line for each source whose file is missing or is not, byte for byte, the one that was listed."""
    return tuple(line for source in sources if (line := _difference(source)))


def _difference(source: Source) -> str:
    name = paths.shown(source.path)
    try:
        digest = hashlib.sha256(source.path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return f'Filen "{name}" saknas. Lägg tillbaka den, eller ta bort källan "{source.id}" ur sources.toml.'
    except OSError as error:
        return f'Filen "{name}" går inte att öppna ({error.strerror}). Rätta behörigheten och försök igen.'
    if digest == source.sha256:
        return ""
    return (
        f'Filen "{name}" är ändrad sedan den lades in: kontrollsumman stämmer inte. Lägg tillbaka originalet, '
        f'eller skriv sha256 = "{digest}" för "{source.id}" i sources.toml om ändringen är avsiktlig.'
    )


def _parse(path: Path) -> _List:
    name = paths.shown(path)
    try:
        return _List.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise SourceError(f'Källförteckningen "{name}" finns inte. Ange rätt mapp med KD_CORPUS_DIR.') from error
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f'Källförteckningen "{name}" går inte att läsa: {error}. Spara den som UTF-8.') from error
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f'Källförteckningen "{name}" är inte giltig TOML: {error}. Rätta raden.') from error
    except ValidationError as error:
        raise SourceError(_explain(error, name)) from error


def _explain(error: ValidationError, name: str) -> str:
    first = error.errors()[0]
    place = [str(part + 1) if isinstance(part, int) else str(part) for part in first["loc"]]
    where = f"källa nummer {place[1]}" if len(place) > 1 else "filens början"
    field = place[-1]
    reasons = {
        "missing": f'uppgiften "{field}" saknas',
        "extra_forbidden": f'uppgiften "{field}" är okänd',
        "too_short": "den räknar inte upp någon källa",
    }
    reason = reasons.get(first["type"], f'uppgiften "{field}" har ett värde som inte går att använda')
    return f'Källförteckningen "{name}", {where}: {reason}. Rätta den och försök igen.'


def _refuse_doubles(values: Sequence[str], field: str, path: Path) -> None:
    double = next((value for value in values if values.count(value) > 1), None)
    if double:
        raise SourceError(
            f'Källförteckningen "{paths.shown(path)}": {field} = "{double}" står två gånger. '
            "Ge varje källa ett eget värde."
        )
