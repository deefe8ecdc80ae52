"""What else a day brings besides single checks: batches, submissions, listings and repairs, receipts, referrals.

Each turn makes the same few calls, about enterprises of the register that was loaded. Whoever calls is handed in; how
often there is a turn is not known here. Every answer is counted by its method, so that the record can be held to it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar
from uuid import uuid4

from jointsanctions.v1 import audit_pb2, listing_pb2, log_pb2, receipt_pb2, referral_pb2, registry_pb2, status_pb2

from adapters.errors import GatewayError
from formats.receipt import ReceiptError, decode_receipt, verify_receipt
from gateway.bench.processes import BenchError
from gateway.bench.soak_referral import invented_facts, step
from gateway.sample.invention import division, enterprise_name, uscc
from gateway.sample.load import FIRST_NUMBER
from gateway.sample.records import Party, act, five_systems, listing, profile
from gateway.security.log_keys import holds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from jointsanctions.v1 import credit_pb2, record_pb2

    from adapters.client import GatewayClient
    from formats.note import VerificationKey

A = TypeVar("A")
OFFICER: Final = "bench"
ROWS: Final = 20
"""Records of a submission: every other one is there already and changes nothing, the others are corrected."""
RECEIPT_TRIES: Final = 10  # each waits two seconds for the checkpoint, which comes within one on a quiet machine
LISTED: Final = 30_000_000
"""Numbers of the enterprises that are listed and repaired, far from those of the register."""
LONG: Final = timedelta(days=30)
LISTING_EVERY, REFERRAL_EVERY, SEARCH_EVERY = 3, 6, 3  # turns; a listing is repaired, a referral approved, in the next


@dataclass(frozen=True, slots=True)
class Speakers:
    """Clients of those who call besides single checks."""

    asking: GatewayClient
    hrss: GatewayClient
    registrar: GatewayClient
    principal: GatewayClient
    auditor: GatewayClient
    operator: GatewayClient


class Mixture:
    """The other calls of a day, turn by turn; ``answered`` and ``unanswered`` count them by method."""

    def __init__(
        self,
        speakers: Speakers,
        questions: Sequence[credit_pb2.CheckEligibilityRequest],
        batches: Sequence[credit_pb2.BatchCheckEligibilityRequest],
        keys: Callable[[], Sequence[VerificationKey]],
        seed: int,
    ) -> None:
        """Take who calls, what is asked one by one and in batches, the log's keys, and the register's seed."""
        self._as = speakers
        self._questions = questions
        self._batches = batches
        self._keys = keys
        self._seed = seed
        self.answered: Counter[str] = Counter()
        self.unanswered: Counter[str] = Counter()

    def status(self) -> status_pb2.GetStatusResponse:
        """Return what the gateway says of itself."""
        asked = status_pb2.GetStatusRequest(officer=OFFICER)
        return self._told("AdminService/GetStatus", lambda: self._as.operator.status(asked))

    def turn(self, number: int, today: date) -> None:
        """Make the calls of turn *number*; turns follow one another from 0 on.

        Raises:
            BenchError: An answer is not what it should be.
            GatewayError: There was none.
        """
        self._batch(number)
        self._submit(number, today)
        self._receipt(number)
        if number % LISTING_EVERY == 0:
            self._list(number, today)
        elif number % LISTING_EVERY == 1:
            self._repair(number - 1, today)
        if number % REFERRAL_EVERY in (0, 1):
            self._refer(number)
        if number % SEARCH_EVERY == 0:
            self.search()

    def search(self) -> None:
        """Search the record as an auditor, which brings the access index up to date."""
        wanted = audit_pb2.SearchAccessRequest(searched_by=OFFICER, page_size=20)
        self._told("AuditService/SearchAccess", lambda: self._as.auditor.search_access(wanted))

    def _told(self, method: str, call: Callable[[], A]) -> A:
        """Return the answer of a call, counted; raises GatewayError, counted too, when there was none."""
        try:
            answer = call()
        except GatewayError:
            self.unanswered[method] += 1
            raise
        self.answered[method] += 1
        return answer

    def _batch(self, number: int) -> None:
        asked = self._batches[number % len(self._batches)]
        answer = self._told("CreditService/BatchCheckEligibility", lambda: self._as.asking.batch(asked))
        if len(answer.items) != len(asked.items):
            raise BenchError(f"a batch of {len(asked.items)} had {len(answer.items)} answers")

    def _submit(self, number: int, today: date) -> None:
        records = []
        for row in range(ROWS):
            deposit = "MISSING" if row % 2 and number % 2 else "OK"
            records.append(five_systems(self._party(FIRST_NUMBER + row), f"SOAK-{row}", today - LONG, deposit))
        self._store("labour_inspection", records, self._as.hrss)

    def _list(self, number: int, today: date) -> None:
        party = self._party(LISTED + number)
        self._store("market_regulation", [profile(party, today - 2 * LONG)], self._as.registrar)
        self._store("wage_list", listing(party, f"{party.uscc}-L", today - LONG), self._as.hrss)

    def _repair(self, number: int, today: date) -> None:
        party = self._party(LISTED + number)
        repair = act(party, f"{party.uscc}-L", listing_pb2.LISTING_ACT_KIND_REPAIR, today)
        self._store("wage_list", [repair], self._as.hrss)

    def _store(self, feed: str, records: Sequence[record_pb2.Record], client: GatewayClient) -> None:
        for row, record in enumerate(records, 1):
            record.row = row
        chunk = registry_pb2.SubmitRecordsRequest(
            request_id=uuid4().hex, feed=feed, officer=OFFICER, records=records, last=True
        )
        answer = self._told("RegistryService/SubmitRecords", lambda: client.submit(iter([chunk])))
        if answer.rejected or answer.held:
            raise BenchError(f"a record of {feed} was not stored: {answer.rows[0].field}: {answer.rows[0].why.en}")

    def _receipt(self, number: int) -> None:
        """Ask, fetch the receipt of the answer, verify it, and have the auditor fetch the proof of the same entry."""
        question = self._questions[number % len(self._questions)]
        answer = self._told("CreditService/CheckEligibility", lambda: self._as.asking.check(question))
        position = answer.audit_position
        asked = receipt_pb2.GetReceiptRequest(
            writer=position.writer, number=position.number, leaf_hash=position.leaf_hash, officer=OFFICER
        )
        told = self._told("CreditService/GetReceipt", lambda: self._waited_for(asked))
        try:
            verify_receipt(decode_receipt(told.receipt), self._keys(), holds)
        except ReceiptError as error:
            raise BenchError(f"a receipt does not hold: {error}") from error
        wanted = log_pb2.GetInclusionProofRequest(writer=position.writer, number=position.number, officer=OFFICER)
        proof = (wanted, log_pb2.GetInclusionProofResponse)
        self._told("AuditService/GetInclusionProof", lambda: self._as.auditor.audit("GetInclusionProof", *proof))

    def _waited_for(self, asked: receipt_pb2.GetReceiptRequest) -> receipt_pb2.GetReceiptResponse:
        """Return a receipt; while no checkpoint covers its answer yet it is asked for again, as the gateway says."""
        for _ in range(RECEIPT_TRIES - 1):
            try:
                return self._as.asking.receipt(asked)
            except GatewayError as error:
                if error.reason != "STATE":
                    raise
        return self._as.asking.receipt(asked)

    def _refer(self, number: int) -> None:
        """Open a case with its report, or in the turn after have the principal approve it."""
        opening = number % REFERRAL_EVERY == 0
        case = f"YS-BENCH-{number if opening else number - 1}"
        if opening:
            opened = referral_pb2.OpenReferralRequest(
                request_id=uuid4().hex,
                officer=OFFICER,
                referral_id=case,
                facts=invented_facts(),
                report=step("REPORT", case),
            )
            open_it = ("OpenReferral", opened, referral_pb2.OpenReferralResponse)
            self._told("ReferralService/OpenReferral", lambda: self._as.hrss.referral(*open_it))
            return
        approved = referral_pb2.ApproveReferralRequest(
            request_id=uuid4().hex, officer=OFFICER, referral_id=case, step=step("APPROVAL", case)
        )
        approve = ("ApproveReferral", approved, referral_pb2.ApproveReferralResponse)
        self._told("ReferralService/ApproveReferral", lambda: self._as.principal.referral(*approve))

    def _party(self, number: int) -> Party:
        code = uscc(self._seed, number, division(self._seed, number))
        return Party(code, enterprise_name(self._seed, number))
