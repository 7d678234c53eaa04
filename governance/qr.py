"""A QR code as a drawing within the page: no file, no inline style, sized by the style sheet."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def drawn(content: str | bytes, *, title: str, error: str = "m", css: str = "lp-qr") -> SafeString:
    """An inline SVG of a text, or of bytes as they are; `error` is how much may be dirty or torn (l, m, q, h)."""
    code = segno.make(content, error=error, mode="byte" if isinstance(content, bytes) else None, micro=False)
    return mark_safe(code.svg_inline(svgclass=css, lineclass=None, omitsize=True, title=title))
