"""The command that says how titles are written: titles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    clustered,
    show_frame,
    window,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["app"]

app = typer.Typer()

_FORMULAS = {
    "how_to": "教程式",
    "list": "清单式",
    "question": "疑问式",
    "contrast": "对比式",
    "flash": "快讯式",
}
_TITLES = {
    "url": "链接",
    "account_id": "账号编号",
    "account": "账号",
    "published_at": "发布时间",
    "title": "标题",
    "length": "字数",
    "digits": "数字",
    "questions": "问号",
    "exclamations": "叹号",
    "brackets": "括号",
    "emoji": "表情",
    "quotes": "引号",
    "punctuation_kinds": "标点种数",
    "names": "专名",
    **_FORMULAS,
    "signals": "信号",
    "repeated": "重发",
    "aggregated": "汇总",
    "original": "原创",
    "reposted": "转载",
    "article_id": "文章编号",
}
_TITLES_TABLE = (
    "account",
    "title",
    "length",
    "digits",
    "punctuation_kinds",
    "names",
    *_FORMULAS,
    "signals",
    "repeated",
)
_HABITS = {
    "account": "账号",
    "titles": "标题",
    "length_median": "字数中位",
    "length_q1": "字数下四分",
    "length_q3": "字数上四分",
    "punctuation_kinds_mean": "标点种数",
    **{f"{name}_share": text for name, text in _FORMULAS.items()},
    "with_digits_share": "带数字",
    "with_questions_share": "带问号",
    "with_exclamations_share": "带叹号",
    "with_brackets_share": "带括号",
    "with_emoji_share": "带表情",
    "with_quotes_share": "带引号",
    "with_names_share": "带专名",
    "chasing_share": "追热点",
    "clickbait_share": "标题党信号",
    "repeated_share": "重发",
    "aggregated_share": "汇总",
    "original_share": "原创",
    "original_known": "原创已知",
    "reposted_share": "转载",
    "reposted_known": "转载已知",
    "account_id": "账号编号",
}
_HABITS_TABLE = (
    "account",
    "titles",
    "length_median",
    "punctuation_kinds_mean",
    *(f"{name}_share" for name in _FORMULAS),
    "with_digits_share",
    "chasing_share",
    "clickbait_share",
    "repeated_share",
    "aggregated_share",
    "original_share",
    "original_known",
)
_WORDS = {
    "account": "账号",
    "word": "词",
    "z": "z",
    "log_odds": "对数优势",
    "n": "次数",
    "titles": "标题",
    "n_others": "别号次数",
    "words": "本号总词数",
    "words_others": "别号总词数",
    "account_id": "账号编号",
}
_WORDS_TABLE = ("account", "word", "z", "n", "titles", "n_others")


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
    from analysis.content.titles import (
        SIGNALS,
        compare_words,
        count_signals,
        describe_titles,
        measure_habits,
    )
    from analysis.frames import load_articles
    from analysis.text.lexicon import read_rules
    from analysis.text.tokens import TOKENIZERS, read_words

    check_format(format)
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
        found = (
            compare_words(loaded, user_words=own, tokenizer=tokenizer)
            if words
            else describe_titles(loaded, rules=rules, user_words=own)
        )
    if words:
        show_frame(found, _WORDS, _WORDS_TABLE, format=format, output=output, force=force)
        return
    if articles:
        show_frame(found, _TITLES, _TITLES_TABLE, format=format, output=output, force=force)
        return
    show_frame(
        measure_habits(found), _HABITS, _HABITS_TABLE, format=format, output=output, force=force
    )
    if format == "table" and output is None:
        _print_signals(count_signals(found))


def _print_signals(signals: pd.DataFrame) -> None:
    for row in signals.to_dict("records"):
        share = "样本不足" if row["share"] != row["share"] else f"{row['share']:.0%}"
        print(
            f"\n{row['account']} {row['signal']}：{row['n']} 个标题，{share}；"
            f"{'、'.join(row['words'])}"
        )
        for title in row["examples"]:
            print(f"  {title}")
