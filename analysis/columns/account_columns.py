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
from analysis.columns.scoring import History, score_candidates
from analysis.text.title_marks import fold_text

__all__ = ["KINDS", "FoundColumn", "find_account_columns"]

KINDS = ("album", "marker", "suffix", "series", "slot", "formula", "theme")
_SURE = 0.5  # as likely as not
_CLEAR = 0.8
_SAME = (
    0.6  # two signs that share this much of their articles (Jaccard) are one column under two names
)
_SMALL_ACCOUNT = 10  # below this many titles two of a kind are no pattern yet
_LONG_TITLES, _LONG_DAYS = 100, 60  # and in a longer history two of a kind are an accident
_STEADY = 0.9  # how sure a fixed place, kept week after week, makes
_MIN_CELL = 8  # issues before a fixed slot means anything
_IN_CELL = 0.8
# mean log ratio from which an unmarked title reads like the column's rather than like the rest
_LIKE = 0.6
_READ_FOR_NAME = 6  # titles a name is read from
_MIN_RENAMED = 6  # issues under each name
_FRAMES = ("head", "tail", "wording", "colon", "dated")
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
_QUALIFIERS = re.compile(r"^(?:独家|重磅|最新|今日|本周|特别|延长|加更|番外|补充|第#?期?|#|n)+$")
_NUMBERS = re.compile(r"\d+")
_TRIM = " \t|｜丨:：-—_·,，。、~～/（(【[《「N年月日号"
_COMMON = set("的一是了在有人这中大来上个国我说们为子和你")


@dataclass(slots=True)
class FoundColumn:
    """One content column: the key it is known by ("": by its first article), its name, its kind,
    how likely it is one, its articles with their strengths.
    """

    key: str
    name: str
    kind: str
    likely: float
    members: dict[int, float] = field(default_factory=dict)


@dataclass(slots=True)
class _Sign:
    candidate: Candidate
    likely: float
    mass: float  # how many of the account's articles have a recurring mark of this form
    others: list[Candidate] = field(default_factory=list)  # the same column under other names

    @property
    def members(self) -> set[int]:
        return self.candidate.members


def find_account_columns(
    titles: Sequence[Title],
    albums: Sequence[Iterable[str]],
    history: History,
    attributes: Sequence[Sequence[str | None]] = (),
) -> list[FoundColumn]:
    """The content columns of one account, biggest first, no article in two. Indices are into
    `titles`, in order of time.

    `borne` is what each article bears beside its title, as columns/credits.py reads it; where it is
    empty only titles, albums, times and slots speak.
    """
    least = _least(titles, history)
    candidates = [
        c for c in collect_candidates(titles, albums, least=least) if c.key != history.account
    ]
    likely = score_candidates(candidates, titles, history)
    signs = _join_cells(_to_signs(candidates, likely), history)
    signs = _join_renamed(
        _join_variants(_join_same(s for s in signs if s.likely >= _SURE), history), history
    )
    columns = _assign(signs, titles, least)
    _keep_wordings_together(columns, titles)
    columns = [column for column in columns if len(column.members) >= least]
    for column in columns:
        _add_missed_issues(column, columns, titles, history)
    if any(any(one) for one in attributes):
        _add_bearers(columns, attributes)
    return sorted(columns, key=lambda c: (-len(c.members), c.key))


def _least(titles: Sequence[Title], history: History) -> int:
    """How many different titles make a column: two in a short but not tiny history, else three."""
    days = [day for day in history.days if day is not None]
    long = len(titles) >= _LONG_TITLES and max(days, default=0) - min(days, default=0) > _LONG_DAYS
    return 3 if long or len(titles) < _SMALL_ACCOUNT else 2


def _to_signs(candidates: Sequence[Candidate], likely: Sequence[float]) -> list[_Sign]:
    held: defaultdict[str, set[int]] = defaultdict(set)
    for candidate, p in zip(candidates, likely, strict=True):
        if p >= _SURE:
            held[candidate.form] |= candidate.members
    return [
        _Sign(candidate, p, len(held[candidate.form]))
        for candidate, p in zip(candidates, likely, strict=True)
    ]


