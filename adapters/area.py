"""What the adapters of all areas have in common: the engine with the area's rules, endings, outcomes, live cases.

It knows no area.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from jointsanctions.v1 import common_pb2

from adapters.endings import collect_endings
from adapters.granting import Granting
from adapters.live_cases import LiveCases
from adapters.outcomes import report_outcomes
from adapters.participation import Result, Results
from adapters.reserving import clearance_or_reservation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeVar

    from adapters.acts import Act
    from adapters.away import ReservedGrant
    from adapters.clearance import Standing
    from adapters.endings import TellsEndings
    from adapters.enforcement import Enforcement
    from adapters.entries import ReceivedEnding
    from adapters.live_cases import RegistersCases
    from adapters.outcomes import Reported, TakesOutcomes
    from adapters.questions import Applicant, Case

    W = TypeVar("W")


class AreaAdapter:
    """One agency's adapter for one area; may be shared by threads."""

    AREA: ClassVar[common_pb2.Area.ValueType]
    """The area that it is for."""

    def __init__(self, enforcement: Enforcement) -> None:
        """Put the adapter on an engine; raises ``ValueError`` when the engine has another area's rules."""
        if enforcement.rules.area != self.AREA:
            name = common_pb2.Area.Name(self.AREA).removeprefix("AREA_").lower()
            raise ValueError(f"the enforcement is not one of {name}")
        self._enforcement = enforcement
        self._granting = Granting(enforcement)

    def collect_endings(self, client: TellsEndings, officer: str) -> tuple[ReceivedEnding, ...]:
        """Fetch what has ended of all that the agency was told of; see ``adapters.endings``.

        Raises:
            GatewayError: There was no answer.
            JournalUnavailableError: Nothing more was acknowledged.
        """
        return collect_endings(client, self._enforcement.journal, officer, self._enforcement.clock)

    def report_outcomes(self, client: TakesOutcomes) -> Reported:
        """Report what the agency did with answers and has not reported yet; see ``adapters.outcomes``.

        Raises:
            GatewayError: There was no answer; what came before it is reported.
            JournalUnavailableError: The journal cannot be read or written.
        """
        return report_outcomes(client, self._enforcement.journal)

    def _go_on(self, act: Act) -> Standing | ReservedGrant:
        """Ask; where nobody answers, go on under reservation if the area's rules say so of this point (X-10).

        Each area lends it its own words, as ``go_on``.

        Raises:
            NoAnswerError: Nobody answered, and here it waits or is held; see ``adapters.reserving``.
            NotClearedError: Any other reason.
        """
        return clearance_or_reservation(self._enforcement, act)

    def live_cases(self, client: RegistersCases) -> LiveCases:
        """Return what registers, amends and closes this area's cases; see ``adapters.live_cases``.

        Raises:
            SettingsError: The area's configuration says that no cases are registered.
        """
        return LiveCases(client, self._enforcement.rules)

    def _check_all(
        self,
        case: Case,
        point: common_pb2.DecisionPoint.ValueType,
        parties: Sequence[W],
        applicants: Sequence[Applicant],
    ) -> Results[W]:
        """Ask about all at once; *parties* are what the area calls the *applicants*, in the same order."""
        checked = self._enforcement.check_all(case, point, applicants)
        found = zip(parties, checked.results, strict=True)
        return Results(tuple(Result(party, result) for party, result in found), checked.calls)
