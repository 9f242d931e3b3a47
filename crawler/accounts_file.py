"""ACCOUNTS.toml: whom to look at, from where, with whose permission. Reading and checking it; a
mistake is named with its line.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.errors import DuibiaoError
from crawler.records import BEIJING, ROLES, Account, is_biz, parse_album_id, parse_article_url

__all__ = ["AccountsFile", "AccountsFileError", "Watched", "load_accounts_file"]

_TOP = ("accounts", "daily_cap", "delay", "permission")
_KEYS = (
    "name",
    "id",
    "brand",
    "role",
    "urls",
    "albums",
    "feeds",
    "files",
    "since",
    "limit",
    "facts",
)
_LISTS = ("urls", "albums", "feeds", "files")


class AccountsFileError(DuibiaoError, ValueError):
    """The accounts file can't be used; names the line, what was found and what is allowed."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One account to look at."""

    account: Account
    urls: tuple[str, ...] = ()
    albums: tuple[str, ...] = ()  # album ids
    feeds: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    since: datetime | None = None
    limit: int | None = None

    @property
    def label(self) -> str:
        """What to call it in messages."""
        return self.account.name or self.account.biz or self.account.user_name or "?"


@dataclass(frozen=True, slots=True)
class AccountsFile:
    """The whole file; `delay` in seconds, `daily_cap` in requests a day."""

    path: Path
    accounts: tuple[Watched, ...] = ()
    delay: float | None = None
    daily_cap: int = 500
    permission: str | None = None


@dataclass(slots=True)
class _Lines:
    """Where things stand in the file, for messages: tomllib keeps no line numbers."""

    path: Path
    text: list[str] = field(default_factory=list)

    def error(
        self, key: str, message: str, *, block: int | None = None, value: object = None
    ) -> AccountsFileError:
        return AccountsFileError(f"{self.path} 第 {self._find(key, block, value)} 行：{message}")

    def _find(self, key: str, block: int | None, value: object) -> int:
        starts = [
            i for i, line in enumerate(self.text) if re.match(r"\s*\[\[\s*accounts\s*\]\]", line)
        ]
        begin = starts[block] if block is not None and block < len(starts) else 0
        end = starts[block + 1] if block is not None and block + 1 < len(starts) else len(self.text)
        if block is None and starts:
            end = starts[0]
        if value is not None:
            for number in range(begin, end):
                if str(value) in self.text[number]:
                    return number + 1
        shape = re.compile(
            rf"""\s*(?:["']?{re.escape(key)}["']?\s*[=.]|\[\[?[\w.\s]*\b{re.escape(key)}\s*\]\]?)"""
        )
        for number in range(begin, end):
            if shape.match(self.text[number]):
                return number + 1
        return begin + 1


