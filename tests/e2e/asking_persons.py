"""Questions about persons, and persons to ask about, for the suites that do so over the wire."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from e2e.served import BIDDING, HRSS, new_party, question, today
from jointsanctions.v1 import common_pb2, credit_pb2, listing_pb2, registry_pb2
from plain_numbers import resident

from gateway.sample.records import listing

PERSON = "/jointsanctions.v1.CreditService/CheckPerson"
AWARDS, BANK, HOUSING = "award-office.asking-system", "hanjiang-bank.bank", "housing.asking-system"
VISA = "EK5502917"
EXAMS = "provincial-exam-authority.producer"
OWN, FOR_ENTERPRISE = credit_pb2.PERSON_CAPACITY_OWN_NAME, credit_pb2.PERSON_CAPACITY_FOR_ENTERPRISE


def ref(number, name="示例甲", kind="RESIDENT_ID"):
    return listing_pb2.PersonRef(name=name, document_type=kind, document_number=number)


def asking(person, capacity=OWN, **parts):
    """A question at the award of a local tender."""
    return credit_pb2.CheckPersonRequest(question=question(**parts), person=person, capacity=capacity)


def nominated(person, capacity=OWN, **parts):
    """A question about a candidate for an award."""
    point = {
        "area": common_pb2.AREA_AWARDS,
        "decision_point": common_pb2.DECISION_POINT_AWARDS_NOMINATION,
        "case_facts": None,
    }
    return asking(person, capacity, **{**point, **parts})


def submit(served, who, feed, records):
    for row, record in enumerate(records, 1):
        record.row = row
    request = registry_pb2.SubmitRecordsRequest(
        request_id=uuid4().hex, feed=feed, officer="o", last=True, records=records
    )
    answer = served.callers.as_caller(who).submit(iter([request]))
    assert answer.stored == len(records), answer
    return answer.data_revision


def list_person(served, person, *more):
    """List an enterprise and the person with it; return the enterprise, and the revision to ask at."""
    party = new_party()
    records = listing(party, f"L-{party.uscc}", today() - timedelta(days=60), persons=[person])
    return party, submit(served, HRSS, "wage_list", [*records, *(make(party) for make in more)])


def ask(served, request, who=BIDDING, revision=0):
    request.question.at_least_as_fresh = revision
    return served.callers.as_caller(who).check_person(request)


def confirmed(request, answer, at=None, **position):
    """The same question again, with an officer's word on *answer*."""
    again = credit_pb2.CheckPersonRequest()
    again.CopyFrom(request)
    again.confirmation.officer = "officer-8"
    at = at or answer.audit_position.recorded_at
    again.confirmation.confirmed_at.CopyFrom(at)
    again.confirmation.position.CopyFrom(answer.audit_position)
    for name, value in position.items():
        setattr(again.confirmation.position, name, value)
    return again


def listed_person(served, serial):
    """List the *serial*-th invented person; return it, the enterprise, and the revision to ask at."""
    person = ref(resident(serial), "示例乙")
    return person, *list_person(served, person)


def ask_about_persons(used):
    """Ask about a person on record and about others who are not, soundly and not, over the wire and from a terminal.

    *used* is that of ``test_no_number_is_kept``.
    """
    known, unknown, wrong = used.kept[1], used.number(40, kept=False), used.number(41, kept=False)[:-1]
    used.refused += [wrong, VISA]
    tried = [("RESIDENT_ID", known, "示例乙"), ("RESIDENT_ID", known.lower(), "示例"), ("OTHER", unknown, "示例")]
    tried += [("RESIDENT_ID", unknown, ""), ("RESIDENT_ID", wrong, ""), ("PASSPORT", VISA, "示例"), (unknown, "1", "")]
    tried += [("PASSPORT", VISA, ""), ("PASSPORT", VISA * 9, "示例"), ("RESIDENT_ID", known, f"示例{unknown}")]
    for kind, number, name in tried:
        person = listing_pb2.PersonRef(name=name, document_type=kind, document_number=number)
        request = credit_pb2.CheckPersonRequest(question=question(), person=person, capacity=1)
        for again in (False, True):
            if again:
                request.confirmation.officer = "o"
                request.confirmation.confirmed_at.GetCurrentTime()
                request.confirmation.position.writer, request.confirmation.position.leaf_hash = "gw1-0", bytes(32)
            raw = request.SerializeToString()
            used.sent += [raw, request.person.SerializeToString()]
            for who in (BIDDING, "emergency-management.asking-system"):
                outcome = used.gateway.raw(PERSON, raw, who)
                used.told += outcome.text() + repr(outcome.answer)
    words = ("check-person", "--area", "awards", "--point", "nomination", "--case", "C-40")
    file = used.folder / "given" / "person.txt"
    file.write_text(unknown, encoding="utf-8")
    assert used.jsg(*words, "--document-file", file) == 0
    assert used.jsg(*words, typed=known) == 4
    assert used.jsg(*words, typed=wrong) == 1
    assert used.jsg(*words, unknown) == 2
