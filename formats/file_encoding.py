"""Which encoding a source file is in, found over the whole file before anything of it is used.

Strict: a file that does not decode to its last byte, or that reads as well in another encoding, is a ``FileFault``.
Rows are read in ``csv_rows``.
"""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

ENCODINGS: Final = ("auto", "utf-8", "gb18030")
"""What a caller may ask for; ``utf-8`` with or without a byte order mark."""

_CHUNK: Final = 1 << 20
_NOT_CSV: Final = {
    b"PK\x03\x04": ("an Excel workbook: save it as CSV first", "这是Excel工作簿，请先另存为CSV"),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook: save it as CSV first", "这是旧版Excel工作簿，请先另存为CSV"),
    b"\xff\xfe": ("UTF-16 text: save it as UTF-8 or GB18030", "文件为UTF-16编码，请另存为UTF-8或GB18030"),
    b"\xfe\xff": ("UTF-16 text: save it as UTF-8 or GB18030", "文件为UTF-16编码，请另存为UTF-8或GB18030"),
}


class FileFault(Exception):  # noqa: N818 - what is wrong with the file; reported, never raised to the gateway
    """Nothing of a source file can be used; says why in both languages."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en: Final = en
        self.zh: Final = zh


@dataclass(frozen=True, slots=True)
class Survey:
    """A file that decodes to its last byte.

    ``codec`` is Python's name of its encoding, ``digest`` the SHA-256 of its bytes, hexadecimal, ``size`` their number.
    ``cut_off`` tells that the last line has no line end, as a file that was cut off has not.
    """

    path: Path
    codec: str
    digest: str
    size: int
    cut_off: bool


class _Trial:
    """One encoding tried over the file: where it failed, and whether anything but ASCII came of it."""

    def __init__(self, codec: str) -> None:
        self.codec = codec
        self.failed_at: int | None = None
        self.beyond_ascii = False
        self.beyond_two_bytes = False
        self._decoder = codecs.getincrementaldecoder(codec)("strict")
        self._fed = 0

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        if self.failed_at is not None:
            return
        self._fed += len(chunk)
        try:
            text = self._decoder.decode(chunk, final=final)
        except UnicodeDecodeError as error:
            # The decoder's view begins with the bytes that it had kept from the chunk before.
            self.failed_at = self._fed - len(error.object) + error.start
            return
        if not text.isascii():
            self.beyond_ascii = True
            self.beyond_two_bytes = self.beyond_two_bytes or max(text) > "\u07ff"


def survey(path: Path, encoding: str) -> Survey:
    """Read a whole file once and say in which encoding it is.

    Args:
        path: The file.
        encoding: One of ``ENCODINGS``.

    Raises:
        FileFault: Empty, no CSV, not decodable (with the offset of the first bad byte, counted from 0), or readable in
            two encodings with different texts.
        OSError: The file cannot be read.
    """
    utf8, gb18030 = _Trial("utf-8"), _Trial("gb18030")
    digest, size, first, last = hashlib.sha256(), 0, b"", b""
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            first, last = first or chunk[:4], chunk[-1:]
            size += len(chunk)
            digest.update(chunk)
            utf8.feed(chunk)
            gb18030.feed(chunk)
    utf8.feed(b"", final=True)
    gb18030.feed(b"", final=True)
    codec = _settled(first, encoding, utf8, gb18030)
    return Survey(path, codec, digest.hexdigest(), size, cut_off=last not in {b"\n", b"\r"})


def text_of(raw: bytes, encoding: str) -> str:
    """Return the text of a file that is at hand, read as strictly as ``survey`` reads one.

    Raises:
        FileFault: As of ``survey``.
    """
    utf8, gb18030 = _Trial("utf-8"), _Trial("gb18030")
    for trial in (utf8, gb18030):
        trial.feed(raw)
        trial.feed(b"", final=True)
    return raw.decode(_settled(raw[:4], encoding, utf8, gb18030))


def _settled(first: bytes, encoding: str, utf8: _Trial, gb18030: _Trial) -> str:
    """Return the codec of a file that begins with the bytes *first* and was fed to both trials."""
    if not first:
        raise FileFault("the file is empty", "文件为空")
    for start, (en, zh) in _NOT_CSV.items():
        if first.startswith(start):
            raise FileFault(en, zh)
    codec = _chosen(encoding, utf8, gb18030)
    return "utf-8-sig" if codec == "utf-8" and first.startswith(codecs.BOM_UTF8) else codec


def _chosen(encoding: str, utf8: _Trial, gb18030: _Trial) -> str:
    """Take the encoding that was asked for, or the one that fits; UTF-8 hardly ever fits by chance, GB18030 often."""
    if encoding == "utf-8" or (encoding == "auto" and gb18030.failed_at is not None):
        _require(utf8, gb18030)
        return utf8.codec
    fits_both = utf8.failed_at is None and utf8.beyond_ascii and gb18030.failed_at is None
    if encoding == "gb18030":
        if fits_both and utf8.beyond_two_bytes:
            raise FileFault("the file is in UTF-8, not in GB18030", "文件为UTF-8编码，不是GB18030")
        _require(gb18030, utf8)
        return gb18030.codec
    if fits_both and not utf8.beyond_two_bytes:
        raise FileFault(
            "the file reads as UTF-8 and as GB18030: say which with --encoding",
            "文件可按两种编码读取，请用--encoding指定",
        )
    return utf8.codec if utf8.failed_at is None else gb18030.codec


def _require(wanted: _Trial, other: _Trial) -> None:
    if wanted.failed_at is None:
        return
    en = f"not {wanted.codec.upper()}: the byte at offset {wanted.failed_at} does not decode"
    zh = f"不是{wanted.codec.upper()}编码：偏移{wanted.failed_at}处的字节无法解码"
    if other.failed_at is None:
        raise FileFault(f"{en}; it reads as {other.codec.upper()}", f"{zh}；可按{other.codec.upper()}读取")
    raise FileFault(
        f"{en}, and as {other.codec.upper()} the one at {other.failed_at} does not",
        f"{zh}；按{other.codec.upper()}则偏移{other.failed_at}处无法解码",
    )
