"""Every RPC of the contract goes through the one endpoint, with the roles that it is for; nothing else does."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from google.protobuf.descriptor import FieldDescriptor
from jointsanctions.v1 import admin_pb2, audit_pb2, credit_pb2, referral_pb2, registry_pb2, subject_pb2

from gateway.domain.agencies import Agencies, Agency, Role
from gateway.domain.audit import BODY_LIMIT, Position, salts_needed, seal
from gateway.domain.call_record import CallerSeen
from gateway.domain.processed_persons import METHODS as PROCESSED
from gateway.domain.retention import CHECKS, DERIVES, FLOORS, PERSONS
from gateway.rpc.admin import AdminServicer
from gateway.rpc.anomalies import AnomaliesServicer
from gateway.rpc.audit import AuditServicer
from gateway.rpc.award_cover import AwardCoverServicer
from gateway.rpc.award_gate import AwardGateServicer
from gateway.rpc.bulletin import BulletinServicer
from gateway.rpc.case_events import CaseEventsServicer
from gateway.rpc.case_lists import CaseListsServicer
from gateway.rpc.cases import CasesServicer
from gateway.rpc.changes import ChangesServicer
from gateway.rpc.clocks import ClocksServicer
from gateway.rpc.credit import CreditServicer
from gateway.rpc.credit_record import CreditRecordServicer
from gateway.rpc.days import DaysServicer
from gateway.rpc.dossiers import DossiersServicer
from gateway.rpc.early_warnings import EarlyWarningsServicer
from gateway.rpc.endings import EndingsServicer
from gateway.rpc.endpoint import Endpoint
from gateway.rpc.enterprise_file import EnterpriseFileServicer
from gateway.rpc.explain_grade import ExplainGradeServicer
from gateway.rpc.export import ExportServicer
from gateway.rpc.identity import handshaken
from gateway.rpc.imports import ImportsServicer
from gateway.rpc.listing_steps import ListingStepsServicer
from gateway.rpc.meetings import MeetingsServicer
from gateway.rpc.method import Method, names_persons
from gateway.rpc.objections import ObjectionsServicer
from gateway.rpc.open_entry import OpenEntryServicer
from gateway.rpc.outcomes import OutcomesServicer
from gateway.rpc.persons import PersonServicer
from gateway.rpc.policies import PoliciesServicer
from gateway.rpc.policy_trials import PolicyTrialServicer
from gateway.rpc.publishable import PublishableServicer
from gateway.rpc.receipts import ProofsServicer, ReceiptsServicer
from gateway.rpc.referral_holds import ReferralHoldsServicer
from gateway.rpc.referral_inbox import ReferralInboxServicer
from gateway.rpc.referrals import ReferralsServicer
from gateway.rpc.registry import RegistryServicer
from gateway.rpc.related_bidders import RelatedBiddersServicer
from gateway.rpc.release import ReleaseServicer
from gateway.rpc.replay import ReplayServicer
from gateway.rpc.resolve import ResolveServicer
from gateway.rpc.retention import RetentionServicer
from gateway.rpc.review import ReviewServicer
from gateway.rpc.revocations import RevocationServicer
from gateway.rpc.router import PACKAGE, Router
from gateway.rpc.server import SERVICES
from gateway.rpc.shown_repairs import ShownRepairsServicer
from gateway.rpc.status import StatusServicer
from gateway.rpc.subject import SubjectServicer
from gateway.rpc.told_endings import ToldEndingsServicer
from gateway.rpc.volume import VolumeServicer
from gateway.rpc.who_asked import WhoAskedServicer
from gateway.rpc.withdraw_record import WithdrawRecordServicer
from gateway.settings.agencies_file import load_agencies

FILES = (credit_pb2, registry_pb2, referral_pb2, audit_pb2, subject_pb2, admin_pb2)
RPCS = {
    f"{service.name}/{method.name}": method
    for file in FILES
    for service in file.DESCRIPTOR.services_by_name.values()
    for method in service.methods
}
METHODS = {
    method.name: method
    for servicer in (
        CreditServicer,
        CreditRecordServicer,
        CasesServicer,
        RelatedBiddersServicer,
        CaseEventsServicer,
        CaseListsServicer,
        AwardGateServicer,
        PersonServicer,
        RegistryServicer,
        ListingStepsServicer,
        WithdrawRecordServicer,
        ShownRepairsServicer,
        ChangesServicer,
        ExplainGradeServicer,
        SubjectServicer,
        WhoAskedServicer,
        ObjectionsServicer,
        ClocksServicer,
        EarlyWarningsServicer,
        EnterpriseFileServicer,
        AuditServicer,
        ExportServicer,
        AnomaliesServicer,
        RetentionServicer,
        ReceiptsServicer,
        ProofsServicer,
        ReplayServicer,
        AwardCoverServicer,
        ReviewServicer,
        VolumeServicer,
        DaysServicer,
        OpenEntryServicer,
        ReleaseServicer,
        EndingsServicer,
        ToldEndingsServicer,
        MeetingsServicer,
        OutcomesServicer,
        BulletinServicer,
        ResolveServicer,
        PublishableServicer,
        ImportsServicer,
        AdminServicer,
        RevocationServicer,
        PolicyTrialServicer,
        PoliciesServicer,
        StatusServicer,
        ReferralsServicer,
        DossiersServicer,
        ReferralInboxServicer,
        ReferralHoldsServicer,
    )
    # The tables of methods need nothing of what their servicers are made with.
    for method in object.__new__(servicer).methods()
}
PARTIES = {Role.PRODUCER, Role.POLICE, Role.PROCURATORATE, Role.COURT}
MEMBERS = {Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK, Role.COURT, Role.POLICE, Role.PROCURATORATE}
# Written down once more, on purpose: who gains a method must be seen here.
ROLES = {
    "CreditService/CheckEligibility": {Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK},
    "CreditService/BatchCheckEligibility": {Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK},
    "CreditService/CheckPerson": {Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK},
    "CreditService/GetCreditRecord": MEMBERS,
    "RegistryService/SubmitRecords": {Role.PRODUCER},
    "RegistryService/GetSubmission": {Role.PRODUCER},
    "RegistryService/ConfirmCurrent": {Role.PRODUCER},
    "RegistryService/WatchChanges": {Role.PRODUCER, Role.CONNECTOR},
    "RegistryService/ExplainGrade": {Role.PRODUCER},
    "SubjectService/GetOwnGrade": {Role.SUBJECT},
    "ReferralService/OpenReferral": {Role.PRODUCER},
    "ReferralService/ApproveReferral": {Role.PRODUCER},
    "ReferralService/PublishDossierKey": PARTIES,
    "ReferralService/ListDossierKeys": PARTIES,
    "ReferralService/UploadEvidence": {Role.PRODUCER},
    "ReferralService/GetUpload": {Role.PRODUCER},
    "ReferralService/SendReferral": {Role.PRODUCER},
    "ReferralService/ShareDossier": PARTIES,
    "ReferralService/DownloadDossier": PARTIES,
    "ReferralService/ListInbox": PARTIES,
    "ReferralService/SubscribeInbox": PARTIES,
    "ReferralService/AcknowledgeInbox": PARTIES,
    "ReferralService/RecordPayment": {Role.PRODUCER},
    "ReferralService/HoldReferral": {Role.PRODUCER},
    "ReferralService/ReleaseReferral": {Role.PRODUCER},
    "ReferralService/SignReceipt": {Role.POLICE},
    "ReferralService/DecideFiling": {Role.POLICE},
    "ReferralService/RequestReconsideration": {Role.PRODUCER},
    "ReferralService/RequestSupervision": {Role.PRODUCER},
    "ReferralService/RecordOutcome": PARTIES,
    "ReferralService/GetReferral": PARTIES,
    "ReferralService/ListReferrals": PARTIES,
    "SubjectService/ListWhoAsked": {Role.SUBJECT},
    "SubjectService/FileObjection": {Role.SUBJECT},
    "SubjectService/ListOwnObjections": {Role.SUBJECT},
    "RegistryService/AnswerObjection": {Role.PRODUCER},
    "RegistryService/ProposeListing": {Role.PRODUCER},
    "RegistryService/RecordNotice": {Role.PRODUCER},
    "RegistryService/RecordObjection": {Role.PRODUCER},
    "RegistryService/DecideListing": {Role.PRODUCER},
    "RegistryService/RecordDelivery": {Role.PRODUCER},
    "RegistryService/StayListing": {Role.PRODUCER},
    "RegistryService/RevokeListing": {Role.PRODUCER},
    "RegistryService/ApplyForRepair": {Role.PRODUCER},
    "RegistryService/DecideRepair": {Role.PRODUCER},
    "RegistryService/GetListing": {Role.PRODUCER},
    "RegistryService/WithdrawRecord": {Role.PRODUCER},
    "RegistryService/ListClocks": {Role.PRODUCER},
    "RegistryService/ReportTimeliness": {Role.PRODUCER},
    "RegistryService/ListEarlyWarnings": {Role.PRODUCER},
    "RegistryService/GetEnterpriseFile": {Role.PRODUCER},
    "RegistryService/ListUnacknowledgedEndings": {Role.PRODUCER},
    "RegistryService/ListAcknowledgedEndings": {Role.PRODUCER},
    "RegistryService/ConveneMeeting": {Role.PRODUCER},
    "RegistryService/RecordMinutes": {Role.PRODUCER},
    "RegistryService/ReportStep": MEMBERS,
    "RegistryService/GetMeeting": MEMBERS,
    "RegistryService/ListMeetings": MEMBERS,
    "RegistryService/ListOwnSteps": MEMBERS,
    "RegistryService/ReportShownRepair": {Role.CONNECTOR},
    "RegistryService/RejectShownRepair": {Role.PRODUCER},
    "CreditService/ListEndings": MEMBERS,
    "CreditService/AcknowledgeEnding": MEMBERS,
    "CreditService/ResolveEnterprise": {Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK},
    "CreditService/ReportOutcome": {Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK},
    "CreditService/ListOutcomes": {Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK},
    "CreditService/ListMissingOutcomes": {Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK},
    "CreditService/GetBulletin": {Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK},
    "CreditService/OpenCase": {Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK},
    "CreditService/AmendCase": {Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK},
    "CreditService/CloseCase": {Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK},
    "CreditService/ClearAward": {Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK},
    "CreditService/ListRelatedBidders": {Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK},
    "CreditService/ListCases": {Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK},
    "CreditService/WatchCase": {Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK},
    "CreditService/AcknowledgeCaseEvent": {Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK},
    "RegistryService/ListUnacknowledgedCaseEvents": {Role.PRODUCER},
    "RegistryService/ListDecidedCases": {Role.PRODUCER},
    "RegistryService/ListPublishable": {Role.PRODUCER, Role.PORTAL},
    "RegistryService/GetImport": {Role.PRODUCER},
    "RegistryService/ListImports": {Role.PRODUCER},
    "RegistryService/CompleteImport": {Role.PRODUCER},
    "RegistryService/ApproveImport": {Role.PRODUCER},
    "RegistryService/DiscardImport": {Role.PRODUCER},
    "RegistryService/RevokeImport": {Role.PRODUCER},
    "AuditService/ApplyRetention": {Role.OPERATOR},
    "AuditService/ListAnomalies": {Role.AUDITOR},
    "AuditService/GetCheckpoint": set(Role),
    "AuditService/GetInclusionProof": set(Role) - {Role.OPERATOR, Role.SUBJECT, Role.PORTAL},
    "AuditService/GetConsistencyProof": set(Role),
    "AuditService/ReplayDecision": {Role.AUDITOR, Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK},
    "AuditService/ReplaySample": {Role.AUDITOR},
    "AuditService/ListUncoveredAwards": {Role.AUDITOR},
    "AuditService/SignReview": {Role.AUDITOR},
    "AuditService/ListReviews": {Role.AUDITOR},
    "AuditService/CountQuestions": {Role.AUDITOR},
    "AuditService/GetDayProof": {Role.AUDITOR, Role.COURT},
    "AuditService/OpenEntry": {Role.COURT},
    "AuditService/GetCallCount": set(Role) - {Role.OPERATOR, Role.SUBJECT, Role.PORTAL},
    "AuditService/ReleaseInvestigation": {Role.POLICE, Role.PROCURATORATE, Role.COURT},
    "SubjectService/GetOwnDayProof": {Role.SUBJECT},
    "CreditService/GetReceipt": set(Role),
    "AdminService/ListCallers": {Role.OPERATOR, Role.AUDITOR},
    "AdminService/ProposeMandate": {Role.OPERATOR},
    "AdminService/ApproveMandate": {Role.OPERATOR},
    "AdminService/RevokeCertificate": set(Role),
    "AdminService/ListRevokedCertificates": {Role.OPERATOR, Role.AUDITOR},
    "AdminService/DryRunPolicy": {Role.OPERATOR, Role.PRODUCER},
    "AdminService/ProposePolicy": {Role.OPERATOR},
    "AdminService/ApprovePolicy": {Role.OPERATOR},
    "AdminService/ListPolicies": {Role.OPERATOR, Role.AUDITOR},
    "AdminService/GetStatus": {Role.OPERATOR},
    "AuditService/ExportAccess": set(Role) - {Role.OPERATOR, Role.SUBJECT, Role.PORTAL},
    "AuditService/SearchAccess": set(Role) - {Role.OPERATOR, Role.SUBJECT, Role.PORTAL},
}
READING = tuple(f"RegistryService/{verb}" for verb in ("Get", "Watch", "Explain", "List", "ReportTimeliness"))


def test_every_rpc_of_the_contract_has_its_method_and_no_other_exists():
    assert METHODS.keys() == RPCS.keys() == ROLES.keys()


@pytest.mark.parametrize("name", RPCS)
def test_a_method_takes_the_contracts_request_in_its_shape(name):
    rpc, method = RPCS[name], METHODS[name]
    assert method.request.DESCRIPTOR is rpc.input_type
    assert (method.run_stream is not None) == rpc.client_streaming
    assert (method.run_feed is not None) == rpc.server_streaming
    assert (method.run is not None) == (not rpc.client_streaming and not rpc.server_streaming)


@pytest.mark.parametrize("name", ROLES)
def test_a_method_is_for_the_roles_written_down_here(name):
    assert METHODS[name].roles == ROLES[name]


READING_REFERRALS = (
    "ListDossierKeys",
    "GetUpload",
    "DownloadDossier",
    "ListInbox",
    "SubscribeInbox",
    "GetReferral",
    "ListReferrals",
)
"""What was fetched is kept too; the entry of the download says so by itself."""


def test_whatever_stores_tells_the_store_where_it_is_recorded():
    assert {name for name, method in METHODS.items() if method.recorded} == {
        "CreditService/AcknowledgeEnding",
        "CreditService/ReportOutcome",
        "CreditService/OpenCase",
        "CreditService/AmendCase",
        "CreditService/CloseCase",
        "CreditService/AcknowledgeCaseEvent",
        "SubjectService/FileObjection",
        "AdminService/ProposeMandate",
        "AdminService/ApproveMandate",
        "AdminService/RevokeCertificate",
        "AdminService/ProposePolicy",
        "AdminService/ApprovePolicy",
        *(name for name in METHODS if name.startswith("RegistryService/") and not name.startswith(READING)),
        *(name for name in METHODS if name.startswith("ReferralService/")),
    } - {f"ReferralService/{name}" for name in READING_REFERRALS}


def test_health_speaks_of_every_service_of_the_contract():
    services = {service.full_name for file in FILES for service in file.DESCRIPTOR.services_by_name.values()}
    assert set(SERVICES) == {"", *services}


@pytest.mark.parametrize("name", RPCS)
def test_every_response_says_where_it_is_recorded_in_field_15(name):
    field = RPCS[name].output_type.fields_by_name["audit_position"]
    assert field.message_type.full_name == "jointsanctions.v1.AuditPosition"
    assert not field.is_repeated
    assert field.number == 15


@pytest.mark.parametrize("name", RPCS)
def test_no_other_field_of_a_response_comes_after_the_position(name):
    """The position is appended to the bytes whose hash was recorded: it must stand last in their order."""
    fields = RPCS[name].output_type.fields
    assert max(fields, key=lambda field: field.number).name == "audit_position"


class Door:
    """An identity that lets everybody in as an agency of one role, and an audit log that remembers."""

    writer = "w"

    def __init__(self, role):
        self.agency = Agency(agency_id="a", name_zh="a", name_en="a", role=role, territory="420300")
        self.bodies = []
        self.peer_of = handshaken

    def see(self, _auth, _peer, _now):
        return CallerSeen(agency="a", role=self.agency.role)

    def mandate(self, _seen):
        return self.agency

    failed = False

    def now(self):
        return datetime(2026, 1, 1, tzinfo=UTC)

    def record(self, draft):
        seal(draft, "w", 0, datetime(2026, 1, 1, tzinfo=UTC), bytes(salts_needed(draft)))
        self.bodies.append(draft.body)

        durable = asyncio.get_running_loop().create_future()
        durable.set_result(Position("w", 0, b"", None))
        return durable


class AbortedError(Exception):
    """What ``abort`` raises."""


class Context:
    """A call's context as far as the endpoint looks at it."""

    def auth_context(self):
        return {}

    def peer(self):
        return "ipv4:127.0.0.1:1"

    def time_remaining(self):
        return None

    def invocation_metadata(self):
        return ()

    def add_done_callback(self, callback):
        """The call is never seen to end here."""

    async def abort(self, code, _details, _trailers):
        raise AbortedError(code.name)


