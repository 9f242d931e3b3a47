"""News to a group chat: the message forms of 企业微信, 飞书 and 钉钉 robots, or plain JSON. The
address is a secret: it is stored and shown nowhere.

Forms: developer.work.weixin.qq.com/document/path/91770,
open.feishu.cn/document/client-docs/bot-v3/add-custom-bot,
open.dingtalk.com/document/orgapp/custom-robot-access.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote_plus, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from analysis.watch.render import as_records, as_text
from analysis.watch.state import News
from crawler.errors import DuibiaoError

__all__ = ["FORMS", "Webhook", "WebhookError"]

FORMS = ("wecom", "feishu", "dingtalk", "json")
_MOST_BYTES = {
    "wecom": 2000,
    "feishu": 18_000,
    "dingtalk": 18_000,
}  # 企业微信 takes 2,048 bytes of text, the others 20,000 of all
_HOSTS = {
    "qyapi.weixin.qq.com": "wecom",
    "open.feishu.cn": "feishu",
    "open.larksuite.com": "feishu",
    "oapi.dingtalk.com": "dingtalk",
}
_TIMEOUT_S = 10
_MOST_ANSWER = 65_536
_LOCAL = ("127.0.0.1", "localhost", "::1")


class WebhookError(DuibiaoError, RuntimeError):
    """A message did not arrive; says why, never where to."""


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class Webhook:
    """One address to send to. `form` is one of FORMS, inferred from the address where it is not
    given; `secret` signs (飞书, 钉钉).
    """

    def __init__(self, url: str, *, form: str | None = None, secret: str | None = None) -> None:
        parts = urlsplit(url)
        if (
            parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL)
        ) or not parts.hostname:
            raise WebhookError("webhook 地址要以 https:// 开头（本机的可以用 http）")
        self.form = form or _HOSTS.get(parts.hostname, "json")
        self.host = parts.hostname
        self._url, self._secret = url, secret

    @property
    def listener(self) -> str:
        """Its name in the state: a digest that reveals nothing of the address."""
        return (
            "webhook:"
            + hashlib.blake2b(self._url.encode(), digest_size=8, person=b"duibiao").hexdigest()
        )

    def send(self, news: Sequence[News], *, now: int) -> Iterator[int]:
        """Send the news in as few messages as they fit in; gives the number of the last one after
        each that arrived. Raises WebhookError.
        """
        for part in self._parts(news):
            self._post(self._message(part, now), now)
            yield part[-1].number

    def _parts(self, news: Sequence[News]) -> Iterator[list[News]]:
        most = _MOST_BYTES.get(self.form, 200_000)
        part: list[News] = []
        for entry in news:
            if part and len(as_text([*part, entry]).encode()) > most:
                yield part
                part = []
            part.append(entry)
        if part:
            yield part

    def _message(self, news: Sequence[News], now: int) -> dict[str, Any]:
        if self.form == "json":
            return {"news": as_records(news)}
        text = _fit(as_text(news), _MOST_BYTES[self.form])
        if self.form == "feishu":
            signed = (
                {"timestamp": str(now), "sign": _sign(f"{now}\n{self._secret}", "")}
                if self._secret
                else {}
            )
            return {**signed, "msg_type": "text", "content": {"text": text}}
        return {"msgtype": "text", "text": {"content": text}}

    def _post(self, message: dict[str, Any], now: int) -> None:
        url = self._url
        if self.form == "dingtalk" and self._secret:
            url += (
                f"&timestamp={now}000&sign="
                f"{quote_plus(_sign(self._secret, f'{now}000{chr(10)}{self._secret}'))}"
            )
        request = Request(
            url,
            json.dumps(message, ensure_ascii=False).encode(),
            {"Content-Type": "application/json; charset=utf-8"},
        )
        try:
            with build_opener(_NoRedirect).open(request, timeout=_TIMEOUT_S) as answer:
                body = answer.read(_MOST_ANSWER)
        except HTTPError as error:
            error.close()
            raise WebhookError(f"{self.host} 回了 HTTP {error.code}") from None
        except (URLError, OSError) as error:
            raise WebhookError(
                f"连不上 {self.host}（{type(getattr(error, 'reason', error)).__name__}）"
            ) from None
        self._check(body)

    def _check(self, body: bytes) -> None:
        """The three robots answer 200 to what they refuse, too: the code is in the body."""
        if self.form == "json":
            return
        try:
            answer = json.loads(body)
            code = answer.get("errcode", answer.get("code", answer.get("StatusCode")))
        except (ValueError, AttributeError):
            raise WebhookError(f"{self.host} 的回答读不懂") from None
        if code != 0:
            raise WebhookError(f"{self.host} 没有收下（代码 {code}）")


def _fit(text: str, most: int) -> str:
    encoded = text.encode()
    return text if len(encoded) <= most else encoded[: most - 3].decode(errors="ignore") + "…"


def _sign(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()
