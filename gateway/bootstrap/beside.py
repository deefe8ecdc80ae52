"""The processes beside a serving one: what they do would take its interpreter from whoever is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.bootstrap.stores import store_url
from gateway.indexer.process import IndexerProcess
from gateway.indexer.process import Setup as IndexerSetup
from gateway.intake.process import IntakeProcess
from gateway.intake.process import Setup as IntakeSetup
from gateway.integrator.process import IntegratorProcess, WitnessSetup
from gateway.integrator.process import Setup as IntegratorSetup

if TYPE_CHECKING:
    from gateway.services.ports.register import Clock
    from gateway.settings.gateway_file import GatewaySettings


class Beside:
    """Those of one serving process; none runs yet. The intake starts with the first submission.

    Of several workers the first has the integrator and the indexer, which serve all; the others have None.
    """

    def __init__(self, settings: GatewaySettings, worker: int, writer: str, clock: Clock) -> None:
        kinds = {feed.name: feed.kinds for feed in settings.feeds}
        url, key = store_url(settings), settings.person_key
        self.intake = IntakeProcess(IntakeSetup(url, key, writer, kinds), clock)
        first = worker == 0
        self.integrator = IntegratorProcess(_integrator(settings)) if first else None
        self.indexer = IndexerProcess(IndexerSetup(url, settings.state, key)) if first else None

    def start(self) -> None:
        """Start what is not started by a call."""
        if self.integrator is not None:
            self.integrator.start()
        if self.indexer is not None:
            self.indexer.start()

    def close(self) -> None:
        """End them, once nothing is recorded any more: the log gets whatever the queues hold. Blocking."""
        if self.indexer is not None:
            self.indexer.close()
        if self.integrator is not None:
            self.integrator.close()

    def fill_access_index(self) -> bool:
        """Ask for the access index to be brought up to date; return whether there is who does it."""
        return self.indexer is not None and self.indexer.fill()


def _integrator(settings: GatewaySettings) -> IntegratorSetup:
    witnesses = tuple(WitnessSetup(each.key, each.url, each.every_seconds) for each in settings.witnesses)
    return IntegratorSetup(
        settings.name, store_url(settings), settings.state, settings.person_key, witnesses, settings.node
    )
