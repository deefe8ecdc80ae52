"""Signing off a review: only of what lies under a checkpoint of the log that the reviewer can name."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from gateway.domain.errors import MalformedRequestError, StateError
from gateway.domain.reviews import TimeRange, faults

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.domain.reviews import ReviewSigned
    from gateway.services.ports.replay import Spans
    from gateway.services.prove_entries import ProveEntries


class SignReview:
    """Looks at a review before it is recorded. Blocking: call it in a thread."""

    def __init__(self, prove: ProveEntries, spans: Spans) -> None:
        self._prove = prove
        self._spans = spans

    def require_sound(self, review: ReviewSigned, now: datetime) -> None:
        """Return when *review* may be signed.

        Raises:
            MalformedRequestError: Something does not fit; the field is named. So is a root that is none of the log's.
            EnterpriseNotFoundError: There is no such log.
            StateError: Nothing of the log is signed yet, or calls of the time reviewed lie beyond the checkpoint.
            StoreUnavailableError: Store or queues could not be read.
        """
        for fault in faults(review, now):
            raise MalformedRequestError(*fault)
        state = self._prove.checkpoint(review.origin)
        if not 0 < review.size <= state.signed_size:
            raise MalformedRequestError("checkpoint_size", f"must be 1 to {state.signed_size}, which is signed")
        if not hmac.compare_digest(self._prove.root(review.origin, review.size), review.root):
            raise MalformedRequestError("checkpoint_root", "is not the root of the log at this size")
        if isinstance(review.part, TimeRange):
            self._require_covered(review, review.part)

    def _require_covered(self, review: ReviewSigned, part: TimeRange) -> None:
        """Refuse a time of which a call stands in no log, in a later one, or in this one beyond the checkpoint."""
        first, end = self._spans.since(part.since), self._spans.since(part.until)
        for writer, (after, _) in end.items():
            if after == first[writer][0]:
                continue  # nothing of this queue in that time
            for number in (first[writer][0], after - 1):
                place = self._prove.place_of(writer, number)
                if place is None or place[0] != review.origin or place[1] >= review.size:
                    raise StateError(
                        "a call of that time does not stand under this checkpoint of this log",
                        object=f"{writer}/{number}",
                        state="NOT_COVERED",
                        wanted="SIGNED",
                    )
