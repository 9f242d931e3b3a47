"""One title -> its marks: what looks like a series' name or number in it. Pure; titles themselves
are never changed.

A mark is only a form. Whether it names a content column is decided where many titles are seen
(columns.assign.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from analysis.text.normalize import BARS, DOTS, normalize_key

__all__ = ["MARK_KINDS", "Mark", "find_marks"]

MARK_KINDS = ("bracket", "separator", "dash", "prefix", "colon", "emoji", "numbered", "dated")
_MAX_TITLE = (
    200  # WeChat allows 64 characters; what is longer is no title, and the patterns stay fast
)
_MAX_NAME = 16
_MAX_COLON_NAME = 8  # before a colon stands a sentence more often than a name

_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f\ufeff]+")

_BRACKET = re.compile(
    r"【([^】]+)】|「([^」]+)」|『([^』]+)』|\[([^\]]+)\]|［([^］]+)］|〔([^〕]+)〕|〖([^〗]+)〗|"
    r"《([^》]+)》"
)
_OPENING = re.compile(r"^\s*[【「『\[［〔〖][^】」』\]］〕〗]+[】」』\]］〕〗]\s*(?=\S)")
_BAR = re.compile(rf"\s*[{re.escape(BARS)}]+\s*")
_DOT = re.compile(rf"\s+[{DOTS}]\s*|\s*[{DOTS}]\s+|(?<=[\u4e00-\u9fff])[{DOTS}](?=[\u4e00-\u9fff])")
_DASH_START = re.compile(r"^([^-—–]{2,10}?)\s*(?:[—–]{1,2}|--|\s-\s)\s*(?=\S)")
_DASH_END = re.compile(r"(?:[—–]{1,3}|--|\s-\s)\s*([^-—–]{2,18})$")
_COLON = re.compile(r"\s*[:：]\s*")
_EMOJI = re.compile("^((?:[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]\ufe0f?)+)")
_BOOK = re.compile(r"^([^\s《》:：，,。！？!?]{2,10})《[^》]+》$")

_COUNT = r"(?:\d{1,5}|[一二三四五六七八九十百零〇两]{1,5})"
_NUMBER = re.compile(
    rf"第\s*(?P<ordinal>{_COUNT})\s*[期回讲集辑弹话篇章课季卷号站场]|(?:No|Vol|Ep)\s*[.。"
    rf"．:]?\s*(?P<latin>\d{{1,5}})|[#＃]\s*(?P<hash>\d{{1,5}})(?!\d)"
    r"|[（(](?P<round>\d{1,3}|[一二三四五六七八九十]{1,3})[)）]|(?P<circled>[①-⑳㉑-㉟❶-❿])",
    re.IGNORECASE,
)
_LEADING_NUMBER = re.compile(
    rf"^\s*(?P<n>\d{{1,5}})\s*(?:[{re.escape(BARS)}]|[.、．](?!\d)|[-—](?!\d))\s*"
)
_DATE = re.compile(
    r"(?<!\d)(?:"
    r"20\d\d[-./年]\s?(?:1[0-2]|0?[1-9])[-./月]\s?(?:3[01]|[12]\d|0?[1-9])(?!\d)[日号]?"
    r"|(?:1[0-2]|[1-9])月(?:3[01]|[12]\d|[1-9])[日号]"
    # bare 3.5 is a number more often than a day
    r"|(?<=[(（\[【\s|｜丨])(?:1[0-2]|0?[1-9])[-./](?:3[01]|[12]\d|0?[1-9])(?=[)）\]】\s|｜丨]|$)"
    r"|20\d\d[-./年](?:1[0-2]|0?[1-9])(?!\d)月?"
    r"|20\d\d(?:1[0-2]|0[1-9])(?:3[01]|[12]\d|0[1-9])"
    r"|(?<=[(（\[【])(?:1[0-2]|0[1-9])(?:3[01]|[12]\d|0[1-9])(?=[)）\]】])"
    r")(?!\d)"
)
_PERIOD = re.compile(
    r"^(?:20\d\d年?度?(?=\D)|\d\d年度?|\d{1,2}月份?|第?[一二三四]季度|[上下]半年)+|(?:20\d\d年?|"
    r"\d{1,2}月份?)$"
)  # which year, quarter or month of a report
_IN_PARENTHESES = re.compile(r"(?<=[^（(])[（(][^（()）]*[)）]?$")  # 每日金句（朗读版） is 每日金句
_SENTENCE = re.compile(r"[，,。！!？?；;…]")  # a name has no clauses
_EDGE = " \t|｜丨│┃:：-—_·•.,，。、~～/()（）[]［］【】「」『』<>！!?？"
_BREAK = re.compile(rf"[{re.escape(BARS)}:：，,。！!？?；;\s]")


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark: its kind, the name as written, the folded key that variants share, and where it
    stands (start, end, inside).

    `number` is the issue of a numbered mark and the date of a dated one, as written.
    """

    kind: str
    name: str
    key: str
    place: str = "start"
    number: str | None = None


