"""Recordings of what models answered: strict, in readable text, and free of secrets.

A request (the model's name, its messages, the schemas of its tools) is known by the SHA-256 of its canonical JSON. A
request that is not in the recording is an error and never a call: it tells which template has changed since, because
each recording holds the hash of every template and which ones each request rests on. There is one file for each
conversation, of JSON lines; a text that comes again is written once and then named by its own hash.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from langchain_core.messages import AIMessage, BaseMessage, convert_to_openai_messages
from pydantic import SecretStr

from core.errors import CassetteError
from core.integrations.model_chain import Answer, Deadline, ModelChain, Tools
from core.prompts.prompt_files import template_name, template_path
from core.prompts.prompt_set import PromptSet
from core.settings import Settings

FORMAT = 1
SHOWN = 90
BLANK = "[secreto]"
_PATTERNS = re.compile(
    r"\bsk-[A-Za-z0-9_-]{8,}|\b\d{6,12}:[A-Za-z0-9_-]{30,}|(?<=Bearer )\S{12,}|(?<=://)[^/\s@]+:[^/\s@]+@"
)
_INCLUDE = re.compile(r"{%-?\s*(?:include|import|from|extends)\s+[\"']([^\"']+)[\"']")


LEAST_SECRET = 8
"""What is shorter, as one sets it for a server of one's own that asks for no key, would be found in common words."""


