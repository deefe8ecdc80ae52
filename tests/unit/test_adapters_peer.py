"""A peer that speaks the wire over real mutual TLS, and builders, for the tests of the adapters.

It stands for the gateway at the wire and nowhere else: what it answers is set by the test, what it received is kept.
"""

from __future__ import annotations

import ipaddress
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from google.protobuf.any_pb2 import Any
from google.protobuf.wrappers_pb2 import Int32Value, StringValue
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from jointsanctions.v1 import audit_pb2, candidate_pb2, case_pb2, common_pb2, credit_pb2, registry_pb2

from adapters.acts import Act
from adapters.bidding import EVALUATION, bidding_rules
from adapters.client import ClientSettings, GatewayClient
from adapters.conditions import OfficerReview
from adapters.enforcement import Enforcement
from adapters.journal import Journal
from adapters.questions import Applicant, Case, Party
from formats.identifiers import parse_uscc, uscc_check_character

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
CASE = Case("T-2026-17", "Li")
RULES = bidding_rules(timedelta(days=15), timedelta(days=30))
CLEAR, CONDITIONAL = common_pb2.VERDICT_CLEAR, common_pb2.VERDICT_CONDITIONAL
UNVERIFIABLE, RESTRICTED = common_pb2.VERDICT_UNVERIFIABLE, common_pb2.VERDICT_RESTRICTED
_METHODS = {
    "/jointsanctions.v1.CreditService/CheckEligibility": credit_pb2.CheckEligibilityRequest,
    "/jointsanctions.v1.CreditService/BatchCheckEligibility": credit_pb2.BatchCheckEligibilityRequest,
    "/jointsanctions.v1.CreditService/CheckPerson": credit_pb2.CheckPersonRequest,
    "/jointsanctions.v1.CreditService/GetCreditRecord": credit_pb2.GetCreditRecordRequest,
    "/jointsanctions.v1.CreditService/ResolveEnterprise": candidate_pb2.ResolveEnterpriseRequest,
    "/jointsanctions.v1.AuditService/SearchAccess": audit_pb2.SearchAccessRequest,
    "/jointsanctions.v1.RegistryService/GetSubmission": registry_pb2.GetSubmissionRequest,
    "/jointsanctions.v1.RegistryService/ConfirmCurrent": registry_pb2.ConfirmCurrentRequest,
    "/grpc.health.v1.Health/Check": StringValue,
}


class Clock:
    """A present that a test sets."""

    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now


class Refusal(Exception):  # noqa: N818 - it is what the peer is told to say
    def __init__(self, code, reason, metadata=None, details=None):
        super().__init__(reason)
        self.code, self.reason, self.metadata = code, reason, metadata or {}
        ours = ErrorInfo(reason=reason, domain="joint-sanctions-gateway", metadata=self.metadata)
        self.details = [ours] if details is None else details


