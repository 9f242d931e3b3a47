"""When an account sends and how many articles at once: fixed weekdays, working days, bursts, listed
dates, extra pushes before sales.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from plan import SHANGHAI, Row

__all__ = ["Push", "schedule_pushes"]


@dataclass
class Push:
    """One send-out: when, how many articles, and whether it is an extra one before a sale."""

    when: datetime
    count: int
    extra: bool = False


def each_day(start: date, end: date) -> Iterator[date]:
    """All days from start to end, both included."""
    for n in range((end - start).days + 1):
        yield start + timedelta(days=n)


def at_time(day: date, clock: str, jitter: int, rng: random.Random) -> datetime:
    """A time of day, some seconds early or late; a clockwork sender (up to a minute) is only ever
    late.
    """
    hour, minute = (int(x) for x in clock.split(":"))
    shift = (
        rng.randint(0, jitter)
        if jitter <= 60
        else round(rng.triangular(-jitter, jitter, jitter / 6))
    )
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI) + timedelta(
        seconds=shift
    )


def random_time(day: date, hours: Sequence[int], rng: random.Random) -> datetime:
    """A time anywhere between two hours."""
    second = rng.randint(hours[0] * 3600, hours[1] * 3600 - 1)
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(seconds=second)


def draw_count(spec: Row, day: date, rng: random.Random) -> int:
    """How many articles a push carries: by weekday, or by shares when the keys are counts."""
    if "default" in spec:
        mean = float(
            spec[str(day.isoweekday())] if str(day.isoweekday()) in spec else spec["default"]
        )
        return int(mean) + (rng.random() < mean % 1)
    counts = sorted(spec)
    return int(rng.choices(counts, [spec[c] for c in counts])[0])


def is_closed(part: Row, day: date) -> bool:
    """Whether a day is in one of the schedule's public holidays."""
    return any(low <= day.isoformat() <= high for low, high in part.get("closed", []))


def weekly_pushes(part: Row, days: Iterable[date], rng: random.Random) -> list[Push]:
    """Pushes on fixed weekdays at a fixed hour, with a few left out."""
    return [
        Push(at_time(day, part["at"], part["jitter"], rng), draw_count(part["articles"], day, rng))
        for day in days
        if day.isoweekday() in part["days"] and rng.random() >= part.get("skip", 0)
    ]


def irregular_pushes(part: Row, days: Iterable[date], rng: random.Random) -> list[Push]:
    """Pushes on random working days at random working hours."""
    return [
        Push(random_time(day, part["hours"], rng), draw_count(part["articles"], day, rng))
        for day in days
        if day.isoweekday() <= 5 and rng.random() < part["chance"] and not is_closed(part, day)
    ]


def burst_pushes(part: Row, days: Iterable[date], rng: random.Random) -> list[Push]:
    """Some busy days, then a silence, again and again; nothing at all during the long pause."""
    low, high = (date.fromisoformat(d) for d in part["pause"])
    busy, left, out = True, rng.randint(*part["burst_days"]), list[Push]()
    for day in days:
        if left == 0:
            busy = not busy
            left = rng.randint(*part["burst_days" if busy else "rest_days"])
        left -= 1
        if busy and not low <= day <= high and rng.random() < part["chance"]:
            out.append(
                Push(random_time(day, part["hours"], rng), draw_count(part["articles"], day, rng))
            )
    return out


def listed_pushes(part: Row, rng: random.Random) -> list[Push]:
    """Pushes at the times written in the plan, seconds invented."""
    times = (
        datetime.fromisoformat(t).replace(tzinfo=SHANGHAI, second=rng.randint(0, 59))
        for t in part["dates"]
    )
    return [Push(t, 1) for t in times]


def extra_pushes(plan: Row, account: Row, pushes: Sequence[Push], rng: random.Random) -> list[Push]:
    """Before 618 and 双11 shops send on other days too; a monthly column sends on its day whatever
    weekday it is.
    """
    taken = {p.when.date() for p in pushes}
    out: list[Push] = []
    begin = min(taken)
    for low, high, _ in plan["sales"] if account.get("shop") else []:
        for day in each_day(date.fromisoformat(low), date.fromisoformat(high)):
            if (
                day >= begin
                and day not in taken
                and rng.random() < account.get("sales_chance", 0.5)
            ):
                out.append(
                    Push(at_time(day, account["schedule"][0]["at"], 1800, rng), 1, extra=True)
                )
                taken.add(day)
    monthly = [c["monthday"] for c in account.get("columns", []) if "monthday" in c]
    for day in each_day(*(date.fromisoformat(d) for d in plan["window"])):
        if day.day in monthly and day not in taken:
            out.append(Push(at_time(day, account["schedule"][0]["at"], 600, rng), 1))
    return out


def schedule_pushes(plan: Row, account: Row, rng: random.Random) -> list[Push]:
    """All pushes of one account in order: its schedule, the spring-festival silence, extra ones
    before sales.
    """
    first, last = (date.fromisoformat(d) for d in plan["window"])
    draw = {"weekly": weekly_pushes, "irregular": irregular_pushes, "burst": burst_pushes}
    pushes: list[Push] = []
    for part in account["schedule"]:
        start = max(first, date.fromisoformat(part.get("from", plan["window"][0])))
        days = list(
            each_day(start, min(last, date.fromisoformat(part.get("to", plan["window"][1]))))
        )
        pushes += (
            listed_pushes(part, rng)
            if part["kind"] == "listed"
            else draw[part["kind"]](part, days, rng)
        )
    clockwork = any(part.get("clockwork") for part in account["schedule"])
    low, high = (date.fromisoformat(d) for d in plan["quiet"])
    kept = [
        p for p in pushes if clockwork or not low <= p.when.date() <= high or rng.random() < 0.12
    ]
    return sorted(kept + extra_pushes(plan, account, kept, rng), key=lambda p: p.when)
