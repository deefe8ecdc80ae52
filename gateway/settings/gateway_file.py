"""``gateway.toml``: how one gateway runs."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING

from gateway.domain.anomalies import AnomalyThresholds
from gateway.domain.clock_rules import AS_SHIPPED
from gateway.domain.imports import Thresholds
from gateway.domain.officers import AssertionLimits
from gateway.domain.prevention import WarningParameters
from gateway.domain.retention import LegalHold, RetentionTerms
from gateway.domain.status import WatchLimits
from gateway.settings.anomalies import read_anomalies
from gateway.settings.award_gate import read_award_gate
from gateway.settings.bulletins import BulletinSettings, read_bulletin_settings
from gateway.settings.clock_lengths import load_clocks
from gateway.settings.edge import read_edge
from gateway.settings.evidence import read_evidence
from gateway.settings.load_limits import read_load
from gateway.settings.officer_limits import read_officers
from gateway.settings.referrals import ReferralSettings, read_referrals
from gateway.settings.replaying import ReplaySettings, read_replay
from gateway.settings.strict import Table, read_toml
from gateway.settings.tracing import read_trace
from gateway.settings.watching import read_metrics, read_watch
from gateway.settings.witnesses import read_witnesses

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gateway.domain.clock_rules import ClockParameters
    from gateway.domain.quotas import LoadLimits
    from gateway.domain.vocabulary import Area
    from gateway.settings.edge import EdgeSettings
    from gateway.settings.evidence import BucketSettings
    from gateway.settings.tracing import TraceSettings
    from gateway.settings.watching import MetricsSettings
    from gateway.settings.witnesses import WitnessSettings


MOST_DAYS = 250
"""Working days in which an outcome may be due, at the most: a year."""


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Where the server's key material lies. Secrets are paths, never values."""

    certificate: Path
    key: Path
    ca_bundle: Path
    revoked: Path
    """Serial numbers that are revoked, one a line, hexadecimal; or certificate revocation lists."""
    revoked_stale_after: timedelta | None = None
    """Age of the file of revocations beyond which every caller is refused; None for no limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds; beyond each the gateway fails closed."""

    replica_lag: timedelta
    clock_skew: timedelta
    answer_validity: timedelta
    reach_wait: timedelta
    drain: timedelta
    heartbeat: timedelta
    connection_age: timedelta
    in_flight: int
    pending_entries: int
    mandates_stale_after: timedelta
    """How long the mandates hold that were last seen to be the newest; beyond it nobody is let in."""
    load: LoadLimits
    """What callers can make the process hold or do."""


@dataclass(frozen=True, slots=True)
class PersonSettings:
    """The algorithms for persons' numbers, as they are called; a file from before they were means these (I-64)."""

    hash: str = "hmac-sm3"
    """By which persons are found: chosen for a new store, and for good."""
    sealing: str = "sm4-gcm"
    """By which the next key seals."""


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """A feed: what it carries, and the age beyond which answers that rest on it are UNVERIFIABLE."""

    name: str
    stale_after: timedelta
    kinds: frozenset[str]
    """Kinds of records that it carries, as ``record.proto`` names them."""
    staging_required: bool = False
    """Whatever is sent to it is staged and approved before it weighs."""


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """All of ``gateway.toml``; ``digest`` is the SHA-256 of the file, hexadecimal."""

    name: str
    node: str
    listen: str
    trust_domain: str
    profile: str
    state: Path
    store_url: str
    """SQLAlchemy URL; empty means SQLite under the state folder."""
    person_key: Path
    persons: PersonSettings
    tls: TlsFiles
    limits: Limits
    feeds: tuple[FeedSettings, ...]
    early_warnings: WarningParameters
    clocks: ClockParameters
    """What the law leaves open about its clocks."""
    imports: Thresholds
    retention: RetentionTerms
    holds: tuple[LegalHold, ...]
    """What is kept beyond its time."""
    witnesses: tuple[WitnessSettings, ...]
    """Who cosigns the log's checkpoints; none is a gap that ``jsg doctor`` names."""
    outcome_days: int
    """Working days after an answer in which an outcome is to be reported (A-128); 0 where no term is set."""
    award_gate: Mapping[Area, timedelta]
    """By area, how old an earlier answer may be when an award is cleared (A-122); nothing is cleared in any other."""
    anomalies: AnomalyThresholds
    """From which number on something in the record is worth an auditor's look."""
    watch: WatchLimits
    """Beyond which an operator is told that something is in disorder."""
    metrics: MetricsSettings | None
    """Where metrics are told; None for nowhere."""
    trace: TraceSettings | None
    """Who takes traces of calls; None for nobody."""
    officers: AssertionLimits
    """What is accepted of assertions of officers."""
    replay: ReplaySettings
    """How many past answers are derived again each night."""
    bulletin: BulletinSettings
    """For how long a bulletin may be used."""
    evidence: BucketSettings | None
    """In which bucket sealed evidence is kept; None for the state folder."""
    edge: EdgeSettings | None
    """The proxy that ends TLS before the gateway; None where it does that itself."""
    referrals: ReferralSettings
    """After how long silence towards a referral is evidence."""
    digest: str


