"""What one article page says of itself, by name: from window.cgiDataNew, from `var`s, from the
markup. Pure.

The three generations of pages name the same things differently; here they get one set of names.
Records are made of them by page.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from crawler.records import biz_of_number, clean_text, digits, number, parse_article_url
from crawler.wechat.js_literals import JsError, parse_assignments, parse_literal
from crawler.wechat.values import as_dict

__all__ = [
    "CGI_DATA",
    "attribute_of",
    "facts_of_cgi",
    "facts_of_shown_page",
    "facts_of_tree",
    "facts_of_variables",
    "read_cgi_data",
    "read_variables",
]

CGI_DATA = b"window.cgiDataNew ="
# Where the article's own variables are, and how each such place goes on; tried in this order until
# the article is identified.
_VARS = (
    (b"var biz", re.compile(rb"\s*=\s*[\"']")),
    (b"var msg_title", re.compile(rb"\s*=")),
    (b"window.biz", re.compile(rb"\s*=\s*[\"']")),
    (b"d.ct", re.compile(rb"\s*=\s*[\"']")),
    (b"_g.item_show_type", re.compile(rb"\s*=")),
    (b"oriCreateTime", re.compile(rb"\s*=\s*['\"]")),
)
_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|n)")
_SHOW_TYPE_OF_CLASS = {
    "page_share_img": 8,
    "page_share_audio": 7,
    "page_share_text": 10,
    "video_share_page": 5,
    "video": 5,
}
_ENOUGH = ("biz", "mid", "idx", "msg_title", "nickname", "ct")
_NAME = re.compile(
    r"(?<![\w.$])(?:var\s+|window\.|d\.|_g\.)(biz|appuin|mid|appmsgid|idx|itemidx|sn|msg_title|"
    r"msg_desc|msg_link|ct|oriCreateTime|createTime|publish_time|nickname"
    r"|nick_name|user_name|title|desc|round_head_img|profile_signature|signature|msg_cdn_url|"
    r"cdn_url|cdn_url_1_1|author|_copyright_stat"
    r"|msg_source_url|item_show_type|real_item_show_type|comment_id|msg_daily_idx|source_biz|"
    r"source_encode_biz|source_username|album_info_list|publicTagInfo"
    r"|album_keep_read_info|picture_page_info_list|cgiData|transferTargetLink|svr_time|svrDate|"
    r"mp_profile|total_item_num"
    r"|style_type|alias|appmsg_album_info)\s*=(?!=)\s*"
)


def read_cgi_data(raw: bytes) -> dict[str, Any]:
    """window.cgiDataNew; the body is passed over where #js_content has it."""
    named = raw.find(CGI_DATA)
    start = raw.find(b"{", named)
    if named < 0 or start < 0:
        return {}
    end = raw.find(b"</script>", start)
    text = raw[start : end if end > 0 else len(raw)].decode("utf-8", "replace")
    ordinary = raw.find(b'"rich_media_content', named) > 0
    try:
        data = parse_literal(
            text, skip=frozenset({"content_noencode"}) if ordinary else frozenset()
        )
    except JsError:
        return {}
    return data if isinstance(data, dict) else {}


def read_variables(raw: bytes) -> dict[str, Any]:
    """The variables of the scripts that hold the article's own; bundled code elsewhere uses the
    same names for other things.
    """
    variables: dict[str, Any] = {}
    for text in _scripts(raw):
        for name, value in parse_assignments(text, _NAME).items():
            if variables.get(name) in (None, ""):
                variables[name] = value
        if all(variables.get(name) for name in _ENOUGH):
            break
    return variables


def _scripts(raw: bytes) -> Iterator[str]:
    """Each script that holds one of the marks, in the marks' order. Looking for plain bytes is
    fifty times faster than for a pattern.
    """
    seen: set[int] = set()
    for mark, follows in _VARS:
        at = raw.find(mark)
        while at >= 0:
            if follows.match(raw, at + len(mark)):
                begin, end = max(raw.rfind(b"<script", 0, at), 0), raw.find(b"</script>", at)
                if begin not in seen:
                    seen.add(begin)
                    yield raw[begin : end if end > 0 else len(raw)][:400_000].decode(
                        "utf-8", "replace"
                    )
                break
            at = raw.find(mark, at + 1)


