"""Candidates that are one column under two names, in two slots or spellings, joined. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

from analysis.columns.candidates import Candidate
from analysis.columns.scoring import History

__all__ = []

LEAST_PROBABILITY = 0.5  # as likely as not


_SAME = (
    0.6  # two signs that share this much of their articles (Jaccard) are one column under two names
)


_STEADY = 0.9  # how sure a fixed place, kept week after week, makes


MIN_CELL = 8  # issues before a fixed slot means anything


IN_CELL = 0.8


_MIN_RENAMED = 6  # issues under each name


_FRAMES = ("head", "tail", "wording", "colon", "dated")


_QUALIFIERS = re.compile(r"^(?:独家|重磅|最新|今日|本周|特别|延长|加更|番外|补充|第#?期?|#|n)+$")


_COMMON = set("的一是了在有人这中大来上个国我说们为子和你")


@dataclass(slots=True)
class Sign:
    candidate: Candidate
    probability: float
    mass: float  # how many of the account's articles have a recurring mark of this form
    others: list[Candidate] = field(default_factory=list)  # the same column under other names

    @property
    def members(self) -> set[int]:
        return self.candidate.members

    def copy(self) -> Sign:
        """One that can be changed without changing this one."""
        own = replace(self.candidate, members=set(self.members))
        return replace(self, candidate=own, others=list(self.others))


def join_cells(signs: list[Sign], history: History) -> list[Sign]:
    """What keeps one place (weekday and slot) week after week is a column, and wordings that take
    turns there are one: its slot column.
    """
    signs = [sign.copy() for sign in signs]
    cells: defaultdict[tuple[int, int], list[Sign]] = defaultdict(list)
    marked = [
        s for s in signs if s.probability >= LEAST_PROBABILITY and s.candidate.form not in _FRAMES
    ]
    for sign in signs:
        if (
            sign.candidate.form not in _FRAMES
            or len(sign.members) < 3
            or any(len(s.members & sign.members) >= _SAME * len(sign.members) for s in marked)
        ):
            continue
        if (cell := cell_of(sign.members, history)) is not None:
            cells[cell].append(sign)
    used: set[int] = set()
    joined: list[Sign] = []
    for _, group in sorted(cells.items()):
        members = set().union(*(s.members for s in group))
        if len(members) < MIN_CELL or not _is_weekly(members, history):
            continue
        largest = max(group, key=lambda s: (len(s.members), s.candidate.key))
        if len(largest.members) >= _SAME * len(members):
            largest.probability = max(largest.probability, _STEADY)
            continue
        turns = Candidate(
            largest.candidate.key,
            largest.candidate.words,
            members,
            Counter({largest.candidate.name: 1}),
            Counter({"slot": len(members)}),
        )
        joined.append(Sign(turns, _STEADY, len(members)))
        used |= {id(s) for s in group}
    return [s for s in signs if id(s) not in used] + joined


def cell_of(members: set[int], history: History) -> tuple[int, int] | None:
    """The weekday (0 = Monday) and slot that four in five of these articles share, None where there
    is no such place.
    """
    placed = [
        ((day - 1) % 7, slot)
        for i in members
        if (day := history.days[i]) is not None and (slot := history.slots[i]) is not None
    ]
    if len(placed) < 3:
        return None
    cell, n = min(Counter(placed).items(), key=lambda item: (-item[1], item[0]))
    return cell if n >= IN_CELL * len(members) else None


def _is_weekly(members: set[int], history: History) -> bool:
    days = sorted({day for i in members if (day := history.days[i]) is not None})
    return len(days) >= MIN_CELL and 6 <= median(b - a for a, b in pairwise(days)) <= 8


def join_same(signs: Iterable[Sign]) -> list[Sign]:
    """Fold each sign into a surer one that holds nearly the same articles; an album
    keeps its name.
    """
    joined: list[Sign] = []
    for sign in sorted(
        (sign.copy() for sign in signs),
        key=lambda s: (
            "album" not in s.candidate.forms,
            s.candidate.form in ("head", "tail", "part", "wording"),
            -s.probability,
            -len(s.members),
            s.candidate.key,
        ),
    ):
        same = next(
            (
                o
                for o in joined
                if len(o.members & sign.members) >= _SAME * len(o.members | sign.members)
            ),
            None,
        )
        if same is None:
            joined.append(sign)
        else:
            same.candidate.members |= sign.members
            same.others.append(sign.candidate)
    return joined


def join_variants(signs: list[Sign], history: History) -> list[Sign]:
    """独家首发 is 首发: a name that is another and a mere qualifier or a piece of the account's own
    name beside it.
    """
    copies = (sign.copy() for sign in signs)
    by_length = sorted(copies, key=lambda s: (len(s.candidate.words), s.candidate.key))
    joined: list[Sign] = []
    for sign in by_length:
        words = sign.candidate.words
        base = next(
            (
                o
                for o in joined
                if o.candidate.words
                and (words.endswith(o.candidate.words) or words.startswith(o.candidate.words))
                and _is_extra(words, o.candidate.words, history)
            ),
            None,
        )
        if base is None:
            joined.append(sign)
        else:
            _fold(base, sign)
    return joined


def _is_extra(words: str, base: str, history: History) -> bool:
    rest = words.removesuffix(base) if words.endswith(base) else words.removeprefix(base)
    rest = rest.strip("|·:- ")
    return not rest or bool(_QUALIFIERS.match(rest)) or (len(rest) >= 2 and rest in history.account)


def _fold(base: Sign, sign: Sign) -> None:
    base.candidate.members |= sign.members
    base.others.append(sign.candidate)
    base.probability = max(base.probability, sign.probability)


def join_renamed(signs: list[Sign], history: History) -> list[Sign]:
    """A column that takes over another's slot and rhythm at once and keeps a word of its name is
    the same one under a new name.
    """
    signs = [sign.copy() for sign in signs]
    spans = {
        id(s): days
        for s in signs
        if len(days := sorted({d for i in s.members if (d := history.days[i]) is not None}))
        >= _MIN_RENAMED
    }
    order = sorted(
        (s for s in signs if id(s) in spans), key=lambda s: (spans[id(s)][0], s.candidate.key)
    )
    gone: set[int] = set()
    for later in order:
        for earlier in order:
            if (
                id(earlier) in gone
                or earlier is later
                or not _takes_over(spans[id(earlier)], spans[id(later)])
            ):
                continue
            if _shares_word(
                earlier.candidate.words, later.candidate.words, history.account
            ) and _slot(earlier.members, history) == _slot(later.members, history):
                later.candidate.members |= earlier.members
                later.others.append(earlier.candidate)
                spans[id(later)] = sorted({*spans[id(earlier)], *spans[id(later)]})
                gone.add(id(earlier))
    return [s for s in signs if id(s) not in gone]


def _takes_over(earlier: Sequence[int], later: Sequence[int]) -> bool:
    before, after = (median(b - a for a, b in pairwise(days)) for days in (earlier, later))
    return earlier[-1] < later[0] <= earlier[-1] + 2.5 * before and max(before, after) <= 1.5 * min(
        before, after
    )


def _shares_word(first: str, second: str, account: str) -> bool:
    return bool(
        {c for c in first if c.isalpha()}
        & {c for c in second if c.isalpha()} - _COMMON - set(account)
    )


def _slot(members: set[int], history: History) -> int | None:
    slots = Counter(slot for i in members if (slot := history.slots[i]) is not None)
    return min(slots, key=lambda s: (-slots[s], s)) if slots else None
