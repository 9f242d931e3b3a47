"""WeChat's page about an account (关于公众号, 资料页) -> the account's basic facts: who runs it,
what kind of body that is, what it says of itself, where it posts from, earlier names. Pure.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.html_depth import shallow
from crawler.records import Account, biz_of_number, clean_text, user_name_of

__all__ = ["is_about_page", "parse_about_page"]

_ABOUT = re.compile(rb"""\bclass\s{0,8}=\s{0,8}["']?about-page\b""")
_BIZ = re.compile(r"__biz=([A-Za-z0-9+/]{8,22}(?:={1,2}|%3[Dd](?:%3[Dd])?)?)")
_PROVINCE = re.compile(r"provinceName:\s*'([^']{1,40})'")
_COUNTRY = re.compile(r"countryName:\s*'([^']{1,40})'")
_RECORD = re.compile(r"(\d{4}年\d{1,2}月\d{1,2}日)\s*(.{1,200}?)\s*(?=\d{4}年\d{1,2}月|\Z)", re.S)
_NAMED = re.compile(r"[“\"]([^”\"]{1,60})[”\"](?!.*[“\"])")  # the last name of a record
_TYPES = ("主体类型", "账号类型", "认证类型")
_BODIES = ("认证主体", "账号主体", "帐号主体", "公司全称", "主体")
_MOST, _LARGEST = 40, 512 * 1024


def is_about_page(raw: bytes) -> bool:
    """True for the page, by its frame; the largest real one has 39 KB."""
    return _ABOUT.search(raw, 0, _LARGEST) is not None


def parse_about_page(raw: bytes, *, url: str | None = None) -> Account | None:
    """The account; None where neither the page nor its address tells which one it is."""
    text = raw.decode("utf-8", "replace")
    tree = LexborHTMLParser(shallow(text))
    page = tree.css_first(".about-page")
    biz = _BIZ.search(f"{url or ''} {page.html or '' if page is not None else ''} {text[:200_000]}")
    said = _items(page) if page is not None else {}
    alias = said.pop("微信号", "")
    is_gh_id = alias.startswith("gh_")
    records = _RECORD.findall(said.pop("名称记录", ""))  # (day, what), newest first
    newest = _NAMED.search(records[0][1]) if records else None
    signature = next((said.pop(key) for key in list(said) if key.endswith("简介")), None)
    place = _PROVINCE.search(text) or _COUNTRY.search(text)
    about = {key: said[key] for key in _TYPES if said.get(key)}
    about |= {"IP属地": said.get("IP属地") or (place[1] if place else "")}
    about |= {"授权第三方": "、".join(said.get("授权第三方服务", "").split("\n"))}
    about |= {"注册时间": next((day for day, what in records if what.startswith("注册")), "")}
    about |= {"名称记录": "；".join(f"{day}{what}" for day, what in records)}
    account = Account(
        biz=biz_of_number(biz[1].replace("%3D", "=").replace("%3d", "=")) if biz else None,
        user_name=user_name_of(alias) if is_gh_id else None,
        name=newest[1] if newest else None,
        alias=None if is_gh_id else alias or None,
        signature=clean_text(signature),
        subject=next((said[key] for key in _BODIES if said.get(key)), None),
        about={key: value for key, value in about.items() if value} or None,
    )
    return account if account.biz or account.user_name or account.name else None


def _items(page: LexborNode) -> dict[str, str]:
    """Each title of the page with the text beside it; several entries a line each."""
    items: dict[str, str] = {}
    for block in page.css(".item-info")[:_MOST]:
        title = block.css_first(".item-title")
        entries = block.css(".principal-data") or block.css(".item-desc")
        key = clean_text(title.text()) if title is not None else None
        lines = [clean_text(entry.text(separator=" ")) for entry in entries[:_MOST]]
        if key and any(lines):
            items.setdefault(key, "\n".join(line for line in lines if line))
    return items
