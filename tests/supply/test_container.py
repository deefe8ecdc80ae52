"""The image holds what the lock names and our own tree, runs as nobody, and has no secret and no registry in it."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from gateway.cli.main import parser

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "deploy/container/Containerfile").read_text(encoding="utf-8")
LINES = "\n".join(line for line in TEXT.splitlines() if not line.startswith("#")).replace("\\\n", " ").splitlines()
STEPS = [tuple(re.split(r"\s+", line.strip(), maxsplit=1)) for line in LINES if line.strip()]
LAST = STEPS[max(place for place, (word, _) in enumerate(STEPS) if word == "FROM") :]
IGNORED = [
    line
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]


def of(word, steps=STEPS):
    return [rest for each, rest in steps if each == word]


def test_whoever_builds_says_from_which_image_and_no_registry_is_named():
    assert STEPS[0] == ("ARG", "BASE")
    assert of("FROM") == ["${BASE} AS build", "${BASE}"]
    assert not re.search(r"https?://|docker\.|quay\.|ghcr\.|\b[a-z0-9-]+\.(io|com|cn|org)/", TEXT)


def test_what_is_installed_is_hashed_wheels_of_the_lock_and_our_own_tree():
    locked, own = [line for rest in of("RUN") for line in re.findall(r"\bpip install\b[^&]*", rest)]

    assert locked.endswith("-r requirements/runtime.lock")
    assert {"--require-hashes", "--only-binary", ":all:", "--no-cache-dir"} <= set(locked.split())
    assert own.strip().endswith(" .")
    assert {"--no-deps", "--no-build-isolation", "--no-index"} <= set(own.split())
    assert not re.search(r"\b(apt|apk|dnf|curl|wget|git)\b", " ".join(of("RUN")))


def test_what_is_copied_is_there_and_nothing_else_reaches_the_builder():
    copied = [each for rest in of("COPY") if not rest.startswith("--from") for each in rest.split()[:-1]]

    assert of("ADD") == []
    assert IGNORED[0] == "*"
    assert sorted(line[1:] for line in IGNORED if line.startswith("!")) == sorted(copied)
    assert all((ROOT / each).exists() for each in copied)
    assert {name.split(".")[0] for name in PACKAGES} - {"jointsanctions"} <= set(copied)
    assert of("COPY", LAST) == ["--from=build /opt/jsg /opt/jsg"]


def test_it_runs_as_a_user_without_name_or_right():
    (user,) = of("USER")
    uid, gid = map(int, user.split(":"))

    assert min(uid, gid) >= 10_000
    assert [word for word, _ in LAST].index("USER") < [word for word, _ in LAST].index("ENTRYPOINT")
    assert of("RUN", LAST) == [], "the last stage only copies"


def test_nothing_that_opens_anything_is_in_it():
    settings = " ".join([*of("ENV"), *of("ARG"), *of("LABEL")])

    assert not re.search(r"(?i)password|secret|token|credential|_key\b", settings)
    assert all("type=secret" in rest for rest in of("RUN") if "pip.conf" in rest)


@pytest.mark.parametrize("word", ["HEALTHCHECK", "CMD"])
def test_what_it_runs_is_a_command_of_ours(word):
    (rest,) = of(word, LAST)
    words = json.loads(rest[rest.index("[") :])
    if word == "HEALTHCHECK":
        assert words.pop(0) == "jsg"
    else:
        assert json.loads(of("ENTRYPOINT")[0]) == ["jsg"]

    assert parser(words).parse_args(words).run
