"""The second pass over a table: one row -> a sighting, by what the first pass decided."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from crawler.formats.row_ids import link_of_row_id
from crawler.formats.tables.cells import (
    EMPTY,
    cell_text,
    first_cell,
    parse_albums,
    parse_count,
    parse_flag,
    parse_kind,
    parse_mid,
    parse_position,
    pick_cell,
)
from crawler.formats.tables.headers import METRICS, SHOWN, HeaderMap
from crawler.formats.tables.survey import ACCOUNT_FIELDS, Survey, account_key
from crawler.formats.tables.time_inference import decide_precision, decide_zone, settle_time
from crawler.records import (
    Account,
    Article,
    ArticleUrl,
    Observation,
    biz_of_number,
    clean_text,
    parse_article_url,
    user_name_of,
)
from crawler.store.claims import Sighting
from crawler.times import parse_time, seconds_of, too_early_or_late
from crawler.wechat.values import to_link

__all__ = ["MAX_REJECT_CHARS", "BadRow", "RowTaker", "TableOptions"]

MAX_REJECT_CHARS = 500
_SHORT_URL = re.compile(r"https?://mp\.weixin\.qq\.com(/s/[A-Za-z0-9_-]{16,64})")
_AID = re.compile(r"(?:.*/|(?:MP_WXS_)?\d{6,12}-)?(\d{5,20})_(\d{1,2})")
_LONGEST_SHOWN, _MOST_SHOWN, _MOST_TEXTS = 20, 3, 1000  # of what could not be read, in a note
_LINKED_NAME = re.compile(r"\s*[(（]https?://[^()（）]*[)）]$")  # Notion's way to show a relation
_ORIGINAL_STATS = {0: False, 100: False, 1: True, 11: True, 2: False}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOptions:
    """What a person says of a table: column names -> fields (--map), whose it is where it names
    nobody, and what time it is.

    `sheet_accounts`: a sheet's name is the account of its rows. `dated` is the day the file says it
    is of; `guessed`: whose they are by the names of the file, of the sheet or the line above the
    header, where nothing else tells.
    """

    now: int
    mapping: dict[str, str] = field(default_factory=dict)
    owner: Account | None = None
    dated: date | None = None
    sheet_accounts: bool = False
    guessed: str | None = None


class BadRow(ValueError):
    """Why a row is not taken."""


class RowTaker:
    """Makes a sighting of one row, by what the survey decided."""

    def __init__(self, header: HeaderMap, options: TableOptions, survey: Survey) -> None:
        self.header, self.options, self.survey = header, options, survey
        self.columns = header.columns
        self.by = [number for name in ACCOUNT_FIELDS for number in self.columns.get(name, ())]
        self.urls, self.published = self.columns.get("url", ()), self.columns.get("published", ())
        self._last: tuple[tuple[Any, tuple[str, ...]], tuple[datetime | None, str]] = (
            ("", ()),
            (None, "none"),
        )
        self.zone = decide_zone(survey.whole)
        self.choices = {
            key: decide_precision(tally, whole=survey.whole, zone=self.zone)
            for key, tally in survey.accounts.items()
        }
        self.constants = survey.constants()
        self.as_of = survey.newest[2 if self.zone.utc else 0 if self.zone.naive else 1]
        self.metrics = [(name, self.columns[name]) for name in METRICS if name in self.columns]
        self.guessed: str | None = None
        self.owner = self._owner()
        self._accounts: dict[tuple[str | None, tuple[str, ...]], Account | None] = {}
        self._unread: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def _owner(self) -> Account | None:
        """The account a row belongs to that names none; the file's only biz is its biz."""
        given = self.options.owner
        if given is None and self.options.guessed and len(self.survey.bizes) <= 1:
            self.guessed = self.options.guessed
            given = Account(name=self.guessed)
        if given is None:
            return None
        bare = Account(biz=given.biz, user_name=given.user_name, name=given.name, alias=given.alias)
        if bare.biz is None and not self.by and len(self.survey.bizes) == 1:
            return replace(
                bare,
                biz=biz_of_number(
                    next(iter(self.survey.bizes)).replace("%3D", "=").replace("%3d", "=")
                ),
            )
        return bare

    def notes(self) -> list[str]:
        """What was decided of the whole file, in Chinese."""
        notes = [self.zone.reason] if self.zone.reason else []
        reasons = Counter(decided.reason for decided in self.choices.values() if decided.reason)
        several = len(self.choices) > 1
        notes += [
            f"{reason}（{n} 个账号）" if several else reason
            for reason, n in sorted(reasons.items())
        ]
        for name, (value, share, rows) in self.constants.items():
            notes.append(
                f"{SHOWN[name]}数 {share:.0%} 是同一个值（有数的 {rows} 行里多是 {value}），"
                "不计入指标"
            )
        if self.survey.from_zero:
            notes.append("位置从 0 数起，已各加 1")
        if not (self.by or self.owner or self.survey.bizes):
            notes.append("没写是哪个公众号的文章：可以用 --account 指明")
        notes += self.header.notes
        if self.header.unknown:
            notes.append(
                "没认出的列（原样保留）："
                + "、".join(self.header.unknown[:30])
                + ("……" if len(self.header.unknown) > 30 else "")
            )
        return notes

    def unread_notes(self) -> list[str]:
        """What could not be read in the rows taken so far, one line a column."""
        notes = []
        for name, texts in self._unread.items():
            shown = "、".join(sorted(texts, key=lambda text: (-texts[text], text))[:_MOST_SHOWN])
            more = "……" if len(texts) > _MOST_SHOWN else ""
            notes.append(f"{name} {texts.total()} 个看不懂，没有采用：{shown}{more}")
        return notes

    def _leave(self, name: str, value: Any) -> None:
        """Count a cell that could not be read; of so many different ones none tells any more."""
        text = cell_text(value)[: 2 * _LONGEST_SHOWN]
        texts = self._unread[name]
        texts[text if text in texts or len(texts) < _MOST_TEXTS else next(iter(texts))] += 1

    def take(self, cells: list[Any]) -> Sighting:
        """One row's sighting. Raises BadRow with the reason when it is none."""
        if len(cells) > self.header.width and any(
            cell != "" for cell in cells[self.header.width :]
        ):
            raise BadRow(
                f"有 {len(cells) - self.header.virtual} 列，表头只有 "
                f"{self.header.width - self.header.virtual} 列：可能有没加引号的分隔符"
            )
        key = account_key(cells, self.by, self.urls)
        link, lost_url = self._link(cells)
        mid, idx = (link.mid, link.idx) if link and link.mid else self._ids(cells)
        title = _clean(pick_cell(cells, self.columns.get("title", ())))
        if not (title or link or (mid and idx)):
            raise BadRow(_nothing(lost_url, mid))
        published, precision, lost_time = self._time(cells, key)
        biz = link.biz if link else None
        account = self._account(cells, key, biz)
        article = Article(
            biz=biz or (account.biz if account else None),
            mid=mid,
            idx=idx,
            sn=(link.sn if link else None) or clean_text(self._text(cells, "sn")),
            token=link.token if link else None,
            user_name=account.user_name if account else None,
            account_name=account.name if account else None,
            url=link.url if link else None,
            title=title,
            published_at=published,
            time_precision=precision,
            **self._rest(cells, {"url": lost_url, "发布时间": lost_time}),
        )
        return Sighting(
            article,
            "table",
            self.as_of,
            account,
            counts=self._counts(cells, published) if self.metrics else (),
        )

    def _text(self, cells: list[Any], name: str) -> str:
        numbers = self.columns.get(name)
        return pick_cell(cells, numbers) if numbers else ""

    def _link(self, cells: list[Any]) -> tuple[ArticleUrl | None, str]:
        """The article's link, and the text that is none."""
        text = pick_cell(cells, self.urls)
        if not text:
            return _link_of_feed_row(self._text(cells, "id"), self._text(cells, "account_id")), ""
        short = _SHORT_URL.fullmatch(text)
        if short:
            return ArticleUrl("https://mp.weixin.qq.com" + short[1], token=short[1][3:]), ""
        link = parse_article_url(text)
        return (None, text) if link is None or link.temporary else (link, "")

    def _ids(self, cells: list[Any]) -> tuple[str | None, int | None]:
        """mid and slot of the columns, else of an aid (<mid>_<idx>)."""
        mid, idx = None, None
        try:
            mid = parse_mid(self._text(cells, "mid"))
        except ValueError:
            text = self._text(cells, "mid")
            rounded = "（被表格软件改成了科学计数）" if "E+" in text.upper() else ""
            self._leave("mid", text[:_LONGEST_SHOWN] + rounded)
        try:
            idx = parse_position(self._text(cells, "position"))
        except ValueError:
            self._leave("位置", self._text(cells, "position"))
        if idx is not None and self.survey.from_zero:
            idx += 1
        match = (
            _AID.fullmatch(self._text(cells, "aid") or self._text(cells, "id"))
            if not mid or not idx
            else None
        )
        if match and mid in (None, match[1]):
            return match[1], int(match[2])
        return mid, idx

    def _time(self, cells: list[Any], key: tuple[str, ...]) -> tuple[datetime | None, str, str]:
        """When the article appeared, how fine that is, and the text that is no such time."""
        value = first_cell(cells, self.published)
        if value == "":
            return None, "none", ""
        if self._last[0] == (value, key):  # the articles of one push stand together
            return *self._last[1], ""
        moment = self.survey.dates.read(cells)
        if moment is not None:
            seconds, precision = settle_time(moment, self.zone, self.choices[key])
            if not too_early_or_late(seconds, self.options.now):
                at = datetime.fromtimestamp(seconds, UTC)
                if type(value) is not str or value[:4].isdigit():  # 昨天 is each row's own
                    self._last = ((value, key), (at, precision))
                return at, precision, ""
        text = cell_text(value)
        if text.lower() in EMPTY:
            return None, "none", ""
        reason = too_early_or_late(seconds, self.options.now) if moment else ""
        self._leave("发布时间", f"{text[:_LONGEST_SHOWN]}（{reason}）" if reason else text)
        return None, "none", text

    def _account(self, cells: list[Any], key: tuple[str, ...], biz: str | None) -> Account | None:
        try:
            return self._accounts[biz, key]
        except KeyError:
            account = self._accounts[biz, key] = self._new_account(
                biz, *(self._text(cells, name) for name in ACCOUNT_FIELDS)
            )
            return account

    def _new_account(
        self,
        link_biz: str | None,
        biz: str,
        user_name: str,
        any_id: str,
        name: str | None,
        alias: str,
    ) -> Account | None:
        ids = {"biz": _biz(biz), "user_name": user_name_of(user_name), "alias": clean_text(alias)}
        if any_id:
            kind = "biz" if _biz(any_id) else "user_name" if any_id.startswith("gh_") else "alias"
            ids[kind] = ids[kind] or (_biz(any_id) if kind == "biz" else clean_text(any_id))
        name = _LINKED_NAME.sub("", clean_text(name) or "") or None
        if not any((*ids.values(), name)):
            if link_biz is None or (self.owner and self.owner.biz == link_biz):
                return self.owner
            return Account(biz=link_biz)
        return Account(
            biz=link_biz or ids["biz"], user_name=ids["user_name"], name=name, alias=ids["alias"]
        )

    def _rest(self, cells: list[Any], left: dict[str, str]) -> dict[str, Any]:
        """What else a row says of its article, and the columns nobody knows."""
        columns = self.columns
        rest: dict[str, Any] = {}
        for name in ("digest", "author"):
            if name in columns:
                rest[name] = _clean(pick_cell(cells, columns[name]))
        for name in ("cover", "source_url"):
            if name in columns:
                rest[name] = to_link(pick_cell(cells, columns[name]))
        if "original" in columns:
            rest["original"] = parse_flag(pick_cell(cells, columns["original"]))
        if "copyright_stat" in columns:
            rest |= _copyright(pick_cell(cells, columns["copyright_stat"]), rest.get("original"))
        if "albums" in columns:
            rest["album_titles"] = parse_albums(first_cell(cells, columns["albums"]))
        kind = ""
        if "kind" in columns:
            kind = pick_cell(cells, columns["kind"])
            rest["kind"] = parse_kind(kind)
            rest["item_show_type"] = (
                int(kind) if kind.isascii() and kind.isdigit() and len(kind) < 4 else None
            )
        if "deleted" in columns and parse_flag(pick_cell(cells, columns["deleted"])):
            rest["status"] = "deleted"
        rest["aside"] = self._extra(cells, left | {"kind": "" if rest.get("kind") else kind})
        return rest

    def _extra(self, cells: list[Any], left: dict[str, str]) -> dict[str, str] | None:
        """The cells no field has, by their columns' names; also those that their field could not
        take.
        """
        extra = {}
        for number, name in self.header.aside:
            if text := _clean(cell_text(cells[number])):
                extra[name] = text[:MAX_REJECT_CHARS]
        for number, name, field_name in self.header.spare:
            text = clean_text(cell_text(cells[number]))
            if text and text != clean_text(self._text(cells, field_name)):
                extra[name] = text[:MAX_REJECT_CHARS]
        for field_name, value in left.items():
            if text := clean_text(value):
                extra[field_name] = text[:MAX_REJECT_CHARS]
        return extra or None

    def _counts(self, cells: list[Any], published: datetime | None) -> tuple[Observation, ...]:
        counts: dict[str, tuple[int, bool]] = {}
        for name, numbers in self.metrics:
            value = first_cell(cells, numbers)
            try:
                count = parse_count(value)
            except ValueError:
                self._leave(f"{SHOWN[name]}数", value)
                continue
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
                flag="impossible"
                if name in impossible
                else "constant"
                if name in self.constants
                else None,
            )
            for name, (value, censored) in counts.items()
        )

    def _counted_at(self, cells: list[Any], published: datetime | None) -> datetime | None:
        """When the counts were taken, where the row says so and it can be."""
        moment = parse_time(first_cell(cells, self.columns.get("counted_at", ())))
        if moment is None:
            return None
        seconds = seconds_of(moment, self.zone)
        if too_early_or_late(seconds, self.options.now) or (
            published and seconds < published.timestamp() - 86400
        ):
            return None
        return datetime.fromtimestamp(seconds, UTC)


def _link_of_feed_row(row_id: str, feed_id: str) -> ArticleUrl | None:
    """The link in a row's id, where the account's id shows whose export the table is."""
    known = feed_id.startswith("MP_WXS_") or (feed_id.isdigit() and len(feed_id) == 10)
    return link_of_row_id(row_id) if known else None


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


def _copyright(text: str, original: bool | None) -> dict[str, Any]:
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        return {"original": parse_flag(text) if original is None else original}
    stat = int(text)
    return {
        "copyright_stat": stat,
        "original": _ORIGINAL_STATS.get(stat) if original is None else original,
    }


def _impossible(counts: dict[str, tuple[int, bool]]) -> set[str]:
    """Counts that contradict each other: nobody likes what he has not opened."""
    if "read" not in counts or counts["read"][1]:
        return set()
    above = [
        name for name in ("like", "wow") if name in counts and counts[name][0] > counts["read"][0]
    ]
    return {*above, "read"} if above else set()
