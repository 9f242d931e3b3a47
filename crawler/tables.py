"""Tables of articles that people hold (CSV, spreadsheets, JSON lists of flat objects) -> batches for the store.

Two passes over the rows: the first decides what no single row can tell (time zone, precision, junk counts, how old the file is), the
second yields. Where the cells come from is grids.py's; what a header means headers.py's.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from crawler.cells import cell_text, parse_albums, parse_count, parse_flag, parse_kind, parse_mid, parse_position
from crawler.documents import ArchiveError, Document
from crawler.grids import Grid, guess_separator, is_spreadsheet, open_grids, sample_lines
from crawler.headers import METRICS, SHOWN, HeaderMap, looks_like_header, map_headers
from crawler.intake import Batch, Reject
from crawler.records import Account, Article, ArticleUrl, Observation, biz_of_number, clean_text, parse_article_url
from crawler.times import Moment, TimeTally, decide_precision, decide_zone, parse_time, seconds_of, settle_time, too_early_or_late
from crawler.writer import Sighting

__all__ = ["TableOptions", "is_table", "read_records", "read_table"]

_BATCH_ROWS = 5000
_HEADER_ROWS = 10
_HELD_CHARS = 500
_MOST_VALUES = 5000  # of one count; a value on 90% of the rows is among the first
_CONSTANT_SHARE, _CONSTANT_ROWS, _SMALL = 0.9, 20, 10
_MOST_COLUMNS = 2000
_ACCOUNT_FIELDS = ("biz", "user_name", "account_id", "account", "alias")
_FILLED = (*_ACCOUNT_FIELDS, "published", "albums")  # what a cell merged downwards says of every row it covers
_EIGHT_HOURS = 8 * 3600
_SHORT_URL = re.compile(r"https?://mp\.weixin\.qq\.com(/s/[A-Za-z0-9_-]{16,64})")
_AID = re.compile(r"(?:.*/)?(\d{5,20})_(\d{1,2})")
_URL_BIZ = re.compile(r"__biz=([A-Za-z0-9+/=%]{8,40})")
_ORIGINAL_STATS = {0: False, 100: False, 1: True, 11: True, 2: False}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOptions:
    """What a person says of a table: column names -> fields (--map), whose it is where it names nobody, and what time it is."""

    now: int
    mapping: dict[str, str] = field(default_factory=dict)
    owner: Account | None = None


class _BadRow(ValueError):
    """Why a row is not taken."""


def is_table(head: bytes) -> bool:
    """True when a file's first bytes are a spreadsheet, or text with a known header or regular columns."""
    if is_spreadsheet(head):
        return True
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"<", b"{", b"["):
        return False
    lines = [line for line in sample_lines(head) if line.strip()][:50]
    if not lines:
        return False
    separator = guess_separator(lines)
    rows = [line.rstrip("\r\n").split(separator) for line in lines]
    if any(looks_like_header([cell.strip().strip('"') for cell in cells]) for cells in rows[:_HEADER_ROWS]):
        return True
    widths = Counter(len(cells) for cells in rows).most_common(1)[0]
    return widths[0] > 2 and widths[1] >= 2 and widths[1] >= 0.8 * len(rows) and "://" not in lines[0]


def read_table(document: Document, options: TableOptions) -> Iterator[Batch]:
    """The articles of a table, at most 5,000 rows a batch; the first batch of each sheet says what was decided.

    Raises ArchiveError: not to be opened, empty, or without a header that is known.
    """
    _mapped([], options.mapping)  # a wrong --map is said before a large file is read
    grids = open_grids(document)
    headers = [_find_header(grid, options.mapping) for grid in grids]
    found = [(grid, *some) for grid, some in zip(grids, headers, strict=True) if some]
    if not found:
        raise ArchiveError(_no_header(grids))
    skipped = [grid.name for grid, some in zip(grids, headers, strict=True) if grid.name and not some and next(grid.rows(), None)]
    any_rows = False
    for grid, line, header in found:
        where = "第 {} 行" if len(found) == 1 else f"工作表“{grid.name}”" + "第 {} 行"
        for batch in _read_rows(_body(grid, line, header), header, options, where):
            if skipped:
                batch.notes.append("没有认出表头、没有读的工作表：" + "、".join(skipped))
                skipped = []
            any_rows = True
            yield batch
    if not any_rows:
        raise ArchiveError("只有表头，没有一行文章")


