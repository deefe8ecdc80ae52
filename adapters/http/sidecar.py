"""What every request of one side-car works with: the area, the engine, the journal, the gateway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from adapters.acts import Mode
from adapters.client import GatewayClient
from adapters.enforcement import Enforcement
from adapters.granting import Granting
from adapters.http.held_persons import HeldPersons
from adapters.http.keeping import SidecarJournal
from adapters.http.viewing import JournalView
from adapters.person_checks import PersonChecks

if TYPE_CHECKING:
    from types import TracebackType

    from adapters.http.area import Area
    from adapters.http.settings import Settings


@dataclass(frozen=True, slots=True)
class Sidecar:
    """One side-car; may be shared by threads.

    Attributes:
        settings: As configured.
        client: The gateway.
        journal: The journal, to write.
        view: The journal, to look at.
        engine: Asks.
        granting: Grants.
        persons: Asks and grants about persons.
        held: Answers about persons that wait for an officer.
    """

    settings: Settings
    client: GatewayClient
    journal: SidecarJournal
    view: JournalView
    engine: Enforcement
    granting: Granting
    persons: PersonChecks
    held: HeldPersons

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Open the journal and the channel.

        Raises:
            SettingsError: A certificate or key cannot be used.
            JournalUnavailableError: The journal cannot be used, or another side-car has it open.
        """
        client = GatewayClient(settings.client)
        journal = SidecarJournal(settings.journal)
        engine = Enforcement(client, journal, settings.rules(), settings.mode)
        view, persons = JournalView(settings.journal), PersonChecks(client, engine)
        return cls(settings, client, journal, view, engine, Granting(engine), persons, HeldPersons(engine.clock))

    @property
    def area(self) -> Area:
        """Its area."""
        return self.settings.area

    @property
    def mode(self) -> str:
        """``observe`` or ``enforce``."""
        return self.settings.mode.value

    @property
    def observes(self) -> bool:
        """Nothing is stopped, whatever a request names."""
        return self.settings.mode is Mode.OBSERVE

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
        self.journal.close()
