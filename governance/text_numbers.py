"""Numbers as people type them in a rulebook, read exactly: full width, Chinese numerals, 万."""

import unicodedata
from decimal import Decimal

# A number as it stands in a pattern, in one unnamed group; so long that tenths of it fit any integer column.
NUMBER = r"(\d{1,8}(?:\.\d+)?|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
_DASHES = str.maketrans(dict.fromkeys("−–—―﹣－ー~～", "-"))
_DIGITS = {char: value for value, char in enumerate("一二三四五六七八九", start=1)} | {"两": 2}


def half_width(text: str) -> str:
    """`text` in half width without blanks, every dash and wave a plain hyphen."""
    return "".join(unicodedata.normalize("NFKC", text.translate(_DASHES)).translate(_DASHES).split())


def to_tenths(number: str) -> int:
    """Points as integers in tenths. Raises ValueError where they do not fall on a tenth."""
    tenths = _decimal(number) * 10
    if tenths != int(tenths):
        raise ValueError(f"{number} does not fall on a tenth")
    return int(tenths)


def to_milli(number: str, myriad: str | None = None) -> int:
    """A quantity in thousandths; `myriad` is 万 where it follows. What is finer is cut."""
    return int(_decimal(number) * (10_000_000 if myriad else 1000))


def _decimal(number: str) -> Decimal:
    return Decimal(number) if number[0].isdigit() else Decimal(_chinese(number))


def _chinese(number: str) -> int:
    """一 to 九十九; what stands before 十 counts tens."""
    tens, ten, ones = number.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)
