"""Where a call asks: its area and its decision point, told to the record and held against the mandate.

Every request that names them is read here, so that the order of the checks is one: what can be recorded is told first,
then the mandate is judged, and only then whether the two belong together. What else a request holds is not read here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gateway.domain.errors import AreaNotInMandateError, MalformedRequestError
from gateway.domain.vocabulary import DISABLED_AREAS, Area, DecisionPoint
from gateway.rpc import fields

if TYPE_CHECKING:
    from jointsanctions.v1 import credit_pb2, outcome_pb2

    from gateway.domain.agencies import Agency
    from gateway.rpc.method import Call

WHO_ASKS: Final = (("case", "case_ref", 128), ("officer", "officer", 64))
"""What is told of a request before its mandate is judged: the record's word, the field, and its most bytes."""


class PointAsked(NamedTuple):
    """Where it is asked."""

    area: Area
    point: DecisionPoint


def read_area(sent: Any, call: Call) -> Area:  # noqa: ANN401 - one of many requests, each with a field ``area``
    """Return the area of a request that names no point, told to the record and held against the mandate.

    Raises:
        AreaNotInMandateError: The mandate does not cover the area.
        MalformedRequestError: It is missing or disabled.
    """
    area = fields.word(Area, sent.area, "area")
    call.told["area"] = int(area)
    tell_who_asks(sent, call)
    _require_enabled(area, "area")
    if area not in call.agency.areas:
        raise AreaNotInMandateError(f"the mandate does not cover {area.name}", area=area.name)
    return area


def read_point(sent: outcome_pb2.ReportOutcomeRequest | credit_pb2.ClearAwardRequest, call: Call) -> PointAsked:
    """Return area and decision point of a request of its own kind.

    Raises:
        AreaNotInMandateError: The mandate does not cover the area or the point.
        MalformedRequestError: One is missing, disabled, or they do not belong together.
    """
    asked = read_mandated(sent, sent.decision_point, call, ("area", "decision_point"))
    require_own(asked, "decision_point")
    return asked


def read_mandated(sent: Any, point: int, call: Call, named: tuple[str, str]) -> PointAsked:  # noqa: ANN401 - likewise
    """Return area and point, told to the record and held against the mandate.

    That they belong together is for ``require_own``, once all else that the mandate limits has been looked at.

    Args:
        sent: What has the area, and says who asks.
        point: The decision point as sent.
        call: The call.
        named: How the wire names area and point.

    Raises:
        AreaNotInMandateError: The mandate does not cover the area or the point.
        MalformedRequestError: One is missing or disabled.
    """
    asked = PointAsked(fields.word(Area, sent.area, named[0]), fields.word(DecisionPoint, point, named[1]))
    call.told.update(area=int(asked.area), point=int(asked.point))
    tell_who_asks(sent, call)
    _require_enabled(asked.area, named[0])
    call.agency.require_point(asked.area, asked.point)
    return asked


def require_own(asked: PointAsked, field: str) -> None:
    """Raise ``MalformedRequestError`` naming *field* unless the point is one of the area's."""
    if asked.point.area is not asked.area:
        raise MalformedRequestError(field, f"does not belong to {asked.area.name}")


def tell_who_asks(sent: Any, call: Call) -> None:  # noqa: ANN401 - likewise
    """Tell the record case and officer before the mandate is judged, so that a refusal is found by them."""
    for key, field, limit in WHO_ASKS:
        value = getattr(sent, field, "")
        if fields.recordable(value, limit):
            call.told[key] = value


def require_territory(sent: credit_pb2.CaseFacts, agency: Agency, base: str) -> None:
    """Refuse a project outside the territory to which a mandate is bound, whatever else is wrong with its facts."""
    which = sent.WhichOneof("facts") if agency.bound_to_territory else None
    region = "" if which is None else getattr(getattr(sent, which), "project_region", "")
    if region:
        agency.require_territory(region, f"{base}.{which}.project_region")


def _require_enabled(area: Area, field: str) -> None:
    if area in DISABLED_AREAS:
        raise MalformedRequestError(field, "is decided elsewhere and disabled here")
