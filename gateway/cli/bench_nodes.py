"""The gateway of F7: one node, or two on one PostgreSQL, of which one commits and the other is asked."""

from __future__ import annotations

import re
import shutil
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import common_pb2, credit_pb2
from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from gateway.bench.processes import BenchError
from gateway.bootstrap.config import StartError
from gateway.cli.local_city import Callers, Place, prepare, serving
from gateway.storage.engine import open_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOADING: Final = "bench-load"
_LOADING_AGENCY: Final = f"""
[[agency]]
id = "{LOADING}"
role = "asking-system"
name_zh = "负载测试机构"
name_en = "Agency that Makes the Load"
territory = "420300"
areas = ["BIDDING"]
points = ["BIDDING_*"]
"""
FOLLOW_SECONDS: Final = 30.0
_STORE: Final = 'kind = "sqlite"'
_NODE: Final = re.compile(r'^node = "[^"]*"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Node:
    """One serving node: where it lives, its port and its process."""

    place: Place
    port: int
    process: int


@dataclass(frozen=True, slots=True)
class Pair:
    """The node that commits and the one that is asked; where there is one node, it is both."""

    committing: Node
    asked: Node
    restart: Callable[[], int]
    """Start the one that is asked again, on its port; returns the number of its process."""


def with_loading_agency(config: Path, folder: Path) -> Path:
    """Return a copy of the configuration with one agency more, which makes the load.

    An agency's calls wait behind its own and not behind others': an adapter whose agency made the load would measure
    the queue that it made itself.
    """
    copy = Path(shutil.copytree(config, folder / "config"))
    with (copy / "agencies.toml").open("a", encoding="utf-8") as agencies:
        agencies.write(_LOADING_AGENCY)
    return copy


@contextmanager
def one_node(place: Place) -> Iterator[Pair]:
    """Serve a new state folder; yields the node twice, as the one that commits and the one that is asked."""
    prepare(place.config, place.state)
    with _restartable(place) as (node, restart):
        yield Pair(node, node, restart)


@contextmanager
def two_nodes(place: Place, url_file: Path) -> Iterator[Pair]:
    """Serve two nodes on one empty database, which is emptied again; yields who commits and who is asked.

    Args:
        place: A configuration of our own, which is changed, and the folder for everything.
        url_file: Holds the database's address.

    Raises:
        StartError: The database cannot be reached or is not empty, or a node did not serve.
    """
    with _empty_database(url_file):
        _on_postgres(place.config, url_file)
        one = Place(place.config, place.state / "one")
        other = Place(Path(shutil.copytree(place.config, place.state / "config-other")), place.state / "other")
        _edit(other.config, _NODE, 'node = "bench-other"')
        prepare(one.config, one.state)
        with serving(one, "127.0.0.1:0") as (first, committing):
            # Nodes have one authority and the same keys; where facts and record lie, the database says.
            for folder in ("pki", "keys"):
                shutil.copytree(one.state / folder, other.state / folder)
            with _restartable(other) as (asked, restart):
                yield Pair(Node(one, first, committing.pid), asked, restart)


@contextmanager
def _restartable(place: Place) -> Iterator[tuple[Node, Callable[[], int]]]:
    """Serve a prepared state folder; yields the node, and what ends its process and starts another on its port."""
    with ExitStack() as running:
        port, process = running.enter_context(serving(place, "127.0.0.1:0"))

        def restart() -> int:
            running.close()
            return running.enter_context(serving(place, f"127.0.0.1:{port}"))[1].pid

        yield Node(place, port, process.pid), restart


def wait_until_followed(callers: Callers, who: str, uscc: str, revision: int) -> None:
    """Ask until the node of *callers* answers with certainty at *revision*.

    Raises:
        BenchError: It never did.
    """
    request = credit_pb2.CheckEligibilityRequest(enterprise=common_pb2.EnterpriseRef(uscc=uscc))
    request.question.area = common_pb2.AREA_AWARDS
    request.question.decision_point = common_pb2.DECISION_POINT_AWARDS_NOMINATION
    request.question.case_ref = request.question.officer = "bench"
    request.question.at_least_as_fresh = revision
    until, why = time.monotonic() + FOLLOW_SECONDS, "it did not answer"
    while time.monotonic() < until:
        unverifiable = callers.as_caller(who).check(request).decision.unverifiable_because
        if not unverifiable:
            return
        why = str(unverifiable[0])
    raise BenchError(f"a node does not follow the other: {why}")


def _on_postgres(config: Path, url_file: Path) -> None:
    _edit(config, re.compile(re.escape(_STORE)), f'kind = "postgresql"\nurl_file = "{url_file}"')


def _edit(config: Path, old: re.Pattern[str], new: str) -> None:
    file = config / "gateway.toml"
    changed, count = old.subn(lambda _: new, file.read_text(encoding="utf-8"))
    if count != 1:
        raise StartError(f"{file} has no {old.pattern}")
    file.write_text(changed, encoding="utf-8")


@contextmanager
def _empty_database(url_file: Path) -> Iterator[None]:
    """Refuse a database that holds anything, and leave it as empty as it was."""
    try:
        engine = open_engine(url_file.read_text(encoding="utf-8").strip())
        tables = inspect(engine).get_table_names()
    except (OSError, ValueError, SQLAlchemyError) as error:
        raise StartError(f"--postgres {url_file}: {type(error).__name__}: the database cannot be used") from error
    if tables:
        engine.dispose()
        raise StartError(f"--postgres {url_file}: the database is not empty ({tables[0]}): give the benchmark its own")
    try:
        yield
    finally:
        with engine.begin() as connection:
            for statement in ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public"):
                connection.execute(text(statement))
        engine.dispose()
