"""Which tests a worker gets together, and in what order they are handed out.

A file's tests go to one worker, so that what its fixtures make is made once; so do the tests of all files that are
marked ``xdist_group`` with one name, which share a gateway. pytest-xdist has this of its own, but looks for groups in a
part of a test's id that pytest no longer has. What takes long comes first: the workers end together. A group's gateway
ends with the group: idle ones would take a good part of the machine from the tests that follow.
"""

from __future__ import annotations

import functools
import re
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from pathlib import Path

SHARED = {
    "served": "served",
    "served_on_postgres": "served-postgres",
    "vouched": "officers",
    "city_of_columns": "disclosed",
    "law": "law",
}
"""Each fixture of ``e2e.fixtures`` that tests share, with the group of those that use it, marked or not."""
LONGEST = ("served", "law")
"""Groups that a worker begins with."""
FOLDERS = ("fault", "e2e", "contract", "property", "fuzz", "supply", "unit")
"""Folders in the order of what a file takes; others come before them."""
_ENTERED = pytest.StashKey[ExitStack]()
_OF_FILE = re.compile(r"^pytestmark = .*xdist_group\(\"([^\"]+)\"\)", re.MULTILINE)
_OF_TEST = re.compile(r"^@pytest\.mark\.xdist_group\(\"([^\"]+)\"\)", re.MULTILINE)
_USED = re.compile(rf"^def \w+\((?:[^)]*[ (])?({'|'.join(SHARED)})[,)]", re.MULTILINE)
_OWN = re.compile(rf"^def ({'|'.join(SHARED)})\(", re.MULTILINE)


@functools.cache
def group_of(file: Path) -> str:
    """Return the group of a file of tests: that of all its tests, else the first that one of them has; or nothing."""
    text = file.read_text(encoding="utf-8")
    found = _OF_FILE.search(text) or _OF_TEST.search(text)
    if found:
        return found[1]
    own = set(_OWN.findall(text))
    return next((SHARED[name] for name in _USED.findall(text) if name not in own), "")


def place(file: Path) -> tuple[int, int, str]:
    """Return by what files are ordered: groups before others, the longest of them first, then by folder."""
    group = group_of(file)
    if group:
        return 0, LONGEST.index(group) if group in LONGEST else len(LONGEST), group
    return 1, FOLDERS.index(file.parent.name) if file.parent.name in FOLDERS else -1, ""


def shared(request, context):
    """Enter *context* for a fixture that a group's tests share, and leave it after the last of them; return its value.

    Whatever else ends the fixture leaves it, too, such as its next parameter.
    """
    own = ExitStack()
    value = own.enter_context(context)
    request.addfinalizer(own.close)
    request.config.stash.setdefault(_ENTERED, ExitStack()).callback(own.close)
    return value


def leave_shared(item, following):
    """Leave what a group shares, unless the test *following* on *item* is of the same; None follows on the last."""
    if following is None or group_of(following.path) != group_of(item.path):
        item.config.stash.setdefault(_ENTERED, ExitStack()).close()


class GroupScheduling(LoadScopeScheduling):
    """Hands out whole groups and whole files, in the order in which they were collected."""

    def __init__(self, config: pytest.Config, log: object = None) -> None:
        super().__init__(config, log)
        # It would order by the number of tests, which says nothing about how long they take.
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return group_of(self.config.rootpath / file) or file
