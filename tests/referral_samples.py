"""Referrals for tests: facts, steps and every other kind of entry, as the domain has them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from formats import canonical
from formats.civil import format_instant
from formats.manifest import KIND
from gateway.domain.agencies import Agency, Role
from gateway.domain.referral_amounts import AmountRow, Amounts, AmountTable, WorkerClaim
from gateway.domain.referral_elements import CaseFacts, OrderDelivery, PaymentOrder, ReferralConduct, ReferralDebtor
from gateway.domain.referral_holds import HoldAct, HoldStep
from gateway.domain.referral_parts import SentPart, SharedKeys, UploadedFile, WrappedKey
from gateway.domain.referral_payments import Payment
from gateway.domain.referral_steps import ReferralAct
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.two_persons import Spoken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from formats.dossier import Manifest

NOW = datetime(2026, 3, 6, 4, tzinfo=UTC)


def agency(agency_id: str, role: Role, territory: str = "420300") -> Agency:
    """Return an agency whose mandate is in force."""
    return Agency(agency_id=agency_id, name_zh=agency_id, name_en=agency_id, role=role, territory=territory)


HRSS = agency("hrss", Role.PRODUCER)
POLICE = agency("police", Role.POLICE)
FARTHER = agency("police-elsewhere", Role.POLICE, "420322")
PROCURATORATE = agency("procuratorate", Role.PROCURATORATE)
COURT = agency("court", Role.COURT)
AGENCIES = (HRSS, POLICE, FARTHER, PROCURATORATE, COURT)
TABLE = AmountTable(
    [AmountRow(frozenset({"420302"}), date(2014, 1, 1), Amounts(1_000_000, 5_000_000), "invented for this test")]
)


def facts(**other: Any) -> CaseFacts:
    """Return facts in which every element is shown; *other* replaces some."""
    order = PaymentOrder("令1号", date(2026, 1, 5), date(2026, 1, 6), OrderDelivery.IN_PERSON, date(2026, 1, 20))
    whole: Mapping[str, Any] = {
        "county": "420302",
        "debtor": ReferralDebtor.UNIT,
        "claims": tuple(WorkerClaim(f"w{n}", 600_000, 3) for n in range(10)),
        "order": order,
        "conducts": frozenset({ReferralConduct.HIDES, ReferralConduct.MOVES_PROPERTY}),
    }
    return CaseFacts(**{**whole, **other})


def step(kind: Kind = Kind.REPORT, agency_id: str = "hrss", **other: Any) -> ReferralAct:
    """Return a step that is done now, under a document of its own."""
    whole: Mapping[str, Any] = {
        "kind": kind,
        "agency": agency_id,
        "at": NOW,
        "document_number": f"{kind.name}号",
        "document_sha256": "ab" * 32,
        "officers": (f"{kind.name}-1", f"{kind.name}-2"),
        "reasons": "依法移送，理由如下",
        "holder": f"{kind.name}-holder",
    }
    return ReferralAct(**{**whole, **other})


KEY = WrappedKey("order", "police", "0123456789abcdef", b"\x00wrapped\xff")
PART = SentPart(b'{"a":1}', b"\x00signature\xff", b"-----BEGIN CERTIFICATE-----\n", (KEY,))
FILE = UploadedFile("order", "cd" * 32, 1_048_592)
SHARED = SharedKeys((KEY,))
PAYMENT = Payment(
    date(2026, 3, 5),
    7_200_000,
    paid_in_full=True,
    compensation_paid=False,
    document_number="付1号",
    document_sha256="ef" * 32,
)
HOLD = HoldAct(
    HoldStep.PLACING,
    "H-1",
    "保1号",
    "在审案件证据",
    Spoken("chen", "officer-1", signed=True),
    item_id="order",
    until=date(2027, 12, 31),
)
CONTENTS = (facts(), step(), FILE, SHARED, PAYMENT, HOLD)


def manifest_json(manifest: Manifest) -> bytes:
    """Return a manifest as bytes whatever it says, as somebody hostile would write it."""
    items = [{**asdict(item), "collected_on": item.collected_on.isoformat()} for item in manifest.items]
    whole = {**asdict(manifest), "kind": KIND, "made_at": format_instant(manifest.made_at), "items": items}
    return canonical.encode(whole)
