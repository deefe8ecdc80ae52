"""Two PostgreSQL servers, of which one takes the other's place: connections are to the one that takes writes."""

from __future__ import annotations

import subprocess
import threading
import time
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace

import psycopg
import pytest
from postgres import DURABLE, START_SECONDS, _as_user, _programs, running_postgres
from sqlalchemy import text

from gateway.domain.errors import StoreUnavailableError
from gateway.storage.engine import open_engine, reading, writing

NOBODY = "synchronous_standby_names=nobody"
PATIENCE = 60.0
COUNT = text("SELECT count(*) FROM said")


def run(*command, cwd, as_user):
    subprocess.run(command, check=True, capture_output=True, cwd=cwd, timeout=START_SECONDS, **as_user)


@contextmanager
def standby_of(primary):
    """Give a copy of *primary* that follows it, in a folder and with a socket of its own."""
    folder = primary.folder / "standby"
    as_user = _as_user(primary.folder)
    programs = _programs_of(primary, as_user)
    run(programs / "pg_basebackup", "-h", primary.folder, "-U", "postgres", "-D", folder, "-R", "-c", "fast",
        cwd=primary.folder, as_user=as_user)  # fmt: skip
    settings = f"-c listen_addresses= -k {folder} -c max_connections=60"
    control = (programs / "pg_ctl", "-D", folder, "-w")
    run(*control, "-l", folder / "log", "-o", settings, "start", cwd=folder, as_user=as_user)
    try:
        yield SimpleNamespace(folder=folder, promote=lambda: run(*control, "promote", cwd=folder, as_user=as_user))
    finally:
        run(*control, "-m", "immediate", "stop", cwd=folder, as_user=as_user)


def _programs_of(primary, as_user):
    copied = list(primary.folder.glob("copy/*/pginstall/bin"))
    return copied[0] if copied else _programs(primary.folder, as_user)


@pytest.fixture
def servers():
    """A primary with one table, and a standby of it."""
    with running_postgres(lambda _: None, DURABLE) as primary:
        database = primary.new_database()
        with psycopg.connect(host=str(primary.folder), user="postgres", dbname=database) as connection:
            connection.execute("CREATE TABLE said (what text)")
        with standby_of(primary) as standby:
            yield SimpleNamespace(primary=primary, standby=standby, database=database)


@pytest.fixture
def opened(servers):
    """Return an engine for folders of servers, in their order."""
    with ExitStack() as stack:

        def engine(*folders, more=""):
            hosts = "&".join(f"host={folder}" for folder in folders)
            made = open_engine(f"postgresql+psycopg://postgres@/{servers.database}?{hosts}{more}")
            stack.callback(made.dispose)
            return made

        yield engine


def where(engine):
    with reading(engine) as connection:
        return connection.execute(text("SHOW unix_socket_directories")).scalar_one()


def test_of_several_servers_the_one_that_takes_writes_is_found_and_a_standby_alone_is_refused(servers, opened):
    primary, standby = servers.primary.folder, servers.standby.folder

    assert where(opened(standby, primary)) == str(primary)
    with pytest.raises(StoreUnavailableError):
        where(opened(standby))
    with pytest.raises(ValueError, match="target_session_attrs must be read-write"):
        opened(standby, primary, more="&target_session_attrs=any")


def test_whoever_has_seen_the_server_that_took_the_place_does_not_go_back_to_the_one_before(servers, opened):
    primary, standby = servers.primary.folder, servers.standby.folder
    before = opened(primary, standby)
    assert where(before) == str(primary)
    after = opened(standby, primary)
    with ExitStack() as held:
        # A connection to the first that stays in the pool, as it is, while the other takes its place.
        assert held.enter_context(reading(before)).execute(COUNT).scalar_one() == 0
        servers.standby.promote()
        assert where(after) == str(standby)
    with writing(after) as connection:
        connection.execute(text("INSERT INTO said VALUES ('later')"))

    # The first still takes connections and writes; what it shows is not what is.
    with pytest.raises(StoreUnavailableError):
        where(before)


@contextmanager
def without_standby(servers):
    """Have the primary wait for a standby that never comes, and end its wait as somebody does who thinks it hangs."""
    address = {"host": str(servers.primary.folder), "user": "postgres", "dbname": "postgres"}
    with psycopg.connect(**address, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        connection.execute("SELECT pg_reload_conf()")
        ended = threading.Event()

        def end():
            until = time.monotonic() + PATIENCE
            ending = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
            while not ended.is_set() and time.monotonic() < until:
                connection.execute(ending)
                ended.wait(0.02)

        thread = threading.Thread(target=end)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            connection.execute("ALTER SYSTEM RESET synchronous_standby_names")
            connection.execute("SELECT pg_reload_conf()")


def test_a_commit_whose_wait_for_the_standby_was_ended_is_not_acknowledged(servers, opened):
    engine = opened(servers.primary.folder)
    assert where(engine)
    with without_standby(servers), pytest.raises(StoreUnavailableError), writing(engine) as connection:
        connection.execute(text("INSERT INTO said VALUES ('alone')"))

    # PostgreSQL had stored it; and the connection goes on once a standby is not waited for in vain.
    with writing(engine) as connection:
        connection.execute(text("INSERT INTO said VALUES ('with it')"))
    with reading(engine) as connection:
        assert connection.execute(COUNT).scalar_one() == 2


def test_a_limit_on_statements_that_the_server_sets_ends_no_wait(servers, opened):
    with psycopg.connect(host=str(servers.primary.folder), user="postgres", dbname="postgres") as connection:
        connection.execute(f'ALTER DATABASE "{servers.database}" SET statement_timeout = 50')

    with writing(opened(servers.primary.folder)) as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar_one() == "0"
        connection.execute(text("SELECT pg_sleep(0.2)"))
