"""What the columns of other people's tables are called -> the fields they hold. Pure; the names are
names.py's, reading the cells is cells.py's and table.py's.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from crawler.formats.tables.names import EXTRA, METRICS, NAMES, SHOWN
from crawler.records import clean_text

__all__ = ["METRICS", "SHOWN", "HeaderMap", "is_known", "looks_like_header", "map_headers"]

IDENTITIES = ("title", "url", "mid", "aid")  # a table of articles has one of them
# Beside these a time of no clear name is the time of saving: they are read-later programs' columns.
_READ_LATER = {"folder", "selection", "collection", "highlights", "documenttags", "readingprogress"}
_CODE = re.compile(r"[a-z_]+|[a-z]+(?:[A-Z][a-z]+)+")  # how a payload spells its names
_HAN = re.compile("[\u4e00-\u9fff]+")
_BRACKETS = re.compile(r"[(\[{【<《][^)\]}】>》]*[)\]}】>》]")
_UNIT = re.compile(r"[(\[【](人数?|分|元)[)\]】]")
# characters of a name that are read: a cell that long is no header, and brackets that never close
# take quadratic time
_LONGEST = 500
_LONGEST_NAME = 20  # of a column, in a language that needs no more
_DROPPED = re.compile(r"[\s_\-.:：*'\"“”‘’|/、,，\ufeff\u200b-\u200f]+")


def _plain_name(name: object) -> str:
    """A header name as it is compared: width, case, spacing, marks and units in brackets don't
    matter, but people (人) and money (分, 元) do.
    """
    text = unicodedata.normalize("NFKC", str(name)).lower().strip()
    text = _BRACKETS.sub("", _UNIT.sub(r"\1", text)) or text
    return _DROPPED.sub("", text)


def _read_names() -> dict[str, list[tuple[str, int]]]:
    """Plain name -> the fields it may mean with its rank there (0 is best)."""
    fields_of: dict[str, list[tuple[str, int]]] = {}
    for field, lines in NAMES.items():
        for rank, line in enumerate(lines.split("\n")):
            for name in line.split("|"):
                places = fields_of.setdefault(_plain_name(name), [])
                if field not in {place[0] for place in places}:
                    places.append((field, rank))
    return fields_of


_FIELDS_OF = _read_names()
_EXTRA_NAMES = {_plain_name(name) for name in EXTRA.split("|")}
FIELDS = tuple(name for name in NAMES if name not in ("like_or_wow", "hearts", "maybe_title"))


def _fields_of(name: str) -> list[tuple[str, int]]:
    """The fields a name may mean: as it is, in simplified characters, or in two languages at once
    (标题title).
    """
    plain = _plain_name(name)
    places = _FIELDS_OF.get(plain, [])
    if not places and not plain.isascii() and len(plain) <= _LONGEST_NAME:
        plain = _simplified(plain)
        han, other = "".join(_HAN.findall(plain)), _HAN.sub("", plain)
        places = _FIELDS_OF.get(plain) or _in_both(_FIELDS_OF.get(han), _FIELDS_OF.get(other))
    if plain in ("createtime", "updatetime") and not _CODE.fullmatch(name.strip()):
        return [("saved_at", 0)]
    return places


def _in_both(
    han: list[tuple[str, int]] | None, other: list[tuple[str, int]] | None
) -> list[tuple[str, int]]:
    """The fields that both halves of a name mean; an id's may stand after words nobody knows."""
    if han is None:
        return [place for place in other or () if place[0] in ("aid", "mid", "sn", "biz")]
    return [place for place in han if place[0] in {field for field, _ in other or ()}]


@lru_cache(maxsize=1024)
def _simplified(text: str) -> str:
    return _converter()(text)


@cache
def _converter() -> Callable[[str], str]:
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC("t2s").convert
    return convert


def is_known(name: object) -> bool:
    """True for a name that is known here, be it a field's or not."""
    text = str(name if name is not None else "")[:_LONGEST]
    return _plain_name(text) in _EXTRA_NAMES or bool(_fields_of(text))


