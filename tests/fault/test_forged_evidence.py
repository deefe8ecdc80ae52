"""Evidence that somebody forged: refused by the gateway where it can see it, and else by whoever opens it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from e2e.referring import HRSS, POLICE, PROCURATORATE, approved, dossier, part_of, parties, sent, step, wrapped
from e2e.served import gateway_in
from jointsanctions.v1 import referral_pb2 as pb

from adapters.dossier.errors import DossierError, DossierFault
from adapters.dossier.signing import Signature
from formats.dossier import EvidenceKind, Material
from gateway.security.pki import issue_client
from gateway.security.revoking import revoke


@pytest.fixture(scope="module")
def referring(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("forged"), filled=False) as gateway:
        yield parties(gateway)


class AnySigner:
    """Signs with a certificate that ours would not sign with."""

    def __init__(self, file):
        self._key = load_pem_private_key(file.with_name(f"{file.name}.key").read_bytes(), None)
        self._chain = file.with_name(f"{file.name}.pem").read_bytes()

    def sign(self, purpose, content):
        signed = b"joint-sanctions-signed/v1\n" + purpose.encode() + b"\n" + content
        return Signature(self._key.sign(signed, ECDSA(SHA256())), self._chain)


class Uploaded:
    """A case whose files are uploaded and not sent yet."""

    def __init__(self, referring):
        self.referring = referring
        self.hrss, self.police = referring[HRSS], referring[POLICE]
        self.case, self.made = approved(referring), dossier()
        for item_id, sealed in self.made.sealed.items():
            assert self.hrss.upload(self.case, item_id, sealed).ok

    def part(self, case="", made=None):
        """Return a part that is sound for this case, or the like for another."""
        case, made = case or self.case, made or self.made
        keys = wrapped(made, case, [self.hrss, self.police], [self.referring[PROCURATORATE]])
        return part_of(self.hrss, made, case, keys)

    def send(self, part):
        number = int(self.case.rpartition("-")[2])
        sending = step("SENDING", number, to_agency="public-security")
        return self.hrss.send(
            "SendReferral", referral_id=self.case, step=sending, part=part, procuratorate="procuratorate"
        )

    def stage(self):
        return self.hrss.call("GetReferral", referral_id=self.case).referral.stage


@pytest.fixture
def uploaded(referring):
    return Uploaded(referring)


def signed_by(signer, part):
    """Return the part with its manifest signed by another."""
    made = signer.sign("manifest", part.manifest)
    part.signature.CopyFrom(pb.DossierSignature(value=made.value, chain=made.chain))
    return part


def certificate(uploaded, holder, begins, days):
    """Return the signer of another certificate of HRSS's; it is never used to call."""
    pki = uploaded.hrss.served.place.state / "pki"
    issue_client(pki, "hrss", "producer", holder, days, begins)
    return pki, AnySigner(pki / "clients" / f"hrss.producer.{holder}")


def refused(uploaded, part, field, why=""):
    """Send the part, which must be refused for this; the case stays as it is, and can then be sent as it should be."""
    outcome = uploaded.send(part)
    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", field), outcome.text()
    assert why in outcome.text()
    assert uploaded.stage() == pb.REFERRAL_STAGE_APPROVED
    assert uploaded.send(uploaded.part()).ok


def test_a_manifest_that_another_agency_signed_is_refused(uploaded):
    refused(uploaded, signed_by(uploaded.police.signer, uploaded.part()), "signature.chain", "another agency")


def test_a_manifest_that_a_revoked_certificate_signed_is_refused(uploaded):
    now = datetime.now(UTC)
    pki, signer = certificate(uploaded, "leaver", now, 30)
    part = signed_by(signer, uploaded.part())
    revoke(pki, [str(pki / "clients" / "hrss.producer.leaver.pem")], "left", now)
    # The list is read anew within a second; until then the signature is sound.
    while (outcome := uploaded.send(part)).ok:
        uploaded = Uploaded(uploaded.referring)
        part = signed_by(signer, uploaded.part())
    assert "is refused: revoked" in outcome.text()
    refused(uploaded, part, "signature.chain", "is refused: revoked")


