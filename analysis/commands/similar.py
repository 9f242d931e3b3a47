"""The command that finds accounts like an account, a text or a few words, and accounts that
articles point to: similar.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from analysis.commands.headings import View, load_view
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
    check_output,
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

_SIMILARITIES = ("columns", "cadence", "layout")


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
    check_output(output, force=force)
    if sum([bool(words), texts is not None, candidates]) != 1:
        raise typer.BadParameter(
            "写账号或文字、用 --texts 文件、用 --candidates，三样选一样", param_hint="WORDS"
        )
    days = window(since, until)
    queries = _read_texts(texts) if texts else None
    with analysing(store) as opened:
        if candidates:
            rows = _list_mentions(opened, account, days)
            answer = _Answer(rows, load_view("similar", "mentions"))
        elif queries is not None:
            rows = _rank_texts(opened, queries, top, account, days)
            answer = _Answer(rows, load_view("similar", "texts"), _ORDER)
        else:
            answer = _rank_words(opened, words or [], top, account, days)
    show_rows(
        answer.rows, answer.view, format_row=_format_row, format=format, output=output, force=force
    )
    if format == "table" and not output and answer.rows:
        print(answer.note, end="")


class _Answer(NamedTuple):
    """Rows, their columns, and the note below the table."""

    rows: list[dict[str, Any]]
    view: View
    note: str = ""


_ORDER = "名次只按内容：标题（和简介）、名称、词义三种相像按 1 : 0.3 : 0.1 平均，都是 0 到 1\n"
_SIMILARITIES_NOTE = (
    "栏目看名字、节奏看频率和时间、排版看字号、对齐、配图和篇幅，各是 0 到 1，不进名次；"
    "样本不足＝已知的太少\n"
)


def _rank_words(
    opened: Store,
    words: Sequence[str],
    top: int,
    only: list[str] | None,
    days: tuple[datetime | None, datetime | None],
) -> _Answer:
    """Similarity to the account the words name, or to the text they are."""
    from analysis.peers.similar import index_content, rank_like_account, rank_texts

    account_id = _find_account(opened, words)
    articles, accounts = _load(opened, only, days, also=account_id)
    index = index_content(articles, accounts)
    if account_id is None:
        text = " ".join(words)
        echo_err(f"存储里没有叫 {text[:30]!r} 的账号：当作一段文字来找")
        return _Answer(
            frame_rows(rank_texts(index, _texts_frame([(text, text)]), top=top)),
            load_view("similar", "text"),
            _ORDER,
        )
    if not (articles["account_id"] == account_id).any():
        echo_err("这个账号在这段时间里没有文章：只能按名称和简介比")
    ranked = rank_like_account(index, account_id, top=top)
    rows = frame_rows(_add_similarities(opened, ranked, days, account_id))
    return _Answer(rows, load_view("similar", "account"), _ORDER + _SIMILARITIES_NOTE)


def _find_account(opened: Store, words: Sequence[str]) -> str | None:
    """The id of the account the words name; None where they are a text. Raises StoreError for a
    name of several accounts.
    """
    word = " ".join(words)
    matches = [
        a
        for a in opened.accounts()
        if word in (a["name"], a["account_id"], a["user_name"], a.get("alias"))
        or word in a.get("names", ())
    ]
    return str(opened.find_accounts([word])[0]["account_id"]) if matches else None


def _rank_texts(
    opened: Store,
    queries: pd.DataFrame,
    top: int,
    only: list[str] | None,
    days: tuple[datetime | None, datetime | None],
) -> list[dict[str, Any]]:
    from analysis.peers.similar import index_content, rank_texts

    return frame_rows(rank_texts(index_content(*_load(opened, only, days)), queries, top=top))


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


def _add_similarities(
    opened: Store,
    ranked: pd.DataFrame,
    days: tuple[datetime | None, datetime | None],
    account_id: str,
) -> pd.DataFrame:
    """The ranked accounts with their similarity in columns, cadence and layout; only of these,
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

    account_ids = [account_id, *ranked["account_id"]]
    group = AccountGroup(opened, accounts=account_ids, since=days[0], until=days[1])
    similarities = {
        "columns": column_similarity(group.columns, account_id),
        "cadence": cadence_similarity(group.cadence, account_id),
        "layout": layout_similarity(measure_layouts(group.articles, group.profiles), account_id),
    }
    return add_similarity(ranked, similarities)


def _list_mentions(
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
        reason = (
            "编码不是 UTF-8"
            if isinstance(error, UnicodeDecodeError)
            else getattr(error, "strerror", None) or str(error)
        )
        raise typer.BadParameter(f"读不了 {path}：{reason}", param_hint="--texts") from None
    lacking = [column for column in ("query", "text") if rows and column not in rows[0]]
    if lacking or not rows:
        raise typer.BadParameter(
            f"{path} "
            + (f"缺少列 {'、'.join(lacking)}" if lacking else "里没有一行")
            + "：要有 query 和 text 两列",
            param_hint="--texts",
        )
    queries = [(row["query"] or "", row["text"] or "") for row in rows]
    if len({query for query, _ in queries}) < len(queries):
        raise typer.BadParameter(
            f"{path} 里有相同的 query：每行要不同，答案才分得开", param_hint="--texts"
        )
    empty = [query for query, text in queries if not text.strip()]
    if empty:
        echo_err(f"{len(empty)} 行没有文字，没有答案：{'、'.join(empty[:5])}")
    return _texts_frame(queries)


def _texts_frame(queries: Sequence[tuple[str, str]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(queries), columns=["query", "text"]).astype("str")


def _format_row(row: dict[str, Any]) -> dict[str, Any]:
    """A row for the table: why a figure is missing, and a name where only an id is known."""
    cells = {
        key: "样本不足" if key in _SIMILARITIES and value is None else value
        for key, value in row.items()
    }
    if "candidate" in cells:
        cells["candidate"] = cells["candidate"] or "（名称未知）"
        names = row["pointed_from"]
        cells["pointed_from"] = "、".join(names[:3]) + (
            f"等 {len(names)} 个" if len(names) > 3 else ""
        )
    return cells