async def no_messages():
    raise AssertionError("a caller without the role has had its stream read")
    yield b""


def refused(door, handler):
    """Call a handler as gRPC does, and return (status, what was recorded)."""

    async def call():
        if handler.request_streaming:
            await handler.stream_unary(no_messages(), Context())
        elif handler.response_streaming:
            async for _ in handler.unary_stream(b"\xff no message", Context()):
                raise AssertionError("a caller without the role was sent something")
        else:
            await handler.unary_unary(b"\xff no message", Context())

    with pytest.raises(AbortedError) as caught:
        asyncio.run(call())
    (body,) = door.bodies
    return str(caught.value), body["method"], body["outcome"]


class Details:
    def __init__(self, path):
        self.method = path
        self.invocation_metadata = ()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", ROLES)
def test_every_role_that_a_method_is_not_for_is_refused_before_a_byte_is_read(name, role):
    if role in ROLES[name]:
        return
    door = Door(role)
    router = Router(Endpoint(door, door, door, str), list(METHODS.values()))
    assert refused(door, router.service(Details(PACKAGE + name))) == ("PERMISSION_DENIED", name, "ROLE_NOT_PERMITTED")


@pytest.mark.parametrize(
    "path", ["/x", "", "/jointsanctions.v1.CreditService/", "/jointsanctions.v1.CreditService/checkeligibility"]
)
def test_every_other_path_is_recorded_and_refused(path):
    door = Door(Role.ASKING_SYSTEM)
    router = Router(Endpoint(door, door, door, str), list(METHODS.values()))
    assert refused(door, router.service(Details(path))) == ("UNIMPLEMENTED", "unknown", "METHOD_UNKNOWN")


