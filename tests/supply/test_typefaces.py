"""The typefaces that a printed page holds are the ones that were looked at, with their licence beside them."""

from __future__ import annotations

import hashlib
from importlib.metadata import files

PUBLISHED = {
    "NotoSansSC-Regular.otf": "faa6c9df652116dde789d351359f3d7e5d2285a2b2a1f04a2d7244df706d5ea9",
    "NotoSerifSC-Regular.otf": "e8f396decc1f0963a016a989c3d8852e863d1350996f573860a80767c83a1cd3",
}
"""SHA-256 as the package names them, of notofonts/noto-cjk f8d157532fbfaeda587e826d4cd5b21a49186f7c."""


def test_the_typefaces_are_those_of_their_authors_under_their_licence():
    held = {file.name: file.read_binary() for file in files("pylopdf-fonts-zh-cn") if file.suffix in {".otf", ""}}
    found = {name: hashlib.sha256(held[name]).hexdigest() for name in held if name.endswith(".otf")}
    assert found == PUBLISHED
    assert b"SIL OPEN FONT LICENSE" in held["LICENSE"]
