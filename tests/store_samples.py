"""Builders of what is submitted to the store: valid by default, invented throughout."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from formats.identifiers import uscc_check_character
from gateway.domain.kinds.arrears import ArrearsFinding
from gateway.domain.kinds.complaint import Complaint
from gateway.domain.kinds.conviction import Conviction
from gateway.domain.kinds.credit_commitment import CommitmentState, CreditCommitment
from gateway.domain.kinds.enterprise import EnterpriseProfile
from gateway.domain.kinds.exam_record import ExamArticle, ExamRecord, RecordDuration
from gateway.domain.kinds.fact import PersonFact, PersonKey, Uscc
from gateway.domain.kinds.five_systems import FiveSystems, SystemStatus
from gateway.domain.kinds.grade_recovery import GradeRecovery
from gateway.domain.kinds.identity_dispute import DisputeOutcome, IdentityDispute
from gateway.domain.kinds.incident_act import IncidentAct, IncidentChange
from gateway.domain.kinds.insurance_severe_listing import InsuranceSevereListing, SevereCondition
from gateway.domain.kinds.labour_violation import Circumstance, LabourViolation, ViolationItem
from gateway.domain.kinds.licence import Licence, LicenceState
from gateway.domain.kinds.listing_elsewhere import ListingElsewhere, RemovedBy
from gateway.domain.kinds.malicious_claim import MaliciousClaim
from gateway.domain.kinds.penalty import Penalty, Restriction
from gateway.domain.kinds.post import Post, PostName
from gateway.domain.kinds.publication import Publication, ViolationKind
from gateway.domain.kinds.publication_objection import ObjectionResult, PublicationObjection
from gateway.domain.kinds.published_notice import NoticeList, PublishedNotice
from gateway.domain.kinds.recruitment_record import RecruitmentArticle, RecruitmentRecord
from gateway.domain.kinds.red_list import RedListEntry
from gateway.domain.kinds.wage_deposit import DepositForm, WageDeposit
from gateway.domain.listing_acts import Act
from gateway.domain.objections import Objection, ObjectionAbout
from gateway.domain.records import Attachment
from gateway.domain.shiyan_grades import ShiyanRules
from gateway.domain.vocabulary import EnterpriseKind, ListingActKind, Provenance
from gateway.domain.withdrawals import ShownRepair, Withdrawal
from gateway.services.ports.facts import HeldNotice, Submission, SubmittedRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.domain.kinds.fact import Fact

RULES = ShiyanRules("sample-1", "420300", 6, 24, 36, recovery_by_decision=False)
NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def boot_seconds(self) -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME)


def code(number: int) -> str:
    first = f"91420300MA{number:07d}"
    return first + uscc_check_character(first)


def _row(kind: str, record_id: str, content: object, number: int | None, **more: object) -> SubmittedRow:
    uscc = "" if number is None else code(number)
    digest = hashlib.sha256(repr((content, uscc, sorted(map(repr, more.items())))).encode()).hexdigest()
    return SubmittedRow(1, kind, record_id, digest, uscc, **more)  # type: ignore[arg-type]


def profile(number: int, record_id: str = "", **changes: object) -> SubmittedRow:
    values = {
        "record_id": record_id or f"enterprise-{number}",
        "name": f"十堰样例{number}建筑有限公司",
        "valid_from": date(2020, 1, 1),
        "kind": EnterpriseKind.LOCAL,
        "construction_unit": True,
        **changes,
    }
    content = EnterpriseProfile(**values)
    return _row("enterprise", content.record_id, content, number, profile=content)


PROFILE = EnterpriseProfile(
    record_id="e",
    name="十堰样例建筑有限公司",
    valid_from=date(2020, 1, 1),
    kind=EnterpriseKind.LOCAL,
    construction_unit=True,
    representative_key=PersonKey("p"),
)
FACTS: tuple[tuple[str, Fact], ...] = (
    (
        "complaint",
        Complaint(
            record_id="c",
            accepted_on=date(2026, 1, 5),
            verified_on=date(2026, 1, 9),
            settled_on=None,
            payment_order_number="i",
            authority="十堰市劳动保障监察支队",
            document_number="监〔2026〕1号",
        ),
    ),
    (
        "arrears",
        ArrearsFinding(
            record_id="a",
            found_on=date(2026, 2, 1),
            paid_on=date(2026, 3, 1),
            amount_fen=9_007_199_254_740_991,
            workers=12,
            malicious=True,
            payment_order_number="i",
        ),
    ),
    (
        "five_systems",
        FiveSystems(
            record_id="f",
            project="一号楼",
            real_name=SystemStatus.OK,
            wage_account=SystemStatus.MISSING,
            agent_payment=SystemStatus.UNKNOWN,
            deposit=SystemStatus.NOT_APPLICABLE,
            notice_board=SystemStatus.OK,
            checked_on=date(2026, 2, 2),
        ),
    ),
    (
        "publication",
        Publication(
            record_id="p",
            published_on=date(2026, 2, 3),
            display_until=date(2027, 2, 3),
            for_wages=True,
            violation=ViolationKind.WAGE_ARREARS,
            enterprise_name="示例一号建筑工程有限公司",
            address="示例市示例大道1号",
            representative_name="示例某",
            main_facts="拖欠12名农民工工资",
            handling_result="责令支付",
            decided_on=date(2026, 1, 20),
            secrecy_reviewed=True,
        ),
    ),
    (
        "penalty",
        Penalty(
            record_id="n",
            restriction=Restriction.PROCUREMENT_BAN,
            decided_on=date(2026, 2, 4),
            restricts_from=date(2026, 2, 5),
            restricts_until=date(2027, 2, 5),
        ),
    ),
    ("conviction", Conviction(record_id="v", effective_on=date(2026, 2, 6))),
    (
        "published_notice",
        PublishedNotice(
            record_id="o",
            notice_list=NoticeList.WAGE_ARREARS_LISTING,
            published_on=date(2026, 2, 7),
            provenance=Provenance.PUBLISHED_NOTICE,
        ),
    ),
    ("red_list", RedListEntry(record_id="r", listed_on=date(2026, 2, 8), until=None)),
    ("grade_recovery", GradeRecovery(record_id="g", decided_on=date(2026, 2, 9))),
    (
        "labour_violation",
        LabourViolation(
            record_id="l",
            decided_on=date(2026, 2, 10),
            item=ViolationItem.WAGES,
            circumstances=(Circumstance.MASS_EVENT, Circumstance.REFUSED_TO_PERFORM),
        ),
    ),
    (
        "incident_act",
        IncidentAct(
            record_id="ia",
            change=IncidentChange.JOIN,
            concerned_record_id="complaint-1",
            joined_record_id="arrears-1",
            decided_on=date(2026, 2, 11),
        ),
    ),
    (
        "malicious_claim",
        MaliciousClaim(record_id="mc", complaint_record_id="complaint-1", decided_on=date(2026, 2, 12)),
    ),
    (
        "post",
        Post(
            record_id="po",
            person=PersonKey("p"),
            post=PostName.DIRECTOR,
            held_from=date(2024, 2, 29),
            held_until=date(2026, 2, 28),
        ),
    ),
    (
        "licence",
        Licence(
            record_id="li",
            document_name="示例许可决定书",
            licence_class="普通",
            certificate_name="示例许可证",
            licence_number="示〔2026〕1号",
            content="示例许可内容",
            decided_on=date(2026, 2, 13),
            valid_from=date(2026, 2, 14),
            valid_until=date(2029, 2, 14),
            state=LicenceState.VALID,
            authority_uscc=Uscc(code(7)),
        ),
    ),
    (
        "wage_deposit",
        WageDeposit(
            record_id="wd",
            project="一号楼",
            contract_amount_fen=500_000_000,
            rate_basis_points=150,
            deposited_fen=7_500_000,
            form=DepositForm.BANK_GUARANTEE,
            opened_on=date(2026, 2, 15),
            ended_on=None,
            exempt=False,
        ),
    ),
    (
        "publication_objection",
        PublicationObjection(
            record_id="po",
            publication_id="publication-1",
            received_on=date(2026, 2, 25),
            reviewed_on=date(2026, 3, 5),
            result=ObjectionResult.CHANGED,
            corrected_on=date(2026, 3, 9),
        ),
    ),
    (
        "credit_commitment",
        CreditCommitment(
            record_id="cc",
            committed_on=date(2026, 2, 16),
            matter="不再拖欠工资",
            state=CommitmentState.FULFILLED,
            closed_on=date(2026, 3, 16),
        ),
    ),
    (
        "exam_record",
        ExamRecord(
            record_id="er",
            person=PersonKey("p"),
            exam="示例资格考试2026年度",
            article=ExamArticle.ARTICLE_7,
            duration=RecordDuration.FIVE_YEARS,
            decided_on=date(2026, 2, 17),
        ),
    ),
    (
        "recruitment_record",
        RecruitmentRecord(
            record_id="rr",
            person=PersonKey("p"),
            recruiting_unit="示例事业单位",
            article=RecruitmentArticle.ARTICLE_12,
            duration=RecordDuration.LONG_TERM,
            decided_on=date(2026, 2, 18),
        ),
    ),
    (
        "insurance_severe_listing",
        InsuranceSevereListing(
            record_id="is",
            person=PersonKey("p"),
            condition=SevereCondition.FRAUD_OF_BENEFITS,
            decided_on=date(2026, 2, 19),
            ends_on=date(2029, 2, 19),
        ),
    ),
    (
        "identity_dispute",
        IdentityDispute(
            record_id="id",
            person=PersonKey("p"),
            disputed_on=date(2026, 3, 1),
            outcome=DisputeOutcome.FALSE_LINK,
            decided_on=date(2026, 4, 1),
        ),
    ),
    (
        "listing_elsewhere",
        ListingElsewhere(
            record_id="le",
            authority="示例省示例市人社局",
            document_number="外〔1〕号",
            listed_on=date(2026, 2, 10),
            expected_exit_on=date(2029, 2, 10),
            removed_on=date(2026, 5, 1),
            removed_by=RemovedBy.REPAIRED,
            reason="拒不支付",
            basis="45号令",
            list_name="拖欠农民工工资失信联合惩戒对象名单",
        ),
    ),
    (
        "withdrawal",
        Withdrawal(record_id="w", target_id="p", decided_on=date(2026, 2, 10), holds_until=None, reason="撤销"),
    ),
    (
        "shown_repair",
        ShownRepair(
            record_id="s",
            target_id="p",
            shown_on=date(2026, 2, 10),
            rejected_on=date(2026, 2, 12),
            rejection_number="核〔1〕号",
            rejection_reason="平台记录有误",
        ),
    ),
    (
        "objection",
        Objection(
            record_id="o",
            authority="示例市人社局",
            document_number="窗口〔1〕号",
            about=ObjectionAbout.PENALTY,
            target_id="n",
            grounds="处罚对象有误",
            received_on=date(2026, 2, 10),
            answered_on=date(2026, 2, 20),
            result=ObjectionResult.UPHELD,
            answer_number="复〔1〕号",
            answer="维持",
        ),
    ),
)


def fact(number: int, kind: str = "complaint", record_id: str = "", **changes: object) -> SubmittedRow:
    sample = dict(FACTS)[kind]
    content = replace(sample, record_id=record_id or f"{kind}-{number}", **changes)  # type: ignore[arg-type]
    key = getattr(content, "person", None) if isinstance(content, PersonFact) else None
    if key is not None:
        sealed = ((key, b"sealed " + key.encode()),)
        return _row(kind, content.record_id, content, None, fact=content, person_key=key, sealed_persons=sealed)
    return _row(kind, content.record_id, content, number, fact=content)


def held(record_id: str = "notice-1", name: str = "十堰无码劳务有限公司", **changes: object) -> SubmittedRow:
    content = replace(dict(FACTS)["published_notice"], record_id=record_id, **changes)  # type: ignore[arg-type]
    notice = HeldNotice(content, name, "", "no code was published")
    return _row("published_notice", record_id, content, None, held=notice)


def attach(number: int, target: str = "notice-1", record_id: str = "attachment-1") -> SubmittedRow:
    content = Attachment(target, code(number), date(2026, 5, 1), "十堰市人社局", "附〔2026〕1号")
    return _row("attachment", record_id, content, number, attachment=content)


def detach(target: str = "notice-1", record_id: str = "attachment-1") -> SubmittedRow:
    content = Attachment(target, "", date(2026, 5, 2), "十堰市人社局", "附〔2026〕2号")
    return replace(_row("attachment", record_id, content, 1, attachment=content), uscc="")


def act(
    number: int,
    kind: ListingActKind = ListingActKind.DECISION,
    on: date = date(2026, 3, 1),
    *,
    listing_id: str = "",
    act_id: str = "",
    persons: Sequence[str] = (),
    at: datetime | None = None,
) -> SubmittedRow:
    listing_id = listing_id or f"listing-{number}"
    act_id = act_id or f"{listing_id}/{kind.name}/{on.isoformat()}"
    content = Act(kind, on, "列〔2026〕1号", "十堰市人社局", act_id, at)
    return _row(
        "listing_act",
        act_id,
        content,
        number,
        listing_act=content,
        listing_id=listing_id,
        person_keys=frozenset(persons),
        sealed_persons=tuple((key, b"sealed " + key.encode()) for key in persons),
    )


def submission(request_id: str, *rows: SubmittedRow, chunk: int = 0, **changes: object) -> Submission:
    numbered = [replace(row, row=place) for place, row in enumerate(rows, 1)]
    digest = hashlib.sha256(repr(numbered).encode()).hexdigest()
    sent = Submission(request_id, chunk, digest, "labour", "hrss", "writer-1", NOON, numbered)
    return replace(sent, **changes)  # type: ignore[arg-type]
