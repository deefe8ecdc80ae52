"""The doctor's look at the policy: which holds by the store, what follows it, and what waits for an approval."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.bootstrap.config import StartError
from gateway.bootstrap.policies import with_policy_in_force
from gateway.bootstrap.stores import store_engine
from gateway.cli.show import local_instant
from gateway.clock import SystemClock
from gateway.domain.errors import StoreUnavailableError
from gateway.services.change_policy import standing
from gateway.storage.engine import is_sqlite
from gateway.storage.migrations import FACTS, is_current
from gateway.storage.policies import SqlPolicyStore

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from gateway.bootstrap.config import Config
    from gateway.cli.doctor_certificates import Finding

LINK: Final = "policy"
_log: Final = logging.getLogger(__name__)


def in_force(config: Config) -> tuple[list[Finding], Config]:
    """Return what was found, and the configuration with the policy that a gateway answers by.

    A store that cannot be reached, or whose tables are not made, is another link's finding.
    """
    engine = store_engine(config.settings)
    try:
        if not _made(engine):
            return [(LINK, True, "that of the configuration: the store is not made yet")], config
        return _looked(config, SqlPolicyStore(engine))
    except StoreUnavailableError as error:
        _log.debug("the policy was not looked at: %s", error.message)
        return [], config
    except StartError as error:
        return [(LINK, False, f"{error}: the gateway does not start")], config
    finally:
        engine.dispose()


def _made(engine: Engine) -> bool:
    there = not is_sqlite(engine) or Path(str(engine.url.database)).exists()
    return there and is_current(engine, FACTS)


def _looked(config: Config, store: SqlPolicyStore) -> tuple[list[Finding], Config]:
    now = SystemClock().now()
    found, served = standing(store, now), with_policy_in_force(config, store, now)
    policy = served.policy
    whose = "that of the configuration" if served.policy_version is None else f"number {found.number} of the store"
    said = [f"{whose}, {policy.profile} {policy.version} {policy.digest[:12]}"]
    if found.ends_at is not None:
        said.append(f"another is approved from {local_instant(found.ends_at)} on")
    said += [f"{each.proposal_id} waits for an approval until {each.holds_on}" for each in found.waiting]
    return [(LINK, True, "; ".join(said))], served
