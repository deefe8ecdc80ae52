"""A whole state folder of a gateway on SQLite, made without a gateway: facts, queues, log, files and keys."""

from __future__ import annotations

from contextlib import contextmanager

from audit_calls import record
from integrated_logs import HandClock, Site

from formats.note import parse_key
from gateway.security.log_keys import holds
from gateway.storage.audit_place import FolderPlace
from gateway.storage.engine import open_engine
from gateway.storage.log_check import LogCheck
from gateway.storage.log_files import LogFolder
from gateway.storage.log_place import log_engine
from gateway.storage.log_store import SqlLogStore
from gateway.storage.log_verify import FolderCheck
from gateway.storage.migrations import FACTS, LOG, upgrade


def make_state(state):
    """Make the tables of a new gateway in a folder."""
    state.mkdir(exist_ok=True)
    facts = open_engine(f"sqlite:///{state / 'facts.sqlite'}")
    log = log_engine(facts, state)
    upgrade(facts, FACTS)
    upgrade(log, LOG)
    facts.dispose()
    log.dispose()


@contextmanager
def site_in(state):
    """Give the queues and the log in a state folder, and a clock that is moved by hand."""
    place = FolderPlace(state / "audit")
    engine = open_engine(f"sqlite:///{state / 'log.sqlite'}")
    try:
        yield Site(place, engine, state, HandClock())
    finally:
        engine.dispose()
        place.close()


def filled_state(state, *steps):
    """Make a state folder whose log has grown in steps; each is the drafts of one writer: ``(writer, drafts)``."""
    make_state(state)
    for writer, drafts in steps:
        grow(state, writer, drafts)
    return state


def grow(state, writer, drafts):
    with site_in(state) as site:
        record(site.place, *drafts, writer=writer)
        return site.integrate()


def flaws_in(state, kept=()):
    """Return what is wrong with the record in a state folder, as ``jsg audit fsck`` says."""
    facts = open_engine(f"sqlite:///{state / 'facts.sqlite'}")
    log, place = log_engine(facts, state), FolderPlace(state / "audit")
    try:
        check = LogCheck(place, SqlLogStore(log, place), LogFolder(state / "log"), holds)
        return check.run(lambda _: None, kept).flaws
    finally:
        place.close()
        log.dispose()
        facts.dispose()


def log_folder(state):
    """Return the folder of the only log that has a checkpoint."""
    (checkpoint,) = (state / "log").glob("*/checkpoint")
    return checkpoint.parent


def verified(folder, kept=()):
    """Verify a log's files by the key that lies beside them, and return the report."""
    key = parse_key((folder / "vkey").read_text().strip())
    return FolderCheck(folder, [key], holds).run(lambda _: None, kept)
