"""What is judged of a sending, an upload, a sharing and a key before any of it is stored, in every store."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from contract.test_referral_store import (  # noqa: F401 - fixtures
    clock,
    digest_of,
    kept,
    opened,
    referrals,
    took,
    vault,
)
from referral_samples import COURT, FARTHER, HRSS, NOW, POLICE, PROCURATORATE, step

from adapters.dossier.keys import KeyKind, PrivateDossierKey
from formats.dossier import DossierItem, EvidenceKind, Manifest, Material, sealed_bytes
from formats.dossier_key import KeyStatement, encode_key
from formats.manifest import encode_manifest, manifest_hash
from gateway.domain.errors import EnterpriseNotFoundError, MalformedRequestError, StateError
from gateway.domain.referral_parts import COPIED, SentPart, UploadedFile, WrappedKey
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.referral_words import ReferralStage as Stage
from gateway.domain.referrals import Copies
from gateway.services.dossiers import Dossiers, SendingRequest, SharingRequest
from gateway.services.ports.dossiers import SignedKey
from gateway.storage.deliveries import SqlDeliveries

MATERIALS = (
    *("CASE_DATA", "REFERRAL_LETTER", "INVESTIGATION_REPORT", "ITEM_LIST", "APPROVAL_FORM", "ORDER"),
    *("ORDER_DELIVERY", "WORKER_INTERVIEWS", "DEBTOR_DATA"),
)
ITEMS = tuple(
    DossierItem(
        material.lower(),
        Material[material],
        EvidenceKind.DOCUMENTARY,
        "application/pdf",
        "o-1",
        NOW.date(),
        7,
        "ab" * 32,
        sealed_bytes(7),
        "cd" * 32,
    )
    for material in sorted(MATERIALS)
)
MANIFEST = Manifest("YS-1", 1, "", "hrss", NOW, ITEMS)
KEYS = {
    agency.agency_id: PrivateDossierKey.generate(KeyKind.X25519).public
    for agency in (HRSS, POLICE, FARTHER, PROCURATORATE, COURT)
}


@dataclass
class Named:
    agency: str
    role: str


class Signers:
    """Believes every signature; the chain's bytes name agency and role."""

    def signer(self, _purpose, _content, _value, chain, _now):
        return Named(*chain.decode().split("."))


@pytest.fixture
def dossiers(referrals, engine):  # noqa: F811 - the fixture's value
    """HRSS's approved case, whose files are uploaded, and a key of each agency."""
    made = Dossiers(referrals, SqlDeliveries(engine), Signers())
    for who in (HRSS, POLICE, FARTHER, PROCURATORATE, COURT):
        asyncio.run(made.publish(who, f"key-{who.agency_id}", "d", signed_key(who)))
    opened(referrals, report=step())
    took(referrals, Kind.APPROVAL)
    for item in ITEMS:
        uploaded(made, item)
    return made


def signed_key(who, days=30, agency_id=""):
    key = KEYS[who.agency_id]
    begins = NOW - timedelta(days=60) if days < 0 else NOW
    named = KeyStatement(
        agency_id or who.agency_id, key.kind.value, key.content, begins, begins + timedelta(days=abs(days))
    )
    return SignedKey("", "", encode_key(named), b"s", f"{who.agency_id}.{who.role.value}".encode())


def uploaded(dossiers, item, request_id="", digest=""):
    file = UploadedFile(item.item_id, digest or item.sealed_sha256, item.sealed_bytes)
    return asyncio.run(dossiers.keep(HRSS, "YS-1", request_id or f"up-{item.item_id}", file))


def wraps(items, police=POLICE):
    """Return the keys that a sending needs, as if they were wrapped."""
    readers = [
        (item, who) for item in items for who in (HRSS, police, *([PROCURATORATE] if item.material in COPIED else []))
    ]
    return tuple(WrappedKey(item.item_id, who.agency_id, KEYS[who.agency_id].kid, b"wrapped") for item, who in readers)


def sending(manifest=MANIFEST, keys=None, kind=Kind.SENDING, **other):
    to = other.pop("to", "police" if kind is Kind.SENDING else "")
    part = SentPart(
        encode_manifest(manifest), b"s", other.pop("chain", b"hrss.producer"), keys or wraps(manifest.items)
    )
    act = step(kind, to_agency=to, document_number=f"{kind.name}-{manifest.part}")
    copies = other.pop("copies", Copies("procuratorate") if kind is Kind.SENDING else None)
    return SendingRequest(kind.name, digest_of(part, act), "YS-1", act, part, copies)


def send(dossiers, **other):
    return asyncio.run(dossiers.send(HRSS, sending(**other)))[0].referral


def field(call):
    with pytest.raises(MalformedRequestError) as refused:
        call()
    return refused.value.field


def why(call):
    with pytest.raises(StateError) as refused:
        call()
    return refused.value.metadata["why"]


def test_what_is_whole_is_sent(dossiers):
    assert send(dossiers).stage is Stage.SENT


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"manifest": replace(MANIFEST, made_at=NOW + timedelta(seconds=1))}, "part.manifest"),
        ({"manifest": replace(MANIFEST, referral_id="YS-2")}, "part.manifest"),
        ({"manifest": replace(MANIFEST, agency="police")}, "part.manifest"),
        ({"chain": b"hrss.police"}, "signature.chain"),
        ({"chain": b"police.producer"}, "signature.chain"),
        ({"to": "court"}, "step.to_agency"),
        ({"to": "nobody"}, "step.to_agency"),
        ({"to": "police-elsewhere", "keys": wraps(ITEMS, FARTHER)}, "step.to_agency"),
        ({"copies": Copies("court")}, "procuratorate"),
        ({"copies": Copies("procuratorate", "police")}, "court"),
        ({"keys": (*wraps(ITEMS), wraps(ITEMS)[0])}, f"part.keys[{len(wraps(ITEMS))}]"),
        ({"keys": (replace(wraps(ITEMS)[0], kid="00" * 8), *wraps(ITEMS)[1:])}, "part.keys[0].kid"),
        ({"keys": wraps(ITEMS)[1:]}, "part.keys"),
    ],
)
def test_a_sending_that_is_not_as_it_must_be_is_refused_by_its_field(dossiers, referrals, other, expected):  # noqa: F811
    assert field(lambda: send(dossiers, **other)) == expected
    assert asyncio.run(referrals.read(HRSS, "YS-1")).stage is Stage.APPROVED