def read_records(rows: Iterable[Mapping[str, Any]], options: TableOptions, *, what: str = "table") -> Iterator[Batch]:
    """The articles of flat objects (a JSON list), by the same rules as a table's rows; their keys are the header.

    Raises ArchiveError when no key tells which article an object is about.
    """
    held = [row for row in rows if isinstance(row, Mapping)]
    names = list(dict.fromkeys(str(key) for row in held for key in row))[:_MOST_COLUMNS]
    if not held:
        raise ArchiveError("JSON 里没有一行文章")
    header = _mapped(names, options.mapping)
    if not header.is_of_articles():
        raise ArchiveError(f"没有认出哪个字段是标题、链接或 mid（有的字段：{_shown(names)}）；用 --map 说明，例如 --map 标题=title")

    def body() -> Iterator[tuple[int, Sequence[Any]]]:
        for number, row in enumerate(held, 1):
            yield number, [row.get(name) for name in names]

    for batch in _read_rows(body, header, options, "第 {} 条"):
        batch.what = what
        yield batch


# header


def _find_header(grid: Grid, mapping: dict[str, str]) -> tuple[int, HeaderMap] | None:
    """The best header among the first rows: the one that names most fields, the first of equals."""
    best: tuple[int, HeaderMap] | None = None
    for count, (line, cells) in enumerate(grid.rows()):
        if count == _HEADER_ROWS:
            break
        if len(cells) <= _MOST_COLUMNS and looks_like_header(cells, mapping):
            header = _mapped(cells, mapping)
            if best is None or len(header.columns) > len(best[1].columns):
                best = (line, header)
    return best


def _mapped(cells: Sequence[Any], mapping: dict[str, str]) -> HeaderMap:
    try:
        return map_headers([cell_text(cell) for cell in cells], mapping)
    except ValueError as error:
        raise ArchiveError(str(error)) from None


def _no_header(grids: list[Grid]) -> str:
    first = next((cells for grid in grids for _, cells in grid.rows()), None)
    if first is None:
        return "空表格"
    return f"没有认出表头：前 {_HEADER_ROWS} 行里没有一行有标题、链接或 mid 列（第一行是 {_shown(first)}）；用 --map 说明哪一列是什么，例如 --map 标题=title"


def _shown(cells: Sequence[Any]) -> str:
    texts = [clean_text(cell_text(cell)) for cell in cells]
    return "、".join(text[:20] for text in texts[:8] if text) or "空的"


def _body(grid: Grid, header_line: int, header: HeaderMap) -> Callable[[], Iterator[tuple[int, Sequence[Any]]]]:
    """The rows below the header; a cell merged downwards is filled in where it says whose or when."""
    filled = {number for name in _FILLED for number in header.columns.get(name, ())}
    starts = {(first, column): last for column, first, last in grid.fills if column in filled}

    def rows() -> Iterator[tuple[int, Sequence[Any]]]:
        running: dict[int, tuple[int, Any]] = {}
        for line, cells in grid.rows():
            if line <= header_line:
                continue
            if starts:
                cells = list(cells)
                for column in filled:
                    if column < len(cells) and (line, column) in starts:
                        running[column] = (starts[line, column], cells[column])
                    elif column in running and line <= running[column][0] and column < len(cells):
                        cells[column] = running[column][1]
            yield line, cells

    return rows


def _even(rows: Iterable[tuple[int, Sequence[Any]]], width: int) -> Iterator[tuple[int, list[Any]]]:
    """Rows of at least the header's width, their texts without white space around them, and "" where nothing is."""
    for line, cells in rows:
        try:
            plain: list[Any] = list(map(str.strip, cells))
        except TypeError:  # a spreadsheet's numbers and times
            plain = [cell.strip() if isinstance(cell, str) else "" if cell is None else cell for cell in cells]
        if len(plain) < width:
            plain += [""] * (width - len(plain))
        yield line, plain


# the first pass