def _join_cells(signs: list[_Sign], history: History) -> list[_Sign]:
    """What keeps one place (weekday and slot) week after week is a column, and wordings that take
    turns there are one: its slot column.
    """
    cells: defaultdict[tuple[int, int], list[_Sign]] = defaultdict(list)
    marked = [s for s in signs if s.likely >= _SURE and s.candidate.form not in _FRAMES]
    for sign in signs:
        if (
            sign.candidate.form not in _FRAMES
            or len(sign.members) < 3
            or any(len(s.members & sign.members) >= _SAME * len(sign.members) for s in marked)
        ):
            continue
        if (cell := _cell_of(sign.members, history)) is not None:
            cells[cell].append(sign)
    used: set[int] = set()
    made: list[_Sign] = []
    for _, some in sorted(cells.items()):
        members = set().union(*(s.members for s in some))
        if len(members) < _MIN_CELL or not _is_weekly(members, history):
            continue
        largest = max(some, key=lambda s: (len(s.members), s.candidate.key))
        if len(largest.members) >= _SAME * len(members):
            largest.likely = max(largest.likely, _STEADY)
            continue
        turns = Candidate(
            largest.candidate.key,
            largest.candidate.words,
            members,
            Counter({largest.candidate.name: 1}),
            Counter({"slot": len(members)}),
        )
        made.append(_Sign(turns, _STEADY, len(members)))
        used |= {id(s) for s in some}
    return [s for s in signs if id(s) not in used] + made


def _cell_of(members: set[int], history: History) -> tuple[int, int] | None:
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
    return cell if n >= _IN_CELL * len(members) else None


def _is_weekly(members: set[int], history: History) -> bool:
    days = sorted({day for i in members if (day := history.days[i]) is not None})
    return len(days) >= _MIN_CELL and 6 <= median(b - a for a, b in pairwise(days)) <= 8


def _join_same(signs: Iterable[_Sign]) -> list[_Sign]:
    """Fold each sign into a surer one that holds nearly the same articles; an album
    keeps its name.
    """
    kept: list[_Sign] = []
    for sign in sorted(
        signs,
        key=lambda s: (
            "album" not in s.candidate.forms,
            s.candidate.form in ("head", "tail", "part", "wording"),
            -s.likely,
            -len(s.members),
            s.candidate.key,
        ),
    ):
        same = next(
            (
                o
                for o in kept
                if len(o.members & sign.members) >= _SAME * len(o.members | sign.members)
            ),
            None,
        )
        if same is None:
            kept.append(sign)
        else:
            same.candidate.members |= sign.members
            same.others.append(sign.candidate)
    return kept


def _join_variants(signs: list[_Sign], history: History) -> list[_Sign]:
    """独家首发 is 首发: a name that is another and a mere qualifier or a piece of the account's own
    name beside it.
    """
    by_length = sorted(signs, key=lambda s: (len(s.candidate.words), s.candidate.key))
    kept: list[_Sign] = []
    for sign in by_length:
        words = sign.candidate.words
        base = next(
            (
                o
                for o in kept
                if o.candidate.words
                and (words.endswith(o.candidate.words) or words.startswith(o.candidate.words))
                and _is_extra(words, o.candidate.words, history)
            ),
            None,
        )
        if base is None:
            kept.append(sign)
        else:
            _fold(base, sign)
    return kept


def _is_extra(words: str, base: str, history: History) -> bool:
    rest = words.removesuffix(base) if words.endswith(base) else words.removeprefix(base)
    rest = rest.strip("|·:- ")
    return not rest or bool(_QUALIFIERS.match(rest)) or (len(rest) >= 2 and rest in history.account)


def _fold(base: _Sign, sign: _Sign) -> None:
    base.candidate.members |= sign.members
    base.others.append(sign.candidate)
    base.likely = max(base.likely, sign.likely)


def _join_renamed(signs: list[_Sign], history: History) -> list[_Sign]:
    """A column that takes over another's slot and rhythm at once and keeps a word of its name is
    the same one under a new name.
    """
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


def _assign(signs: list[_Sign], titles: Sequence[Title], least: int) -> list[FoundColumn]:
    """Every article to one column: marks of the form the account uses most first, small before big;
    an album gives way to a smaller mark inside it.
    """
    taken: set[int] = set()
    columns: list[FoundColumn] = []
    for sign in sorted(signs, key=lambda s: _precedence(s, signs)):
        free = sign.members - taken
        if len({titles[i].shown for i in free}) >= least or (
            "album" in sign.candidate.forms and len(free) >= least
        ):
            taken |= free
            columns.append(
                FoundColumn(
                    _key_of(sign),
                    _name_of(sign.candidate, titles),
                    _kind_of(sign),
                    sign.likely,
                    dict.fromkeys(sorted(free), sign.likely),
                )
            )
    return columns


