"""Cerbos as `make cerbos` installs it, beside the gateway: it answers the same rule, and its audit has every answer."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from e2e.test_bench_runs import jsg

from gateway.bench.cerbos import BINARY

ROOT = Path(__file__).parents[2]


def test_cerbos_is_measured_with_and_without_its_audit(tmp_path):
    command = ["make", "cerbos"]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ROOT / BINARY).is_file(), made.stdout + made.stderr

    # Of some 300 enterprises a few are listed, so that both answers are given.
    sizes = ("--enterprises", "300", "--pairs", "1", "--seconds", "1", "--in-flight", "6")
    done = jsg(tmp_path / "state", "bench", "peers", *sizes, "--cerbos", str(ROOT / BINARY), "--json", timeout=250)

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["missing"] == []
    servers = result["servers"]
    assert len(servers) == 6
    for name in ("Cerbos, no audit", "Cerbos, audit to a file"):
        assert servers[name]["calls_per_second"]["value"] > 0
        assert set(servers[name]["verdicts"]) == {"CLEAR", "RESTRICTED"}
        assert servers[name]["verdicts"]["CLEAR"] > 0.8
