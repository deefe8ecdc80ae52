"""The doctor's look at the log: does it keep up with the queues, and has somebody outside seen it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from formats.note import parse_key
from gateway.bootstrap.stores import audit_place, store_engine
from gateway.domain.errors import StoreUnavailableError
from gateway.storage.audit_reader import read_entries
from gateway.storage.engine import is_sqlite
from gateway.storage.log_place import LOG_FILE, log_engine
from gateway.storage.log_store import SqlLogStore
from gateway.storage.migrations import LOG, is_current

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gateway.bootstrap.config import Config
    from gateway.cli.doctor_certificates import Finding
    from gateway.domain.log import LogState
    from gateway.storage.audit_place import DatabasePlace, FolderPlace

_log: Final = logging.getLogger(__name__)
WAITS: Final = timedelta(minutes=1)
"""How long an entry may wait for its checkpoint before something is wrong: one comes within a second."""
UNSEEN: Final = timedelta(hours=1)
"""How old the newest cosignature of a witness may be while the log grows."""


def log(config: Config) -> Iterable[Finding]:
    """Look at the log; nothing is made that is not there. A store that is not there is another link's finding."""
    settings = config.settings
    facts = store_engine(settings)
    if is_sqlite(facts):
        here = settings.state / LOG_FILE
        if not (Path(str(facts.url.database)).exists() and here.exists()):
            facts.dispose()
            if settings.state.is_dir() and not here.exists():
                yield "log", False, f"{here} is not there"
            return
    place, engine = audit_place(settings, facts), log_engine(facts, settings.state)
    try:
        if not is_current(engine, LOG):
            yield "log", False, "tables are of another version"
            return
        keys = [each.key for each in settings.witnesses]
        yield from look(place, SqlLogStore(engine, place), keys, datetime.now(UTC))
    except StoreUnavailableError as error:
        _log.debug("the log was not looked at: %s", error.message)
    finally:
        place.close()
        engine.dispose()
        facts.dispose()


def look(
    place: FolderPlace | DatabasePlace, store: SqlLogStore, witnesses: Sequence[str], now: datetime
) -> Iterator[Finding]:
    """Look whether queues wait, and at each witness by its public key.

    Raises:
        StoreUnavailableError: A database failed.
    """
    state, integrated = store.newest(), store.integrated()
    waiting = {
        writer: (end - integrated.get(writer, 0), entry.time)
        for writer, end in sorted(place.next_numbers().items())
        for entry in read_entries(place.readers()[writer], writer, integrated.get(writer, 0), 1)
    }
    late = {writer: found for writer, found in waiting.items() if now - found[1] > WAITS}
    said = "none yet: the gateway opens it" if state is None else f"{state.origin}, {state.signed_size} entries signed"
    for writer, (count, since) in late.items():
        said += f"; {count} of {writer} wait, the oldest for {(now - since).total_seconds():.0f} s"
    yield "log", not late, said
    if state is None:
        return
    if not witnesses:
        yield "witnesses", True, "none is named: nobody outside would see a second log"
    for key in witnesses:
        yield _witness(store, state, key, now)


def _witness(store: SqlLogStore, state: LogState, key: str, now: datetime) -> Finding:
    name, last = parse_key(key).name, store.last(state.origin, key)
    if last is None:
        return "witnesses", False, f"{name} has cosigned nothing of {state.origin}"
    seen = datetime.fromtimestamp(last.time, UTC)
    fresh = last.size == state.signed_size or now - seen <= UNSEEN
    return "witnesses", fresh, f"{name} cosigned {last.size} of {state.signed_size} entries at {seen.isoformat()}"
