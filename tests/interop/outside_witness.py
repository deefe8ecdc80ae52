"""Has a running ``aics-witness`` cosign a growing log, and shows it a fork.

    python outside_witness.py PYTHON FOLDER

PYTHON is that of the environment with ``aics-witness``; FOLDER is made. Exit code 1 when it does not cosign what
follows, or cosigns what does not.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from made_log import EARLIER, GATEWAY, LATER, Noon, record

from formats.checkpoint import Checkpoint, parse_checkpoint
from formats.note import decode_note, parse_key, verify_note
from gateway.integrator.witnesses import HttpWitness
from gateway.security.log_keys import LogKeys, holds
from gateway.services.ask_witness import AskWitness, WitnessError
from gateway.services.integrate_queues import IntegrateQueues
from gateway.storage.audit_place import FolderPlace
from gateway.storage.engine import open_engine
from gateway.storage.log_files import LogFolder
from gateway.storage.log_queues import PlaceQueues
from gateway.storage.log_store import SqlLogStore
from gateway.storage.migrations import LOG, upgrade

START_SECONDS = 30


def run(python: str, folder: Path) -> str:
    """Return what happened, in one line; ``SystemExit`` says what should not have."""
    folder.mkdir()
    place = FolderPlace(folder / "audit")
    engine = open_engine(f"sqlite:///{folder / 'log.sqlite'}")
    upgrade(engine, LOG)
    store, keys = SqlLogStore(engine, place), LogKeys(folder / "keys")
    integrating = IntegrateQueues(GATEWAY, store, PlaceQueues(place), keys, LogFolder(folder / "log"), Noon())
    state = integrating.begin()
    witness = Running(python, folder / "witness", state.origin, state.key)
    try:
        ask = AskWitness(store, store, HttpWitness(witness.key, witness.url), holds)
        for end in (EARLIER, LATER):
            record(place, end)
            state, _ = integrating.round(state)
            cosigned = ask(state)
            note = decode_note(cosigned.note)
            assert parse_checkpoint(note.text).size == end + 1
            assert len(verify_note(note, [parse_key(state.key), parse_key(witness.key)], holds)) == 2
        forked = Checkpoint(state.origin, state.size + 1, bytes(32)).text
        status, _ = HttpWitness(witness.key, witness.url).add_checkpoint(
            f"old {state.size}\n\n".encode() + keys.sign(state.origin, forked)
        )
        assert status != http.HTTPStatus.OK, "it cosigned a fork"
        record(place, LATER + 1)
        state, _ = integrating.round(state)
        ask(state)
    except (AssertionError, WitnessError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    finally:
        witness.end()
        engine.dispose()
        place.close()
    return f"cosigned 3 checkpoints that follow from each other, and answered {status} to a fork"


class Running:
    """The witness as a process, until ``end``."""

    def __init__(self, python: str, folder: Path, origin: str, key: str) -> None:
        folder.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        words = [python, "-m", "aics_witness"]
        settings = {**os.environ, "AICS_WITNESS_CONFIG": str(folder / "witness.json")}

        def command(*arguments: str) -> str:
            done = subprocess.run([*words, *arguments], env=settings, capture_output=True, text=True, check=True)
            return done.stdout

        said = command("init", "--name", "witness.example.org/w1")
        self.key = next(word for line in said.splitlines() for word in line.split() if word.count("+") >= 2)
        command("add-log", "--origin", origin, "--vkey", key)
        serve = [*words, "serve", "--listen", f"127.0.0.1:{port}"]
        self._process = subprocess.Popen(serve, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait(port)

    def _wait(self, port: int) -> None:
        """Wait until it answers."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                continue
            return
        self.end()
        sys.exit("aics-witness does not start")

    def end(self) -> None:
        """End the process."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(START_SECONDS)


if __name__ == "__main__":
    print(run(sys.argv[1], Path(sys.argv[2])))
