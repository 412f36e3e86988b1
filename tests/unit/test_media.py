"""Only files inside the folder are located; what is not there is logged with its row."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from core.integrations.media import locate


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one file, beside a secret and a link that leads to it."""
    inside = tmp_path / "media"
    (inside / "guias").mkdir(parents=True)
    (inside / "guias" / "uno.pdf").write_bytes(b"%PDF")
    (tmp_path / "secret.pdf").write_bytes(b"secret")
    (inside / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    return inside


@pytest.mark.parametrize("path", ["guias/uno.pdf", "./guias/uno.pdf", "guias/../guias/uno.pdf"])
def test_a_file_inside_is_located(folder: Path, path: str) -> None:
    assert locate(folder, path, "free_resources:1") == folder / "guias" / "uno.pdf"


@pytest.mark.parametrize(
    "path",
    ["", ".", "guias", "no.pdf", "../secret.pdf", "guias/../../secret.pdf", "link.pdf", "a\x00b", "/etc/hosts"],
)
def test_anything_else_is_missing_and_logged(folder: Path, path: str) -> None:
    with capture_logs() as logs:
        assert locate(folder, path, "free_resources:1") is None
    assert [(entry["event"], entry["log_level"], entry["row"]) for entry in logs] == [
        ("media_file_missing", "error", "free_resources:1")
    ]


def test_an_absolute_path_outside_is_missing(folder: Path) -> None:
    assert locate(folder, str(folder.parent / "secret.pdf"), "courses:1") is None


def test_a_path_longer_than_any_disk_takes_is_missing(folder: Path) -> None:
    assert locate(folder, "x" * 5000, "courses:1") is None
