"""What keeps the kit from saying anything at all; what an adapter does wrong is no error but a result."""

from __future__ import annotations


class ConformanceError(Exception):
    """The kit cannot play: a folder, an address or the adapter cannot be used as it stands; the message names it."""


class UnpreparedError(Exception):
    """A vector could not be brought to the point at which it would have been judged; the message says what was seen."""
