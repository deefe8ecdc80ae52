"""The configuration folder, read and cross-checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from formats.civil import civil_date
from gateway.clock import SystemClock
from gateway.rpc.records import KINDS
from gateway.security.ciphers import PersonHash, Sealing
from gateway.security.officer_keys import OfficerKeyError, read_officer_key
from gateway.settings import ConfigurationError
from gateway.settings.agencies_file import load_agencies
from gateway.settings.calendar_files import load_calendar
from gateway.settings.gateway_file import GatewaySettings, load_gateway
from gateway.settings.policy_files import load_policy

if TYPE_CHECKING:
    from pathlib import Path

    from formats.calendar import WorkingCalendar
    from gateway.domain.agencies import Agencies
    from gateway.domain.policy import Policy


class StartError(Exception):
    """The gateway cannot start: what is wrong, in one sentence."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything read from the configuration folder."""

    folder: Path
    settings: GatewaySettings
    policy: Policy
    agencies: Agencies
    calendar: WorkingCalendar


def load_config(folder: Path, state: Path | None = None) -> Config:
    """Read the configuration folder; *state* replaces the state folder that it names.

    Raises:
        ConfigurationError: With file, key and reason; contradictions between files included.
    """
    settings = load_gateway(folder / "gateway.toml", state)
    agencies = load_agencies(folder / "agencies.toml", settings.limits.load.quota, settings.state)
    person_algorithms(settings)
    feeds = {feed.name for feed in settings.feeds}
    for feed in settings.feeds:
        for kind in sorted(feed.kinds - KINDS):
            raise ConfigurationError("gateway.toml", f"feeds.{feed.name}.kinds", f"{kind!r} is no kind of record")
    for agency in agencies:
        for name in sorted(agency.feeds - feeds):
            raise ConfigurationError("agencies.toml", f"{agency.agency_id}.feeds", f"{name!r} is not in gateway.toml")
        for key in agency.officer_keys:
            try:
                read_officer_key(key.pem)
            except OfficerKeyError as error:
                place = f"{agency.agency_id}.officer_keys.{key.kid}"
                raise ConfigurationError("agencies.toml", place, str(error)) from error
        if agency.quota.in_flight > settings.limits.in_flight:
            raise ConfigurationError(
                "agencies.toml", f"{agency.agency_id}.quota", "in_flight is over the process's own"
            )
    policy = load_policy(folder / "policy", settings.profile, civil_date(SystemClock().now()))
    return Config(folder, settings, policy, agencies, load_calendar(folder / "calendar"))


def person_algorithms(settings: GatewaySettings) -> tuple[PersonHash, Sealing]:
    """Return the configured algorithms for persons' numbers; raises ``ConfigurationError``."""
    try:
        kind = PersonHash(settings.persons.hash)
    except ValueError:
        raise ConfigurationError("gateway.toml", "persons.hash", f"is none of {', '.join(PersonHash)}") from None
    try:
        return kind, Sealing(settings.persons.sealing)
    except ValueError:
        raise ConfigurationError("gateway.toml", "persons.sealing", f"is none of {', '.join(Sealing)}") from None
