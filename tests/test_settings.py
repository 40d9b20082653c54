"""Settings: defaults, then the file, then the environment; what cannot be used is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.errors import (
    ChatModelError,
    IndexFolderError,
    KdError,
    OutsideError,
    ReadError,
    SettingsError,
    SourceError,
)
from assistant.settings import Settings, load_settings


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "kd.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    settings = load_settings({}, write(tmp_path, ""))
    assert settings.embedding is None
    assert settings.chat_model is None
    assert (settings.corpus_dir / "sources.toml").is_file()
    assert settings.lexicon_file.is_file()


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = write(tmp_path, 'chat_model = "ollama:a"\nindex_dir = "/i"\nchat_timeout_s = 5\n')
    settings = load_settings({"KD_CHAT_MODEL": "ollama:b", "KD_CHAT_TIMEOUT_S": "7.5", "KD_EMBEDDING": ""}, file)
    assert (settings.chat_model, settings.index_dir, settings.chat_timeout_s) == ("ollama:b", Path("/i"), 7.5)
    assert settings.embedding is None


def test_the_file_can_be_named(tmp_path: Path) -> None:
    file = write(tmp_path, 'chat_model = "ollama:a"\n')
    assert load_settings({"KD_CONFIG": str(file)}).chat_model == "ollama:a"


def test_the_home_folder_may_be_shortened(tmp_path: Path) -> None:
    settings = load_settings({"KD_INDEX_DIR": "~/index"}, write(tmp_path, ""))
    assert settings.index_dir == Path.home() / "index"


def test_a_key_is_never_shown(tmp_path: Path) -> None:
    settings = load_settings({"KD_CHAT_API_KEY": "hemlig-nyckel"}, write(tmp_path, ""))
    assert settings.chat_api_key is not None
    assert settings.chat_api_key.get_secret_value() == "hemlig-nyckel"
    assert "hemlig" not in repr(settings)
    assert "hemlig" not in str(settings.chat_api_key)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("chat_modell = 'x'", ["chat_modell", "finns inte", "chat_model"]),
        ("chat_model = 3", ["chat_model", "citattecken"]),
        ("chat_timeout_s = 'snabbt'", ["chat_timeout_s", "tal"]),
        ("chat_timeout_s = 0", ["chat_timeout_s", "litet"]),
        ("chat_timeout_s = 9999", ["chat_timeout_s", "stort"]),
        ("chat_timeout_s = nan", ["chat_timeout_s"]),
        ("[chat]\nmodel = 'x'", ["chat"]),
        ("chat_model = ", ["kd.toml"]),
        ("\x00", ["kd.toml"]),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({}, write(tmp_path, text))
    check_line(caught.value, "kd.toml", *words)


def check_line(error: KdError, *words: str) -> None:
    assert "\n" not in str(error)
    assert error.exit_code == 2
    assert all(word in str(error) for word in words), str(error)


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "kd.toml"
    path.write_bytes('chat_model = "åäö"'.encode("cp1252"))
    with pytest.raises(SettingsError) as caught:
        load_settings({}, path)
    check_line(caught.value, "kd.toml")


def test_a_named_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"KD_CONFIG": str(tmp_path / "saknas.toml")})
    check_line(caught.value, "saknas.toml", "KD_CONFIG")


def test_a_variable_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"KD_CHAT_TIMEOUT_S": "snart"}, write(tmp_path, ""))
    check_line(caught.value, "chat_timeout_s", "KD_")


def test_settings_cannot_be_changed(settings: Settings) -> None:
    with pytest.raises(AttributeError):
        settings.index_dir = Path("x")  # type: ignore[misc]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (SettingsError, 2),
        (SourceError, 2),
        (ReadError, 2),
        (IndexFolderError, 2),
        (OutsideError, 3),
        (ChatModelError, 3),
    ],
)
def test_an_error_is_one_line_with_its_exit_code(kind: Any, code: int) -> None:
    error = kind("första raden\n  andra\traden ")
    assert isinstance(error, KdError)
    assert (str(error), error.exit_code) == ("första raden andra raden", code)
