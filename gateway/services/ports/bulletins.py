"""What issuing bulletins needs of whoever signs them. A protocol and its error; no behaviour."""

from __future__ import annotations

from typing import Protocol


class BulletinSigner(Protocol):
    """The keys that sign bulletins. Blocking: call it in a thread."""

    def sign(self, text: str) -> bytes:
        """Return the note of *text* with one signature of every key.

        Raises:
            StoreUnavailableError: The keys cannot be read or made.
        """

    def published(self) -> tuple[str, ...]:
        """Return the public halves, oldest first, as they are published. Raises what ``sign`` does."""