def test_the_citys_agencies_have_mandates_for_what_their_roles_can_call():
    agencies = load_agencies(Path(__file__).parents[2] / "config" / "agencies.toml")
    assert isinstance(agencies, Agencies)
    assert not [agency for agency in agencies if agency.feeds and agency.role is not Role.PRODUCER]
    assert not [agency for agency in agencies if agency.role is Role.AUDITOR and (agency.areas or agency.feeds)]


def test_no_request_or_response_has_a_field_that_names_its_caller():
    """Identity is the certificate: a field that claims one would be believed some day."""
    names = {"agency_id", "caller", "role", "tenant", "identity", "on_behalf_of"}
    for name, rpc in RPCS.items():
        assert not names & {field.name for field in rpc.input_type.fields}, name
        assert FieldDescriptor.TYPE_GROUP not in {field.type for field in rpc.input_type.fields}


def served_by(run):
    """Return a door, and the coroutine of one call of a method that does *run*."""
    door = Door(Role.BANK)
    method = Method("X/Y", credit_pb2.CheckEligibilityRequest, frozenset({Role.BANK}), run=run)
    return door, Endpoint(door, door, door, str).unary(method, b"", Context())


def test_what_does_not_fit_into_an_entry_is_a_fault_of_ours_and_on_record_without_it():
    async def tell_too_much(_request, call):
        call.told["purpose"] = "x" * BODY_LIMIT
        raise ZeroDivisionError

    door, call = served_by(tell_too_much)
    with pytest.raises(AbortedError, match="INTERNAL"):
        asyncio.run(call)
    (body,) = door.bodies
    assert (body["method"], body["outcome"], "purpose" in body) == ("X/Y", "UNEXPECTED", False)