@dataclass(slots=True)
class _Survey:
    """What the first pass finds out."""

    rows: int = 0
    whole: TimeTally = field(default_factory=TimeTally)
    accounts: defaultdict[tuple[str, ...], TimeTally] = field(default_factory=lambda: defaultdict(TimeTally))
    values: dict[str, Counter[int]] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)
    newest: list[int] = field(default_factory=lambda: [0, 0, 0])  # as written; naive as UTC; Z as Beijing time
    bizes: set[str] = field(default_factory=set)
    from_zero: bool = False

    def constants(self) -> dict[str, tuple[int, float, int]]:
        """The counts that are one value nearly everywhere: metric -> value, share, rows it is the share of."""
        found = {}
        for metric, values in self.values.items():
            rows, filled = self.counted[metric], self.counted[metric] - values[0]
            value, times = max(((v, n) for v, n in values.items() if v), key=lambda pair: pair[1], default=(0, 0))
            if rows >= _CONSTANT_ROWS and times >= _CONSTANT_SHARE * rows:
                found[metric] = (value, times / rows, rows)
            elif value >= _SMALL and filled >= _CONSTANT_ROWS and times >= _CONSTANT_SHARE * filled:
                found[metric] = (value, times / filled, filled)  # the rest are zeros of what was never counted
        return found


def _survey(rows: Iterable[tuple[int, list[Any]]], header: HeaderMap, now: int) -> _Survey:
    found = _Survey(values={name: Counter() for name in METRICS if name in header.columns})
    by = [number for name in _ACCOUNT_FIELDS for number in header.columns.get(name, ())]
    urls, positions, published = (header.columns.get(name, ()) for name in ("url", "position", "published"))
    metrics = [(name, header.columns[name]) for name in found.values]
    floor = 0
    for _, cells in rows:
        found.rows += 1
        key = _key(cells, by, urls)
        if not by and len(found.bizes) < 2 and key:
            found.bizes.update(key)
        if positions and not found.from_zero and _pick(cells, positions) == "0":
            found.from_zero = True
        moment = parse_time(_first(cells, published)) if published else None
        if moment is not None:
            found.accounts[key].add(moment)
            if moment.wall > floor:
                _note_newest(found.newest, moment, now + 2 * 86400)
                floor = min(found.newest) - 86400
        for name, numbers in metrics:
            _count_value(found, name, _first(cells, numbers))
    for tally in found.accounts.values():
        found.whole.merge(tally)
    return found


def _key(cells: list[Any], by: Sequence[int], urls: Sequence[int]) -> tuple[str, ...]:
    """Whose row it is, as far as needed to tell accounts apart: what the account's columns say, else the link's biz."""
    if by:
        return tuple([cell if type(cell := cells[n]) is str else cell_text(cell) for n in by])
    match = _URL_BIZ.search(_pick(cells, urls)) if urls else None
    return (match[1],) if match else ()


def _note_newest(newest: list[int], moment: Moment, limit: int) -> None:
    """Keep the latest time that is not in the future: as written, with naive times as UTC, with Z as Beijing time."""
    wall = moment.wall
    if moment.zone == "none":
        readings = (wall - _EIGHT_HOURS, wall, wall - _EIGHT_HOURS)
    elif moment.zone == "utc":
        readings = (wall, wall, wall - _EIGHT_HOURS)
    else:
        readings = (wall - moment.offset,) * 3
    for index, seconds in enumerate(readings):
        if newest[index] < seconds <= limit:
            newest[index] = seconds


def _count_value(found: _Survey, name: str, value: Any) -> None:
    try:
        count = parse_count(value)
    except ValueError:
        return
    if count is None or count[1]:  # 10万+ everywhere is a large account, not junk
        return
    found.counted[name] += 1
    values = found.values[name]
    if len(values) < _MOST_VALUES or count[0] in values:
        values[count[0]] += 1


# the second pass


def _read_rows(body: Callable[[], Iterator[tuple[int, Sequence[Any]]]], header: HeaderMap, options: TableOptions, where: str) -> Iterator[Batch]:
    survey = _survey(_even(body(), header.width), header, options.now)
    if not survey.rows:
        return
    taker = _Taker(header, options, survey)
    batch = Batch("table", notes=taker.notes())
    for line, cells in _even(body(), header.width):
        try:
            batch.sightings.append(taker.take(cells))
        except _BadRow as bad:
            held = ",".join(map(cell_text, cells))[:_HELD_CHARS]
            batch.rejects.append(Reject(where.format(line), str(bad), held))
        if len(batch.sightings) + len(batch.rejects) >= _BATCH_ROWS:
            yield batch
            batch = Batch("table")
    if batch.sightings or batch.rejects or batch.notes:
        yield batch


