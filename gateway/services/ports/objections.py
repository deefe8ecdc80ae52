"""Objections of one enterprise: what they are judged by, and where they are kept.

Protocols; no behaviour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.domain.kinds.fact import Fact
    from gateway.domain.records import Dossier
    from gateway.services.ports.facts import Submission, SubmittedRow


class ObjectionStore(Protocol):
    """Where objections are kept, beside what they are about. Blocking: call it in a thread."""

    def dossier(self, uscc: str) -> tuple[int, Dossier | None]:
        """Return the newest revision and what is known of an enterprise then; None when nothing is."""

    def record(
        self, submission: Submission, uscc: str, record_id: str, decide: Callable[[Dossier | None], SubmittedRow]
    ) -> tuple[int, Fact]:
        """Store the objection that *decide* makes of an enterprise's dossier; idempotent by request id.

        Nobody writes between what *decide* is given and what is stored; what it raises leaves the store as it was.
        Returns the revision that holds the objection, and the objection as it is on record now.
        """
