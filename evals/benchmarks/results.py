"""What has been measured so far, which may be less than was planned."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median

from evals.benchmarks.growth import Weight
from evals.benchmarks.lap import Course, Lap
from evals.benchmarks.lines import Mix

BRENDA, LOOP, STOCK = "brenda", "loop", "stock"
TITLES = {
    BRENDA: "(a) Brenda, inbox to outbox",
    LOOP: "(b) bare client + INSERT",
    STOCK: "(c) create_agent + AsyncPostgresSaver",
}


Best = Callable[[Iterable[float]], float]
"""`max` or `min`."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One lap of one contestant."""

    name: str
    latency: float
    course: Course
    lap: Lap


@dataclass(slots=True)
class Results:
    """`trips` holds round trips a turn by contestant and mix; `weights` what one long chat weighs near its marks."""

    trials: list[Trial] = field(default_factory=list)
    trips: dict[str, dict[Mix, float]] = field(default_factory=dict)
    weights: dict[str, tuple[Weight, ...]] = field(default_factory=dict)

    def laps(self, name: str, lanes: int, latency: float = 0.0, mix: Mix = Mix.HALF) -> list[Lap]:
        """The laps of one contestant on one course, in the order in which they were run."""
        wanted = (name, lanes, latency, mix)
        return [
            trial.lap
            for trial in self.trials
            if (trial.name, trial.course.lanes, trial.latency, trial.course.mix) == wanted
        ]

    def ratio(self, one: str, other: str, lanes: int, figure: Callable[[Lap], float], best: Best) -> float | None:
        """One contestant's best figure divided by the other's; None if one of them has none."""
        mine, theirs = self.laps(one, lanes), self.laps(other, lanes)
        return best(map(figure, mine)) / best(map(figure, theirs)) if mine and theirs else None

    def usual_ratio(self, one: str, other: str, lanes: int, figure: Callable[[Lap], float]) -> float | None:
        """The median of one contestant's figure divided by the other's, of laps that followed each other."""
        pairs = zip(self.laps(one, lanes), self.laps(other, lanes), strict=False)
        quotients = [figure(mine) / figure(theirs) for mine, theirs in pairs]
        return median(quotients) if quotients else None

    def weight(self, name: str, mark: int) -> Weight | None:
        """What a turn near the mark weighs."""
        return next((weight for weight in self.weights.get(name, ()) if weight.mark == mark), None)

    def calls(self, name: str, mix: Mix) -> float | None:
        """Model calls a turn, over all laps of the mix."""
        laps = [trial.lap for trial in self.trials if trial.name == name and trial.course.mix is mix]
        turns = sum(lap.turns for lap in laps)
        return sum(lap.calls for lap in laps) / turns if turns else None


def typical(laps: list[Lap], figure: Callable[[Lap], float]) -> float:
    """The median over the rounds."""
    return median(figure(lap) for lap in laps)