class _Taker:
    """Makes a sighting of one row, by what the survey decided."""

    def __init__(self, header: HeaderMap, options: TableOptions, survey: _Survey) -> None:
        self.header, self.options, self.survey = header, options, survey
        self.columns = header.columns
        self.by = [number for name in _ACCOUNT_FIELDS for number in self.columns.get(name, ())]
        self.urls, self.published = self.columns.get("url", ()), self.columns.get("published", ())
        self._last: tuple[tuple[Any, tuple[str, ...]], tuple[datetime | None, str]] = (("", ()), (None, "none"))
        self.zone = decide_zone(survey.whole)
        self.choices = {key: decide_precision(tally, whole=survey.whole, zone=self.zone) for key, tally in survey.accounts.items()}
        self.constants = survey.constants()
        self.as_of = survey.newest[2 if self.zone.utc else 0 if self.zone.naive else 1]
        self.metrics = [(name, self.columns[name]) for name in METRICS if name in self.columns]
        self.owner = self._owner()
        self._accounts: dict[tuple[str | None, tuple[str, ...]], Account | None] = {}

    def _owner(self) -> Account | None:
        """The account a row belongs to that names none; the file's only biz is its biz."""
        given = self.options.owner
        if given is None:
            return None
        bare = Account(biz=given.biz, user_name=given.user_name, name=given.name, alias=given.alias)
        if bare.biz is None and not self.by and len(self.survey.bizes) == 1:
            return replace(bare, biz=biz_of_number(next(iter(self.survey.bizes)).replace("%3D", "=").replace("%3d", "=")))
        return bare

    def notes(self) -> list[str]:
        """What was decided of the whole file, in Chinese."""
        notes = [self.zone.reason] if self.zone.reason else []
        reasons = Counter(choice.reason for choice in self.choices.values() if choice.reason)
        several = len(self.choices) > 1
        notes += [f"{reason}（{n} 个账号）" if several else reason for reason, n in sorted(reasons.items())]
        for name, (value, share, rows) in self.constants.items():
            notes.append(f"{SHOWN[name]}数 {share:.0%} 是同一个值（有数的 {rows} 行里多是 {value}），不计入指标")
        if self.survey.from_zero:
            notes.append("位置从 0 数起，已各加 1")
        if not (self.by or self.owner or self.survey.bizes):
            notes.append("没写是哪个公众号的文章：可以用 --account 指明")
        notes += self.header.notes
        if self.header.unknown:
            notes.append("没认出的列（原样保留）：" + "、".join(self.header.unknown[:30]) + ("……" if len(self.header.unknown) > 30 else ""))
        return notes

    def take(self, cells: list[Any]) -> Sighting:
        """One row's sighting. Raises _BadRow with the reason when it is none."""
        if len(cells) > self.header.width and any(cell != "" for cell in cells[self.header.width :]):
            raise _BadRow(f"有 {len(cells)} 列，表头只有 {self.header.width} 列：可能有没加引号的分隔符")
        key = _key(cells, self.by, self.urls)
        link, lost_url = self._link(cells)
        mid, idx = (link.mid, link.idx) if link and link.mid else self._ids(cells)
        title = _clean(_pick(cells, self.columns.get("title", ())))
        if not (title or link or (mid and idx)):
            raise _BadRow(_nothing(lost_url, mid))
        published, precision = self._time(cells, key)
        biz = link.biz if link else None
        account = self._account(cells, key, biz)
        article = Article(
            biz=biz or (account.biz if account else None),
            mid=mid,
            idx=idx,
            sn=(link.sn if link else None) or self._text(cells, "sn") or None,
            token=link.token if link else None,
            user_name=account.user_name if account else None,
            account_name=account.name if account else None,
            url=link.url if link else None,
            title=title,
            published_at=published,
            time_precision=precision,
            **self._rest(cells, lost_url),
        )
        return Sighting(article, "table", self.as_of, account, counts=self._counts(cells, published) if self.metrics else ())

    def _text(self, cells: list[Any], name: str) -> str:
        numbers = self.columns.get(name)
        return _pick(cells, numbers) if numbers else ""

    def _link(self, cells: list[Any]) -> tuple[ArticleUrl | None, str]:
        """The article's link, and the text that is none."""
        text = _pick(cells, self.urls)
        if not text:
            return None, ""
        short = _SHORT_URL.fullmatch(text)
        if short:
            return ArticleUrl("https://mp.weixin.qq.com" + short[1], token=short[1][3:]), ""
        link = parse_article_url(text)
        return (None, text) if link is None or link.temporary else (link, "")

    def _ids(self, cells: list[Any]) -> tuple[str | None, int | None]:
        """mid and slot of the columns, else of an aid (<mid>_<idx>)."""
        try:
            mid = parse_mid(self._text(cells, "mid"))
        except ValueError as error:
            raise _BadRow(f"mid “{str(error)[:60]}”不是编号" + ("（被表格软件改成了科学计数）" if "E+" in str(error) else "")) from None
        try:
            idx = parse_position(self._text(cells, "position"))
        except ValueError as error:
            raise _BadRow(f"位置“{str(error)[:60]}”看不懂") from None
        if idx is not None and self.survey.from_zero:
            idx += 1
        match = _AID.fullmatch(self._text(cells, "aid") or self._text(cells, "id")) if not mid or not idx else None
        if match and mid in (None, match[1]):
            return match[1], int(match[2])
        return mid, idx

    def _time(self, cells: list[Any], key: tuple[str, ...]) -> tuple[datetime | None, str]:
        value = _first(cells, self.published)
        if value == "":
            return None, "none"
        if self._last[0] == (value, key):  # the articles of one push stand together
            return self._last[1]
        moment = parse_time(value)
        if moment is None:
            raise _BadRow(f"发布时间“{cell_text(value)[:60]}”看不懂")
        seconds, precision = settle_time(moment, self.zone, self.choices[key])
        reason = too_early_or_late(seconds, self.options.now)
        if reason:
            raise _BadRow(f"发布时间“{cell_text(value)[:60]}”{reason}")
        self._last = ((value, key), (datetime.fromtimestamp(seconds, UTC), precision))
        return self._last[1]

    def _account(self, cells: list[Any], key: tuple[str, ...], biz: str | None) -> Account | None:
        try:
            return self._accounts[biz, key]
        except KeyError:
            account = self._accounts[biz, key] = self._new_account(biz, *(self._text(cells, name) for name in _ACCOUNT_FIELDS))
            return account

    def _new_account(self, link_biz: str | None, biz: str, user_name: str, any_id: str, name: str | None, alias: str) -> Account | None:
        ids = {"biz": _biz(biz), "user_name": user_name or None, "alias": alias or None}
        if any_id:
            kind = "biz" if _biz(any_id) else "user_name" if any_id.startswith("gh_") else "alias"
            ids[kind] = ids[kind] or (_biz(any_id) if kind == "biz" else any_id)
        name = clean_text(name)
        if not any((*ids.values(), name)):
            if link_biz is None or (self.owner and self.owner.biz == link_biz):
                return self.owner
            return Account(biz=link_biz)
        return Account(biz=link_biz or ids["biz"], user_name=ids["user_name"], name=name, alias=ids["alias"])

    def _rest(self, cells: list[Any], lost_url: str) -> dict[str, Any]:
        """What else a row says of its article, and the columns nobody knows."""
        columns = self.columns
        said: dict[str, Any] = {}
        for name in ("digest", "author"):
            if name in columns:
                said[name] = _clean(_pick(cells, columns[name]))
        for name in ("cover", "source_url"):
            if name in columns:
                said[name] = _web(_pick(cells, columns[name]))
        if "original" in columns:
            said["original"] = parse_flag(_pick(cells, columns["original"]))
        if "copyright_stat" in columns:
            said |= _copyright(_pick(cells, columns["copyright_stat"]), said.get("original"))
        if "albums" in columns:
            said["album_titles"] = parse_albums(_first(cells, columns["albums"]))
        kind = ""
        if "kind" in columns:
            kind = _pick(cells, columns["kind"])
            said["kind"] = parse_kind(kind)
            said["item_show_type"] = int(kind) if kind.isascii() and kind.isdigit() and len(kind) < 4 else None
        if "deleted" in columns and parse_flag(_pick(cells, columns["deleted"])):
            said["status"] = "deleted"
        said["aside"] = self._aside(cells, {"url": lost_url, "kind": "" if said.get("kind") else kind})
        return said

    def _aside(self, cells: list[Any], left: dict[str, str]) -> dict[str, str] | None:
        """The cells no field has, by their columns' names; also those that their field could not take."""
        found = {}
        for number, name in self.header.aside:
            if text := _clean(cell_text(cells[number])):
                found[name] = text[:_HELD_CHARS]
        for number, name, field_name in self.header.spare:
            text = clean_text(cell_text(cells[number]))
            if text and text != clean_text(self._text(cells, field_name)):
                found[name] = text[:_HELD_CHARS]
        for field_name, value in left.items():
            if value:
                found[field_name] = value[:_HELD_CHARS]
        return found or None

    def _counts(self, cells: list[Any], published: datetime | None) -> tuple[Observation, ...]:
        counts: dict[str, tuple[int, bool]] = {}
        for name, numbers in self.metrics:
            value = _first(cells, numbers)
            try:
                count = parse_count(value)
            except ValueError:
                raise _BadRow(f"{SHOWN[name]}数“{cell_text(value)[:60]}”不是数") from None
            if count is not None:
                counts[name] = count
        impossible = _impossible(counts)
        at = self._counted_at(cells, published) if counts else None
        return tuple(
            Observation(
                metric=name,
                value=value,
                censored=censored,
                seen_at=at,
                flag="impossible" if name in impossible else "constant" if name in self.constants else None,
            )
            for name, (value, censored) in counts.items()
        )

    def _counted_at(self, cells: list[Any], published: datetime | None) -> datetime | None:
        """When the counts were taken, where the row says so and it can be."""
        moment = parse_time(_first(cells, self.columns.get("counted_at", ())))
        if moment is None:
            return None
        seconds = seconds_of(moment, self.zone)
        if too_early_or_late(seconds, self.options.now) or (published and seconds < published.timestamp() - 86400):
            return None
        return datetime.fromtimestamp(seconds, UTC)


