"""What the store of sealed evidence has, beside what the cases on record name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.bootstrap.evidence import evidence_upkeep
from gateway.bootstrap.stores import open_vault, store_engine
from gateway.domain.referrals import referral_of
from gateway.services.ports.evidence import SealedFile
from gateway.services.referral_holds import HeldReferrals
from gateway.storage.evidence_files import earlier_place_of
from gateway.storage.referrals import SqlReferralStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from gateway.services.ports.evidence import EvidenceUpkeep, StoredFile
    from gateway.settings.gateway_file import GatewaySettings


@dataclass(frozen=True, slots=True)
class EvidenceLook:
    """What was found: whole files that cases name, what is wrong with one, and files that no case names."""

    named: int
    size: int
    """Bytes of the named files."""
    flaws: tuple[str, ...]
    """A sentence each, with the case and the file's hash."""
    unnamed: tuple[StoredFile, ...]


def look_at_evidence(settings: GatewaySettings, progress: Callable[[int], None], *, read: bool) -> EvidenceLook:
    """Hold what the store has to what is on record.

    A file is in the store before a case names it: what is brought meanwhile can be shown as named by no case, and
    nothing that is named as missing.

    Args:
        settings: Of the gateway, which may serve meanwhile.
        progress: Told how many files have been looked at.
        read: Every named file is read to its end and held to its hash.

    Raises:
        StartError: The keys of the store or of a bucket cannot be used.
        StoreUnavailableError: The database or the store of evidence could not be read.
        ContentError: An entry of a case cannot be read.
    """
    # First what is named: a file is there before a case names it.
    wanted, upkeep = named_files(settings), evidence_upkeep(settings)
    there = {f"{each.case}/{each.sha256}": each for each in upkeep.whole()}
    known: set[str] = set()
    flaws = []
    for number, (who, file) in enumerate(wanted.items(), 1):
        places = (f"{upkeep.case_name(file.referral_id)}/{file.sha256}", earlier_place_of(file.sha256))
        known.update(places)
        found = next((there[place] for place in places if place in there), None)
        why = _flaw(upkeep, found, file.size, read=read)
        if why:
            flaws.append(f"{who}: {why}")
        progress(number)
    unnamed = tuple(each for place, each in there.items() if place not in known)
    return EvidenceLook(len(wanted), sum(file.size for file in wanted.values()), tuple(flaws), unnamed)


def named_files(settings: GatewaySettings) -> dict[str, SealedFile]:
    """Return the files that the cases on record name, by case, id and hash in words; raises as looking at them does."""
    engine = store_engine(settings)
    found = {}
    try:
        for entries in SqlReferralStore(engine, open_vault(settings, engine)).all_entries():
            case = referral_of(entries)
            for file in case.uploaded.values() if case is not None else ():
                sealed = SealedFile(entries[0].referral_id, file.sealed_sha256, file.sealed_bytes)
                found[f"{sealed.referral_id} {file.item_id} {sealed.sha256}"] = sealed
    finally:
        engine.dispose()
    return found


def cases_on_hold(settings: GatewaySettings, upkeep: EvidenceUpkeep, day: date) -> frozenset[str]:
    """Return the store's names of the cases of which anything is on hold on *day*; raises as looking at them does.

    What was uploaded before uploads were by case may be of any: while anything is on hold, "" is among the names.
    """
    engine = store_engine(settings)
    try:
        held = HeldReferrals(SqlReferralStore(engine, open_vault(settings, engine)))(day)
    finally:
        engine.dispose()
    named = [each.referral for each in (*held, *settings.holds) if each.referral]
    return frozenset(map(upkeep.case_name, named)) | ({""} if named else frozenset())


def _flaw(upkeep: EvidenceUpkeep, found: StoredFile | None, expected: int, *, read: bool) -> str:
    if found is None:
        return "is missing"
    if found.size != expected:
        return f"has {found.size} bytes; on record are {expected}"
    return upkeep.flaw(found) if read else ""
