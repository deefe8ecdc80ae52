"""A console of an auditor, and behind it a gateway of the test's own that keeps a log from which it really proves."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import grpc
from console_desk import CODE, NOW, Desktop, PlayedGateway, stamp
from jointsanctions.v1 import (
    anomaly_pb2,
    audit_pb2,
    award_cover_pb2,
    common_pb2,
    log_pb2,
    receipt_pb2,
    review_pb2,
    volume_pb2,
)

from adapters.errors import GatewayError
from formats.checkpoint import Checkpoint
from formats.civil import format_instant
from formats.merkle import leaf_hash, root
from formats.merkle_nodes import consistency_proof, inclusion_proof
from formats.note import Note, Signature, encode_note
from formats.tlog_proof import TlogProof, encode_proof

ORIGIN = "shiyan/audit/2026"
WRITER = "gw1-0"


class Log:
    """Entries of one queue in a log, with proofs of them; ``signed`` is how many a checkpoint covers."""

    def __init__(self, entries, origin=ORIGIN, cosigned=None):
        self.origin = origin
        self.cosigned = cosigned
        self.envelopes = [b'{"opens":"' + origin.encode() + b'"}']
        for number in range(entries):
            self.add(number, NOW - timedelta(seconds=entries - number))
        self.signed = len(self.envelopes)

    def add(self, number, at):
        said = {"body": "00", "n": number, "time": format_instant(at), "v": 1, "writer": WRITER}
        self.envelopes.append(json.dumps(said).encode())

    @property
    def leaves(self):
        return [leaf_hash(each) for each in self.envelopes]

    def position(self, number):
        index = next((i for i, each in enumerate(self.envelopes) if f'"n": {number},'.encode() in each), None)
        leaf = self.leaves[index] if index is not None else b"\x07" * 32
        return common_pb2.AuditPosition(writer=WRITER, number=number, leaf_hash=leaf, recorded_at=stamp())

    def read(self, height, number):
        return root(self.leaves[number << height : (number + 1) << height])

    def note(self, size=None, *, cosigned=False):
        size = self.signed if size is None else size
        lines = [Signature(self.origin, b"\x01" * 4, b"\x02" * 64)]
        if cosigned:
            lines.append(
                Signature("witness.example.org/w1", b"\x03" * 4, int(NOW.timestamp()).to_bytes(8) + b"\x04" * 64)
            )
        return encode_note(Note(Checkpoint(self.origin, size, root(self.leaves[:size])).text, tuple(lines)))

    def proof(self, request):
        index = request.index if request.origin else self._index(request.number)
        size, cosigned = self.signed, False
        if self.cosigned is not None and index < self.cosigned:
            size, cosigned = self.cosigned, True
        path = tuple(inclusion_proof(self.read, index, size))
        proof = encode_proof(TlogProof(index, path, self.note(size, cosigned=cosigned)))
        envelope = self.envelopes[index]
        return log_pb2.GetInclusionProofResponse(proof=proof, envelope=envelope, origin=self.origin, index=index)

    def _index(self, number):
        for index, each in enumerate(self.envelopes[: self.signed]):
            if f'"n": {number},'.encode() in each:
                return index
        raise GatewayError(grpc.StatusCode.NOT_FOUND, "NOT_FOUND", {}, "no signed checkpoint covers such an entry")

    def consistency(self, request):
        hashes = consistency_proof(self.read, request.old_size, self.signed)
        return log_pb2.GetConsistencyProofResponse(hashes=hashes, checkpoint=self.note())


class AuditGateway(PlayedGateway):
    """Answers an auditor; every call of the log is an entry of it from then on, which a checkpoint covers or not."""

    def __init__(self):
        super().__init__()
        self.pages = [audit_pb2.SearchAccessResponse()]
        self.log = Log(20)
        self.anomalies = anomaly_pb2.ListAnomaliesResponse()
        self.reviews = review_pb2.ListReviewsResponse()
        self.awards = [award_cover_pb2.ListUncoveredAwardsResponse()]
        self.volume = volume_pb2.CountQuestionsResponse()
        self.now = NOW
        self.exported = []

    def search_access(self, request):
        kept = audit_pb2.SearchAccessRequest()
        kept.CopyFrom(request)
        number = int(request.page_token or 0)
        return self._told(kept, self.pages[number])

    def export_access(self, request):
        self._told(request, None)
        yield from self.exported

    def receipt(self, request):
        return self._told(request, receipt_pb2.GetReceiptResponse(receipt=b"{}"))

    def audit(self, rpc, request, kind):
        kept = type(request)()
        kept.CopyFrom(request)
        said = self._told(kept, getattr(self, f"_{rpc}")(request))
        assert isinstance(said, kind)
        return said

    def _GetCheckpoint(self, request):  # noqa: N802 - the method's own name
        note, size = self.log.note(), self.log.signed
        assert request.origin in {"", self.log.origin}
        number = len(self.log.envelopes)
        self.log.add(number, self.now)
        position = self.log.position(number)
        position.recorded_at.FromDatetime(self.now)
        return log_pb2.GetCheckpointResponse(
            checkpoint=note, origin=self.log.origin, size=size, audit_position=position
        )

    def _GetInclusionProof(self, request):  # noqa: N802
        return self.log.proof(request)

    def _GetConsistencyProof(self, request):  # noqa: N802
        return self.log.consistency(request)

    def _ListAnomalies(self, request):  # noqa: N802, ARG002
        return self.anomalies

    def _ListReviews(self, request):  # noqa: N802, ARG002
        return self.reviews

    def _SignReview(self, request):  # noqa: N802, ARG002
        return review_pb2.SignReviewResponse(review_id="r-1")

    def _ListUncoveredAwards(self, request):  # noqa: N802
        return self.awards[int(request.page_token or 0)]

    def _CountQuestions(self, request):  # noqa: N802, ARG002
        return self.volume

    def calls(self, kind):
        """Return the requests of a kind, in their order."""
        return [each for each in self.asked if isinstance(each, kind)]


class Auditing(Desktop):
    """The console of an auditor who was let in."""

    def __init__(self):
        super().__init__(role="auditor")
        self.gateway = AuditGateway()
        # What pages are given is fixed once: the desk is that of the console.
        object.__setattr__(self.console._desk, "client", self.gateway)
        self.opened("审计员")


def access(number=17, log=None, **parts):
    """Return one recorded call."""
    position = (log or Log(20)).position(number)
    whole = {
        "position": position,
        "agency": "public-resources-trading",
        "role": "asking-system",
        "officer": "officer-7",
        "method": "CreditService/CheckEligibility",
        "outcome": "OK",
        "area": common_pb2.AREA_BIDDING,
        "decision_point": common_pb2.DECISION_POINT_BIDDING_AWARD,
        "case_ref": "JSGC-2026-17",
        "usccs": [CODE],
        "verdict": common_pb2.VERDICT_RESTRICTED,
        "officer_known": audit_pb2.OFFICER_KNOWN_DECLARED,
    }
    return audit_pb2.AccessEntry(**{**whole, **parts})


def link(page, end):
    """Return the first address of a page that ends in what a pattern describes."""
    return re.search(rf'href="([^"]*{end})"', page.text)[1].replace("&amp;", "&")
