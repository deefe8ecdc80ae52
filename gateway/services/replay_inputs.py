"""What a past answer rested on, as far as it is at hand: policy, mandate and facts of then, and by which rules.

What is not at hand is named with what would be needed; nothing takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from formats.civil import civil_date
from gateway.domain.call_record import OK
from gateway.domain.errors import NotPermittedError
from gateway.domain.replay import ChangedInput, Difference, ReplayField, ReplayInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.domain.audit import Entry
    from gateway.domain.policy import Policy
    from gateway.services.ports.register import History
    from gateway.services.ports.replay import PastFacts, PastMandates, PastPolicies
    from gateway.services.recorded_question import RecordedQuestion


@dataclass(frozen=True, slots=True)
class Inputs:
    """What one answer rested on, as it is at hand; None for what is not."""

    policy: Policy | None
    mandate: Agency | None
    changed: tuple[ChangedInput, ...]

    @property
    def missing(self) -> tuple[ChangedInput, ...]:
        """What an answer cannot be derived without."""
        return tuple(each for each in self.changed if each.input is not ReplayInput.RULES)


@dataclass(frozen=True, slots=True)
class Past:
    """Where what answers rested on is found. Blocking."""

    policies: PastPolicies
    mandates: PastMandates
    facts: PastFacts
    history: History
    rules: str
    """Digest of the rules of this software."""

    def inputs_of(self, entry: Entry, body: Mapping[str, Any]) -> Inputs:
        """Return what the answer in *entry*, whose body is given read, rested on. Raises ``StoreUnavailableError``."""
        changed = []
        if body["rules"] != self.rules:
            changed.append(ChangedInput(ReplayInput.RULES, body["rules"], self.rules))
        said = body["policy"]
        policy = self.policies.find(said["profile"], said["digest"], civil_date(entry.time))
        if policy is None:
            changed.append(ChangedInput(ReplayInput.POLICY, said["digest"], self.policies.loaded.digest))
        mandate = self._mandate(entry, body)
        if mandate is None:
            changed.append(ChangedInput(ReplayInput.MANDATE, str(body.get("mandate", "")), ""))
        head = self.facts.head()
        if body["revision"] > head:
            changed.append(ChangedInput(ReplayInput.DATA, str(body["revision"]), str(head)))
        return Inputs(policy, mandate, tuple(changed))

    def _mandate(self, entry: Entry, body: Mapping[str, Any]) -> Agency | None:
        """Return the mandate that the caller had; by the time of the call where its version is not recorded."""
        caller = body["caller"]
        if "mandate" in body:
            found = self.mandates.version(body["mandate"])
            same = found is not None and (found.agency_id, found.role) == (caller["agency"], caller["role"])
            return found if same else None
        return self.mandates.standing(caller["agency"], caller["role"], entry.time)


def mandate_differences(
    mandate: Agency, question: RecordedQuestion, body: Mapping[str, Any], sealed_at: datetime
) -> Iterator[Difference]:
    """Yield that the mandate of then does not let its caller ask, where it does not."""
    asked = question.asked
    try:
        mandate.require_in_force(sealed_at - timedelta(microseconds=body.get("latency_us", 0)))
        mandate.require_point(question.area, question.items[0].question.point)
        for purpose in question.purposes:
            mandate.require_purpose(purpose, "purpose")
        if asked.known_at is not None:
            mandate.require_field("known_at", "known_at")
        for region in {item.question.facts.project_region for item in question.items}:
            mandate.require_territory(region or mandate.territory, "project_region")
    except NotPermittedError as error:
        yield Difference(ReplayField.MANDATE, None, OK, error.reason)
