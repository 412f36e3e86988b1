"""Where a person probably is, told from what little is known, and how sure that is.

A zone that the person gave, or chose when booking, is taken as it is. Else each zone gets a weight: the zones of the
country they named, or of their telephone's code, by population; with neither, those where the chat's language is
spoken. The hours at which they write then shift the weights, because people write while they are awake. Whoever is
not placed surely is written to only when it is day in every zone where they may well be.

Sources: zones by tz database; the weights of countries are rounded shares of speakers (Instituto Cervantes, yearbook
2024), those inside a country rounded shares of its population; the curve of waking hours is an assumption.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from core.domain.countries import country_code
from core.domain.zones import known_zone

SURE = 0.9
"""From this confidence on nobody need be asked where they are."""
_PLAUSIBLE = 0.95
"""The zones that together weigh this much are those where the person may well be."""

_ZONES: Mapping[str, Mapping[str, float]] = {
    "AR": {"America/Argentina/Buenos_Aires": 1},
    "BO": {"America/La_Paz": 1},
    "BR": {"America/Sao_Paulo": 0.93, "America/Manaus": 0.06, "America/Rio_Branco": 0.01},
    "CL": {"America/Santiago": 0.99, "America/Punta_Arenas": 0.01},
    "CO": {"America/Bogota": 1},
    "CR": {"America/Costa_Rica": 1},
    "CU": {"America/Havana": 1},
    "DO": {"America/Santo_Domingo": 1},
    "EC": {"America/Guayaquil": 0.998, "Pacific/Galapagos": 0.002},
    "ES": {"Europe/Madrid": 0.955, "Atlantic/Canary": 0.045},
    "GQ": {"Africa/Malabo": 1},
    "GT": {"America/Guatemala": 1},
    "HN": {"America/Tegucigalpa": 1},
    "MX": {"America/Mexico_City": 0.91, "America/Hermosillo": 0.05, "America/Tijuana": 0.03, "America/Cancun": 0.01},
    "NI": {"America/Managua": 1},
    "PA": {"America/Panama": 1},
    "PE": {"America/Lima": 1},
    "PR": {"America/Puerto_Rico": 1},
    "PT": {"Europe/Lisbon": 0.96, "Atlantic/Azores": 0.04},
    "PY": {"America/Asuncion": 1},
    "SV": {"America/El_Salvador": 1},
    "US": {
        "America/New_York": 0.47,
        "America/Chicago": 0.29,
        "America/Denver": 0.07,
        "America/Los_Angeles": 0.17,
    },
    "UY": {"America/Montevideo": 1},
    "VE": {"America/Caracas": 1},
}
_SPANISH = (
    "MX .27 CO .11 ES .10 AR .10 US .09 PE .07 VE .06 CL .04 EC .04 GT .03 BO .02 CU .02 DO .02 HN .02 "
    "PY .01 SV .01 NI .01 CR .01 PA .01 UY .01 PR .01"
)
_SPOKEN = {"es": _SPANISH, "en": "US .6 " + _SPANISH, "pt": "BR .94 PT .06"}
_CALLING = {
    "1787": "PR",
    "1939": "PR",
    "1809": "DO",
    "1829": "DO",
    "1849": "DO",
    "1": "US",
    "34": "ES",
    "351": "PT",
    "502": "GT",
    "503": "SV",
    "504": "HN",
    "505": "NI",
    "506": "CR",
    "507": "PA",
    "51": "PE",
    "52": "MX",
    "53": "CU",
    "54": "AR",
    "55": "BR",
    "56": "CL",
    "57": "CO",
    "58": "VE",
    "591": "BO",
    "593": "EC",
    "595": "PY",
    "598": "UY",
    "240": "GQ",
}
_AWAKE = (5, 2, 1, 1, 1, 2, 5, 10, 14, 17, 18, 18, 18, 17, 17, 17, 17, 18, 19, 20, 20, 19, 16, 11)
"""How readily people write at each hour of their own clock, in any unit."""
_LUCK = 0.25
"""The share of messages that say nothing about where somebody is: night shifts, journeys, sleepless nights."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of where a person is. `active` are hours (aware, one for each hour in which they wrote)."""

    stated: str | None = None
    booked: str | None = None
    country: str | None = None
    phone: str | None = None
    language: str = "es"
    active: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """`zone` is the most likely one; `plausible` are all where the person may well be, the likeliest first, which is
    this one alone when that is sure.
    """

    zone: str
    confidence: float
    source: str
    plausible: tuple[str, ...]

    @property
    def is_sure(self) -> bool:
        """Whether the zone may be relied on."""
        return self.confidence >= SURE

    def clocks(self) -> tuple[ZoneInfo, ...]:
        """The zones of `plausible`, one for each time of day that it is there at any moment."""
        return tuple(ZoneInfo(name) for name in self.plausible)


