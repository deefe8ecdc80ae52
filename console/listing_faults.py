"""What is wrong with the form of a listing's step as far as that is seen before anybody is asked, and whom it names."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import listing_pb2 as pb

from console.asking import Fault
from console.listing_steps import AUTHORITY_BYTES, NUMBER_BYTES, one_line
from formats.civil import SHANGHAI, parse_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from console.listing_steps import Taking

PERSON_NAME_BYTES, PERSON_NUMBER_BYTES = 120, 32
"""What the gateway takes."""
DOCUMENTS: Final = (
    "RESIDENT_ID",
    "MILITARY_ID",
    "PASSPORT",
    "HK_MACAO_PERMIT",
    "TAIWAN_PERMIT",
    "HMT_RESIDENCE",
    "OTHER",
)
"""Kinds of a person's document, as the wire spells them."""
FEWEST_ROWS, MORE_ROWS, MOST_ROWS = 3, 3, 30
"""Lines for persons that a form begins with, that are added at once, and that there can be."""
ENTERPRISE, PERSON = "enterprise", "person"


def rows_of(taking: Taking, filled: Mapping[str, str]) -> int:
    """Return how many lines for persons the form has: those that are filled in, and more where that was asked for."""
    if not taking.step.persons:
        return 1 if taking.step.to_party else 0
    there = sum(1 for number in range(MOST_ROWS) if f"person_{number}_name" in filled)
    return min(max(there, FEWEST_ROWS) + (MORE_ROWS if "more" in filled else 0), MOST_ROWS)


def persons_in(taking: Taking, filled: Mapping[str, str]) -> list[pb.PersonRef]:
    """Return the persons that a form names, in its order; lines that are left blank name nobody."""
    if taking.step.to_party and filled.get("to") != PERSON:
        return []
    found = []
    for number in range(rows_of(taking, filled)):
        name, kind, document = (filled.get(f"person_{number}_{part}", "") for part in ("name", "type", "number"))
        if name or document:
            found.append(pb.PersonRef(name=name, document_type=kind, document_number=document))
    return found


def faults_of(taking: Taking, filled: Mapping[str, str], today: date) -> Iterator[Fault]:
    """Yield what is missing, too long or malformed; *today* is the civil date."""
    yield from _head(taking, filled, today)
    for part in taking.parts:
        said = one_line(filled.get(part.name, ""))
        if part.needed and not said:
            yield Fault(part.name, "required")
        elif part.kind == "day" and said and _day(said) is None:
            yield Fault(part.name, "malformed")
        elif len(said.encode()) > part.most:
            yield Fault(part.name, "too_long")
    yield from _persons(taking, filled)


def _head(taking: Taking, filled: Mapping[str, str], today: date) -> Iterator[Fault]:
    asked = {"document_number": NUMBER_BYTES}
    asked |= {} if taking.listing_id else {"listing_id": NUMBER_BYTES, "uscc": NUMBER_BYTES}
    asked |= {} if taking.authority else {"authority": AUTHORITY_BYTES}
    for name, most in asked.items():
        said = filled.get(name, "")
        if not said:
            yield Fault(name, "required")
        elif len(said.encode()) > most:
            yield Fault(name, "too_long")
    on = _day(filled.get("on", ""))
    if not filled.get("on"):
        yield Fault("on", "required")
    elif on is None:
        yield Fault("on", "malformed")
    elif on > today:
        yield Fault("on", "day_ahead")


def _persons(taking: Taking, filled: Mapping[str, str]) -> Iterator[Fault]:
    step, persons = taking.step, persons_in(taking, filled)
    if step.to_party and filled.get("to") not in {ENTERPRISE, PERSON}:
        yield Fault("to", "required")
    if step.to_party and filled.get("at_time") and time_of(filled) is None:
        yield Fault("at_time", "malformed")
    if (step.persons or filled.get("to") == PERSON) and not persons:
        yield Fault("persons", "nobody_named")
    for person in persons:
        sized = len(person.name.encode()) <= PERSON_NAME_BYTES
        sized = sized and len(person.document_number.encode()) <= PERSON_NUMBER_BYTES
        if not (person.name and person.document_number and person.document_type in DOCUMENTS and sized):
            yield Fault("persons", "half_named")
            return


def time_of(filled: Mapping[str, str]) -> datetime | None:
    """Return the instant on the step's day that a form says; None where it says none, or it is malformed."""
    try:
        found = datetime.fromisoformat(f"{filled.get('on', '')}T{filled.get('at_time', '')}")
    except ValueError:
        return None
    return found.replace(tzinfo=SHANGHAI) if found.tzinfo is None else None


def _day(said: str) -> date | None:
    try:
        return parse_date(said)
    except ValueError:
        return None
