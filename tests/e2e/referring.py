"""Referrals as their parties play them: sealed on HRSS's side, opened by who may, each with its own certificate."""

from __future__ import annotations

import hashlib
import io
import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from e2e.served import outcome_of
from jointsanctions.v1 import referral_pb2 as pb

from adapters.dossier.keys import PrivateDossierKey, PublicDossierKey, Purpose
from adapters.dossier.sealing import seal, unseal
from adapters.dossier.signing import Signer
from formats.civil import civil_date
from formats.dossier import DossierItem, EvidenceKind, Manifest, Material
from formats.dossier_key import PURPOSE, KeyStatement, encode_key
from formats.manifest import encode_manifest, manifest_hash
from gateway.security.pki import issue_client

if TYPE_CHECKING:
    from e2e.served import Outcome, Served

SERVICE = "/jointsanctions.v1.ReferralService/"
HRSS = "hrss.producer"
PRINCIPAL = "hrss.producer.principal"
POLICE = "public-security.police"
OTHER_POLICE = "public-security-yunxi.police"
PROCURATORATE = "procuratorate.procuratorate"
COURT = "intermediate-court.court"
AGENCY_OF = {who: who.split(".")[0] for who in (HRSS, PRINCIPAL, POLICE, OTHER_POLICE, PROCURATORATE, COURT)}
MATERIALS = [
    (Material.CASE_DATA, EvidenceKind.NONE),
    (Material.REFERRAL_LETTER, EvidenceKind.NONE),
    (Material.INVESTIGATION_REPORT, EvidenceKind.NONE),
    (Material.ITEM_LIST, EvidenceKind.NONE),
    (Material.APPROVAL_FORM, EvidenceKind.NONE),
    (Material.ORDER, EvidenceKind.DOCUMENTARY),
    (Material.ORDER_DELIVERY, EvidenceKind.DOCUMENTARY),
    (Material.WORKER_INTERVIEWS, EvidenceKind.INTERVIEW),
    (Material.DEBTOR_DATA, EvidenceKind.DOCUMENTARY),
]
COPIED = {Material.REFERRAL_LETTER, Material.ITEM_LIST}
_cases = itertools.count(1)
_ids = itertools.count(1)


@dataclass
class Party:
    """One agency with its certificate and its key for dossiers."""

    served: Served
    who: str
    key: PrivateDossierKey = field(default_factory=PrivateDossierKey.generate)

    @property
    def agency(self) -> str:
        """Its id."""
        return AGENCY_OF[self.who]

    @property
    def signer(self) -> Signer:
        """Signs with its certificate."""
        folder = self.served.place.state / "pki" / "clients"
        return Signer(folder / f"{self.who}.pem", folder / f"{self.who}.key")

    def signature(self, purpose: str, content: bytes) -> pb.DossierSignature:
        """Return its signature."""
        made = self.signer.sign(purpose, content)
        return pb.DossierSignature(value=made.value, chain=made.chain)

    def send(self, rpc: str, **fields: Any) -> Outcome:
        """Call a unary method."""
        request = getattr(pb, f"{rpc}Request")(officer=f"{self.agency}-officer", **fields)
        if "request_id" in request.DESCRIPTOR.fields_by_name and not request.request_id:
            request.request_id = f"referring-{next(_ids)}"
        return self.served.send(f"{SERVICE}{rpc}", request, self.who)

    def call(self, rpc: str, **fields: Any) -> Any:
        """Call a unary method, which must be answered."""
        outcome = self.send(rpc, **fields)
        assert outcome.ok, (rpc, outcome.text())
        return getattr(pb, f"{rpc}Response").FromString(outcome.answer)

    def publish(self) -> None:
        """Make its key known."""
        now = datetime.now(UTC)
        public = self.key.public
        statement = encode_key(
            KeyStatement(self.agency, public.kind.value, public.content, now, now + timedelta(days=365))
        )
        self.call("PublishDossierKey", statement=statement, signature=self.signature(PURPOSE, statement))

    def upload(self, referral_id: str, item_id: str, sealed: bytes, *, size: int = 1 << 20, **other: Any) -> Outcome:
        """Upload a sealed file in messages of *size* bytes; *other* replaces what its first message declares."""
        declared = {
            "request_id": f"referring-{next(_ids)}",
            "officer": f"{self.agency}-officer",
            "referral_id": referral_id,
            "item_id": item_id,
            "sealed_bytes": len(sealed),
            "sealed_sha256": hashlib.sha256(sealed).hexdigest(),
        }
        content = sealed[other.get("offset", 0) :]
        parts = [pb.UploadEvidenceRequest(**{**declared, **other})]
        parts += [pb.UploadEvidenceRequest(content=content[at : at + size]) for at in range(0, len(content), size)]
        return self.served.raw_stream(
            f"{SERVICE}UploadEvidence", [part.SerializeToString() for part in parts], self.who
        )

    def download(self, referral_id: str, item_id: str = "", offset: int = 0) -> tuple[list[Any], bytes, Any]:
        """Return manifests and the bytes of a file, and what ended the call when it was no answer."""
        request = pb.DownloadDossierRequest(
            officer=f"{self.agency}-officer", referral_id=referral_id, item_id=item_id, offset=offset
        )
        call = self.served.channel(self.who).unary_stream(f"{SERVICE}DownloadDossier", None, None)
        parts: list[Any] = []
        content = b""

        def receive(sent: bytes, timeout: float) -> bytes:
            nonlocal content
            for raw in call(sent, timeout=timeout):
                message = pb.DownloadDossierResponse.FromString(raw)
                parts.extend(message.parts)
                content += message.content
            return b""

        outcome = outcome_of(receive, request.SerializeToString())
        return parts, content, outcome

    def opened(self, referral_id: str, item_id: str) -> bytes:
        """Fetch a file and open it with the own key."""
        parts, sealed, outcome = self.download(referral_id, item_id)
        assert outcome.ok, outcome.text()
        wrapped = [key for part in parts for key in part.keys if key.item_id == item_id]
        purpose = Purpose(referral_id, item_id, self.agency)
        key = self.key.unwrap(wrapped[0].wrapped, purpose)
        return b"".join(unseal(item_id, key, io.BytesIO(sealed)))

    def inbox(self) -> list[Any]:
        """Return what is not acknowledged."""
        return list(self.call("ListInbox").entries)


