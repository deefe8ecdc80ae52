"""Cerbos, a policy decision point that is not ours, beside which F9's table is measured: its files and its process.

It answers the same rule over gRPC and mutual TLS. It keeps no register: who asks tells it what weighs on the
enterprise, and has to look it up first. Its audit goes to a file that it does not sync.
"""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import credit_pb2

from gateway.bench.cerbos_messages import CheckResourcesRequest
from gateway.bench.processes import BenchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gateway.bench.comparison import Plan

BINARY: Final = Path("build/cerbos/node_modules/@cerbos/cerbos-linux-x64/cerbos-linux-x64")
"""Where ``make cerbos`` puts it."""
START_SECONDS: Final = 30.0
ACTION: Final = "award"
ROLE: Final = "asking-system"
_RULE: Final = "R.attr.sanctioned && (R.attr.must_be_tendered || R.attr.state_funds)"
_POLICY: Final[dict[str, Any]] = {
    "apiVersion": "api.cerbos.dev/v1",
    "resourcePolicy": {
        "version": "default",
        "resource": "enterprise",
        "rules": [
            {"actions": [ACTION], "effect": "EFFECT_ALLOW", "roles": [ROLE]},
            {
                "actions": [ACTION],
                "effect": "EFFECT_DENY",
                "roles": [ROLE],
                "condition": {"match": {"expr": _RULE}},
            },
        ],
    },
}


def as_cerbos(questions: Sequence[bytes], sanctioned: set[str]) -> Iterator[bytes]:
    """Yield each of the gateway's questions as Cerbos is asked it, with what weighs on the enterprise."""
    for place, raw in enumerate(questions):
        asked = credit_pb2.CheckEligibilityRequest.FromString(raw)
        facts = asked.question.case_facts.bidding
        request = CheckResourcesRequest(request_id=str(place))
        request.principal.id = asked.question.officer
        request.principal.roles.append(ROLE)
        request.principal.attr["case_ref"].string_value = asked.question.case_ref
        resource = request.resources.add(actions=[ACTION]).resource
        resource.kind, resource.id = "enterprise", asked.enterprise.uscc
        resource.attr["sanctioned"].bool_value = asked.enterprise.uscc in sanctioned
        resource.attr["must_be_tendered"].bool_value = facts.must_be_tendered
        resource.attr["state_funds"].bool_value = facts.state_funds
        yield request.SerializeToString()


@contextmanager
def serving_cerbos(binary: Path, folder: Path, plan: Plan, *, audit: bool) -> Iterator[tuple[int, int]]:
    """Serve Cerbos with the gateway's certificate from files in *folder*, which is new; yields its port and process.

    Raises:
        BenchError: It cannot be started, or does not serve.
    """
    port = _free_port()
    config = _written(folder, plan, port, audit=audit)
    with (folder / "cerbos.log").open("ab") as sink:
        try:
            process = subprocess.Popen(  # noqa: S603 - the binary that was named
                [str(binary), "server", "--log-level=error", f"--config={config}"], stdout=sink, stderr=sink
            )
        except OSError as error:
            raise BenchError(f"Cerbos cannot be started: {error}") from error
    try:
        _wait(process, port, folder / "cerbos.log")
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=START_SECONDS)


def recorded_by(folder: Path) -> int:
    """Return how many decisions Cerbos wrote to its file; it writes the last of them when it ends."""
    lines = (folder / "audit.log").read_text(encoding="utf-8").splitlines()
    return sum('"log.kind":"decision"' in line for line in lines)


def _written(folder: Path, plan: Plan, port: int, *, audit: bool) -> Path:
    """Write policy and configuration, which Cerbos reads as YAML: JSON is that too."""
    policies = folder / "policies"
    policies.mkdir(parents=True)
    (policies / "enterprise.json").write_text(json.dumps(_POLICY), encoding="utf-8")
    config = {
        "server": {
            "httpListenAddr": f"127.0.0.1:{_free_port()}",
            "grpcListenAddr": f"127.0.0.1:{port}",
            "tls": {
                "cert": plan.server_certificate,
                "key": plan.server_key,
                "caCert": plan.asking.credentials.authorities,
            },
        },
        "storage": {"driver": "disk", "disk": {"directory": str(policies), "watchForChanges": False}},
        "telemetry": {"disabled": True},
        "audit": {
            "enabled": audit,
            "accessLogsEnabled": False,
            "decisionLogsEnabled": audit,
            "backend": "file",
            "file": {"path": str(folder / "audit.log")},
        },
    }
    file = folder / "cerbos.json"
    file.write_text(json.dumps(config, indent=1), encoding="utf-8")
    return file


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise BenchError(f"Cerbos did not serve; see {log}: {log.read_text(encoding='utf-8')[-500:]}")
