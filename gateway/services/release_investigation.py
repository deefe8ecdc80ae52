"""Releasing an investigation: from then on the questions of a case are shown to those whom they are about (R-05).

Only whoever investigates can say so, of a case of its own. The call's entry is the release: nothing else is stored, so
that there is none without an entry, and the side index finds them all. Nothing takes one back: what was shown is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway.domain.errors import EnterpriseNotFoundError, RequestIdReusedError, StateError
from gateway.domain.who_asked import INVESTIGATORS
from gateway.services.ports.audit import AccessFilter
from gateway.services.ports.days import Release

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.services.ports.audit import AccessRow, AccessSearch, ReleasesSearch

AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class WantedRelease:
    """What is to be released, by which document, and when that is to be looked at again."""

    agency: str
    case_ref: str
    request_id: str
    document_number: str
    review_on: str


class RecordedReleases:
    """The ports ``Releases`` and ``InvestigationReleases`` over the record of calls. Blocking."""

    def __init__(self, found: ReleasesSearch, search: AccessSearch) -> None:
        self._found = found
        self._search = search

    def releases(self) -> list[Release]:
        """Return every release, the oldest first. Raises ``StoreUnavailableError``."""
        return [_release(row) for row in self._found.releases() if not row.entry.erased]

    def released(self) -> frozenset[tuple[str, str]]:
        """Return (agency, case number) of every released case. Raises ``StoreUnavailableError``."""
        return frozenset((each.agency, each.case_ref) for each in self.releases())

    def of_case(self, agency: str, case_ref: str) -> list[AccessRow]:
        """Return the answered calls of an agency in a case, a batch once, the newest first."""
        wanted, token, found = AccessFilter(agency=agency, case_ref=case_ref, outcome="OK"), "", []
        while True:
            rows, token = self._search.search(wanted, AT_ONCE, token)
            # The index keeps the first characters of a long case number.
            found += [row for row in rows if row.item is None and row.content.get("case") == case_ref]
            if not token:
                return found


class ReleaseInvestigation:
    """Judges a release. Blocking: call it in a thread."""

    def __init__(self, releases: RecordedReleases) -> None:
        self._releases = releases

    def __call__(self, wanted: WantedRelease) -> tuple[int, Release | None]:
        """Return how many entries of the case are released, and the release that this request has made already.

        Raises:
            RequestIdReusedError: The agency has released something else under this request id.
            StateError: The case is released already.
            EnterpriseNotFoundError: The agency has asked nothing in this case as an investigator.
            StoreUnavailableError: The record cannot be read.
        """
        own = [each for each in self._releases.releases() if each.agency == wanted.agency]
        asked = self._asked(wanted)
        for each in own:
            if each.request_id == wanted.request_id:
                if (each.case_ref, each.document_number, each.review_on) != _said(wanted):
                    raise RequestIdReusedError("this request id has released something else")
                return len(asked), each
        if any(each.case_ref == wanted.case_ref for each in own):
            raise StateError("the case is released already", object="case", state="RELEASED", wanted="HIDDEN")
        if not asked:
            raise EnterpriseNotFoundError("no question was asked in this case", case_ref=wanted.case_ref)
        return len(asked), None

    def _asked(self, wanted: WantedRelease) -> Sequence[AccessRow]:
        found = self._releases.of_case(wanted.agency, wanted.case_ref)
        return [row for row in found if _role(row) in INVESTIGATORS and row.content.get("enterprises")]


def _said(wanted: WantedRelease) -> tuple[str, str, str]:
    return wanted.case_ref, wanted.document_number, wanted.review_on


def _role(row: AccessRow) -> str:
    caller: Any = row.content.get("caller", {})
    return str(caller.get("role", ""))


def _release(row: AccessRow) -> Release:
    body: Any = row.content
    said = body["release"]
    return Release(
        agency=body["caller"]["agency"],
        case_ref=body["case"],
        writer=row.entry.writer,
        number=row.entry.number,
        request_id=body["request"]["id"],
        document_number=said["document"],
        review_on=said["review_on"],
    )
