"""What moment a call is about: whether the caller may ask about it, then whether it makes sense.

``docs/architecture.md``, "Other moments", says who may. The mandate is judged by the numbers on the wire, which can be
compared whether or not they are an instant: whoever lacks the field is told so and nothing else, however malformed the
moment and the rest of the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.timestamp_pb2 import Timestamp

from gateway.domain.errors import MalformedRequestError
from gateway.rpc import fields

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from jointsanctions.v1 import credit_pb2, enterprise_file_pb2, grade_pb2, meeting_pb2

    from gateway.domain.agencies import Agency

    Read = (
        credit_pb2.GetCreditRecordRequest | grade_pb2.ExplainGradeRequest | enterprise_file_pb2.GetEnterpriseFileRequest
    )
    Asking = credit_pb2.Question | Read


def require_mandate(sent: Asking, agency: Agency, now: datetime, base: str) -> None:
    """Refuse a moment that the caller may not ask about; call it before any format is checked.

    Args:
        sent: What carries ``as_of`` and ``known_at``.
        agency: The caller.
        now: The present of the call, UTC; ``as_of`` up to it, the present itself named, is the past.
        base: Path of *sent* on the wire, with a dot, or empty.

    Raises:
        FieldNotInMandateError: A moment of knowledge, or a moment of the past, without the grant.
    """
    if sent.HasField("known_at"):
        agency.require_field("known_at", f"{base}known_at")
    if sent.HasField("as_of") and _microseconds(sent.as_of) <= _microseconds(_timestamp(now)):
        agency.require_field("past_as_of", f"{base}as_of")


def asks_about_past(sent: Asking, agency: Agency, now: datetime) -> bool:
    """Return whether only a registered cut-off lets the caller ask so: about the past, and without the grant for it."""
    past = sent.HasField("as_of") and _microseconds(sent.as_of) <= _microseconds(_timestamp(now))
    return past and not sent.HasField("known_at") and "past_as_of" not in agency.fields


def is_own_cutoff(sent: Asking, agency: Agency, now: datetime, cutoffs: Iterable[datetime]) -> bool:
    """Return whether a moment of the past is one of *cutoffs*, which the caller's own case has registered (A-124)."""
    if not asks_about_past(sent, agency, now):
        return False
    return _microseconds(sent.as_of) in {_microseconds(_timestamp(each)) for each in cutoffs}


def asked_about(sent: credit_pb2.Question, now: datetime) -> datetime:
    """Return the moment that a question is about, UTC: *now* where it names none.

    Raises:
        MalformedRequestError: It is no instant, or ``preview`` and where it lies contradict each other.
    """
    if not sent.HasField("as_of"):
        if sent.preview:
            raise MalformedRequestError("question.as_of", "is required for a preview")
        return now
    as_of = fields.instant(sent.as_of, "question.as_of")
    if as_of > now and not sent.preview:
        raise MalformedRequestError("question.preview", "must be set for a moment that lies ahead")
    if as_of <= now and sent.preview:
        raise MalformedRequestError("question.as_of", "must lie ahead for a preview")
    return as_of


def present_or_past(sent: Read, now: datetime) -> datetime:
    """Return the moment that a read is about, UTC: *now* where it names none; none may lie ahead."""
    if not sent.HasField("as_of"):
        return now
    return _not_ahead(sent.as_of, now, "as_of")


def known_at(sent: Asking | meeting_pb2.GetMeetingRequest, now: datetime, base: str) -> datetime | None:
    """Return the moment of knowledge, UTC, or None where none is named; none may lie ahead."""
    if not sent.HasField("known_at"):
        return None
    return _not_ahead(sent.known_at, now, f"{base}known_at")


def _not_ahead(sent: Timestamp, now: datetime, field: str) -> datetime:
    moment = fields.instant(sent, field)
    if moment > now:
        raise MalformedRequestError(field, "lies ahead")
    return moment


def _microseconds(sent: Timestamp) -> int:
    """Return what the numbers come to, as exactly as ``fields.instant`` reads them, and for any numbers."""
    return sent.seconds * 1_000_000 + sent.nanos // 1000


def _timestamp(moment: datetime) -> Timestamp:
    sent = Timestamp()
    sent.FromDatetime(moment)
    return sent
