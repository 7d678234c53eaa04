"""Pages as PDF, in 宋体 and 黑体, from the same HTML as on screen; many of them as one file.

Pango is loaded at the first page: whoever does without PDF does without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.contrib.staticfiles import finders

from governance.refusals import Refused

NEEDS_PANGO = "这台机器还不能生成PDF：缺少排版用的Pango。请管理员照安装说明装好libpango，再试；现在可以先用浏览器打印这一页。"


def printed(html: str, *sheets: str, identifier: str) -> bytes:
    """A page as PDF under style sheets of css/, by name. Raises Refused where Pango is missing."""
    return Press(*sheets).document(html).write_pdf(pdf_identifier=identifier.encode())


class Press:
    """Prints under the same style sheets again and again: fonts and sheets are read once. Raises Refused without Pango."""

    def __init__(self, *sheets: str):
        try:
            from weasyprint import CSS
            from weasyprint.text.fonts import FontConfiguration
        except OSError as error:
            raise Refused(NEEDS_PANGO) from error
        from pylopdf_fonts_zh_cn import sans_path, serif_path

        self.fonts = FontConfiguration()
        faces = "".join(
            f"@font-face {{ font-family: {name}; src: url({path.as_uri()}) }}"
            for name, path in (("LetterSong", serif_path()), ("LetterHei", sans_path()))
        )
        self.styles = [CSS(string=faces, font_config=self.fonts)]
        self.styles += [
            CSS(filename=finders.find(f"css/{name}.css"), font_config=self.fonts) for name in sheets
        ]

    def document(self, html: str):
        """A page laid out, not written yet."""
        from weasyprint import HTML

        return HTML(string=html).render(stylesheets=self.styles, font_config=self.fonts)

    def together(self, pages: Iterable[str], *, identifier: str) -> Iterator[bytes | None]:
        """Many pages as one file, each on sheets of its own: None after each that is laid out, at last the file."""
        documents = []
        for html in pages:
            documents.append(self.document(html))
            yield None
        sheets = [sheet for document in documents for sheet in document.pages]
        if documents:
            yield documents[0].copy(sheets).write_pdf(pdf_identifier=identifier.encode())
