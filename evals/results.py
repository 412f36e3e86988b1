"""A run's folder: what was found, in files that are the same for the same seed, and how long it took, in others.

While a run is under way each conversation is a line of the journal, in the order in which they end. At the end, also at
an early one, the lines are put in order and written as the result files. `--resume` begins from the journal.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.errors import EvalError
from evals.playing import Played
from evals.record import Conversation, Transcript
from evals.strict import Strict

FOLDER = Path(".evals")
JOURNAL, INFO = "journal.jsonl", "run.json"


class RunInfo(Strict):
    """What a run was of. Nothing in it depends on when, where, or with how many processes it ran."""

    suites: tuple[str, ...]
    model: str
    prompts: str
    prompt_hash: str
    templates: dict[str, str]
    seeds: int
    revision: str
    scenarios: dict[str, str]
    seeds_of: dict[str, int]
    cassette: str = ""
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A run's folder."""

    folder: Path

    @classmethod
    def begin(cls, name: str, info: RunInfo, prompts: dict[str, str], folder: Path = FOLDER) -> "Run":
        """Make the folder and write what the run is of."""
        run = cls(folder / name)
        run.folder.mkdir(parents=True)
        (run.folder / "prompts.json").write_text(_pretty(prompts), encoding="utf-8")
        run.describe(info)
        return run

    @classmethod
    def open(cls, folder: Path) -> "Run":
        """A run that is there.

        Raises:
            EvalError: the folder holds none.
        """
        run = cls(folder)
        if not (folder / INFO).exists():
            raise EvalError(f"{folder} holds no run ({INFO} is missing).")
        return run

    @property
    def name(self) -> str:
        """The run's id."""
        return self.folder.name

    @property
    def info(self) -> RunInfo:
        """What the run is of."""
        return RunInfo.model_validate_json((self.folder / INFO).read_text(encoding="utf-8"))

    @property
    def prompts(self) -> dict[str, str]:
        """The files of prompts that were run, by path."""
        return dict(json.loads((self.folder / "prompts.json").read_text(encoding="utf-8")))

    def describe(self, info: RunInfo) -> None:
        """Write what the run is of."""
        (self.folder / INFO).write_text(_pretty(info.model_dump(mode="json")), encoding="utf-8")

    def note(self, played: Played) -> None:
        """Write down a conversation that has ended, so that nothing which comes after can lose it."""
        line = {
            "conversation": played.conversation.model_dump(mode="json"),
            "transcript": played.transcript.model_dump(mode="json", exclude_defaults=True),
            "seconds": round(played.seconds, 4),
            "turn_ms": list(played.turn_ms),
        }
        with (self.folder / JOURNAL).open("a", encoding="utf-8") as journal:
            journal.write(_line(line))

    def noted(self) -> list[Played]:
        """What the journal holds; a last line that was cut short by a crash is left out."""
        path = self.folder / JOURNAL
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [played for line in lines if (played := _played(line))]

    def finish(self, played: Iterable[Played], clock: dict[str, Any], complete: bool) -> None:
        """Write the result files in order. The journal goes only when everything is in them."""
        ordered = sorted(played, key=lambda one: one.conversation.key)
        self._write("results.jsonl", (one.conversation.model_dump(mode="json") for one in ordered))
        self._write("transcripts.jsonl", (_told(one.transcript) for one in ordered))
        self._write("times.jsonl", (_times(one) for one in ordered))
        (self.folder / "clock.json").write_text(_pretty(clock), encoding="utf-8")
        self.describe(self.info.model_copy(update={"complete": complete}))
        if complete:
            (self.folder / JOURNAL).unlink(missing_ok=True)

    def conversations(self) -> list[Conversation]:
        """Every conversation, in order."""
        return [Conversation.model_validate_json(line) for line in self._lines("results.jsonl")]

    def transcripts(self) -> Iterator[Transcript]:
        """Every transcript, in the same order."""
        return (Transcript.model_validate_json(line) for line in self._lines("transcripts.jsonl"))

    def transcript(self, scenario: str, seed: int) -> Transcript | None:
        """One conversation's transcript."""
        found = (one for one in self.transcripts() if (one.scenario, one.seed) == (scenario, seed))
        return next(found, None)

    def times(self) -> list[dict[str, Any]]:
        """Seconds of each conversation and milliseconds of its turns, in the same order."""
        return [json.loads(line) for line in self._lines("times.jsonl")]

    def _lines(self, name: str) -> Iterator[str]:
        path = self.folder / name
        if not path.exists():
            return
        with path.open(encoding="utf-8") as file:
            yield from file

    def _write(self, name: str, rows: Iterable[dict[str, Any]]) -> None:
        draft = self.folder / f"{name}.draft"
        with draft.open("w", encoding="utf-8") as file:
            file.writelines(map(_line, rows))
        draft.rename(self.folder / name)


def run_name(now: datetime, model: str, prompt_hash: str) -> str:
    """A run's id: when, with what, and on which prompts."""
    plain = "".join(character if character.isalnum() else "-" for character in model)
    return f"{now:%Y%m%d-%H%M%S}-{plain}-{prompt_hash[:8]}"


def runs(folder: Path = FOLDER) -> list[Run]:
    """All runs, the newest last."""
    return [Run(path.parent) for path in sorted(folder.glob(f"*/{INFO}"))]


def find(text: str, folder: Path = FOLDER) -> Run:
    """A run by its id, the beginning or another part of it, its folder, or "latest" ("latest~1" the one before).

    Raises:
        EvalError: none is meant, or several are.
    """
    if (Path(text) / INFO).exists():
        return Run(Path(text))
    known = runs(folder)
    word, _, back = text.partition("~")
    if word == "latest" and (not back or back.isdigit()) and int(back or 0) < len(known):
        return known[-1 - int(back or 0)]
    found = [run for run in known if text in run.name]
    if len(found) != 1:
        meant = ", ".join(run.name for run in (found or known)[-5:]) or "none yet: uv run -m evals run smoke"
        raise EvalError(f"{text!r} means {len(found) or 'no'} runs; there are: {meant}.")
    return found[0]


def _played(line: str) -> Played | None:
    try:
        data = json.loads(line)
    except ValueError:
        return None
    conversation = Conversation.model_validate(data["conversation"])
    transcript = Transcript.model_validate(data["transcript"])
    return Played(conversation, transcript, data["seconds"], tuple(data["turn_ms"]))


def _told(transcript: Transcript) -> dict[str, Any]:
    return transcript.model_dump(mode="json", exclude_defaults=True)


def _times(played: Played) -> dict[str, Any]:
    one = played.conversation
    seconds = round(played.seconds, 4)
    return {"scenario": one.scenario, "seed": one.seed, "seconds": seconds, "turns": list(played.turn_ms)}


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n"


def _pretty(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
