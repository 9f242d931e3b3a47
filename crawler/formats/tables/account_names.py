"""Whose articles a file holds, by the names around its table: a line above the header, the sheet,
the file. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

__all__ = ["propose_account"]

_LONGEST = 60
_MOST = 3  # names that may be one; more are no names
_NAME = re.compile(r"[\u3400-\u9fffA-Za-z0-9·&]{2,24}")
_HAN = re.compile("[\u3400-\u9fff]")
_WORDS = (
    "公众号|公号|微信|官方|信息|基本|指标|传播|互动|历史|全部|所有|文章|推文|图文|列表|清单|明细|导出|数据|统计|报表|报告|汇总|总表|表格|"
    "表|合集|资料|记录|备份|存档|归档|采集|抓取|爬取|爬虫|下载|内容|分析|发文|发布|推送|群发|消息|链接|目录|"
    "阅读量?|点赞|素材|收藏夹?|稍后读|我的|新建|未命名|副本|最终版?|终版|定稿|修订|整理|示例|样例|测试|例子|"
    "样本|对标|竞品|同行|账号|帐号|对比|监测|监控|日报|周报|月报|年报|榜单|周榜|月榜|日榜|排行榜?|热文|爆款|"
    "选题|新榜|西瓜|西瓜数据|清博|微小宝|壹伴|次幂|飞瓜|飞书|钉钉|腾讯|腾讯文档|石墨|语雀|金山|有道|印象|多维|"
    "多维表格|在线|文档|工作表|工作簿|概览|概况|首页|说明|封面|年度?|月份?|日|周|季度?|上半年|下半年|第|截至|"
    "截止|至|到|共|篇|条|个|份|版|号|的|和|与|及|[一二三四五六七八九十]+月份?|[一二三四五六七八九十]+|最新|"
    "张|透视|新媒体|运营|平台|后台|投放|合作|参考|案例|库|优秀|精选|推荐|好文|待读|已读|未读|标题|作者|"
    "时间|文件|导入|补充|完整|部分|旧|老|新|批|次|素材库|近期|近|今年|去年|本月|上月|行业|领域|地区|全国|sheet|table|data|articles?|list|export|exported|"
    "output|result|results|wechat|weixin|mp|gzh|account|msg|all|final|new|copy|test|demo|sample|"
    "raw|csv|xlsx?|html?|json|v|book|untitled|url|urls|links?|posts?|history|database|db|"
    "notion|cubox|raindrop|instapaper|readwise|pocket|feishu|obsidian|readlater|bookmarks?|exporter"
)
_GENERIC = re.compile(rf"(?:{_WORDS}|\d+)+", re.IGNORECASE)
_NO_NAME = re.compile(
    "公众号|公号|行业|榜|文章|推文|数据|报告|日报|周报|月报|账号|帐号|列表|汇总|清单|领域"
)
_BEFORE = re.compile(
    r"(?:公众号|公号|账号|帐号)(?:名称|名|昵称)?\s*[:：]\s*[“\"「《【]?([^“”\"「」《》【】,，;；|｜]{2,24})"
)
_QUOTED = re.compile(r"[“「《【]([^“”「」《》【】]{2,24})[”」》】]")
_PARTS = re.compile(r"[\s_\-—–·|｜,，.:：;；()（）\[\]【】「」“”《》~+&/\\]+")
_AFFIX = re.compile(
    r"^(?:微信)?(?:公众号|公号)|(?:的?(?:微信)?(?:公众号|公号)?(?:全部|所有|历史)?(?:文章|推文|图文|发文|数据|"
    r"内容)(?:列表|清单|明细|导出|数据|统计|汇总|合集|备份|记录)*|(?:微信)?(?:公众号|公号)|(?:\d{2,4}年?)?\d{1,2}月份?|\d{2,4}年度?)$"
)


def propose_account(
    above: Sequence[str], sheet: str | None, file: str
) -> tuple[str | None, str | None]:
    """The account whose articles a table may hold, where just one name says so, and what to say of
    it in Chinese; (None, None) where none does.
    """
    places = [
        ("表头上方写着", _of_lines(above)),
        ("工作表名是", _of_name(sheet or "")),
        ("文件名是", _of_name(file)),
    ]
    names = {name for _, found in places for name in found}
    if not names or len(names) > _MOST or not _HAN.search("".join(names)):
        return None, None
    if len(names) > 1:
        shown = "、".join(f"“{name}”" for name in sorted(names))
        return None, f"没有公众号列；看文件名、表名或标题行可能是{shown}：用 --account 指明"
    where = next(where for where, found in places if found)
    name = names.pop()
    return name, f"没有公众号列，{where}“{name}”，当作它的文章：不对就加 --account 再导入一次"


def _of_lines(lines: Sequence[str]) -> list[str]:
    """Names in the lines above a header, where they say that they are one."""
    names: list[str] = []
    for line in lines:
        text = unicodedata.normalize("NFKC", line)
        if len(text) > _LONGEST:
            continue
        if match := _BEFORE.search(text):
            names.append(match[1].strip())
        elif "公众号" in text or "文章" in text or "推文" in text:
            parts = [part for part in _PARTS.split(text) if part]
            names += _QUOTED.findall(text) or (
                _of_name(line)
                if any(map(_GENERIC.fullmatch, parts)) or any(_bare(each) != each for each in parts)
                else []
            )
    return list(dict.fromkeys(name for name in names if not _GENERIC.fullmatch(name)))


def _of_name(text: str) -> list[str]:
    """What is left of a name without dates and words that say nothing."""
    if len(text) > _LONGEST:
        return []
    parts = map(_bare, _PARTS.split(unicodedata.normalize("NFKC", text)))
    return list(
        dict.fromkeys(
            part
            for part in parts
            if _NAME.fullmatch(part) and not (_GENERIC.fullmatch(part) or _NO_NAME.search(part))
        )
    )


def _bare(part: str) -> str:
    """A name without what is written to it: 公众号甲, 甲的文章列表, 甲11月数据."""
    for _ in range(4):
        part = _AFFIX.sub("", part)
    return part
