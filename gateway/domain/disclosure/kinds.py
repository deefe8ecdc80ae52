"""What each trigger and each kind of record tells of. What is not placed here is shown to nobody but HRSS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.disclosure.words import FieldClass
from gateway.domain.kinds.published_notice import NoticeList, PublishedNotice
from gateway.domain.vocabulary import Trigger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.domain.kinds.fact import Fact

TRIGGERS: Final[Mapping[Trigger, FieldClass]] = {
    Trigger.LISTING: FieldClass.LISTING,
    Trigger.LISTED_PERSON: FieldClass.LISTED_PERSON,
    Trigger.GRADE_C: FieldClass.GRADE,
    Trigger.GRADE_B: FieldClass.GRADE,
    Trigger.PUBLICATION: FieldClass.PUBLICATION,
    Trigger.PENALTY: FieldClass.PENALTY,
    Trigger.CONVICTION: FieldClass.CONVICTION,
    Trigger.ARREARS_FINDING: FieldClass.ARREARS,
    Trigger.GRADE_UNDETERMINED: FieldClass.GRADE,
    Trigger.PUBLISHED_NOTICE: FieldClass.LISTING,
    Trigger.LISTED_BRANCH_RELATION: FieldClass.LISTING,
    Trigger.LISTED_PREDECESSOR: FieldClass.LISTING,
    Trigger.SAME_NAME_RECORD: FieldClass.LISTING,
    Trigger.NAME_MISMATCH: FieldClass.IDENTITY,
    Trigger.UNKNOWN_ENTERPRISE: FieldClass.IDENTITY,
    Trigger.LISTED_RELATED_PARTY: FieldClass.LISTING,
    Trigger.PUBLISHED_VIOLATION_NOTICE: FieldClass.PUBLICATION,
    Trigger.SAME_NAME_VIOLATION_RECORD: FieldClass.PUBLICATION,
    Trigger.NOT_IN_BUSINESS: FieldClass.IDENTITY,
    Trigger.LISTED_ELSEWHERE: FieldClass.LISTING,
    Trigger.EXAM_RECORD: FieldClass.EXAM,
    Trigger.INSURANCE_SEVERE_LISTING: FieldClass.INSURANCE,
}
"""What is known of an enterprise by a trigger of its answer."""
KINDS: Final[Mapping[str, FieldClass]] = {
    "enterprise": FieldClass.IDENTITY,
    "listing_act": FieldClass.LISTING,
    "listing": FieldClass.LISTING,
    "complaint": FieldClass.COMPLAINT,
    "malicious_claim": FieldClass.COMPLAINT,
    "arrears": FieldClass.ARREARS,
    "five_systems": FieldClass.FIVE_SYSTEMS,
    "wage_deposit": FieldClass.FIVE_SYSTEMS,
    "publication": FieldClass.PUBLICATION,
    "penalty": FieldClass.PENALTY,
    "conviction": FieldClass.CONVICTION,
    "published_notice": FieldClass.LISTING,
    "listing_elsewhere": FieldClass.LISTING,
    "exam_record": FieldClass.EXAM,
    "recruitment_record": FieldClass.EXAM,
    "insurance_severe_listing": FieldClass.INSURANCE,
    "licence": FieldClass.LICENCE,
    "red_list": FieldClass.RED_LIST,
    "withdrawal": FieldClass.CORRECTION,
    "shown_repair": FieldClass.CORRECTION,
    "objection": FieldClass.OBJECTION,
    "publication_objection": FieldClass.OBJECTION,
    "attachment": FieldClass.INSPECTION,
    "grade_recovery": FieldClass.INSPECTION,
    "labour_violation": FieldClass.INSPECTION,
    "incident_act": FieldClass.INSPECTION,
    "post": FieldClass.INSPECTION,
    "credit_commitment": FieldClass.INSPECTION,
    "identity_dispute": FieldClass.INSPECTION,
}
"""By the name of a kind on the wire; ``listing`` is what endings call one."""


def class_of_kind(kind: str) -> FieldClass:
    """Return what a record of *kind* tells of; of a kind that is not placed, what HRSS alone is told."""
    return KINDS.get(kind, FieldClass.INSPECTION)


def class_of_fact(fact: Fact) -> FieldClass:
    """Return what a fact tells of; of a retyped notice it depends on which list the notice is of."""
    if isinstance(fact, PublishedNotice) and fact.notice_list is not NoticeList.WAGE_ARREARS_LISTING:
        return FieldClass.PUBLICATION
    return class_of_kind(fact.wire_name)
