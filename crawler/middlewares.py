"""Politeness: robots.txt, the daily cap, one host, and an end at the first verification page.
Pauses are settings.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Spider
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from twisted.internet.defer import Deferred

from crawler.store import StoreError
from crawler.wechat.page import PageError, parse_page

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

__all__ = ["DailyCap", "RobotsGate", "SameHostRedirect", "StopAtVerification"]

_CAPTCHA = "/mp/wappoc_appmsgcaptcha"


class RobotsGate(RobotsTxtMiddleware):
    """Scrapy's own robots.txt rules, and "no answer" read as "no" (RFC 9309, 2.3.1.4), not as
    "yes".
    """

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            self._note_silence()
            response = response.replace(body=b"User-agent: *\nDisallow: /")
        elif response.status >= 400:
            response = response.replace(body=b"")
        elif response.status >= 300 or response.body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
            self._note_silence()  # a page in place of the rules is no permission
            response = response.replace(body=b"User-agent: *\nDisallow: /")
        await super()._parse_robots(response, netloc, request)

    def _note_silence(self) -> None:
        state: Any = getattr(self.crawler.spider, "state", None)
        if state is not None:
            state.robots_silent = True

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        waiting = self._parsers[netloc]
        rules = self._parserimpl.from_crawler(self.crawler, b"User-agent: *\nDisallow: /")
        self._parsers[netloc] = rules
        self._note_silence()
        if isinstance(waiting, Deferred):
            waiting.callback(rules)


class _OfSpider:
    """A middleware that asks the crawler's spider."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Any:
        return cls(crawler)

    @property
    def spider(self) -> Any:
        """The running spider."""
        return self.crawler.spider


class DailyCap(_OfSpider):
    """No more requests in one day (Beijing) than the cap allows, counted over all runs in the
    store.
    """

    def process_request(self, request: Request) -> None:
        if request.meta.get("dont_obey_robotstxt"):  # robots.txt itself
            return
        try:
            allowed = self.spider.budget.take()
        except StoreError as error:
            self.spider.lose_store(error)
            raise IgnoreRequest("store") from None
        if not allowed:
            self.spider.stop("daily cap")
            raise IgnoreRequest("daily cap")


class SameHostRedirect(RedirectMiddleware):
    """Redirects stay on the scheme, host and port that were asked; one that leads to the
    verification page is handed on, not followed.
    """

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        target = _location(response)
        if 300 <= response.status < 400 and _CAPTCHA in target:
            return response
        try:
            followed = super().process_response(request, response)
        except ValueError:
            raise IgnoreRequest(f"跳转的地址读不懂：{target[:100]}") from None
        if (
            isinstance(followed, Request)
            and urlsplit(followed.url)[:2] != urlsplit(request.url)[:2]
        ):
            raise IgnoreRequest(f"跳转到别的站点，没有跟过去：{followed.url[:100]}")
        return followed


class StopAtVerification(_OfSpider):
    """The first verification page, 403 or 429 ends the crawl and starts the cool-down."""

    def process_response(self, request: Request, response: Response) -> Response:
        target = _location(response)
        why = None
        if _CAPTCHA in target or _CAPTCHA in response.url:
            why = "验证页"
        elif response.status in (403, 429):
            why = f"HTTP {response.status}"
        elif response.status == 200 and _is_verification(response.body):
            why = "验证页"
        if why and not request.meta.get("dont_obey_robotstxt"):
            self.spider.cool_down(why)
            raise IgnoreRequest("verification")
        return response


def _location(response: Response) -> str:
    return (response.headers.get(b"Location") or b"").decode("latin-1")


def _is_verification(body: bytes) -> bool:
    """True for a verification page, whole or cut off."""
    if not body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return False
    try:
        return (
            parse_page(body if b"</html>" in body else body + b"</html>").status == "verification"
        )
    except PageError:
        return False
