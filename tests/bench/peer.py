"""The yardstick: what a capable analyst writes without this project, in one process. BeautifulSoup
over whole pages, jieba, TF-IDF, k-means, pandas.

python -m tests.bench.peer FOLDER the saved pages of a folder; prints how many rows of each table it
  came to

It computes what ours does or less: styles are inline ones only, columns have no names of their own,
nothing is kept, no raw page is stored.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from bs4 import BeautifulSoup, NavigableString, Tag

_FIELDS = {
    "account": (
        r"nick_name:\s*JsDecode\('([^']*)'\)",
        r"var nickname\s*=\s*(?:htmlDecode\()?[\"']([^\"']*)[\"']",
        r"nick_name\s*[:=]\s*[\"']([^\"']*)[\"']",
    ),
    "mid": (
        r"\bmid:\s*(?:JsDecode\()?'(\d+)'",
        r"var mid\s*=\s*(?:\"\"\s*\|\|\s*)*[\"'](\d+)[\"']",
        r"[?&;]mid=(\d+)",
    ),
    "idx": (
        r"\bidx:\s*'(\d+)'",
        r"var idx\s*=\s*(?:\"\"\s*\|\|\s*)*[\"'](\d+)[\"']",
        r"[?&;]idx=(\d+)",
    ),
    "seconds": (
        r"ori_create_time:\s*'(\d+)'",
        r"var (?:ct|oriCreateTime)\s*=\s*[\"'](\d+)[\"']",
        r"create_timestamp:\s*'(\d+)'",
    ),
}
_STYLE = re.compile(r"\s*([a-z-]+)\s*:\s*([^;]+)")
_INHERITED = ("font-size", "line-height", "letter-spacing", "text-align", "color")
_PURPOSES = {
    "promotion": ("优惠", "折", "券", "福利", "特价", "限时", "抽奖"),
    "how-to": ("怎么", "如何", "攻略", "教程", "指南", "清单", "方法"),
    "news": ("日报", "周报", "早报", "快讯", "资讯", "新闻", "发布"),
    "activity": ("活动", "报名", "招募", "直播", "预告"),
}
_SIGNALS = {
    "numbers": r"\d",
    "question": r"[?？]",
    "exclamation": r"[!！]",
    "bracket": r"[【「《\[]",
    "separator": r"[|｜丨]",
    "quote": r"[“”\"]",
}
_COLUMN_OF = 20  # articles


def read_page(raw: bytes) -> dict[str, Any] | None:
    """What one page says of its article; None where it holds none."""
    soup = BeautifulSoup(raw, "lxml")
    content = soup.find(id="js_content")
    text = raw.decode("utf-8", "replace")
    found = {
        name: next((match[1] for pattern in patterns if (match := re.search(pattern, text))), None)
        for name, patterns in _FIELDS.items()
    }
    meta = soup.find("meta", property="og:title")
    shown = soup.find(id="activity-name")
    title = (
        meta["content"]
        if meta is not None and meta.get("content")
        else shown.get_text()
        if shown is not None
        else None
    )
    if content is None or found["seconds"] is None or not title:
        return None
    digest = soup.find("meta", property="og:description")
    row: dict[str, Any] = {
        "title": str(title).strip(),
        "digest": digest["content"] if digest is not None and digest.get("content") else None,
        **found,
    }
    return row | read_layout(content)


def read_layout(content: Tag) -> dict[str, Any]:
    """The usual type, by the characters it sets, as inline styles say it; characters, paragraphs
    and images.
    """
    counts: dict[str, Counter[str]] = {name: Counter() for name in _INHERITED}
    chars = 0
    for run, style in _styled_runs(content):
        size = len("".join(run.split()))
        chars += size
        for name in _INHERITED:
            if name in style:
                counts[name][style[name]] += size
    usual = {
        name.replace("-", "_"): held.most_common(1)[0][0] if held else None
        for name, held in counts.items()
    }
    paragraphs = sum(bool(part.get_text(strip=True)) for part in content.find_all("p"))
    return {
        "chars": chars,
        "paragraphs": paragraphs,
        "images": len(content.find_all("img")),
        **usual,
    }


def _styled_runs(content: Tag) -> Iterator[tuple[str, dict[str, str]]]:
    waiting: list[tuple[Tag, dict[str, str]]] = [(content, {})]
    while waiting:
        tag, around = waiting.pop()
        style = around
        if told := tag.get("style"):
            style = around | {
                name: value.strip()
                for name, value in _STYLE.findall(str(told).lower())
                if name in _INHERITED
            }
        for child in tag.children:
            if isinstance(child, Tag):
                if child.name not in ("script", "style"):
                    waiting.append((child, style))
            elif type(child) is NavigableString:
                yield str(child), style


def read_pages(paths: Sequence[Path]) -> pd.DataFrame:
    """One row per article."""
    rows = pd.DataFrame(
        [row for path in paths if (row := read_page(path.read_bytes())) is not None]
    )
    at = pd.to_datetime(rows["seconds"].astype("int64"), unit="s", utc=True).dt.tz_convert(
        "Asia/Shanghai"
    )
    return rows.assign(published_at=at, idx=rows["idx"].astype("Int64")).sort_values(
        ["account", "published_at", "idx"], ignore_index=True
    )


def describe_cadence(articles: pd.DataFrame) -> pd.DataFrame:
    """Rates, gaps, and the usual hour and weekday of each account."""
    pushes = (
        articles.groupby(["account", "mid"], as_index=False)
        .agg(at=("published_at", "min"), articles=("title", "size"))
        .sort_values(["account", "at"])
    )
    pushes["gap"] = pushes.groupby("account")["at"].diff().dt.total_seconds() / 86400
    grouped = pushes.groupby("account")
    days = (grouped["at"].max() - grouped["at"].min()).dt.days + 1
    return pd.DataFrame(
        {
            "pushes": grouped.size(),
            "articles": grouped["articles"].sum(),
            "pushes_per_week": grouped.size() / days * 7,
            "gap_median": grouped["gap"].median(),
            "gap_sd": grouped["gap"].std(),
            "hour": grouped["at"].agg(lambda at: at.dt.hour.mode().iat[0]),
            "weekday": grouped["at"].agg(lambda at: at.dt.day_of_week.mode().iat[0]),
            "active_days": grouped["at"].agg(lambda at: at.dt.date.nunique()),
        }
    )


def describe_titles(articles: pd.DataFrame) -> pd.DataFrame:
    """How each account writes its titles."""
    told = pd.DataFrame(
        {name: articles["title"].str.contains(pattern) for name, pattern in _SIGNALS.items()}
    ).assign(length=articles["title"].str.len())
    return told.groupby(articles["account"]).mean()


def assign_purposes(articles: pd.DataFrame) -> pd.Series:
    """The purpose whose words a title and its digest hold most."""
    text = articles["title"] + " " + articles["digest"].fillna("")
    hits = pd.DataFrame(
        {purpose: text.str.count("|".join(words)) for purpose, words in _PURPOSES.items()}
    )
    return hits.idxmax(axis=1).where(hits.max(axis=1) > 0, "other")


def assign_columns(articles: pd.DataFrame, words: Sequence[str]) -> pd.Series:
    """A cluster of each title within its account, and the account's telling words beside it."""
    from sklearn.cluster import KMeans
    from sklearn.feature_extraction.text import TfidfVectorizer

    found = pd.Series(-1, index=articles.index)
    for _, part in articles.groupby("account"):
        if len(part) < _COLUMN_OF:
            continue
        weighed = TfidfVectorizer(token_pattern=r"\S+", min_df=2).fit_transform(
            [words[place] for place in part.index]
        )
        clusters = min(30, len(part) // _COLUMN_OF + 1)
        found[part.index] = KMeans(clusters, n_init=10, random_state=0).fit_predict(weighed)
    return found


def telling_words(articles: pd.DataFrame, words: Sequence[str]) -> pd.DataFrame:
    """The words of highest weight of each account against the others."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    joined = pd.Series(words, index=articles.index).groupby(articles["account"]).agg(" ".join)
    vectorizer = TfidfVectorizer(token_pattern=r"\S+")
    weights = vectorizer.fit_transform(joined).toarray()
    names = vectorizer.get_feature_names_out()
    return pd.DataFrame(
        [
            (account, names[at], row[at])
            for account, row in zip(joined.index, weights, strict=True)
            for at in row.argsort()[::-1][:20]
        ]
    )


def describe_layouts(articles: pd.DataFrame) -> pd.DataFrame:
    """The usual layout of each account."""
    grouped = articles.groupby("account")
    numbers = grouped[["chars", "paragraphs", "images"]].median()
    usual = {
        name.replace("-", "_"): grouped[name.replace("-", "_")].agg(
            lambda held: held.mode().iat[0] if held.notna().any() else None
        )
        for name in _INHERITED
    }
    return numbers.assign(**usual)


def analyse(paths: Sequence[Path]) -> dict[str, pd.DataFrame]:
    """All of it: saved pages -> tables by name."""
    import jieba

    jieba.setLogLevel("WARNING")
    articles = read_pages(paths)
    words = [" ".join(jieba.lcut(title)) for title in articles["title"]]
    articles = articles.assign(
        purpose=assign_purposes(articles), column=assign_columns(articles, words)
    )
    return {
        "articles": articles,
        "cadence": describe_cadence(articles),
        "titles": describe_titles(articles),
        "words": telling_words(articles, words),
        "purposes": articles.groupby(["account", "purpose"]).size().reset_index(name="n"),
        "columns": articles.groupby(["account", "column"])
        .agg(n=("title", "size"), first=("published_at", "min"), last=("published_at", "max"))
        .reset_index(),
        "layouts": describe_layouts(articles),
    }


if __name__ == "__main__":
    tables = analyse(sorted(Path(sys.argv[1]).rglob("*.html")))
    print(json.dumps({name: len(table) for name, table in tables.items()}))
