"""The doctor's look at mandates: those that stand in the store, in what the file differs, and what they switch on."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from formats.civil import civil_date
from gateway.bootstrap.config import frame_of
from gateway.bootstrap.stores import store_engine
from gateway.clock import SystemClock
from gateway.domain.agencies import Agencies
from gateway.domain.agency_forms import MandateError
from gateway.domain.errors import StoreUnavailableError
from gateway.domain.mandates import differences
from gateway.domain.processing_register import RegisterError, duties_of
from gateway.storage.content import ContentError
from gateway.storage.mandates import SqlMandateStore
from gateway.storage.migrations import FACTS, is_current

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.bootstrap.config import Config
    from gateway.cli.doctor_certificates import Finding

LINK: Final = "mandates"
_log: Final = logging.getLogger(__name__)


def mandates(config: Config) -> tuple[list[Finding], Agencies]:
    """Return what was found, and the mandates by which callers are judged: the file's where the store has none.

    A store that cannot be reached is another link's finding. That the file differs is told and is no fault: once the
    store has mandates the file decides nothing.
    """
    try:
        with _store(config) as store:
            versions = store.current() if store is not None else []
    except StoreUnavailableError as error:
        _log.debug("the mandates were not looked at: %s", error.message)
        return [], config.agencies
    except ContentError as error:
        return _broken(str(error)), config.agencies
    if not versions:
        found = f"the store has none yet: the next start takes {len(list(config.agencies))} of agencies.toml"
        return [(LINK, True, found)], config.agencies
    standing = [version.mandate for version in versions]
    newest = max(mandate.version for mandate in standing)
    try:
        agencies = Agencies(standing, "")
    except MandateError as error:
        return _broken(f"{error.key}: {error.reason}"), config.agencies
    for mandate in standing:
        fault = frame_of(config.settings).fault(mandate)
        if fault is not None:
            who = f"{mandate.agency_id}/{mandate.role}"
            return _broken(f"{who}: {fault[0]}: {fault[1]}"), agencies
    try:
        # The file's are looked at as the configuration is read; those that stand may switch on more (I-54).
        config.processing.require(duties_of(standing), civil_date(SystemClock().now()))
    except RegisterError as error:
        return _broken(f"processing.toml: {error}"), agencies
    said = [f"{len(standing)} in the store, version {newest}", *differences(config.agencies, standing)]
    return [(LINK, True, "; ".join(said))], agencies


def _broken(why: str) -> list[Finding]:
    return [(LINK, False, f"{why}: the gateway does not start")]


@contextmanager
def _store(config: Config) -> Iterator[SqlMandateStore | None]:
    """Give the store of mandates; None while its tables are not made or are of another version."""
    engine = store_engine(config.settings)
    try:
        made = is_current(engine, FACTS)
        yield SqlMandateStore(engine, config.settings.limits.load.quota) if made else None
    finally:
        engine.dispose()
