"""Who sees what of a joint meeting: HRSS all of it, a member what concerns it, and nobody else that there is one.

Default deny. An item is shown to the member that proposed it and to those that it names. One that refers to a
referral is shown, besides, only to a caller of criminal justice, whatever the item says: no deciding system ever
learns of a referral (T-60).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from gateway.domain.agencies import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.domain.agencies import Agency
    from gateway.domain.meetings import Agenda, AgendaItem, Meeting, Minutes

GRANT: Final = "joint_meetings"
"""The field of a mandate that lets HRSS convene meetings and see all of each."""
JUSTICE: Final = frozenset({Role.POLICE, Role.PROCURATORATE, Role.COURT})
"""Roles that may learn of a referral (T-60; domain rule on who sees that one exists)."""
MEMBER_ROLES: Final = frozenset(Role) - {Role.AUDITOR, Role.OPERATOR, Role.SUBJECT, Role.CONNECTOR, Role.PORTAL}
"""Roles in which an agency can be a member: the auditor reads no facts (R-03), windows and machines attend nothing."""


def convenes(agency: Agency) -> bool:
    """Return whether the caller convenes meetings and sees each whole."""
    return GRANT in agency.fields


def members_among(agencies: Iterable[Agency]) -> frozenset[str]:
    """Return the ids of the agencies that can be members."""
    return frozenset(agency.agency_id for agency in agencies if agency.role in MEMBER_ROLES)


def told_of_referrals(agencies: Iterable[Agency]) -> frozenset[str]:
    """Return the ids of the agencies that may learn of a referral: in one role at least; callers are judged again."""
    return frozenset(agency.agency_id for agency in agencies if agency.role in JUSTICE or convenes(agency))


def seen_by(meeting: Meeting, agency: Agency) -> Meeting | None:
    """Return what the caller may see of a meeting; None when that is nothing, not even that it took place."""
    if convenes(agency):
        return meeting
    own = agency.agency_id
    if own not in meeting.agenda.members:
        return None
    items = tuple(item for item in meeting.agenda.items if _shown(item, agency))
    shown = frozenset(item.item_id for item in items)
    beside = frozenset({own, *(member for item in items for member in item.audience)})
    agenda = _agenda(meeting.agenda, items, beside)
    minutes = _minutes(meeting.minutes, shown, beside, own) if meeting.minutes is not None else None
    kept = {step.step_id for step in (minutes.steps if minutes is not None else ())}
    reports = tuple(report for report in meeting.reports if report.step_id in kept)
    return replace(meeting, agenda=agenda, minutes=minutes, reports=reports)


def _shown(item: AgendaItem, agency: Agency) -> bool:
    return agency.agency_id in item.audience and (not item.concerns_referral or agency.role in JUSTICE)


def _agenda(agenda: Agenda, items: tuple[AgendaItem, ...], beside: frozenset[str]) -> Agenda:
    return replace(agenda, members=tuple(each for each in agenda.members if each in beside), items=items)


def _minutes(minutes: Minutes, shown: frozenset[str], beside: frozenset[str], own: str) -> Minutes:
    """Of the steps only its own: who else has to do what is between that agency and HRSS."""
    return replace(
        minutes,
        attended=tuple(each for each in minutes.attended if each in beside),
        resolutions=tuple(each for each in minutes.resolutions if each.item_id in shown),
        steps=tuple(step for step in minutes.steps if step.agency == own and step.item_id in shown),
    )