def test_a_procuratorate_of_another_territory_gets_no_copy(dossiers, referrals):  # noqa: F811
    farther = replace(PROCURATORATE, territory="420322")
    referrals._callers = [each if each is not PROCURATORATE else farther for each in referrals._callers]
    assert field(lambda: send(dossiers)) == "procuratorate"


def test_a_supplement_goes_to_whoever_has_the_case_and_names_nobody(dossiers):
    send(dossiers)
    more = (replace(ITEMS[0], item_id="more"),)
    uploaded(dossiers, more[0])
    before = manifest_hash(encode_manifest(MANIFEST))
    second = replace(MANIFEST, part=2, previous_sha256=before, items=more)
    supplement = {"manifest": second, "kind": Kind.SUPPLEMENT}
    assert field(lambda: send(dossiers, **supplement, to="police-elsewhere")) == "step.to_agency"
    assert len(send(dossiers, **supplement).parts) == 2


class Interrupted(SqlDeliveries):
    """Does something else while keys are looked up: after the case was read, and before anything is stored."""

    meanwhile = None

    def keys(self, agencies):
        if self.meanwhile is not None:
            doing, self.meanwhile = self.meanwhile, None
            doing()
        return super().keys(agencies)


def test_what_is_sealed_to_the_police_that_pass_the_case_on_meanwhile_is_not_sent(dossiers, referrals, engine):  # noqa: F811
    send(dossiers)
    took(referrals, Kind.RECEIPT, by=POLICE)
    more = (replace(ITEMS[0], item_id="more"),)
    uploaded(dossiers, more[0])
    before = manifest_hash(encode_manifest(MANIFEST))
    deliveries = dossiers._deliveries = Interrupted(engine)
    deliveries.meanwhile = lambda: took(referrals, Kind.FORWARDING, by=POLICE, to_agency="police-elsewhere")
    second = replace(MANIFEST, part=2, previous_sha256=before, items=more)

    assert why(lambda: send(dossiers, manifest=second, kind=Kind.SUPPLEMENT)) == "PASSED_ON_MEANWHILE"


def test_a_file_that_was_sent_is_not_exchanged_and_to_a_closed_case_none_is_brought(dossiers, referrals):  # noqa: F811
    send(dossiers)
    assert uploaded(dossiers, ITEMS[0], "again").referral.uploaded[ITEMS[0].item_id].sealed_sha256 == "cd" * 32
    assert why(lambda: uploaded(dossiers, ITEMS[0], "other", "ef" * 32)) == "SENT_ALREADY"
    for kind, by in ((Kind.RECEIPT, POLICE), (Kind.NON_FILING, POLICE), (Kind.ADMINISTRATIVE_RETURN, HRSS)):
        took(referrals, kind, by=by)
    asyncio.run(dossiers.require_uploadable(HRSS, "YS-1"))
    took(referrals, Kind.CLOSING)
    assert why(lambda: asyncio.run(dossiers.require_uploadable(HRSS, "YS-1"))) == "CLOSED"


def test_a_file_is_given_to_whom_its_key_is_wrapped_for_alone(dossiers):
    send(dossiers)
    assert asyncio.run(dossiers.file_for(POLICE, "YS-1", "order"))[1].sha256 == "cd" * 32
    assert asyncio.run(dossiers.file_for(PROCURATORATE, "YS-1", "referral_letter"))[1].size == sealed_bytes(7)
    for who, item_id in ((PROCURATORATE, "order"), (POLICE, "nowhere"), (COURT, "order")):
        with pytest.raises(EnterpriseNotFoundError):
            asyncio.run(dossiers.file_for(who, "YS-1", item_id))


@pytest.mark.parametrize(
    "key",
    [signed_key(POLICE, days=-30), signed_key(POLICE, agency_id="court"), replace(signed_key(POLICE), statement=b"{}")],
    ids=["past", "stated to be another's", "no statement"],
)
def test_a_key_that_is_past_or_another_s_is_not_kept(dossiers, key):
    assert field(lambda: asyncio.run(dossiers.publish(POLICE, "again", "d", key))) == "statement"
    other = replace(signed_key(POLICE), chain=b"court.court")
    assert field(lambda: asyncio.run(dossiers.publish(POLICE, "again", "d", other))) == "signature.chain"


def test_what_is_shared_is_what_its_recipient_could_not_open(dossiers):
    send(dossiers)
    key = WrappedKey("order", "police", KEYS["police"].kid, b"anew")

    def share(*keys):
        return asyncio.run(dossiers.share(HRSS, SharingRequest("share", digest_of(keys), "YS-1", keys)))

    assert field(lambda: share(key)) == "keys"
    assert field(lambda: share(replace(key, recipient="court", kid=KEYS["court"].kid))) == "keys[0].recipient"
    assert field(lambda: share(replace(key, kid=KEYS["court"].kid))) == "keys[0].kid"
