"""Referrals onto the wire: what has been found to be for the caller, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import referral_pb2 as pb

from formats.manifest import decode_manifest
from gateway.domain.referral_parts import openable
from gateway.domain.referral_payments import Payment
from gateway.domain.referral_steps import ReferralAct
from gateway.rpc.answers import instant_pb, text_pb, wire
from gateway.rpc.clock_answers import clock_pb
from gateway.services.referral_inbox import meaning_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from gateway.domain.referral_elements import CaseFacts, Gap
    from gateway.domain.referral_inbox import Evidence
    from gateway.domain.referral_words import ReferralActKind
    from gateway.domain.referrals import Referral, ReferralEntry
    from gateway.domain.running_clocks import RunningClock
    from gateway.services.ports.dossiers import SignedKey
    from gateway.services.ports.silences import EstablishedSilence


def referral_pb(case: Referral, allowed: Iterable[ReferralActKind], clocks: Iterable[RunningClock]) -> pb.Referral:
    """Return a case as it stands."""
    return pb.Referral(
        referral_id=case.referral_id,
        agency=case.agency,
        stage=wire(case.stage),
        allowed=[wire(kind) for kind in allowed],
        clocks=[clock_pb(clock) for clock in clocks],
    )


def steps_pb(entries: Iterable[ReferralEntry]) -> list[pb.RecordedReferralStep]:
    """Return the steps among a case's entries, in their order."""
    return [
        pb.RecordedReferralStep(
            step=_step(entry.content),
            agency=entry.agency,
            holder=entry.content.holder,
            recorded_at=instant_pb(entry.recorded_at),
        )
        for entry in entries
        if isinstance(entry.content, ReferralAct)
    ]


def facts_pb(case: Referral) -> pb.ReferralFacts:
    """Return what HRSS has found."""
    facts: CaseFacts = case.facts
    order = facts.order
    return pb.ReferralFacts(
        county=facts.county,
        debtor=wire(facts.debtor),
        uscc=case.uscc,
        claims=[
            pb.WorkerClaim(worker=each.worker, owed_fen=each.owed_fen, unpaid_months=each.unpaid_months)
            for each in facts.claims
        ],
        order=pb.PaymentOrder(
            document_number=order.document_number,
            issued_on=order.issued_on.isoformat(),
            delivered_on=_day(order.delivered_on),
            delivery=wire(order.delivery) if order.delivery is not None else pb.ORDER_DELIVERY_UNSPECIFIED,
            due_on=order.due_on.isoformat(),
        ),
        conducts=[wire(conduct) for conduct in sorted(facts.conducts)],
        excuse_proven=facts.excuse_proven,
        serious_consequences=facts.serious_consequences,
        listing_id=facts.listing_id,
    )


def key_pb(key: SignedKey) -> pb.DossierKey:
    """Return a key with what proves whose it is."""
    signature = pb.DossierSignature(value=key.signature, chain=key.chain)
    return pb.DossierKey(statement=key.statement, signature=signature, kid=key.kid, agency=key.agency)


def parts_pb(case: Referral, agency: str) -> list[pb.DossierPart]:
    """Return the sendings of which an agency can open something, with the keys that are wrapped for it."""
    own = [key for key in case.keys if key.recipient == agency]
    shown = []
    for part in case.parts:
        there = {item.item_id for item in decode_manifest(part.manifest).items}
        keys = [
            pb.WrappedKey(item_id=key.item_id, recipient=key.recipient, kid=key.kid, wrapped=key.wrapped)
            for key in own
            if key.item_id in there
        ]
        if keys:
            signature = pb.DossierSignature(value=part.signature, chain=part.chain)
            shown.append(pb.DossierPart(manifest=part.manifest, signature=signature, keys=keys))
    return shown


def inbox_entry_pb(case: Referral, entry: ReferralEntry, agency: str) -> pb.InboxEntry:
    """Return an entry as an agency receives it."""
    shown = pb.InboxEntry(
        place=entry.place,
        referral_id=case.referral_id,
        recorded_at=instant_pb(entry.recorded_at),
        from_agency=entry.agency,
    )
    content = entry.content
    if isinstance(content, ReferralAct):
        shown.step.CopyFrom(_step(content))
    elif isinstance(content, Payment):
        shown.payment.CopyFrom(payment_pb(content))
    else:
        shown.dossier_shared = True
    meaning = meaning_of(case, entry)
    if meaning is not None:
        shown.meaning.CopyFrom(text_pb(meaning))
    shown.without_evidence = entry.part is not None and not openable(entry.part.keys, agency)
    return shown


def payment_pb(payment: Payment) -> pb.ReferralPayment:
    """Return a payment."""
    return pb.ReferralPayment(
        paid_on=payment.paid_on.isoformat(),
        paid_fen=payment.paid_fen,
        paid_in_full=payment.paid_in_full,
        compensation_paid=payment.compensation_paid,
        document_number=payment.document_number,
        document_sha256=payment.document_sha256,
    )


def payments_pb(entries: Iterable[ReferralEntry]) -> list[pb.ReferralPayment]:
    """Return the payments among a case's entries, in their order."""
    return [payment_pb(entry.content) for entry in entries if isinstance(entry.content, Payment)]


def evidence_pb(evidence: Iterable[Evidence]) -> list[pb.TransportEvidence]:
    """Return how far entries have come."""
    return [
        pb.TransportEvidence(
            place=each.place, recipient=each.recipient, state=wire(each.state), since=instant_pb(each.since)
        )
        for each in evidence
    ]


def agreement_of(case: Referral, agency: str) -> str:
    """Return by which agreement a court got its notice, to the referring agency and that court; empty to others."""
    copies = case.copies
    return copies.agreement if copies is not None and agency in {case.agency, copies.court} else ""


def silences_pb(silences: Iterable[EstablishedSilence]) -> list[pb.RecordedSilence]:
    """Return silences that are on record, each with the place of its entry; one that is owed has none and is none."""
    return [
        pb.RecordedSilence(
            place=each.silence.place,
            recipient=each.silence.recipient,
            state=wire(each.silence.state),
            since=instant_pb(each.silence.since),
            writer=each.writer,
            number=each.number,
        )
        for each in silences
        if each.number is not None
    ]


def gaps_pb(gaps: Iterable[Gap]) -> list[pb.ReferralGap]:
    """Return what a file does not show."""
    return [pb.ReferralGap(rule=gap.rule, weight=wire(gap.weight), text=text_pb(gap.text)) for gap in gaps]


def _step(act: ReferralAct) -> pb.ReferralStep:
    return pb.ReferralStep(
        kind=wire(act.kind),
        at=instant_pb(act.at),
        document_number=act.document_number,
        document_sha256=act.document_sha256,
        officers=act.officers,
        reasons=act.reasons,
        to_agency=act.to_agency,
        effective_on=_day(act.effective_on),
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""
