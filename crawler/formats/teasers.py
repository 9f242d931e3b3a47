"""What feeds and lists carry in a body's place: the cover and WeChat's digest, or a text cut off
to be read elsewhere. It is no body: the account laid out nothing of it. Pure.
"""

from __future__ import annotations

import re
from html import unescape

from crawler.records import clean_text

__all__ = ["first_image", "is_teaser"]

_DIGEST = 200  # WeChat allows a digest of 120 characters
_CUT = 1000
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_STYLED = re.compile(
    r"<[^<>]+\sstyle\s*=\s*[\"']?[^\"'>]*(?:font|line-height|text-|color|margin)", re.I
)
_IMAGE = re.compile(r"<img\b[^<>]{0,4000}?\s(?:data-)?src\s*=\s*[\"']?([^\"'\s>]+)", re.I)
_CUT_OFF = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|阅读全文|查看全文|阅读原文|查看原文|read more|continue reading)"
    r"[\s\]】>»→]*$",
    re.I,
)


def is_teaser(html: str) -> bool:
    """True for HTML without a style of its own that is as short as a digest with one picture at
    most, or that ends where one is to read on elsewhere.
    """
    if _STYLED.search(html):
        return False
    text = clean_text(_TAG.sub(" ", html)) or ""
    if _CUT_OFF.search(text):
        return len(text) <= _CUT
    return len(text) <= _DIGEST and len(_IMAGE.findall(html)) <= 1


def first_image(html: str) -> str | None:
    """The address of the first picture."""
    match = _IMAGE.search(html)
    return unescape(match[1]) if match else None
