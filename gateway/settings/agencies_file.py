"""``agencies.toml``: who may call, and what each may do. Not how a caller proves who it is.

A list of decision points names each, or ``<AREA>_*`` for all open points of an area; a closed point
(``gateway.domain.agencies.CLOSED_POINTS``) is granted by its own name only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.domain.agencies import ALWAYS, CLOSED_POINTS, NEVER, Agencies, Agency, Role
from gateway.domain.agency_forms import MandateError
from gateway.domain.officers import OfficerKey
from gateway.domain.quotas import AS_SHIPPED, Quota
from gateway.domain.vocabulary import Area, DecisionPoint
from gateway.settings import ConfigurationError
from gateway.settings.load_limits import read_own_quota
from gateway.settings.strict import Table, read_toml

if TYPE_CHECKING:
    from pathlib import Path

ALL_OPEN = "_*"


def load_agencies(path: Path, quota: Quota = AS_SHIPPED.quota, state: Path | None = None) -> Agencies:
    """Read ``agencies.toml``; its digest is that of the file.

    Args:
        path: The file.
        quota: What holds for whatever an entry's own leaves out.
        state: Folder from which the paths of keys count; None for that of the file.

    Raises:
        ConfigurationError: With file, key and reason: the file cannot be read; a key is unknown or missing; a role,
            area, point, feed or field is unknown; an agency stands twice in one role; a point lies outside its areas,
            or what is forwarded outside its feeds; it ends before it begins; an auditor is something else as well at
            some instant (R-03); an officers' key cannot be read.
    """
    content, digest = read_toml(path)
    root = Table(path.name, "", content)
    folder = path.parent if state is None else state
    entries = [_entry(table, quota, folder) for table in root.tables("agency")]
    root.close()
    return _together(path, entries, digest)


def load_entry(path: Path) -> Agency:
    """Read a file with exactly one entry, in the layout of ``agencies.toml``: what is to be proposed.

    Raises:
        ConfigurationError: As ``load_agencies`` does; or there is more than one entry.
    """
    agencies = list(load_agencies(path))
    if len(agencies) != 1:
        raise ConfigurationError(path.name, "agency", "must be exactly one entry")
    return agencies[0]


def _together(path: Path, entries: list[Agency], digest: str) -> Agencies:
    try:
        return Agencies(entries, digest)
    except MandateError as error:
        raise ConfigurationError(path.name, f"agency[{error.entry}].{error.key}", error.reason) from error


def _entry(table: Table, quota: Quota, folder: Path) -> Agency:
    own, stated = read_own_quota(table, quota)
    entry = Agency(
        agency_id=table.take("id", str),
        name_zh=table.take("name_zh", str),
        name_en=table.take("name_en", str),
        role=_role(table),
        territory=table.take("territory", str),
        areas=frozenset(_area(table, name) for name in _once(table, "areas")),
        points=frozenset(point for name in _once(table, "points") for point in _points(table, name)),
        feeds=frozenset(_once(table, "feeds")),
        fields=frozenset(_once(table, "fields")),
        authorities=frozenset(_once(table, "authorities")),
        forwards=frozenset(_once(table, "forwards")),
        quota=own,
        own_quota=stated,
        purposes=frozenset(_once(table, "purposes")),
        bound_to_territory=table.take("bound_to_territory", bool) if table.has("bound_to_territory") else False,
        valid_from=table.instant("valid_from") if table.has("valid_from") else ALWAYS,
        valid_until=table.instant("valid_until") if table.has("valid_until") else NEVER,
        legal_basis=table.take("legal_basis", str) if table.has("legal_basis") else "",
        officer_keys=_officer_keys(table, folder),
    )
    table.close()
    return entry


def _officer_keys(table: Table, folder: Path) -> tuple[OfficerKey, ...]:
    """Read the public keys under ``officer_keys``; none when the key is not there."""
    if not table.has("officer_keys"):
        return ()
    keys = []
    for entry in table.tables("officer_keys"):
        kid, file = entry.take("kid", str), folder / entry.take("file", str)
        entry.close()
        try:
            keys.append(OfficerKey(kid, file.read_bytes()))
        except OSError as error:
            raise table.error("officer_keys", f"{file}: {error.strerror}") from error
    return tuple(keys)


def _once(table: Table, key: str) -> tuple[str, ...]:
    """The strings under *key*; empty when the key is not there, because what is not named is not granted."""
    names = table.strings(key) if table.has(key) else ()
    for place, name in enumerate(names):
        if name in names[:place]:
            raise table.error(key, f"{name!r} stands twice")
    return names


def _role(table: Table) -> Role:
    name = table.take("role", str)
    if name not in set(Role):
        raise table.error("role", f"{name!r} is none of {', '.join(Role)}")
    return Role(name)


def _area(table: Table, name: str) -> Area:
    if name not in Area.__members__:
        raise table.error("areas", f"{name!r} is no area")
    return Area[name]


def _points(table: Table, name: str) -> frozenset[DecisionPoint]:
    if name in DecisionPoint.__members__:
        return frozenset({DecisionPoint[name]})
    area = name.removesuffix(ALL_OPEN)
    if name.endswith(ALL_OPEN) and area in Area.__members__:
        open_points = frozenset(point for point in DecisionPoint if point.area is Area[area]) - CLOSED_POINTS
        if open_points:
            return open_points
    raise table.error("points", f"{name!r} is no decision point, nor <AREA>{ALL_OPEN} for all open points of an area")