def load_accounts_file(path: Path) -> AccountsFile:
    """Read and check the file. Raises AccountsFileError with the line of the first mistake."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise AccountsFileError(
            f"没有这个文件：{path}（样例见 data/accounts.example.toml）"
        ) from None
    except UnicodeDecodeError:
        raise AccountsFileError(f"{path} 不是 UTF-8 编码：请另存为 UTF-8") from None
    except OSError as error:
        raise AccountsFileError(f"读不了 {path}：{error.strerror}") from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise AccountsFileError(
            f"{path} 第 {line[1] if line else '?'} 行：不是正确的 TOML（{error}）"
        ) from None
    lines = _Lines(path, text.splitlines())
    _check_keys(lines, data, _TOP, None)
    entries = data.get("accounts", [])
    if (
        not isinstance(entries, list)
        or not entries
        or not all(isinstance(e, dict) for e in entries)
    ):
        raise lines.error("accounts", "至少要有一段 [[accounts]]")
    return AccountsFile(
        path,
        tuple(_watched(lines, entry, number) for number, entry in enumerate(entries)),
        _number(lines, data, "delay", None, 0, 3600),
        int(_number(lines, data, "daily_cap", None, 1, 100_000) or 500),
        _text(lines, data, "permission", None),
    )


def _check_keys(
    lines: _Lines, table: dict[str, Any], allowed: tuple[str, ...], block: int | None
) -> None:
    for key in table:
        if key not in allowed:
            raise lines.error(key, f"不认识的键 {key!r}；可以用：{'、'.join(allowed)}", block=block)


def _watched(lines: _Lines, entry: dict[str, Any], block: int) -> Watched:
    _check_keys(lines, entry, _KEYS, block)
    name, ident, role = (_text(lines, entry, key, block) for key in ("name", "id", "role"))
    if not (name or ident):
        raise lines.error("name", "账号要有 name 或 id", block=block)
    if role is not None and role not in ROLES:
        raise lines.error("role", f"role = {role!r} 不对；可以用：{'、'.join(ROLES)}", block=block)
    if ident is not None and not (is_biz(ident) or ident.startswith("gh_")):
        raise lines.error("id", f"id = {ident!r} 不对；写 biz（Mz…==）或 gh_…", block=block)
    facts = entry.get("facts")
    if facts is not None and not isinstance(facts, dict):
        raise lines.error("facts", "facts 要写成 [accounts.facts] 一节", block=block)
    lists = {key: _strings(lines, entry, key, block) for key in _LISTS}
    account = Account(
        biz=ident if is_biz(ident) else None,
        user_name=ident if ident and ident.startswith("gh_") else None,
        name=name,
        brand=_text(lines, entry, "brand", block),
        role=role,
        facts={str(key): str(value) for key, value in facts.items()} if facts else None,
    )
    limit = _number(lines, entry, "limit", block, 1, 10_000_000)
    return Watched(
        account,
        tuple(_article_link(lines, url, block) for url in lists["urls"]),
        tuple(_album(lines, url, block) for url in lists["albums"]),
        tuple(_feed(lines, url, block) for url in lists["feeds"]),
        lists["files"],
        _since(lines, entry, block),
        int(limit) if limit else None,
    )


def _article_link(lines: _Lines, url: str, block: int) -> str:
    link = parse_article_url(url)
    if link is None or link.temporary:
        why = (
            "是会过期的临时链接，请换成永久链接"
            if link
            else "不是文章链接；写 https://mp.weixin.qq.com/s/… 或 https://mp.weixin.qq.com/"
            "s?__biz=…&mid=…&idx=…"
        )
        raise lines.error("urls", f"{url!r} {why}", block=block, value=url)
    return link.url


def _album(lines: _Lines, url: str, block: int) -> str:
    album_id = url if url.isdigit() else parse_album_id(url)
    if not album_id:
        raise lines.error(
            "albums",
            f"{url!r} 不是合集；写合集编号或 https://mp.weixin.qq.com/mp/appmsgalbum?…album_id=…",
            block=block,
            value=url,
        )
    return album_id


def _feed(lines: _Lines, url: str, block: int) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise lines.error("feeds", f"{url!r} 不是订阅地址；写 https://…", block=block, value=url)
    return url


def _since(lines: _Lines, entry: dict[str, Any], block: int) -> datetime | None:
    value = entry.get("since")
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise lines.error(
                "since", f"since = {value!r} 不是日期；写 2025-01-31", block=block
            ) from None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=BEIJING)
    if isinstance(value, date):
        return datetime.combine(value, time(), BEIJING)
    raise lines.error("since", f"since = {value!r} 不是日期；写 2025-01-31", block=block)


def _strings(lines: _Lines, table: dict[str, Any], key: str, block: int) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise lines.error(key, f'{key} 要写成字符串的列表，如 {key} = ["…"]', block=block)
    return tuple(value)


def _text(lines: _Lines, table: dict[str, Any], key: str, block: int | None) -> str | None:
    value = table.get(key)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise lines.error(key, f"{key} = {value!r} 要写成文字", block=block)
    return value.strip() if value else None


def _number(
    lines: _Lines, table: dict[str, Any], key: str, block: int | None, low: float, high: float
) -> float | None:
    value = table.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise lines.error(
            key, f"{key} = {value!r} 不对；要在 {low:g} 到 {high:g} 之间", block=block
        )
    return float(value)
