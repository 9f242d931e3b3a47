"""The ids that wewe-rss and we-mp-rss give the rows of articles, in their databases and exports."""

from __future__ import annotations

import re

from crawler.records import HOST, ArticleUrl, biz_of_number, parse_article_url

__all__ = ["link_of_row_id"]

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_NUMBERS = re.compile(r"(?:MP_WXS_)?(\d{6,12})-(\d{6,20})_([1-9]\d?)")  # account, mid, idx


def link_of_row_id(row_id: str) -> ArticleUrl | None:
    """The link in the id of such a row: wewe-rss's is the end of the short link, we-mp-rss's has
    account, mid and idx. Elsewhere an id of such a form may be anything.
    """
    if match := _NUMBERS.fullmatch(row_id):
        biz = biz_of_number(match[1])
        return parse_article_url(f"https://{HOST}/s?__biz={biz}&mid={match[2]}&idx={match[3]}")
    return parse_article_url(f"https://{HOST}/s/{row_id}") if _TOKEN.fullmatch(row_id) else None