def facts_of_cgi(data: dict[str, Any]) -> dict[str, Any]:
    """window.cgiDataNew in this module's names; empty values are left out."""
    rights = as_dict(data.get("copyright_info"))
    place = as_dict(data.get("ip_wording"))
    album = as_dict(data.get("appmsgalbuminfo"))
    extra = as_dict(data.get("front_end_additional_fields"))
    text = as_dict(data.get("text_page_info")).get("content_noencode") or data.get(
        "content_noencode"
    )
    link = parse_article_url(data.get("link"))
    show_type = number(data.get("item_show_type")) or number(data.get("real_item_show_type")) or 0
    pictures = data.get("picture_page_info_list")
    facts = {
        "biz": biz_of_number(data.get("bizuin")) or (link and link.biz),
        "mid": digits(data.get("mid")) or (link and link.mid),
        "idx": number(data.get("idx")) or (link and link.idx),
        "sn": data.get("sn") or (link and link.sn),
        "link": data.get("link"),
        "title": data.get("title"),
        "digest": data.get("desc"),
        "author": data.get("author"),
        "published_at": data.get("ori_create_time") or data.get("create_timestamp"),
        "published_text": data.get("create_time"),
        "modified_at": data.get("modify_time"),
        "captured_at": data.get("svr_time"),
        "account_name": data.get("nick_name"),
        "user_name": data.get("user_name"),
        "alias": data.get("alias"),
        "signature": data.get("signature"),
        "avatar": data.get("hd_head_img") or data.get("round_head_img"),
        "cover": data.get("cdn_url"),
        "cover_square": data.get("cdn_url_1_1"),
        "source_url": data.get("source_url"),
        "place": place.get("province_name") or place.get("country_name"),
        "push_size": data.get("total_item_num"),
        "daily_idx": data.get("msg_daily_idx"),
        "item_show_type": show_type,
        "copyright_stat": rights.get("copyright_stat"),
        "comment_id": data.get("comment_id"),
        "paid": bool(number(data.get("is_pay_subscribe"))),
        "reward": bool(data.get("can_reward")) if "can_reward" in data else None,
        "source_name": rights.get("platform"),
        "source_biz": rights.get("source_encode_biz"),
        "reprint_url": rights.get("reprint_url"),
        "style_type": data.get("style_type"),
        "template_version": extra.get("template_version"),
        "pictures": len(pictures) if show_type == 8 and isinstance(pictures, list) else None,
        "text": text.replace("\n", "<br>") if isinstance(text, str) else None,
        "albums": _album_tags(as_dict(data.get("public_tag_info")).get("tags"), album),
        "neighbours": [album.get("pre_article_link"), album.get("next_article_link")],
    }
    return {name: value for name, value in facts.items() if value not in (None, "", [])}


def facts_of_variables(variables: dict[str, Any]) -> dict[str, Any]:
    """The `var`, `window.` and `d.` assignments in this module's names; empty values
    are left out.
    """
    link = parse_article_url(variables.get("msg_link"))
    around = as_dict(variables.get("album_keep_read_info"))
    pictures = variables.get("picture_page_info_list")
    profile = (
        (variables.get("mp_profile") or [{}])[0]
        if isinstance(variables.get("mp_profile"), list)
        else {}
    )
    show_type = number(variables.get("item_show_type")) or 0
    facts = {
        "biz": biz_of_number(variables.get("biz"))
        or biz_of_number(variables.get("appuin"))
        or (link and link.biz),
        "mid": digits(variables.get("mid"))
        or digits(variables.get("appmsgid"))
        or (link and link.mid),
        "idx": number(variables.get("idx"))
        or number(variables.get("itemidx"))
        or (link and link.idx),
        "sn": variables.get("sn") or (link and link.sn),
        "link": variables.get("msg_link"),
        "title": variables.get("msg_title") or variables.get("title"),
        "digest": variables.get("msg_desc") or variables.get("desc"),
        "author": variables.get("author"),
        "published_at": number(variables.get("ct")) or number(variables.get("oriCreateTime")),
        "published_text": variables.get("createTime") or variables.get("publish_time"),
        "captured_at": variables.get("svr_time") or variables.get("svrDate"),
        "account_name": variables.get("nickname") or variables.get("nick_name"),
        "user_name": variables.get("user_name"),
        "alias": variables.get("alias") or as_dict(profile).get("alias"),
        "signature": variables.get("profile_signature") or variables.get("signature"),
        "avatar": variables.get("round_head_img"),
        "cover": variables.get("msg_cdn_url") or variables.get("cdn_url"),
        "cover_square": variables.get("cdn_url_1_1"),
        "source_url": variables.get("msg_source_url"),
        "daily_idx": variables.get("msg_daily_idx"),
        "item_show_type": show_type,
        "copyright_stat": variables.get("_copyright_stat"),
        "comment_id": variables.get("comment_id"),
        "source_biz": variables.get("source_encode_biz"),
        "pictures": len(pictures) if show_type == 8 and isinstance(pictures, list) else None,
        "albums": _album_tags(
            variables.get("album_info_list") or variables.get("publicTagInfo"),
            as_dict(variables.get("appmsg_album_info")),
        ),
        "neighbours": [around.get("pre_article_link"), around.get("next_article_link")],
    }
    return {name: value for name, value in facts.items() if value not in (None, "", [])}