def parties(served: Served) -> dict[str, Party]:
    """Return every party, each with its certificate and a published key."""
    pki = served.place.state / "pki"
    if not (pki / "clients" / f"{PRINCIPAL}.pem").exists():
        agency, role, holder = PRINCIPAL.split(".")
        issue_client(pki, agency, role, holder, 90, datetime.now(UTC))
    found = {who: Party(served, who) for who in AGENCY_OF}
    for who, party in found.items():
        if who != PRINCIPAL:
            party.publish()
    return found


def facts(**other: Any) -> pb.ReferralFacts:
    """Return the facts of a case in which every element of the crime is shown; *other* replaces some."""
    today = datetime.now(UTC).date()
    order = pb.PaymentOrder(
        document_number="示人社监令〔2026〕88号",
        issued_on=(today - timedelta(days=40)).isoformat(),
        delivered_on=(today - timedelta(days=38)).isoformat(),
        delivery=pb.ORDER_DELIVERY_IN_PERSON,
        due_on=(today - timedelta(days=20)).isoformat(),
    )
    whole: dict[str, Any] = {
        "county": "420302",
        "debtor": pb.REFERRAL_DEBTOR_UNIT,
        "claims": [pb.WorkerClaim(worker=f"w{n}", owed_fen=600_000, unpaid_months=3) for n in range(12)],
        "order": order,
        "conducts": [pb.REFERRAL_CONDUCT_HIDES],
    }
    return pb.ReferralFacts(**{**whole, **other})


def step(kind: str, number: int, **other: Any) -> pb.ReferralStep:
    """Return a step that is taken now, under a document of its own."""
    if kind in {"CONVICTION", "EXEMPTION"}:
        other.setdefault("effective_on", civil_date(datetime.now(UTC)).isoformat())
    made = pb.ReferralStep(
        kind=pb.ReferralActKind.Value(f"REFERRAL_ACT_KIND_{kind}"),
        document_number=f"示移〔2026〕{kind}-{number}号",
        document_sha256=hashlib.sha256(f"{kind}{number}".encode()).hexdigest(),
        **{"officers": [f"{kind.lower()}-1", f"{kind.lower()}-2"], "reasons": "依法", **other},
    )
    made.at.FromDatetime(datetime.now(UTC))
    return made


