"""Reviews on the wire: signed by an auditor, whose call is their record, and read back from the record."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import review_pb2 as pb

from formats import canonical
from formats.civil import format_instant, parse_instant
from formats.merkle import HASH_SIZE
from gateway.domain.agencies import Role
from gateway.domain.errors import MalformedRequestError
from gateway.domain.reviews import IndexRange, ReviewFinding, ReviewSigned, TimeRange, review_id
from gateway.rpc import fields
from gateway.rpc.answers import instant_pb, position_pb, wire
from gateway.rpc.method import Method, Reply

if TYPE_CHECKING:
    from gateway.rpc.method import Call
    from gateway.services.ports.audit import AccessRow, Reviews
    from gateway.services.sign_review import SignReview

LARGEST: Final = 2**53 - 1
TEXT: Final = 4_096
"""Bytes of what was found, as it is recorded: with quotes and escapes."""
PAGE: Final = 50
PAGE_LIMIT: Final = 100
TOKEN: Final = 1_024


class ReviewServicer:
    """Hands reviews to their use case, and reads them from the record."""

    def __init__(self, sign: SignReview, reviews: Reviews) -> None:
        self._sign = sign
        self._reviews = reviews

    def methods(self) -> list[Method]:
        """Return the methods, each with the role that it is for."""
        auditors = frozenset({Role.AUDITOR})
        return [
            Method("AuditService/SignReview", pb.SignReviewRequest, auditors, run=self.sign_review),
            Method("AuditService/ListReviews", pb.ListReviewsRequest, auditors, run=self.list_reviews),
        ]

    async def sign_review(self, request: pb.SignReviewRequest, call: Call) -> Reply:
        """See review.proto. Nothing else is stored: the entry of this call is the review."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        call.told["request_id"] = fields.required(request.request_id, "request_id", 64)
        review = _read(request)
        signed = _told(review)
        call.told["review"] = signed
        await asyncio.to_thread(self._sign.require_sound, review, call.now)
        digest = hashlib.sha256(canonical.encode([signed, request.officer])).hexdigest()
        named = review_id(call.agency.agency_id, request.request_id, digest)
        call.told["review"] = {"id": named, **signed}
        return Reply(pb.SignReviewResponse(review_id=named))

    async def list_reviews(self, request: pb.ListReviewsRequest, call: Call) -> Reply:
        """See review.proto."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        if request.page_size > PAGE_LIMIT:
            raise MalformedRequestError("page_size", f"must be 1 to {PAGE_LIMIT}")
        token = fields.text(request.page_token, "page_token", TOKEN)
        try:
            rows, following = await asyncio.to_thread(self._reviews.reviews, request.page_size or PAGE, token)
        except ValueError as error:
            raise MalformedRequestError("page_token", "is no token of this list") from error
        shown = [_shown(row) for row in rows if "review" in row.content]
        return Reply(pb.ListReviewsResponse(reviews=shown, next_page_token=following))


def _read(request: pb.SignReviewRequest) -> ReviewSigned:
    if len(request.checkpoint_root) != HASH_SIZE:
        raise MalformedRequestError("checkpoint_root", f"must be {HASH_SIZE} bytes")
    if request.checkpoint_size > LARGEST:
        raise MalformedRequestError("checkpoint_size", "is no size of a log")
    findings = tuple(fields.word(ReviewFinding, each, f"findings[{n}]") for n, each in enumerate(request.findings))
    for place, finding in enumerate(findings):
        if finding in findings[:place]:
            raise MalformedRequestError(f"findings[{place}]", "is named twice")
    text = fields.text(request.text, "text", TEXT)
    if len(canonical.encode(text)) > TEXT:
        raise MalformedRequestError("text", f"is over {TEXT} bytes as it is recorded, with escapes")
    return ReviewSigned(
        origin=fields.required(request.origin, "origin", 200),
        part=_part(request),
        size=request.checkpoint_size,
        root=bytes(request.checkpoint_root),
        findings=findings,
        text=text.strip(),
    )


def _part(request: pb.SignReviewRequest) -> IndexRange | TimeRange:
    by_index = [request.HasField(name) for name in ("first_index", "last_index")]
    by_time = [request.HasField(name) for name in ("since", "until")]
    if any(by_index) == any(by_time) or not (all(by_index) or all(by_time)):
        raise MalformedRequestError("first_index", "either first_index and last_index, or since and until")
    if all(by_index):
        for name in ("first_index", "last_index"):
            if getattr(request, name) > LARGEST:
                raise MalformedRequestError(name, "is no index of a log")
        return IndexRange(request.first_index, request.last_index)
    return TimeRange(fields.instant(request.since, "since"), fields.instant(request.until, "until"))


def _told(review: ReviewSigned) -> dict[str, object]:
    """Return a review as it is recorded."""
    told: dict[str, object] = {
        "origin": review.origin,
        "size": review.size,
        "checkpoint": review.root.hex(),
        "findings": [int(each) for each in sorted(review.findings)],
    }
    part = review.part
    if isinstance(part, IndexRange):
        told.update({"first": part.first, "last": part.last})
    else:
        told.update({"since": format_instant(part.since), "until": format_instant(part.until)})
    if review.text:
        told["text"] = review.text
    return told


def _shown(row: AccessRow) -> pb.Review:
    body: Any = row.content
    said = body["review"]
    shown = pb.Review(
        review_id=said["id"],
        agency=body["caller"]["agency"],
        officer=body.get("officer", ""),
        officer_asserted=body.get("officer_by") == "asserted",
        origin=said["origin"],
        checkpoint_size=said["size"],
        checkpoint_root=bytes.fromhex(said["checkpoint"]),
        findings=[wire(ReviewFinding(each)) for each in said["findings"]],
        text=said.get("text", ""),
        recorded=position_pb(row.entry.writer, row.entry.number, row.entry.leaf, row.entry.time),
    )
    if "first" in said:
        shown.first_index, shown.last_index = said["first"], said["last"]
    else:
        shown.since.CopyFrom(instant_pb(parse_instant(said["since"])))
        shown.until.CopyFrom(instant_pb(parse_instant(said["until"])))
    return shown
