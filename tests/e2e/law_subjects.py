"""The enterprises of the law's table: one for each thing that may be on record, and what of it is to weigh.

What that does in an area is in ``law_table.toml``. Nothing here is looked up in a policy.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from e2e.law_found import found, graded, noticed, of_one_incident
from e2e.law_maker import LISTED, NATIONAL, SHIYAN, Maker
from e2e.served import SEED, new_party
from jointsanctions.v1 import record_pb2

from gateway.domain.kinds import KINDS
from gateway.domain.kinds.fact import PersonFact
from gateway.sample import records as made
from gateway.sample.invention import person
from gateway.sample.records import Party

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from e2e.law_maker import Subject


def all_subjects(today: date) -> list[Subject]:
    """Return every subject, each asked about at every point."""
    return _made(Maker(today))


def changed_subjects(today: date) -> list[Subject]:
    """Return the same once more, of new enterprises that have another name and another representative since yesterday.

    Left out are those of which just that is what weighs.
    """
    make = Maker(today, "N")
    return [
        _changed(one, make)
        for one in _made(make)
        if not one.later and not one.named and not one.weighs_by("LISTED_PERSON")
    ]


def _changed(subject: Subject, make: Maker) -> Subject:
    latest = [record for record in subject.records if record.WhichOneof("fact") == "enterprise"][-1]
    now = record_pb2.Record()
    now.CopyFrom(latest)
    now.source_key = f"{latest.source_key}/changed"
    now.name = now.enterprise.name = f"示例更名{subject.party.uscc[-6:]}有限公司"
    now.enterprise.valid_from = make.ago(1).isoformat()
    now.enterprise.legal_representative.CopyFrom(person(SEED, 72_002))
    return replace(subject, records=(*subject.records, now))


def _made(make: Maker) -> list[Subject]:
    for add in (_listed, _related, graded, found, of_one_incident, noticed, _told_apart, _information):
        add(make)
    return make.made


def _listed(make: Maker) -> None:
    def one(key: str, *acts: tuple[str, int], shows: Sequence[str] = (), days: int = 60, **parts: object) -> None:
        party = new_party()
        later = [make.act(party, key, *act) for act in acts]
        own = make.listing(party, key, days, **parts)
        make.subject(key, party, [make.known(party), *own, *later], shows, may_show=LISTED)

    one("listed", shows=["LISTING"])
    one("listed, disputed", ("DISPUTE_OPENED", 20), shows=["LISTING"])
    one("listed, stay ended", ("STAY", 40), ("STAY_ENDED", 30), shows=["LISTING"])
    one("listed, published", ("PUBLISHED", 50), shows=["LISTING"])
    party = new_party()
    own = [make.known(party), made.red_list(party, make.key("red"), make.ago(99)), *make.listing(party, "red")]
    make.subject("listed, on the red list", party, own, ["LISTING"], may_show=LISTED)
    party = new_party()
    own = [make.known(party), *make.listing(party, "misnamed")]
    misnamed = Party(party.uscc, "示例误名有限公司")
    make.subject("listed, another name", misnamed, own, ["LISTING", "NAME_MISMATCH"], may_show=LISTED, named=True)
    namesake = Party(new_party().uscc, party.name)
    make.subject("bears the name of a listed", namesake, [make.known(namesake)], named=True)
    one("listed, not delivered", delivered=False)
    one("listed, stayed", ("STAY", 20))
    one("listed, hidden", ("HIDDEN", 20))
    one("listed, repaired", ("REPAIR", 20))
    one("listed, revoked", ("REVOCATION", 20))
    one("listed, three years ago", days=1096)
    party = new_party()
    shows = {SHIYAN: ["LISTING", "GRADE_C"], NATIONAL: ["LISTING"]}
    own = [make.known(party, builder=True), *make.listing(party, "builder")]
    make.subject("listed builder", party, own, shows, may_show=LISTED)
    party = new_party()
    other = make.sample(party, "listing_elsewhere", listed_on=make.ago(60), expected_exit_on=None, removed_on=None)
    other.listing_elsewhere.removed_by = ""
    make.subject("listed elsewhere", party, [make.known(party), other], ["LISTED_ELSEWHERE"])
    party = new_party()
    gone = make.sample(party, "listing_elsewhere", listed_on=make.ago(90), expected_exit_on=None)
    gone.listing_elsewhere.removed_on, gone.listing_elsewhere.removed_by = make.ago(9).isoformat(), "REPAIRED"
    make.subject("listed elsewhere, repaired", party, [make.known(party), gone])


def _related(make: Maker) -> None:
    boss = make.boss
    listed, branch, head = new_party(), new_party(), new_party()
    own = make.listing(listed, "head", persons=[boss])
    make.subject(
        "listed with its representative",
        listed,
        [make.known(listed, representative=boss), *own],
        ["LISTING"],
        may_show=LISTED,
    )
    make.subject(
        "listed branch",
        branch,
        [make.known(branch, head_office=head.uscc), *make.listing(branch, "branch")],
        ["LISTING"],
        may_show=LISTED,
    )
    make.subject("head office of a listed branch", head, [make.known(head)], ["LISTED_BRANCH_RELATION"])

    def one(key: str, shows: Sequence[str], *more: Callable[[Party], record_pb2.Record], **parts: object) -> None:
        party = new_party()
        related = parts.pop("related", None)
        known = [make.known(party, **parts), *(each(party) for each in more)]
        make.subject(key, party, known, shows, related=related)

    def disputed(outcome: str) -> Callable[[Party], record_pb2.Record]:
        def about(party: Party) -> record_pb2.Record:
            record = party.record(make.key(f"dispute-{outcome}"), made.REGISTRAR)
            record.identity_dispute.person.CopyFrom(boss)
            record.identity_dispute.disputed_on = make.ago(10).isoformat()
            record.identity_dispute.outcome = outcome
            record.identity_dispute.decided_on = make.ago(5).isoformat() if outcome else ""
            return record

        return about

    one("branch of a listed head office", ["LISTED_BRANCH_RELATION"], head_office=listed.uscc)
    one("successor of a listed", ["LISTED_PREDECESSOR"], successor_of=listed.uscc)
    one("another of a listed person", ["LISTED_PERSON"], representative=boss)
    one("another of a person, disputed", ["LISTED_PERSON"], disputed(""), representative=boss)
    one("another of a person, stolen identity", [], disputed("FALSE_LINK"), representative=boss)
    one("with a listed related party", ["LISTED_RELATED_PARTY"], related=listed)
    one("with a clean related party", [], related=head)


def _told_apart(make: Maker) -> None:
    make.subject("unknown", Party(new_party().uscc, ""), [], ["UNKNOWN_ENTERPRISE"], named=True)
    party = new_party()
    other = Party(party.uscc, "示例另名有限公司")
    make.subject("another name", other, [make.known(party)], ["NAME_MISMATCH"], named=True)
    party = new_party()
    renamed = make.known(Party(party.uscc, "示例旧名有限公司"))
    now = make.known(party)
    now.source_key, now.enterprise.valid_from = f"{party.uscc}/now", make.ago(100).isoformat()
    make.subject("an earlier name", Party(party.uscc, "示例旧名有限公司"), [renamed, now], named=True)
    for status in ("REVOKED", "DEREGISTERED"):
        party = new_party()
        gone = made.deregistered(party, make.ago(30))
        gone.enterprise.business_status, gone.enterprise.construction_unit = status, False
        make.subject(f"out of business, {status}", party, [make.known(party), gone], ["NOT_IN_BUSINESS"])


INFORMATION = (
    *("five_systems", "red_list", "wage_deposit", "grade_recovery"),
    *(name for name, kind in KINDS.items() if not kind.weighs and not issubclass(kind, PersonFact)),
)
"""Kinds that limit nobody, whatever they say."""


def _information(make: Maker) -> None:
    for kind in INFORMATION:
        party = new_party()
        make.subject(f"{kind} alone", party, [make.known(party, builder=True), make.sample(party, kind)])
    party = new_party()
    severe = make.sample(party, "insurance_severe_listing", person=None)
    make.subject("insurance_severe_listing alone", party, [make.known(party), severe])
