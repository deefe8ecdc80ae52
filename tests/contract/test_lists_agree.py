"""The lists that are written in two places say the same: reasons of errors, words of closed lists."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from jointsanctions.v1 import (
    admin_pb2,
    anomaly_pb2,
    audit_pb2,
    award_cover_pb2,
    case_pb2,
    changes_pb2,
    clock_pb2,
    common_pb2,
    credit_pb2,
    early_warning_pb2,
    ending_pb2,
    enterprise_file_pb2,
    error_reason_pb2,
    export_pb2,
    import_batch_pb2,
    listing_pb2,
    meeting_pb2,
    outcome_pb2,
    publishable_pb2,
    record_pb2,
    referral_pb2,
    registry_pb2,
    replay_pb2,
    review_pb2,
)
from jointsanctions.v1 import (
    status_pb2 as operators_pb2,
)

from gateway.cli import file_show, listing_commands, listing_texts, publish_texts, show_person
from gateway.domain import (
    access_export,
    anomalies,
    award_cover,
    award_gate,
    case_events,
    cases,
    clocks,
    complaints,
    errors,
    imports,
    listing_words,
    mandates,
    meetings,
    officers,
    outcomes,
    person_words,
    prevention,
    referral_elements,
    referral_holds,
    referral_inbox,
    referral_stuck,
    referral_words,
    related_bidders,
    replay,
    reviews,
    vocabulary,
)
from gateway.domain.kinds.publication import ViolationKind
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.rpc import listing_requests, persons, status_texts
from gateway.rpc.enterprise_file import SHOWN
from gateway.rpc.errors import CODES, DOMAIN, code_of, trailers_of
from gateway.rpc.listing_steps import STEPS
from gateway.rpc.records import KINDS
from gateway.sample.records import FEED_OF_KIND

FILES = (
    common_pb2,
    credit_pb2,
    listing_pb2,
    record_pb2,
    registry_pb2,
    changes_pb2,
    clock_pb2,
    anomaly_pb2,
    early_warning_pb2,
    enterprise_file_pb2,
    ending_pb2,
    meeting_pb2,
    outcome_pb2,
    case_pb2,
    import_batch_pb2,
    audit_pb2,
    export_pb2,
    publishable_pb2,
    admin_pb2,
    operators_pb2,
    replay_pb2,
    award_cover_pb2,
    review_pb2,
    referral_pb2,
)
ENUMS = {
    name: enum for file in FILES for name, enum in file.DESCRIPTOR.enum_types_by_name.items()
}  # fmt: skip
WORDS = {
    kind.__name__: kind
    for module in (
        *(vocabulary, listing_words, clocks, prevention, meetings, imports),
        *(access_export, anomalies, outcomes, mandates, complaints, officers, person_words),
        *(replay, award_cover, reviews, cases, award_gate, case_events, related_bidders),
        *(referral_words, referral_elements, referral_inbox, referral_stuck, referral_holds),
    )
    for _, kind in inspect.getmembers(module, inspect.isclass)
    if issubclass(kind, vocabulary.Word) and kind is not vocabulary.Word
}


def concrete_errors(kind=errors.GatewayError):
    """Classes that are raised: those that have a reason of their own."""
    own = [kind] if "reason" in vars(kind) else []
    return own + [each for sub in kind.__subclasses__() for each in concrete_errors(sub)]


def prefix_of(enum):
    zero = enum.values_by_number[0].name
    assert zero.endswith("_UNSPECIFIED")
    return zero.removesuffix("UNSPECIFIED")


def test_classes_table_and_published_reasons_are_the_same_list():
    enum = error_reason_pb2.ErrorReason.DESCRIPTOR
    published = {value.name.removeprefix(prefix_of(enum)) for value in enum.values if value.number}
    classes = concrete_errors()

    assert {kind.reason for kind in classes} == published
    assert len(classes) == len(published)
    assert set(CODES) == set(classes)


def test_the_published_reason_names_every_fault_of_an_assertion():
    text = (Path(__file__).parents[2] / "protos/jointsanctions/v1/error_reason.proto").read_text(encoding="utf-8")
    comment = text.partition("Nothing acceptable speaks")[2].partition("ERROR_REASON_")[0]
    assert set(re.findall(r"\b[A-Z]{3,}(?:_[A-Z]+)*\b", comment)) == {fault.value for fault in officers.AssertionFault}


def test_only_a_lack_of_disk_or_store_may_be_tried_again():
    again = {kind.reason for kind, code in CODES.items() if code is grpc.StatusCode.UNAVAILABLE}
    assert again == {"AUDIT_UNAVAILABLE", "STORE_UNAVAILABLE"}
    assert not {grpc.StatusCode.OK, grpc.StatusCode.UNKNOWN} & set(CODES.values())


# House rules, "Errors", written down once more.
STATUS = {
    "MALFORMED_REQUEST": "INVALID_ARGUMENT",
    "CALLER_UNKNOWN": "PERMISSION_DENIED",
    "CERTIFICATE_REJECTED": "UNAUTHENTICATED",
    "OFFICER_ASSERTION_REJECTED": "UNAUTHENTICATED",
    "ROLE_NOT_PERMITTED": "PERMISSION_DENIED",
    "AREA_NOT_IN_MANDATE": "PERMISSION_DENIED",
    "FIELD_NOT_IN_MANDATE": "PERMISSION_DENIED",
    "PURPOSE_NOT_IN_MANDATE": "PERMISSION_DENIED",
    "TERRITORY_NOT_IN_MANDATE": "PERMISSION_DENIED",
    "MANDATE_NOT_IN_FORCE": "PERMISSION_DENIED",
    "AUTHORIZATION_MISSING": "PERMISSION_DENIED",
    "ENTERPRISE_NOT_FOUND": "NOT_FOUND",
    "STATE": "FAILED_PRECONDITION",
    "SUBMISSION_INCOMPLETE": "FAILED_PRECONDITION",
    "STAGING_REQUIRED": "FAILED_PRECONDITION",
    "DIFFERENCE_CHANGED": "FAILED_PRECONDITION",
    "SECOND_PERSON_REQUIRED": "PERMISSION_DENIED",
    "REQUEST_ID_REUSED": "ALREADY_EXISTS",
    "QUOTA_EXCEEDED": "RESOURCE_EXHAUSTED",
    "DEADLINE_PASSED": "DEADLINE_EXCEEDED",
    "AUDIT_UNAVAILABLE": "UNAVAILABLE",
    "STORE_UNAVAILABLE": "UNAVAILABLE",
    "METHOD_UNKNOWN": "UNIMPLEMENTED",
    "UNEXPECTED": "INTERNAL",
}


@pytest.mark.parametrize("kind", concrete_errors(), ids=lambda kind: kind.reason)
def test_every_error_has_its_status_and_carries_exactly_one_error_info(kind):
    error = kind.__new__(kind)
    errors.GatewayError.__init__(error, "what went wrong", field="question.area")
    ((key, value),) = trailers_of(error)
    status = status_pb2.Status.FromString(value)
    (detail,) = status.details
    info = error_details_pb2.ErrorInfo()

    assert key == "grpc-status-details-bin"
    assert detail.Unpack(info)
    assert (info.domain, info.reason) == (DOMAIN, kind.reason) == ("joint-sanctions-gateway", kind.reason)
    assert dict(info.metadata) == {"field": "question.area"}
    assert code_of(error).name == STATUS[kind.reason]
    assert status.code == code_of(error).value[0]


def test_every_closed_list_of_the_contract_has_its_words_in_the_domain():
    assert WORDS.keys() == ENUMS.keys()


@pytest.mark.parametrize("name", ENUMS)
def test_words_and_numbers_are_the_contracts(name):
    enum = ENUMS[name]
    prefix = prefix_of(enum)
    on_the_wire = {value.name.removeprefix(prefix): value.number for value in enum.values if value.number}

    assert all(value.name.startswith(prefix) for value in enum.values)
    assert on_the_wire == {word.name: int(word) for word in WORDS[name]}


def test_every_kind_of_record_is_read_sampled_and_in_the_contract():
    kinds = {field.name for field in record_pb2.Record.DESCRIPTOR.oneofs_by_name["fact"].fields}
    assert kinds == KINDS
    assert FEED_OF_KIND.keys() <= kinds


def test_every_step_of_a_listing_belongs_to_one_method_and_has_its_words():
    fixed = {Kind.ORDER_ISSUED, Kind.DELIVERY, Kind.REVOCATION, Kind.REPAIR_APPLIED, Kind.REPAIR_SHOWN}
    chosen = [
        *listing_requests.NOTICES,
        *listing_requests.OBJECTIONS,
        *listing_requests.LISTING_DECISIONS,
        *listing_requests.STAYS,
        *listing_requests.REPAIR_DECISIONS,
    ]
    assert len(chosen) == len(set(chosen))
    assert fixed | set(chosen) == set(Kind)
    assert fixed.isdisjoint(chosen)
    for words, texts in (
        (Kind, listing_texts.ACTS),
        (listing_words.ListingStage, listing_texts.STAGES),
        (listing_words.ListingCondition, listing_texts.CONDITIONS),
        (listing_words.ListingHindrance, listing_texts.HINDRANCES),
    ):
        assert set(texts) == set(words)


def test_the_file_on_the_terminal_has_words_for_every_kind_of_record():
    assert file_show.KINDS.keys() == SHOWN
    assert set(file_show.HOLDINGS) == set(vocabulary.Holding)


def test_the_command_offers_every_step_of_its_methods():
    offered = {name: set(spec.acts.values()) for name, spec in listing_commands.COMMANDS.items()}
    assert offered["notice"] == set(listing_requests.NOTICES)
    assert offered["objection"] == set(listing_requests.OBJECTIONS)
    assert offered["decide"] == set(listing_requests.LISTING_DECISIONS)
    assert offered["stay"] == set(listing_requests.STAYS)
    assert offered["decide-repair"] == set(listing_requests.REPAIR_DECISIONS)
    assert {f"RegistryService/{spec.rpc}" for spec in listing_commands.COMMANDS.values()} == {
        name for name, *_ in STEPS
    }


def test_every_public_list_and_every_kind_of_violation_has_its_words():
    assert set(publish_texts.KINDS) == set(publish_texts.SAYS) == set(vocabulary.PublishableKind)
    assert set(publish_texts.VIOLATIONS) == set(ViolationKind)


def test_every_trouble_has_its_words_and_what_to_do_about_it():
    assert set(status_texts.TEXTS) == set(status_texts.ADVICE) == set(complaints.StatusTrouble)


def test_every_match_and_condition_of_a_person_has_its_words():
    assert set(show_person.MATCHES) == set(person_words.PersonMatch)
    assert set(show_person.CONDITIONS) == set(persons.INSTRUCTIONS) == set(person_words.PersonConditionKind)
    assert all(text.zh and text.en for text in persons.INSTRUCTIONS.values())
