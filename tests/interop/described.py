"""Hands the document of every side-car to Schemathesis, a generator that is not ours: ``make schemathesis``.

    python tests/interop/described.py SCHEMATHESIS [EXAMPLES [AREA …]]

A gateway with the sample city is served, and beside it one side-car after the other; Schemathesis makes requests of the
side-car's own document, good and bad, and holds the answers against it with all its checks. What it finds is printed;
the exit code is 1 when it found anything, or could not look.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from e2e.served import gateway_in
from e2e.sidecars import sidecar_of

from adapters.http.areas import AREAS

EXAMPLES = "20"
SEED = "20261129"
NOT_OURS = (
    # A question that is well formed may be refused for what it says, such as a case without its earlier answer.
    "positive_data_acceptance",
)
"""Checks that do not hold for a service whose answers depend on what is on record; each with its reason."""


def looked_at(program: Path, port: int, examples: str, folder: Path) -> bool:
    """Return whether Schemathesis found nothing at this port; what it keeps goes into *folder*."""
    place = f"http://127.0.0.1:{port}/openapi.json"
    words = [str(program), "run", place, "--checks", "all", "--exclude-checks", ",".join(NOT_OURS)]
    more = ["--max-examples", examples, "--seed", SEED, "--continue-on-failure", "--no-color"]
    return subprocess.run([*words, *more], check=False, cwd=folder).returncode == 0


def main(program: str, examples: str = EXAMPLES, *names: str) -> int:
    """Look at the areas with these names; at all without one."""
    found = []
    with tempfile.TemporaryDirectory() as folder, gateway_in(Path(folder) / "gateway") as gateway:
        for name in names or AREAS:
            begun, own = time.monotonic(), Path(folder) / name
            own.mkdir()
            with sidecar_of(gateway.place, own, gateway.port, area=name) as sidecar:
                found += [] if looked_at(Path(program).absolute(), sidecar.port, examples, own) else [name]
            print(f"== {name}: {time.monotonic() - begun:.0f} s", flush=True)
    print(f"objections: {', '.join(found) or 'none'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
