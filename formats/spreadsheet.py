"""Cells that a spreadsheet shows and never runs: one that it would take for a formula gets an apostrophe before it."""

from __future__ import annotations

import re
from typing import Final

# Full width too: spreadsheets set to an East Asian language fold it before they look for a formula.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def neutralised(cell: str) -> str:
    """Return *cell* as a spreadsheet shows it and never runs it; ``restored`` gives it back."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def restored(cell: str) -> str:
    """Return the cell that ``neutralised`` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
