"""What a mandate, or a proposal, says as canonical JSON and back; what cannot be understood is never skipped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from formats import canonical
from formats.civil import format_instant, parse_instant
from gateway.domain.agencies import ALWAYS, NEVER, Agency, Role
from gateway.domain.mandates import Ending
from gateway.domain.vocabulary import Area, DecisionPoint
from gateway.storage.content import ContentError

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.domain.quotas import Quota

_TEXTS: Final = ("agency_id", "name_zh", "name_en", "territory", "legal_basis")
_SETS: Final = ("feeds", "fields", "authorities", "forwards", "purposes")
_KEYS: Final = frozenset(
    {*_TEXTS, *_SETS, "role", "areas", "points", "quota", "bound_to_territory", "valid_from", "valid_until"}
)
_ENDING: Final = "ending"


def write_mandate(mandate: Agency) -> str:
    """Return everything that a mandate says; of its quota only what is its own, and not which version it is."""
    return canonical.encode(_plain(mandate)).decode()


def read_mandate(text: str, quota: Quota, version: int) -> Agency:
    """Return what ``write_mandate`` wrote; *quota* holds for what it leaves out.

    Raises:
        ContentError: It is not what a mandate says.
    """
    try:
        return _mandate(canonical.decode(text.encode()), quota, version)
    except (ValueError, TypeError, KeyError) as error:
        raise ContentError(f"version {version} of a mandate cannot be read") from error


def write_wanted(wanted: Agency | Ending) -> str:
    """Return everything that a proposal says of a mandate."""
    if isinstance(wanted, Agency):
        return write_mandate(wanted)
    plain = {"agency_id": wanted.agency_id, "role": wanted.role.value, "ends_at": _written(wanted.ends_at)}
    return canonical.encode({_ENDING: plain}).decode()


def read_wanted(text: str, quota: Quota) -> Agency | Ending:
    """Return what ``write_wanted`` wrote; raises as ``read_mandate`` does."""
    try:
        said: Any = canonical.decode(text.encode())
        if _ENDING not in said:
            return _mandate(said, quota, 0)
        ending = said[_ENDING]
        ends_at = ending["ends_at"]
        return Ending(ending["agency_id"], Role(ending["role"]), None if ends_at is None else parse_instant(ends_at))
    except (ValueError, TypeError, KeyError) as error:
        raise ContentError("a proposal of a mandate cannot be read") from error


def _plain(mandate: Agency) -> dict[str, object]:
    return {
        **{name: getattr(mandate, name) for name in _TEXTS},
        **{name: sorted(getattr(mandate, name)) for name in _SETS},
        "role": mandate.role.value,
        "areas": [area.name for area in sorted(mandate.areas)],
        "points": [point.name for point in sorted(mandate.points)],
        "quota": {name: getattr(mandate.quota, name) for name in mandate.own_quota},
        "bound_to_territory": mandate.bound_to_territory,
        "valid_from": _written(None if mandate.valid_from == ALWAYS else mandate.valid_from),
        "valid_until": _written(None if mandate.valid_until == NEVER else mandate.valid_until),
    }


def _mandate(said: Any, quota: Quota, version: int) -> Agency:  # noqa: ANN401 - decoded JSON
    if said.keys() != _KEYS:
        raise ValueError("these are not the keys of a mandate")
    values: dict[str, Any] = {name: _text(said[name]) for name in _TEXTS}
    values.update({name: frozenset(_text(each) for each in said[name]) for name in _SETS})
    return Agency(
        **values,
        role=Role(said["role"]),
        areas=frozenset(Area[name] for name in said["areas"]),
        points=frozenset(DecisionPoint[name] for name in said["points"]),
        quota=replace(quota, **said["quota"]),
        own_quota=frozenset(said["quota"]),
        bound_to_territory=_flag(said["bound_to_territory"]),
        valid_from=_read(said["valid_from"], ALWAYS),
        valid_until=_read(said["valid_until"], NEVER),
        version=version,
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is wanted")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("a flag is wanted")
    return value


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else format_instant(moment)


def _read(value: str | None, unbounded: datetime) -> datetime:
    return unbounded if value is None else parse_instant(value)
