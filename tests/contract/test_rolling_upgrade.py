"""Nodes are replaced one after another: a program runs on tables of a later version that says so, and on no others."""

from __future__ import annotations

from pathlib import Path

import pytest
from audit_calls import DRAFT, record
from sqlalchemy import text
from store_samples import RULES, SystemClock, act, code, profile, submission

from gateway.domain.errors import StoreUnavailableError
from gateway.storage import migrations
from gateway.storage.audit_place import DatabasePlace
from gateway.storage.engine import reading, writing
from gateway.storage.facts import SqlFactStore
from gateway.storage.history import SqlHistory
from gateway.storage.index import TimelineIndex
from gateway.storage.migrations import AUDIT, FACTS, LOG, OLDEST, is_current, keep_oldest, upgrade

pytest_plugins = ("audit_places",)
BRANCHES = (FACTS, AUDIT, LOG)
VERSIONS = Path(migrations.__file__).parent / "versions"


@pytest.fixture
def database(whole_database):
    """A database whose tables are up to date."""
    return whole_database


def later(engine, branch, oldest):
    """Say that a later program has migrated *branch*, and the oldest that runs on it."""
    with writing(engine) as connection:
        moved = text("UPDATE alembic_version SET version_num = :later WHERE version_num LIKE :branch")
        connection.execute(moved, {"later": f"{branch}_9999", "branch": f"{branch}_%"})
        connection.execute(text("UPDATE tables_floor SET oldest = :o WHERE branch = :b"), {"o": oldest, "b": branch})


def floors(engine):
    with reading(engine) as connection:
        return {row.branch: row.oldest for row in connection.execute(text("SELECT * FROM tables_floor"))}


def test_the_oldest_program_is_kept_beside_the_tables(database):
    assert floors(database) == OLDEST
    assert all(is_current(database, branch) for branch in BRANCHES)


def test_what_is_the_oldest_is_a_version_that_there_is_and_none_after_the_newest():
    for branch, oldest in OLDEST.items():
        files = sorted(file.stem for file in VERSIONS.glob(f"{branch}_*.py"))
        assert oldest in files


@pytest.mark.parametrize("branch", BRANCHES)
def test_a_program_runs_on_later_tables_that_say_so_and_leaves_them(database, branch):
    later(database, branch, OLDEST[branch])

    assert is_current(database, branch)
    upgrade(database, branch)
    keep_oldest(database)
    assert is_current(database, branch)
    assert floors(database) == OLDEST
    with reading(database) as connection:
        heads = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    assert f"{branch}_9999" in heads


def test_a_later_program_says_it_anew(database):
    before = {branch: f"{branch}_0001" for branch in BRANCHES}
    with writing(database) as connection:
        connection.execute(text("UPDATE tables_floor SET oldest = branch || '_0001'"))
    assert floors(database) == before
    keep_oldest(database)
    keep_oldest(database)
    assert floors(database) == OLDEST


@pytest.mark.parametrize("branch", BRANCHES)
def test_what_a_later_program_has_said_of_the_tables_stays(database, branch):
    later(database, branch, OLDEST[branch])
    other = {**OLDEST, branch: f"{branch}_0001"}
    with writing(database) as connection:
        connection.execute(
            text("UPDATE tables_floor SET oldest = :o WHERE branch = :b"), {"o": other[branch], "b": branch}
        )
    keep_oldest(database)
    assert floors(database) == other


@pytest.mark.parametrize("branch", BRANCHES)
def test_a_program_does_not_run_on_later_tables_that_want_a_later_one(database, branch):
    later(database, branch, f"{branch}_9998")

    assert not is_current(database, branch)
    with pytest.raises(StoreUnavailableError, match="later version"):
        upgrade(database, branch)


def test_tables_that_say_nothing_of_themselves_are_for_their_own_program(database):
    later(database, FACTS, OLDEST[FACTS])
    with writing(database) as connection:
        connection.execute(text("DROP TABLE tables_floor"))
    assert not is_current(database, FACTS)


def test_it_stores_answers_and_records_on_tables_to_which_something_was_added(database):
    with writing(database) as connection:
        for table in ("simple_record", "listing_act", "revision", "audit_entry", "lease", "log"):
            connection.execute(text(f"ALTER TABLE {table} ADD COLUMN of_a_later_version text"))
        connection.execute(text("CREATE TABLE of_a_later_version (id bigint PRIMARY KEY)"))
    for branch in BRANCHES:
        later(database, branch, OLDEST[branch])
    SqlFactStore(database).submit(submission("a", profile(1), act(1)))
    record(DatabasePlace(database), DRAFT)

    index = TimelineIndex(SqlHistory(database), RULES, SystemClock())
    index.load()
    assert index.revision == 1
    assert index.find(code(1)) is not None
    assert list(DatabasePlace(database).next_numbers().values()) == [1]
