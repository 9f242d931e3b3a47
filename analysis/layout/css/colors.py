"""CSS colours: named, hex, rgb(), hsl(), hwb(), the old <font> way; and what a colour looks like to
the eye (grey, vivid, near another). Pure.
"""

from __future__ import annotations

import colorsys
import math
import re
from functools import lru_cache
from typing import NamedTuple

__all__ = ["BLACK", "Color", "distance", "is_grey", "over", "parse_color", "parse_legacy_color"]


class Color(NamedTuple):
    """sRGB 0–255 and opacity 0–1."""

    red: int
    green: int
    blue: int
    alpha: float = 1.0

    @property
    def hex(self) -> str:
        """#rrggbb, the opacity left out."""
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"


BLACK = Color(0, 0, 0)
_TRANSPARENT = Color(0, 0, 0, 0.0)
# CSS Color 4's names, in one string a name and six digits each
_NAMES = (
    "aliceblue f0f8ff antiquewhite faebd7 aqua 00ffff aquamarine 7fffd4 azure f0ffff beige f5f5dc "
    "bisque ffe4c4 black 000000 "
    "blanchedalmond ffebcd blue 0000ff blueviolet 8a2be2 brown a52a2a burlywood deb887 cadetblue "
    "5f9ea0 chartreuse 7fff00 chocolate d2691e "
    "coral ff7f50 cornflowerblue 6495ed cornsilk fff8dc crimson dc143c cyan 00ffff darkblue 00008b "
    "darkcyan 008b8b darkgoldenrod b8860b "
    "darkgray a9a9a9 darkgreen 006400 darkgrey a9a9a9 darkkhaki bdb76b darkmagenta 8b008b "
    "darkolivegreen 556b2f darkorange ff8c00 "
    "darkorchid 9932cc darkred 8b0000 darksalmon e9967a darkseagreen 8fbc8f darkslateblue 483d8b "
    "darkslategray 2f4f4f darkslategrey 2f4f4f "
    "darkturquoise 00ced1 darkviolet 9400d3 deeppink ff1493 deepskyblue 00bfff dimgray 696969 "
    "dimgrey 696969 dodgerblue 1e90ff firebrick b22222 "
    "floralwhite fffaf0 forestgreen 228b22 fuchsia ff00ff gainsboro dcdcdc ghostwhite f8f8ff gold "
    "ffd700 goldenrod daa520 gray 808080 "
    "green 008000 greenyellow adff2f grey 808080 honeydew f0fff0 hotpink ff69b4 indianred cd5c5c "
    "indigo 4b0082 ivory fffff0 khaki f0e68c "
    "lavender e6e6fa lavenderblush fff0f5 lawngreen 7cfc00 lemonchiffon fffacd lightblue add8e6 "
    "lightcoral f08080 lightcyan e0ffff "
    "lightgoldenrodyellow fafad2 lightgray d3d3d3 lightgreen 90ee90 lightgrey d3d3d3 lightpink "
    "ffb6c1 lightsalmon ffa07a lightseagreen 20b2aa "
    "lightskyblue 87cefa lightslategray 778899 lightslategrey 778899 lightsteelblue b0c4de "
    "lightyellow ffffe0 lime 00ff00 limegreen 32cd32 "
    "linen faf0e6 magenta ff00ff maroon 800000 mediumaquamarine 66cdaa mediumblue 0000cd "
    "mediumorchid ba55d3 mediumpurple 9370db "
    "mediumseagreen 3cb371 mediumslateblue 7b68ee mediumspringgreen 00fa9a mediumturquoise 48d1cc "
    "mediumvioletred c71585 midnightblue 191970 "
    "mintcream f5fffa mistyrose ffe4e1 moccasin ffe4b5 navajowhite ffdead navy 000080 oldlace "
    "fdf5e6 olive 808000 olivedrab 6b8e23 orange ffa500 "
    "orangered ff4500 orchid da70d6 palegoldenrod eee8aa palegreen 98fb98 paleturquoise afeeee "
    "palevioletred db7093 papayawhip ffefd5 "
    "peachpuff ffdab9 peru cd853f pink ffc0cb plum dda0dd powderblue b0e0e6 purple 800080 "
    "rebeccapurple 663399 red ff0000 rosybrown bc8f8f "
    "royalblue 4169e1 saddlebrown 8b4513 salmon fa8072 sandybrown f4a460 seagreen 2e8b57 seashell "
    "fff5ee sienna a0522d silver c0c0c0 "
    "skyblue 87ceeb slateblue 6a5acd slategray 708090 slategrey 708090 snow fffafa springgreen "
    "00ff7f steelblue 4682b4 tan d2b48c teal 008080 "
    "thistle d8bfd8 tomato ff6347 turquoise 40e0d0 violet ee82ee wheat f5deb3 white ffffff "
    "whitesmoke f5f5f5 yellow ffff00 yellowgreen 9acd32 "
    "canvastext 000000 windowtext 000000 text 000000 canvas ffffff window ffffff linktext 0000ee "
    "fieldtext 000000 buttontext 000000 "
    "marktext 000000 mark ffff00"
)
_NAMED = {
    name: Color(*bytes.fromhex(digits))
    for name, digits in re.findall(r"([a-z]+) ([0-9a-f]{6})", _NAMES)
}
_HEX = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_CALL = re.compile(r"(rgba?|hsla?|hwb)\(\s*([^()]*?)\s*\)")
_PART = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(%|deg|rad|grad|turn)?|none")
_TURN = {"deg": 360.0, "grad": 400.0, "rad": math.tau, "turn": 1.0, None: 360.0}