@dataclass(frozen=True, slots=True)
class HeaderMap:
    """Which column holds what. Column numbers count from 0.

    `columns`: a field's columns, best first: the first that is not empty is the value. `aside`:
    columns that no field has, by their names, made distinct. `spare`: the second and further
    columns of a field, also kept aside where they say something else. `unknown`: the names of
    `aside` that nobody here knows. `notes`: what was chosen where there was a choice, in Chinese.
    `names`: the header as it stands. `virtual`: columns at the end of `width` that the table does
    not have, for the links and titles that stand in others. `doubtful`: the name of a column of
    times that may be those of saving.
    """

    columns: dict[str, tuple[int, ...]]
    width: int = 0
    aside: tuple[tuple[int, str], ...] = ()
    spare: tuple[tuple[int, str, str], ...] = ()  # column, name, field
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    virtual: int = 0
    doubtful: str = ""

    def is_of_articles(self) -> bool:
        """True when a row can say which article it is about."""
        return any(name in self.columns for name in IDENTITIES)


def looks_like_header(cells: Sequence[object], extra: Mapping[str, str] | None = None) -> bool:
    """True for a row of column names of a table of articles."""
    texts = [str(cell).strip() for cell in cells if str(cell if cell is not None else "").strip()]
    if not texts or any(len(text) > 60 or "://" in text or text[:4].isdigit() for text in texts):
        return False
    places = _settle(_places(texts, extra or {}), texts)
    return bool({place[0] for place in places if place} & set(IDENTITIES))


def map_headers(cells: Sequence[object], extra: Mapping[str, str] | None = None) -> HeaderMap:
    """Tell which column is what; `extra` (a header's name -> a field or any known name) goes first.

    Raises ValueError when `extra` names a field that there is not.
    """
    names = [
        (clean_text(str(cell)[:_LONGEST]) if cell is not None else None) or "" for cell in cells
    ]
    while names and not names[-1]:
        names.pop()
    places = _settle(_places(names, extra or {}), names)
    columns: dict[str, list[tuple[int, int]]] = {}
    for number, place in enumerate(places):
        if place:
            columns.setdefault(place[0], []).append((place[1], number))
    chosen = {field: _choose(field, candidates, names) for field, candidates in columns.items()}
    taken = {number for field in chosen if field != "saved_at" for number in chosen[field]}
    aside = _distinct(
        [
            (number, name or f"第 {number + 1} 列")
            for number, name in enumerate(names)
            if number not in taken
        ]
    )
    spare = tuple(
        (number, names[number], field)
        for field, numbers in chosen.items()
        if field != "saved_at"
        for number in sorted(numbers[1:], key=lambda n: names[n])
    )
    unknown = [
        name
        for number, name in aside
        if names[number] and not places[number] and _plain_name(names[number]) not in _EXTRA_NAMES
    ]
    return HeaderMap(
        chosen,
        len(names),
        tuple(aside),
        spare,
        tuple(unknown),
        tuple(_notes(chosen, columns, names, extra or {})),
        tuple(names),
        doubtful=names[chosen["published"][0]]
        if "published" in chosen and min(columns["published"])[0] > 0
        else "",
    )


def _places(names: Sequence[str], extra: Mapping[str, str]) -> list[list[tuple[str, int]]]:
    """The fields each name may mean."""
    wanted = {_plain_name(name): _field_of(field) for name, field in extra.items()}
    places = []
    for name in names:
        plain = _plain_name(name)
        places.append([(wanted[plain], -1)] if plain in wanted else _fields_of(name))
    return places


def _field_of(name: str) -> str:
    """The field a person means in --map."""
    if name in FIELDS:
        return name
    places = [field for field, _ in _fields_of(name) if field in FIELDS]
    if not places:
        raise ValueError(f"--map 里的“{name}”不是这里的字段；可以写 {'、'.join(FIELDS)}")
    return places[0]


