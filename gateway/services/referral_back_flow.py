"""Storing what a referral's step means for the register, together with the step (L-25, TR6).

The rows are made while nobody else writes, and stored in the step's transaction: there is no filed case without its
bar, and no effective judgment that deciding systems do not see.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from formats import canonical
from formats.civil import civil_date
from gateway.domain.authorities import may_decide
from gateway.domain.errors import MalformedRequestError
from gateway.domain.kinds.conviction import Conviction
from gateway.domain.listing_acts import Act
from gateway.domain.listing_steps import Case, Evidence, hindrance
from gateway.domain.referral_back_flow import JUDGMENTS, barring, convicts
from gateway.domain.vocabulary import ListingActKind
from gateway.services.listing_steps import FEED, act_id
from gateway.services.ports.facts import SubmittedRow
from gateway.services.ports.referrals import Consequence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from formats.calendar import WorkingCalendar
    from gateway.domain.agencies import Agency
    from gateway.domain.referral_steps import ReferralAct
    from gateway.domain.referrals import Referral
    from gateway.services.ports.facts import HeldListing, Submission

JUDGMENT_FEED = "court_judgments"
"""The feed under whose name a conviction from a referral is stored: that of the courts' own records."""


def require_effective(act: ReferralAct, now: datetime) -> None:
    """Refuse a conviction that is not effective, and an effective day of anything else.

    Raises:
        MalformedRequestError: Naming the field.
    """
    if act.kind not in JUDGMENTS:
        if act.effective_on is not None:
            raise MalformedRequestError("step.effective_on", f"is not for {act.kind.name}")
        return
    if act.effective_on is None:
        raise MalformedRequestError("step.effective_on", "is required: a judgment is recorded once it is effective")
    if act.effective_on > civil_date(now):
        raise MalformedRequestError("step.effective_on", "lies ahead: a judgment is recorded once it is effective")
    if act.effective_on < civil_date(act.at):
        raise MalformedRequestError("step.effective_on", "lies before the judgment")


def require_listing(held: HeldListing | None, agency: Agency, uscc: str) -> None:
    """Refuse a listing that is not the enterprise's, or that no authority of the caller's decided.

    Raises:
        MalformedRequestError: One text for all, and for a listing that is not there: nothing is said of others' (L-01).
    """
    own = held is not None and bool(uscc) and held.listing.uscc == uscc and bool(held.listing.acts)
    if not own or held is None or not may_decide(agency, held.listing.acts[0].authority):
        raise MalformedRequestError("facts.listing_id", "is no listing of this enterprise by the caller's authority")


def consequence(
    before: Referral, act: ReferralAct, by: Agency, submission: Submission, calendar: WorkingCalendar
) -> Consequence | None:
    """Return what *act*, which is judged and not stored yet, means for the register; None for nothing.

    Args:
        before: The case without it.
        act: The step.
        by: Whose step it is.
        submission: That of the step.
        calendar: By which steps of listings are judged.
    """
    if act.kind in JUDGMENTS and convicts(before.facts, before.uscc):
        rows = [_conviction(before, act, by)]
        return Consequence(replace(submission, chunk=1, feed=JUDGMENT_FEED), "", lambda _: rows)
    earlier, later = barring(before.acts), barring((*before.acts, act))
    if not before.facts.listing_id or (earlier is None) is (later is None):
        return None
    kind, filing = (
        (ListingActKind.CRIMINAL_BAR_SET, later) if later is not None else (ListingActKind.CRIMINAL_BAR_LIFTED, earlier)
    )
    assert filing is not None  # noqa: S101 - one of the two stands
    said = {"ordered_by": by.name_zh}
    days = (civil_date(act.at), civil_date(submission.committed_at))
    wanted = Act(kind, days[0], filing.document_number, "", act_id(before.facts.listing_id, submission.request_id))
    return Consequence(
        replace(submission, chunk=1, feed=FEED),
        before.facts.listing_id,
        lambda held: _bar_rows(held, [replace(wanted, on=day) for day in days], said, calendar),
    )


def _bar_rows(
    held: HeldListing | None, acts: Sequence[Act], said: dict[str, str], calendar: WorkingCalendar
) -> list[SubmittedRow]:
    """Return the row of the first of *acts*, the same on several days, that the listing can take.

    None where it can take none: it was revoked, or never decided; there is nothing then that could be removed early.
    """
    if held is None:
        return []
    case = Case(held.listing, held.findings)
    authority = held.listing.acts[0].authority
    for act in acts:
        if hindrance(case, act.kind, act.day, Evidence(), calendar) is None:
            placed = replace(act, authority=authority)
            details = canonical.encode(said).decode()
            return [
                SubmittedRow(
                    row=1,
                    kind="listing_act",
                    record_id=act.act_id,
                    content_digest=hashlib.sha256(repr(placed).encode()).hexdigest(),
                    uscc=held.listing.uscc,
                    listing_act=placed,
                    act_details=details,
                    listing_id=held.listing.listing_id,
                )
            ]
    return []


def _conviction(case: Referral, act: ReferralAct, court: Agency) -> SubmittedRow:
    assert act.effective_on is not None  # noqa: S101 - required of every judgment
    identity = hashlib.sha256(f"{JUDGMENT_FEED}\0referral\0{case.referral_id}".encode()).hexdigest()[:24]
    fact = Conviction(
        record_id=f"{Conviction.wire_name}-{identity}",
        authority=court.name_zh,
        document_number=act.document_number,
        effective_on=act.effective_on,
    )
    digest = hashlib.sha256(repr(fact).encode()).hexdigest()
    return SubmittedRow(1, Conviction.wire_name, fact.record_id, digest, case.uscc, fact=fact)
