"""``agreements.toml``: by which agreements a court is told of a referral before the indictment (T-54)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.agencies import Role
from gateway.domain.court_agreements import NO_AGREEMENTS, CourtAgreement, CourtAgreements
from gateway.settings import ConfigurationError
from gateway.settings.policy_values import civil_date_of, counties_of
from gateway.settings.strict import Table, read_toml

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.domain.agencies import Agencies

NUMBER_BYTES: Final = 128
"""Of a document number, as on the wire."""


def load_agreements(path: Path, agencies: Agencies) -> CourtAgreements:
    """Read ``agreements.toml``; without one no court is told of anything before the indictment.

    Args:
        path: The file.
        agencies: Those of ``agencies.toml``: what is no court there can have no agreement. One that is not there may
            have its mandate in the store.

    Raises:
        ConfigurationError: With file, key and reason: a court is something else, a county or day has not its form, or
            two agreements of a court hold in one county on one day.
    """
    if not path.exists():
        return NO_AGREEMENTS
    content, _ = read_toml(path)
    root = Table(path.name, "", content)
    roles: dict[str, set[Role]] = {}
    for agency in agencies:
        roles.setdefault(agency.agency_id, set()).add(agency.role)
    found = [_agreement(table, roles) for table in root.tables("agreement")]
    root.close()
    try:
        return CourtAgreements(found)
    except ValueError as error:
        raise ConfigurationError(path.name, "agreement", str(error)) from error


def _agreement(table: Table, roles: dict[str, set[Role]]) -> CourtAgreement:
    court = table.take("court", str)
    if not court or Role.COURT not in roles.get(court, {Role.COURT}):
        raise table.error("court", f"{court!r} is no court in agencies.toml")
    number = table.take("document_number", str)
    if not 0 < len(number.encode()) <= NUMBER_BYTES:
        raise table.error("document_number", f"must be 1 to {NUMBER_BYTES} bytes")
    adopted_by = table.strings("adopted_by")
    if not adopted_by or not all(adopted_by):
        raise table.error("adopted_by", "must name each authority that adopted it, and one at least")
    agreement = CourtAgreement(
        court=court,
        document_number=number,
        adopted_by=adopted_by,
        since=civil_date_of(table, "since"),
        counties=counties_of(table, "counties"),
        until=civil_date_of(table, "until") if table.has("until") else None,
    )
    table.close()
    return agreement