def test_a_manifest_that_an_expired_certificate_signed_is_refused(uploaded):
    _, signer = certificate(uploaded, "yesterday", datetime.now(UTC) - timedelta(days=3), 1)
    refused(uploaded, signed_by(signer, uploaded.part()), "signature.chain", "is refused: expired")


def test_a_signature_for_another_purpose_is_refused(uploaded):
    part = uploaded.part()
    made = uploaded.hrss.signer.sign("dossier-key", part.manifest)
    part.signature.CopyFrom(pb.DossierSignature(value=made.value, chain=made.chain))
    refused(uploaded, part, "signature.value")


def test_a_manifest_that_was_changed_after_it_was_signed_is_refused(uploaded):
    part = uploaded.part()
    part.manifest = part.manifest.replace(b"application/pdf", b"application/xml", 1)
    refused(uploaded, part, "signature.value")


def test_the_manifest_of_another_case_is_refused(referring, uploaded):
    other, made = sent(referring)
    refused(uploaded, uploaded.part(other, made), "part.manifest", "another case")


def test_a_manifest_of_files_that_were_exchanged_is_refused(uploaded):
    forged = dossier(mark=b"another")
    refused(uploaded, uploaded.part(made=forged), "part.manifest.items[0].sealed_sha256")


def test_a_supplement_that_does_not_follow_the_last_part_is_refused(referring):
    hrss, police = referring[HRSS], referring[POLICE]
    case, _ = sent(referring)
    other, _ = sent(referring)
    (own,), (foreign,) = hrss.download(case)[0], hrss.download(other)[0]
    more = dossier([(Material.PAYMENT_PROOF, EvidenceKind.DOCUMENTARY)])
    assert hrss.upload(case, "payment_proof", more.sealed["payment_proof"]).ok
    keys = wrapped(more, case, [hrss, police], [])
    for before, field in ((foreign.manifest, "previous_sha256"), (b"", "part")):
        part = part_of(hrss, more, case, keys, before=before)
        outcome = hrss.send("SendReferral", referral_id=case, step=step("SUPPLEMENT", 6_000), part=part)
        assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", f"part.manifest.{field}"), outcome.text()
    part = part_of(hrss, more, case, keys, before=own.manifest)
    assert hrss.send("SendReferral", referral_id=case, step=step("SUPPLEMENT", 6_001), part=part).ok


def swapped(part, first, second):
    """Exchange what is wrapped in two keys, each of which is (file, recipient), and leave all else as it is."""
    found = {(key.item_id, key.recipient): key for key in part.keys}
    one, two = found[first], found[second]
    one.wrapped, two.wrapped = two.wrapped, one.wrapped
    return part


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("order", "public-security"), ("debtor_data", "public-security")),
        (("order", "public-security"), ("order", "hrss")),
    ],
)
def test_keys_that_were_exchanged_between_files_or_recipients_open_nothing(uploaded, first, second):
    assert uploaded.send(swapped(uploaded.part(), first, second)).ok, "the gateway cannot look into what is wrapped"
    with pytest.raises(DossierError) as caught:
        uploaded.police.opened(uploaded.case, "order")
    assert caught.value.fault is DossierFault.NOT_FOR_US
    assert uploaded.police.opened(uploaded.case, "worker_interviews") == uploaded.made.contents["worker_interviews"]


def test_keys_of_another_case_open_nothing(referring, uploaded):
    other = uploaded.part()
    for key in other.keys:
        key.CopyFrom(next(each for each in uploaded.part("YS-other").keys if _names(each) == _names(key)))
    assert uploaded.send(other).ok
    with pytest.raises(DossierError) as caught:
        uploaded.police.opened(uploaded.case, "order")
    assert caught.value.fault is DossierFault.NOT_FOR_US


def _names(key):
    return key.item_id, key.recipient
