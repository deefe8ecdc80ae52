"""A TrueType font of one glyph, a square, for one character: what a folder of more fonts brings."""

from __future__ import annotations

import struct

UNITS = 1000
SQUARE = (100, 0, 900, 800)


def made_font(character: str, family: str = "Made For Tests") -> bytes:
    glyph = _square()
    tables = {
        b"OS/2": _os2(ord(character)),
        b"cmap": _cmap(ord(character)),
        b"glyf": glyph,
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, UNITS, 0, 0, *SQUARE, 0, 8, 2, 1, 0
        ),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, 880, -120, 0, UNITS, 0, 0, 900, 1, 0, 0, 0, 0, 0, 0, 0, 2),
        b"hmtx": struct.pack(">HhHh", UNITS, 0, UNITS, 100),
        b"loca": struct.pack(">III", 0, 0, len(glyph)),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, 2, 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": _name(family),
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    at = 12 + 16 * len(tables)
    directory, content = struct.pack(">IHHHH", 0x10000, len(tables), 128, 3, 32), b""
    for tag, table in tables.items():
        padded = table + bytes(-len(table) % 4)
        directory += tag + struct.pack(">III", _checksum(padded), at + len(content), len(table))
        content += padded
    return directory + content


def _square():
    left, bottom, right, top = SQUARE
    flags = bytes([1] * 4)
    xs, ys = (left, 0, right - left, 0), (bottom, top - bottom, 0, bottom - top)
    said = struct.pack(">hhhhhHH", 1, *SQUARE, 3, 0) + flags + struct.pack(">4h4h", *xs, *ys)
    return said + bytes(-len(said) % 4)


def _cmap(code):
    group = struct.pack(">III", code, code, 1)
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + struct.pack(">HHIII", 12, 0, 28, 0, 1) + group


def _name(family):
    """Family, and the name without blanks by which PDF knows it."""
    texts = {1: family.encode("utf-16-be"), 6: family.replace(" ", "").encode("utf-16-be")}
    records, held = b"", b""
    for name, text in texts.items():
        records += struct.pack(">HHHHHH", 3, 1, 0x409, name, len(text), len(held))
        held += text
    return struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + held


def _os2(code):
    first = min(code, 0xFFFF)
    return (
        struct.pack(">HhHHH10hh10s4I4s", 4, UNITS, 400, 5, 0, *([0] * 10), 0, bytes(10), 0, 0, 0, 0, b"none")
        + struct.pack(">HHHhhhHH", 64, first, first, 880, -120, 0, 880, 120)
        + struct.pack(">IIhhHHH", 0, 0, 500, 700, 0, 32, 1)
    )


def _checksum(padded):
    return sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
