"""A line that breaks: a TCP proxy that cuts after so many bytes, and two parties whose commands send a file over it.

By hand, with a file of any size, which is what ``make bad-link`` does::

    python tests/bad_link.py --size 2G --cuts 20
"""

# ruff: noqa: T201 - what came out is printed

from __future__ import annotations

import argparse
import hashlib
import json
import os
import socket
import tempfile
import threading
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

MIB = 1 << 20
BLOCK = 64 << 10
CASE = "YS-1"
TELLING = """
import atexit, pathlib
atexit.register(lambda: pathlib.Path({!r}).write_bytes(pathlib.Path("/proc/self/status").read_bytes()))
"""
"""Has a process write down, as the last that it does, what memory it had."""


@dataclass
class BadLink:
    """Listens on ``port`` and passes everything on to ``target``, until ``every`` bytes went through: then it cuts.

    It cuts ``cuts`` times in all, and is a good line after that. A cut takes both directions of a connection at once,
    and what is on its way then is lost.
    """

    target: int
    every: int = 0
    cuts: int = 0
    made: int = 0
    _passed: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    def break_up(self, size: int, cuts: int) -> None:
        """From now on cut so often while *size* bytes go through."""
        with self._lock:
            self.every, self.cuts, self.made, self._passed = size // (cuts + 1), cuts, 0, 0

    def serve(self) -> None:
        """Take connections until it is closed."""
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while block := source.recv(BLOCK):
                if self._cut(len(block)):
                    break
                sink.sendall(block)
        for each in (source, sink):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _cut(self, passed: int) -> bool:
        with self._lock:
            self._passed += passed
            if self.made < self.cuts and self._passed >= self.every:
                self.made, self._passed = self.made + 1, 0
                return True
            return False


@contextmanager
def bad_link(target: int):
    """Pass on to the port *target* of this machine."""
    link = BadLink(target)
    threading.Thread(target=link.serve, daemon=True).start()
    try:
        with closing(link):
            yield link
    finally:
        link.close()


def drawn(path: Path, size: int) -> None:
    """Write *size* random bytes; nobody holds all of them."""
    with path.open("wb") as file:
        for begin in range(0, size, MIB):
            file.write(os.urandom(min(MIB, size - begin)))


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def peak_mib(pid: int) -> float:
    """Return the most memory that a process ever had, in MiB."""
    return peak(Path(f"/proc/{pid}/status"))


def peak(status: Path) -> float:
    return int(status.read_text(encoding="ascii").split("VmHWM:")[1].split()[0]) / 1024


@contextmanager
def own_memory(pid: int):
    """Sample meanwhile what memory a process has to itself; yield a list whose last is the most of it, in MiB.

    A page that several processes map counts in each by its share (Pss), or a library of the machine would be counted
    in full for every process that uses it. The kernel keeps no highest value, so it is looked at time and again.
    """
    most, over = [0.0], threading.Event()

    def sample() -> None:
        while not over.wait(0.05):
            told = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
            most.append(max(most[-1], int(told.split("Pss:")[1].split()[0]) / 1024))

    sampling = threading.Thread(target=sample)
    sampling.start()
    try:
        yield most
    finally:
        over.set()
        sampling.join()


def timed(desk, *words: object) -> dict[str, float]:
    """Type a command of ``jsg referral``, which must succeed; return how long it took and the most memory it had."""
    status, began = desk.folder / "status", time.monotonic()
    typed = desk.type(*words, patch=TELLING.format(str(status)))
    assert typed.code == 0, typed
    return {"seconds": round(time.monotonic() - began, 1), "mib": round(peak(status), 1)}


def sent_over(desk, size: int, cuts: int) -> dict[str, object]:
    """Seal a file of *size* bytes, bring it to the police over a line with *cuts* each way; return what it took.

    ``desk`` is of ``e2e.typing_referrals``, all of whose parties have keys. That the police opens it, and that it is
    the same, is asserted.
    """
    evidence = desk.evidence("evidence")
    drawn(evidence / "order.pdf", size)
    desk.approved(CASE)
    took: dict[str, object] = {"seal": timed(desk, "seal", CASE, evidence)}
    gateway = desk.served.process.pid
    with bad_link(desk.served.port) as link, own_memory(gateway) as own:
        link.break_up(size, cuts)
        took["up"] = timed(desk.over(link.port), "upload", CASE)
        took["cuts_up"], took["gateway_up_mib"] = link.made, round(peak_mib(gateway), 1)
        desk.stepped("send", CASE, "--police", "public-security", "--procuratorate", "procuratorate")
        link.break_up(size, cuts)
        took["down"] = timed(desk.over(link.port), "download", CASE, desk.folder / "fetched", "--party", "police")
        took["cuts_down"], took["gateway_mib"] = link.made, round(peak_mib(gateway), 1)
    took["gateway_own_mib"] = round(own[-1], 1)
    assert digest(desk.folder / "fetched" / "1-order.pdf") == digest(evidence / "order.pdf")
    return took


def main() -> None:
    from e2e.served import gateway_in  # noqa: PLC0415 - by hand the path is made first
    from e2e.typing_referrals import PARTIES, desk_at  # noqa: PLC0415 - likewise

    parser = argparse.ArgumentParser()
    parser.add_argument("--size", default="2G")
    parser.add_argument("--cuts", type=int, default=20)
    chosen = parser.parse_args()
    size = int(chosen.size[:-1]) * {"M": MIB, "G": 1024 * MIB}[chosen.size[-1]]
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        with gateway_in(place / "gateway", filled=False):
            pass  # the first start migrates, which takes memory that no later one does
        (place / "desk").mkdir()
        with gateway_in(place / "gateway", filled=False) as served, desk_at(served, place / "desk") as desk:
            desk.publish(*PARTIES)
            print(f"gateway at the start: {peak_mib(served.process.pid):.0f} MiB")
            print(json.dumps(sent_over(desk, size, chosen.cuts), indent=2))


if __name__ == "__main__":
    main()
