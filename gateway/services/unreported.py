"""Of recorded calls those that looked at an enterprise in a case of which no outcome about it was reported.

Whoever looks without deciding has to say why. An outcome about the same enterprise in the same case will do, at
whatever point: a case is asked about more than once and decided once. What an agency owes by a term is
``missing_outcomes``' business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.call_record import OK
from gateway.services.relied_answer import ANSWERS, applicant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gateway.services.ports.audit import AccessRow
    from gateway.services.ports.outcomes import OutcomeStore

RECORD: Final = "CreditService/GetCreditRecord"
_LOOKS: Final = ANSWERS | {RECORD}


class Unreported:
    """Reads outcomes. Blocking: call it in a thread."""

    def __init__(self, store: OutcomeStore) -> None:
        self._store = store

    def among(self, rows: Sequence[AccessRow]) -> list[AccessRow]:
        """Return those of *rows* that told of an enterprise and are without an outcome, in their order.

        The row of a batch as a whole is none of them: its items are rows of their own.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        looks = [(row, *look) for row in rows for look in _look(row)]
        cases: dict[str, set[str]] = {}
        for _, agency, case_ref, _ in looks:
            cases.setdefault(agency, set()).add(case_ref)
        reported = {
            (agency, outcome.case_ref, outcome.uscc)
            for agency, case_refs in cases.items()
            for outcome in self._store.of_cases(agency, case_refs)
        }
        return [row for row, *look in looks if tuple(look) not in reported]


def _look(row: AccessRow) -> Iterator[tuple[str, str, str]]:
    """Yield agency, case and enterprise of a call that told of one; nothing of any other call."""
    body, said = row.content, row.content if row.line is None else row.line
    caller, case_ref = body.get("caller"), body.get("case")
    if body.get("method") not in _LOOKS or body.get("outcome") != OK or not isinstance(caller, dict):
        return
    if said.get("enterprises") and case_ref:
        yield str(caller.get("agency", "")), str(case_ref), applicant(said)