def load_gateway(path: Path, state: Path | None = None) -> GatewaySettings:
    """Read ``gateway.toml``.

    Args:
        path: The file.
        state: Folder that replaces the one it names; relative paths of the file count from this folder.

    Raises:
        ConfigurationError: With file, key and reason.
    """
    content, digest = read_toml(path)
    root = Table(path.name, "", content)
    gateway = root.table("gateway")
    folder = (path.parent / gateway.take("state", str)).resolve()
    folder = state.resolve() if state is not None else folder
    settings = GatewaySettings(
        name=gateway.take("name", str),
        node=gateway.take("node", str),
        listen=gateway.take("listen", str),
        trust_domain=gateway.take("trust_domain", str),
        profile=gateway.take("profile", str),
        state=folder,
        store_url=_store_url(root.table("store"), folder),
        person_key=folder / gateway.take("person_key", str),
        persons=_persons(root.table("persons")) if root.has("persons") else PersonSettings(),
        tls=_tls(root.table("tls"), folder),
        limits=_limits(root.table("limits")),
        feeds=tuple(_feed(table) for table in root.tables("feeds")),
        early_warnings=_early_warnings(root.table("early_warnings")),
        clocks=load_clocks(root.table("clocks")) if root.has("clocks") else AS_SHIPPED,
        imports=_imports(root.table("imports")) if root.has("imports") else Thresholds(),
        retention=_retention(root.table("retention")) if root.has("retention") else RetentionTerms(),
        holds=tuple(_hold(table) for table in root.tables("legal_holds")) if root.has("legal_holds") else (),
        witnesses=read_witnesses(root),
        outcome_days=_outcome_days(root.table("outcomes")) if root.has("outcomes") else 0,
        award_gate=read_award_gate(root.table("award_gate")) if root.has("award_gate") else {},
        anomalies=read_anomalies(root.table("anomalies")) if root.has("anomalies") else AnomalyThresholds(),
        watch=read_watch(root.table("status")) if root.has("status") else WatchLimits(),
        metrics=read_metrics(root.table("metrics")) if root.has("metrics") else None,
        trace=read_trace(root.table("trace"), folder) if root.has("trace") else None,
        officers=read_officers(root.table("officers")) if root.has("officers") else AssertionLimits(),
        replay=read_replay(root.table("replay")) if root.has("replay") else ReplaySettings(),
        bulletin=read_bulletin_settings(root.table("bulletin")) if root.has("bulletin") else BulletinSettings(),
        evidence=read_evidence(root.table("evidence"), folder) if root.has("evidence") else None,
        edge=read_edge(root.table("edge"), folder) if root.has("edge") else None,
        referrals=read_referrals(root.table("referrals")),
        digest=digest,
    )
    gateway.close()
    root.close()
    return settings


def _outcome_days(table: Table) -> int:
    days = table.take("due_days", int)
    if not 1 <= days <= MOST_DAYS:
        raise table.error("due_days", f"must be 1 to {MOST_DAYS}")
    table.close()
    return days


def _store_url(table: Table, folder: Path) -> str:
    """The URL may hold a password, so it stands in a file of its own."""
    kind = table.take("kind", str)
    if kind == "sqlite":
        table.close()
        return ""
    if kind != "postgresql":
        raise table.error("kind", "must be sqlite or postgresql")
    file = folder / table.take("url_file", str)
    table.close()
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise table.error("url_file", str(error)) from error