def zone_of(known: Known) -> Place:
    """Where the person probably is. Never fails: with nothing known it is where the language is spoken."""
    for name, source in ((known.stated, "stated"), (known.booked, "booking")):
        if name and known_zone(name):
            return Place(name, 1.0, source, (name,))
    weights, source = _believed(known)
    if known.active:
        weights, source = _shifted(weights, known.active), f"{source}+activity"
    return _place(weights, source)


def calling_country(phone: str | None) -> str | None:
    """The country of a telephone number in international form ("+52 55..."), or None."""
    digits = "".join(character for character in phone or "" if character.isdigit())
    if not (phone or "").strip().startswith(("+", "00")):
        return None
    digits = digits.removeprefix("00")
    return next((_CALLING[digits[:length]] for length in (4, 3, 2, 1) if digits[:length] in _CALLING), None)


def _believed(known: Known) -> tuple[dict[str, float], str]:
    for country, source in ((country_code(known.country), "country"), (calling_country(known.phone), "phone")):
        if country:
            return dict(_ZONES[country]), source
    spoken = _SPOKEN.get(known.language, _SPANISH).split()
    weights: dict[str, float] = {}
    for country, share in zip(spoken[::2], spoken[1::2], strict=True):
        for name, part in _ZONES[country].items():
            weights[name] = weights.get(name, 0.0) + float(share) * part
    return weights, "language"


def _shifted(weights: Mapping[str, float], active: Collection[datetime]) -> dict[str, float]:
    """Bayes' rule: each hour in which the person wrote speaks for the zones where it was day."""
    total = sum(_AWAKE)
    curve = [_LUCK / 24 + (1 - _LUCK) * share / total for share in _AWAKE]
    logs = {name: math.log(weight) + _told(curve, ZoneInfo(name), active) for name, weight in weights.items()}
    highest = max(logs.values())
    return {name: math.exp(value - highest) for name, value in logs.items()}


def _told(curve: list[float], place: ZoneInfo, active: Iterable[datetime]) -> float:
    """Hours of one visit say the same twice, so each counts half."""
    return sum(0.5 * math.log(curve[moment.astimezone(place).hour]) for moment in active)


def _place(weights: Mapping[str, float], source: str) -> Place:
    """The confidence is in the time of day, not in the city: zones with the same clock now are one."""
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    total, reached, plausible = sum(weights.values()), 0.0, []
    for name, weight in ranked:
        plausible.append(name)
        reached += weight / total
        if reached >= _PLAUSIBLE:
            break
    first = ranked[0][0]
    clock = _offsets(first)
    agreeing = sum(weight for name, weight in ranked if _offsets(name) == clock) / total
    return Place(first, min(agreeing, 0.99), source, (first,) if agreeing >= SURE else tuple(plausible))


def _offsets(name: str) -> tuple[object, object]:
    """The offsets in both halves of a year, by which clocks are told apart."""
    return tuple(datetime(2026, month, 1, tzinfo=UTC).astimezone(ZoneInfo(name)).utcoffset() for month in (1, 7))  # type: ignore[return-value]