def _settle(
    places: list[list[tuple[str, int]]], names: Sequence[str]
) -> list[tuple[str, int] | None]:
    """One field a column, where its name may mean two: what stands beside it decides."""
    named = {field for fields in places for field, _ in fields}
    later = not _READ_LATER.isdisjoint(map(_plain_name, names))
    return [_settle_column(dict(place), named, later) for place in places]


def _settle_column(fields: dict[str, int], named: set[str], later: bool) -> tuple[str, int] | None:
    if "like_or_wow" in fields:  # getappmsgext calls 在看 like_num once 点赞 is old_like_num
        return ("wow", 0) if "like" in named and "wow" not in named else ("like", 2)
    if "hearts" in fields:
        return ("wow", 1) if "like" in named else ("like", 2)
    if "maybe_title" in fields:  # else a list of accounts, or of anything
        beside = not named.isdisjoint({"url", "published", "mid", "aid", "saved_at"})
        lists_accounts = not named.isdisjoint({"title", "alias", "user_name"})
        return ("title", 1) if beside and not lists_accounts else None
    if {"saved_at", "counted_at"} <= fields.keys():
        counted = not named.isdisjoint((*METRICS, "like_or_wow"))
        return ("counted_at", fields["counted_at"]) if counted else ("saved_at", 1)
    if later and fields.get("published", 0) > 0:
        return ("saved_at", 1)
    return next(iter(fields.items()), None)


def _choose(field: str, candidates: list[tuple[int, int]], names: list[str]) -> tuple[int, ...]:
    """The columns of a field, best first. Of times and counts only those of the best rank are the
    same thing.
    """
    candidates = sorted(
        candidates, key=lambda pair: (pair[0], _order(field, names[pair[1]]), pair[1])
    )
    if field == "saved_at":
        return tuple(number for _, number in candidates)
    if field in ("published", "counted_at", *METRICS):
        best = (candidates[0][0], _plain_name(names[candidates[0][1]]))
        candidates = [pair for pair in candidates if (pair[0], _plain_name(names[pair[1]])) == best]
    return tuple(number for _, number in candidates)


def _order(field: str, name: str) -> tuple[int, str]:
    """Where a name stands in its field's list, so that the order of the columns does not decide."""
    plain = _plain_name(name)
    listed = [
        _plain_name(alias) for line in NAMES.get(field, "").split("\n") for alias in line.split("|")
    ]
    return (listed.index(plain) if plain in listed else len(listed), plain)


def _distinct(pairs: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Names made distinct by a number, sorted by name: the order of columns means nothing."""
    seen: Counter[str] = Counter()
    distinct = []
    for number, name in pairs:
        seen[name] += 1
        distinct.append((number, name if seen[name] == 1 else f"{name} ({seen[name]})"))
    return sorted(distinct, key=lambda pair: pair[1])


def _notes(
    chosen: dict[str, tuple[int, ...]],
    columns: dict[str, list[tuple[int, int]]],
    names: list[str],
    extra: Mapping[str, str],
) -> list[str]:
    notes = []
    for field in METRICS:
        number = chosen.get(field, (None,))[0]
        if (
            number is not None
            and min(columns[field])[0] == 1
            and _plain_name(names[number]).endswith(("人", "人数", "user"))
        ):
            notes.append(f"没有“次数”列，用“{names[number]}”当{SHOWN[field]}数")
    if "published" not in chosen and "saved_at" in chosen:
        shown = "、".join(sorted({names[number] for number in chosen["saved_at"]}))
        notes.append(f"“{shown}”是保存或修改的时间，没有当作发布时间（原样保留）")
    if "title" in chosen and min(columns["title"])[0] == 1:
        notes.append(f"没有标题列，用“{names[chosen['title'][0]]}”当标题")
    missing = [
        name for name in extra if _plain_name(name) not in {_plain_name(alias) for alias in names}
    ]
    if missing:
        notes.append("--map 里的列表头里没有：" + "、".join(missing))
    return notes
