"""Hands a log, its proofs and a fork of it to verifiers that are not ours: ``make interop``.

Verifiers in Python get an environment of their own in a temporary folder, Go's comes from Debian packages. Whatever
this machine cannot install is named as skipped. Exit code 0: at least two verifiers ran, and none that ran objected.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
VERIFIERS = HERE / "verifiers"
LEAST = 2
"""Verifiers that must have run."""
NEWER_PYTHONS = ("python3.14", "python3.13", "python3.12")
GO_PATH = "/usr/share/gocode"
DEBIAN_PACKAGES = ("golang-go", "golang-golang-x-mod-dev")
INSTALL_SECONDS = 600
VERIFY_SECONDS = 1800


@dataclass
class Result:
    """Which verifiers ran and were content, which objected, which could not be had."""

    ran: list[str] = field(default_factory=list)
    objected: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def run(self, name: str, words: list[str], **options: object) -> None:
        """Run a verifier and take down what came of it."""
        done = subprocess.run(words, capture_output=True, text=True, timeout=VERIFY_SECONDS, check=False, **options)
        said = (done.stdout + done.stderr).strip().splitlines()
        print(f"{name}: {said[-1] if said else 'said nothing'}", flush=True)
        (self.ran if done.returncode == 0 else self.objected).append(name)

    def skip(self, name: str, why: str) -> None:
        """Say that a verifier could not be had."""
        print(f"{name}: SKIPPED: {why}", flush=True)
        self.skipped.append(name)


def newer_python() -> str | None:
    """Return a Python of at least 3.12, where there is one."""
    if sys.version_info >= (3, 12):
        return sys.executable
    found = [shutil.which(name) for name in NEWER_PYTHONS]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found += [str(each) for name in NEWER_PYTHONS for each in sorted(pyenv.glob(f"{name[6:]}.*/bin/{name}"))]
    for each in found:
        if each and subprocess.run([each, "-c", "import venv"], check=False, capture_output=True).returncode == 0:
            return each
    return None


def environment(folder: Path, python: str, *packages: str) -> str | None:
    """Return the Python of an environment with these packages; None when they cannot be had."""
    own = str(folder / "bin" / "python")
    for words in ([python, "-m", "venv", str(folder)], [own, "-m", "pip", "install", "--quiet", *packages]):
        try:
            done = subprocess.run(words, capture_output=True, timeout=INSTALL_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return None
        if done.returncode:
            return None
    return own


def check_aics(result: Result, made: Path, scratch: Path) -> None:
    """Run ``aics-tlog`` over log and proofs, and ``aics-witness`` over checkpoints."""
    python = newer_python()
    own = python and environment(scratch / "aics", python, "aics-tlog", "aics-witness")
    if own is None:
        for name in ("aics-tlog", "aics-witness"):
            result.skip(name, "needs Python 3.12 or later and a package index")
        return
    result.run("aics-tlog, static files", [own, str(VERIFIERS / "aics_log.py"), str(made)])
    result.run("aics-tlog, proofs", [own, str(VERIFIERS / "aics_proofs.py"), str(made)])
    words = [sys.executable, str(HERE / "outside_witness.py"), own, str(scratch / "witness")]
    result.run("aics-witness", words, env={**os.environ, "PYTHONPATH": str(HERE.parents[1])})


def check_sigstore(result: Result, made: Path, scratch: Path) -> None:
    """Run sigstore's Merkle check over the inclusion proofs."""
    own = environment(scratch / "sigstore", sys.executable, "sigstore")
    if own is None:
        result.skip("sigstore", "needs a package index")
        return
    result.run("sigstore", [own, str(VERIFIERS / "sigstore_proofs.py"), str(made)])


def check_go(result: Result, made: Path, scratch: Path) -> None:
    """Run Go's ``x/mod/sumdb`` over checkpoint, entries and proofs."""
    if not (shutil.which("go") and Path(GO_PATH, "src/golang.org/x/mod/sumdb").is_dir()):
        install_debian(*DEBIAN_PACKAGES)
    if not (shutil.which("go") and Path(GO_PATH, "src/golang.org/x/mod/sumdb").is_dir()):
        result.skip("x/mod/sumdb", f"needs the Debian packages {' and '.join(DEBIAN_PACKAGES)}")
        return
    set_up = {"GOPATH": GO_PATH, "GO111MODULE": "off", "GOFLAGS": "", "GOCACHE": str(scratch / "go")}
    result.run(
        "x/mod/sumdb", ["go", "run", str(VERIFIERS / "sumdb" / "main.go"), str(made)], env={**os.environ, **set_up}
    )


def install_debian(*packages: str) -> None:
    """Install packages where we may; whether they are there is looked at afterwards."""
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or apt is None:
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        subprocess.run([apt, "-qq", *words], capture_output=True, env=quiet, timeout=INSTALL_SECONDS, check=False)


def main() -> int:
    """Make the log and hand it out."""
    result = Result()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        made = scratch / "made"
        made.mkdir()
        subprocess.run([sys.executable, str(HERE / "made_log.py"), str(made)], check=True)
        for check in (check_aics, check_sigstore, check_go):
            check(result, made, scratch)
    print(f"ran {len(result.ran)}, objected {len(result.objected)}, skipped {len(result.skipped)}")
    return 0 if len(result.ran) >= LEAST and not result.objected else 1


if __name__ == "__main__":
    sys.exit(main())
