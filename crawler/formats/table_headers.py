"""What the columns of other people's tables are called -> the fields they hold. Pure; reading the
cells is table_cells.py's and table.py's.

Names come from WeChat's own payloads and back end, from exporters, and from the tables of 新榜,
西瓜 and 清博 as far as they are public.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crawler.records import clean_text

__all__ = ["METRICS", "SHOWN", "HeaderMap", "looks_like_header", "map_headers"]

METRICS = ("read", "like", "wow", "share", "favourite", "comment", "reward")
IDENTITIES = ("title", "url", "mid", "aid")  # a table of articles has one of them

# A field's names, best first; of those in one line apart by | all are equal. A name that is beaten
# is kept aside where it says something else.
_NAMES: dict[str, str] = {
    "account": "公众号|公众号名称|公众号名|公众号昵称|公号|公号名称|账号|账号名称|帐号|帐号名称|"
    "账号名|账号昵称|微信公众号|微信公众号名称|来源公众号|所属公众号|发布账号|媒体名称"
    "|account|account name|nickname|nick name|mp name|mp|biz name|profile title|wechat name|wx "
    "name|feed title|gzh|gzh name|公众账号",
    "biz": "biz|account biz|mp biz|msg biz|公众号biz|fakeid|fake id|bizuin|biz id",
    "user_name": (
        "gh id|ghid|user name|username|原始id|公众号原始id|微信原始id|ori id|original id|"
        "wx origin id|gh"
    ),
    "alias": (
        "微信号|公众号微信号|公众号微信|alias|wechat id|weixin id|wx id|wxid|weixin|wx alias|"
        "wechat account"
    ),
    "account_id": "公众号id|账号id|帐号id|account id|mp id|feed id",
    "title": (
        "标题|文章标题|内容标题|图文标题|图文消息标题|消息标题|推文标题|作品标题|发文标题|"
        "稿件标题|文章名称|文章名|篇名|标题名称|原标题|title|article title|msg title|post "
        "title|headline|app msg title"
    ),
    "url": "链接|文章链接|原文链接|文章地址|文章url|内容url|图文链接|图文url|网址|链接地址|"
    "永久链接|推文链接|作品链接|稿件链接|文章网址|原文地址|微信链接|url|link|content url|"
    "article url"
    "|article link|permalink|msg link|post url|news url|href|wx url",
    "published": "发布时间|发文时间|推送时间|群发时间|发表时间|发布日期|发文日期|推送日期|群发日期|"
    "发表日期|推文时间|发送时间|发送日期|文章发布时间|文章发表时间|publish time|"
    "published at|published"
    "|publish date|pub time|pub date|publish at|posted at|post time|post date|p date|send time|"
    "sent time|sent at|sendtime|posttime|post time str|date published|published time|pubtime|"
    "release time|last pub time"
    "\n日期|时间|date|time|datetime|timestamp|ct|发布"
    "\nupdate time|updated time|修改时间"
    "\n更新时间"
    "\ncreate time|created at|creat time|create at|创建时间|c date|create date",
    "digest": (
        "摘要|文章摘要|简介|导语|内容摘要|图文摘要|digest|description|desc|summary|abstract|"
        "digest80"
    ),
    "author": "作者|文章作者|作者名|作者名称|署名|author|author name|writer|byline",
    "original": (
        "原创|是否原创|原创标识|原创标志|原创状态|声明原创|是否声明原创|original|is "
        "original|is ori|原创声明"
    ),
    "copyright_stat": "copyright stat|copyright|copyright type",
    "position": (
        "位置|发文位置|发布位置|推送位置|文章位置|图文位置|条位|第几条|头条次条|头条/次条|"
        "发布顺序|idx|item idx|msg idx|position|pos|pos in push|article idx|itemidx|位次|"
        "图文序号|推文位置"
    ),
    "mid": "mid|appmsgid|app msg id|msgid|msg id|图文id|消息id|msg mid",
    "aid": "aid",
    "id": "id|article id|文章id",
    "sn": "sn",
    "albums": (
        "合集|专辑|所属合集|所属专辑|合集名称|合集标题|话题|album|albums|album title|album "
        "name|album titles|所属话题|合集标签"
    ),
    "kind": (
        "类型|文章类型|消息类型|内容类型|图文类型|作品类型|item show type|kind|article type|"
        "msg type|content type|show type|real item show type"
    ),
    "cover": (
        "封面|封面图|封面链接|封面地址|封面图链接|头图|cover|cover url|cover img|cover image|"
        "pic url|thumb url|cdn url"
    ),
    "source_url": (
        "source url|阅读原文|阅读原文链接|原文跳转链接|阅读原文地址|source link|sourceurl"
    ),
    "deleted": "是否删除|是否已删除|删除状态|已删除|is deleted|deleted|is del",
    "counted_at": "采集时间|抓取时间|爬取时间|数据时间|统计时间|数据更新时间|入库时间|导出时间|"
    "数据采集时间|采集日期|u date|crawl time|crawled at|crawl date|fetch time|"
    "fetched at|record time|stat time|counted at|seen at|collected at"
    "|updated at|update date|get data time"
    "\n更新时间",
    "read": "阅读|阅读数|阅读量|阅读次数|总阅读数|总阅读量|总阅读次数|阅读总数|阅读次|阅读数量|"
    "浏览量|浏览数|图文页阅读次数|图文阅读次数|图文总阅读次数|文章阅读量|文章阅读数|read "
    "num|reads|read|read count|reading|readnum|views"
    "|view count|stat read count|int page read count|real read num|read number|click num"
    "\n阅读人数|总阅读人数|阅读人|图文页阅读人数|图文阅读人数|int page read user|read user",
    "like": (
        "点赞|点赞数|点赞量|点赞次数|总点赞数|赞|赞数|获赞数|old like num|old like count|old "
        "likes|likes|like|like count|stat like count|praise num|thumbs up|点赞次\n点赞人数|"
        "点赞人"
    ),
    "like_or_wow": "like num|like number",
    "wow": (
        "在看|在看数|在看量|在看次数|总在看数|好看|好看数|推荐数|推荐量|wow|wow num|wow count|"
        "looking num|look num|looking|zaikan|zaikan num|在看次\n在看人数|在看人|zaikan user"
    ),
    "hearts": "喜欢|喜欢数|爱心|爱心数|推荐",
    "share": "分享|分享数|分享量|分享次数|总分享次数|总分享数|转发|转发数|转发量|转发次数|"
    "分享转发次数|分享/转发|转发/分享|share|shares|share num|share count|forward num|"
    "repost num|分享次|转发次|分享转发数"
    "\n分享人数|总分享人数|转发人数|分享人|分享转发人数|share user",
    "favourite": "收藏|收藏数|收藏量|收藏次数|微信收藏次数|favourite|favorite|favourites|favorites|"
    "fav num|collect num|collect count|collection num|add to fav count|收藏次"
    "\n收藏人数|微信收藏人数|收藏人|collect user|add to fav user",
    "comment": (
        "留言|留言数|留言量|评论|评论数|评论量|留言条数|精选留言数|comment num|comment|"
        "comments|comment count|comment number|留言条|评论条|评论次数|留言次数|"
        "总评论数\n评论人数|留言人数"
    ),
    "reward": (
        "赞赏数|赞赏次数|赞赏人数|打赏数|reward num|reward total count|reward count|赞赏\n赞赏人"
    ),
}

# Known columns that are no field here: figures of one's own back end, of accounts, and marks of the
# tools. They are kept aside without a word.
_EXTRA = (
    "送达人数|送达|送达数|群发送达|公众号消息阅读次数|公众号消息阅读人数|送达阅读率|首次分享次数|"
    "首次分享人数|分享产生阅读次数|分享产生的阅读次数|分享产生的阅读人数|首次分享率|"
    "每次分享带来阅读次数|首次分享带来阅读次数"
    "|阅读完成率|完成率|完读率|阅读后关注人数|新增关注|平均停留时长|平均阅读时长|互动率|赞赏金额|"
    "赞赏分|赞赏元|原文页阅读人数|原文页阅读次数|阅读原文人数|阅读原文次数|图文转化率|打开率|"
    "公众号会话阅读人数"
    "|公众号会话阅读次数|朋友圈阅读人数|朋友圈阅读次数|好友转发阅读人数|历史消息阅读人数|分享率|"
    "点赞率|收藏率|曝光次数|平均阅读数|头条阅读数|最高阅读数|粉丝数|预估粉丝数|预估活跃粉丝|"
    "新榜指数|清博指数|wci|排名|序号|编号|no"
    "|文章内容|正文|内容|content|text|html|del flag|index|#|备注|标签|分类|栏目|地区|ip属地"
)

_BRACKETS = re.compile(r"[(\[{【<《][^)\]}】>》]*[)\]}】>》]")
_UNIT = re.compile(r"[(\[【](人数?|分|元)[)\]】]")
# characters of a name that are read: a cell that long is no header, and brackets that never close
# take quadratic time
_LONGEST = 500
_DROPPED = re.compile(r"[\s_\-.:：*'\"“”‘’|/、,，\ufeff\u200b-\u200f]+")


def _plain_name(name: object) -> str:
    """A header name as it is compared: width, case, spacing, marks and units in brackets don't
    matter, but people (人) and money (分, 元) do.
    """
    text = unicodedata.normalize("NFKC", str(name)).lower().strip()
    text = _BRACKETS.sub("", _UNIT.sub(r"\1", text)) or text
    return _DROPPED.sub("", text)


def _read_names() -> dict[str, list[tuple[str, int]]]:
    """Plain name -> the fields it may mean with its rank there (0 is best)."""
    fields_of: dict[str, list[tuple[str, int]]] = {}
    for field, lines in _NAMES.items():
        for rank, line in enumerate(lines.split("\n")):
            for name in line.split("|"):
                places = fields_of.setdefault(_plain_name(name), [])
                if field not in {place[0] for place in places}:
                    places.append((field, rank))
    return fields_of


_FIELDS_OF = _read_names()
_EXTRA_NAMES = {_plain_name(name) for name in _EXTRA.split("|")}
FIELDS = tuple(name for name in _NAMES if name not in ("like_or_wow", "hearts"))


@dataclass(frozen=True, slots=True)
class HeaderMap:
    """Which column holds what. Column numbers count from 0.

    `columns`: a field's columns, best first: the first that is not empty is the value. `aside`:
    columns that no field has, by their names, made distinct. `spare`: the second and further
    columns of a field, also kept aside where they say something else. `unknown`: the names of
    `aside` that nobody here knows. `notes`: what was chosen where there was a choice, in Chinese.
    """

    columns: dict[str, tuple[int, ...]]
    width: int = 0
    aside: tuple[tuple[int, str], ...] = ()
    spare: tuple[tuple[int, str, str], ...] = ()  # column, name, field
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def is_of_articles(self) -> bool:
        """True when a row can say which article it is about."""
        return any(name in self.columns for name in IDENTITIES)


def looks_like_header(cells: Sequence[object], extra: Mapping[str, str] | None = None) -> bool:
    """True for a row of column names of a table of articles."""
    texts = [str(cell).strip() for cell in cells if str(cell if cell is not None else "").strip()]
    if not texts or any(len(text) > 60 or "://" in text or text[:4].isdigit() for text in texts):
        return False
    places = _places(texts, extra or {})
    return bool({field for fields in places for field, _ in fields} & set(IDENTITIES))


def map_headers(cells: Sequence[object], extra: Mapping[str, str] | None = None) -> HeaderMap:
    """Tell which column is what; `extra` (a header's name -> a field or any known name) goes first.

    Raises ValueError when `extra` names a field that there is not.
    """
    names = [
        (clean_text(str(cell)[:_LONGEST]) if cell is not None else None) or "" for cell in cells
    ]
    while names and not names[-1]:
        names.pop()
    places = _settle(_places(names, extra or {}))
    columns: dict[str, list[tuple[int, int]]] = {}
    for number, place in enumerate(places):
        if place:
            columns.setdefault(place[0], []).append((place[1], number))
    chosen = {field: _choose(field, candidates, names) for field, candidates in columns.items()}
    taken = {number for numbers in chosen.values() for number in numbers}
    aside = _distinct(
        [
            (number, name or f"第 {number + 1} 列")
            for number, name in enumerate(names)
            if number not in taken
        ]
    )
    spare = tuple(
        (number, names[number], field)
        for field, numbers in chosen.items()
        for number in sorted(numbers[1:], key=lambda n: names[n])
    )
    unknown = [
        name
        for number, name in aside
        if names[number] and not places[number] and _plain_name(names[number]) not in _EXTRA_NAMES
    ]
    return HeaderMap(
        chosen,
        len(names),
        tuple(aside),
        spare,
        tuple(unknown),
        tuple(_notes(chosen, columns, names, extra or {})),
    )


def _places(names: Sequence[str], extra: Mapping[str, str]) -> list[list[tuple[str, int]]]:
    """The fields each name may mean."""
    wanted = {_plain_name(name): _field_of(field) for name, field in extra.items()}
    places = []
    for name in names:
        plain = _plain_name(name)
        places.append([(wanted[plain], -1)] if plain in wanted else _FIELDS_OF.get(plain, []))
    return places


def _field_of(name: str) -> str:
    """The field a person means in --map."""
    if name in FIELDS:
        return name
    places = [field for field, _ in _FIELDS_OF.get(_plain_name(name), ()) if field in FIELDS]
    if not places:
        raise ValueError(f"--map 里的“{name}”不是这里的字段；可以写 {'、'.join(FIELDS)}")
    return places[0]


def _settle(places: list[list[tuple[str, int]]]) -> list[tuple[str, int] | None]:
    """One field a column, where its name may mean two: what stands beside it decides."""
    named = {field for fields in places for field, _ in fields}
    published = any(
        rank <= 1 for fields in places for field, rank in fields if field == "published"
    )
    counted = any(field in named for field in (*METRICS, "like_or_wow"))
    settled: list[tuple[str, int] | None] = []
    for place in places:
        fields = dict(place)
        if "like_or_wow" in fields:  # getappmsgext calls 在看 like_num once 点赞 is old_like_num
            settled.append(("wow", 0) if "like" in named and "wow" not in named else ("like", 2))
        elif "hearts" in fields:
            settled.append(("wow", 1) if "like" in named else ("like", 2))
        elif {"published", "counted_at"} <= fields.keys():
            settled.append(
                ("counted_at", fields["counted_at"])
                if published and counted
                else ("published", fields["published"])
            )
        else:
            settled.append(place[0] if place else None)
    return settled


def _choose(field: str, candidates: list[tuple[int, int]], names: list[str]) -> tuple[int, ...]:
    """The columns of a field, best first. Of times and counts only those of the best rank are the
    same thing.
    """
    candidates = sorted(
        candidates, key=lambda pair: (pair[0], _order(field, names[pair[1]]), pair[1])
    )
    if field in ("published", "counted_at", *METRICS):
        best = (candidates[0][0], _plain_name(names[candidates[0][1]]))
        candidates = [pair for pair in candidates if (pair[0], _plain_name(names[pair[1]])) == best]
    return tuple(number for _, number in candidates)


def _order(field: str, name: str) -> tuple[int, str]:
    """Where a name stands in its field's list, so that the order of the columns does not decide."""
    plain = _plain_name(name)
    listed = [
        _plain_name(alias)
        for line in _NAMES.get(field, "").split("\n")
        for alias in line.split("|")
    ]
    return (listed.index(plain) if plain in listed else len(listed), plain)


def _distinct(pairs: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Names made distinct by a number, sorted by name: the order of columns means nothing."""
    seen: Counter[str] = Counter()
    distinct = []
    for number, name in pairs:
        seen[name] += 1
        distinct.append((number, name if seen[name] == 1 else f"{name} ({seen[name]})"))
    return sorted(distinct, key=lambda pair: pair[1])


def _notes(
    chosen: dict[str, tuple[int, ...]],
    columns: dict[str, list[tuple[int, int]]],
    names: list[str],
    extra: Mapping[str, str],
) -> list[str]:
    notes = []
    for field in METRICS:
        number = chosen.get(field, (None,))[0]
        if (
            number is not None
            and min(columns[field])[0] == 1
            and _plain_name(names[number]).endswith(("人", "人数", "user"))
        ):
            notes.append(f"没有“次数”列，用“{names[number]}”当{SHOWN[field]}数")
    missing = [
        name for name in extra if _plain_name(name) not in {_plain_name(alias) for alias in names}
    ]
    if missing:
        notes.append("--map 里的列表头里没有：" + "、".join(missing))
    return notes


SHOWN = {
    "read": "阅读",
    "like": "点赞",
    "wow": "在看",
    "share": "分享",
    "favourite": "收藏",
    "comment": "留言",
    "reward": "赞赏",
}
