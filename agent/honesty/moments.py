"""Known moments (offer ends, course starts, link expires) and whether a day or deadline that is named fits one of them.

A moment is the same day for everyone between Mexico City and Madrid: a named day fits if it is that day on any clock
there. A moment known by its date only lasts that whole day. What is counted from now fits within one unit, or a tenth
of the stretch, because "en 48 horas" is said of 47 and a half.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Final, Self

_CLOCKS: Final = tuple(timezone(timedelta(hours=hours)) for hours in (-6, -5, -4, -3, 0, 1, 2))
_WEEK: Final = 8
_STEPS: Final = {
    "seconds": timedelta(seconds=1), "minutes": timedelta(minutes=1), "hours": timedelta(hours=1),
    "days": timedelta(days=1), "weeks": timedelta(weeks=1), "fortnights": timedelta(weeks=2),
    "months": timedelta(days=30), "bimesters": timedelta(days=61), "quarters": timedelta(days=91),
    "semesters": timedelta(days=182), "years": timedelta(days=365),
}  # fmt: skip
_SLACK: Final = {"seconds": timedelta(seconds=30), "minutes": timedelta(minutes=2), "months": timedelta(days=7)}
_URGENT: Final = {"hours": timedelta(hours=48), "days": timedelta(days=8)}
_PRESSING: Final = ("offer.", "payment.", "demo.")


@dataclass(frozen=True, slots=True)
class Moment:
    """`whole_day` where only the date is known; `key` is the fact's, "" for a date found in free text."""

    at: datetime
    whole_day: bool
    key: str

    @classmethod
    def parse(cls, value: str, key: str) -> Self | None:
        """From an ISO date or date-time (UTC where none is said); None for anything else."""
        try:
            if len(value) == 10:
                return cls(datetime.combine(date.fromisoformat(value), time(), UTC), True, key)
            at = datetime.fromisoformat(value)
            return cls(at if at.tzinfo else at.replace(tzinfo=UTC), False, key)
        except ValueError:
            return None

    def days(self) -> frozenset[date]:
        """The dates on which it falls, on the clocks that count."""
        if self.whole_day:
            return frozenset({self.at.date()})
        return frozenset(_on(clock, self.at) for clock in _CLOCKS)

    def fits(self, value: str, unit: str, now: datetime) -> bool:
        """Whether a DATE claim (see `agent.honesty.claims`) names this moment, said at `now`."""
        if unit.startswith("in "):
            return self._fits_stretch(Decimal(value), unit.removeprefix("in "), now)
        if unit == "vague":
            return self._is_pressing(value, now)
        if unit == "time":
            return self._fits_time(value)
        if unit in ("relative", "weekday"):
            return any(self._fits_clock(value, unit, clock, now) for clock in _CLOCKS)
        return any(_shown(day, unit) == value for day in self.days())

    def _fits_clock(self, value: str, unit: str, clock: timezone, now: datetime) -> bool:
        day = self.at.date() if self.whole_day else _on(clock, self.at)
        away = (day - _on(clock, now)).days
        if unit == "relative":
            return away == int(value)
        return 0 <= away <= _WEEK and str(day.weekday()) in value.split(",")

    def _fits_stretch(self, amount: Decimal, unit: str, now: datetime) -> bool:
        if unit not in _STEPS or not 0 <= amount <= 1000:
            return False
        target = now + _STEPS[unit] * float(amount)
        slack = max(
            _SLACK.get(unit, min(_STEPS[unit], timedelta(days=2))), min((target - now) / 10, timedelta(hours=12))
        )
        first, last = (
            (self.at - timedelta(hours=2), self.at + timedelta(hours=30)) if self.whole_day else (self.at, self.at)
        )
        return last >= now and first - slack <= target <= last + slack

    def _fits_time(self, value: str) -> bool:
        hour, minute = (int(part) for part in value.split(":"))
        if self.whole_day:
            return (hour % 24, minute) in ((23, 59), (0, 0))
        # "24:00" is said of an end at 23:59; without "am" or "pm", eleven may be either.
        ends = [self.at.astimezone(clock) for clock in _CLOCKS]
        shown = {(at.hour % 12, at.minute) for one in ends for at in (one, one + timedelta(minutes=1))}
        return (hour % 12, minute) in shown

    def _is_pressing(self, value: str, now: datetime) -> bool:
        if not self.key.startswith(_PRESSING):
            return False
        end = self.at + timedelta(hours=30 if self.whole_day else 0)
        return now <= end and (value not in _URGENT or self.at - now <= _URGENT[value])


def _on(clock: timezone, at: datetime) -> date:
    try:
        return at.astimezone(clock).date()
    except OverflowError:  # the first and last day that there are
        return at.date()


def _shown(day: date, unit: str) -> str:
    shown = {"date": day.isoformat(), "day": f"--{day:%m-%d}", "month": f"--{day:%m}", "monthday": str(day.day)}
    return shown.get(unit, "")
