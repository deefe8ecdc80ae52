"""Words of the wire's numbers for the console's pages: those of receipts, and those of referrals and clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from gateway.cli.clocks import COLOURS
from gateway.cli.referral_texts import ACTS, STAGES, STUCK, TRANSPORT
from gateway.cli.verifier import NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.caller import Names

K = TypeVar("K", bound=int)


def _pair(both: str) -> tuple[str, str]:
    """Return the two languages of a text of the command line, such as ``"已移送 SENT"``."""
    zh, _, en = both.partition(" ")
    return zh, en.capitalize()


def _pairs(texts: Mapping[K, str]) -> dict[int, tuple[str, str]]:
    return {int(number): _pair(text) for number, text in texts.items()}


def _begun(names: Mapping[int, tuple[str, str]]) -> dict[int, tuple[str, str]]:
    """Return names as a page shows them, alone or at the beginning of a line: with a capital letter."""
    return {number: (zh, en[:1].upper() + en[1:]) for number, (zh, en) in names.items()}


CONSOLE_NAMES: Final[Names] = {
    **{kind: _begun(names) for kind, names in NAMES.items()},
    # In a list: the verdict without what to do by it, which the page of an answer tells.
    "verdicts": {number: (zh, en.partition(":")[0].capitalize()) for number, (zh, en) in NAMES["verdicts"].items()},
    "acts": _pairs(ACTS),
    "stages": _pairs(STAGES),
    "stuck": _pairs(STUCK),
    "transport": _pairs(TRANSPORT),
    "colours": _pairs(COLOURS),
}
