"""A small account for the replica: the pages of its articles, one album, and the accounts file that
names it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from crawler.records import Article
from crawler.replica.content import SiteAlbum, SiteContent, listing_row

__all__ = ["BIZ", "OTHER", "accounts_file", "article", "page", "small_site"]

BIZ = "MzkwMDAwMDAwMg=="
OTHER = "MzkwMDAwMDAwOQ=="
_PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title></title></head><body>
<div id="js_article" class="rich_media">
<div class="rich_media_content" id="js_content">%(body)s</div>
<script>var first_sceen__time = 1;</script></div>
<script h5only>(function(){ window.cgiDataNew = {
 user_name: JsDecode('gh_0000000000a2'), nick_name: JsDecode('半间厨房'),
 title: JsDecode('第%(mid)s篇'), bizuin: JsDecode('%(biz)s'), mid: '%(mid)s' * 1, idx: '1' * 1,
 sn: JsDecode('s'), ori_create_time: '%(at)s' * 1, item_show_type: '0' * 1,
 link: JsDecode('%(link)s'),
 copyright_info: { copyright_stat: '1' * 1, },
 public_tag_info: { tags: [ %(tag)s ], }, }; })();</script></body></html>"""


def article(mid: int, biz: str = BIZ) -> Article:
    at = datetime.fromtimestamp(1_700_000_000 + mid * 3600, UTC)
    return Article(
        biz=biz,
        mid=str(mid),
        idx=1,
        sn="s",
        title=f"第{mid}篇",
        published_at=at,
        url=f"https://mp.weixin.qq.com/s?__biz={biz}&mid={mid}&idx=1&sn=s",
    )


def page(mid: int, *, biz: str = BIZ, album: str = "20001", body: str = "正文") -> bytes:
    album_link = (
        f"https://mp.weixin.qq.com/mp/appmsgalbum?__biz={biz}\\x26amp;action=getalbum\\x26amp;"
        f"album_id={album}"
    )
    tag = (
        f"{{ tag_name: JsDecode('好物'), tag_link: JsDecode('{album_link}'), "
        f"tag_content_num: '45' * 1, album_id: JsDecode('{album}'), }},"
        if album
        else ""
    )
    fields = {
        "mid": mid,
        "biz": biz,
        "at": 1_700_000_000 + mid * 3600,
        "link": f"https://mp.weixin.qq.com/s?__biz={biz}\\x26amp;mid={mid}\\x26amp;idx=1\\x26amp;sn=s",
        "tag": tag,
        "body": body,
    }
    return (_PAGE % fields).encode()


def small_site(count: int = 45) -> SiteContent:
    """An account whose album holds `count` articles; the oldest also links to one that is in no
    album, and to another account's.
    """
    site = SiteContent()
    linked = 9000
    links = (
        f'<a href="http://mp.weixin.qq.com/s?__biz={BIZ}&amp;mid={linked}&amp;idx=1&amp;'
        f'sn=s#rd">往期</a><a href="http://mp.weixin.qq.com/s?__biz={OTHER}&amp;mid=1&amp;'
        'idx=1&amp;sn=s#rd">友邻</a>'
    )
    for mid in range(1001, 1001 + count):
        site.put(article(mid), lambda mid=mid: page(mid, body=links if mid == 1001 else "正文"))  # type: ignore[misc]
    site.put(article(linked), lambda: page(linked, album=""))
    site.put(article(1, OTHER), lambda: page(1, biz=OTHER))
    rows = [listing_row(article(mid)) for mid in range(1000 + count, 1000, -1)]
    site.albums["20001"] = SiteAlbum("20001", "好物", "半间厨房", "gh_0000000000a2", BIZ, rows=rows)
    return site


def accounts_file(
    folder: Path, text: str = "", *, urls: str | None = None, permission: str | None = None
) -> Path:
    path = folder / "accounts.toml"
    seed = (
        urls if urls is not None else f'["https://mp.weixin.qq.com/s?__biz={BIZ}&mid=1003&idx=1"]'
    )
    allowed = f'permission = "{permission}"\n' if permission else ""
    path.write_text(
        f'{allowed}[[accounts]]\nname = "半间厨房"\nrole = "direct"\nurls = {seed}\n{text}',
        encoding="utf-8",
    )
    return path
