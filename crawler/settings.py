"""How to crawl: Scrapy settings, one reason a line. Whom to crawl is the accounts file's."""

from __future__ import annotations

from typing import Any

from crawler.wechat.page import MAX_PAGE_BYTES

__all__ = [
    "COOL_DOWN_S",
    "MIN_DELAY_S",
    "MIN_DELAY_WITH_PERMISSION_S",
    "USER_AGENT",
    "crawl_settings",
]

# says who asks
USER_AGENT = (
    "duibiao/0.1 (competitor content analysis; obeys robots.txt; https://pypi.org/project/duibiao)"
)
COOL_DOWN_S = 6 * 3600  # blocks of about six hours are reported after a verification page
MIN_DELAY_S = 3.0  # 2 s is reported to bring the verification page
MIN_DELAY_WITH_PERMISSION_S = 5.0  # 5 s is reported to be safe


def crawl_settings(*, delay: float, jitter: float, obey_robots: bool) -> dict[str, Any]:
    """Settings of one crawl; a pause lasts from delay × (1 − jitter) to delay × (1 + jitter)
    seconds.
    """
    return {
        "USER_AGENT": USER_AGENT,
        "ROBOTSTXT_OBEY": obey_robots,  # off only where the person in charge states a permission
        "ROBOTSTXT_USER_AGENT": "duibiao",
        "CONCURRENT_REQUESTS": 1,  # one request at a time
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": delay,
        "DOWNLOAD_DELAY_JITTER": jitter,  # a fixed beat is easier to mistake for an attack
        "COOKIES_ENABLED": False,  # public pages only: nobody's session
        "HTTPPROXY_ENABLED": False,  # no way round a block
        "REFERER_ENABLED": False,
        "REDIRECT_MAX_TIMES": 4,  # a loop ends here
        "RETRY_TIMES": 2,
        "RETRY_HTTP_CODES": [
            500,
            502,
            503,
            504,
            522,
            524,
            408,
        ],  # not 429: that is a request to stop
        "DOWNLOAD_TIMEOUT": 60,
        "DOWNLOAD_MAXSIZE": MAX_PAGE_BYTES,  # bounds memory against a body without end
        "DOWNLOAD_WARNSIZE": 0,
        "TELNETCONSOLE_ENABLED": False,  # opens no port
        "DOWNLOAD_HANDLERS": dict.fromkeys(
            ("data", "file", "ftp", "s3")
        ),  # the web only: no address makes it read this machine's files
        "METAREFRESH_ENABLED": False,  # a page can't send the crawl elsewhere
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",  # newest first, as listed
        "ITEM_PIPELINES": {"crawler.pipelines.StorePipeline": 100},
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "crawler.middlewares.RobotsGate": 100,
            "crawler.middlewares.DailyCap": 120,
            "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
            "crawler.middlewares.SameHostRedirect": 600,
            "crawler.middlewares.StopAtVerification": 650,
        },
        "EXTENSIONS": {
            "scrapy.extensions.logstats.LogStats": None,
            "scrapy.extensions.corestats.CoreStats": None,
            "scrapy.extensions.memusage.MemoryUsage": None,
        },
        "LOG_INSTALL_ROOT_HANDLER": False,  # what there is to say, the command says
        "LOG_LEVEL": "ERROR",
        "LOG_FORMAT": "%(levelname)s %(name)s: %(message)s",
    }
