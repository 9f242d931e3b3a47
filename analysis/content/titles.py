"""How titles are written (标题): their form, their formulas, the signals of chasing hot topics and
of clickbait, and the words one account uses and the others don't. Every signal has a name and
examples; nothing is added up into a score.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.compute.cache import cached_by_account, cached_by_article
from analysis.evidence import MIN_ARTICLES
from analysis.frames import TIME, check_frame
from analysis.text.lexicon import Lexicon, Rule, shipped_rules
from analysis.text.normalize import normalize_title
from analysis.text.tokens import find_names

__all__ = [
    "CLICKBAIT",
    "FORMULAS",
    "HABITS",
    "SIGNALS",
    "SIGNAL_USE",
    "TITLES",
    "count_signals",
    "describe_titles",
    "measure_habits",
    "read_titles",
]

CLICKBAIT = ("悬念", "夸张", "催促", "恐吓", "利诱", "夸大标点")
SIGNALS = ("热点", *CLICKBAIT)
FORMULAS = {
    "how_to": re.compile(r"如何|怎么|怎样|教你|手把手|攻略|指南|教程|方法|技巧|步骤|入门|用法"),
    "list": re.compile(
        r"(?<!第)(?:\d+|[二两三四五六七八九十]+)(?:个|种|招|条|款|件|步|本|部|点|类|家|大|则|句|张)"
        r"(?![月年日会学家])|top\s?\d+|清单|盘点|合集"
    ),
    "question": re.compile(r"\?|吗[!。]?$|呢[!。]?$|为什么|为何|是什么|何以|谁是|哪些|哪个"),
    "contrast": re.compile(
        r"不是.+(?:而是|是)|与其.+不如|从.+到.+|越.+越|\bvs\b|\bpk\b|却|而不是|还是.+\?|别.+(?:要|"
        r"应)|一边.+一边"
    ),
    "flash": re.compile(
        r"刚刚|突发|快讯|重磅|最新|官宣|定了|定啦|今起|今天起|正式|即日起|速报|首发"
    ),
}
_COUNTED = (
    "length",
    "digits",
    "questions",
    "exclamations",
    "brackets",
    "emoji",
    "quotes",
    "punctuation_kinds",
    "names",
)
TITLES = {
    "article_id": "str",
    "account_id": "str",
    "account": "str",
    "published_at": TIME,
    "title": "str",
    "url": "str",
    **dict.fromkeys(_COUNTED, "int64"),
    **dict.fromkeys(FORMULAS, "bool"),
    "signals": "object",
    "repeated": "bool",
    "aggregated": "bool",
    "original": "boolean",
    "reposted": "boolean",
}
_SHARES = (
    *FORMULAS,
    "with_digits",
    "with_questions",
    "with_exclamations",
    "with_brackets",
    "with_emoji",
    "with_quotes",
    "with_names",
    "chasing",
    "clickbait",
    "repeated",
    "aggregated",
)
HABITS = {
    "account_id": "str",
    "account": "str",
    "titles": "int64",
    "length_median": "float64",
    "length_q1": "float64",
    "length_q3": "float64",
    "punctuation_kinds_mean": "float64",
    **{f"{name}_share": "float64" for name in _SHARES},
    "original_known": "int64",
    "original_share": "float64",
    "reposted_known": "int64",
    "reposted_share": "float64",
}
SIGNAL_USE = {
    "account_id": "str",
    "account": "str",
    "signal": "str",
    "n": "int64",
    "share": "float64",
    "titles": "int64",
    "words": "object",
    "examples": "object",
}
_NEEDED = {
    "article_id": "str",
    "account_id": "str",
    "account": "str",
    "published_at": TIME,
    "title": "str",
    "url": "str",
    "kind": "category",
    "original": "boolean",
}
_READ = {
    "article_id": "str",
    "folded": "str",
    **dict.fromkeys(_COUNTED, "int64"),
    **dict.fromkeys(FORMULAS, "bool"),
    "signals": "object",
    "aggregated": "bool",
}
_SIGNS = {
    "digits": re.compile(r"\d+(?:[.,]\d+)*"),
    "questions": re.compile(r"\?"),
    "exclamations": re.compile("!"),
    "brackets": re.compile(
        r"【[^】]*】|「[^」]*」|『[^』]*』|\[[^\]]*\]|\([^)]*\)|〔[^〕]*〕|《[^》]*》"
    ),
    "emoji": re.compile(
        "[\U0001f1e6-\U0001f1ff]{2}|[\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b55\u231a\u231b]"
    ),
    "quotes": re.compile('“[^”]*”|"[^"]*"|‘[^’]*’|＂[^＂]*＂'),
}
_PUNCTUATION = re.compile(r"[^\w\s]")
_AGGREGATED = re.compile(
    r";.*;|早报|晚报|日报|周报|月报|周刊|快讯|简报|早餐|早知道|要闻|盘点|汇总|合集|一周"
)
_SPACES = re.compile(r"\s")


@cached_by_account(
    TITLES,
    {"articles": ("article_id", "title", "kind", "original", "published_at")},
    as_given=("published_at", "title", "url", "original"),
)
def describe_titles(
    articles: pd.DataFrame, *, rules: Sequence[Rule] = (), user_words: Sequence[str] = ()
) -> pd.DataFrame:
    """The form of each title; articles without one are left out.

    Returns one row per article in the order given: article_id, account_id, account, published_at,
    title, url as given; int64 counts of the title's characters without white space (length), runs
    of digits, question marks, exclamation marks, brackets (《》 too), emoji, quotations, kinds of
    punctuation, and names (persons, places and organisations by dictionary and tagger: a hint, not
    a register); bool for each formula: how_to, list, question, contrast, flash (several may hold);
    signals list of `信号：词`; repeated bool, the account sent this title before; aggregated bool,
    a round-up by its wording; original, reposted boolean, missing where not known. Raises
    FrameError.
    """
    check_frame(articles, _NEEDED, name="articles")
    rows = articles.loc[articles["title"].notna(), list(_NEEDED)].reset_index(drop=True)
    read = read_titles(rows, rules=tuple(rules), user_words=tuple(user_words))
    columns: dict[str, Any] = {
        column: (read if column in read else rows)[column]
        for column in TITLES
        if column in read or column in rows
    }
    columns["repeated"] = _repeated(rows, read["folded"].tolist())
    columns["reposted"] = (
        (rows["kind"] == "repost")
        .astype("boolean")
        .where(rows["kind"].notna() & ((rows["kind"] == "repost") | rows["original"].notna()))
    )
    return pd.DataFrame(
        {column: pd.Series(columns[column], dtype=dtype) for column, dtype in TITLES.items()}
    )


@cached_by_article(_READ, ("title",), parallel_from=40_000)
def read_titles(
    articles: pd.DataFrame, *, rules: Sequence[Rule], user_words: Sequence[str]
) -> pd.DataFrame:
    """What each title says by itself: describe_titles' counts, formulas, signals and `aggregated`,
    and the title `folded`.
    """
    titles = articles["title"].tolist()
    folded = [normalize_title(title) for title in titles]
    lexicon = Lexicon((*rules, *shipped_rules("titles.txt", SIGNALS)))
    columns: dict[str, Any] = {"article_id": articles["article_id"], "folded": folded}
    columns["length"] = [len(_SPACES.sub("", title)) for title in titles]
    columns |= {
        name: [len(pattern.findall(title)) for title in folded] for name, pattern in _SIGNS.items()
    }
    columns["punctuation_kinds"] = [
        len(set(_PUNCTUATION.findall(_SIGNS["emoji"].sub("", title)))) for title in folded
    ]
    columns["names"] = [
        len(names) for names in find_names(articles["title"], user_words=user_words)
    ]
    columns |= {
        name: [pattern.search(title) is not None for title in folded]
        for name, pattern in FORMULAS.items()
    }
    columns["signals"] = [
        [f"{hit.purpose}：{hit.word}" for hit in lexicon.find(title, "标题")] for title in folded
    ]
    columns["aggregated"] = [_AGGREGATED.search(title) is not None for title in folded]
    return pd.DataFrame(
        {column: pd.Series(columns[column], dtype=dtype) for column, dtype in _READ.items()}
    )


def _repeated(rows: pd.DataFrame, folded: Sequence[str]) -> pd.Series:
    """Whether the account sent the same title earlier; what has no time counts as last."""
    ordered = pd.DataFrame(
        {
            "account": rows["account_id"],
            "at": rows["published_at"],
            "id": rows["article_id"],
            "title": folded,
        }
    ).sort_values(["at", "id"])
    return ordered.duplicated(["account", "title"]).sort_index()


def measure_habits(titles: pd.DataFrame) -> pd.DataFrame:
    """How an account writes its titles, from describe_titles: medians, and shares of its titles.

    Returns one row per account: account_id, account; titles int64; length_median, length_q1,
    length_q3 float64 characters; punctuation_kinds_mean float64; …_share float64 in 0–1 of its
    titles: formulas, with_… (at least one), chasing (a 热点 signal), clickbait (any of CLICKBAIT),
    repeated, aggregated; original_share and reposted_share of the original_known and reposted_known
    int64 articles. All figures are missing below LEAST_TITLES titles (or as many known). Sorted by
    account. Raises FrameError.
    """
    check_frame(titles, TITLES, name="titles")
    habits = titles.copy()
    for name in ("digits", "questions", "exclamations", "brackets", "emoji", "quotes", "names"):
        habits[f"with_{name}"] = habits[name] > 0
    kinds = [{signal.split("：")[0] for signal in signals} for signals in habits["signals"]]
    habits["chasing"] = ["热点" in signals for signals in kinds]
    habits["clickbait"] = [bool(signals & set(CLICKBAIT)) for signals in kinds]
    grouped = habits.groupby(["account", "account_id"])
    parts: dict[str, Any] = {"titles": grouped.size()}
    parts |= {
        f"length_{name}": grouped["length"].quantile(q)
        for name, q in (("median", 0.5), ("q1", 0.25), ("q3", 0.75))
    }
    parts["punctuation_kinds_mean"] = grouped["punctuation_kinds"].mean()
    parts |= {f"{name}_share": grouped[name].mean() for name in _SHARES}
    rows = pd.DataFrame(parts)
    figures = [str(column) for column in rows if column != "titles"]
    rows[figures] = rows[figures].where(rows["titles"] >= MIN_ARTICLES)
    for name in ("original", "reposted"):
        rows[f"{name}_known"] = grouped[name].count()
        rows[f"{name}_share"] = (
            grouped[name].mean().astype("float64").where(rows[f"{name}_known"] >= MIN_ARTICLES)
        )
    return rows.reset_index()[list(HABITS)].astype(HABITS)


def count_signals(titles: pd.DataFrame, *, examples: int = 3) -> pd.DataFrame:
    """Which signals an account's titles carry, with the words and examples, from describe_titles.

    Returns one row per account and signal that occurs: account_id, account, signal str; n int64,
    titles with it; share float64 of its titles, missing below LEAST_TITLES; titles int64; words
    list of the most frequent five; examples list of the newest titles. Sorted by account, n
    falling, signal. Raises FrameError.
    """
    check_frame(titles, TITLES, name="titles")
    long = (
        titles[["account", "account_id", "article_id", "title", "published_at", "signals"]]
        .explode("signals")
        .dropna(subset=["signals"])
    )
    split = long["signals"].astype("str").str.split("：", n=1, expand=True)
    long = long.assign(
        signal=split[0] if len(long) else pd.Series(dtype="str"),
        word=split[1] if len(long) else pd.Series(dtype="str"),
    )
    long = long.sort_values(["published_at", "article_id"], ascending=[False, True])
    sizes = {str(account): int(n) for account, n in titles.groupby("account_id").size().items()}
    uses = []
    for (account, account_id, signal), rows in long.groupby(["account", "account_id", "signal"]):
        n, size = rows["article_id"].nunique(), sizes[str(account_id)]
        words = (
            rows["word"]
            .value_counts()
            .rename_axis("word")
            .reset_index(name="n")
            .sort_values(["n", "word"], ascending=[False, True])["word"]
            .head(5)
        )
        uses.append(
            (
                account_id,
                account,
                signal,
                n,
                n / size if size >= MIN_ARTICLES else None,
                size,
                list(words),
                list(rows["title"].drop_duplicates().head(examples)),
            )
        )
    frame = pd.DataFrame(uses, columns=list(SIGNAL_USE)).astype(SIGNAL_USE)
    return frame.sort_values(
        ["account", "account_id", "n", "signal"],
        ascending=[True, True, False, True],
        ignore_index=True,
    )