@dataclass
class Sealed:
    """The dossier of a case on HRSS's side: its files, their keys, and the manifests sent so far."""

    contents: dict[str, bytes]
    items: list[DossierItem]
    sealed: dict[str, bytes]
    keys: dict[str, bytes]


def dossier(materials=MATERIALS, mark: bytes = b"") -> Sealed:
    """Return sealed files, one of each material."""
    contents, items, sealed, keys = {}, [], {}, {}
    for material, evidence in materials:
        item_id = material.value.lower()
        contents[item_id] = f"机密内容 {item_id} ".encode() + mark
        sink = io.BytesIO()
        made = seal(item_id, io.BytesIO(contents[item_id]), sink)
        sealed[item_id], keys[item_id] = sink.getvalue(), made.key
        items.append(
            DossierItem(
                item_id,
                material,
                evidence,
                "application/pdf",
                "hrss-officer",
                date(2026, 11, 2),
                made.content_bytes,
                made.content_sha256,
                made.sealed_bytes,
                made.sealed_sha256,
            )
        )
    return Sealed(contents, sorted(items, key=lambda item: item.item_id), sealed, keys)


def wrapped(made: Sealed, referral_id: str, for_all: list[Party], letters: list[Party]) -> list[pb.WrappedKey]:
    """Return the keys of all files for some, and those of what is copied for others."""
    found = []
    for item in made.items:
        for party in [*for_all, *(letters if item.material in COPIED else [])]:
            public: PublicDossierKey = party.key.public
            purpose = Purpose(referral_id, item.item_id, party.agency)
            found.append(
                pb.WrappedKey(
                    item_id=item.item_id,
                    recipient=party.agency,
                    kid=public.kid,
                    wrapped=public.wrap(made.keys[item.item_id], purpose),
                )
            )
    return found


def part_of(hrss: Party, made: Sealed, referral_id: str, keys: list[pb.WrappedKey], before: bytes = b"") -> Any:
    """Return a signed part; *before* is the manifest of the one before it."""
    manifest = encode_manifest(
        Manifest(
            referral_id,
            2 if before else 1,
            manifest_hash(before) if before else "",
            hrss.agency,
            datetime.now(UTC),
            tuple(made.items),
        )
    )
    return pb.DossierPart(manifest=manifest, signature=hrss.signature("manifest", manifest), keys=keys)


def approved(found: dict[str, Party], known: pb.ReferralFacts | None = None) -> str:
    """Open, report and approve a case of which *known* has been found, and return its id."""
    referral_id = f"YS-2026-{next(_cases)}"
    number = next(_ids)
    found[HRSS].call("OpenReferral", referral_id=referral_id, facts=known or facts(), report=step("REPORT", number))
    found[PRINCIPAL].call("ApproveReferral", referral_id=referral_id, step=step("APPROVAL", number))
    return referral_id


def sent(
    found: dict[str, Party], known: pb.ReferralFacts | None = None, made: Sealed | None = None, **other: Any
) -> tuple[str, Sealed]:
    """Bring a case to the police, with the dossier *made* or one of its own, and return its id and dossier."""
    made = made or dossier()
    fields = sending(found, made, known, **other)
    found[HRSS].call("SendReferral", **fields)
    return fields["referral_id"], made


def sending(
    found: dict[str, Party], made: Sealed, known: pb.ReferralFacts | None = None, **other: Any
) -> dict[str, Any]:
    """Bring a case so far that it can be sent, and return the fields of the request; *other* replaces some."""
    referral_id = approved(found, known)
    for item_id, sealed in made.sealed.items():
        outcome = found[HRSS].upload(referral_id, item_id, sealed)
        assert outcome.ok, outcome.text()
    keys = wrapped(made, referral_id, [found[HRSS], found[POLICE]], [found[PROCURATORATE]])
    return {
        "referral_id": referral_id,
        "step": step("SENDING", next(_ids), to_agency="public-security"),
        "part": part_of(found[HRSS], made, referral_id, keys),
        "procuratorate": "procuratorate",
        **other,
    }


def take(party: Party, rpc: str, referral_id: str, kind: str, **other: Any) -> Any:
    """Take a step, which must be possible; return the case."""
    return party.call(rpc, referral_id=referral_id, step=step(kind, next(_ids), **other)).referral
