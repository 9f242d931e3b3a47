"""The command that finds accounts like an account, a text or a few words, and accounts that held
articles point to: similar.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from analysis.commands.options import (
    DEFAULT_STORE,
    AccountOption,
    ForceOption,
    FormatOption,
    OutOption,
    SinceOption,
    StoreOption,
    UntilOption,
    analysing,
    check_format,
    echo_err,
    frame_rows,
    show_rows,
    window,
)

if TYPE_CHECKING:
    import pandas as pd

    from crawler.store import Store

__all__ = ["app"]

app = typer.Typer()

_SHOWN = {
    "rank": "名次",
    "account": "账号",
    "content": "内容",
    "title_likeness": "标题",
    "name_likeness": "名称",
    "meaning": "词义",
    "columns": "栏目",
    "cadence": "节奏",
    "layout": "排版",
    "articles": "文章",
    "account_id": "账号编号",
}
_ALL = {"query": "问", **_SHOWN}
_BESIDE = ("columns", "cadence", "layout")
_CANDIDATES = {
    "candidate": "账号",
    "accounts": "几个账号提到",
    "articles": "几篇",
    "cards": "名片",
    "reposts": "转载",
    "links": "链接",
    "pointed_from": "谁提到",
    "candidate_id": "账号编号",
    "examples": "例子",
    "signature": "简介",
}
_CANDIDATES_TABLE = (
    "candidate",
    "accounts",
    "articles",
    "cards",
    "reposts",
    "links",
    "pointed_from",
    "candidate_id",
)


@app.command()
def similar(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="存储里的账号（名称、biz、gh_id），或一段定位、简介、几个词"),
    ] = None,
    texts: Annotated[
        Path | None, typer.Option("--texts", help="一次问很多：CSV 文件，列是 query 和 text")
    ] = None,
    candidates: Annotated[
        bool,
        typer.Option(
            "--candidates", help="列出文章里提到、存储里没有的账号（名片、转载来源、链接）"
        ),
    ] = False,
    top: Annotated[int, typer.Option("--top", min=1, help="每问列出几个账号")] = 10,
    account: AccountOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    store: StoreOption = DEFAULT_STORE,
    format: FormatOption = "table",
    output: OutOption = None,
    force: ForceOption = False,
) -> None:
    """哪些账号和一个账号、一段定位或几个词相像：按内容排，栏目、节奏、排版各自列出，不合成一个分。"""
    check_format(format)
    if sum([bool(words), texts is not None, candidates]) != 1:
        raise typer.BadParameter(
            "写账号或文字、用 --texts 文件、用 --candidates，三样选一样", param_hint="WORDS"
        )
    days = window(since, until)
    asked = _read_texts(texts) if texts else None
    with analysing(store) as opened:
        if candidates:
            found = _Answer(_candidates(opened, account, days), _CANDIDATES, _CANDIDATES_TABLE)
        elif asked is not None:
            found = _Answer(_rank_texts(opened, asked, top, account, days), _ALL, _OF_TEXTS, _ORDER)
        else:
            found = _rank_words(opened, words or [], top, account, days)
    table = {column: found.columns[column] for column in found.table}
    show_rows(
        found.rows,
        found.columns,
        table,
        worded=_for_people,
        format=format,
        output=output,
        force=force,
    )
    if format == "table" and not output and found.rows:
        print(found.under, end="")


class _Answer(NamedTuple):
    """Rows, their columns, those of the table, and what is said under it."""

    rows: list[dict[str, Any]]
    columns: dict[str, str]
    table: tuple[str, ...]
    under: str = ""


_ORDER = "名次只按内容：标题（和简介）、名称、词义三种相像按 1 : 0.3 : 0.1 平均，都是 0 到 1\n"
_MEANS = (
    "栏目看名字、节奏看频率和时间、排版看字号、对齐、配图和篇幅，各是 0 到 1，不进名次；"
    "样本不足＝已知的太少\n"
)
_OF_TEXTS = tuple(column for column in _ALL if column not in _BESIDE)


def _rank_words(
    opened: Store,
    words: Sequence[str],
    top: int,
    only: list[str] | None,
    days: tuple[datetime | None, datetime | None],
) -> _Answer:
    """Likeness to the account the words name, or to the text they are."""
    from analysis.peers.similar import index_content, rank_like_account, rank_texts

    found = _find_account(opened, words)
    articles, accounts = _load(opened, only, days, also=found)
    index = index_content(articles, accounts)
    if found is None:
        text = " ".join(words)
        echo_err(f"存储里没有叫 {text[:30]!r} 的账号：当作一段文字来找")
        return _Answer(
            frame_rows(rank_texts(index, _texts_frame([(text, text)]), top=top)),
            _ALL,
            _OF_TEXTS[1:],
            _ORDER,
        )
    if not (articles["account_id"] == found).any():
        echo_err("这个账号在这段时间里没有文章：只能按名称和简介比")
    ranked = _beside(opened, rank_like_account(index, found, top=top), days, found)
    return _Answer(frame_rows(ranked), _ALL, tuple(_SHOWN), _ORDER + _MEANS)


def _find_account(opened: Store, words: Sequence[str]) -> str | None:
    """The id of the account the words name; None where they are a text. Raises StoreError for a
    name of several accounts.
    """
    word = " ".join(words)
    known = [
        a
        for a in opened.accounts()
        if word in (a["name"], a["account_id"], a["user_name"], a.get("alias"))
        or word in a.get("names", ())
    ]
    return str(opened.find_accounts([word])[0]["account_id"]) if known else None


def _rank_texts(
    opened: Store,
    asked: pd.DataFrame,
    top: int,
    only: list[str] | None,
    days: tuple[datetime | None, datetime | None],
) -> list[dict[str, Any]]:
    from analysis.peers.similar import index_content, rank_texts

    return frame_rows(rank_texts(index_content(*_load(opened, only, days)), asked, top=top))


def _load(
    opened: Store,
    only: list[str] | None,
    days: tuple[datetime | None, datetime | None],
    *,
    also: str | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The articles of the window and the accounts to choose from, with the one that
    is asked about.
    """
    from analysis.frames import load_accounts, load_articles

    wanted = None if only is None else [*only, *([also] if also else [])]
    accounts = load_accounts(opened)
    if wanted is not None:
        accounts = accounts[
            accounts["account_id"].isin([a["account_id"] for a in opened.find_accounts(wanted)])
        ].reset_index(drop=True)
    return load_articles(opened, accounts=wanted, since=days[0], until=days[1]), accounts


