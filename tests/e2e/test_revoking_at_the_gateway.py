"""A certificate is revoked over the wire: who may, what is kept and recorded, and how soon it is refused."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import grpc
import pytest
from certificates import Issued, make_authority, make_leaf
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from e2e.served import AUDITOR, BIDDING, CHECK, TOURISM, award, body_of, gateway_in, new_party, outcome_of
from jointsanctions.v1 import admin_pb2, status_pb2
from jointsanctions.v1 import revocation_pb2 as pb
from mandate_calls import CHEN, OPERATIONS, SERVICE, WITHIN, ZHAO, changed, person, seen, send, wanted
from revocation_calls import (
    DOCUMENT,
    certificate_of,
    number_of,
    order,
    pem_of,
    send_order,
    sha256_of,
    twin,
)

from gateway.security.pki import issue_client

pytestmark = pytest.mark.xdist_group("processes")

BANK = "county-bank.bank"
CONNECTOR = "credit-platform.connector"
WATCH = "/jointsanctions.v1.RegistryService/WatchChanges"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    changes = {"heartbeat_seconds = 5 ": "heartbeat_seconds = 0.1 "}
    with gateway_in(tmp_path_factory.mktemp("revoking"), filled=False, changes=changes) as served:
        yield served


@pytest.fixture
def tourism(gateway):
    """A person at the tourism office with a new certificate, whose mandate lets it revoke its own."""
    entry = gateway.config.agencies.find(*TOURISM.split("."))
    request = wanted(entry)
    request.mandate.fields.append("revoke_own")
    changed(gateway, request)
    name = f"li{time.monotonic_ns()}"
    who = person(gateway, f"{TOURISM}.{name}")
    with gateway.new_channel(who) as channel:
        seen(lambda: asked(channel)[1] if asked(channel)[0] == "OK" else "OK", "OK", time.monotonic())
    seen(lambda: gateway.raw(f"{SERVICE}/RevokeCertificate", b"", who).reason, "MALFORMED_REQUEST", time.monotonic())
    return who


def fresh(gateway, who=TOURISM):
    """Issue *who* a new certificate, which is then in use for new channels; return it with what is above it."""
    agency, role = who.split(".")
    issue_client(gateway.place.state / "pki", agency, role, None, 90, datetime.now(UTC), force=True)
    return pem_of(gateway, who)


def issuing(gateway):
    pki = gateway.place.state / "pki"
    certificate = x509.load_pem_x509_certificate((pki / "issuing.pem").read_bytes())
    return Issued(certificate, load_pem_private_key((pki / "issuing.key").read_bytes(), None))


def asked(channel):
    outcome = outcome_of(channel.unary_unary(CHECK, None, None), award(new_party().uscc).SerializeToString())
    return ("OK", "") if outcome.ok else (outcome.reason, outcome.infos[0].metadata.get("why", ""))


def revoked(gateway, request, who=OPERATIONS):
    outcome = send_order(gateway, request, who)
    assert outcome.ok, outcome.text()
    return pb.RevokeCertificateResponse.FromString(outcome.answer)


NAMED = {
    "the certificate": lambda pem: {"certificate": pem},
    "its hash": lambda pem: {"sha256": sha256_of(pem)},
    "its number and issuer": lambda pem: {"number": number_of(pem)},
    "another spelling of them": lambda pem: {
        "number": number_of(
            pem,
            serial_number=f"00:{number_of(pem).serial_number.upper()}",
            issuer=number_of(pem).issuer.upper(),
        )
    },
}


@pytest.mark.parametrize("how", NAMED)
def test_it_is_refused_within_a_second_on_its_open_connection_and_before_it_connects(gateway, how):
    pem = fresh(gateway)
    with gateway.new_channel(TOURISM) as channel:
        assert asked(channel) != ("CERTIFICATE_REJECTED", "revoked")
        done = revoked(gateway, order(**NAMED[how](pem)))
        at = time.monotonic()
        assert seen(lambda: asked(channel)[0], "CERTIFICATE_REJECTED", at) < WITHIN
        assert asked(channel) == ("CERTIFICATE_REJECTED", "revoked")
    with gateway.new_channel(TOURISM) as anew:
        assert asked(anew) == ("CERTIFICATE_REJECTED", "revoked")
    kept = done.revoked
    assert (kept.agency, kept.role, kept.sha256) == ("tourism", "asking-system", sha256_of(pem)), "it had called here"
    assert (done.already_revoked, done.own) == (False, False)


def test_whose_next_certificate_is_as_good_as_any(gateway):
    revoked(gateway, order(certificate=fresh(gateway)))
    fresh(gateway)
    with gateway.new_channel(TOURISM) as channel:
        assert asked(channel)[0] == "AREA_NOT_IN_MANDATE"


def test_an_open_stream_is_cut_within_a_second_and_that_is_recorded(gateway):
    pem = fresh(gateway, CONNECTOR)
    with gateway.new_channel(CONNECTOR) as channel:
        call = channel.unary_stream(WATCH, None, None)(b"\x12\x01o", timeout=60)
        next(call)
        before = gateway.next_number()
        revoked(gateway, order(certificate=pem))
        at = time.monotonic()
        with pytest.raises(grpc.RpcError) as caught:
            list(call)
        assert time.monotonic() - at < WITHIN
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
    outcomes = [body_of(entry)["outcome"] for entry in gateway.entries(before)]
    assert "CERTIFICATE_REJECTED" in outcomes


def test_a_second_signature_of_its_authority_makes_no_other_certificate_of_it(gateway):
    """Of an ECDSA signature anybody can make another that holds: the hash is another, the key and the name are not."""
    own = make_leaf(issuing(gateway), uris=("spiffe://shiyan.example/agency/tourism/asking-system",))
    other = twin(own.certificate)
    root = (gateway.place.state / "pki" / "root.pem").read_bytes()
    above = issuing(gateway).leaf_pem
    credentials = grpc.ssl_channel_credentials(root, own.key_pem, other + above)
    options = [("grpc.ssl_target_name_override", "localhost"), ("grpc.use_local_subchannel_pool", 1)]
    with grpc.secure_channel(f"127.0.0.1:{gateway.port}", credentials, options) as channel:
        # By its hash alone, before it ever called.
        done = revoked(gateway, order(sha256=sha256_of(own.leaf_pem.decode())))
        assert not done.revoked.serial_number
        at = time.monotonic()
        assert seen(lambda: asked(channel)[0], "CERTIFICATE_REJECTED", at) < WITHIN
        assert asked(channel) == ("CERTIFICATE_REJECTED", "revoked")


def test_one_that_nobody_knows_is_taken_and_noted_as_such_and_stops_nobody_else(gateway):
    foreign = make_leaf(make_authority(name="elsewhere"))
    done = revoked(gateway, order(certificate=foreign.leaf_pem.decode()))
    assert not done.revoked.agency
    assert done.revoked.issuer == "CN=elsewhere"
    pem = pem_of(gateway, BIDDING)
    done = revoked(gateway, order(number=number_of(pem, issuer="CN=elsewhere")))
    assert not done.revoked.agency, "of that number, by another authority"
    with gateway.new_channel(BIDDING) as channel:
        time_of_two_looks = time.monotonic() + 0.5
        while time.monotonic() < time_of_two_looks:
            assert asked(channel)[0] == "OK"


def test_one_person_without_a_holder_suffices_and_it_is_recorded_with_whom_and_why(gateway):
    pem, before = fresh(gateway), gateway.next_number()
    kept = revoked(gateway, order(certificate=pem)).revoked
    (body,) = [body_of(e) for e in gateway.entries(before) if body_of(e)["method"] == "AdminService/RevokeCertificate"]
    assert (body["outcome"], body["officer"], body["document"]) == ("OK", "o", DOCUMENT)
    assert body["revoked"] == {
        "number": kept.number,
        "sha256": sha256_of(pem),
        "serial": f"{certificate_of(pem).serial_number:x}",
        "issuer": certificate_of(pem).issuer.rfc4514_string(),
        "of": "tourism/asking-system",
        "reason": "KEY_COMPROMISE",
    }
    assert kept.revoked_by == "gateway-operations/operator"


def test_the_same_request_sent_again_is_answered_alike_and_another_finds_it_revoked(gateway):
    request = order(certificate=fresh(gateway))
    first, again = revoked(gateway, request), revoked(gateway, request)
    assert (first.revoked, first.already_revoked) == (again.revoked, again.already_revoked)
    later = revoked(gateway, order(certificate=request.certificate, reason=pb.REVOCATION_REASON_SUPERSEDED), CHEN)
    assert later.already_revoked
    assert later.revoked == first.revoked, "reason, time and person stay those of the first"
    request.document_number = "另一文号"
    assert send_order(gateway, request).reason == "REQUEST_ID_REUSED"


@pytest.mark.parametrize("how", NAMED)
def test_nobody_locks_out_himself_unawares(gateway, how):
    who = person(gateway, ZHAO)
    pem = pem_of(gateway, who)
    refused = send_order(gateway, order(**NAMED[how](pem)), who)
    assert (refused.reason, refused.field) == ("MALFORMED_REQUEST", "own_certificate")
    assert sha256_of(pem) in refused.text(), "it says what to send"
    wrong = send_order(gateway, order(**NAMED[how](pem), own_certificate="0" * 64), who)
    assert wrong.field == "own_certificate"
    with gateway.new_channel(who) as channel:
        look = admin_pb2.ListCallersRequest(officer="o").SerializeToString()
        assert outcome_of(channel.unary_unary(f"{SERVICE}/ListCallers", None, None), look).ok, "nothing was revoked"


def test_nor_by_the_authority_above_and_a_word_too_much_is_refused(gateway):
    above = gateway.place.state / "pki" / "issuing.pem"
    refused = send_order(gateway, order(certificate=above.read_text(encoding="ascii")))
    assert refused.field == "own_certificate"
    own = sha256_of(pem_of(gateway, OPERATIONS))
    assert send_order(gateway, order(certificate=fresh(gateway), own_certificate=own)).field == "own_certificate"


def test_who_means_it_revokes_his_own_and_is_told_that_this_was_the_last_answer(gateway):
    who = person(gateway, f"{OPERATIONS}.qian")
    pem = pem_of(gateway, who)
    done = revoked(gateway, order(certificate=pem, own_certificate=sha256_of(pem)), who)
    assert done.own
    at = time.monotonic()
    look = admin_pb2.ListCallersRequest(officer="o").SerializeToString()
    with gateway.new_channel(who) as channel:

        def again():
            outcome = outcome_of(channel.unary_unary(f"{SERVICE}/ListCallers", None, None), look)
            return "OK" if outcome.ok else outcome.reason

        assert seen(again, "CERTIFICATE_REJECTED", at) < WITHIN


@pytest.mark.parametrize("who", [BIDDING, AUDITOR])
def test_without_a_grant_nobody_but_the_operator_revokes_and_learns_nothing_of_the_form(gateway, who):
    refused = gateway.raw(f"{SERVICE}/RevokeCertificate", b"", who)
    assert (refused.reason, refused.field) == ("FIELD_NOT_IN_MANDATE", "certificate")


def test_an_agency_revokes_its_own(gateway, tourism):
    lost = pem_of(gateway, person(gateway, f"{TOURISM}.wang"))
    done = revoked(gateway, order(certificate=lost), tourism)
    assert (done.revoked.holder, done.revoked.revoked_by) == ("wang", f"tourism/asking-system/{tourism.split('.')[2]}")


def test_an_agency_does_not_revoke_another_s_however_it_is_named(gateway, tourism):
    theirs = pem_of(gateway, BIDDING)
    for what in NAMED.values():
        refused = send_order(gateway, order(**what(theirs)), tourism)
        assert (refused.reason, refused.field) == ("FIELD_NOT_IN_MANDATE", "certificate")
    operator = pem_of(gateway, OPERATIONS)
    assert send_order(gateway, order(certificate=operator), tourism).reason == "FIELD_NOT_IN_MANDATE"


def test_a_forged_certificate_with_one_s_own_name_and_another_s_number_and_issuer_stops_nobody(gateway, tourism):
    """What it says of itself is believed by nobody: no trusted authority has signed it."""
    victim = certificate_of(pem_of(gateway, BIDDING))
    forger = make_authority()
    builder = (
        x509.CertificateBuilder()
        .subject_name(victim.subject)
        .issuer_name(victim.issuer)
        .serial_number(victim.serial_number)
        .public_key(forger.key.public_key())
        .not_valid_before(victim.not_valid_before_utc)
        .not_valid_after(victim.not_valid_after_utc)
    )
    own = certificate_of(pem_of(gateway, TOURISM))
    for extension in own.extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    forged = Issued(builder.sign(forger.key, own.signature_hash_algorithm), forger.key)
    above = (gateway.place.state / "pki" / "issuing.pem").read_text(encoding="ascii")
    refused = send_order(gateway, order(certificate=forged.leaf_pem.decode() + above), tourism)
    assert (refused.reason, refused.field) == ("FIELD_NOT_IN_MANDATE", "certificate")
    with gateway.new_channel(BIDDING) as channel:
        assert asked(channel)[0] == "OK"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"request_id": ""}, "request_id"),
        ({"officer": ""}, "officer"),
        ({"certificate": ""}, "certificate"),
        ({"certificate": "no PEM"}, "certificate"),
        ({"certificate": "x" * 40_000}, "certificate"),
        ({"sha256": "12"}, "sha256"),
        ({"number": pb.CertificateNumber(serial_number="0", issuer="CN=x")}, "number.serial_number"),
        ({"number": pb.CertificateNumber(serial_number="1g", issuer="CN=x")}, "number.serial_number"),
        ({"number": pb.CertificateNumber(serial_number="1")}, "number.issuer"),
        ({"number": pb.CertificateNumber(serial_number="1", issuer="no name")}, "number.issuer"),
        ({"sha256": "0" * 64, "reason": 0}, "reason"),
        ({"sha256": "0" * 64, "reason": 6}, "reason"),
        ({"sha256": "0" * 64, "document_number": ""}, "document_number"),
        ({"sha256": "0" * 64, "own_certificate": "12"}, "own_certificate"),
        ({}, "certificate"),
    ],
)
def test_a_fault_is_named_by_its_field(gateway, change, field):
    outcome = send_order(gateway, order(**change))
    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", field)


def test_operator_and_auditor_see_what_is_revoked_page_after_page_and_beside_the_caller(gateway):
    kept = revoked(gateway, order(certificate=fresh(gateway))).revoked
    for who in (OPERATIONS, AUDITOR):
        token, paged = "", []
        while True:
            request = pb.ListRevokedCertificatesRequest(officer="o", page_size=2, page_token=token)
            outcome = send(gateway, "ListRevokedCertificates", request, who)
            page = pb.ListRevokedCertificatesResponse.FromString(outcome.answer)
            paged += [each.number for each in page.revoked]
            token = page.next_page_token
            if not token:
                break
        assert paged == list(range(kept.number, 0, -1))
    request = pb.ListRevokedCertificatesRequest(officer="o", agency="tourism")
    own = pb.ListRevokedCertificatesResponse.FromString(
        send(gateway, "ListRevokedCertificates", request, AUDITOR).answer
    )
    assert {each.agency for each in own.revoked} == {"tourism"}
    listed = send(gateway, "ListCallers", admin_pb2.ListCallersRequest(officer="o", agency="tourism"), OPERATIONS)
    (caller,) = admin_pb2.ListCallersResponse.FromString(listed.answer).callers
    assert caller.revoked[0] == kept


def test_the_status_counts_them_and_says_when_the_last_one_was(gateway):
    kept = revoked(gateway, order(certificate=fresh(gateway))).revoked

    def counted():
        outcome = send(gateway, "GetStatus", status_pb2.GetStatusRequest(officer="o"), OPERATIONS)
        ends = status_pb2.GetStatusResponse.FromString(outcome.answer).ends
        return str((ends.revoked_certificates, ends.last_revoked == kept.revoked_at))

    assert seen(counted, str((kept.number, True)), time.monotonic()) < WITHIN
