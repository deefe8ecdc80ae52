"""Builds the image of deploy/container, and serves from it: ``make image``.

No registry is asked: the base is made of Debian's packages by debootstrap, and buildah builds on it without an engine,
so that this runs as root on a bare Debian machine with both packages. What is built is started as its own user, with
the configuration read only and the state the one folder that it may write to, and is asked one question. The exit code
is 1 when anything is not as deploy/container/Containerfile says.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from e2e.served import prepared

ROOT = Path(__file__).parents[2]
BASE, IMAGE = "localhost/jsg-base", "localhost/jsg"
PACKAGES = "python3,python3-venv,ca-certificates"
AUTHORITIES = "etc/ssl/certs/ca-certificates.crt"
PIP_SETTINGS = Path("/etc/pip.conf")
USER = 10001
SERVE_SECONDS = 60
FACTS = ("project_region=420302", "must_be_tendered=true", "state_funds=true", "form=SINGLE", "cutoff_rule=NOT_FIXED")
QUESTION = (
    *("check", "91420399MA00K2UM2D", "--area", "bidding", "--point", "award", "--case", "JSGC-2026-17"),
    *(word for fact in FACTS for word in ("--fact", fact)),
)
UNVERIFIABLE = 5
"""The answer of a gateway to which no feed has said that it is up to date."""


def run(*words: object) -> subprocess.CompletedProcess[str]:
    """Run a program and return how it ended, with what it printed."""
    return subprocess.run([str(word) for word in words], text=True, capture_output=True, check=False)


def done(*words: object) -> str:
    """Run a program that must succeed, and return what it printed."""
    ended = run(*words)
    if ended.returncode:
        raise SystemExit(f"{words[0]} {words[1]}: {ended.stderr.strip()[-2000:]}")
    return ended.stdout.strip()


def limits() -> list[str]:
    """Return this process's own bounds as buildah's options: it would raise them, which not every machine lets it."""
    kinds = {"nofile": resource.RLIMIT_NOFILE, "nproc": resource.RLIMIT_NPROC}
    return [f"--ulimit={name}={':'.join(map(str, resource.getrlimit(kind)))}" for name, kind in kinds.items()]


def make_base(folder: Path) -> None:
    """Make an image of Python and no more, with the authorities that this machine believes."""
    suite = next(
        line.partition("=")[2].strip('"')
        for line in Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
        if line.startswith("VERSION_CODENAME=")
    )
    root = folder / "root"
    done("debootstrap", "--variant=minbase", f"--include={PACKAGES}", suite, root)
    shutil.copy(Path("/") / AUTHORITIES, root / AUTHORITIES)
    made = done("buildah", "from", "scratch")
    done("buildah", "add", "--quiet", made, root, "/")
    done("buildah", "commit", "--quiet", "--rm", made, BASE)


def build() -> None:
    """Build the image as docs/operations.md does."""
    secret = [f"--secret=id=pip,src={PIP_SETTINGS}"] if PIP_SETTINGS.exists() else []
    file = ROOT / "deploy/container/Containerfile"
    words = ["buildah", "build", *limits(), "--network=host", "--format=docker", f"--build-arg=BASE={BASE}", *secret]
    done(*words, f"--file={file}", f"--tag={IMAGE}", ROOT)


class Container:
    """One container of the image, with its two folders."""

    def __init__(self, config: Path, state: Path) -> None:
        self.name = done("buildah", "from", *limits(), "--network=host", IMAGE)
        self._words = ["buildah", "run", f"--volume={config}:/etc/jsg:ro", f"--volume={state}:/var/lib/jsg", self.name]

    def words(self, *words: str) -> list[str]:
        """Return what runs these words in it."""
        return [*self._words, "--", *words]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run words in it."""
        return run(*self.words(*words))


def places(folder: Path) -> tuple[Path, Path]:
    """Make a configuration and a state such as operators mount, the state owned by the image's user."""
    place = prepared(folder, {'listen = "127.0.0.1:50443"': 'listen = "127.0.0.1:0"'})
    file = place.config / "gateway.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('state = "../var"', 'state = "/var/lib/jsg"'), encoding="utf-8")
    for each in (place.state, *place.state.rglob("*")):
        os.chown(each, USER, USER)
    folder.chmod(0o755)
    return place.config, place.state


def serving(log: Path, server: subprocess.Popen[bytes]) -> str:
    """Wait until the log says that it serves, and return the port."""
    deadline = time.monotonic() + SERVE_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        if '"event": "serving"' in log.read_text(encoding="utf-8"):
            return log.read_text(encoding="utf-8").partition('"port": ')[2].partition(",")[0]
        time.sleep(0.1)
    raise SystemExit(f"it does not serve: {log.read_text(encoding='utf-8')[-2000:]}")


def look(container: Container, folder: Path) -> dict[str, bool]:
    """Return what was looked at, and whether it is as it should be."""
    log = folder / "log"
    with log.open("wb") as sink, subprocess.Popen(container.words("jsg", "serve"), stdout=sink, stderr=sink) as server:
        try:
            port = serving(log, server)
            address = ("jsg", "--address", f"localhost:{port}")
            asked = container.run(*address, *QUESTION)
            return {
                "runs as a user without a name": container.run("id", "-u").stdout.strip() == str(USER),
                "says that it serves": container.run(*address, "health").returncode == 0,
                "answers a question as it must": asked.returncode == UNVERIFIABLE,
                "has no right to its configuration": container.run("touch", "/etc/jsg/x").returncode != 0,
                "has nothing that installs": container.run("python3", "-c", "import pip").returncode != 0,
            }
        finally:
            server.terminate()


def no_keys(container: Container) -> bool:
    """Return whether our part of the image has no key and no certificate but libraries' lists of authorities."""
    ours = Path(done("buildah", "mount", container.name)) / "opt/jsg"
    return {each.name for each in ours.rglob("*") if each.suffix in {".pem", ".key"}} <= {"roots.pem", "cacert.pem"}


def main() -> int:
    """Build, look, and say what was found."""
    os.environ["BUILDAH_ISOLATION"] = "chroot"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_base(folder)
        build()
        container = Container(*places(folder / "mounted"))
        try:
            found = {**look(container, folder), "holds no key": no_keys(container)}
        finally:
            run("buildah", "rm", container.name)
    for what, well in found.items():
        print(f"{'ok' if well else 'NOT SO'}: the image {what}")
    return 0 if all(found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
