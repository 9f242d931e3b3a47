"""Lists of links as people keep them -> articles that exist: one a line, numbered, in brackets,
with a title before, behind or above; bookmarks of a browser, exports of read-later tools. Pure.

A title and a day beside a link are taken; when a bookmark was set says nothing of the article.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.batch import Batch, Reject
from crawler.files import ArchiveError
from crawler.formats.table import is_table
from crawler.html_depth import deep_at
from crawler.records import HOST, Account, ArticleUrl, clean_text, parse_article_url
from crawler.store.claims import Sighting
from crawler.times import read_single_time
from crawler.wechat.encoding import to_utf8

__all__ = ["is_link_list", "take_link_list", "take_link_page"]

_URL = re.compile(
    r"(?:(?:https?:)?//)?mp\.weixin\.qq\.com/(?:s\b|mp/appmsg/show)"
    r"[^\s<>\"'`|，。；、！？：“”‘’「」『』《》（）()\[\]【】\u3000]{0,4000}"
)
_OTHER_URL = re.compile(r"https?://\S+")
_ESCAPED = re.compile(r"\\([_&*#~.!-])")
_MARKDOWN = re.compile(r"!?\[([^\[\]]*)\]\(\s*<?\s*>?\s*(?:\"[^\"]*\")?\s*\)")
_BULLET = re.compile(
    r"^\s*(?:[-*+•·●○▪>]\s*|\[[ xX]\]\s*|[（(]?\d{1,4}\s*[.、)）:：]\s*|【\d{1,4}】\s*|#{1,6}\s+)*"
)
_LABEL = re.compile(
    r"^(?:title|标题|link|链接|url|网址|地址|原文|原文链接|文章链接|文章)\s*[:：=]\s*", re.I
)
_OTHER_LABEL = re.compile(r"^(?:img|image|cover|封面|digest|摘要|id|时间|date)\s*[:：=]", re.I)
_DATE = re.compile(
    r"20\d\d(?:年\d{1,2}月\d{1,2}日|[-/.]\d{1,2}[-/.]\d{1,2})(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?"
)
_RULER = re.compile(r"^[\W_]*$|^【\d{1,4}】$")
_NO_TITLE = re.compile(r"^(?:点击|查看|阅读|打开|查看原文|阅读原文|原文|链接|link|url|here)$", re.I)
_AROUND = " \t\u3000<>“”\"'‘’「」『』()（）[]|｜-–—_:：=,，.。;；、→"
_LONGEST_TITLE = 200
_MOST_BYTES = 8 * 1024 * 1024
_TITLED = 0.5  # of the links: fewer lines above links are headings
_BOOKMARKS = re.compile(r"<!DOCTYPE\s+NETSCAPE-Bookmark-file", re.I)
_MOST_LINES_BESIDE = 3  # of an entry, beside its link: title, picture, digest
_ANGLED = (b"<http", b"<mp.weixin", b"<//mp.weixin")  # a link in brackets, not markup


@dataclass(slots=True)
class _Line:
    """A line of a list: its links and what else it says."""

    number: int
    links: list[ArticleUrl]
    rest: str
    day: str | None


def is_link_list(head: bytes) -> bool:
    """True for text in which most lines belong to a link to an article."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    markup = start.startswith((b"<", b"{")) and not start.startswith(_ANGLED)
    if markup or b"\0" in head or HOST.encode() not in head:
        return False
    text = (to_utf8(head) or b"").decode("utf-8", "replace")
    lines = [line for line in _read_lines(text) if not _RULER.match(line.rest) or line.links]
    linked = sum(bool(line.links) for line in lines)
    besides = len(lines) - linked
    return linked > 0 and besides <= _MOST_LINES_BESIDE * linked and not is_table(head)


def take_link_list(raw: bytes) -> Batch:
    """The articles of a text's links, each once, with the title and the day beside it. Lines with
    other addresses are rejects. Raises ArchiveError above 8 MB and where no encoding fits.
    """
    if len(raw) > _MOST_BYTES:
        raise ArchiveError(f"链接清单有 {len(raw) / 1e6:.0f} MB，超过上限 8 MB")
    text = to_utf8(raw)
    if text is None:
        raise ArchiveError("编码认不出来：请另存为 UTF-8")
    lines = _read_lines(text.decode("utf-8", "replace"))
    titles = _titles(lines)
    batch, seen = Batch("urls"), set()
    for place, line in enumerate(lines):
        for link in line.links:
            if link.temporary:
                why = "临时链接会过期，打开后复制永久链接"
                batch.rejects.append(Reject(f"第 {line.number} 行", why, link.url[:200]))
            elif link.url not in seen:
                seen.add(link.url)
                batch.sightings.append(_sighting(link, titles.get(place), line.day))
        if not line.links and _OTHER_URL.search(line.rest) and not _OTHER_LABEL.match(line.rest):
            batch.rejects.append(
                Reject(f"第 {line.number} 行", "不是公众号文章链接", line.rest[:200])
            )
    return batch


def take_link_page(raw: bytes) -> Batch | None:
    """The articles of a page of links: a browser's bookmarks, a read-later tool's export. None for
    any other page: most links of a page of links lead to articles and little else stands in it, of
    bookmarks any may.
    """
    text = to_utf8(raw)
    if text is None or HOST.encode() not in text or deep_at(text) is not None:
        return None
    tree = LexborHTMLParser(text)
    nodes = tree.css("a[href]")
    links = [(parse_article_url(node.attributes.get("href")), node) for node in nodes]
    found = [(link, node) for link, node in links if link and not link.temporary]
    bookmarks = _BOOKMARKS.search(text[:2000].decode("utf-8", "replace"))
    if not found or not (bookmarks or (len(found) > 1 and 2 * len(found) >= len(links))):
        return None
    if not bookmarks and _in_prose(tree, [node for _, node in found]):
        return None
    batch, seen = Batch("urls"), set()
    for link, node in found:
        if link.url not in seen:
            seen.add(link.url)
            batch.sightings.append(_sighting(link, _as_title(node.text()), None))
    if others := len(links) - len(found):
        batch.notes.append(f"另有 {others} 个链接不是公众号文章，没有导入")
    return batch


def _in_prose(tree: LexborHTMLParser, nodes: Sequence[LexborNode]) -> bool:
    """Whether the page is a text that has links in it: theirs is the smaller part of its words."""
    for node in tree.css("script, style"):
        node.decompose()
    whole = clean_text(tree.body.text(separator=" ")) if tree.body else None
    linked = sum(len(clean_text(node.text()) or "") for node in nodes)
    return 3 * linked < len(whole or "")


def _read_lines(text: str) -> list[_Line]:
    lines = []
    for number, written in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        plain = _ESCAPED.sub(r"\1", written)
        if not plain.strip() or plain.lstrip().startswith("# http"):
            continue
        links = [
            link
            for match in _URL.finditer(plain)
            if (link := parse_article_url(match[0].rstrip(".,;!")))
        ]
        rest = _MARKDOWN.sub(r" \1 ", _URL.sub("", plain)) if links else plain
        rest = re.sub(r"(?:https?:)?//(?=\s|$)", "", rest)
        day = _DATE.search(rest)
        rest = _LABEL.sub("", _BULLET.sub("", rest.replace(day[0], " ") if day else rest)).strip()
        lines.append(_Line(number, links, rest.strip(_AROUND) if links else rest, day and day[0]))
    return lines


def _titles(lines: Sequence[_Line]) -> dict[int, str]:
    """The title of each line with one link, by its place: beside it, else above, else below it,
    where most links have one there.
    """
    linked = [place for place, line in enumerate(lines) if len(line.links) == 1]
    beside = {place: title for place in linked if (title := _as_title(lines[place].rest))}
    if 2 * len(beside) >= len(linked):
        return beside
    for step in (1, -1) if linked[:1] == [0] else (-1, 1):
        around = {
            place: title
            for place in linked
            if 0 <= place + step < len(lines)
            and not lines[place + step].links
            and (title := _as_title(lines[place + step].rest))
        }
        if len(around) >= _TITLED * len(linked):
            return around | beside
    return beside


def _as_title(text: str) -> str | None:
    title = clean_text(text)
    if not title or len(title) > _LONGEST_TITLE or _NO_TITLE.match(title):
        return None
    return None if _OTHER_LABEL.match(title) or _RULER.match(title) or HOST in title else title


def _sighting(link: ArticleUrl, title: str | None, day: str | None) -> Sighting:
    at, precision = read_single_time(day)
    article = link.article(title=title, published_at=at, time_precision=precision)
    origin = "table" if title or at else "url"
    account = Account(biz=link.biz) if link.biz else None
    return Sighting(article, origin, int(at.timestamp()) if at else 0, account)
