"""The signing key is the configured one, or one that is made once and only the owner can read."""

from pathlib import Path

import pytest

from core.errors import SettingsError
from core.secret import signing_key
from tests.worlds import make_settings


def test_the_configured_key_counts(tmp_path: Path) -> None:
    assert signing_key(make_settings(data_dir=tmp_path, secret_key="x" * 40)) == "x" * 40


def test_a_key_is_made_once(tmp_path: Path) -> None:
    settings = make_settings(data_dir=tmp_path / "new")
    key = signing_key(settings)
    assert len(key) == 64
    assert signing_key(settings) == key
    assert (tmp_path / "new" / "secret").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        signing_key(make_settings(data_dir=tmp_path / "file"))
