"""The names that columns of articles have, by field.

They come from WeChat's own payloads and back end, from exporters, from the tables of 新榜, 西瓜 and
清博 as far as they are public, and from note-taking and read-later programs (飞书, Notion, Cubox,
Raindrop, Readwise, Instapaper, Pocket). Traditional characters are simplified before they are
looked up.
"""

from __future__ import annotations

__all__ = ["EXTRA", "METRICS", "NAMES", "SHOWN"]

METRICS = ("read", "like", "wow", "share", "favourite", "comment", "reward")

# A field's names, best first; of those in one line apart by | all are equal. A name that is beaten
# is kept aside where it says something else.
NAMES: dict[str, str] = {
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
        "稿件标题|文章名称|文章名|篇名|标题名称|原标题|题目|文章题目|文题|推文题目|title|article "
        "title|msg title|post title|headline|app msg title|document title|page title"
    ),
    "maybe_title": "name|名称|文章|推文|推文名称|题名|主题|图文|稿件|篇目",
    "url": "链接|文章链接|原文链接|文章地址|文章url|内容url|图文链接|图文url|网址|链接地址|"
    "永久链接|推文链接|作品链接|稿件链接|文章网址|原文地址|微信链接|连结|文章连结|原文连结|超链接|超连结|"
    "文章原链接|原链接|推文地址|图文地址|网页链接|url|link|content url|"
    "article url"
    "|article link|permalink|msg link|post url|news url|href|wx url",
    "published": "发布时间|发文时间|推送时间|群发时间|发表时间|发布日期|发文日期|推送日期|群发日期|"
    "发表日期|推文时间|发送时间|发送日期|文章发布时间|文章发表时间|刊登时间|刊登日期|刊发时间|刊发日期|"
    "发稿时间|推文日期|发文|发布于|publish time|"
    "published at|published"
    "|publish date|pub time|pub date|publish at|posted at|post time|post date|p date|send time|"
    "sent time|sent at|sendtime|posttime|post time str|date published|published time|pubtime|"
    "release time|last pub time"
    "\n日期|时间|date|time|datetime|timestamp|ct|发布"
    "\nupdate time"
    "\ncreate time|creat time",
    "saved_at": "创建时间|创建日期|创建于|收藏时间|收藏日期|保存时间|保存日期|添加时间|添加日期|"
    "加入时间|收录时间|剪藏时间|剪藏日期|录入时间|登记时间|提交时间|下载时间|导出时间|导出日期|"
    "修改时间|最后修改时间|最近修改时间|编辑时间|最后编辑时间|最近编辑时间|最近编辑|最后更新时间|"
    "最近更新时间|更新日期|记录时间|存档时间|"
    "created|created at|create at|created time|created date|create date|c date|creation time|"
    "date created|added|added at|added on|date added|time added|add time|saved|saved at|saved "
    "on|saved date|date saved|save time|saved time|bookmarked at|archived at|clipped|clipped "
    "at|highlighted at|last edited|last edited time|last modified|last modified time|modified|"
    "modified at|modified time|date modified|edited|edited at|updated|updated time|last updated|"
    "last update|exported at|export time|imported at|last interaction date"
    "\n更新时间",
    "digest": (
        "摘要|文章摘要|简介|导语|内容摘要|图文摘要|digest|description|desc|summary|abstract|"
        "excerpt|digest80"
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
    "counted_at": "采集时间|抓取时间|爬取时间|数据时间|统计时间|数据更新时间|入库时间|获取时间|"
    "数据采集时间|采集日期|u date|crawl time|crawled at|crawl date|fetch time|"
    "fetched at|record time|stat time|counted at|seen at|collected at"
    "|updated at|update date|get data time"
    "\n更新时间",
    "read": "阅读|阅读数|观看数|浏览|浏览次数|点阅数|点阅量|阅读量|阅读次数|总阅读数|总阅读量|"
    "总阅读次数|阅读总数|阅读次|阅读数量|"
    "浏览量|浏览数|图文页阅读次数|图文阅读次数|图文总阅读次数|文章阅读量|文章阅读数|read "
    "num|reads|read|read count|reading|readnum|views"
    "|view count|stat read count|int page read count|real read num|read number|click num"
    "\n阅读人数|总阅读人数|阅读人|图文页阅读人数|图文阅读人数|int page read user|read user",
    "like": (
        "点赞|点赞数|点赞量|点赞次数|总点赞数|按赞|按赞数|赞|赞数|获赞数|old like num|old like "
        "count|old likes|likes|like|like count|stat like count|praise num|thumbs up|点赞次"
        "\n点赞人数|点赞人"
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
EXTRA = (
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
    "|folder|tags|note|notes|highlights|collection|selection|status|document tags|reading "
    "progress|location|seen|starred|创建人|创建者|修改人|最后编辑人|更新人|created by|last edited "
    "by|父记录|附件|文件夹|收藏夹"
)

SHOWN = {
    "read": "阅读",
    "like": "点赞",
    "wow": "在看",
    "share": "分享",
    "favourite": "收藏",
    "comment": "留言",
    "reward": "赞赏",
}
