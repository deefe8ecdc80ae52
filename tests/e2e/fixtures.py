"""The gateways that end-to-end and fault tests share: each is started once and serves until its group's last test.

Tests that use one carry ``pytestmark = pytest.mark.xdist_group("served")``, or the group of its fixture in
``scheduling.SHARED``, so that one worker has all of them, one after the other, and no second server is started.
"""

from __future__ import annotations

import itertools
from contextlib import ExitStack, contextmanager

import postgres
import pytest
from e2e.disclosed import city_in
from e2e.law_gateway import law_gateway
from e2e.law_maker import PROFILES
from e2e.officers import register
from e2e.served import gateway_in, prepared
from scheduling import shared


@pytest.fixture(scope="session")
def served(request, tmp_path_factory):
    """A gateway over SQLite in one process, with the sample city and the repository's own configuration.

    Gives a ``served.Served``: ``place``, ``port``, ``callers``, ``city``. Tests may add records of new enterprises and
    ask anything; they must leave the sample city's enterprises as they are.
    """
    return shared(request, gateway_in(tmp_path_factory.mktemp("served")))


@pytest.fixture(scope="session")
def served_on_postgres(request, tmp_path_factory):
    """The same over an embedded PostgreSQL: facts and audit queue in one database."""
    return shared(request, _on_postgres(tmp_path_factory.mktemp("served-postgres")))


@contextmanager
def _on_postgres(folder):
    with pytest.MonkeyPatch.context() as patch:
        # An audit queue opens on no database that could lose what it acknowledged.
        patch.setattr(postgres, "SETTINGS", (*postgres.SETTINGS, "fsync=on"))
        with postgres.running_postgres() as server:
            url = server.url(server.new_database())
            with gateway_in(folder, url=url) as gateway:
                yield gateway


@pytest.fixture(scope="session")
def vouched(request, tmp_path_factory):
    """A gateway at which two agencies have keys (``e2e.officers``); one has submitted its part of the city with it."""
    folder = tmp_path_factory.mktemp("officers")
    register(prepared(folder, {}))
    return shared(request, gateway_in(folder))


@pytest.fixture(scope="session")
def city_of_columns(request, tmp_path_factory):
    """A gateway with a caller for each column of the table of who sees what (``disclosed.City``).

    Tests that use it are in the group ``disclosed``; they leave its enterprise and the one related to it as they are.
    """
    return shared(request, city_in(tmp_path_factory.mktemp("disclosed") / "gateway"))


@pytest.fixture(scope="session", params=PROFILES)
def law(request, tmp_path_factory):
    """A gateway under each profile in turn with the enterprises of the law's table (``law_gateway.LawGateway``).

    Tests that use it are in the group ``law``; what they add is about new enterprises.
    """
    return shared(request, law_gateway(tmp_path_factory.mktemp("law"), request.param))


@pytest.fixture
def start_gateway(tmp_path):
    """Return a function that starts a gateway of this test's own, with the arguments of ``served.gateway_in``.

    It is drained when the test ends.
    """
    numbers = itertools.count()
    with ExitStack() as stack:
        yield lambda **how: stack.enter_context(gateway_in(tmp_path / f"gateway-{next(numbers)}", **how))
