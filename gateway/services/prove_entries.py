"""Proofs from the log: the newest checkpoint, that an entry stands in it, that it only adds to an earlier one.

All of it can be had from the static files as well; here it is for callers who have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from formats.merkle_nodes import consistency_proof, inclusion_proof
from formats.note import Note, decode_note, encode_note
from formats.tiles import reader_of_tiles
from formats.tlog_proof import TlogProof, encode_proof
from gateway.domain.errors import EnterpriseNotFoundError, MalformedRequestError, StateError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.domain.log import LogState
    from gateway.domain.witnesses import Cosigned
    from gateway.services.ports.log import LogReading


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry with the proof that it stands in the log."""

    origin: str
    index: int
    envelope: bytes
    proof: bytes
    """A proof file (C2SP tlog-proof) with the newest checkpoint."""
    key: str


class ProveEntries:
    """Reads the log. Blocking, and usable from any thread."""

    def __init__(self, log: LogReading) -> None:
        self._log = log

    def checkpoint(self, origin: str) -> LogState:
        """Return a log with its newest signed checkpoint; an empty *origin* means the one that is open.

        Raises:
            EnterpriseNotFoundError: There is no such log.
            StateError: Nothing of it is signed yet.
            StoreUnavailableError: The store cannot be read.
        """
        state = self._log.find(origin) if origin else self._log.newest()
        if state is None:
            raise EnterpriseNotFoundError("there is no log of this name", log=origin)
        if not state.note:
            raise StateError("nothing of this log is signed yet", object=state.origin, state="OPENED", wanted="SIGNED")
        return state

    def place_of(self, writer: str, number: int) -> tuple[str, int] | None:
        """Return log and index of an entry of a queue once a signed checkpoint covers it, and None before."""
        place = self._log.place_of(writer, number)
        if place is None:
            return None
        state = self._log.find(place[0])
        return place if state is not None and place[1] < state.signed_size else None

    def envelope_of(self, year: int, index: int) -> bytes | None:
        """Return the entry at *index* of the log of *year*; None where no signed checkpoint covers one.

        Raises:
            StoreUnavailableError: The store cannot be read.
        """
        newest = self._log.newest()
        state = newest and self._log.find(f"{newest.origin.rpartition('/')[0]}/{year}")
        if not state or not index < state.signed_size:
            return None
        (envelope,) = self._log.envelopes(state.origin, index, 1)
        return envelope

    def inclusion(self, origin: str, index: int) -> Proven:
        """Prove the entry at *index* in the newest checkpoint of a log.

        Raises:
            EnterpriseNotFoundError: There is no such log, or no such entry under its newest checkpoint.
            LogDamagedError: The entry is in the log and in no queue.
            StateError, StoreUnavailableError: As ``checkpoint`` does.
        """
        state = self.checkpoint(origin)
        if not 0 <= index < state.signed_size:
            raise EnterpriseNotFoundError("no signed checkpoint covers such an entry", log=origin, index=str(index))
        node = reader_of_tiles(lambda level, number: self._log.tile(origin, level, number))
        # What a witness has seen as well proves more than what the log alone says.
        seen = [each for each in self._log.cosigned(origin) if each.size > index]
        size, note = (seen[0].size, _together(seen)) if seen else (state.signed_size, state.note)
        path = tuple(inclusion_proof(node, index, size))
        (envelope,) = self._log.envelopes(origin, index, 1)
        return Proven(origin, index, envelope, encode_proof(TlogProof(index, path, note)), state.key)

    def consistency(self, origin: str, old_size: int) -> tuple[list[bytes], LogState]:
        """Prove that the newest checkpoint of a log only adds to one of *old_size* entries; return that log too.

        Raises:
            MalformedRequestError: *old_size* is 0 or more than the newest checkpoint has.
            EnterpriseNotFoundError, StateError, StoreUnavailableError: As ``checkpoint`` does.
        """
        state = self.checkpoint(origin)
        if not 0 < old_size <= state.signed_size:
            raise MalformedRequestError("old_size", f"must be 1 to {state.signed_size}, the size of the checkpoint")
        node = reader_of_tiles(lambda level, number: self._log.tile(state.origin, level, number))
        return consistency_proof(node, old_size, state.signed_size), state


def _together(seen: Sequence[Cosigned]) -> bytes:
    """Return the largest checkpoint that was cosigned, with the signatures of all witnesses that cosigned that one."""
    notes = [decode_note(each.note) for each in seen if each.size == seen[0].size]
    lines = dict.fromkeys(line for note in notes for line in note.signatures)
    return encode_note(Note(notes[0].text, tuple(lines)))
