"""The catalogue of texts: ``texts.toml`` read once. Whatever a page shows is in it, in Chinese and in English."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    Pair = tuple[str, str]
    """Chinese and English."""


@cache
def texts(section: str) -> Mapping[str, Pair]:
    """Return the texts of a section by name, such as ``"receipt"`` or ``"console.check"``.

    Raises:
        KeyError: There is no such section, or a text lacks a language.
    """
    found = tomllib.loads(resources.files("console").joinpath("texts.toml").read_text(encoding="utf-8"))
    for step in section.split("."):
        found = found[step]
    return {name: (text["zh"], text["en"]) for name, text in found.items()}