def _precedence(sign: _Sign, signs: Sequence[_Sign]) -> tuple[bool, bool, float, int, str]:
    album = "album" in sign.candidate.forms
    wide = album and any(
        "album" not in s.candidate.forms
        and s.likely >= _CLEAR
        and len(s.members) < 0.6 * len(sign.members)
        and len(s.members & sign.members) >= _IN_CELL * len(s.members)
        for s in signs
    )
    return (
        wide,
        not album and sign.likely < _CLEAR,
        0 if album else -sign.mass,
        len(sign.members),
        sign.candidate.key,
    )


def _key_of(sign: _Sign) -> str:
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
    if wanted not in fold_text(shown):
        return None
    edges = [0, *range(len(shown) - 1, 0, -1)]
    for start in edges:
        for end in range(
            start + len(wanted) // 2, min(start + 2 * len(wanted) + 2, len(shown)) + 1
        ):
            if fold_text(shown[start:end]) == wanted:
                return shown[start:end]
    return None


def _kind_of(sign: _Sign) -> str:
    candidate = sign.candidate
    if "album" in candidate.forms:
        return "album"
    if 2 * (candidate.forms["numbered"] + candidate.forms["dated"]) >= len(candidate.members):
        return "series"
    return _KIND_OF.get(candidate.form, "marker")


def _keep_wordings_together(columns: list[FoundColumn], titles: Sequence[Title]) -> None:
    """Articles of one wording are in one column: where an album holds only some of them, the others
    follow.
    """
    owner = {i: column for column in columns for i in column.members}
    first: dict[str, FoundColumn] = {}
    for i in sorted(owner):
        first.setdefault(titles[i].shown, owner[i])
    for i, title in enumerate(titles):
        column = first.get(title.shown) if title.shown else None
        if column is not None and owner.get(i) is not column:
            if i in owner:
                del owner[i].members[i]
            column.members[i] = column.likely


def _add_missed_issues(
    column: FoundColumn, columns: Sequence[FoundColumn], titles: Sequence[Title], history: History
) -> None:
    """An issue that was due and came without its mark: in no column, in the column's own place that
    day, and worded more like it than like the rest.
    """
    members = set(column.members)
    cell = _cell_of(members, history)
    if column.kind == "album" or cell is None or len(members) < _MIN_CELL:
        return
    days = sorted({day for i in members if (day := history.days[i]) is not None})
    step = round(median(b - a for a, b in pairwise(days)) / 7) * 7
    held, taken = set(days), {i for other in columns for i in other.members}
    due = [
        i
        for i, day in _in_place(cell, history)
        if step >= 7
        and i not in taken
        and day not in held
        and day - step in held
        and day + step in held
    ]
    if not due:
        return
    mine = _grams(titles[i].text for i in sorted(members))
    rest = _grams(titles[i].text for i in range(len(titles)) if i not in taken)
    for i in due:
        if (likeness := _likeness(titles[i].text, mine, rest)) > _LIKE:
            column.members[i] = round(0.5 + 0.4 * column.likely * min(likeness, 1), 3)


def _add_bearers(
    columns: Sequence[FoundColumn], attributes: Sequence[Sequence[str | None]]
) -> None:
    """An article that came without its mark but with what only this column's articles bear; to the
    column that owns it most.
    """
    free, bearing = (
        set(range(len(attributes))) - {i for column in columns for i in column.members},
        Attributes(attributes),
    )
    best: dict[int, tuple[float, FoundColumn]] = {}
    for column in (column for column in columns if column.kind != "album"):
        for i, share in match_articles(column.members.keys(), free, bearing).items():
            if i not in best or share > best[i][0]:
                best[i] = (share, column)
    for i, (share, column) in best.items():
        column.members[i] = round(column.likely * share, 3)


def _grams(texts: Iterable[str]) -> Counter[str]:
    """Character pairs, each once a text."""
    return Counter(
        gram for text in texts for gram in {text[at : at + 2] for at in range(len(text) - 1)}
    )


def _likeness(text: str, mine: Counter[str], rest: Counter[str]) -> float:
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
