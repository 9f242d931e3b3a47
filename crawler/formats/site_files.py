"""What WeChat's own site serves -> a batch, whether saved as a file or out of a recording:
accounts' pages and answers in JSON. Pages of articles and albums are batch.py's.
"""

from __future__ import annotations

from typing import Any

from crawler.batch import Batch, take_album_json, take_evaluated
from crawler.files import ArchiveError
from crawler.formats.backend_lists import (
    is_list,
    is_profile_page,
    is_publish_page,
    take_list,
    take_profile_page,
    take_publish_page,
)
from crawler.formats.homepages import is_homepage, take_homepage
from crawler.records import parse_album_id
from crawler.wechat.listing import ListingError

__all__ = ["take_account_page", "take_site_json"]


def take_account_page(raw: bytes, *, seen_at: int | None = None) -> Batch | None:
    """The list of articles on an account's profile or home page; None where it is neither."""
    if is_profile_page(raw):
        return take_profile_page(raw, seen_at=seen_at)
    if is_publish_page(raw):
        return take_publish_page(raw, seen_at=seen_at)
    return take_homepage(raw, seen_at=seen_at) if is_homepage(raw) else None


def take_site_json(
    data: Any, raw: bytes, *, url: str | None = None, seen_at: int | None = None
) -> Batch | None:
    """An album, an article's own JSON, or a list of articles; None where it is none of them.

    Raises ArchiveError where it is damaged or holds no article.
    """
    fields = data if isinstance(data, dict) else {}
    if "getalbum_resp" in fields or parse_album_id(url):
        try:
            return take_album_json(raw, url=url, seen_at=seen_at)
        except ListingError as error:
            raise ArchiveError(str(error)) from None
    if {"user_name", "nick_name", "title"} <= fields.keys():
        batch = take_evaluated(raw, fields, seen_at=seen_at)
        if not batch.sightings:
            raise ArchiveError("JSON 里的文章没有编号（mid）也没有链接")
        return batch
    return take_list(data, raw, seen_at=seen_at) if is_list(data) else None
