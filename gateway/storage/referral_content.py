"""What an entry of a referral says, as canonical JSON and back; what cannot be understood is never skipped."""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from formats import canonical
from formats.civil import format_instant, parse_date, parse_instant
from gateway.domain.referral_amounts import WorkerClaim
from gateway.domain.referral_elements import CaseFacts, OrderDelivery, PaymentOrder, ReferralConduct, ReferralDebtor
from gateway.domain.referral_holds import HoldAct, HoldStep
from gateway.domain.referral_parts import SentPart, SharedKeys, UploadedFile, WrappedKey
from gateway.domain.referral_payments import Payment
from gateway.domain.referral_steps import ReferralAct
from gateway.domain.referral_words import ReferralActKind
from gateway.domain.referrals import Content, Copies, ReferralEntry
from gateway.domain.two_persons import Spoken
from gateway.storage.content import ContentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from enum import Enum


def write_entry(entry: ReferralEntry) -> bytes:
    """Return everything that an entry says, to be sealed."""
    name, write, _ = _KINDS[type(entry.content)]
    copies, part = entry.copies, entry.part
    return canonical.encode(
        {
            "kind": name,
            "content": write(entry.content),
            "uscc": entry.uscc,
            "copies": [copies.procuratorate, copies.court, copies.agreement] if copies is not None else None,
            "part": _plain_part(part) if part is not None else None,
        }
    )


def read_entry(place: int, referral_id: str, agency: str, recorded_at: datetime, content: bytes) -> ReferralEntry:
    """Return the entry that ``write_entry`` wrote.

    Raises:
        ContentError: It is none.
    """
    try:
        read: Any = canonical.decode(content)
        return ReferralEntry(
            referral_id,
            _READERS[read["kind"]](read["content"]),
            agency,
            recorded_at,
            uscc=read["uscc"],
            # Entries from before an agreement was asked for have none.
            copies=Copies(*read["copies"]) if read["copies"] is not None else None,
            part=_part(read["part"]) if read["part"] is not None else None,
            place=place,
        )
    except (ValueError, TypeError, KeyError) as error:
        raise ContentError("an entry of a referral cannot be read") from error


def _plain_facts(facts: CaseFacts) -> object:
    order = facts.order
    return {
        "county": facts.county,
        "debtor": facts.debtor.name,
        "claims": [[claim.worker, claim.owed_fen, claim.unpaid_months] for claim in facts.claims],
        "order": {
            "document_number": order.document_number,
            "issued_on": order.issued_on.isoformat(),
            "delivered_on": _day(order.delivered_on),
            "delivery": _name(order.delivery),
            "due_on": order.due_on.isoformat(),
        },
        "conducts": sorted(conduct.name for conduct in facts.conducts),
        "excuse_proven": facts.excuse_proven,
        "serious_consequences": facts.serious_consequences,
        "listing_id": facts.listing_id,
    }


def _facts(plain: Mapping[str, Any]) -> CaseFacts:
    order = plain["order"]
    return CaseFacts(
        county=plain["county"],
        debtor=ReferralDebtor[plain["debtor"]],
        claims=tuple(WorkerClaim(*claim) for claim in plain["claims"]),
        order=PaymentOrder(
            document_number=order["document_number"],
            issued_on=parse_date(order["issued_on"]),
            delivered_on=parse_date(order["delivered_on"]) if order["delivered_on"] else None,
            delivery=OrderDelivery[order["delivery"]] if order["delivery"] else None,
            due_on=parse_date(order["due_on"]),
        ),
        conducts=frozenset(ReferralConduct[name] for name in plain["conducts"]),
        excuse_proven=plain["excuse_proven"],
        serious_consequences=plain["serious_consequences"],
        listing_id=plain.get("listing_id", ""),  # entries from before it could be named have none
    )


