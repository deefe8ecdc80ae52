"""The files of a dossier before they are sealed: a folder, and in it ``dossier.toml``, which says what each is.

::

    collected_by = "hrss-officer-7"
    collected_on = 2026-11-02

    [[file]]
    path = "order.pdf"            # within the folder
    id = "order"                  # in the manifest, once in the whole case
    title = "责令改正指令书"       # sealed with the facts of the case
    material = "ORDER"
    evidence = "DOCUMENTARY"
    media_type = "application/pdf"

``collected_by`` and ``collected_on`` of a file stand before those of the folder.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from adapters.errors import SettingsError
from formats.dossier import ID_FORM, ID_RULE, EvidenceKind, Material

if TYPE_CHECKING:
    from enum import StrEnum
    from pathlib import Path

LISTING: Final = "dossier.toml"
_COLLECTED: Final = ("collected_by", "collected_on")
_NEEDED: Final = ("path", "id", "title", "material", "evidence", "media_type")


@dataclass(frozen=True, slots=True)
class ListedFile:
    """One file that is to be sealed; the form of its type and officer the manifest checks."""

    path: Path
    item_id: str
    title: str
    material: Material
    evidence: EvidenceKind
    media_type: str
    collected_by: str
    collected_on: dt.date


def read_folder(folder: Path) -> list[ListedFile]:
    """Return the files that ``dossier.toml`` of *folder* lists, in its order.

    Raises:
        SettingsError: It cannot be read, or something in it is missing, unknown, twice there or lies elsewhere; the
            message names the place.
    """
    place = folder / LISTING
    try:
        content = tomllib.loads(place.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{place}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise SettingsError(f"{place}: is no TOML in UTF-8: {error}") from error
    rows = content.pop("file", [])
    common: dict[str, Any] = {name: content.pop(name) for name in _COLLECTED if name in content}
    _refuse_unknown(f"{place}", content)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise SettingsError(f"{place}: file: expected is one [[file]] or more")
    found = [_listed(folder, f"{place}: file[{number}]", {**common, **row}) for number, row in enumerate(rows)]
    ids = [file.item_id for file in found]
    for item_id in ids:
        if ids.count(item_id) > 1:
            raise SettingsError(f"{place}: id {item_id}: is there twice")
    return found


def _listed(folder: Path, place: str, row: dict[str, Any]) -> ListedFile:
    day = row.pop("collected_on", None)
    if type(day) is not dt.date:
        raise SettingsError(f"{place}.collected_on: must be a day, such as 2026-11-02")
    texts = {name: _text(place, row, name) for name in (*_NEEDED, "collected_by")}
    _refuse_unknown(place, row)
    if not ID_FORM.fullmatch(texts["id"]):
        raise SettingsError(f"{place}.id: {ID_RULE}")
    path = (folder / texts["path"]).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise SettingsError(f"{place}.path: is no file within {folder}")
    return ListedFile(
        path=path,
        item_id=texts["id"],
        title=texts["title"],
        material=Material(_one_of(place, "material", texts, Material)),
        evidence=EvidenceKind(_one_of(place, "evidence", texts, EvidenceKind)),
        media_type=texts["media_type"],
        collected_by=texts["collected_by"],
        collected_on=day,
    )


def _text(place: str, row: dict[str, Any], name: str) -> str:
    value = row.pop(name, "")
    if not isinstance(value, str) or not value.strip():
        raise SettingsError(f"{place}.{name}: is required, as text")
    return value


def _one_of(place: str, name: str, texts: dict[str, str], words: type[StrEnum]) -> str:
    if texts[name] not in words.__members__:
        raise SettingsError(f"{place}.{name}: is none of {', '.join(words.__members__)}")
    return texts[name]


def _refuse_unknown(place: str, left: dict[str, Any]) -> None:
    for name in left:
        raise SettingsError(f"{place}.{name}: is not known")
