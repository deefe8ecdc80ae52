"""A line that breaks: a TCP proxy that cuts after so many bytes, and two parties that send a file over it all the same.

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
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

MIB = 1 << 20
BLOCK = 64 << 10
CLIENT = Path(__file__).with_name("bad_link_client.py")


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


class Drawn:
    """A stream of *size* random bytes, as it is read; nobody holds all of it."""

    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, size: int) -> bytes:
        size = min(size, self._left)
        self._left -= size
        return os.urandom(size)


def peak_mib(pid: int) -> float:
    """Return the most memory that a process ever had, in MiB."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(text.split("VmHWM:")[1].split()[0]) / 1024


def as_party(served, who: str, *words: object) -> dict[str, float]:
    """Play a party over a line, in a process of its own; return what it tells of itself."""
    pki = served.place.state / "pki"
    command = [sys.executable, CLIENT, pki, who, *words]
    done = subprocess.run([str(each) for each in command], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def sent_over(served, found, folder: Path, size: int, cuts: int) -> dict[str, object]:
    """Seal a file of *size* bytes, bring it to the police over a line with *cuts* each way; return what it took.

    ``found`` is of ``e2e.referring.parties``. That the police can open it, and that it is the same, is asserted.
    """
    from dataclasses import replace  # noqa: PLC0415 - beside what else only the parties need

    from e2e.referring import HRSS, POLICE, PROCURATORATE, approved, dossier, part_of, step, wrapped  # noqa: PLC0415

    from adapters.dossier.keys import Purpose  # noqa: PLC0415
    from adapters.dossier.sealing import seal, unseal  # noqa: PLC0415

    hrss, police = found[HRSS], found[POLICE]
    case, made = approved(found), dossier()
    with (folder / "sealed").open("wb") as sink:
        film = seal("order", Drawn(size), sink)
    del made.sealed["order"]
    made.keys["order"] = film.key
    made.items[:] = [
        replace(
            item,
            content_bytes=film.content_bytes,
            content_sha256=film.content_sha256,
            sealed_bytes=film.sealed_bytes,
            sealed_sha256=film.sealed_sha256,
        )
        if item.item_id == "order"
        else item
        for item in made.items
    ]
    for item_id, sealed in made.sealed.items():
        assert hrss.upload(case, item_id, sealed).ok
    took: dict[str, object] = {}
    with bad_link(served.port) as link:
        link.break_up(film.sealed_bytes, cuts)
        took["up"] = as_party(served, HRSS, "up", link.port, case, "order", folder / "sealed", film.sealed_sha256)
        took["cuts_up"], took["gateway_up_mib"] = link.made, peak_mib(served.process.pid)
        keys = wrapped(made, case, [hrss, police], [found[PROCURATORATE]])
        sending = step("SENDING", time.time_ns() % 10**9, to_agency="public-security")
        part = part_of(hrss, made, case, keys)
        hrss.call("SendReferral", referral_id=case, step=sending, part=part, procuratorate="procuratorate")
        link.break_up(film.sealed_bytes, cuts)
        took["down"] = as_party(served, POLICE, "down", link.port, case, "order", folder / "fetched")
        took["cuts_down"] = link.made
    (wrapping,) = [k for p in police.download(case)[0] for k in p.keys if k.item_id == "order"]
    key = police.key.unwrap(wrapping.wrapped, Purpose(case, "order", police.agency))
    digest = hashlib.sha256()
    with (folder / "fetched").open("rb") as fetched:
        for chunk in unseal("order", key, fetched):
            digest.update(chunk)
    assert digest.hexdigest() == film.content_sha256
    took["gateway_mib"] = peak_mib(served.process.pid)
    return took


def main() -> None:
    from e2e.referring import parties  # noqa: PLC0415 - by hand the path is made first
    from e2e.served import gateway_in  # noqa: PLC0415

    parser = argparse.ArgumentParser()
    parser.add_argument("--size", default="2G")
    parser.add_argument("--cuts", type=int, default=20)
    chosen = parser.parse_args()
    size = int(chosen.size[:-1]) * {"M": MIB, "G": 1024 * MIB}[chosen.size[-1]]
    with tempfile.TemporaryDirectory() as name, gateway_in(Path(name) / "gateway", filled=False) as served:
        found = parties(served)
        print(f"gateway at the start: {peak_mib(served.process.pid):.0f} MiB")
        print(json.dumps(sent_over(served, found, Path(name), size, chosen.cuts), indent=2))


if __name__ == "__main__":
    main()
