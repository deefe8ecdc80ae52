"""What metrics tell of a serving process beside its status, looked up in the parts that know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.domain.figures import ProcessFigures, WitnessFigures
from gateway.storage.leases import INTEGRATOR, TIMERS
from gateway.storage.pool import pool_figures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Engine

    from gateway.bootstrap.tracing import Tracing
    from gateway.integrator.process import IntegratorProcess
    from gateway.settings.witnesses import WitnessSettings
    from gateway.storage.leases import SqlLease


class ProcessLook:
    """Looks at one process. Call it on the event loop."""

    def __init__(
        self,
        stores: Mapping[str, Engine],
        integrator: IntegratorProcess | None,
        timers: SqlLease,
        tracing: Tracing,
        witnesses: tuple[WitnessSettings, ...],
    ) -> None:
        """Take the databases by what lies in them, and the parts; *integrator*: None in a process without one."""
        self._stores = stores
        self._integrator = integrator
        self._timers = timers
        self._tracing = tracing
        self._witnesses = witnesses

    def __call__(self) -> ProcessFigures:
        """Return what is so now."""
        integrator = self._integrator
        standing = integrator.standing if integrator is not None else None
        fault = integrator.fault if integrator is not None else None
        signs = standing is not None and not (fault is not None and fault.elsewhere)
        return ProcessFigures(
            leases={INTEGRATOR: signs, TIMERS: integrator is not None and self._timers.held},
            checkpoint_at=standing.at if signs and standing is not None else None,
            witnesses=self._heard(integrator) if signs and integrator is not None else {},
            pools={name: pool_figures(engine) for name, engine in self._stores.items()},
            traces=self._tracing.figures(),
        )

    def _heard(self, integrator: IntegratorProcess) -> dict[str, WitnessFigures]:
        found = {}
        for witness in self._witnesses:
            said = integrator.witnesses.get(witness.key)
            name = "+".join(witness.key.split("+")[:2])
            found[name] = WitnessFigures() if said is None else WitnessFigures(said.size, bool(said.why))
        return found