def test_a_caller_that_goes_away_before_there_is_an_answer_is_on_record():
    async def leave():
        door, call = served_by(wait_for_ever)
        task = asyncio.create_task(call)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return door.bodies

    async def wait_for_ever(_request, call):
        call.told["case"] = "left"
        await asyncio.Event().wait()

    (body,) = asyncio.run(leave())
    assert (body["method"], body["outcome"], body["case"]) == ("X/Y", "CANCELLED", "left")


def test_which_methods_have_a_place_for_a_persons_number_is_seen_here():
    """The requests of all others are recorded by a hash that anybody can compute."""
    named = {name for name, method in METHODS.items() if names_persons(method.request.DESCRIPTOR)}
    assert named == {
        "RegistryService/SubmitRecords",
        "RegistryService/DecideListing",
        "RegistryService/RecordDelivery",
        "CreditService/CheckPerson",
    }


PERSONAL = re.compile(r"person|persons|legal_representative|representative_name|delivered_to")


def names_somebody(message, seen):
    """Return whether a message has a place, however deep, for who a natural person is; counts are none."""
    if message.full_name in seen:
        return False
    seen.add(message.full_name)
    counts = {FieldDescriptor.TYPE_UINT32, FieldDescriptor.TYPE_BOOL}
    return any(
        (PERSONAL.fullmatch(field.name) and field.type not in counts)
        or (field.message_type is not None and names_somebody(field.message_type, seen))
        for field in message.fields
    )


def test_the_record_of_whatever_takes_in_or_tells_who_somebody_is_is_kept_three_years():
    """The log is the record of that processing (I-54, I-56); ``CHECKS`` are kept for fifteen."""
    somebody = {name for name, rpc in RPCS.items() if names_somebody(rpc.input_type, set())}
    somebody |= {name for name, rpc in RPCS.items() if names_somebody(rpc.output_type, set())}

    assert somebody - CHECKS == PERSONS - DERIVES
    assert not somebody & DERIVES
    assert somebody | DERIVES <= set().union(*PROCESSED.values()), "every one stands under an activity of the register"
    assert FLOORS["person_months"] >= 36