def _plain_act(act: ReferralAct) -> object:
    return {
        "kind": act.kind.name,
        "agency": act.agency,
        "at": format_instant(act.at),
        "document_number": act.document_number,
        "document_sha256": act.document_sha256,
        "officers": list(act.officers),
        "reasons": act.reasons,
        "to_agency": act.to_agency,
        "holder": act.holder,
        "effective_on": _day(act.effective_on),
    }


def _act(plain: Mapping[str, Any]) -> ReferralAct:
    read = {**plain, "kind": ReferralActKind[plain["kind"]], "at": parse_instant(plain["at"]).astimezone(UTC)}
    effective = plain.get("effective_on", "")  # entries from before it could be said have none
    return ReferralAct(
        **{
            **read,
            "officers": tuple(plain["officers"]),
            "effective_on": parse_date(effective) if effective else None,
        }
    )


def _plain_file(file: UploadedFile) -> object:
    return [file.item_id, file.sealed_sha256, file.sealed_bytes]


def _file(plain: list[Any]) -> UploadedFile:
    return UploadedFile(*plain)


def _plain_payment(payment: Payment) -> object:
    return {
        "paid_on": payment.paid_on.isoformat(),
        "paid_fen": payment.paid_fen,
        "paid_in_full": payment.paid_in_full,
        "compensation_paid": payment.compensation_paid,
        "document_number": payment.document_number,
        "document_sha256": payment.document_sha256,
    }


def _payment(plain: Mapping[str, Any]) -> Payment:
    return Payment(**{**plain, "paid_on": parse_date(plain["paid_on"])})


def _plain_hold(act: HoldAct) -> object:
    return {
        "step": act.step.name,
        "hold_id": act.hold_id,
        "document_number": act.document_number,
        "reason": act.reason,
        "by": [act.by.holder, act.by.officer, act.by.signed],
        "item_id": act.item_id,
        "until": _day(act.until),
    }


def _hold(plain: Mapping[str, Any]) -> HoldAct:
    holder, officer, signed = plain["by"]
    until = parse_date(plain["until"]) if plain["until"] else None
    by = Spoken(holder, officer, signed=signed)
    return HoldAct(**{**plain, "step": HoldStep[plain["step"]], "by": by, "until": until})


def _plain_shared(shared: SharedKeys) -> object:
    return _plain_keys(shared.keys)


def _shared(plain: list[Any]) -> SharedKeys:
    return SharedKeys(_keys(plain))


def _plain_part(part: SentPart) -> object:
    return {
        "manifest": part.manifest.decode(),
        "signature": b64encode(part.signature).decode(),
        "chain": part.chain.decode(),
        "keys": _plain_keys(part.keys),
    }


def _part(plain: Mapping[str, Any]) -> SentPart:
    signature = b64decode(plain["signature"], validate=True)
    return SentPart(plain["manifest"].encode(), signature, plain["chain"].encode(), _keys(plain["keys"]))


def _plain_keys(keys: tuple[WrappedKey, ...]) -> object:
    return [[key.item_id, key.recipient, key.kid, b64encode(key.wrapped).decode()] for key in keys]


def _keys(plain: list[Any]) -> tuple[WrappedKey, ...]:
    return tuple(
        WrappedKey(item_id, recipient, kid, b64decode(wrapped, validate=True))
        for item_id, recipient, kid, wrapped in plain
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _name(word: Enum | None) -> str:
    return word.name if word is not None else ""


_KINDS: Final[Mapping[type[Content], tuple[str, Callable[[Any], object], Callable[[Any], Content]]]] = {
    CaseFacts: ("facts", _plain_facts, _facts),
    ReferralAct: ("step", _plain_act, _act),
    UploadedFile: ("file", _plain_file, _file),
    SharedKeys: ("keys", _plain_shared, _shared),
    Payment: ("payment", _plain_payment, _payment),
    HoldAct: ("hold", _plain_hold, _hold),
}
_READERS: Final[Mapping[str, Callable[[Any], Content]]] = {name: read for name, _, read in _KINDS.values()}
