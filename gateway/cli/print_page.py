"""How a command prints a page as PDF: its options, and the library, looked for before anything is asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from adapters.errors import SettingsError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from console.printing.model import Page

SUFFIX: Final = ".pdf"


def add_fonts(parser: argparse.ArgumentParser) -> None:
    """Add the option for characters that the built-in typefaces lack."""
    say = "fonts for characters that the typefaces of a PDF lack"
    parser.add_argument("--fonts", type=Path, default=None, metavar="FOLDER", help=say)


def printer(fonts: Path | None) -> Callable[[Page], bytes]:
    """Return what makes a PDF of a page, with *fonts* beside its own typefaces; it raises ``PrintError``.

    Raises:
        SettingsError: The libraries for it are not installed.
    """
    try:
        from console.printing.pdf import write_pdf  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise SettingsError(
            "打印需安装扩展print（typst、segno和字体） printing needs the extra `print` (typst, segno and a typeface)"
        ) from error
    return lambda page: write_pdf(page, fonts)