@lru_cache(maxsize=4096)
def parse_color(value: str) -> Color | str | None:
    """A lower-case CSS colour; "currentcolor" stays a word; None for what is no colour, or one in a
    colour space not read here.
    """
    if value == "currentcolor":
        return value
    if value == "transparent":
        return _TRANSPARENT
    if value in _NAMED:
        return _NAMED[value]
    if match := _HEX.fullmatch(value):
        digits = match[1] if len(match[1]) > 4 else "".join(c + c for c in match[1])
        parts = [int(digits[at : at + 2], 16) for at in range(0, len(digits), 2)]
        return Color(
            parts[0], parts[1], parts[2], round(parts[3] / 255, 3) if len(parts) == 4 else 1.0
        )
    called = _CALL.fullmatch(value)
    return _parse_call(called[1][:3], called[2]) if called else None


def _parse_call(space: str, inside: str) -> Color | None:
    """The three ways to write a colour by numbers: by commas (alpha too), or by spaces with a slash
    before alpha.
    """
    if "," in inside:
        texts = [part.strip() for part in inside.split(",")]
    else:
        body, slash, alpha = inside.partition("/")
        texts = body.split() + ([alpha.strip()] if slash else [])
    parts = [_PART.fullmatch(text) for text in texts]
    if len(parts) not in (3, 4) or any(part is None for part in parts):
        return None
    read = [(float(part[1] or 0), part[2]) for part in parts if part is not None]
    if not all(math.isfinite(number) for number, _ in read):
        return None
    opacity = (
        _bounded(read[3][0] / (100 if read[3][1] == "%" else 1), 1.0) if len(read) == 4 else 1.0
    )
    if space == "rgb":
        if any(unit not in (None, "%") for _, unit in read) or (
            "," in inside and len({unit for _, unit in read[:3]}) > 1
        ):
            return None
        channels = [number * 2.55 if unit == "%" else number for number, unit in read[:3]]
        return Color(_byte(channels[0]), _byte(channels[1]), _byte(channels[2]), opacity)
    if read[0][1] == "%" or ("," in inside and any(unit != "%" for _, unit in read[1:3])):
        return None
    hue = read[0][0] / _TURN[read[0][1]] % 1
    second, third = (_bounded(number / 100, 1.0) for number, _ in read[1:3])
    if space == "hsl":
        rgb = colorsys.hls_to_rgb(hue, third, second)
    elif second + third > 1:
        grey = second / (second + third)
        rgb = (grey, grey, grey)
    else:
        pure = colorsys.hsv_to_rgb(hue, 1, 1)
        red, green, blue = (channel * (1 - second - third) + second for channel in pure)
        rgb = (red, green, blue)
    return Color(_byte(rgb[0] * 255), _byte(rgb[1] * 255), _byte(rgb[2] * 255), opacity)


def _bounded(value: float, top: float) -> float:
    return min(max(value, 0.0), top)


def _byte(value: float) -> int:
    return math.floor(_bounded(value, 255.0) + 0.5)


def parse_legacy_color(value: str) -> Color | None:
    """A colour as <font color> and bgcolor read it (HTML, "rules for parsing a legacy color
    value"): nearly any text is one.
    """
    text = value.strip().lower()
    if not text or text == "transparent":
        return None
    if text in _NAMED:
        return _NAMED[text]
    if re.fullmatch(r"#[0-9a-f]{3}", text):
        return Color(*(int(c + c, 16) for c in text[1:]))
    digits = re.sub(r"[^0-9a-f]", "0", text[:128].removeprefix("#"))
    digits += "0" * (-len(digits) % 3 or (3 if not digits else 0))
    size = len(digits) // 3
    parts = [digits[at * size : (at + 1) * size][-8:] for at in range(3)]
    while len(parts[0]) > 2 and all(part[0] == "0" for part in parts):
        parts = [part[1:] for part in parts]
    return Color(*(int(part[:2], 16) for part in parts))


def over(front: Color, back: Color) -> Color:
    """What one colour on another looks like."""
    share = front.alpha
    return Color(
        *(_byte(f * share + b * (1 - share)) for f, b in zip(front[:3], back[:3], strict=True))
    )


def is_grey(color: Color) -> bool:
    """Whether the eye sees no hue: the channels lie within 16 of each other (of 255)."""
    return max(color[:3]) - min(color[:3]) <= 16


def distance(color: Color, other: Color) -> float:
    """How far apart two colours look, 0 to about 765: the weighted RGB distance of Thiadmer
    Riemersma's "Colour metric" (2012).
    """
    mean = (color.red + other.red) / 2
    red, green, blue = (a - b for a, b in zip(color[:3], other[:3], strict=True))
    return math.sqrt(
        (2 + mean / 256) * red * red + 4 * green * green + (2 + (255 - mean) / 256) * blue * blue
    )
