"""One account's titles -> everything in them that comes back and might name a content column. Pure;
what is one is columns/scoring.py's.

Two ways: marks that single titles show (title_marks.py, albums), and beginnings, endings and whole
wordings that many titles share.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

from analysis.text.normalize import normalize_key
from analysis.text.title_marks import find_marks

__all__ = ["COUNTED", "FORMS", "Candidate", "Title", "collect_candidates", "read_titles"]

FORMS = (
    "album",
    "bracket",
    "bracket_end",
    "bar",
    "bar_end",
    "dot",
    "dash",
    "dash_end",
    "colon",
    "prefix",
    "emoji",
    "numbered",
    "dated",
    "head",
    "tail",
    "wording",
    "part",
    "slot",
)
_MOSTLY, _ALL = (
    0.75,
    0.95,
    # of a shared piece's texts going on the same way: then the longer piece is meant; a break holds
    # it longer
)
_MOST = 24  # characters of a shared beginning or ending
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_PART = re.compile(r"\s*[|·]\s*")
_BOUND = set("|:,，。!！?？;；、…~～—–-·#》」』】)]）”\"'《「『【(（“ ")
_SIGNS = "|:,，。!！?？;；、…~～—–-·#》」』】)]）”\"'《「『【(（“. "
_ROUND = re.compile(r"\([^)]*\)")
_LEADING = re.compile(r"^(\d{1,4})\s*[.、．|｜]\s*(?=[^\d\s])")
_LONG_LIST = 5
_LONG_NAME = 8  # letters that a piece needs to speak for itself, without a sign beside it
COUNTED = "counted"  # the key of a list counted from the first character on
_INSIDE = re.compile(r"[|【】「」\[\]]")  # beyond such a sign stands what belongs to one article
_FILE = re.compile(r"\.(?:pdf|docx?|pptx?|xlsx?|zip|rar)[)\]】》]?$")
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Title:
    """One title, read once: `text` for comparison (simplified, folded, numbers as #, single
    spaces), `key` the same without any space.
    """

    shown: str
    text: str
    key: str
    marks: tuple[tuple[str, str, str], ...]  # (form, key, name as written)


@dataclass(slots=True)
class Candidate:
    """A recurring sign: the key its variants share, who shows it, how it was written and in which
    forms it stands.
    """

    key: str
    words: str  # its name, folded
    members: set[int] = field(default_factory=set)
    names: Counter[str] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)

    @property
    def name(self) -> str:
        """As most often written, the first in order of several."""
        return min(self.names, key=lambda text: (-self.names[text], text))

    @property
    def form(self) -> str:
        """The form most of its members show."""
        return min(self.forms, key=lambda form: (-self.forms[form], FORMS.index(form)))


@cache
def _simplifier() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def read_titles(titles: Sequence[str]) -> list[Title]:
    """Titles with their marks, in their order; simplified for comparison only."""
    plain = [" ".join(_UNSEEN.sub("", title[:200]).split()) for title in titles]
    simple = _simplifier().convert("\n".join(plain)).split("\n") if plain else []
    return [_read_title(shown, same) for shown, same in zip(plain, simple, strict=True)]


def _read_title(shown: str, simple: str) -> Title:
    text = " ".join(normalize_key(word) for word in simple.split())
    dotted = "|" not in text
    marks = tuple(
        dict.fromkeys(
            (_form(mark.kind, mark.place, dotted=dotted), mark.key, mark.name)
            for mark in find_marks(simple)
        )
    )
    return Title(shown, text, text.replace(" ", ""), marks)


def _form(kind: str, place: str, *, dotted: bool) -> str:
    name = "dot" if kind == "separator" and dotted else "bar" if kind == "separator" else kind
    return f"{name}_end" if place == "end" and name in ("bar", "bracket", "dash") else name


def collect_candidates(
    titles: Sequence[Title], albums: Sequence[Iterable[str]], *, least: int = 2
) -> list[Candidate]:
    """What at least `least` differently worded titles of one account share, or an album; by key.
    Indices are into `titles`.
    """
    marked = _collect_marks(titles, albums)
    firsts = _first_of_wording(titles)
    strong = [c for c in marked.values() if "album" in c.forms or len(c.members & firsts) >= least]
    mined: list[Candidate] = []
    for candidate in _mine(titles, firsts, least):
        mark = _mark_named(candidate, marked)
        if mark is not None:
            _join_mark(mark, candidate)
        elif not _repeats(candidate, strong):
            mined.append(candidate)
    return sorted([*strong, *_drop_nested(mined)], key=lambda c: c.key)


def _first_of_wording(titles: Sequence[Title]) -> set[int]:
    """One index for each wording: an advertisement sent again and again speaks once."""
    seen: dict[str, int] = {}
    for i, title in enumerate(titles):
        seen.setdefault(title.shown, i)
    return set(seen.values())


def _collect_marks(
    titles: Sequence[Title], albums: Sequence[Iterable[str]]
) -> dict[str, Candidate]:
    collected: dict[str, Candidate] = {}
    for i, title in enumerate(titles):
        for form, key, name in (
            [("album", normalize_key(album), album) for album in albums[i]]
            + list(title.marks)
            + _files(title)
        ):
            candidate = collected.setdefault(key, Candidate(key, key))
            candidate.members.add(i)
            candidate.names[name] += 1
            candidate.forms[form] += 1
    return collected


def _files(title: Title) -> list[tuple[str, str, str]]:
    """A title that is the name of a file to fetch."""
    return [("wording", "资料文件", "资料文件")] if _FILE.search(title.text) else []


def _mine(titles: Sequence[Title], firsts: set[int], least: int) -> Iterator[Candidate]:
    order = sorted(firsts)
    members_of: defaultdict[tuple[str, str], set[int]] = defaultdict(
        set
    )  # by name: "，都在这里" and "：都在这里" are one ending
    for key, members in _shared({i: titles[i].text for i in order}, least).items():
        if not _INSIDE.search(key[:-1]):
            members_of["head", key.strip(_SIGNS)] |= members
    for key, members in _shared(
        {i: titles[i].text.rstrip("# " + _SIGNS)[::-1] for i in order}, least
    ).items():
        if not _INSIDE.search(key[::-1][1:]):
            members_of["tail", key[::-1].strip(_SIGNS)] |= members
    parts = {i: part[0][::-1] for i in order if len(part := _PART.split(titles[i].text)) > 1}
    for key, members in _shared(parts, least, short=True).items():
        if len({parts[i] for i in members}) > 1:
            members_of["part", key[::-1].strip(_SIGNS)] |= members
    yield from (_mined(form, name, members) for (form, name), members in members_of.items())
    yield from _wordings(titles, order, least)
    yield from _counted(titles, order)


def _mined(form: str, name: str, members: set[int]) -> Candidate:
    return Candidate(
        f"{form}:{name}",
        name,
        set(members),
        Counter({name.replace("#", "N"): len(members)}),
        Counter({form: len(members)}),
    )


def _shared(texts: dict[int, str], least: int, *, short: bool = False) -> dict[str, set[int]]:
    """Beginnings that several texts share and that are no mere piece of a longer one: few of their
    texts go on the same way.
    """
    counts: Counter[str] = Counter()
    for text in texts.values():
        counts.update(text[:length] for length in range(2, min(_MOST, len(text)) + 1))
    follow: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for start, n in counts.items():
        if n >= 2 and len(start) > 2:
            follow[start[:-1]][start[-1]] = n
    widest: dict[str, set[int]] = {}
    for start, n in counts.items():
        largest = max(follow[start].values(), default=0) if start in follow else 0
        if (
            n >= least
            and largest < (_ALL if start[-1] in _BOUND else _MOSTLY) * n
            and _speaks(start, n, short=short)
        ):
            widest[start] = set()
    for i, text in texts.items():
        for length in range(2, min(_MOST, len(text)) + 1):
            if text[:length] in widest:
                widest[text[:length]].add(i)
    return widest


def _speaks(start: str, n: int, *, short: bool) -> bool:
    """Long enough to be no accident: a few characters up to a break, or more where it stops inside
    a sentence.
    """
    letters = _letters(start)
    if short:
        return letters >= 4
    ends = start[-1] in _BOUND
    return letters >= (4 if ends else _LONG_NAME if n >= 3 else 12) and not all(
        c in _SIGNS for c in start
    )


def _letters(text: str) -> int:
    """The width of what is words in it: Chinese characters count two."""
    return sum(2 if _HAN.match(c) else c.isalpha() for c in text.strip(_SIGNS))


def _wordings(titles: Sequence[Title], order: list[int], least: int) -> Iterator[Candidate]:
    """Titles that are the same but for numbers, what stands in round brackets, and 上中下; and
    lists counted from the first character.
    """
    groups: defaultdict[str, set[int]] = defaultdict(set)
    for i in order:
        text = _ROUND.sub("", titles[i].key).strip(_SIGNS)
        bare = re.sub(r"[#上中下]+$|^[#上中下]+", "", text).strip(_SIGNS)
        if "#" in titles[i].key and len(bare) >= 2:
            groups[bare].add(i)
    for key, members in groups.items():
        if len(members) >= least:
            yield _mined("wording", key, members)


def _counted(titles: Sequence[Title], order: list[int]) -> Iterator[Candidate]:
    """A list counted from the first character on, 51. 52. 53., whose numbers rise as the titles go
    on.
    """
    numbered = [(int(number[1]), i) for i in order if (number := _LEADING.match(titles[i].shown))]
    rising = sum(later > earlier for (earlier, _), (later, _) in pairwise(numbered))
    if len(numbered) >= _LONG_LIST and rising >= 0.7 * (len(numbered) - 1):
        yield Candidate(
            COUNTED,
            "编号清单",
            {i for _, i in numbered},
            Counter({"编号清单": len(numbered)}),
            Counter({"numbered": len(numbered)}),
        )


def _mark_named(candidate: Candidate, marked: dict[str, Candidate]) -> Candidate | None:
    """The mark whose own name a long shared beginning or ending is, if it is one's."""
    if _letters(candidate.words) < _LONG_NAME or candidate.form not in ("head", "tail"):
        return None
    return marked.get(candidate.words)


def _join_mark(mark: Candidate, candidate: Candidate) -> None:
    """Those who wrote a mark's name without its sign join it."""
    mark.forms[candidate.form] += len(candidate.members - mark.members)
    mark.members |= candidate.members


def _repeats(candidate: Candidate, strong: list[Candidate]) -> bool:
    return any(
        len(candidate.members & other.members) >= 0.8 * len(candidate.members | other.members)
        for other in strong
    )


def _drop_nested(mined: Iterable[Candidate]) -> Iterator[Candidate]:
    """One of those that hold the same articles: a whole wording, or else the longest name."""
    same: dict[frozenset[int], Candidate] = {}
    for candidate in mined:
        key = frozenset(candidate.members)
        if key not in same or _rank(candidate) > _rank(same[key]):
            same[key] = candidate
    return iter(same.values())


def _rank(candidate: Candidate) -> tuple[bool, int, str]:
    return candidate.form in ("wording", "numbered"), len(candidate.words), candidate.key
