"""F9: the same questions to the gateway, two echoes, an in-house service and Cerbos, in turn, in one run."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from formats.civil import SHANGHAI
from gateway.bench.answers import CERBOS, IN_HOUSE
from gateway.bench.cerbos import as_cerbos, recorded_by, serving_cerbos
from gateway.bench.comparison import WARM_SECONDS, echo_of, gateway_command
from gateway.bench.figures import Side, Spread
from gateway.bench.goals import GOALS
from gateway.bench.load import Load, load_on
from gateway.bench.processes import BenchError, running, serving_port
from gateway.bench.questions import read_questions, write_questions
from gateway.bench.recording_echo import WRITER
from gateway.sample.load import make_load
from gateway.storage.audit_place import FolderPlace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from gateway.bench.comparison import Plan
    from gateway.bench.figures import Round

GATEWAY: Final = "this gateway"
ECHO: Final = "bare echo"
RECORDING: Final = "echo that records"
SERVICE: Final = "in-house service"
CERBOS_BARE: Final = "Cerbos, no audit"
CERBOS_AUDIT: Final = "Cerbos, audit to a file"
SYNCED: Final[Mapping[str, str]] = {
    GATEWAY: "synced before the answer",
    ECHO: "nothing",
    RECORDING: "synced before the answer",
    SERVICE: "synced before the answer",
    CERBOS_BARE: "nothing",
    CERBOS_AUDIT: "a file, not synced",
}
"""What each server has put on the disk of an answer when it leaves."""
_HTTP: Final = ("gateway.bench.http_caller",)


@dataclass(frozen=True, slots=True)
class Peers:
    """Who is measured beside the gateway and the echo.

    Attributes:
        seed: Of the register.
        enterprises: Its size.
        in_house: Measure the in-house service.
        cerbos: Its binary; None to leave it out.
    """

    seed: int
    enterprises: int
    in_house: bool
    cerbos: Path | None


def compare_peers(plan: Plan, peers: Peers, progress: Callable[[int], None]) -> dict[str, list[Round]]:
    """Start every server, and measure rounds of each in turn; only recorded answers count where a server records.

    Raises:
        BenchError: A server or caller ended early, a call was not answered, or an answer was not recorded.
    """
    found: dict[str, list[Round]] = {}
    answered: dict[str, int] = {}
    with ExitStack() as stack:
        loads = _loads(plan, peers, stack)
        for name, load in loads.items():
            answered[name] = load.round(WARM_SECONDS).calls
        for number in range(plan.pairs):
            for name, load in loads.items():
                one = load.round(plan.seconds)
                answered[name] += one.calls
                found.setdefault(name, []).append(one)
            progress(number + 1)
    _require_recorded(plan.folder, answered)
    return found


def _loads(plan: Plan, peers: Peers, stack: ExitStack) -> dict[str, Load]:
    log, callers = plan.folder / "bench-gateway.log", plan.folder / "callers.log"
    gateway = stack.enter_context(running(gateway_command(plan), log))
    port = serving_port(gateway, log)
    loads = {GATEWAY: stack.enter_context(load_on(port, [gateway.pid], plan.asking, callers, verdicts=True))}
    loads[GATEWAY].round(WARM_SECONDS)
    loads[ECHO] = stack.enter_context(echo_of(plan, loads[GATEWAY].answer_bytes))
    loads[RECORDING] = stack.enter_context(echo_of(plan, loads[GATEWAY].answer_bytes, plan.folder / "echo-audit"))
    if peers.in_house:
        loads[SERVICE] = _in_house(plan, peers, stack)
    if peers.cerbos is not None:
        for name in (CERBOS_BARE, CERBOS_AUDIT):
            loads[name] = _cerbos(plan, peers, stack, name)
    return loads


def _in_house(plan: Plan, peers: Peers, stack: ExitStack) -> Load:
    # Imported here: it needs libraries that nothing else of the gateway has.
    from gateway.bench.in_house_register import as_in_house, fill_in_house  # noqa: PLC0415

    database, log = plan.folder / "in-house.sqlite", plan.folder / "in-house.log"
    fill_in_house(f"sqlite:///{database}", make_load(peers.seed, _today(), peers.enterprises))
    questions = plan.folder / "in-house-questions"
    write_questions(questions, as_in_house(read_questions(plan.folder / "questions")))
    settings = {
        "url": f"sqlite:///{database}",
        "certificate": plan.server_certificate,
        "key": plan.server_key,
        "authorities": plan.asking.credentials.authorities,
    }
    process = stack.enter_context(running(["gateway.bench.in_house"], log, settings))
    asking = replace(plan.asking, questions=str(questions), method=IN_HOUSE)
    port, callers = serving_port(process, log), plan.folder / "callers.log"
    return stack.enter_context(load_on(port, [process.pid], asking, callers, verdicts=True, caller=_HTTP))


def _cerbos(plan: Plan, peers: Peers, stack: ExitStack, name: str) -> Load:
    assert peers.cerbos is not None  # noqa: S101 - its only caller has looked
    audit = name == CERBOS_AUDIT
    folder = plan.folder / ("cerbos-audit" if audit else "cerbos-bare")
    questions = plan.folder / "cerbos-questions"
    sanctioned = {
        record.uscc
        for _, record in make_load(peers.seed, _today(), peers.enterprises)
        if record.WhichOneof("fact") in {"listing_act", "publication", "conviction"}
    }
    write_questions(questions, as_cerbos(read_questions(plan.folder / "questions"), sanctioned))
    port, pid = stack.enter_context(serving_cerbos(peers.cerbos, folder, plan, audit=audit))
    asking = replace(plan.asking, questions=str(questions), method=CERBOS)
    return stack.enter_context(load_on(port, [pid], asking, plan.folder / "callers.log", verdicts=True))


def _today() -> date:
    return datetime.now(SHANGHAI).date()


def _require_recorded(folder: Path, answered: Mapping[str, int]) -> None:
    """Count the rows and lines that the peers left: one whose answers are not recorded would be another service."""
    counts = {}
    if RECORDING in answered:
        counts[RECORDING] = FolderPlace(folder / "echo-audit").next_numbers()[WRITER]
    if SERVICE in answered:
        with sqlite3.connect(folder / "in-house.sqlite") as connection:
            (counts[SERVICE],) = connection.execute("SELECT count(*) FROM audit").fetchone()
        connection.close()
    if CERBOS_AUDIT in answered:
        counts[CERBOS_AUDIT] = recorded_by(folder / "cerbos-audit")
    for name, count in counts.items():
        if count < answered[name]:
            raise BenchError(f"{name}: {answered[name]} answers, of which {count} are recorded")


def figures(found: Mapping[str, Sequence[Round]]) -> dict[str, Any]:
    """Return F9, where the in-house service was measured, and the table."""
    judged = {}
    if SERVICE in found:
        pairs = zip(found[GATEWAY], found[SERVICE], strict=True)
        ratio = Spread.of([ours.rate / theirs.rate for ours, theirs in pairs])
        rate = round(Side.of(found[GATEWAY]).rate.value)
        judged["F9"] = GOALS["F9"].judged(ratio, delivered={"calls_per_second": rate})
    return {"figures": judged, "servers": {name: _server(rounds, found[ECHO]) for name, rounds in found.items()}}


def _server(rounds: Sequence[Round], echo: Sequence[Round]) -> dict[str, Any]:
    side = Side.of(rounds)
    ratio = Spread.of([one.rate / bare.rate for one, bare in zip(rounds, echo, strict=True)])
    return {
        "calls_per_second": {"value": round(side.rate.value), "spread": [round(side.rate.low), round(side.rate.high)]},
        "to_echo": round(ratio.value, 3),
        "cpu_us_per_call": round(side.cpu_us.value),
        "p50_us": side.latencies_us[0],
        "p99_us": side.latencies_us[-1],
        "verdicts": {verdict: round(share, 4) for verdict, share in side.verdicts.items()},
    }


def table(result: Mapping[str, Any]) -> str:
    """Return the table for people."""
    rows = [f"{'':24}{'calls/s':>22}{': echo':>8}{'CPU µs':>8}{'p50 ms':>8}{'p99 ms':>8}  on the disk at the answer"]
    for name, each in result["servers"].items():
        rate = each["calls_per_second"]
        shown = f"{rate['value']:,} ({rate['spread'][0]:,} to {rate['spread'][1]:,})"
        rows.append(
            f"{name:24}{shown:>22}{each['to_echo']:>8g}{each['cpu_us_per_call']:>8,}"
            f"{each['p50_us'] / 1000:>8.1f}{each['p99_us'] / 1000:>8.1f}  {SYNCED[name]}"
        )
    return "\n".join(rows)
