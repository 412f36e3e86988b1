"""The library on real files, edited as people and editors edit them."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from core.errors import PromptError
from core.prompts.fault import Fault
from core.prompts.prompt_library import Gate, PromptLibrary
from core.prompts.prompt_set import PromptSet

HELLO = "{# variables: none #}\nhola"
DEADLINE_SECONDS = 120.0


class Desk:
    """A folder of prompts, its library, and every warning that the admin got."""

    def __init__(self, folder: Path, gate: Gate | None = None) -> None:
        self.folder = folder
        self.warnings: list[list[Fault]] = []
        folder.mkdir(exist_ok=True)
        self.write("hello.md.j2", HELLO)
        self.write("data.toml", "none = 1")
        self.library = PromptLibrary(folder, self.warnings.append, gate)

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


REFUSAL = Fault("smoke/precio-directo", 0, "", "the price is not told")


@dataclass
class Porter:
    """A gate that answers when the test says so. `asked` is what was brought before it, `left` what was taken back."""

    asked: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    answers: "asyncio.Queue[list[Fault] | Exception]" = field(default_factory=asyncio.Queue)

    async def __call__(self, prompts: PromptSet) -> list[Fault]:
        words = prompts.render("hello")
        self.asked.append(words)
        try:
            answer = await self.answers.get()
        except asyncio.CancelledError:
            self.left.append(words)
            raise
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def porter() -> Porter:
    return Porter()


@pytest.fixture
def guarded(tmp_path: Path, porter: Porter) -> Desk:
    return Desk(tmp_path / "prompts", porter)


async def test_an_edit_waits_for_the_gate_and_is_taken_live_when_it_passes(guarded: Desk, porter: Porter) -> None:
    async with watched(guarded):
        guarded.write("hello.md.j2", HELLO + " de nuevo")
        await until(lambda: porter.asked == ["hola de nuevo"])
        assert guarded.hello() == "hola"
        assert guarded.library.on_trial
        porter.answers.put_nowait([])
        await until(lambda: guarded.hello() == "hola de nuevo")
    assert guarded.warnings == []
    assert guarded.library.on_trial is None


async def test_what_the_gate_refuses_is_told_and_the_last_good_set_stays(guarded: Desk, porter: Porter) -> None:
    before = guarded.library.current
    async with watched(guarded):
        guarded.write("hello.md.j2", HELLO + " mal")
        porter.answers.put_nowait([REFUSAL])
        await until(lambda: bool(guarded.warnings))
        assert guarded.library.current is before
        guarded.write("hello.md.j2", HELLO + " mejor")
        porter.answers.put_nowait([])
        await until(lambda: guarded.hello() == "hola mejor")
    assert guarded.warnings == [[REFUSAL]]


async def test_what_was_refused_is_tried_again_when_it_is_saved_again(guarded: Desk, porter: Porter) -> None:
    async with watched(guarded):
        guarded.write("hello.md.j2", HELLO + " otra")
        porter.answers.put_nowait([REFUSAL])
        await until(lambda: bool(guarded.warnings))
        guarded.write("hello.md.j2", HELLO + " otra")
        porter.answers.put_nowait([])
        await until(lambda: guarded.hello() == "hola otra")


async def test_a_later_edit_ends_the_trial_of_an_earlier_one(guarded: Desk, porter: Porter) -> None:
    async with watched(guarded):
        guarded.write("hello.md.j2", HELLO + " uno")
        await until(lambda: porter.asked == ["hola uno"])
        guarded.write("hello.md.j2", HELLO + " dos")
        await until(lambda: porter.asked == ["hola uno", "hola dos"])
        assert porter.left == ["hola uno"]
        porter.answers.put_nowait([])
        await until(lambda: guarded.hello() == "hola dos")
    assert guarded.warnings == []


@pytest.mark.parametrize("later", [HELLO, "{{"], ids=["taken back", "broken"])
async def test_a_trial_ends_when_its_edit_is_not_there_any_more(guarded: Desk, porter: Porter, later: str) -> None:
    async with watched(guarded):
        guarded.write("hello.md.j2", HELLO + " uno")
        await until(lambda: porter.asked == ["hola uno"])
        guarded.write("hello.md.j2", later)
        await until(lambda: porter.left == ["hola uno"])
        await until(lambda: guarded.library.on_trial is None and bool(guarded.warnings) == (later != HELLO))
        assert guarded.hello() == "hola"


async def test_a_gate_that_breaks_off_refuses_the_edit(guarded: Desk, porter: Porter) -> None:
    async with watched(guarded):
        guarded.write("hello.md.j2", HELLO + " uno")
        porter.answers.put_nowait(RuntimeError("no hay suite"))
        await until(lambda: bool(guarded.warnings))
        assert guarded.hello() == "hola"
    ((fault,),) = guarded.warnings
    assert "not taken live: RuntimeError('no hay suite')" in fault.message


async def test_a_broken_edit_never_gets_before_the_gate(guarded: Desk, porter: Porter) -> None:
    async with watched(guarded):
        guarded.write("hello.md.j2", "{{")
        await until(lambda: bool(guarded.warnings))
        (guarded.folder / "data.toml").unlink()
        await until(lambda: len(guarded.warnings) == 2)
    assert porter.asked == []


async def test_a_trial_ends_with_the_watch(guarded: Desk, porter: Porter) -> None:
    async with watched(guarded):
        guarded.write("hello.md.j2", HELLO + " uno")
        await until(lambda: porter.asked == ["hola uno"])
    assert (porter.left, guarded.hello()) == (["hola uno"], "hola")
