"""Our own side-car, a real process, before the kit as it is typed: it keeps every promise, killed in between or not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conformance_runs import free_port

CONFIG = Path(__file__).parents[2] / "config"
JSG = (sys.executable, "-P", "-m", "gateway", "--config", str(CONFIG))
RESTART = """
import json, os, signal, subprocess, sys
folder, *command = sys.argv[1:]
pid = os.path.join(folder, "pid")
if os.path.exists(pid):
    os.kill(int(open(pid).read()), signal.SIGKILL)
    while os.path.exists(f"/proc/{open(pid).read()}"):
        pass
log = open(os.path.join(folder, "log"), "ab")
process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
open(pid, "w").write(str(process.pid))
"""


def run(*words, timeout=250):
    return subprocess.run(words, capture_output=True, text=True, timeout=timeout, check=False)


@pytest.fixture(params=["bidding", *(pytest.param(area, marks=pytest.mark.slow) for area in ("licensing", "lending"))])
def folder(tmp_path, request):
    found = tmp_path / "kit"
    adapter = f"127.0.0.1:{free_port()}"
    listen = ("--gateway-listen", f"127.0.0.1:{free_port()}", "--adapter-listen", adapter)
    area = request.param
    made = run(*JSG, "conformance", "prepare", str(found), "--area", area, *listen)
    assert made.returncode == 0, made.stderr
    command = (*JSG, "--state", str(found), "adapter", area, "--file", str(found / f"adapter-{area}.toml"))
    restart = (sys.executable, "-c", RESTART, str(found), *command)
    assert run(*restart).returncode == 0
    yield found, adapter, restart
    run("kill", (found / "pid").read_text(encoding="utf-8"))


def test_our_side_car_keeps_every_promise_though_it_is_killed(folder):
    place, adapter, restart = folder
    words = place / "restart.json"
    words.write_text(json.dumps(restart), encoding="utf-8")
    script = place / "restart.py"
    script.write_text(f"import json, os\na = json.load(open({str(words)!r}))\nos.execv(a[0], a)\n", encoding="utf-8")
    again = ("--restart", f"{sys.executable} {script}")

    played = run(*JSG, "conformance", adapter, "--folder", str(place), *again, "--json")

    said = json.loads(played.stdout)
    wrong = [each for each in said["promises"] if each["result"] != "pass"]
    assert (played.returncode, wrong) == (0, []), played.stderr
    assert said["whole"]
    assert said["adapter"] == f"https://{adapter}"
