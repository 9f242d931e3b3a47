"""The command that says how titles are written: titles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.commands.headings import load_view
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
    clustered,
    show_frame,
    window,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["app"]

app = typer.Typer()


@app.command()
@clustered
def titles(
    account: AccountOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    store: StoreOption = DEFAULT_STORE,
    format: FormatOption = "table",
    output: OutOption = None,
    force: ForceOption = False,
    articles: Annotated[bool, typer.Option("--articles", help="每个标题一行")] = False,
    words: Annotated[bool, typer.Option("--words", help="每个账号比别号用得多的词")] = False,
    lexicon: Annotated[
        Path | None,
        typer.Option("--lexicon", help="自己的信号词表，先于自带的：每行「信号 标题 词…」"),
    ] = None,
    user_words: Annotated[
        Path | None,
        typer.Option("--user-words", help="自己的词典（产品名等），jieba 的格式，每行一个词"),
    ] = None,
    tokenizer: Annotated[
        str, typer.Option("--tokenizer", help="rjieba 或 jieba（参照，慢）")
    ] = "rjieba",
) -> None:
    """标题怎么写：长短、标点、套路、追热点和标题党的信号、各号自己的词。"""
    from analysis.content.distinctive_words import compare_words
    from analysis.content.titles import SIGNALS, count_signals, describe_titles, measure_habits
    from analysis.frames import load_articles
    from analysis.text.lexicon import read_rules
    from analysis.text.tokens import TOKENIZERS, read_words

    check_format(format)
    check_output(output, force=force)
    if articles and words:
        raise typer.BadParameter("--articles 和 --words 只能用一个", param_hint="--words")
    if tokenizer not in TOKENIZERS:
        raise typer.BadParameter(
            f"{tokenizer!r} 不行；可以用 {'、'.join(TOKENIZERS)}", param_hint="--tokenizer"
        )
    begin, end = window(since, until)
    rules = read_rules(lexicon, purposes=SIGNALS) if lexicon else ()
    own = read_words(user_words) if user_words else ()
    with analysing(store) as opened:
        loaded = load_articles(opened, accounts=account, since=begin, until=end)
        if words:
            frame = compare_words(loaded, user_words=own, tokenizer=tokenizer)
        else:
            described = describe_titles(loaded, rules=rules, user_words=own)
            frame = described if articles else measure_habits(described)
    view = load_view("titles", "words" if words else "articles" if articles else "accounts")
    show_frame(frame, view, format=format, output=output, force=force)
    if not words and not articles and format == "table" and output is None:
        _print_signals(count_signals(described))


def _print_signals(signals: pd.DataFrame) -> None:
    for row in signals.to_dict("records"):
        share = "样本不足" if row["share"] != row["share"] else f"{row['share']:.0%}"
        print(
            f"\n{row['account']} {row['signal']}：{row['n']} 个标题，{share}；"
            f"{'、'.join(row['words'])}"
        )
        for title in row["examples"]:
            print(f"  {title}")
