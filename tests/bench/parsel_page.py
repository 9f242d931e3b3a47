"""The yardstick for crawler.wechat.page: the same fields read with parsel over the whole page,
written independently of it.

Whatever page.py leaves out to be fast (the tail of the page, scripts that are not the article's),
this looks at.
"""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any

import parsel

FIELDS = (
    "biz",
    "mid",
    "idx",
    "title",
    "digest",
    "author",
    "account_name",
    "user_name",
    "published_at",
    "item_show_type",
    "cover",
    "original",
    "albums",
    "body_text",
    "links",
)

_BIZ = re.compile(r"var biz\s*=\s*[\"']")
_JS_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})")


def _unescape(text: str) -> str:
    once = _JS_ESCAPE.sub(lambda m: chr(int(m[1], 16)), text)
    once = (
        once.replace("\\n", "\n")
        .replace("\\r", "\r")
        .replace("\\t", "\t")
        .replace("\\/", "/")
        .replace("\\'", "'")
        .replace('\\"', '"')
    )
    return once.replace("\\\\", "\\")


def _line(text: str | None) -> str | None:
    folded = re.sub(
        r"[\s\u200b-\u200d\u2060\ufeff]+", " ", html.unescape(html.unescape(text or ""))
    ).strip()
    return folded or None


def _data(scripts: str, name: str) -> str | None:
    """A scalar of window.cgiDataNew at its top level: the least indented of its name."""
    found = re.findall(rf"(?m)^([ \t]*){name}:\s*(?:JsDecode\()?'((?:[^'\\]|\\.)*)'", scripts)
    return _unescape(min(found, key=lambda pair: len(pair[0].expandtabs(8)))[1]) if found else None


