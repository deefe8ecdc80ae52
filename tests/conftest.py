"""How tests run here: what hypothesis tries, which tests go together, and what processes find compiled.

There is no deadline, since machines are shared; in CI the same examples are tried every time. A failure is shrunk and
not explained further: explaining traces every line and takes minutes.
"""

from __future__ import annotations

import logging
import os
import sys

import pytest
from hypothesis import HealthCheck, Phase, settings
from scheduling import GroupScheduling, leave_shared, place

# Before gRPC is imported: otherwise it starts its threads anew in whatever is forked here, such as the PostgreSQL of a
# test before it becomes that, and there they fail over descriptors that are closed meanwhile.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

# What a test imports of openpyxl before ours does reads XML as ours does (``formats.workbook``).
os.environ.setdefault("OPENPYXL_LXML", "False")

# Tests start hundreds of processes, and each would compile the whole program anew where the environment forbids Python
# to keep what it compiled: that is half of what starting takes.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

settings.register_profile(
    "local",
    deadline=None,
    max_examples=60,
    phases=[phase for phase in Phase if phase is not Phase.explain],
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.register_profile("ci", parent=settings.get_profile("local"), derandomize=True, max_examples=100)
settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: place(item.path))


def pytest_xdist_make_scheduler(config, log):
    return GroupScheduling(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    yield
    leave_shared(item, nextitem)


@pytest.fixture(autouse=True)
def _logging_as_it_was():
    """Undo what a command did to the process's logging that a test ran in this process, such as ``serve``."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