class Peer:
    """What the gateway says: ``decide`` for one enterprise, ``reply`` for whole calls."""

    def __init__(self, clock):
        self.clock = clock
        self.reset()

    def reset(self):
        self.clock.now = NOW
        self.requests = []
        self.assertions = []
        self.decisions = {}
        self.person = credit_pb2.PersonDecision(
            verdict=common_pb2.VERDICT_CLEAR, match_quality=credit_pb2.PERSON_MATCH_NONE
        )
        self.refusals = []
        self.twist = lambda response: response
        self.raw = None
        self.stream = []
        self.left = threading.Event()

    def says(self, code, verdict, *measures, **fields):
        """From now on the enterprise with this code gets this verdict."""
        self.decisions[code] = (verdict, measures, fields)

    def decision(self, item):
        lead = item.enterprise.uscc
        codes = [lead, *(member.uscc for member in item.consortium_members)]
        verdict, measures, fields = max(
            (self.decisions.get(code, (common_pb2.VERDICT_CLEAR, (), {})) for code in codes), key=lambda each: each[0]
        )
        others = [*item.consortium_members, *(related.enterprise for related in item.related_parties)]
        decision = credit_pb2.Decision(
            verdict=verdict,
            measures=measures,
            enterprise=common_pb2.IdentifiedEnterprise(uscc=lead, known=True),
            other_parties=[common_pb2.IdentifiedEnterprise(uscc=other.uscc, known=True) for other in others],
            **fields,
        )
        if "valid_until" not in fields:
            decision.valid_until.FromDatetime(self.clock.now + timedelta(hours=2))
        return decision

    def answer(self, request):
        position = common_pb2.AuditPosition(
            writer="w1", number=len(self.requests) - 1, leaf_hash=sha256(request.SerializeToString()).digest()
        )
        basis = common_pb2.AnswerBasis(data_revision=7)
        basis.as_of.FromDatetime(self.clock.now)
        if isinstance(request, credit_pb2.CheckEligibilityRequest):
            return credit_pb2.CheckEligibilityResponse(
                decision=self.decision(request), basis=basis, audit_position=position
            )
        if isinstance(request, credit_pb2.BatchCheckEligibilityRequest):
            items = [
                credit_pb2.BatchItemDecision(
                    item_id=item.item_id, decision=self.decision(item), line_hash=sha256(item.item_id.encode()).digest()
                )
                for item in request.items
            ]
            return credit_pb2.BatchCheckEligibilityResponse(items=items, basis=basis, audit_position=position)
        if isinstance(request, credit_pb2.CheckPersonRequest):
            position.recorded_at.FromDatetime(self.clock.now)
            decision = credit_pb2.PersonDecision()
            decision.CopyFrom(self.person)
            if not decision.HasField("valid_until"):
                decision.valid_until.FromDatetime(self.clock.now + timedelta(hours=2))
            return credit_pb2.CheckPersonResponse(decision=decision, basis=basis, audit_position=position)
        if isinstance(request, StringValue):
            return Int32Value(value=1 if request.value != "stopped" else 2)
        if isinstance(request, registry_pb2.GetSubmissionRequest):
            return registry_pb2.GetSubmissionResponse(messages=3)
        if isinstance(request, candidate_pb2.ResolveEnterpriseRequest):
            return candidate_pb2.ResolveEnterpriseResponse()
        if isinstance(request, registry_pb2.ConfirmCurrentRequest):
            return registry_pb2.ConfirmCurrentResponse(data_revision=9)
        searched = isinstance(request, audit_pb2.SearchAccessRequest)
        return audit_pb2.SearchAccessResponse() if searched else credit_pb2.GetCreditRecordResponse()

    def handle(self, request, context):
        self.requests.append(request)
        self.vouched(context)
        if self.refusals:
            refusal = self.refusals.pop(0)
            _abort(context, refusal)
        if self.raw is not None:
            return self.raw
        return self.twist(self.answer(request)).SerializeToString()

    def follow(self, request, context):
        """Send what ``stream`` holds, and end as the next refusal says, where there is one."""
        self.requests.append(request)
        self.vouched(context)
        context.add_callback(self.left.set)
        yield from self.stream
        if self.refusals:
            _abort(context, self.refusals.pop(0))

    def vouched(self, context):
        """Note what was sent under the key for assertions of officers."""
        self.assertions += [value for key, value in context.invocation_metadata() if key == "jsg-officer-assertion"]


def _abort(context, refusal):
    details = []
    for detail in refusal.details:
        packed = Any()
        packed.Pack(detail)
        details.append(packed)
    status = Status(code=refusal.code.value[0], message=refusal.reason, details=details)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(refusal.code, refusal.reason)


class _Handler(grpc.GenericRpcHandler):
    def __init__(self, peer):
        self.peer = peer

    def service(self, call):
        if call.method == "/jointsanctions.v1.RegistryService/SubmitRecords":
            return grpc.stream_unary_rpc_method_handler(
                self._submit, registry_pb2.SubmitRecordsRequest.FromString, lambda raw: raw
            )
        if call.method == "/jointsanctions.v1.CreditService/WatchCase":
            return grpc.unary_stream_rpc_method_handler(
                self.peer.follow, case_pb2.WatchCaseRequest.FromString, lambda raw: raw
            )
        request = _METHODS.get(call.method)
        if request is None:
            return None
        return grpc.unary_unary_rpc_method_handler(self.peer.handle, request.FromString, lambda raw: raw)

    def _submit(self, requests, context):
        self.peer.vouched(context)
        rows = sum(len(request.records) for request in requests)
        return registry_pb2.SubmitRecordsResponse(stored=rows).SerializeToString()


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """A certificate authority that lives as long as one test run."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._certificate(_name("invented authority"), self.key.public_key(), [], ca=True)

    def issue(self, folder, stem, names, *, key=None, expired=False):
        """Write ``stem.pem`` and ``stem.key``; return both paths."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        until = timedelta(days=-1) if expired else timedelta(days=1)
        certificate = self._certificate(_name(stem), key.public_key(), names, until=until)
        (folder / f"{stem}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
        (folder / f"{stem}.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return folder / f"{stem}.pem", folder / f"{stem}.key"

    def write(self, path):
        path.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        return path

    def _certificate(self, subject, key, names, *, ca=False, until=timedelta(days=1)):
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(_name("invented authority"))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=2))
            .not_valid_after(now + until)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if names:
            usages = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
            builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        return builder.sign(self.key, hashes.SHA256())


