"""Running the parts of ``jsg bench all`` one after the other, each once: what is measured is kept until all are.

A part that was measured is not measured again while its command, the machine and our own code are the same, so that a
run that was broken off goes on. A part that failed is measured again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import adapters
import formats
import gateway
from gateway.bench.goals import GOALS
from gateway.bench.machine import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gateway.bench.parts import Part

ROOT: Final = Path(gateway.__file__).parents[1]
CAMPAIGN: Final = ROOT / "tests/fault/campaign.py"
SAME: Final = ("processor", "cores", "kernel", "python", "grpcio")
"""What makes a machine the same to a part that was measured before."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of one part.

    Attributes:
        command: As it could be typed.
        at: Instant at which it was over, UTC.
        seconds: How long it took.
        machine: As it was found before, its load included.
        figures: By name, as ``Goal.judged`` returns them; empty where it failed.
        fault: In one sentence why there are none; empty when there are.
        possible: Something that is needed and not here is no failure: to try again would change nothing.
        code: Hash of the code that was measured.
    """

    command: str
    at: str
    seconds: float
    machine: Mapping[str, Any]
    figures: Mapping[str, Mapping[str, Any]]
    fault: str
    possible: bool
    code: str


@dataclass(frozen=True, slots=True)
class Run:
    """One run: configuration, folder of its own, sizes, and the file with a PostgreSQL's address, or ""."""

    config: Path
    folder: Path
    quick: bool
    postgres: str


def run_parts(run: Run, parts: Sequence[Part], say: Callable[[str], None]) -> dict[str, Measured]:
    """Return what came of each part, measured now or before."""
    run.folder.mkdir(parents=True, exist_ok=True)
    code, found = code_digest(), {}
    for number, part in enumerate(parts, 1):
        kept = run.folder / f"{part.name}.json"
        one = _kept(kept, _command(run, part, run.folder / part.name), describe(run.folder), code)
        what = f"part {number} of {len(parts)}, {part.name}"
        if one is not None:
            say(f"{what}: measured at {one.at}")
        else:
            say(f"{what}: {', '.join(part.figures)}")
            one = _measure(run, part, code)
            say(f"{what}: {one.fault or f'measured in {one.seconds:,.0f} s'}")
            if not one.fault:
                kept.write_text(json.dumps(asdict(one), ensure_ascii=False), encoding="utf-8")
        found[part.name] = one
    return found


def forget(folder: Path, found: Mapping[str, Measured]) -> None:
    """Forget what was kept, once nothing is left to go on with: the next run measures everything anew."""
    if not any(one.fault and one.possible for one in found.values()):
        for name in found:
            (folder / f"{name}.json").unlink(missing_ok=True)


def code_digest() -> str:
    """Return a hash of all Python code of gateway, adapters and formats."""
    digest = hashlib.sha256()
    for package in (gateway, adapters, formats):
        folder = Path(package.__path__[0])
        for file in sorted(folder.rglob("*.py")):
            digest.update(f"{file.relative_to(folder)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def _kept(file: Path, command: Sequence[str], machine: Mapping[str, Any], code: str) -> Measured | None:
    """Return what was measured before by the same command and code on the same machine; None when there is nothing."""
    if not file.exists():
        return None
    one = Measured(**json.loads(file.read_text(encoding="utf-8")))
    same = one.command == shlex.join(command) and one.code == code
    return one if same and all(one.machine[name] == machine[name] for name in SAME) else None


def _command(run: Run, part: Part, state: Path) -> list[str]:
    words = part.words(quick=run.quick, postgres=run.postgres)
    if part.campaign:
        return [str(CAMPAIGN), *words]
    return ["jsg", "--config", str(run.config), "--state", str(state), "bench", *words, "--json"]


def _measure(run: Run, part: Part, code: str) -> Measured:
    """Run one part in a state folder that nothing was in; its standard error is ours."""
    state = run.folder / part.name
    shutil.rmtree(state, ignore_errors=True)
    machine, begun = describe(run.folder), time.monotonic()
    command = _command(run, part, state)
    program = [sys.executable, str(CAMPAIGN)] if part.campaign else [sys.executable, "-P", "-m", "gateway"]
    fault = lacking = _cannot(run, part)
    figures: dict[str, Any] = {}
    if not lacking:
        words = command[1:]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)} if part.campaign else None
        done = subprocess.run(  # noqa: S603 - our own programs
            [*program, *words], stdout=subprocess.PIPE, text=True, check=False, env=environment
        )
        figures, fault = _told(part, done)
        shutil.rmtree(state, ignore_errors=True)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    seconds = time.monotonic() - begun
    return Measured(shlex.join(command), at, seconds, machine, figures, fault, not lacking, code)


def _cannot(run: Run, part: Part) -> str:
    if part.campaign and not CAMPAIGN.is_file():
        return f"there is no {CAMPAIGN.name} here: the campaign of faults comes with the tests"
    if part.postgres and not run.postgres:
        return "needs --postgres, a file with the address of an empty database"
    return ""


def _told(part: Part, done: subprocess.CompletedProcess[str]) -> tuple[dict[str, Any], str]:
    """Return the figures of a part's output, and why there are none; a command that missed a bar tells them too."""
    lines = done.stdout.strip().splitlines()
    try:
        whole = json.loads(lines[-1] if part.campaign and lines else done.stdout)
        told = whole["figures"]
    except (ValueError, KeyError, TypeError):
        return {}, f"failed with {done.returncode}; what it said stands above"
    if lacking := [name for name in part.figures if name not in told]:
        return {}, "; ".join(whole.get("missing", ())) or f"did not measure {', '.join(lacking)}"
    return {name: told[name] for name in GOALS if name in part.figures}, ""
