"""A recording of a browser or a proxy -> batches: one answer after the other, whatever recorded it.
HAR and Charles are har.py's, WARC is warc.py's.

What an answer would be as a file it is here. Requests' headers and cookies are never read, answers
are kept without session secrets, addresses without their keys.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import SplitResult, parse_qsl, urlsplit

from crawler.batch import Batch, Reject, take_saved_page
from crawler.files import ArchiveError
from crawler.formats.backend_lists import parse_payload, take_metrics
from crawler.formats.feeds import is_feed, take_feed
from crawler.formats.site_files import take_account_page, take_site_json
from crawler.records import HOST, album_url, parse_album_id, parse_article_url
from crawler.wechat.redaction import scrub

__all__ = ["Answer", "seconds_of", "take_answer", "take_recording"]

# what these addresses are asked for when they answer with a list
_LISTS: dict[str, tuple[str | None, ...]] = {
    "/mp/profile_ext": (None, "home", "getmsg"),
    "/mp/homepage": (None, "appmsg_list"),
    "/cgi-bin/appmsgpublish": (None, "list_ex"),
    "/cgi-bin/appmsg": (None, "list_ex"),
}
_METRICS = "/mp/getappmsgext"
_CAPTCHA = "/mp/wappoc_appmsgcaptcha"
_NO_ANSWERS = {"OPTIONS", "HEAD", "CONNECT"}
_MEDIA = ("image/", "video/", "audio/", "font/", "text/css", "application/wasm")
_NO_PAGES = ("javascript", "ecmascript", "octet-stream")
_HEAD = 64 * 1024
_TELLING = 300  # bytes: what is shorter reports "ok" and nothing else
_MOST_NAMES = 5
_LONGEST_PLACE, _MOST_PATHS = 40, 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a recording. `body` gives its bytes, unpacked; it is called only for what is
    read, and raises ArchiveError.
    """

    where: str
    url: str
    body: Callable[[], bytes]
    seen_at: int | None = None
    media_type: str = ""
    status: int = 200
    method: str = "GET"
    location: str = ""  # where a redirect led
    posted: Mapping[str, str] = field(default_factory=dict)  # a form's fields


def take_recording(answers: Iterable[Answer | Reject]) -> Iterator[Batch]:
    """One batch for each answer that holds articles, albums, lists or counts, and a note of what
    could not be read.

    Raises ArchiveError when there is nothing in it for us.
    """
    unread: Counter[str] = Counter()  # paths of the site
    broken: list[Reject] = []
    taken = False
    for answer in answers:
        if isinstance(answer, Reject):
            broken.append(answer)
        elif (batch := _take(answer, unread)) is not None:
            taken = True
            yield batch
    if not taken and broken:
        raise ArchiveError(broken[0].reason)
    if not taken and unread:
        raise ArchiveError(f"没有能读的公众号页面、列表或文章；{_tell(unread)}")
    if broken or unread:
        yield Batch("recording", rejects=broken, notes=[_tell(unread)] if unread else [])


def _tell(unread: Counter[str]) -> str:
    names = "、".join(f"{path} {count}" for path, count in unread.most_common(_MOST_NAMES))
    more = " 等" if len(unread) > _MOST_NAMES else ""
    return f"录制里公众号网址的 {unread.total()} 个回答里没有认出文章或列表，没有读：{names}{more}"


def _take(answer: Answer, unread: Counter[str]) -> Batch | None:
    parts = _parts(answer.url)
    if parts is None or answer.method.upper() in _NO_ANSWERS:
        return None
    what = _expected(answer.url, parts)
    if what is None:
        return _take_unexpected(answer, parts, unread)
    if 300 <= answer.status < 400 and answer.status != 304 and _CAPTCHA not in answer.location:
        return None  # what it led to is recorded next
    try:
        raw = scrub(_body(answer))  # before anything is read of it: links carry the session too
        if what == "metrics":
            asked = dict(parse_qsl(parts.query)) | dict(answer.posted)
            batch = take_metrics(raw, asked, answer.seen_at or 0)
        else:
            batch = take_answer(raw, url=_public(answer.url), seen_at=answer.seen_at)
    except ArchiveError as error:
        return Batch(what, rejects=[Reject(answer.where, str(error), _public(answer.url))])
    return _placed(batch, answer.where)


