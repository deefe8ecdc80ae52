"""The gateways that end-to-end and fault tests share: each is started once for the process and serves until it ends.

Tests that use one carry ``pytestmark = pytest.mark.xdist_group("served")`` (or ``"served-postgres"``, ``"officers"``),
so that one worker has all of them and no second server is started.
"""

from __future__ import annotations

import itertools
from contextlib import ExitStack

import postgres
import pytest
from e2e.disclosed import city_in
from e2e.law_gateway import law_gateway
from e2e.law_maker import PROFILES
from e2e.officers import register
from e2e.served import gateway_in, prepared


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """A gateway over SQLite in one process, with the sample city and the repository's own configuration.

    Gives a ``served.Served``: ``place``, ``port``, ``callers``, ``city``. Tests may add records of new enterprises and
    ask anything; they must leave the sample city's enterprises as they are.
    """
    with gateway_in(tmp_path_factory.mktemp("served")) as gateway:
        yield gateway


@pytest.fixture(scope="session")
def served_on_postgres(tmp_path_factory):
    """The same over an embedded PostgreSQL: facts and audit queue in one database."""
    with pytest.MonkeyPatch.context() as patch:
        # An audit queue opens on no database that could lose what it acknowledged.
        patch.setattr(postgres, "SETTINGS", (*postgres.SETTINGS, "fsync=on"))
        with postgres.running_postgres() as server:
            url = server.url(server.new_database())
            with gateway_in(tmp_path_factory.mktemp("served-postgres"), url=url) as gateway:
                yield gateway


@pytest.fixture(scope="session")
def vouched(tmp_path_factory):
    """A gateway at which two agencies have keys (``e2e.officers``); one has submitted its part of the city with it."""
    folder = tmp_path_factory.mktemp("officers")
    register(prepared(folder, {}))
    with gateway_in(folder) as gateway:
        yield gateway


@pytest.fixture(scope="session")
def city_of_columns(tmp_path_factory):
    """A gateway with a caller for each column of the table of who sees what (``disclosed.City``).

    Tests that use it are in the group ``disclosed``; they leave its enterprise and the one related to it as they are.
    """
    with city_in(tmp_path_factory.mktemp("disclosed") / "gateway") as city:
        yield city


@pytest.fixture(scope="session", params=PROFILES)
def law(request, tmp_path_factory):
    """A gateway under each profile in turn with the enterprises of the law's table (``law_gateway.LawGateway``).

    Tests that use it are in the group ``law``; what they add is about new enterprises.
    """
    with law_gateway(tmp_path_factory.mktemp("law"), request.param) as gateway:
        yield gateway


@pytest.fixture
def start_gateway(tmp_path):
    """Return a function that starts a gateway of this test's own, with the arguments of ``served.gateway_in``.

    It is drained when the test ends.
    """
    numbers = itertools.count()
    with ExitStack() as stack:
        yield lambda **how: stack.enter_context(gateway_in(tmp_path / f"gateway-{next(numbers)}", **how))
