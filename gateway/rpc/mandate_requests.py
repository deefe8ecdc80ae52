"""Mandates and their endings from the wire; each fault names its field. What may be granted is decided elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from gateway.domain.agencies import ALWAYS, NEVER, Agency, Role
from gateway.domain.errors import MalformedRequestError
from gateway.domain.mandates import Ending
from gateway.domain.vocabulary import Area, DecisionPoint
from gateway.rpc import fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jointsanctions.v1 import admin_pb2 as pb

    from gateway.domain.quotas import Quota

T = TypeVar("T", int, str)

NAME: Final = 300
BASIS: Final = 500
TEXT: Final = 256
"""Bytes at most of each text in a list."""
COUNT: Final = 64
"""Texts at most in one list."""


def read_wanted(request: pb.ProposeMandateRequest, quota: Quota) -> Agency | Ending:
    """Return what is proposed; *quota* holds for the numbers that are not sent.

    Raises:
        MalformedRequestError: A field is missing, malformed, stands twice or is out of range.
    """
    which = request.WhichOneof("what")
    if which is None:
        raise MalformedRequestError("mandate", "is required, or an ending")
    return _mandate(request.mandate, quota) if which == "mandate" else _ending(request.ending)


def _mandate(sent: pb.Mandate, quota: Quota) -> Agency:
    own = {field.name: value for field, value in sent.quota.ListFields()}
    return Agency(
        agency_id=fields.required(sent.agency, "mandate.agency", 64),
        name_zh=fields.required(sent.name.zh, "mandate.name.zh", NAME),
        name_en=fields.required(sent.name.en, "mandate.name.en", NAME),
        role=_role(sent.role, "mandate.role"),
        territory=fields.division(sent.territory, "mandate.territory"),
        areas=frozenset(fields.word(Area, each, path) for path, each in _each(sent.areas, "areas")),
        points=frozenset(
            fields.word(DecisionPoint, each, path) for path, each in _each(sent.decision_points, "decision_points")
        ),
        feeds=_texts(sent.feeds, "feeds"),
        fields=_texts(sent.fields, "fields"),
        authorities=_texts(sent.authorities, "authorities"),
        forwards=_texts(sent.forwards, "forwards"),
        purposes=_texts(sent.purposes, "purposes"),
        quota=_quota(own, quota),
        own_quota=frozenset(own),
        valid_from=fields.instant(sent.valid_from, "mandate.valid_from") if sent.HasField("valid_from") else ALWAYS,
        valid_until=fields.instant(sent.valid_until, "mandate.valid_until") if sent.HasField("valid_until") else NEVER,
        bound_to_territory=sent.bound_to_territory,
        legal_basis=fields.required(sent.legal_basis, "mandate.legal_basis", BASIS),
    )


def _quota(own: dict[str, int], quota: Quota) -> Quota:
    try:
        return replace(quota, **own)
    except ValueError as error:
        name, _, why = str(error).partition(": ")
        raise MalformedRequestError(f"mandate.quota.{name}", why) from error


def _ending(sent: pb.MandateEnding) -> Ending:
    return Ending(
        agency_id=fields.required(sent.agency, "ending.agency", 64),
        role=_role(sent.role, "ending.role"),
        ends_at=fields.instant(sent.ends_at, "ending.ends_at") if sent.HasField("ends_at") else None,
    )


def _role(sent: str, field: str) -> Role:
    if sent not in set(Role):
        raise MalformedRequestError(field, f"is none of {', '.join(Role)}")
    return Role(sent)


def _texts(sent: Sequence[str], name: str) -> frozenset[str]:
    return frozenset(fields.required(each, path, TEXT) for path, each in _each(sent, name))


def _each(sent: Sequence[T], name: str) -> Iterable[tuple[str, T]]:
    """Yield each part of a list with its path; a list is no longer than it may be and has nothing twice."""
    if len(sent) > COUNT:
        raise MalformedRequestError(f"mandate.{name}", f"takes at most {COUNT}")
    for place, each in enumerate(sent):
        path = f"mandate.{name}[{place}]"
        if each in sent[:place]:
            raise MalformedRequestError(path, "stands twice")
        yield path, each