def _take_unexpected(answer: Answer, parts: SplitResult, unread: Counter[str]) -> Batch | None:
    """An answer whose address tells nothing: read where its content is that of a file we read."""
    media = answer.media_type.lower()
    if media.startswith(_MEDIA) or any(kind in media for kind in _NO_PAGES):
        return None
    ours = parts.hostname == HOST
    batch: Batch | None = None
    raw = b""
    try:
        raw = scrub(answer.body())
        if ours or HOST.encode() in raw:
            batch = take_answer(raw, url=_public(answer.url), seen_at=answer.seen_at)
    except ArchiveError:
        batch = None  # it is no file of ours, or none that can be read: counted below
    if batch is not None and (batch.sightings or batch.albums):
        batch.rejects = [reject for reject in batch.rejects if ours or HOST in reject.text]
        return _placed(batch, answer.where)
    if ours and len(raw) >= _TELLING:
        path = parts.path[:_LONGEST_PLACE]
        unread[path if path in unread or len(unread) < _MOST_PATHS else "其他"] += 1
    return None


def take_answer(raw: bytes, *, url: str | None = None, seen_at: int | None = None) -> Batch:
    """One recorded answer, read as the file it would be: a page, an album, a list, a feed or an
    article's JSON.

    Raises ArchiveError where it is none.
    """
    head = raw[:_HEAD]
    if is_feed(head):
        return take_feed(raw, url=url, seen_at=seen_at)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        batch = take_site_json(parse_payload(raw), raw, url=url, seen_at=seen_at)
        if batch is None:
            raise ArchiveError("JSON 里没有文章列表")
        return batch
    page = take_account_page(raw, seen_at=seen_at)
    return page or take_saved_page(raw, url=url, seen_at=seen_at)


def _placed(batch: Batch, where: str) -> Batch:
    """The batch, its rejects with the place of their answer."""
    batch.rejects = [
        replace(reject, where=f"{where} {reject.where}".strip()) for reject in batch.rejects
    ]
    return batch


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def _expected(url: str, parts: SplitResult) -> str | None:
    """What the address answers with: article, album, list or metrics; None where it does not
    tell.
    """
    if parse_article_url(url):
        return "article"
    if parse_album_id(url):
        return "album"
    if parts.hostname != HOST:
        return None
    if parts.path == _METRICS:
        return "metrics"
    asked = dict(parse_qsl(parts.query)).get("action")
    return "list" if asked in _LISTS.get(parts.path, ()) else None


def _body(answer: Answer) -> bytes:
    """The body of an answer that should have one. Raises ArchiveError and says why there is
    none.
    """
    if _CAPTCHA in answer.location:
        raise ArchiveError("被转到验证页，没有内容：在浏览器里过了验证再录")
    raw = answer.body()
    if raw.strip():
        return raw
    if answer.status == 304:
        raise ArchiveError("浏览器用了自己的缓存（304），没有内容：勾选“停用缓存”再录")
    raise ArchiveError("没有保存响应内容：导出 HAR 时请选“包含内容”")


def _public(url: str) -> str:
    """The address without anything of the reader's session in it."""
    if album_id := parse_album_id(url):
        return album_url(album_id)
    link = parse_article_url(url)
    if link and not link.temporary:
        return link.url
    parts = urlsplit(url)
    return f"https://{parts.hostname}{parts.path}"


def seconds_of(value: object) -> int | None:
    """An ISO time as unix seconds; None where it is none. What names no zone is UTC."""
    try:
        at = datetime.fromisoformat(str(value))
        return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None
