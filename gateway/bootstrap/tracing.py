"""Traces of one serving process, where ``[trace]`` asks for them."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from gateway.bootstrap.config import StartError
from gateway.bootstrap.watch import DISTRIBUTION
from gateway.rpc.traces import Traces

if TYPE_CHECKING:
    from gateway.domain.figures import TraceFigures
    from gateway.rpc.trace_export import TraceExport
    from gateway.services.ports.register import Clock
    from gateway.settings.gateway_file import GatewaySettings
    from gateway.settings.tracing import TraceSettings

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Tracing:
    """What is traced, from ``start`` to ``close``; nothing where the configuration does not ask for it."""

    def __init__(self, settings: GatewaySettings, writer: str, clock: Clock) -> None:
        """Take the name of the process's queue, *writer*; nothing is sent yet.

        Raises:
            StartError: The library is missing, or the file of authorities cannot be used.
        """
        self.calls: Traces | None = None
        """Decides which calls are traced; None where none is."""
        self._export: TraceExport | None = None
        if settings.trace is not None:
            resource = {
                "service.name": DISTRIBUTION,
                "service.namespace": settings.name,
                "service.instance.id": writer,
                "service.version": version(DISTRIBUTION),
            }
            self._export = _export(settings.trace, resource, clock)
            self.calls = Traces(self._export, settings.trace.sample_ratio)

    def start(self) -> None:
        """Begin to send."""
        if self._export is not None:
            self._export.start()

    async def close(self) -> None:
        """Send what waits, within bounds."""
        if self._export is not None:
            await asyncio.to_thread(self._export.close)

    def figures(self) -> TraceFigures | None:
        """Return what became of traced calls; None where none are."""
        return None if self._export is None else self._export.figures()


def _export(wanted: TraceSettings, resource: dict[str, str], clock: Clock) -> TraceExport:
    try:
        from gateway.rpc.trace_export import Collector, TraceExport  # noqa: PLC0415 - the extra need not be installed
    except ImportError as error:
        raise StartError(f"traces need the extra 'trace': {error}") from error
    authorities = None
    if wanted.ca_file is not None:
        try:
            authorities = ssl.create_default_context(cafile=str(wanted.ca_file))
        except OSError as error:
            raise StartError(f"{wanted.ca_file}: holds no authorities that can be used: {error}") from error
        authorities.minimum_version = ssl.TLSVersion.TLSv1_3

    def now_ns() -> int:
        return (clock.now() - _EPOCH) // timedelta(microseconds=1) * 1_000

    return TraceExport(Collector(wanted.endpoint, authorities, wanted.timeout_seconds), resource, now_ns)