@contextmanager
def running(folder):
    """Run a peer on a free port; yields it and the settings of a client that it accepts."""
    authority = Authority()
    here = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    server_pem, server_key = authority.issue(folder, "server", here)
    agency = [x509.UniformResourceIdentifier("spiffe://shiyan.example/agency/tenders/asking-system")]
    client_pem, client_key = authority.issue(folder, "agency", agency)
    ca_file = authority.write(folder / "ca.pem")
    with serving(Peer(Clock()), (server_key, server_pem, ca_file)) as (peer, port):
        yield peer, ClientSettings(f"127.0.0.1:{port}", ca_file, client_pem, client_key, None, 5.0)


@contextmanager
def serving(peer, files, port=0, *more):
    """Run *peer* at a port, under these files of key, certificate and authorities; *more* adds what else it serves."""
    server_key, server_pem, ca_file = files
    server = grpc.server(ThreadPoolExecutor(8), options=[("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers((_Handler(peer),))
    for add in more:
        add(server)
    pair = (server_key.read_bytes(), server_pem.read_bytes())
    credentials = grpc.ssl_server_credentials([pair], ca_file.read_bytes(), require_client_auth=True)
    bound = server.add_secure_port(f"127.0.0.1:{port}", credentials)
    server.start()
    try:
        yield peer, bound
    finally:
        server.stop(None).wait()


def code(number):
    """Return the invented code with this number; its check character is right."""
    first = f"91420300MA{number:07d}"
    return first + uscc_check_character(first)


BLOCK = common_pb2.Measure(
    rule_id="A-30/TR1", effect=common_pb2.EFFECT_BLOCK, party_uscc=code(1), document_number="十人社监〔2026〕3号"
)
REVIEW = common_pb2.Measure(rule_id="A-30/TR2", effect=common_pb2.EFFECT_REVIEW, party_uscc=code(1))


def alone(number=1):
    """Return an applicant that comes alone."""
    return Applicant(Party(code(number)), facts=facts())


def together(lead, *members):
    """Return a consortium."""
    form = facts(credit_pb2.PARTICIPATION_FORM_CONSORTIUM)
    return Applicant(Party(code(lead)), tuple(Party(code(each)) for each in members), consortium=True, facts=form)


def facts(form=credit_pb2.PARTICIPATION_FORM_SINGLE):
    """Return facts of a bid that every decision point takes."""
    bidding = credit_pb2.BiddingFacts(
        project_region="420302",
        must_be_tendered=True,
        state_funds=False,
        form=form,
        cutoff_rule=credit_pb2.CUTOFF_RULE_NOT_FIXED,
    )
    return credit_pb2.CaseFacts(bidding=bidding)


def act(applicant=None, point=EVALUATION, case=CASE):
    """Return a step of a case."""
    return Act(case, point, applicant or alone())


def reviewed(at=NOW):
    """Return an officer's review."""
    return OfficerReview("Wang", "arrears paid, certificate seen", at)


@pytest.fixture(scope="module")
def at_the_wire(tmp_path_factory):
    with running(tmp_path_factory.mktemp("wire")) as (peer, settings), GatewayClient(settings) as client:
        yield peer, settings, client


@pytest.fixture
def peer(at_the_wire):
    at_the_wire[0].reset()
    return at_the_wire[0]


@pytest.fixture
def settings(at_the_wire):
    return at_the_wire[1]


@pytest.fixture
def client(at_the_wire):
    return at_the_wire[2]


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "journal.db") as journal:
        yield journal


@pytest.fixture
def engine(peer, client, journal):
    return Enforcement(client, journal, RULES, "enforce", peer.clock)


@pytest.fixture
def observing(peer, client, journal):
    return Enforcement(client, journal, RULES, "observe", peer.clock)


def test_an_invented_code_is_sound():
    assert parse_uscc(code(1)).division == "420300"
