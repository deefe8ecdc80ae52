"""A dossier that was fetched: each file of its signed manifests, and whether what came is what the manifest lists."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from adapters.dossier.errors import DossierError
from adapters.justice.case_data import KIND
from adapters.justice.fetching import fetch_item
from adapters.justice.parts import case_of, parts_of
from adapters.justice.patience import Patience
from formats.dossier import Material

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from adapters.justice.fetching import FetchedFile
    from adapters.justice.keyring import Keyring
    from adapters.justice.parts import VerifiedPart
    from adapters.justice.party import Party
    from formats.dossier import DossierItem

PATIENCE: Final = Patience(tries=3, most_seconds=2.0)
"""An officer waits for it: what does not come is told, and fetched again from where it broke off."""
TITLES_BYTES: Final = 4 << 20
"""Of the facts and titles of a case, which HRSS has signed, at most."""
CLOSED: Final = "CLOSED"


@dataclass(frozen=True, slots=True)
class Row:
    """One file that a manifest lists.

    Attributes:
        part: Which sending, from 1.
        item: What the manifest says of it.
        fault: Empty where it holds; ``"CLOSED"`` where it is not for this party; else what ``DossierFault`` says.
        title: What HRSS calls it; empty where that is not known.
    """

    part: int
    item: DossierItem
    fault: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """What was fetched of a case.

    Attributes:
        at: Id under which the page of its case is found.
        referral_id: The case.
        parts: Its sendings, each proven to be HRSS's.
        rows: Their files.
    """

    at: str
    referral_id: str
    parts: tuple[VerifiedPart, ...]
    rows: tuple[Row, ...]

    def part_with(self, number: int, item_id: str) -> VerifiedPart | None:
        """Return the sending that lists a file; None where none does."""
        found = (each for each in self.parts if each.manifest.part == number)
        return next((p for p in found if item_id in {item.item_id for item in p.manifest.items}), None)


def fetched(party: Party, keyring: Keyring, case: tuple[str, str], folder: Path) -> Dossier:
    """Fetch, verify and open all that is for the party, in *folder*; a file that fails hinders no other.

    Args:
        party: Whose dossier.
        keyring: Its keys.
        case: Id of the case's page, and of the case.
        folder: Where the opened files lie; nothing of one that fails is left there.

    Raises:
        DossierError: A manifest is not proven to be the referring agency's: nothing is opened.
        GatewayError: There was no answer.
        OSError: A file cannot be written.
    """
    at, referral_id = case
    parts = tuple(parts_of(party, referral_id, case_of(party, referral_id).referral.agency))
    rows: list[Row] = []
    titles: dict[str, str] = {}
    for part in parts:
        own = {item.item_id for item, _ in part.openable(party.agency)}
        for item in part.manifest.items:
            fault = CLOSED
            if item.item_id in own:
                try:
                    file = fetch_item(party, keyring, (part, item.item_id), folder, PATIENCE)
                    fault = ""
                    titles.update(_titles(file))
                except DossierError as error:
                    fault = error.fault.value
            rows.append(Row(part.manifest.part, item, fault))
    named = (Row(row.part, row.item, row.fault, titles.get(row.item.item_id, "")) for row in rows)
    return Dossier(at, referral_id, parts, tuple(named))


def reopened(party: Party, keyring: Keyring, which: tuple[VerifiedPart, str], folder: Path) -> FetchedFile:
    """Return an opened file, verified anew; one that is not there any more, or was changed, is fetched again.

    Raises:
        DossierError: It is not for the party, or not what the manifest lists.
        GatewayError: There was no answer.
        OSError: It cannot be read or written.
    """
    return fetch_item(party, keyring, which, folder, PATIENCE)


def holding(rows: Sequence[Row]) -> Iterator[Row]:
    """Yield the files that hold."""
    return (row for row in rows if not row.fault)


def _titles(file: FetchedFile) -> dict[str, str]:
    """Return the titles of the files of a case by their ids, where a file says them."""
    if file.item.material is not Material.CASE_DATA or file.item.content_bytes > TITLES_BYTES:
        return {}
    try:
        said = json.loads(file.path.read_bytes())
    except ValueError:
        return {}
    if not isinstance(said, dict) or said.get("kind") != KIND or not isinstance(said.get("titles"), dict):
        return {}
    return {name: title for name, title in said["titles"].items() if isinstance(title, str)}
