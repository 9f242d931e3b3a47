"""A person's corrections of the columns found: rename, merge, split, pin and drop, kept in a small
TOML file and respected ever after.

    [[rename]]                # 改名
    account = "棠屿家居"       # 账号的名称或编号；不写就是所有账号
    column = "上新"            # 栏目的名字或编号（columns 里的 column_id）
    to = "每周上新"

    [[merge]]                 # 合并
    columns = ["开箱", "拆箱报告"]
    to = "拆箱报告"

    [[split]]                 # 拆分：标题里有这些字的分出去
    column = "门店日记"
    contains = ["杭州", "上海"]
    to = "门店日记·江浙沪"

    [[pin]]                   # 固定：标题里有这些字的（或这些链接）就是这个栏目，不管算出来是什么
    to = "读者来信"
    contains = "来信"
    urls = []

    [[drop]]                  # 不算栏目
    column = "招聘"

They are applied in this order: pin, drop, merge, split, rename; so a rename names what the others
made.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.columns.assign import ASSIGNED, name_column
from analysis.frames import check_frame
from analysis.text.normalize import normalize_key
from crawler.errors import DuibiaoError

__all__ = ["ColumnEdit", "ColumnEditsError", "apply_edits", "load_edits"]

_ORDER = ("pin", "drop", "merge", "split", "rename")
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "rename": ("column", "to"),
    "merge": ("columns", "to"),
    "split": ("column", "contains", "to"),
    "pin": ("to",),
    "drop": ("column",),
}
_KEYS = frozenset({"account", "column", "columns", "to", "contains", "urls"})
_FIELDS = ("content_column", "kind", "strength", "column_id")


class ColumnEditsError(DuibiaoError, ValueError):
    """The file of corrections can't be read or says something it can't mean; names the file and the
    entry.
    """


@dataclass(frozen=True, slots=True)
class ColumnEdit:
    """One correction. `columns` are names or ids of columns, `contains` words of titles; empty
    where the verb has none.
    """

    verb: str
    account: str | None
    columns: tuple[str, ...] = ()
    to: str | None = None
    contains: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()

    def __str__(self) -> str:
        what = "、".join(self.columns or self.contains or self.urls)
        return f"[[{self.verb}]] {what}" + (f"（{self.account}）" if self.account else "")


def load_edits(path: Path) -> tuple[ColumnEdit, ...]:
    """The corrections of a file, in the order they are applied. Raises ColumnEditsError."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise ColumnEditsError(
            f"读不了 {path}：{getattr(error, 'strerror', None) or '不是 UTF-8 文本'}"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise ColumnEditsError(f"{path} 不是 TOML：{error}") from None
    strange = sorted(set(document) - set(_ORDER))
    if strange:
        raise ColumnEditsError(
            f"{path}：不认识 {strange[0]!r}；可以写 {'、'.join(f'[[{verb}]]' for verb in _ORDER)}"
        )
    return tuple(
        _read_edit(path, verb, entry)
        for verb in _ORDER
        for entry in _entries(path, verb, document.get(verb, []))
    )


def _entries(path: Path, verb: str, entries: object) -> list[Mapping[str, Any]]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ColumnEditsError(f"{path}：{verb} 要写成 [[{verb}]]（两层方括号），下面一行一项")
    return entries


def _read_edit(path: Path, verb: str, entry: Mapping[str, Any]) -> ColumnEdit:
    where = f"{path}：[[{verb}]]"
    missing = [name for name in _NEEDS[verb] if not entry.get(name)]
    if missing or (verb == "pin" and not (entry.get("contains") or entry.get("urls"))):
        raise ColumnEditsError(f"{where} 缺 {'、'.join(missing) or 'contains 或 urls'}")
    strange = sorted(set(entry) - _KEYS)
    if strange:
        raise ColumnEditsError(
            f"{where} 里不认识 {strange[0]!r}；可以写 {'、'.join(sorted(_KEYS))}"
        )
    words = {
        name: _words(where, name, entry.get(name, []))
        for name in ("column", "columns", "contains", "urls")
    }
    return ColumnEdit(
        verb,
        _word(where, "account", entry),
        words["columns"] or words["column"],
        _word(where, "to", entry),
        words["contains"],
        words["urls"],
    )


def _word(where: str, name: str, entry: Mapping[str, Any]) -> str | None:
    value = entry.get(name)
    if value is not None and not isinstance(value, str):
        raise ColumnEditsError(f"{where} 的 {name} 要用引号括起来，现在是 {value!r}")
    return value


def _words(where: str, name: str, value: object) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ColumnEditsError(f"{where} 的 {name} 要写成一段文字或一组文字，现在是 {value!r}")
    return tuple(word for word in words if word)


def apply_edits(
    assigned: pd.DataFrame, edits: Sequence[ColumnEdit]
) -> tuple[pd.DataFrame, list[ColumnEdit]]:
    """The assigned columns as a person corrected them, and the edits that found nothing to do.

    A renamed column keeps its id; what is pinned, merged or split gets one of its own, made from
    its account and new name. Pinned and split articles have strength 1.0; a pinned column's kind is
    marker. Returns a frame like `assigned`. Raises FrameError.
    """
    check_frame(assigned, ASSIGNED, name="assigned")
    edited = assigned.copy()
    idle = [edit for edit in edits if not _apply(edited, edit)]
    return edited, idle


def _apply(edited: pd.DataFrame, edit: ColumnEdit) -> bool:
    here = (
        pd.Series(True, index=edited.index)
        if edit.account is None
        else (edited["account"] == edit.account) | (edited["account_id"] == edit.account)
    )
    if edit.verb == "pin":
        chosen = here & (_contains(edited, edit.contains) | edited["url"].isin(edit.urls))
    else:
        wanted = {normalize_key(name) for name in edit.columns}
        named = (
            edited["content_column"]
            .map(lambda name: normalize_key(name) in wanted, na_action="ignore")
            .fillna(False)
            .astype(bool)
        )
        chosen = here & (named | edited["column_id"].isin(edit.columns))
        if edit.verb == "split":
            chosen &= _contains(edited, edit.contains)
    if not chosen.any():
        return False
    _write(edited, chosen, edit)
    return True


def _contains(assigned: pd.DataFrame, words: Sequence[str]) -> pd.Series:
    folded = assigned["title"].map(normalize_key, na_action="ignore")
    contained = pd.Series(False, index=assigned.index)
    for word in words:
        contained |= folded.str.contains(normalize_key(word), regex=False, na=False)
    return contained


def _write(edited: pd.DataFrame, chosen: pd.Series, edit: ColumnEdit) -> None:
    if edit.verb == "drop":
        edited.loc[chosen, list(_FIELDS)] = None
        return
    edited.loc[chosen, "content_column"] = edit.to
    if edit.verb == "rename":
        return
    edited.loc[chosen, "column_id"] = [
        name_column(account_id, f"named:{edit.to}")
        for account_id in edited.loc[chosen, "account_id"]
    ]
    if edit.verb == "pin":
        edited.loc[chosen, "kind"] = "marker"
    elif edit.verb == "merge":
        edited.loc[chosen, "kind"] = (
            edited.loc[chosen]
            .groupby("account_id")["kind"]
            .transform(lambda kinds: kinds.mode().iat[0])
        )
    if edit.verb != "merge":
        edited.loc[chosen, "strength"] = 1.0
