"""Decision points and the facts that a question at each of them needs, as a form asks for them.

What there is comes from the wire's own descriptions; which facts a point needs is said beside the fields there
(``credit.proto``), and the gateway has the last word: it names a fact that is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import common_pb2, credit_pb2

from formats.civil import SHANGHAI, parse_date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.protobuf.descriptor import FieldDescriptor

_AREA, _POINT = "AREA_", "DECISION_POINT_"
_NEEDS_NONE: Final = frozenset(
    {common_pb2.DECISION_POINT_BIDDING_REGISTRATION, common_pb2.DECISION_POINT_FUNDING_WAGE_PAYMENT}
)
_WITHOUT_CUTOFF: Final = frozenset(
    {common_pb2.DECISION_POINT_BIDDING_CONTRACT, common_pb2.DECISION_POINT_BIDDING_SUBCONTRACT_CONSENT}
)
_CUTOFF: Final = frozenset({"cutoff_rule", "cutoff_at"})
_OPTIONAL: Final = frozenset({"lot", "cutoff_at"})
_FEN_A_YUAN: Final = 100


class FactError(ValueError):
    """A fact is not what it should be; ``name`` is the fact's."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as a form asks for it.

    Attributes:
        name: As the wire calls it.
        kind: ``choice``, ``yes_no``, ``instant``, ``amount``, ``day`` or ``text``.
        choices: Of a choice, the names of its values without what they all begin with.
        needed: A question without it is refused.
    """

    name: str
    kind: str
    choices: tuple[str, ...]
    needed: bool


def points_of(areas: tuple[int, ...]) -> dict[int, tuple[int, ...]]:
    """Return the decision points of some areas, in their order."""
    return {area: tuple(each for each in common_pb2.DecisionPoint.values() if _area_of(each) == area) for area in areas}


def point_named(name: str) -> int | None:
    """Return the point of a name such as ``BIDDING_AWARD``; None where there is none."""
    value = common_pb2.DecisionPoint.DESCRIPTOR.values_by_name.get(_POINT + name)
    return value.number if value is not None and value.number else None


def name_of(point: int) -> str:
    """Return the name of a point, such as ``BIDDING_AWARD``."""
    return common_pb2.DecisionPoint.Name(point).removeprefix(_POINT)  # type: ignore[arg-type]  # any int here


def area_of(point: int) -> int:
    """Return the number of the area that a point belongs to."""
    return _area_of(point)


def facts_of(point: int) -> tuple[Fact, ...]:
    """Return the facts that a question at *point* needs or takes, in the order of the wire."""
    field_of_area = credit_pb2.CaseFacts.DESCRIPTOR.fields_by_name.get(_area_name(point))
    message = field_of_area.message_type if field_of_area is not None else None
    if message is None or point in _NEEDS_NONE:
        return ()
    left_out = _CUTOFF if point in _WITHOUT_CUTOFF else frozenset()
    guarantee_region = "project_region" if _area_name(point) == "guarantee" else ""
    optional = _OPTIONAL | {guarantee_region}
    return tuple(
        Fact(field.name, _kind(field), _choices(field), field.name not in optional)
        for field in message.fields
        if field.name not in left_out
    )


def facts_from(point: int, form: Mapping[str, str]) -> credit_pb2.CaseFacts:
    """Return the facts of a form's fields ``fact_<name>`` for the wire; what is left blank is not sent.

    Raises:
        FactError: A value is not what it should be.
    """
    facts = credit_pb2.CaseFacts()
    for fact in facts_of(point):
        said = form.get(f"fact_{fact.name}", "")
        if said:
            try:
                _put(getattr(facts, _area_name(point)), fact, said)
            except (ValueError, OverflowError, KeyError) as error:
                raise FactError(fact.name) from error
    return facts


def choice_of(field: FieldDescriptor, number: int) -> str:
    """Return the name of a fact's value as ``Fact.choices`` has it; the number where this version knows none."""
    choices = _choices(field)
    return choices[number - 1] if 0 < number <= len(choices) else str(number)


def fen(yuan: str) -> int:
    """Return an amount in yuan, with at most two decimals, in fen; ``ValueError`` where it is none."""
    whole, _, rest = yuan.replace(",", "").partition(".")
    if not (
        whole.isascii() and whole.isdigit() and len(rest) <= 2 and (not rest or (rest.isascii() and rest.isdigit()))
    ):
        raise ValueError("no amount")
    return int(whole) * _FEN_A_YUAN + int(rest.ljust(2, "0") or 0)


def _put(message: object, fact: Fact, said: str) -> None:
    match fact.kind:
        case "instant":
            # A browser's field names no zone: it is the time on the wall here.
            getattr(message, fact.name).FromDatetime(datetime.fromisoformat(said).replace(tzinfo=SHANGHAI))
        case "yes_no":
            setattr(message, fact.name, {"true": True, "false": False}[said])
        case "amount":
            setattr(message, fact.name, fen(said))
        case "choice":
            field = message.DESCRIPTOR.fields_by_name[fact.name]  # type: ignore[attr-defined]  # any message has it
            setattr(message, fact.name, dict(zip(_choices(field), range(1, 100), strict=False))[said])
        case "day":
            setattr(message, fact.name, parse_date(said).isoformat())
        case _:
            setattr(message, fact.name, said)


def _kind(field: FieldDescriptor) -> str:
    if field.enum_type is not None:
        return "choice"
    if field.message_type is not None:
        return "instant"
    if field.cpp_type == field.CPPTYPE_BOOL:
        return "yes_no"
    if field.name.endswith("_fen"):
        return "amount"
    return "day" if field.name.endswith("_date") else "text"


def _choices(field: FieldDescriptor) -> tuple[str, ...]:
    if field.enum_type is None:
        return ()
    prefix = field.enum_type.values[0].name.removesuffix("UNSPECIFIED")
    return tuple(value.name.removeprefix(prefix) for value in field.enum_type.values[1:])


def _area_name(point: int) -> str:
    return common_pb2.Area.Name(area_of(point)).removeprefix(_AREA).lower()  # type: ignore[arg-type]  # any int here


def _area_of(point: int) -> int:
    name = name_of(point)
    found = [
        value.number
        for value in common_pb2.Area.DESCRIPTOR.values
        if value.number and name.startswith(value.name.removeprefix(_AREA) + "_")
    ]
    return found[0] if found else 0
