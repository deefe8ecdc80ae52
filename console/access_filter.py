"""What an auditor looks for among recorded calls: what may stand in an address, and what is kept in the session alone.

By construction nothing of a person or an enterprise gets into an address: an agency is a name in small letters, an
outcome one in capitals without digits, and code, officer and case number are kept under a random number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from jointsanctions.v1 import audit_pb2, common_pb2

from console.asking import Fault
from formats.civil import midnight, parse_date

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

AREAS: Final = {common_pb2.Area.Name(number).removeprefix("AREA_"): number for number in common_pb2.Area.values()[1:]}
VERDICTS: Final = {
    common_pb2.Verdict.Name(number).removeprefix("VERDICT_"): number for number in common_pb2.Verdict.values()[1:]
}
DAYS: Final = timedelta(days=6)
"""Before today that are looked at where nothing else is said."""
_AGENCY: Final = re.compile(r"[a-z][a-z0-9.-]{0,63}")
_OUTCOME: Final = re.compile(r"[A-Z][A-Z_]{0,63}")
_DIGITS_IN_AGENCY: Final = 6
_KEPT_BYTES: Final = {"uscc": 18, "officer": 64, "case_ref": 128}


@dataclass(frozen=True, slots=True)
class Kept:
    """The part of a filter that no address holds; empty means any."""

    uscc: str = ""
    officer: str = ""
    case_ref: str = ""


@dataclass(frozen=True, slots=True)
class AccessFilter:
    """What is looked for; every condition that is set must hold, and an empty one means any.

    Attributes:
        area: Name of an area, one of ``AREAS``.
        verdict: Name of a verdict, one of ``VERDICTS``.
        outcome: ``"OK"`` or the reason of a refusal.
        agency: Agency that called, as certificates spell it.
        since: First civil day, Asia/Shanghai.
        until: Last civil day, inclusive.
        without_outcome: ``"yes"``: only answers of which no outcome was reported.
        kept: What no address holds.
    """

    area: str = ""
    verdict: str = ""
    outcome: str = ""
    agency: str = ""
    since: str = ""
    until: str = ""
    without_outcome: str = ""
    kept: Kept = Kept()

    @property
    def shown(self) -> dict[str, str]:
        """All fields of the form by their names."""
        return {**self._public(), "uscc": self.kept.uscc, "officer": self.kept.officer, "case_ref": self.kept.case_ref}

    def query(self, **more: str) -> str:
        """Return what stands behind the address: the public part, and *more*, which names what is kept."""
        # The days stand there even when they are empty: a search without any is not one of the last week.
        days = {"since": self.since, "until": self.until}
        return urlencode({**{name: said for name, said in self._public().items() if said}, **days, **more})

    def request(self, officer: str) -> audit_pb2.SearchAccessRequest:
        """Return the search as the gateway takes it; *officer* is who searches."""
        wanted = audit_pb2.SearchAccessRequest(
            uscc=self.kept.uscc,
            agency=self.agency,
            officer=self.kept.officer,
            case_ref=self.kept.case_ref,
            outcome=self.outcome,
            searched_by=officer,
            without_outcome=bool(self.without_outcome),
        )
        if self.area:
            wanted.area = AREAS[self.area]
        if self.verdict:
            wanted.verdict = VERDICTS[self.verdict]
        if self.since:
            getattr(wanted, "from").FromDatetime(midnight(parse_date(self.since)))
        if self.until:
            wanted.until.FromDatetime(midnight(parse_date(self.until) + timedelta(days=1)))
        return wanted

    def _public(self) -> dict[str, str]:
        names = ("area", "verdict", "outcome", "agency", "since", "until", "without_outcome")
        return {name: getattr(self, name) for name in names}


def read_filter(said: Mapping[str, str], today: date) -> tuple[AccessFilter, tuple[Fault, ...]]:
    """Return the public part of what an address or a form says, and what is wrong with it.

    Days that are not named at all are the last seven. Fields at fault stand in it as they came, to be shown and never
    to be searched by.
    """
    found = AccessFilter(
        area=said.get("area", ""),
        verdict=said.get("verdict", ""),
        outcome=said.get("outcome", ""),
        agency=said.get("agency", ""),
        since=said.get("since", (today - DAYS).isoformat()),
        until=said.get("until", today.isoformat()),
        without_outcome=said.get("without_outcome", ""),
    )
    right = {
        "area": found.area in {"", *AREAS},
        "verdict": found.verdict in {"", *VERDICTS},
        "outcome": not found.outcome or bool(_OUTCOME.fullmatch(found.outcome)),
        "agency": _is_agency(found.agency),
        "since": _is_day(found.since),
        "until": _is_day(found.until),
        "without_outcome": found.without_outcome in {"", "yes"},
    }
    wrong = [Fault(name, "malformed") for name, holds in right.items() if not holds]
    if not wrong and found.since and found.until and found.until < found.since:
        wrong.append(Fault("until", "before_since"))
    return found, tuple(wrong)


def read_form(said: Mapping[str, str], today: date) -> tuple[AccessFilter, tuple[Fault, ...]]:
    """Return all of what a form says, and what is wrong with it; see ``read_filter``."""
    found, wrong = read_filter(said, today)
    kept = Kept(**{name: said.get(name, "") for name in _KEPT_BYTES})
    faults = [Fault(name, "too_long") for name, most in _KEPT_BYTES.items() if len(getattr(kept, name).encode()) > most]
    return replace(found, kept=kept), (*wrong, *faults)


def _is_agency(said: str) -> bool:
    """Tell whether it is an agency's name. What could be somebody's number is none: it would stand in an address."""
    return not said or (bool(_AGENCY.fullmatch(said)) and sum(each.isdigit() for each in said) < _DIGITS_IN_AGENCY)


def _is_day(said: str) -> bool:
    try:
        return not said or bool(midnight(parse_date(said) + timedelta(days=1)))
    except (ValueError, OverflowError):
        return False