def facts_of_tree(tree: LexborHTMLParser) -> dict[str, Any]:
    """What the markup itself says: meta tags, the heading, the account's name, labels and album
    tags.
    """
    meta = {
        (node.attributes.get("property") or node.attributes.get("name") or ""): node.attributes.get(
            "content"
        )
        or ""
        for node in tree.css("meta")
    }
    share = tree.css_first("#js_share_source")
    facts = {
        "title": _unescape(meta.get("og:title") or "")
        or _text(tree, "#activity-name", "#video_title", ".common_share_title"),
        "digest": _unescape(meta.get("og:description") or meta.get("description") or ""),
        "author": meta.get("author")
        or meta.get("og:article:author")
        or _text(tree, "#js_author_name"),
        "og_url": meta.get("og:url"),
        "account_name": _text(
            tree,
            "#js_name",
            ".profile_nickname",
            ".account_nickname_inner",
            ".wx_follow_nickname",
            "#post-user",
        ),
        "cover": meta.get("og:image"),
        "published_text": _text(tree, "#publish_time", "#post-date"),
        "alias": _text(tree, ".profile_meta_value"),
        "place": _text(tree, "#js_ip_wording"),
        "copyright_stat": 1 if _text(tree, "#copyright_logo") else None,
        "reprint_url": share.attributes.get("data-url") if share is not None else None,
        "source_name": _text(tree, "#js_share_author") if share is not None else None,
        "biz": biz_of_number(attribute_of(tree, "[data-biz]", "data-biz")),
        "albums": [
            {
                "title": node.text(),
                "link": node.attributes.get("href") or node.attributes.get("data-url"),
            }
            for node in tree.css("#js_tags a, #js_tags [data-url]")
        ],
    }
    return {name: value for name, value in facts.items() if value not in (None, "", [])}


def facts_of_shown_page(tree: LexborHTMLParser) -> dict[str, Any]:
    """What else the markup says of a page whose scripts are gone: what the scripts had drawn."""
    source = tree.css_first(".original_primary_card")
    facts = {
        "canonical": attribute_of(tree, "link[rel=canonical]", "href"),
        "copyright_stat": 2 if source is not None else None,  # a repost of another account's
        "source_name": _text(tree, ".original_primary_nickname"),
        "text": _inner(tree, "#js_text_desc", "#js_image_desc"),
        "item_show_type": _show_type(tree),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _unescape(text: str) -> str:
    """A meta tag's text with the line breaks and signs that the site writes as \\x0a."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else "\n", text)


def _inner(tree: LexborHTMLParser, *selectors: str) -> str | None:
    nodes = filter(None, map(tree.css_first, selectors))
    return next((html for node in nodes if (html := node.inner_html or "").strip()), None)


def _show_type(tree: LexborHTMLParser) -> int | None:
    """The kind of post by the classes of its <body>, for pages whose scripts are gone."""
    classes = set((attribute_of(tree, "body", "class") or "").split())
    return next((kind for name, kind in _SHOW_TYPE_OF_CLASS.items() if name in classes), None)


def _album_tags(tags: Any, reading: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [tag for tag in tags if isinstance(tag, dict)] if isinstance(tags, list) else []
    return [*rows, reading] if reading.get("link") or reading.get("album_id") else rows


def _text(tree: LexborHTMLParser, *selectors: str) -> str | None:
    for selector in selectors:
        node = tree.css_first(selector)
        if node is not None and (text := clean_text(node.text())):
            return text
    return None


def attribute_of(tree: LexborHTMLParser, selector: str, name: str) -> str | None:
    node = tree.css_first(selector)
    return node.attributes.get(name) if node is not None else None
