"""By which columns of the table a caller is judged: of several the strictest counts, for each field by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.agencies import ASKING_ROLES, Role
from gateway.domain.disclosure.words import Column
from gateway.domain.vocabulary import Area

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.domain.agencies import Agency

BY_ROLE: Final[Mapping[Role, Column]] = {
    Role.POLICE: Column.POLICE,
    Role.COURT: Column.COURT,
    Role.PROCURATORATE: Column.PROCURATORATE,
    Role.AUDITOR: Column.AUDITOR,
    Role.SUBJECT: Column.SUBJECT,
    Role.CONNECTOR: Column.CONNECTOR,
    Role.PORTAL: Column.PORTAL,
}
"""Roles with a column of their own. Those who ask are judged by what they decide; the operator sees nothing."""
_APPLICATIONS: Final = frozenset({Column.PROCUREMENT, Column.LICENSING})
"""The columns of organs that decide about an application or an offer of public money."""
BY_AREA: Final[Mapping[Area, frozenset[Column]]] = {
    # The source has no column for government funds and market access. Each is an organ's decision like procurement and
    # licensing, so both of these count, and of each field the stricter.
    Area.FUNDING: _APPLICATIONS,
    Area.MARKET_ACCESS: _APPLICATIONS,
    Area.PROCUREMENT: frozenset({Column.PROCUREMENT}),
    Area.BIDDING: frozenset({Column.BIDDING}),
    Area.LICENSING: frozenset({Column.LICENSING}),
    Area.QUALIFICATION: frozenset({Column.QUALIFICATION}),
    Area.GUARANTEE: frozenset({Column.BANK}),
    Area.LENDING: frozenset({Column.BANK}),
    Area.AWARDS: frozenset({Column.AWARDS}),
}
DECIDING: Final = frozenset().union(*BY_AREA.values())
"""Columns of those who decide; referrals never reach them (T-60)."""


def columns_of(agency: Agency, area: Area | None = None) -> frozenset[Column]:
    """Return the columns that a caller is judged by; empty for one that sees nothing.

    Args:
        agency: The caller.
        area: The area that it asks about; None where the call names none: then every area of its mandate counts, so
            that it is told what each of them may be told.
    """
    if agency.sees_whole_records:
        return frozenset({Column.HRSS})
    if agency.role not in ASKING_ROLES:
        return frozenset({BY_ROLE[agency.role]}) if agency.role in BY_ROLE else frozenset()
    areas = agency.areas if area is None else {area}
    columns = frozenset(column for each in areas for column in BY_AREA.get(each, DECIDING))
    if agency.role is Role.BANK:
        columns |= {Column.BANK}
    # A producer that decides nothing has no column: it is judged by all of those who do.
    return columns or DECIDING
