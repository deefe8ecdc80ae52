"""The configuration folder, read and cross-checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from formats.civil import civil_date
from gateway.clock import SystemClock
from gateway.domain.basis_review import documents_of
from gateway.domain.mandates import Frame
from gateway.domain.processing_register import RegisterError, duties_of
from gateway.rpc.records import KINDS
from gateway.security.ciphers import PersonHash, Sealing
from gateway.security.officer_keys import OfficerKeyError, read_officer_key
from gateway.settings import ConfigurationError
from gateway.settings.agencies_file import load_agencies
from gateway.settings.agreements_file import load_agreements
from gateway.settings.amounts_file import load_amounts
from gateway.settings.calendar_files import load_calendar
from gateway.settings.gateway_file import GatewaySettings, load_gateway
from gateway.settings.policy_files import load_policy
from gateway.settings.processing_file import load_processing, refusal
from gateway.settings.reviews_file import load_reviews

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from formats.calendar import WorkingCalendar
    from gateway.domain.agencies import Agencies, Role
    from gateway.domain.basis_review import BasisReviews
    from gateway.domain.court_agreements import CourtAgreements
    from gateway.domain.policy import Policy
    from gateway.domain.policy_versions import PolicyVersion
    from gateway.domain.processing_register import Processing, ProcessingRegister
    from gateway.domain.referral_amounts import AmountTable


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
    amounts: AmountTable
    agreements: CourtAgreements
    processing: ProcessingRegister
    duties: Mapping[Processing, frozenset[Role]]
    """What of it the callers switch on."""
    reviews: BasisReviews
    """When each document of the policy was last reviewed (X-05)."""
    policy_version: PolicyVersion | None = None
    """What was approved, where the policy is not the one of the folder."""


def load_config(folder: Path, state: Path | None = None) -> Config:
    """Read the configuration folder; *state* replaces the state folder that it names.

    Raises:
        ConfigurationError: With file, key and reason; contradictions between files included.
    """
    settings = load_gateway(folder / "gateway.toml", state)
    agencies = load_agencies(folder / "agencies.toml", settings.limits.load.quota, settings.state)
    person_algorithms(settings)
    for feed in settings.feeds:
        for kind in sorted(feed.kinds - KINDS):
            raise ConfigurationError("gateway.toml", f"feeds.{feed.name}.kinds", f"{kind!r} is no kind of record")
    for agency in agencies:
        fault = frame_of(settings).fault(agency)
        if fault is not None:
            raise ConfigurationError("agencies.toml", f"{agency.agency_id}.{fault[0]}", fault[1])
        for key in agency.officer_keys:
            try:
                read_officer_key(key.pem)
            except OfficerKeyError as error:
                place = f"{agency.agency_id}.officer_keys.{key.kid}"
                raise ConfigurationError("agencies.toml", place, str(error)) from error
    today = civil_date(SystemClock().now())
    policy = load_policy(folder / "policy", settings.profile, today)
    duties = duties_of(agencies)
    processing = _processing(folder / "processing.toml", settings, duties, today)
    return Config(
        folder,
        settings,
        policy,
        agencies,
        load_calendar(folder / "calendar"),
        load_amounts(folder / "amounts.toml"),
        load_agreements(folder / "agreements.toml", agencies),
        processing,
        duties,
        load_reviews(folder / "policy" / "reviews.toml", documents_of(policy)),
    )


def _processing(
    path: Path, settings: GatewaySettings, duties: Mapping[Processing, frozenset[Role]], today: date
) -> ProcessingRegister:
    """Read the register, and see that all of *duties* is on it and that its records are kept as long as it says."""
    register = load_processing(path)
    try:
        register.require(duties, today)
    except RegisterError as error:
        raise refusal(path.name, error) from error
    if settings.retention.person_months < register.kept_months:
        raise ConfigurationError(
            "gateway.toml", "retention.person_months", f"{path.name} keeps them for {register.kept_months} months"
        )
    return register


def frame_of(settings: GatewaySettings) -> Frame:
    """Return what every mandate must fit into, wherever it is read."""
    return Frame(frozenset(feed.name for feed in settings.feeds), settings.limits.in_flight)


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
