"""What an article shows beside text: images, GIFs, videos, audio, where they stand, and whether its
cover is among them. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

from analysis.layout.body.paragraphs import Reading
from analysis.layout.css.boxes import Box

__all__ = [
    "COVER_SHAPES",
    "Cover",
    "Media",
    "Places",
    "count_media",
    "cover_key",
    "describe_cover",
    "is_medium",
    "place_images",
]

COVER_SHAPES = ("2.35:1", "16:9", "4:3", "1:1", "3:4")
_RATIOS = {
    "2.35:1": 1 / 2.35,
    "16:9": 9 / 16,
    "4:3": 0.75,
    "1:1": 1.0,
    "3:4": 4 / 3,
}  # height ÷ width
_NEAR = 0.06
_KEY = re.compile(r"//[^/]+/(?:mmbiz(?:_[a-z]+)?|sz_mmbiz(?:_[a-z]+)?)/([^/?#]+)")
_VIDEO_TAGS = frozenset({"video", "mpvideosnap", "mp-common-videosnap", "mp-common-video"})
_AUDIO_TAGS = frozenset(
    {"audio", "mpvoice", "qqmusic", "mp-common-mpaudio", "mp-common-qqmusic", "mp-common-audio"}
)
_VIDEO_FRAME = re.compile(r"video|v\.qq\.com|mpvid", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Media:
    """How many of each."""

    images: int
    gifs: int
    videos: int
    audios: int


class Places(TypedDict):
    """Where images stand: see profile.StyleProfile."""

    first_image_at: float | None
    image_thirds: list[int]


class Cover(TypedDict):
    """What is known of the cover: see profile.StyleProfile."""

    cover_in_text: bool | None
    cover_shape: str | None


def count_media(boxes: Sequence[Box]) -> Media:
    """Every image, animated or not, video and audio in the boxes, shown or not yet loaded."""
    images = [box for box in boxes if box.tag == "img"]
    return Media(
        len(images),
        sum(map(_is_gif, images)),
        sum(map(_is_video, boxes)),
        sum(box.tag in _AUDIO_TAGS for box in boxes),
    )


def is_medium(box: Box) -> bool:
    """Whether a box is an image, a video or audio."""
    return box.tag == "img" or box.tag in _AUDIO_TAGS or _is_video(box)


def _is_gif(box: Box) -> bool:
    attrs = box.attributes
    address = attrs.get("data-src") or attrs.get("src") or ""
    return (
        attrs.get("data-type") == "gif"
        or "wx_fmt=gif" in address
        or address.partition("?")[0].endswith(".gif")
        or "mmbiz_gif/" in address
    )


def _is_video(box: Box) -> bool:
    if box.tag in _VIDEO_TAGS:
        return True
    attrs = box.attributes
    return box.tag == "iframe" and bool(
        _VIDEO_FRAME.search(
            " ".join(
                filter(
                    None,
                    (
                        attrs.get("class"),
                        attrs.get("data-src"),
                        attrs.get("src"),
                        attrs.get("data-mpvid"),
                    ),
                )
            )
        )
    )


def place_images(reading: Reading) -> Places:
    """The share of the text before the first image, and how many images stand in each third of the
    text.
    """
    if not reading.chars:
        return Places(first_image_at=None, image_thirds=[])
    shares = [
        reading.chars_before(number) / reading.chars
        for number, box in enumerate(reading.boxes)
        if box.tag == "img"
    ]
    thirds = [0, 0, 0]
    for share in shares:
        thirds[min(int(share * 3), 2)] += 1
    return Places(first_image_at=shares[0] if shares else None, image_thirds=thirds)


def cover_key(address: str | None) -> str | None:
    """What names an image on WeChat's servers, whatever its size and format: the part of its
    address after mmbiz.
    """
    match = _KEY.search(address or "")
    return match[1] if match else None


def describe_cover(boxes: Sequence[Box], cover: str | None, square: str | None) -> Cover:
    """Whether a cover is one of the images, and its shape: from that image's own measures, else
    from WeChat's two crops where both are known.
    """
    wanted = {key for key in (cover_key(cover), cover_key(square)) if key}
    if not wanted:
        return Cover(cover_in_text=None, cover_shape=None)
    shown = [box for key, box in _keyed_images(boxes) if key in wanted]
    shape = _shape_of(shown[0]) if shown else "2.35:1" if cover and square else None
    return Cover(cover_in_text=bool(shown), cover_shape=shape)


def _keyed_images(boxes: Sequence[Box]) -> Iterator[tuple[str | None, Box]]:
    for box in boxes:
        if box.tag == "img":
            yield cover_key(box.attributes.get("data-src") or box.attributes.get("src")), box


def _shape_of(image: Box) -> str | None:
    """The nearest usual shape of an image by its data-ratio (height ÷ width), else landscape or
    portrait (横, 竖).
    """
    try:
        ratio = float(image.attributes.get("data-ratio") or "")
    except ValueError:
        return None
    if not 0 < ratio < 100:
        return None
    name = min(_RATIOS, key=lambda shape: abs(_RATIOS[shape] - ratio))
    return name if abs(_RATIOS[name] - ratio) <= _NEAR else "横" if ratio < 1 else "竖"
