"""Serves the console on the loopback; the only module of it that knows the server (``adapters.http.server``)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from adapters.http.server import bound_to, configured, run
from console.app import OPEN, Console
from console.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.caller import Desk

HOST: Final = "127.0.0.1"
"""Nothing else is listened on: whoever is not on this machine is not there."""
MOST_CONNECTIONS: Final = 64
_STOP_SECONDS: Final = 3


def serve(desk: Desk, port: int, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        desk: What the pages need.
        port: Where to listen on the loopback; 0: where there is room.
        ready: Called with the link that opens the console once, when it can be opened.

    Raises:
        SettingsError: The port cannot be used.
    """
    with bound_to(HOST, port) as bound:
        host = f"{HOST}:{bound.getsockname()[1]}"
        sessions = Sessions(desk.caller.holder, time.monotonic)
        config = configured(Console(desk, sessions, host).app, MOST_CONNECTIONS, _STOP_SECONDS)
        run(config, bound, lambda: ready(f"http://{host}{OPEN}{sessions.link()}"))