def find_marks(title: str) -> tuple[Mark, ...]:
    """The marks of one title, series before names, each (kind, key) once; () when
    there are none.
    """
    text = _INVISIBLE.sub(" ", title[:_MAX_TITLE]).strip()
    head = _LEADING_NUMBER.match(text)
    rest = text[head.end() :] if head else text
    plain = _OPENING.sub("", rest)
    marks = [
        *_emoji(title),
        *_series(plain, head),
        *_brackets(rest),
        *_bars(plain),
        *_dashes(plain),
        *_colons(plain),
        *_books(plain),
    ]
    distinct: dict[tuple[str, str], Mark] = {}
    for mark in marks:
        distinct.setdefault((mark.kind, mark.key), mark)
    return tuple(distinct.values())


def _mark(
    kind: str,
    name: str,
    *,
    place: str = "start",
    number: str | None = None,
    longest: int = _MAX_NAME,
) -> list[Mark]:
    """The mark in a list, or none where `name` can't be a name: too long, or nothing but digits and
    signs.
    """
    name = name.strip(_EDGE)
    if kind not in ("numbered", "dated"):
        if _SENTENCE.search(name):
            return []
        name = _DATE.sub("", _NUMBER.sub("", name)).strip(
            _EDGE
        )  # 夜读 No.48｜ is the same mark as 夜读｜
    name = _IN_PARENTHESES.sub("", _PERIOD.sub("", name)).strip(_EDGE) or name
    key = normalize_key(name).strip(_EDGE)
    letters = sum(2 if "\u2e80" <= c <= "\u9fff" else c.isalpha() for c in key)
    return [Mark(kind, name, key, place, number)] if letters >= 2 and len(name) <= longest else []


def _series(text: str, head: re.Match[str] | None) -> list[Mark]:
    series = []
    if (number := _NUMBER.search(text)) is not None:
        numeral = next(filter(None, number.groups()))
        named = _mark("numbered", _around(text, number), number=numeral, place=_place(text, number))
        series += named or _mark("numbered", number.group().replace(numeral, "N"), number=numeral)
    elif head is not None:
        series += _mark("numbered", _first_part(text), number=head["n"])
    if (date := _DATE.search(text)) is not None:
        series += _mark("dated", _around(text, date), number=date.group(), place=_place(text, date))
    return series


def _around(text: str, number: re.Match[str]) -> str:
    """What the number counts: the words before it, else the first words after it."""
    before = text[: number.start()].strip(_EDGE)
    parts = [part for part in _BREAK.split(before) if part.strip(_EDGE)]
    return (
        before
        if len(before) <= _MAX_NAME and before
        else parts[-1]
        if parts
        else _first_part(text[number.end() :])
    )


def _first_part(text: str) -> str:
    parts = [
        part
        for part in re.split(rf"[{re.escape(BARS)}:：，,。！!？?；;《]", text)
        if part.strip(_EDGE)
    ]
    return parts[0] if len(parts) > 1 else ""


def _place(text: str, match: re.Match[str]) -> str:
    if not text[: match.start()].strip(_EDGE):
        return "start"
    return "end" if not text[match.end() :].strip(_EDGE) else "inside"


def _brackets(text: str) -> list[Mark]:
    """A bracket that opens or closes the title; inside it is a quotation. 《》 names a work, so it
    must be followed by something.
    """
    brackets = []
    for bracket in _BRACKET.finditer(text):
        place = _place(text, bracket)
        if (
            place == "inside"
            or bracket.end() - bracket.start() == len(text)
            or (bracket[8] is not None and place == "end")
        ):
            continue
        brackets += _mark("bracket", next(filter(None, bracket.groups())), place=place)
    return brackets


def _bars(text: str) -> list[Mark]:
    bars = list(_BAR.finditer(text))
    if not bars:
        dot = _DOT.search(text)
        return _mark("separator", text[: dot.start()], longest=_MAX_COLON_NAME) if dot else []
    leading = _mark("separator", text[: bars[0].start()])
    return leading + _mark("separator", text[bars[-1].end() :], place="end")


def _dashes(text: str) -> list[Mark]:
    first, last = _DASH_START.search(text), _DASH_END.search(text)
    start = _mark("dash", first[1], longest=_MAX_COLON_NAME) if first else []
    return start + (_mark("dash", last[1], place="end") if last else [])


def _emoji(title: str) -> list[Mark]:
    sign = _EMOJI.match(title.strip())
    return [Mark("emoji", sign[1], sign[1].replace("\ufe0f", ""))] if sign else []


def _colons(text: str) -> list[Mark]:
    colon = _COLON.search(text)
    if (
        colon is None
        or not text[colon.end() :]
        or any(c in text[: colon.start()] for c in BARS + '【】「」『』《》，,。！？“”"')
    ):
        return []
    return _mark("colon", text[: colon.start()], longest=_MAX_COLON_NAME)


def _books(text: str) -> list[Mark]:
    """Words straight before a single 《…》 that ends the title: 微型小说《燃烟》."""
    book = _BOOK.match(text)
    return _mark("prefix", book[1]) if book else []
