"""The invented referral of a soak: its facts and its steps."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from jointsanctions.v1 import referral_pb2


def invented_facts() -> referral_pb2.ReferralFacts:
    """Return the facts of an invented case in which every element of the crime is shown."""
    today = datetime.now(UTC).date()
    order = referral_pb2.PaymentOrder(
        document_number="示人社监令〔2026〕1号",
        issued_on=(today - timedelta(days=40)).isoformat(),
        delivered_on=(today - timedelta(days=38)).isoformat(),
        delivery=referral_pb2.ORDER_DELIVERY_IN_PERSON,
        due_on=(today - timedelta(days=20)).isoformat(),
    )
    return referral_pb2.ReferralFacts(
        county="420302",
        debtor=referral_pb2.REFERRAL_DEBTOR_UNIT,
        claims=[referral_pb2.WorkerClaim(worker=f"w{n}", owed_fen=600_000, unpaid_months=3) for n in range(12)],
        order=order,
        conducts=[referral_pb2.REFERRAL_CONDUCT_HIDES],
    )


def step(kind: str, case: str) -> referral_pb2.ReferralStep:
    """Return a step of a case that is taken now, such as ``REPORT``, under a document of its own."""
    taken = referral_pb2.ReferralStep(
        kind=referral_pb2.ReferralActKind.Value(f"REFERRAL_ACT_KIND_{kind}"),
        document_number=f"示移〔2026〕{case}-{kind}号",
        document_sha256=hashlib.sha256(f"{case}{kind}".encode()).hexdigest(),
        officers=[f"{kind.lower()}-1", f"{kind.lower()}-2"],
        reasons="依法",
    )
    taken.at.GetCurrentTime()
    return taken