def _variable(scripts: str, *names: str) -> str | None:
    for name in names:
        for match in re.finditer(
            rf"(?:var\s+|window\.|\bd\.|_g\.){name}\s*=(?!=)\s*((?:[^;\"'\n]|\"(?:[^\"\\]|\\.)*\"|"
            r"'(?:[^'\\]|\\.)*')*)",
            scripts,
        ):
            values = [
                _unescape(a or b)
                for a, b in re.findall(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'", match[1])
            ]
            value = next((v for v in values if v), None)
            if value and not re.match(
                r"\s*(?:opt|window|document|function|\w+\()\b",
                match[1].strip().removeprefix("htmlDecode"),
            ):
                return value
    return None


def _biz_mid_idx(link: str | None) -> tuple[str | None, str | None, str | None]:
    text = (link or "").replace("&amp;", "&").replace("&amp;", "&")
    parts = [re.search(rf"[?&]{key}=([^&#]+)", text) for key in ("__biz", "mid", "idx")]
    biz, mid, idx = (part[1] if part else None for part in parts)
    return (biz.replace("%3D", "=") if biz else None), mid, idx


def parse_with_parsel(raw: bytes) -> dict[str, Any]:
    """FIELDS of one article page."""
    page = parsel.Selector(text=raw.decode("utf-8", "replace"))
    own = (
        "window.cgiDataNew = {",
        "var msg_title",
        "d.ct =",
        "window.biz =",
        "oriCreateTime = ",
        "_g.item_show_type",
    )
    scripts = "\n".join(
        text
        for text in page.xpath("//script/text()").getall()
        if any(mark in text for mark in own) or _BIZ.search(text)
    )
    start = scripts.find("window.cgiDataNew = {")
    data = scripts[start : scripts.find("window.cgiError", start)] if start >= 0 else ""
    got: dict[str, Any] = _from_data(data) if data else _from_variables(scripts)
    meta = {
        **dict(
            zip(
                page.xpath("//meta/@name").getall(),
                page.xpath("//meta[@name]/@content").getall(),
                strict=False,
            )
        )
    }
    og = {
        key: page.xpath(f"//meta[@property='og:{key}']/@content").get()
        for key in ("title", "description", "image", "url", "article:author")
    }
    biz, mid, idx = _biz_mid_idx(og["url"])
    got = {
        **got,
        "biz": got.get("biz") or biz,
        "mid": got.get("mid") or mid,
        "idx": got.get("idx") or idx,
    }
    got["title"] = _line(got.get("title") or og["title"])
    got["digest"] = _line(got.get("digest") or og["description"] or meta.get("description"))
    got["author"] = _line(
        got.get("author")
        or page.xpath("//meta[@name='author']/@content").get()
        or og["article:author"]
        or page.css("#js_author_name::text").get()
    )
    names = page.css(
        "#js_name::text, .profile_nickname::text, .account_nickname_inner::text"
    ).getall()
    got["account_name"] = _line(got.get("account_name")) or next(
        filter(None, map(_line, names)), None
    )
    got["cover"] = _line(got.get("cover") or og["image"])
    mark = _line(" ".join(page.css("#copyright_logo::text").getall()))
    stat = got.pop("stat", None)
    got["original"] = (stat == "1") if stat else (True if mark else None)
    got["albums"] = sorted(
        set(got.get("albums") or ())
        | set(
            re.findall(
                r"appmsgalbum\?[^\"']*?album_id=(\d+)",
                " ".join(
                    page.css("#js_tags a::attr(href), #js_tags [data-url]::attr(data-url)").getall()
                ),
            )
        )
    )
    content = page.css("#js_content")
    got["links"] = [
        href
        for href in content.css("a::attr(href)").getall()
        if re.match(r"https?://mp\.weixin\.qq\.com/s[/?]", href)
    ]
    got["body_text"] = re.sub(
        r"\s+",
        "",
        "".join(
            content.xpath(".//text()[not(ancestor::script) and not(ancestor::style)]").getall()
        ),
    )
    got["idx"] = int(got["idx"]) if got.get("idx") else None
    return {key: got.get(key) for key in FIELDS}


def _from_data(data: str) -> dict[str, Any]:
    biz, mid, idx = _biz_mid_idx(_data(data, "link"))
    seconds = _data(data, "ori_create_time") or _data(data, "create_timestamp")
    bizuin = _data(data, "bizuin")
    rights = re.search(r"copyright_info:\s*\{\s*copyright_stat:\s*'(\d+)'", data)
    tags = data[data.find("public_tag_info:") :] if "public_tag_info:" in data else ""
    reading = re.search(r"appmsgalbuminfo:\s*\{\s*album_id:\s*JsDecode\('(\d{6,})'", data)
    albums = re.findall(r"album_id=(\d+)", tags[: tags.find("]", tags.find("tags:")) + 1]) + (
        [reading[1]] if reading else []
    )
    return {
        "biz": bizuin if bizuin and bizuin != "REDACTED" else biz,
        "mid": _data(data, "mid") or mid,
        "idx": _data(data, "idx") or idx,
        "title": _data(data, "title"),
        "digest": _data(data, "desc"),
        "author": _data(data, "author"),
        "account_name": _data(data, "nick_name"),
        "user_name": _data(data, "user_name"),
        "published_at": datetime.fromtimestamp(int(seconds), UTC) if seconds else None,
        "item_show_type": int(_data(data, "item_show_type") or 0),
        "cover": _data(data, "cdn_url"),
        "stat": rights[1] if rights else None,
        "albums": albums,
    }


def _from_variables(scripts: str) -> dict[str, Any]:
    biz, mid, idx = _biz_mid_idx(_variable(scripts, "msg_link"))
    found = _variable(scripts, "biz")
    own = (
        found
        if found and re.fullmatch(r"[A-Za-z0-9+/]{10,20}={0,2}", found) and found != "REDACTED"
        else None
    )
    seconds = _variable(scripts, "ct", "oriCreateTime")
    listed = re.search(
        r"var (?:album_info_list|publicTagInfo)\s*=\s*\[(.*?)\n\s*\];", scripts, re.S
    )
    return {
        "biz": own or biz,
        "mid": _variable(scripts, "mid") or mid,
        "idx": _variable(scripts, "idx") or idx,
        "title": _variable(scripts, "msg_title", "title"),
        "digest": _variable(scripts, "msg_desc"),
        "author": _variable(scripts, "author"),
        "account_name": _variable(scripts, "nickname", "nick_name"),
        "user_name": _variable(scripts, "user_name"),
        "published_at": datetime.fromtimestamp(int(seconds), UTC) if seconds else None,
        "item_show_type": int(_variable(scripts, "item_show_type") or 0),
        "cover": _variable(scripts, "msg_cdn_url", "cdn_url"),
        "stat": _variable(scripts, "_copyright_stat"),
        "albums": re.findall(r"album_id=(\d+)", listed[1] if listed else ""),
    }
