"""One account's weighed candidates -> its content columns and who is in them, each with a strength.
Pure.

Two signs of one column are made one, each article goes to at most one column, and what is left over
stays left over.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log
from statistics import median

from analysis.columns.attribution import Attributes, match_articles
from analysis.columns.candidates import COUNTED, Candidate, Title, collect_candidates
from analysis.columns.joining import (
    IN_CELL,
    LEAST_PROBABILITY,
    MIN_CELL,
    Sign,
    cell_of,
    join_cells,
    join_renamed,
    join_same,
    join_variants,
)
from analysis.columns.scoring import History, score_candidates
from analysis.text.normalize import normalize_key

__all__ = ["KINDS", "AccountColumn", "find_account_columns"]

KINDS = ("album", "marker", "suffix", "series", "slot", "formula", "theme")
_CLEAR = 0.8
_SMALL_ACCOUNT = 10  # below this many titles two of a kind are no pattern yet
_LONG_TITLES, _LONG_DAYS = 100, 60  # and in a longer history two of a kind are an accident
# mean log ratio from which an unmarked title reads like the column's rather than like the rest
_LIKE = 0.6
_READ_FOR_NAME = 6  # titles a name is read from
_KIND_OF = {
    "album": "album",
    "numbered": "series",
    "dated": "series",
    "wording": "series",
    "head": "formula",
    "tail": "suffix",
    "bar_end": "suffix",
    "dash_end": "suffix",
    "slot": "slot",
}
_NUMBERS = re.compile(r"\d+")
_TRIM = " \t|｜丨:：-—_·,，。、~～/（(【[《「N年月日号"


@dataclass(slots=True)
class AccountColumn:
    """One content column: the key it is known by ("": by its first article), its name, its kind,
    how likely it is one, its articles with their strengths.
    """

    key: str
    name: str
    kind: str
    probability: float
    members: dict[int, float] = field(default_factory=dict)


def find_account_columns(
    titles: Sequence[Title],
    albums: Sequence[Iterable[str]],
    history: History,
    attributes: Sequence[Sequence[str | None]] = (),
) -> list[AccountColumn]:
    """The content columns of one account, biggest first, no article in two. Indices are into
    `titles`, in order of time.

    `borne` is what each article bears beside its title, as columns/attribution.py reads it; where
    it is empty only titles, albums, times and slots speak.
    """
    least = _least(titles, history)
    candidates = [
        c for c in collect_candidates(titles, albums, least=least) if c.key != history.account
    ]
    probabilities = score_candidates(candidates, titles, history)
    signs = join_cells(_to_signs(candidates, probabilities), history)
    signs = join_renamed(
        join_variants(join_same(s for s in signs if s.probability >= LEAST_PROBABILITY), history),
        history,
    )
    columns = _assign(signs, titles, least)
    _keep_wordings_together(columns, titles)
    columns = [column for column in columns if len(column.members) >= least]
    for column in columns:
        _add_missed_issues(column, columns, titles, history)
    if any(any(values) for values in attributes):
        _add_matching(columns, attributes)
    return sorted(columns, key=lambda c: (-len(c.members), c.key))


def _least(titles: Sequence[Title], history: History) -> int:
    """How many different titles make a column: two in a short but not tiny history, else three."""
    days = [day for day in history.days if day is not None]
    long = len(titles) >= _LONG_TITLES and max(days, default=0) - min(days, default=0) > _LONG_DAYS
    return 3 if long or len(titles) < _SMALL_ACCOUNT else 2


def _to_signs(candidates: Sequence[Candidate], probabilities: Sequence[float]) -> list[Sign]:
    owners: defaultdict[str, set[int]] = defaultdict(set)
    for candidate, p in zip(candidates, probabilities, strict=True):
        if p >= LEAST_PROBABILITY:
            owners[candidate.form] |= candidate.members
    return [
        Sign(candidate, p, len(owners[candidate.form]))
        for candidate, p in zip(candidates, probabilities, strict=True)
    ]


def _assign(signs: list[Sign], titles: Sequence[Title], least: int) -> list[AccountColumn]:
    """Every article to one column: marks of the form the account uses most first, small before big;
    an album gives way to a smaller mark inside it.
    """
    taken: set[int] = set()
    columns: list[AccountColumn] = []
    for sign in sorted(signs, key=lambda s: _precedence(s, signs)):
        free = sign.members - taken
        if len({titles[i].shown for i in free}) >= least or (
            "album" in sign.candidate.forms and len(free) >= least
        ):
            taken |= free
            columns.append(
                AccountColumn(
                    _key_of(sign),
                    _name_of(sign.candidate, titles),
                    _kind_of(sign),
                    sign.probability,
                    dict.fromkeys(sorted(free), sign.probability),
                )
            )
    return columns


def _precedence(sign: Sign, signs: Sequence[Sign]) -> tuple[bool, bool, float, int, str]:
    album = "album" in sign.candidate.forms
    wide = album and any(
        "album" not in s.candidate.forms
        and s.probability >= _CLEAR
        and len(s.members) < 0.6 * len(sign.members)
        and len(s.members & sign.members) >= IN_CELL * len(s.members)
        for s in signs
    )
    return (
        wide,
        not album and sign.probability < _CLEAR,
        0 if album else -sign.mass,
        len(sign.members),
        sign.candidate.key,
    )


def _key_of(sign: Sign) -> str:
    """The key that stays when articles are added: of all its names the one that was there first; ""
    where only shared words speak, which may shift.
    """
    names = [
        c
        for c in (sign.candidate, *sign.others)
        if c.form not in ("head", "tail", "part", "wording", "slot")
    ]
    return min(names, key=lambda c: (min(c.members), c.key)).key if names else ""


def _name_of(candidate: Candidate, titles: Sequence[Title]) -> str:
    """The mark as most often written; words that titles share as the first of them writes it,
    numbers that differ as N.
    """
    if (
        candidate.form not in ("head", "tail", "part", "wording", "slot")
        or candidate.key == COUNTED
    ):
        return candidate.name
    wanted = candidate.words.replace(" ", "")
    written = Counter(
        text
        for i in sorted(candidate.members)[:_READ_FOR_NAME]
        if (text := _written(wanted, titles[i].shown))
    )
    if not written:
        return candidate.name
    text = max(written, key=lambda text: (written[text], text))
    return (text if len(written) == 1 else _NUMBERS.sub("N", text)).strip(_TRIM) or candidate.name


def _written(wanted: str, shown: str) -> str | None:
    """The piece of a title that folds to `wanted`, found at its beginning or its end first; None
    where simplifying changed it.
    """
    if wanted not in normalize_key(shown):
        return None
    edges = [0, *range(len(shown) - 1, 0, -1)]
    for start in edges:
        for end in range(
            start + len(wanted) // 2, min(start + 2 * len(wanted) + 2, len(shown)) + 1
        ):
            if normalize_key(shown[start:end]) == wanted:
                return shown[start:end]
    return None


def _kind_of(sign: Sign) -> str:
    candidate = sign.candidate
    if "album" in candidate.forms:
        return "album"
    if 2 * (candidate.forms["numbered"] + candidate.forms["dated"]) >= len(candidate.members):
        return "series"
    return _KIND_OF.get(candidate.form, "marker")


def _keep_wordings_together(columns: list[AccountColumn], titles: Sequence[Title]) -> None:
    """Articles of one wording are in one column: where an album holds only some of them, the others
    follow.
    """
    owner = {i: column for column in columns for i in column.members}
    first: dict[str, AccountColumn] = {}
    for i in sorted(owner):
        first.setdefault(titles[i].shown, owner[i])
    for i, title in enumerate(titles):
        column = first.get(title.shown) if title.shown else None
        if column is not None and owner.get(i) is not column:
            if i in owner:
                del owner[i].members[i]
            column.members[i] = column.probability


def _add_missed_issues(
    column: AccountColumn,
    columns: Sequence[AccountColumn],
    titles: Sequence[Title],
    history: History,
) -> None:
    """An issue that was due and came without its mark: in no column, in the column's own place that
    day, and worded more like it than like the rest.
    """
    members = set(column.members)
    cell = cell_of(members, history)
    if column.kind == "album" or cell is None or len(members) < MIN_CELL:
        return
    days = sorted({day for i in members if (day := history.days[i]) is not None})
    step = round(median(b - a for a, b in pairwise(days)) / 7) * 7
    sent_days, taken = set(days), {i for other in columns for i in other.members}
    due = [
        i
        for i, day in _in_place(cell, history)
        if step >= 7
        and i not in taken
        and day not in sent_days
        and day - step in sent_days
        and day + step in sent_days
    ]
    if not due:
        return
    mine = _grams(titles[i].text for i in sorted(members))
    rest = _grams(titles[i].text for i in range(len(titles)) if i not in taken)
    for i in due:
        if (similarity := _similarity(titles[i].text, mine, rest)) > _LIKE:
            column.members[i] = round(0.5 + 0.4 * column.probability * min(similarity, 1), 3)


def _add_matching(
    columns: Sequence[AccountColumn], attributes: Sequence[Sequence[str | None]]
) -> None:
    """An article that came without its mark but with what only this column's articles bear; to the
    column that owns it most.
    """
    free, attributes_of = (
        set(range(len(attributes))) - {i for column in columns for i in column.members},
        Attributes(attributes),
    )
    best: dict[int, tuple[float, AccountColumn]] = {}
    for column in (column for column in columns if column.kind != "album"):
        for i, share in match_articles(column.members.keys(), free, attributes_of).items():
            if i not in best or share > best[i][0]:
                best[i] = (share, column)
    for i, (share, column) in best.items():
        column.members[i] = round(column.probability * share, 3)


def _grams(texts: Iterable[str]) -> Counter[str]:
    """Character pairs, each once a text."""
    return Counter(
        gram for text in texts for gram in {text[at : at + 2] for at in range(len(text) - 1)}
    )


def _similarity(text: str, mine: Counter[str], rest: Counter[str]) -> float:
    """The mean log ratio of a title's character pairs in the column against the articles in none,
    smoothed by half a count.
    """
    own, other = max(sum(mine.values()), 1), max(sum(rest.values()) - len(text), 1)
    pairs = {text[at : at + 2] for at in range(len(text) - 1)}
    ratios = [
        log((mine[gram] + 0.5) / own) - log((max(rest[gram] - 1, 0) + 0.5) / other)
        for gram in pairs
    ]
    return sum(ratios) / len(ratios) if ratios else 0.0


def _in_place(cell: tuple[int, int], history: History) -> Iterator[tuple[int, int]]:
    for i, day in enumerate(history.days):
        if day is not None and ((day - 1) % 7, history.slots[i]) == cell:
            yield i, day