def _beside(
    opened: Store,
    ranked: pd.DataFrame,
    days: tuple[datetime | None, datetime | None],
    account_id: str,
) -> pd.DataFrame:
    """The ranked accounts with their likeness in columns, cadence and layout; only of those shown,
    as bodies take long to read.
    """
    from analysis.group import AccountGroup
    from analysis.layout.measures import measure_layouts
    from analysis.peers.similarity import (
        add_similarity,
        cadence_similarity,
        column_similarity,
        layout_similarity,
    )

    shown = [account_id, *ranked["account_id"]]
    group = AccountGroup(opened, accounts=shown, since=days[0], until=days[1])
    found = {
        "columns": column_similarity(group.columns, account_id),
        "cadence": cadence_similarity(group.cadence, account_id),
        "layout": layout_similarity(measure_layouts(group.articles, group.profiles), account_id),
    }
    return add_similarity(ranked, found)


def _candidates(
    opened: Store, only: list[str] | None, days: tuple[datetime | None, datetime | None]
) -> list[dict[str, Any]]:
    from analysis.frames import load_accounts, load_articles
    from analysis.peers.mentions import count_mentions, load_pointers

    articles = load_articles(opened, accounts=only, since=days[0], until=days[1])
    pointers = load_pointers(opened, accounts=only)
    unclear = pointers[
        pointers["article_id"].isin(articles["article_id"])
        & ~pointers["link"].isin(articles["url"])
    ]["link"].nunique()
    if unclear:
        echo_err(f"{unclear} 个短链接看不出指向谁，没有算进来")
    return frame_rows(count_mentions(pointers, articles, load_accounts(opened)))


def _read_texts(path: Path) -> pd.DataFrame:
    """The texts of a CSV file with the columns query and text; says in one line what is wrong with
    it.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = (
            "编码不是 UTF-8"
            if isinstance(error, UnicodeDecodeError)
            else getattr(error, "strerror", None) or str(error)
        )
        raise typer.BadParameter(f"读不了 {path}：{why}", param_hint="--texts") from None
    lacking = [column for column in ("query", "text") if rows and column not in rows[0]]
    if lacking or not rows:
        raise typer.BadParameter(
            f"{path} "
            + (f"缺少列 {'、'.join(lacking)}" if lacking else "里没有一行")
            + "：要有 query 和 text 两列",
            param_hint="--texts",
        )
    asked = [(row["query"] or "", row["text"] or "") for row in rows]
    if len({query for query, _ in asked}) < len(asked):
        raise typer.BadParameter(
            f"{path} 里有相同的 query：每行要不同，答案才分得开", param_hint="--texts"
        )
    empty = [query for query, text in asked if not text.strip()]
    if empty:
        echo_err(f"{len(empty)} 行没有文字，没有答案：{'、'.join(empty[:5])}")
    return _texts_frame(asked)


def _texts_frame(asked: Sequence[tuple[str, str]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(asked), columns=["query", "text"]).astype("str")


def _for_people(row: dict[str, Any]) -> dict[str, Any]:
    """A row for the table: why a figure is missing, and a name where only an id is known."""
    shown = {
        key: "样本不足" if key in _BESIDE and value is None else value for key, value in row.items()
    }
    if "candidate" in shown:
        shown["candidate"] = shown["candidate"] or "（名称未知）"
        names = row["pointed_from"]
        shown["pointed_from"] = "、".join(names[:3]) + (
            f"等 {len(names)} 个" if len(names) > 3 else ""
        )
    return shown