def _persons(table: Table) -> PersonSettings:
    settings = PersonSettings(table.take("hash", str), table.take("sealing", str))
    table.close()
    return settings


def _tls(table: Table, folder: Path) -> TlsFiles:
    files = TlsFiles(
        certificate=folder / table.take("certificate", str),
        key=folder / table.take("key", str),
        ca_bundle=folder / table.take("ca_bundle", str),
        revoked=folder / table.take("revoked", str),
        revoked_stale_after=timedelta(hours=_positive(table, "revoked_stale_after_hours"))
        if table.has("revoked_stale_after_hours")
        else None,
    )
    table.close()
    return files


def _limits(table: Table) -> Limits:
    limits = Limits(
        replica_lag=timedelta(seconds=_positive(table, "replica_lag_seconds")),
        clock_skew=timedelta(seconds=_positive(table, "clock_skew_seconds")),
        answer_validity=timedelta(hours=_positive(table, "answer_validity_hours")),
        reach_wait=timedelta(seconds=_positive(table, "reach_wait_seconds")),
        drain=timedelta(seconds=_positive(table, "drain_seconds")),
        heartbeat=timedelta(seconds=_positive(table, "heartbeat_seconds")),
        connection_age=timedelta(minutes=_positive(table, "connection_age_minutes")),
        in_flight=int(_positive(table, "in_flight")),
        mandates_stale_after=_mandates_stale_after(table),
        pending_entries=int(_positive(table, "pending_entries")),
        load=read_load(table),
    )
    table.close()
    return limits


def _early_warnings(table: Table) -> WarningParameters:
    values = {field.name: table.take(field.name, int) for field in fields(WarningParameters)}
    table.close()
    try:
        return WarningParameters(**values)
    except ValueError as error:
        name, _, why = str(error).partition(": ")
        raise table.error(name, why) from error


def _imports(table: Table) -> Thresholds:
    """Read the thresholds; what a file from before they were does not say is as ``Thresholds`` has it."""
    names = {f"second_person_above_{field.name}": field.name for field in fields(Thresholds)}
    values = {name: table.take(key, int) for key, name in names.items() if table.has(key)}
    table.close()
    try:
        return Thresholds(**values)
    except ValueError as error:
        name, _, why = str(error).partition(": ")
        raise table.error(f"second_person_above_{name}", why) from error


def _retention(table: Table) -> RetentionTerms:
    """Read how long entries are kept; what the file does not say is as ``RetentionTerms`` has it."""
    values = {field.name: table.take(field.name, int) for field in fields(RetentionTerms) if table.has(field.name)}
    table.close()
    try:
        return RetentionTerms(**values)
    except ValueError as error:
        name, _, why = str(error).partition(": ")
        raise table.error(name, why) from error


def _hold(table: Table) -> LegalHold:
    values = {field.name: table.take(field.name, str) for field in fields(LegalHold) if table.has(field.name)}
    table.close()
    try:
        return LegalHold(**{"document_number": "", **values})
    except ValueError as error:
        name, _, why = str(error).partition(": ")
        raise table.error(name, why) from error


def _mandates_stale_after(table: Table) -> timedelta:
    """Return the limit; ten seconds where the file is from before there was one."""
    key = "mandates_stale_after_seconds"
    return timedelta(seconds=_positive(table, key)) if table.has(key) else timedelta(seconds=10)


def _positive(table: Table, key: str) -> float:
    value = table.take(key, float)
    if value <= 0:
        raise table.error(key, "must be greater than 0")
    return value


def _feed(table: Table) -> FeedSettings:
    feed = FeedSettings(
        name=table.take("name", str),
        stale_after=timedelta(hours=_positive(table, "stale_after_hours")),
        kinds=frozenset(table.strings("kinds")),
        staging_required=_staging(table),
    )
    table.close()
    return feed


def _staging(table: Table) -> bool:
    staging = table.take("staging", str) if table.has("staging") else "optional"
    if staging not in {"required", "optional"}:
        raise table.error("staging", "must be required or optional")
    return staging == "required"
