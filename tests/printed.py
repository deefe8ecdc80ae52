"""A printed page as somebody else's program reads it: pdfium for text and pictures, ZXing for the code to scan."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium
import zxingcpp

A4 = (595, 842)
"""Points, rounded."""


@dataclass(frozen=True)
class Printed:
    sizes: tuple[tuple[int, int], ...]
    texts: tuple[str, ...]
    """Of each page; a line of the page is a line."""
    fonts: frozenset[tuple[str, bool]]
    """Name, and whether it is in the file."""
    outside: tuple[str, ...]
    """What stands beyond the edge of the paper or so near to it that a printer cuts it off."""
    codes: tuple[str, ...]
    active: int
    """Links, fields and scripts in it."""
    attached: dict[str, bytes]
    """Files in it by their names."""
    title: str
    dated: str
    tagged: bool

    @property
    def text(self) -> str:
        """All text without any blank or line break: how it was broken into lines is no part of it."""
        return squeezed("".join(self.texts))


def squeezed(text: str) -> str:
    return "".join(text.split())


def read_pdf(content: bytes) -> Printed:
    document = pypdfium2.PdfDocument(content)
    try:
        pages = [document[at] for at in range(len(document))]
        texts = [objects_of(page) for page in pages]
        return Printed(
            sizes=tuple((round(page.get_width()), round(page.get_height())) for page in pages),
            texts=tuple(page.get_textpage().get_text_range().replace("\r\n", "\n") for page in pages),
            fonts=frozenset(font_of(each) for found in texts for each in found),
            outside=tuple(cut for page, found in zip(pages, texts, strict=True) for cut in outside(page, found)),
            codes=tuple(code for page in pages for code in scanned(page)),
            active=sum(pdfium.FPDFPage_GetAnnotCount(page.raw) for page in pages)
            + pdfium.FPDFDoc_GetJavaScriptActionCount(document.raw),
            attached={
                each.get_name(): bytes(each.get_data())
                for each in map(document.get_attachment, range(document.count_attachments()))
            },
            title=document.get_metadata_value("Title"),
            dated=document.get_metadata_value("CreationDate") + document.get_metadata_value("ModDate"),
            tagged=bool(pdfium.FPDFCatalog_IsTagged(document.raw)),
        )
    finally:
        document.close()


def objects_of(page):
    return [each for each in page.get_objects() if each.type == pdfium.FPDF_PAGEOBJ_TEXT]


def outside(page, found):
    least, right, top = 20, page.get_width() - 40, page.get_height() - 20
    for each in found:
        box = each.get_bounds()
        if box[0] < 40 or box[1] < least or box[2] > right or box[3] > top:
            yield f"{box}"


def font_of(found):
    font = pdfium.FPDFTextObj_GetFont(found.raw)
    name = ctypes.create_string_buffer(200)
    pdfium.FPDFFont_GetBaseFontName(font, name, 200)
    return name.value.decode().partition("+")[2], bool(pdfium.FPDFFont_GetIsEmbedded(font))


def scanned(page):
    """Read the codes of a page as a camera would: of its picture at 144 dots per inch."""
    drawn = page.render(scale=2, grayscale=True)
    raw = bytes(drawn.buffer)
    rows = b"".join(raw[at * drawn.stride : at * drawn.stride + drawn.width] for at in range(drawn.height))
    picture = memoryview(rows).cast("B", shape=[drawn.height, drawn.width])
    return [each.text for each in zxingcpp.read_barcodes(picture)]