class Secrets:
    """What must never be written: the values of the secret settings, and whatever looks like a key."""

    def __init__(self, settings: Settings) -> None:
        values = (getattr(settings, name) for name in Settings.model_fields)
        known = (value.get_secret_value() for value in values if isinstance(value, SecretStr))
        self._known = [secret for secret in known if len(secret) >= LEAST_SECRET]

    def blanked(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._known:
            text = text.replace(secret, BLANK)
        return _PATTERNS.sub(BLANK, text)


class TracedPromptSet(PromptSet):
    """A set of prompts that remembers which templates were rendered."""

    def __init__(self, prompts: PromptSet, used: set[str]) -> None:
        self.__dict__.update(prompts.__dict__)
        self.used = used

    def render(self, template: str, /, **variables: object) -> str:
        """As the set does."""
        self.used.add(template)
        return super().render(template, **variables)

    def variants(self, template: str, /, **variables: object) -> list[str]:
        """As the set does."""
        self.used.add(template)
        return super().variants(template, **variables)


@dataclass(slots=True)
class Tape:
    """One conversation's recording. `texts` are messages by their hash; `requests` in the order in which they came."""

    templates: dict[str, str] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> "Tape":
        """Raises CassetteError when there is none, or when it cannot be read."""
        tape, number = cls(), 0
        try:
            for line in path.read_text(encoding="utf-8").splitlines():
                number += 1
                tape._take(json.loads(line))
        except FileNotFoundError:
            raise CassetteError(f"There is no recording {path}; make one with `evals record`.") from None
        except (ValueError, KeyError, AttributeError) as error:
            raise CassetteError(f"{path}:{number}: should be a line of a recording ({error}).") from None
        return tape

    def _take(self, line: dict[str, Any]) -> None:
        if "cassette" in line:
            self.templates = line["templates"]
        elif "text" in line:
            self.texts[line["text"]] = {"role": line["role"], "content": line["content"]}
        else:
            self.requests.append({"key": line["key"], **line})

    def answer(self, key: str) -> dict[str, Any] | None:
        """The recorded answer to a request."""
        return next((dict(one["answer"]) for one in self.requests if one["key"] == key), None)


@dataclass(slots=True)
class Deck:
    """Records into, or replays from, a folder. One lane has one; `begin` opens the tape of a conversation."""

    folder: Path
    mode: Literal["record", "replay"]
    model: str
    prompts: PromptSet
    secrets: Secrets
    used: set[str] = field(default_factory=set)
    turn: int = 0
    scenario: str = ""
    seed: int = 0
    count: int = 0
    tape: Tape = field(default_factory=Tape)

    def traced(self, prompts: PromptSet) -> PromptSet:
        """The same prompts, watched."""
        return TracedPromptSet(prompts, self.used)

    @property
    def path(self) -> Path:
        """The present conversation's file."""
        return self.folder / self.scenario / f"{self.seed}.jsonl"

    def begin(self, scenario: str, seed: int) -> None:
        """Open the tape of a conversation, at its beginning."""
        self.scenario, self.seed, self.count, self.turn = scenario, seed, 0, 0
        self.used.clear()
        if self.mode == "replay":
            self.tape = Tape.read(self.path)
            return
        self.tape = Tape(template_hashes(self.prompts))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        header = {"cassette": FORMAT, "model": self.model, "templates": self.tape.templates}
        self.path.write_text(_line(header), encoding="utf-8")

    def replayed(self, messages: list[BaseMessage], tools: Tools) -> Answer:
        """The recorded answer.

        Raises:
            CassetteError: this request was not recorded; names the templates that changed.
        """
        request = canonical(self.model, messages, tools)
        answer = self.tape.answer(key_of(request))
        self.count += 1
        if answer is None:
            raise CassetteError(self._missed(request))
        message = AIMessage(answer["content"], tool_calls=answer["tool_calls"], usage_metadata=answer.get("usage"))
        return Answer(message, answer["model"], answer["calls"])

    def write(self, messages: list[BaseMessage], tools: Tools, answer: Answer) -> None:
        """Add a request and its answer to the tape."""
        request = canonical(self.model, messages, tools)
        named = [*request["messages"], {"role": "tools", "content": _canonical(request["tools"])}]
        lines = [self._told(one) for one in named if short_hash(_canonical(one)) not in self.tape.texts]
        message = answer.message
        told = {
            "content": str(message.content),
            "tool_calls": [{key: call[key] for key in ("name", "args", "id")} for call in message.tool_calls],
            "usage": message.usage_metadata,
            "model": answer.model,
            "calls": answer.calls,
        }
        self.count += 1
        entry = {
            "key": key_of(request),
            "turn": self.turn,
            "messages": [short_hash(_canonical(one)) for one in named],
            "used": sorted(_with_included(self.used | _always(tools), self.prompts.files)),
            "answer": told,
        }
        with self.path.open("a", encoding="utf-8") as file:
            file.write(self.secrets.blanked("".join((*lines, _line(entry)))))

    def _told(self, message: Mapping[str, Any]) -> str:
        identity = short_hash(_canonical(message))
        content = message.get("content")
        shown = content if isinstance(content, str) else _canonical(content)
        calls = _canonical(message["tool_calls"]) if message.get("tool_calls") else ""
        self.tape.texts[identity] = {"role": str(message["role"]), "content": f"{shown or ''}{calls}"}
        return _line({"text": identity, **self.tape.texts[identity]})

    def _missed(self, request: Mapping[str, Any]) -> str:
        """Which templates changed, and where the request first differs from the recorded one."""
        now = template_hashes(self.prompts)
        recorded = self.tape.requests[self.count - 1] if self.count <= len(self.tape.requests) else None
        used = self.used | _always(request["tools"]) | set(recorded["used"] if recorded else ())
        paths = {template_path(name) for name in _with_included(used, self.prompts.files)}
        changed = {path for path in {*now, *self.tape.templates} if now.get(path) != self.tape.templates.get(path)}
        culprits = sorted(path for path in changed & paths)
        why = (
            f"changed since: {', '.join(culprits)}"
            if culprits
            else "no template that it rests on has changed: the code that composes it has"
        )
        return (
            f"{self.path}: request {self.count} of turn {self.turn} was not recorded; {why}. "
            f"{self._difference(request, recorded)}Record again: uv run -m evals record"
        )

    def _difference(self, request: Mapping[str, Any], recorded: Mapping[str, Any] | None) -> str:
        if recorded is None:
            return f"The recording ends after {len(self.tape.requests)} requests. "
        named = [*request["messages"], {"role": "tools", "content": _canonical(request["tools"])}]
        for place, one in enumerate(named):
            known = recorded["messages"][place] if place < len(recorded["messages"]) else ""
            if short_hash(_canonical(one)) != known:
                before = self.tape.texts.get(known, {}).get("content", "")
                parted = _beside(before, str(one.get("content")))
                return f"First difference, message {place + 1} ({one['role']}): {parted}. "
        return ""


class DeckChain(ModelChain):
    """A chain that records what the real one answers, or answers from the recording and asks nobody."""

    def __init__(self, chain: ModelChain, deck: Deck) -> None:
        self._chain, self._deck = chain, deck

    def deadline(self) -> Deadline:
        """A turn's whole time, from now."""
        return self._chain.deadline()

    async def aclose(self) -> None:
        """Close the connections of the remote models."""
        await self._chain.aclose()

    async def ask(self, messages: list[BaseMessage], tools: Tools = (), deadline: Deadline | None = None) -> Answer:
        """Get an answer."""
        if self._deck.mode == "replay":
            return self._deck.replayed(messages, tools)
        answer = await self._chain.ask(messages, tools, deadline)
        self._deck.write(messages, tools, answer)
        return answer


def canonical(model: str, messages: list[BaseMessage], tools: Tools) -> dict[str, Any]:
    """A request as plain data, the same whenever the same is asked."""
    written: Any = convert_to_openai_messages(messages)
    return {"model": model, "messages": written, "tools": list(tools)}


def key_of(request: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the request's canonical JSON."""
    return hashlib.sha256(_canonical(request).encode()).hexdigest()


def template_hashes(prompts: PromptSet) -> dict[str, str]:
    """Each file of a set of prompts by its path, as a hash of 16 hexadecimal digits."""
    return {path: short_hash(text) for path, text in sorted(prompts.files.items())}


def short_hash(text: str) -> str:
    """The first 16 hexadecimal digits of the text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _always(tools: Iterable[Mapping[str, Any]]) -> set[str]:
    """Templates that are rendered once for many turns, so that a trace of one turn does not see them."""
    return {"system", *(f"tools/{tool['function']['name']}" for tool in tools)}


def _with_included(names: Iterable[str], files: Mapping[str, str]) -> set[str]:
    known, left = set[str](), list(names)
    while left:
        name = template_name(left.pop())
        if name not in known:
            known.add(name)
            left += _INCLUDE.findall(files.get(template_path(name), ""))
    return known


def _beside(before: str, after: str) -> str:
    """Where two texts part, with a little of what stands there."""
    place = next(
        (at for at, (one, two) in enumerate(zip(before, after, strict=False)) if one != two),
        min(len(before), len(after)),
    )
    start = max(0, place - 20)
    return f"«{_flat(before[start : place + SHOWN])}» was recorded, now «{_flat(after[start : place + SHOWN])}»"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
