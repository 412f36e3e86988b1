"""What stands on the screen."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from channels.console.screen import Screen
from core.domain.messages import Button, Media, MediaKind, Outgoing


class Paper:
    """A screen whose text can be read again."""

    def __init__(self, folder: Path, typed: bool = False, terminal: bool = False) -> None:
        self.file = io.StringIO()
        console = Console(file=self.file, highlight=False, width=40, force_terminal=terminal, color_system=None)
        self.screen = Screen(console, folder / "media", folder / "saved", "Tú", typed)

    @property
    def text(self) -> str:
        return self.file.getvalue()


def document(path: str, content: str = "", caption: str = "") -> Outgoing:
    return Outgoing(media=Media(kind=MediaKind.DOCUMENT, path=path, content=content, caption=caption))


def test_messages_are_shown_in_order_and_buttons_numbered_through(tmp_path: Path) -> None:
    paper = Paper(tmp_path)
    yes, link = Button(label="Sí", action="yes"), Button(label="Abrir", url="http://127.0.0.1/x")
    shown = paper.screen.show(
        [Outgoing(text="[bold]Uno[/bold]", buttons=(yes,)), Outgoing(text="Dos", buttons=(link,))]
    )
    assert shown == (yes, link)
    assert paper.text.splitlines() == [
        "Brenda: [bold]Uno[/bold]",
        "Brenda: Dos",
        "   [1] Sí",
        "   [2] Abrir → http://127.0.0.1/x",
    ]


def test_long_lines_are_left_to_the_terminal(tmp_path: Path) -> None:
    paper = Paper(tmp_path)
    paper.screen.show([Outgoing(text="palabra " * 30)])
    assert len(paper.text.splitlines()) == 1


def test_files_are_saved_and_their_place_is_told(tmp_path: Path) -> None:
    paper = Paper(tmp_path)
    (tmp_path / "media" / "courses").mkdir(parents=True)
    (tmp_path / "media" / "courses" / "a.pdf").write_bytes(b"%PDF")
    paper.screen.show([document("courses/a.pdf", caption="El temario"), document("mis-datos.json", "{}")])
    assert (tmp_path / "saved" / "a.pdf").read_bytes() == b"%PDF"
    assert (tmp_path / "saved" / "mis-datos.json").read_text() == "{}"
    assert f"📎 El temario {tmp_path}/saved/a.pdf" in paper.text


@pytest.mark.parametrize("path", ["missing.pdf", "../../outside.pdf"])
def test_a_file_that_is_not_there_is_named_and_ends_nothing(tmp_path: Path, path: str) -> None:
    paper = Paper(tmp_path)
    paper.screen.show([document(path), Outgoing(text="después")])
    assert f"({path}: No such file or directory)" in paper.text
    assert "después" in paper.text


def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    Paper(tmp_path).screen.show([document("../../mis-datos.json", "{}")])
    assert [path.name for path in (tmp_path / "saved").iterdir()] == ["mis-datos.json"]
    assert not (tmp_path.parent / "mis-datos.json").exists()


def test_what_is_for_somebody_else_is_a_block(tmp_path: Path) -> None:
    paper = Paper(tmp_path)
    paper.screen.aside("(para el equipo)", "Ana espera.\nMotivo: x")
    assert paper.text.splitlines() == ["", "(para el equipo)", "  │ Ana espera.", "  │ Motivo: x", ""]


def test_without_a_terminal_what_was_read_is_repeated_but_not_at_length(tmp_path: Path) -> None:
    paper = Paper(tmp_path)
    paper.screen.prompt()
    paper.screen.heard("hola")
    paper.screen.heard("x" * 20_000)
    paper.screen.heard("")
    assert paper.text.splitlines() == ["Tú: hola", f"Tú: {'x' * 500}…"]


def test_on_a_terminal_a_prompt_waits_and_gives_way_to_what_comes_by_itself(tmp_path: Path) -> None:
    paper = Paper(tmp_path, typed=True, terminal=True)
    paper.screen.prompt()
    paper.screen.show([Outgoing(text="¿Sigues ahí?")])
    paper.screen.prompt()
    paper.screen.heard("sí")
    paper.screen.note("adiós")
    assert paper.text == "Tú: \nBrenda: ¿Sigues ahí?\nTú: adiós\n"
