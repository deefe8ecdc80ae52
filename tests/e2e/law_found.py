"""Those enterprises of the law's table of which something was found: grades, arrears, penalties, judgments, notices."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from e2e.law_maker import LISTED, NATIONAL, SHIYAN, Maker
from e2e.served import new_party
from kind_records import SAMPLES, record_of

from gateway.domain.kinds.penalty import Restriction
from gateway.sample import records as made
from gateway.sample.records import Party

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jointsanctions.v1 import record_pb2


def graded(make: Maker) -> None:
    def one(
        key: str, own: Callable[[Party, str], list[record_pb2.Record]], shows: object = (), **parts: object
    ) -> None:
        party = new_party()
        kind, builder = parts.pop("kind", made.LOCAL), parts.pop("builder", True)
        make.subject(key, party, [make.known(party, kind=kind, builder=builder), *own(party, key)], shows, **parts)

    grade_b = {SHIYAN: ["GRADE_B"]}
    one("nothing", lambda *_: [])
    one("six complaints", make.complaints, grade_b)
    one("six complaints, from elsewhere", make.complaints, grade_b, kind=made.NONLOCAL)
    one("six complaints, dormant", make.complaints, kind=made.DORMANT)
    one("six complaints, no builder", make.complaints, builder=False)
    one("five complaints", lambda *of: make.complaints(*of, 5))
    one("six complaints of one order", lambda *of: make.complaints(*of, order=make.key("order-1")))
    one("six complaints, two joined", make.complaints, later=(_joined,))
    one("six complaints, one malicious", make.complaints, later=(_malicious_claim,))
    owed = lambda party, key: [made.complaint(party, make.key(key), make.ago(60), None)]  # noqa: E731 - one of many
    one("a complaint owed", owed, {SHIYAN: ["GRADE_UNDETERMINED"]})
    one("a violation a year", lambda *of: make.violations(*of, 1), {NATIONAL: ["GRADE_B"]})
    one("three violations a year", lambda *of: make.violations(*of, 3), {NATIONAL: ["GRADE_C"]})
    one(
        "a mass event a year", lambda *of: make.violations(*of, 1, "MASS_EVENT"), {NATIONAL: ["GRADE_C"]}, builder=False
    )


def _numbered(key: str) -> str:
    return f"示人社〔W-{key}〕号"


def _joined(ids: Mapping[str, str]) -> record_pb2.Record:
    first, second = (ids[_numbered(f"six complaints, two joined-{number}")] for number in (0, 1))
    return record_of(replace(SAMPLES["incident_act"], concerned_record_id=first, joined_record_id=second))


def _malicious_claim(ids: Mapping[str, str]) -> record_pb2.Record:
    complaint = ids[_numbered("six complaints, one malicious-0")]
    return record_of(replace(SAMPLES["malicious_claim"], complaint_record_id=complaint))


def _objection(ids: Mapping[str, str]) -> record_pb2.Record:
    unanswered = {"reviewed_on": None, "result": None, "corrected_on": None}
    about = ids[_numbered("publication, an objection is open")]
    return record_of(replace(SAMPLES["publication_objection"], publication_id=about, **unanswered))


def found(make: Maker) -> None:
    until = make.ago(-200)

    def one(key: str, own: Callable[[Party, str], record_pb2.Record], shows: object = (), **parts: object) -> None:
        party, builder = new_party(), parts.pop("builder", False)
        make.subject(key, party, [make.known(party, builder=builder), own(party, make.key(key))], shows, **parts)

    def publication(party: Party, key: str, *, for_wages: bool = True) -> record_pb2.Record:
        return made.publication(party, key, make.ago(40), until, for_wages=for_wages)

    both = {SHIYAN: ["PUBLICATION", "GRADE_C"], NATIONAL: ["PUBLICATION"]}
    one("publication", publication, ["PUBLICATION"])
    one("publication, for wages, builder", publication, both, builder=True)
    one("publication, of hours, builder", lambda *of: publication(*of, for_wages=False), ["PUBLICATION"], builder=True)
    one("publication, an objection is open", publication, ["PUBLICATION"], later=(_objection,))
    one("publication, no longer shown", lambda *of: made.publication(*of, make.ago(90), make.ago(9), for_wages=True))

    for restriction in map(str, Restriction):

        def penalty(party: Party, key: str, restriction: str = restriction) -> record_pb2.Record:
            record = made.penalty(party, key, make.ago(40), until)
            record.penalty.restriction = restriction
            return record

        one(f"penalty {restriction}", penalty, [f"PENALTY.{restriction}"])
    one("penalty, over", lambda *of: made.penalty(*of, make.ago(90), make.ago(9)))
    one("penalty, a fine alone", lambda *of: _fine(made.penalty(*of, make.ago(40), until)))

    convicted = lambda *of: made.conviction(*of, make.ago(50))  # noqa: E731 - one of many
    one("conviction", convicted, ["CONVICTION"], may_show=LISTED)
    both = {SHIYAN: ["CONVICTION", "GRADE_C"], NATIONAL: ["CONVICTION"]}
    one("conviction, builder", convicted, both, builder=True, may_show=LISTED)
    one("conviction, three years ago", lambda *of: made.conviction(*of, make.ago(1096)))

    for days in (100, 500, 740):
        for evil in (False, True):

            def arrears(party: Party, key: str, days: int = days, *, evil: bool = evil) -> record_pb2.Record:
                return made.arrears(party, key, make.ago(days), make.ago(days - 30), malicious=evil)

            shows = [] if days == 740 else ["ARREARS_FINDING.MALICIOUS" if evil else "ARREARS_FINDING"]
            one(f"arrears {days} days ago, {'malicious' if evil else 'paid'}", arrears, shows, found_on=make.ago(days))
    owed = lambda *of: made.arrears(*of, make.ago(70), None)  # noqa: E731 - one of many
    both = {SHIYAN: ["ARREARS_FINDING", "GRADE_UNDETERMINED"], NATIONAL: ["ARREARS_FINDING"]}
    one("arrears, owed, builder", owed, both, builder=True, found_on=make.ago(70))


def _fine(record: record_pb2.Record) -> record_pb2.Record:
    record.penalty.restriction = record.penalty.restricts_from = record.penalty.restricts_until = ""
    record.penalty.penalty_class = "罚款"
    return record


def of_one_incident(make: Maker) -> None:
    """All that one incident may leave on record: the strongest of it decides, and it is no B by number (X-22)."""
    party, order = new_party(), make.key("order-2")
    found = made.arrears(party, make.key("all"), make.ago(90), make.ago(60))
    found.arrears.payment_order_number = order
    own = [
        make.known(party, builder=True),
        *make.complaints(party, "all", order=order),
        found,
        made.penalty(party, make.key("all"), make.ago(50), make.ago(-100)),
        made.publication(party, make.key("all"), make.ago(40), make.ago(-100), for_wages=True),
    ]
    both = ["ARREARS_FINDING", "PENALTY.NEW_PROJECTS_LIMITED", "PUBLICATION"]
    shows = {SHIYAN: [*both, "GRADE_C"], NATIONAL: both}
    make.subject("everything of one incident", party, own, shows, found_on=make.ago(90))


def noticed(make: Maker) -> None:
    for which, told, same in (
        ("WAGE_ARREARS_LISTING", "PUBLISHED_NOTICE", "SAME_NAME_RECORD"),
        ("MAJOR_VIOLATION_PUBLICATION", "PUBLISHED_VIOLATION_NOTICE", "SAME_NAME_VIOLATION_RECORD"),
    ):
        party = new_party()
        own = made.notice(party, make.key(f"notice-{which}"), which, make.ago(30))
        make.subject(f"notice {which}", party, [make.known(party), own], [told])
        party = new_party()
        nameless = made.notice(Party("", party.name), make.key(f"name-{which}"), which, make.ago(30))
        make.subject(f"same name {which}", party, [make.known(party), nameless], [same], named=True)
    party = new_party()
    held = made.notice(Party("", "示例未知建筑有限公司"), make.key("held"), "WAGE_ARREARS_LISTING", make.ago(30))
    make.subject("notice, attached", party, [make.known(party), held], ["PUBLISHED_NOTICE"], later=(_attachment,))
    party = new_party()
    both = [made.notice(party, make.key("told"), "WAGE_ARREARS_LISTING", make.ago(50)), *make.listing(party, "told")]
    make.subject("notice, the decision is here", party, [make.known(party), *both], ["LISTING"], may_show=LISTED)


def _attachment(ids: Mapping[str, str]) -> record_pb2.Record:
    record = Party("", "").record("W-attachment")
    record.attachment.record_id = ids[_numbered("held")]
    record.attachment.decided_on = "2026-01-05"
    return record
