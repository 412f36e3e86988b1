"""The library on real files, edited as people and editors edit them."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from core.errors import PromptError
from core.prompts.fault import Fault
from core.prompts.prompt_library import PromptLibrary

HELLO = "{# variables: none #}\nhola"
DEADLINE_SECONDS = 20.0


class Desk:
    """A folder of prompts, its library, and every warning that the admin got."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warnings: list[list[Fault]] = []
        folder.mkdir(exist_ok=True)
        self.write("hello.md.j2", HELLO)
        self.write("data.toml", "none = 1")
        self.library = PromptLibrary(folder, self.warnings.append)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def hello(self) -> str:
        return self.library.current.render("hello")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "prompts")


@asynccontextmanager
async def watched(desk: Desk) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(desk.library.watch(stop))
    try:
        yield
        assert not task.done()
    finally:
        stop.set()
        await asyncio.wait_for(task, DEADLINE_SECONDS)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not condition():
            await asyncio.sleep(0.01)


def places(warning: list[Fault]) -> list[tuple[str, int]]:
    return [(fault.file, fault.line) for fault in warning]


def test_a_broken_folder_is_refused_at_the_start_with_every_fault(tmp_path: Path) -> None:
    (tmp_path / "a.md.j2").write_text("{# variables: name #}\nhola")
    (tmp_path / "b.toml").write_text("x = ")
    with pytest.raises(PromptError, match=r"(?s)a\.md\.j2:1: name: .*b\.toml:1: "):
        PromptLibrary(tmp_path, lambda _: None)


def test_a_missing_folder_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match="does not exist"):
        PromptLibrary(tmp_path / "prompts", lambda _: None)


def test_a_good_edit_replaces_the_set_and_leaves_the_old_one_as_it_was(desk: Desk) -> None:
    before = desk.library.current
    desk.write("hello.md.j2", HELLO + " de nuevo")
    assert desk.library.reload() == []
    assert desk.hello() == "hola de nuevo"
    assert before.render("hello") == "hola"
    assert before.hash != desk.library.current.hash
    assert desk.warnings == []


def test_a_broken_edit_keeps_the_last_good_set_and_warns_with_the_line(desk: Desk) -> None:
    before = desk.library.current
    desk.write("hello.md.j2", "{# variables: none #}\nhola {{ nombre }}\n")
    faults = desk.library.reload()
    assert places(faults) == [("hello.md.j2", 2)]
    assert desk.warnings == [faults]
    assert desk.library.current is before


def test_one_broken_edit_is_warned_of_once_and_again_when_it_changes(desk: Desk) -> None:
    desk.write("hello.md.j2", "hola")
    assert desk.library.reload() == desk.library.reload() != []
    assert len(desk.warnings) == 1
    desk.write("hello.md.j2", "{{")
    desk.library.reload()
    assert len(desk.warnings) == 2
    desk.write("hello.md.j2", HELLO)
    assert desk.library.reload() == []
    desk.write("hello.md.j2", "{{")
    desk.library.reload()
    assert len(desk.warnings) == 3


@pytest.mark.parametrize("name", ["hello.md.j2", "data.toml"])
def test_a_deleted_file_keeps_the_last_good_set(desk: Desk, name: str) -> None:
    desk.write("bye.md.j2", HELLO)
    (desk.folder / name).unlink()
    (fault,) = desk.library.reload()
    assert fault.file == name
    assert "put it back" in fault.message
    assert desk.hello() == "hola"


def test_a_file_that_nobody_renders_may_go(desk: Desk) -> None:
    desk.write("notes.txt", "borrador")
    assert desk.library.reload() == []
    (desk.folder / "notes.txt").unlink()
    assert desk.library.reload() == []


def test_bytes_that_are_no_utf8_keep_the_last_good_set(desk: Desk) -> None:
    (desk.folder / "hello.md.j2").write_bytes(b"{# variables: none #}\nma\xf1ana")
    assert places(desk.library.reload()) == [("hello.md.j2", 2)]
    assert desk.hello() == "hola"


def test_a_new_file_is_adopted_and_leftovers_of_editors_are_not_seen(desk: Desk) -> None:
    before = desk.library.current
    desk.write(".hello.md.j2.swp", "\0")
    desk.write("hello.md.j2~", "{{")
    assert desk.library.reload() == []
    assert desk.library.current is before
    desk.write("bye.md.j2", "{# variables: none #}\nadiós")
    assert desk.library.reload() == []
    assert desk.library.current.render("bye") == "adiós"


async def test_edits_are_picked_up_while_watching(desk: Desk) -> None:
    async with watched(desk):
        for number in range(3):
            desk.write("hello.md.j2", f"{HELLO} {number}")
            await until(lambda said=f"hola {number}": desk.hello() == said)  # type: ignore[misc]
    assert desk.warnings == []


async def test_an_edit_made_before_the_watch_began_is_picked_up(desk: Desk) -> None:
    desk.write("hello.md.j2", HELLO + " antes")
    async with watched(desk):
        await until(lambda: desk.hello() == "hola antes")


async def test_a_file_that_is_saved_by_renaming_is_picked_up(desk: Desk) -> None:
    async with watched(desk):
        desk.write("hello.md.j2.tmp", HELLO + " renombrado")
        (desk.folder / "hello.md.j2.tmp").replace(desk.folder / "hello.md.j2")
        await until(lambda: desk.hello() == "hola renombrado")


async def test_a_half_written_file_is_warned_of_and_its_end_adopted(desk: Desk) -> None:
    async with watched(desk):
        desk.write("hello.md.j2", "{# variables: none #}\nhola {% if")
        await until(lambda: bool(desk.warnings))
        assert desk.hello() == "hola"
        desk.write("hello.md.j2", "{# variables: none #}\nhola {% if true %}entera{% endif %}")
        await until(lambda: desk.hello() == "hola entera")
    assert places(desk.warnings[0]) == [("hello.md.j2", 2)]


async def test_a_folder_that_is_removed_and_comes_back_is_followed_again(desk: Desk) -> None:
    async with watched(desk):
        desk.write("hello.md.j2", HELLO + " uno")
        await until(lambda: desk.hello() == "hola uno")
        shutil.rmtree(desk.folder)
        await until(lambda: any("does not exist" in fault.message for warning in desk.warnings for fault in warning))
        assert desk.hello() == "hola uno"
        desk.folder.mkdir()
        desk.write("data.toml", "none = 1")
        desk.write("hello.md.j2", HELLO + " dos")
        await until(lambda: desk.hello() == "hola dos")
        desk.write("hello.md.j2", HELLO + " tres")
        await until(lambda: desk.hello() == "hola tres")


async def test_a_folder_that_is_swapped_for_another_is_followed(desk: Desk) -> None:
    async with watched(desk):
        other = desk.folder.with_name("other")
        shutil.copytree(desk.folder, other)
        (other / "hello.md.j2").write_text(HELLO + " cambiada")
        desk.folder.rename(desk.folder.with_name("old"))
        other.rename(desk.folder)
        await until(lambda: desk.hello() == "hola cambiada")
        desk.write("hello.md.j2", HELLO + " otra vez")
        await until(lambda: desk.hello() == "hola otra vez")


async def test_the_watch_ends_at_once_when_it_is_stopped_without_a_folder(desk: Desk) -> None:
    async with watched(desk):
        shutil.rmtree(desk.folder)
        await until(lambda: bool(desk.warnings))
    with suppress(FileNotFoundError):
        shutil.rmtree(desk.folder)
    assert desk.hello() == "hola"
