"""What an operator's look at a serving process is made of: the disk, the certificates, the process, and the status."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from gateway.bootstrap.config import StartError
from gateway.bootstrap.rules import rules_digest
from gateway.domain.basis_review import documents_of
from gateway.domain.errors import StoreUnavailableError
from gateway.domain.kinds import may_weigh
from gateway.domain.status import LogFigures, PersonKeys, Versions
from gateway.security.ends import read_ends
from gateway.security.key_ring import PersonKeyError
from gateway.services.freshness import Freshness
from gateway.services.get_status import Fixed, GetStatus
from gateway.services.ports.log import LogDamagedError
from gateway.storage.evidence_files import EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from gateway.bootstrap.config import Config
    from gateway.domain.status import Ends
    from gateway.rpc.metrics_port import MetricsPort
    from gateway.security.persons import KeyedPersonVault
    from gateway.services.get_status import Watched
    from gateway.services.ports.register import Clock
    from gateway.settings.gateway_file import GatewaySettings
    from gateway.settings.watching import MetricsSettings

DISTRIBUTION: Final = "joint-sanctions-gateway"
_log: Final = logging.getLogger(__name__)


class DiskWatch:
    """The port ``PlaceWatch``. Where facts and queues lie in PostgreSQL, their disk is not this machine's to see."""

    def __init__(
        self,
        settings: GatewaySettings,
        vault: KeyedPersonVault,
        clock: Clock,
        log: Callable[[], LogFigures],
        revoked: Callable[[], tuple[int, datetime | None]],
    ) -> None:
        """Take what is looked at; *log* reads how the signed log stands, *revoked* what is revoked at the gateway."""
        self._settings = settings
        self._vault = vault
        self._clock = clock
        self._log = log
        self._revoked = revoked

    def ends(self) -> Ends:
        """See ``PlaceWatch``."""
        tls = self._settings.tls
        ends = read_ends(tls.certificate, tls.ca_bundle, tls.revoked, tls.revoked_stale_after, self._clock.now())
        count, last = self._revoked()
        return replace(ends, revoked_certificates=count, last_revoked=last)

    def free(self) -> dict[str, int]:
        """See ``PlaceWatch``."""
        return {what: free_bytes(folder) for what, folder in growing(self._settings).items()}

    def sizes(self) -> dict[str, int]:
        """See ``PlaceWatch``."""
        return {what: size for what, folder in growing(self._settings).items() if (size := disk_bytes(folder))}

    def log(self) -> LogFigures:
        """See ``PlaceWatch``."""
        try:
            return self._log()
        except (LogDamagedError, StoreUnavailableError) as error:
            return LogFigures(fault=str(error))

    def person_keys(self) -> PersonKeys:
        """See ``PlaceWatch``."""
        try:
            return PersonKeys(self._vault.active(), len(self._vault.numbers()))
        except PersonKeyError:
            return PersonKeys(0, 0)


def growing(settings: GatewaySettings) -> dict[str, Path]:
    """Return the folders of this machine that grow, by what lies there."""
    found = {"state": settings.state}
    if not settings.store_url:
        found = {"audit": settings.state / "audit", "store": settings.state}
    evidence = settings.state / EVIDENCE
    if on_other_disk(evidence, settings.state):
        found["evidence"] = evidence
    return found


def on_other_disk(folder: Path, than: Path) -> bool:
    """Return whether a folder is there and lies on another disk; True where that cannot be told."""
    try:
        return folder.stat().st_dev != than.stat().st_dev
    except FileNotFoundError:
        return folder.is_symlink()
    except OSError:
        return True


def free_bytes(folder: Path) -> int:
    """Return the free bytes of a folder's disk; 0 when it cannot be looked at, which is as bad as full."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


def disk_bytes(folder: Path) -> int:
    """Return the bytes of a folder's whole disk; 0 when it cannot be looked at."""
    try:
        usage = shutil.disk_usage(folder)
        # As df counts: what others may not use, such as root's reserve or a quota's rest, is no room.
        return usage.used + usage.free
    except OSError:
        return 0


class ServingProcess:
    """The port ``ProcessWatch`` over the parts of a gateway that know."""

    def __init__(self, under_way: Callable[[], tuple[int, int]], faults: Callable[[], list[str]]) -> None:
        self._under_way = under_way
        self._faults = faults

    def under_way(self) -> tuple[int, int]:
        """See ``ProcessWatch``."""
        return self._under_way()

    def faults(self) -> tuple[str, ...]:
        """See ``ProcessWatch``."""
        return tuple(self._faults())


def make_status(config: Config, clock: Clock, started_at: datetime, watched: Watched) -> GetStatus:
    """Return the use case of one serving process."""
    settings, limits = config.settings, config.settings.limits
    freshness = Freshness(
        replica_lag=limits.replica_lag,
        clock_skew=limits.clock_skew,
        answer_validity=limits.answer_validity,
        reach_wait=limits.reach_wait,
        feeds={feed.name: feed.stale_after for feed in settings.feeds},
    )
    fixed = Fixed(
        name=settings.name,
        started_at=started_at,
        versions=_versions(config),
        limits=settings.watch,
        weighing={feed.name for feed in settings.feeds if may_weigh(feed.kinds)},
        next_review=config.processing.next_review(config.duties),
        next_basis_review=config.reviews.first(documents_of(config.policy)),
    )
    return GetStatus(fixed, watched, freshness, clock)


async def tell_metrics(port: MetricsPort, where: MetricsSettings | None, worker: int) -> None:
    """Tell metrics where the configuration says; worker N of several does so N ports further.

    Raises:
        StartError: The address cannot be had.
    """
    if where is None:
        return
    wanted = where.port + worker if where.port else 0
    try:
        chosen = await port.start(where.host, wanted)
    except (OSError, OverflowError) as error:
        raise StartError(f"cannot tell metrics on {where.host}:{wanted}: {error}") from error
    _log.info("metrics are told at %s:%d", where.host, chosen)


def _versions(config: Config) -> Versions:
    return Versions(
        software=version(DISTRIBUTION),
        profile=config.policy.profile,
        policy=config.policy.version,
        policy_digest=config.policy.digest,
        rules_digest=rules_digest(),
        calendar=config.calendar.version,
        settings_digest=config.settings.digest,
        agencies_digest=config.agencies.digest,
        processing_digest=config.processing.digest,
    )
