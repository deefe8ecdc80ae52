"""Which step of a referral may be taken now, and where the case stands after it: computed of its acts (T-20..T-42)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.domain.agencies import Role
from gateway.domain.errors import StateError
from gateway.domain.referral_transitions import TRANSITIONS
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.referral_words import ReferralHindrance as Hindrance
from gateway.domain.referral_words import ReferralStage as Stage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from gateway.domain.referral_transitions import Transition


@dataclass(frozen=True, slots=True)
class ReferralAct:
    """One step on record. Instants in UTC.

    ``officers`` are as their agency names them: of a report, the team (T-20). ``to_agency`` is set on a sending and a
    forwarding: the police that get the case.
    """

    kind: Kind
    agency: str
    at: datetime
    """When the act was done, as its document says."""
    document_number: str
    document_sha256: str
    """Of the document, hexadecimal."""
    officers: tuple[str, ...]
    reasons: str = ""
    to_agency: str = ""
    holder: str = ""
    """Of the certificate that brought it, the person; empty for a system's."""
    effective_on: date | None = None
    """Of a judgment that convicts, the civil day (UTC+8) on which it became effective; None for all else."""


def stage_of(acts: Sequence[ReferralAct]) -> Stage:
    """Return where a case stands after *acts*, which are in the order in which they were recorded."""
    stage = Stage.DRAFT
    for act in acts:
        stage = TRANSITIONS[act.kind].after or stage
    return stage


def police_of(acts: Sequence[ReferralAct]) -> str:
    """Return the id of the police that have the case; empty before it is sent."""
    return next((act.to_agency for act in reversed(acts) if act.kind in {Kind.SENDING, Kind.FORWARDING}), "")


def allowed(acts: Sequence[ReferralAct], role: Role) -> tuple[Kind, ...]:
    """Return the steps that *role* can take where the case stands, in their order."""
    stage = stage_of(acts)
    return tuple(
        kind
        for kind, each in TRANSITIONS.items()
        if each.role is role and stage in each.stages and _answerable(each, kind, acts)
    )


def require_step(acts: Sequence[ReferralAct], act: ReferralAct, role: Role, now: datetime) -> Stage:
    """Return where the case stands after *act*. That the caller may see the case has been checked.

    Raises:
        StateError: The step cannot be taken; its metadata says where the case stands, what is allowed, and why not.
    """
    stage, transition = stage_of(acts), TRANSITIONS[act.kind]
    if role is not transition.role or stage not in transition.stages:
        raise _refused(acts, act, role, "")
    hindrance = _hindrance(acts, act, transition, now)
    if hindrance is not None:
        raise _refused(acts, act, role, hindrance.value)
    return transition.after or stage


def _hindrance(
    acts: Sequence[ReferralAct], act: ReferralAct, transition: Transition, now: datetime
) -> Hindrance | None:
    reported = [each for each in acts if each.kind is Kind.REPORT]
    found = {
        Hindrance.AHEAD: act.at > now,
        Hindrance.BEFORE_EARLIER_STEP: bool(acts) and act.at < max(each.at for each in acts if _moves(each)),
        Hindrance.NOT_THIS_AUTHORITY: transition.role is Role.POLICE and act.agency != police_of(acts),
        Hindrance.REASONS_MISSING: transition.reasons and not act.reasons.strip(),
        Hindrance.NO_REQUEST_OPEN: not _answerable(transition, act.kind, acts),
        Hindrance.SAME_PERSON: act.kind in {Kind.APPROVAL, Kind.REFUSAL} and _same_person(act, reported[-1:]),
        Hindrance.DOCUMENT_USED: any(
            (each.agency, each.document_number) == (act.agency, act.document_number) and each.kind is not act.kind
            for each in acts
        ),
    }
    return next((each for each, holds in found.items() if holds), None)


def _moves(act: ReferralAct) -> bool:
    return TRANSITIONS[act.kind].after is not None


def _answerable(transition: Transition, kind: Kind, acts: Sequence[ReferralAct]) -> bool:
    """Return whether what the step answers, if anything, was asked and not answered yet."""
    if transition.answers is None:
        return True
    since = next((act.kind for act in reversed(acts) if act.kind in {transition.answers, kind}), None)
    return since is transition.answers


def _same_person(act: ReferralAct, reports: Sequence[ReferralAct]) -> bool:
    return any(
        not act.holder or act.holder == report.holder or set(act.officers) & set(report.officers) for report in reports
    )


def _refused(acts: Sequence[ReferralAct], act: ReferralAct, role: Role, why: str) -> StateError:
    stage = stage_of(acts)
    return StateError(
        f"{act.kind.name} cannot be taken where the case stands" if not why else f"{act.kind.name}: {why}",
        object="referral",
        state=stage.name,
        wanted=act.kind.name,
        allowed=",".join(kind.name for kind in allowed(acts, role)),
        why=why or "NOT_FROM_HERE",
    )
