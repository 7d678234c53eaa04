"""Bars as plain numbers for components/bars.html: drawn on the server, so a strict CSP and a printer like them."""

from __future__ import annotations

WIDTH, HEIGHT = 300, 34


def bars(rows: list[tuple[str, int]]) -> list[tuple[str, int, int, int]]:
    """[(words, number, width, y)] on one scale."""
    most = max((number for _, number in rows), default=0) or 1
    return [
        (words, number, round(WIDTH * number / most), HEIGHT * n) for n, (words, number) in enumerate(rows)
    ]


def height(rows: list) -> int:
    """How high a picture of these rows is."""
    return HEIGHT * len(rows)
