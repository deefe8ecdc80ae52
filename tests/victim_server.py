"""Forks small real processes with the path of the record in them, to be killed; ``victims.Victims`` speaks to it.

A line ``recorder``, ``integrator``, ``round`` or ``restore`` with its arguments, each before a NUL, starts one and is
answered by its process id; ``wait`` and an id by its exit code.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import select
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from gateway.bootstrap.restore import restore as put_back
from gateway.domain.audit import Draft
from gateway.security.log_keys import LogKeys
from gateway.services.integrate_queues import IntegrateQueues
from gateway.storage.audit_place import FolderPlace
from gateway.storage.audit_queue import AuditQueue
from gateway.storage.log_files import LogFolder
from gateway.storage.log_place import LogPlace
from gateway.storage.log_queues import PlaceQueues

GATEWAY = "shiyan.example"
WRITER = "gw1-0"
CALLS = 6
SINGLE = Draft({"method": "CreditService/CheckEligibility", "outcome": "OK", "case": "x" * 600})
BATCH = Draft({"outcome": "OK"}, [{"item": item} for item in range(5)])
PR_SET_PTRACER, ANY_PROCESS = 0x59616D61, ctypes.c_ulong(-1)
"""strace is no parent of these processes, and some kernels let only parents look."""


class Present:
    """The machine's clock."""

    def now(self):
        return datetime.now(UTC)


def tell(told, number, hashed):
    os.write(told, f"{number} {hashed.hex()}\n".encode())


def recorder(told, state):
    """Record calls without end, several at once, and tell each once it is acknowledged: number and leaf."""

    async def call(queue, draft):
        while True:
            position = await queue.record(draft)
            tell(told, position.number, position.leaf)

    async def record():
        queue = AuditQueue(FolderPlace(Path(state) / "audit"), WRITER, Present(), lambda: os._exit(1))
        await asyncio.gather(*[call(queue, draft) for draft in [SINGLE] * (CALLS - 1) + [BATCH]])

    asyncio.run(record())


def integrating(state):
    place = LogPlace(f"sqlite:///{state}/facts.sqlite", Path(state))
    assert place.hold()
    keys, files = LogKeys(Path(state) / "keys"), LogFolder(Path(state) / "log")
    return IntegrateQueues(GATEWAY, place.store, PlaceQueues(place.queues), keys, files, Present())


def integrator(told, state):
    """Integrate without end and without a pause while there is something, and tell what is published: size and root."""
    integrate = integrating(state)
    log = integrate.begin()
    while True:
        tell(told, log.size, log.root)
        before = log
        while log == before:
            log, _ = integrate.round(log)
            if log == before:
                select.select([], [], [], 0.002)


def integrate_once(told, state, stopped=""):
    """Integrate all that there is and end; *stopped*: wait for SIGCONT before."""
    integrate = integrating(state)
    if stopped:
        ctypes.CDLL(None).prctl(PR_SET_PTRACER, ANY_PROCESS, 0, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
    log, more = integrate.begin(), True
    while more:
        tell(told, log.size, log.root)
        log, more = integrate.round(log)
    tell(told, log.size, log.root)


def restore(told, backup, state):
    """Restore a backup."""
    tell(told, 0, b"")
    put_back(Path(backup), Path(state), (), lambda _: None)


ROLES = {"recorder": recorder, "integrator": integrator, "round": integrate_once, "restore": restore}


def answer(what):
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main():
    answer("ready")
    for line in sys.stdin:
        role, *arguments = line.split("\0")[:-1]
        if role == "wait":
            answer(os.waitstatus_to_exitcode(os.waitpid(int(arguments[0]), 0)[1]))
            continue
        child = os.fork()
        if not child:
            told, *arguments = arguments
            code = 1
            try:
                ROLES[role](os.open(told, os.O_WRONLY), *arguments)
                code = 0
            except Exception as error:  # noqa: BLE001 - whatever it is, it is said, and the process ends
                os.write(2, f"{role}: {type(error).__name__}: {error}\n".encode())
            finally:
                os._exit(code)
        answer(child)


if __name__ == "__main__":
    main()
