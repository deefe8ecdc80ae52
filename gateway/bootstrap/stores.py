"""What a gateway keeps on the disk, found by its settings: facts, audit queues, and the keys of persons' numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect

from gateway.bootstrap.config import StartError, person_algorithms
from gateway.rpc.record_fields import is_whose
from gateway.security.key_files import make_private_folder
from gateway.security.key_ring import PersonKeyError, adopt_root, create_keys
from gateway.security.persons import KeyedPersonVault, SealError
from gateway.storage.audit_place import place_of
from gateway.storage.engine import is_sqlite, open_engine
from gateway.storage.log_place import log_engine
from gateway.storage.migrations import AUDIT, FACTS, LOG, keep_oldest, upgrade
from gateway.storage.sealed import one_person
from gateway.storage.seen_revisions import LostRevisionError, SeenRevisions
from gateway.storage.tables import head

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from gateway.settings.gateway_file import GatewaySettings
    from gateway.storage.audit_place import DatabasePlace, FolderPlace
    from gateway.storage.history import SqlHistory, Standing


def store_engine(settings: GatewaySettings) -> Engine:
    """Return the engine of the facts' store."""
    return open_engine(store_url(settings))


def store_url(settings: GatewaySettings) -> str:
    """Return the address of the facts' store."""
    return settings.store_url or f"sqlite:///{settings.state / 'facts.sqlite'}"


def upgrade_store(settings: GatewaySettings) -> None:
    """Bring the store's tables up to date; an empty store gets its tables and the key of persons' numbers.

    Raises:
        StartError: The key is missing and the store is not new: another key would find none of its persons again; or
            the keys cannot be made.
    """
    settings.state.mkdir(parents=True, exist_ok=True)
    engine = store_engine(settings)
    if is_sqlite(engine):
        # SQLite gives its journals the permissions of the database, so that this keeps all of the facts private.
        Path(str(engine.url.database)).touch(mode=0o600)
    if not settings.person_key.exists() and inspect(engine).has_table(head.name):
        engine.dispose()
        raise StartError(f"{settings.person_key} is missing, and the store was filled under it: restore the key")
    _make_keys(settings)
    upgrade(engine, FACTS)
    if not is_sqlite(engine):
        upgrade(engine, AUDIT)
    log = log_engine(engine, settings.state)
    upgrade(log, LOG)
    keep_oldest(engine)
    log.dispose()
    engine.dispose()


def _make_keys(settings: GatewaySettings) -> None:
    """Make the keys of persons' numbers, or the ring of a key from before there were rings."""
    try:
        if settings.person_key.exists():
            adopt_root(settings.person_key)
        else:
            make_private_folder(settings.person_key.parent)
            create_keys(settings.person_key, *person_algorithms(settings))
    except PersonKeyError as error:
        raise StartError(str(error)) from error


def open_vault(settings: GatewaySettings, engine: Engine) -> KeyedPersonVault:
    """Return the keys of persons' numbers, once they are proven to be those of the store.

    Raises:
        StartError: With them its persons would not be found again.
        PersonKeyError: They cannot be used.
        StoreUnavailableError: The store could not be read.
    """
    vault = KeyedPersonVault(settings.person_key)
    if vault.hash is not person_algorithms(settings)[0]:
        raise StartError(f"gateway.toml: persons.hash: the store's persons are found by {vault.hash}: it cannot change")
    someone = one_person(engine)
    try:
        if someone is not None and not is_whose(vault, someone[0], vault.unseal(someone[1])):
            raise StartError(f"{settings.person_key}: the store's persons were hashed under another key: restore it")
    except SealError as error:
        raise StartError(f"{settings.person_key}: the store's persons: {error}: restore the key") from error
    return vault


def audit_place(settings: GatewaySettings, engine: Engine) -> FolderPlace | DatabasePlace:
    """Return where the audit queues lie."""
    return place_of(engine, settings.state)


def refuse_lost(settings: GatewaySettings, history: SqlHistory, writer: str) -> Callable[[Standing], None]:
    """See that the store has whatever this node has answered by; return what *writer* tells of each revision to come.

    Where store and state lie on one disk, SQLite, nothing is kept: they are lost and restored together.

    Raises:
        StartError: Records are lost by which this node has answered.
        StoreUnavailableError: The store could not be read.
    """
    if not settings.store_url:
        return lambda _: None
    try:
        seen = SeenRevisions(settings.state / "seen", writer)
        seen.require(history)
    except (LostRevisionError, OSError) as error:
        raise StartError(f"{error}: docs/operations.md, Failover, says what to do") from error
    return seen.note
