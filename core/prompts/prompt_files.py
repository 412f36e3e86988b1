"""The files of a folder of prompts, as they were at one moment.

Everything later (compiling, checking, hashing) works on this snapshot, never on the disk, so that a file which is
being saved cannot be checked in one state and used in another. What editors leave lying about is not seen at all.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from core.prompts.fault import Fault

TEMPLATE_SUFFIXES = (".md.j2", ".html.j2")
"""Plain text, and pages or e-mails; the latter are escaped and keep ".html" in their name."""
_TEXT, _COMPILED = ".md.j2", ".j2"


@dataclass(frozen=True)
class PromptFiles:
    """`texts` maps paths such as "messages/name/ask.md.j2" or "buttons.json" to their text; `hash` is over all."""

    texts: Mapping[str, str]
    faults: tuple[Fault, ...] = ()

    @property
    def hash(self) -> str:
        """SHA-256, in hexadecimal, over the sorted names and contents."""
        digest = hashlib.sha256()
        for name, text in sorted(self.texts.items()):
            for part in (name.encode(), text.encode()):
                digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()

    @property
    def templates(self) -> dict[str, str]:
        """Template name ("messages/name/ask", "pages/privacy.html") to source."""
        found = ((template_name(path), text) for path, text in self.texts.items() if path.endswith(TEMPLATE_SUFFIXES))
        return dict(sorted(found))


def template_name(path: str) -> str:
    """The name by which a template's path is called: without ".md.j2", or without the ".j2" of ".html.j2"."""
    return path.removesuffix(_COMPILED) if path.endswith(".html.j2") else path.removesuffix(_TEXT)


def template_path(name: str) -> str:
    """The file of a template, relative to the folder."""
    called = template_name(name)
    return called + (_COMPILED if is_html(called) else _TEXT)


def is_html(name: str) -> bool:
    """Whether a template's name is that of a page or an e-mail, whose values are escaped."""
    return name.endswith(".html")


def is_leftover(name: str) -> bool:
    """Whether a file or folder name is an editor's or the system's, and so none of ours."""
    return name.startswith((".", "#", "__")) or name.endswith(("~", ".swp", ".swx", ".tmp", ".bak")) or name == "4913"


def read_files(folder: Path) -> PromptFiles:
    """Reads the whole folder. What cannot be read becomes a fault; this raises nothing."""
    if not folder.is_dir():
        return PromptFiles(MappingProxyType({}), (Fault(folder.name, 0, "", "the folder of prompts does not exist"),))
    texts: dict[str, str] = {}
    faults: list[Fault] = []
    for path in sorted(_walk(folder)):
        name = path.relative_to(folder).as_posix()
        read = _read(path, name)
        if isinstance(read, Fault):
            faults.append(read)
        elif read is not None:
            texts[name] = read
    return PromptFiles(MappingProxyType(texts), tuple(faults))


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not is_leftover(name)]
        paths = (Path(root, name) for name in files if not is_leftover(name))
        yield from (path for path in paths if path.is_file())


def _read(path: Path, name: str) -> str | Fault | None:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None  # deleted since the folder was listed
    except OSError as error:
        return Fault(name, 0, "", f"cannot be read: {error.strerror}")
    return _decode(content, name)


def _decode(content: bytes, name: str) -> str | Fault:
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Fault(name, line, "", f"byte 0x{content[error.start]:02x} is not UTF-8; save the file as UTF-8")
    if "\0" in text:
        return Fault(name, text.count("\n", 0, text.index("\0")) + 1, "", "holds a NUL character; delete it")
    return text
