"""`sources.toml` -> `Source`s, with every file proved to be the one that the list describes.

Three folders each hold such a list: the corpus that is shipped, the statutes fetched from their publisher, and the
user's own documents. A fetched statute takes the place of the account with the same id.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from assistant import paths
from assistant.errors import SourceError
from assistant.settings import Settings
from assistant.types import Kind, Origin, Source

LIST_NAME = "sources.toml"


class SourceRow(BaseModel):
    """One `[[source]]` of a list, as it stands in the file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    title: str = Field(min_length=1)
    kind: Kind
    file: str = Field(min_length=1)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    publisher: str | None = Field(default=None, min_length=1)
    year: int | None = Field(default=None, ge=1700, le=2200)
    url: str | None = Field(default=None, pattern=r"^https?://")
    sync_url: str | None = Field(default=None, pattern=r"^https?://")
    account: bool = False
    through: str | None = Field(default=None, pattern=r"^\d{4}:\d+$")
    fetched: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    guessed: list[str] = []
    note: str | None = None

    @field_validator("file")
    @classmethod
    def _inside(cls, value: str) -> str:
        path = PurePosixPath(value)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError("file must lie inside the folder of the list")
        return value

    def source(self, folder: Path, origin: Origin) -> Source:
        return Source(
            id=self.id,
            title=self.title,
            kind=self.kind,
            path=folder / self.file,
            sha256=self.sha256,
            publisher=self.publisher,
            year=self.year,
            url=self.url,
            sync_url=self.sync_url,
            account=self.account,
            through=self.through,
            fetched=self.fetched,
            guessed=tuple(self.guessed),
            origin=origin,
        )


class SourceList(BaseModel):
    """A whole list."""

    model_config = ConfigDict(extra="forbid")

    schema_: Literal[1] = Field(alias="schema")
    source: list[SourceRow] = []


def read_sources(settings: Settings) -> tuple[Source, ...]:
    """All sources in the order of their lists: the corpus, fetched statutes in the place of accounts, then own ones."""
    shipped = _sources(settings.corpus_dir, "corpus")
    if not shipped:
        raise SourceError(
            f'Källförteckningen "{paths.shown(settings.corpus_dir / LIST_NAME)}" räknar inte upp någon källa.'
        )
    fetched = {source.id: source for source in _sources(settings.fetched_dir, "corpus", optional=True)}
    own = _sources(settings.own_dir, "own", optional=True)
    together = (*(fetched.get(source.id, source) for source in shipped), *own)
    _refuse_doubles([source.id for source in together], "id", settings.own_dir / LIST_NAME)
    return together


def shipped_sources(settings: Settings) -> tuple[Source, ...]:
    """The corpus as shipped, with accounts instead of fetched statutes."""
    return _sources(settings.corpus_dir, "corpus")


def changed_sources(sources: Sequence[Source]) -> tuple[str, ...]:
    """One Swedish line for each source whose file is missing or is not, byte for byte, the one that was listed."""
    return tuple(line for source in sources if (line := _difference(source)))


def read_list(folder: Path) -> SourceList:
    """The list in a folder, empty where there is none. `SourceError` says what is wrong with it."""
    path = folder / LIST_NAME
    listed = _parse(path) if path.is_file() else SourceList(schema=1)
    _refuse_doubles([row.id for row in listed.source], "id", path)
    _refuse_doubles([row.file for row in listed.source], "file", path)
    return listed


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sources(folder: Path, origin: Origin, optional: bool = False) -> tuple[Source, ...]:
    if not optional and not (folder / LIST_NAME).is_file():
        name = paths.shown(folder / LIST_NAME)
        raise SourceError(f'Källförteckningen "{name}" finns inte. Ange rätt mapp med KD_CORPUS_DIR.')
    return tuple(row.source(folder, origin) for row in read_list(folder).source)


def _difference(source: Source) -> str:
    name = paths.shown(source.path)
    try:
        digest = sha256_of(source.path)
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


def _parse(path: Path) -> SourceList:
    name = paths.shown(path)
    try:
        return SourceList.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
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


def without_place(source: Source) -> Source:
    """The source as it is known, apart from where its file lies."""
    return replace(source, path=Path(source.path.name))
