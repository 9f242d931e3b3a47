"""Where an article leads its readers (引流去向): read from its body and 阅读原文, counted by
account. Words are lexicons/lead_words.toml's.

What stands in a picture only is not seen: a QR code is known by the words beside it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
from selectolax.lexbor import LexborHTMLParser, LexborNode

from analysis.evidence import MIN_ARTICLES
from analysis.frames import check_frame
from analysis.rows import commonest
from crawler.records import HOST, biz_of_number, clean_text, parse_article_url

__all__ = ["COUNTED", "KINDS", "LEADS", "count_leads", "read_leads", "rows_of_leads"]

KINDS = {
    "follow": "关注本号",
    "articles": "更多文章",
    "source": "阅读原文",
    "qr": "二维码",
    "mini_program": "小程序",
    "product": "商品卡片",
    "buy": "购买",
    "claim": "领取",
    "draw": "抽奖",
    "group": "进群",
    "add_person": "加微信",
    "reply": "回复关键词",
    "signup": "报名预约",
    "download": "下载",
    "contact": "电话、表单、合作",
    "card": "别号名片",
    "other_articles": "别号文章",
    "site": "外部网址",
    "ad": "广告",
}
LEADS: Mapping[str, str] = {"article_id": "str", "kind": "str", "words": "str", "host": "str"}
COUNTED: Mapping[str, str] = {
    "account": "str",
    "account_id": "str",
    "kind": "str",
    "n": "int64",
    "bodies": "int64",
    "share": "float64",
    "words": "object",
    "hosts": "object",
    "examples": "object",
    "titles": "object",
}
_EVIDENCE, _SHOWN = 3, 5  # marks kept of a kind; words and hosts told of an account
_LONGEST = 24
_LONGEST_PARAGRAPH = 2000
_NEAR = 2  # paragraphs between a QR code's words and its picture
_IMAGE = "\ufffc"
_BLOCKS = frozenset(
    [
        "p",
        "section",
        "div",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "table",
        "tr",
        "td",
        "br",
        "hr",
        "pre",
        "figure",
        "article",
        "center",
    ]
)
_PROGRAM_TAGS = (
    "mp-miniprogram, mp-common-miniprogram, mp-weapp, [data-miniprogram-appid], "
    ".weapp_text_link, .weapp_image_link, .weapp_display_element"
)
_CARD_TAGS = {
    "mini_program": _PROGRAM_TAGS,
    "product": "mpcps, mp-common-product, mp-common-cpsad, mp-common-shop",
    "ad": "mpad, mp-common-ad, mpcpc, .js_ad_link",
}
_NAME_CARDS = "mp-common-profile, .mp_profile_iframe"
_ARTICLES: Mapping[str, str] = {
    "article_id": "str",
    "account": "str",
    "account_id": "str",
    "title": "str",
    "url": "str",
}


@cache
def _words() -> dict[str, tuple[re.Pattern[str], re.Pattern[str] | None]]:
    lexicon: dict[str, Any] = tomllib.loads(
        files("analysis").joinpath("lexicons", "lead_words.toml").read_text(encoding="utf-8")
    )
    return {
        kind: (
            re.compile("|".join(entry["words"])),
            re.compile("|".join(entry["not"])) if "not" in entry else None,
        )
        for kind, entry in lexicon.items()
    }


def read_leads(
    body: str, *, source_url: str | None = None, own: Collection[str] = ()
) -> dict[str, list[tuple[str, str | None]]]:
    """Where one article leads, in the order of KINDS: kind -> up to three (words or mark that show
    it, host or None).

    `body` is its inner HTML, `source_url` what stands under 阅读原文, `own` the ids (biz) and names
    of its account, by which its own name cards and articles are told from others'. Hosts are text,
    lower case; nothing here is a link.
    """
    found: dict[str, dict[tuple[str, str | None], None]] = {kind: {} for kind in KINDS}
    tree = LexborHTMLParser(body)
    for kind, mark, host in (*_read_marks(tree, own), *_read_words(_split_paragraphs(tree))):
        found[kind][(mark, host)] = None
    if source_url:
        found["source"] = {
            (host := _host_of(source_url) or "链接", host if "." in host else None): None
        }
    return {kind: list(marks)[:_EVIDENCE] for kind, marks in found.items() if marks}


def _read_marks(
    tree: LexborHTMLParser, own: Collection[str]
) -> Iterator[tuple[str, str, str | None]]:
    """What cards and links say."""
    for kind, selector in _CARD_TAGS.items():
        for node in tree.css(selector):
            yield kind, node.attributes.get("data-miniprogram-nickname") or node.tag or kind, None
    for node in tree.css(_NAME_CARDS):
        name, biz = (
            clean_text(node.attributes.get("data-nickname")),
            biz_of_number(node.attributes.get("data-id")),
        )
        if name or biz:
            yield ("follow" if name in own or biz in own else "card"), name or str(biz), None
    for node in tree.css("a[href]"):
        yield from _read_link(node, own)


def _read_link(node: LexborNode, own: Collection[str]) -> Iterator[tuple[str, str, str | None]]:
    url = node.attributes.get("href") or ""
    text = (clean_text(node.text()) or "文章链接")[:_LONGEST]
    link = parse_article_url(url)
    if link is not None:
        yield (
            ("other_articles" if link.biz and own and link.biz not in own else "articles"),
            text,
            None,
        )
        return
    host = _host_of(url)
    if host == HOST:
        yield "articles", text, None
    elif host and host != "weixin.qq.com":
        yield "site", text, host


def _host_of(url: str) -> str | None:
    try:
        parts = urlsplit(url.strip() if ":" in url or "//" in url else f"http://{url.strip()}")
        host = parts.hostname or ""
    except ValueError:
        return None
    is_domain = (
        parts.scheme in ("http", "https")
        and re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host)
        and len(host) <= 100
    )
    return host if is_domain else None


def _split_paragraphs(tree: LexborHTMLParser) -> list[str]:
    """The text of each block without its white space, pictures as U+FFFC."""
    lines: list[list[str]] = [[]]
    root = tree.body
    for node in root.traverse(include_text=True) if root is not None else ():
        if node.tag == "-text":
            parent = node.parent
            if parent is not None and parent.tag not in ("script", "style"):
                lines[-1].append(node.text_content or "")
        elif node.tag == "img":
            lines[-1].append(_IMAGE)
        elif node.tag in _BLOCKS:
            lines.append([])
    texts = (re.sub(r"[\s\u200b\u2060\ufeff]+", "", "".join(line)) for line in lines)
    return [text for text in texts if text]


def _read_words(paragraphs: list[str]) -> Iterator[tuple[str, str, str | None]]:
    for number, text in enumerate(paragraphs):
        if len(text) > _LONGEST_PARAGRAPH:
            continue
        for kind, (pattern, refused) in _words().items():
            match = pattern.search(text)
            if match is None or (refused is not None and refused.search(text)):
                continue
            if kind == "qr" and not any(
                _IMAGE in near for near in paragraphs[max(number - _NEAR, 0) : number + _NEAR + 1]
            ):
                continue
            yield kind, match[0].replace(_IMAGE, "")[:_LONGEST], None


def rows_of_leads(
    article_id: str, found: Mapping[str, Iterable[tuple[str, str | None]]]
) -> list[dict[str, Any]]:
    """The rows of LEADS for one article: one per kind and mark, or one without a kind where its
    body leads nowhere.
    """
    rows = [
        {"article_id": article_id, "kind": kind, "words": words, "host": host}
        for kind, marks in found.items()
        for words, host in marks
    ]
    return rows or [{"article_id": article_id, "kind": None, "words": None, "host": None}]


def count_leads(leads: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """How many of each account's articles lead where.

    `leads` has at least one row for each article that was read. Returns COUNTED: n articles of
    `bodies` read; share 0 to 1, missing below ten; words and hosts list of str, the most often used
    (five at most); examples and titles, links and titles of the three newest articles. Sorted by
    account, then n, largest first, then in the order of KINDS. Raises FrameError.
    """
    check_frame(leads, LEADS, name="leads")
    check_frame(articles, _ARTICLES, name="articles")
    joined = leads.merge(
        articles[[*_ARTICLES, *(["published_at"] if "published_at" in articles else [])]],
        on="article_id",
        how="inner",
    )
    bodies = {
        str(key): int(n) for key, n in joined.groupby("account_id")["article_id"].nunique().items()
    }
    newest = [*(["published_at"] if "published_at" in joined else []), "article_id"]
    joined = joined[joined["kind"].notna()].sort_values(newest, ascending=False, kind="stable")
    rows = [
        _count(key, part, bodies[str(key[1])])
        for key, part in joined.groupby(["account", "account_id", "kind"], sort=True)
    ]
    order = {kind: number for number, kind in enumerate(KINDS)}
    rows.sort(key=lambda row: (row["account"], row["account_id"], -row["n"], order[row["kind"]]))
    return pd.DataFrame(
        {
            column: pd.Series([row[column] for row in rows], dtype=dtype)
            for column, dtype in COUNTED.items()
        }
    )


def _count(key: tuple[Any, ...], part: pd.DataFrame, bodies: int) -> dict[str, Any]:
    account, account_id, kind = key
    shown = part.drop_duplicates("article_id").head(_EVIDENCE)
    n = part["article_id"].nunique()
    plain = {
        name: [text if isinstance(text, str) else None for text in shown[name]]
        for name in ("url", "title")
    }
    row = {
        "account": account,
        "account_id": account_id,
        "kind": kind,
        "n": n,
        "bodies": bodies,
        "share": n / bodies if bodies >= MIN_ARTICLES else None,
    }
    return row | {
        "words": commonest(part["words"].dropna().tolist(), _SHOWN),
        "hosts": commonest(part["host"].dropna().tolist(), _SHOWN),
        "examples": plain["url"],
        "titles": plain["title"],
    }