def _first(cells: list[Any], numbers: Sequence[int]) -> Any:
    """The first cell of these that is not empty, as it is; "" when all are."""
    for number in numbers:
        if (value := cells[number]) != "":
            return value
    return ""


def _pick(cells: list[Any], numbers: Sequence[int]) -> str:
    """The first cell of these that is not empty, as text."""
    value = _first(cells, numbers)
    return value if type(value) is str else cell_text(value)


def _clean(text: str) -> str | None:
    """clean_text, without its work where a text is clean already."""
    if text.isprintable() and "&" not in text and "  " not in text:
        return text.strip() or None
    return clean_text(text)


def _nothing(url: str, mid: str | None) -> str:
    if mid:
        return "只有 mid，没有位置，也没有标题和链接"
    if url:
        return "链接不是公众号文章的永久链接，又没有标题"
    return "没有标题、链接和 mid，不知道是哪篇文章"


def _biz(text: str | None) -> str | None:
    return biz_of_number(text.removeprefix("MP_WXS_")) if text and text.isascii() else None


def _web(text: str) -> str | None:
    return text if text.startswith(("http://", "https://", "//")) else None


def _copyright(text: str, original: bool | None) -> dict[str, Any]:
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        return {"original": parse_flag(text) if original is None else original}
    stat = int(text)
    return {"copyright_stat": stat, "original": _ORIGINAL_STATS.get(stat) if original is None else original}


def _impossible(counts: dict[str, tuple[int, bool]]) -> set[str]:
    """Counts that contradict each other: nobody likes what he has not opened."""
    if "read" not in counts or counts["read"][1]:
        return set()
    above = [name for name in ("like", "wow") if name in counts and counts[name][0] > counts["read"][0]]
    return {*above, "read"} if above else set()
