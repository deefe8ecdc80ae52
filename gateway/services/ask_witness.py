"""Asking a witness to cosign the newest checkpoint (C2SP tlog-witness): the log has only grown, says somebody else.

A witness is another agency's: it keeps the last checkpoint that it saw and refuses one that does not follow from it, so
that a gateway cannot show two logs. What it answers is believed only as far as its signature holds. A witness that is
away is a gap that is seen, and holds nothing up.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from formats.merkle_nodes import consistency_proof
from formats.note import Note, NoteError, SignatureKind, decode_note, encode_note, parse_key, verify_note
from formats.tiles import reader_of_tiles
from formats.tlog_proof import encode_add_checkpoint
from gateway.domain.witnesses import Cosigned

if TYPE_CHECKING:
    from formats.note import Verify
    from gateway.domain.log import LogState
    from gateway.services.ports.log import LogReading, Witness, WitnessBook

TRIES: Final = 2
"""One more where the witness says that it knows another size than we believed."""


class WitnessError(Exception):
    """The witness did not cosign; the message says what it answered."""


class AskWitness:
    """Asks one witness. Blocking."""

    def __init__(self, log: LogReading, book: WitnessBook, witness: Witness, verify: Verify) -> None:
        """Use a witness.

        Raises:
            ValueError: Its key is not one of a witness.
        """
        self._log = log
        self._book = book
        self._witness = witness
        self._verify = verify
        self._key = parse_key(witness.key)
        if self._key.kind is not SignatureKind.COSIGNATURE:
            raise ValueError(f"{witness.key} is not the key of a witness")

    def __call__(self, state: LogState) -> Cosigned:
        """Have the newest checkpoint of *state* cosigned, keep that, and return it.

        Raises:
            WitnessError: It refused, or what it answered is no cosignature of this checkpoint.
            StoreUnavailableError, OSError: The store or the witness cannot be reached.
        """
        last = self._book.last(state.origin, self._witness.key)
        if last is not None and last.size == state.signed_size:
            return last
        size = last.size if last is not None else 0
        for _ in range(TRIES):
            status, answer = self._witness.add_checkpoint(self._request(state, size))
            if status == HTTPStatus.OK:
                cosigned = self._read(state, answer)
                self._book.keep(cosigned)
                return cosigned
            known = _size(answer) if status == HTTPStatus.CONFLICT else None
            if known is None or known == size or known > state.signed_size:
                break
            size = known
        said = f"knows {known} entries" if known is not None else answer[:200].decode(errors="replace").strip()
        raise WitnessError(f"{self._key.name} answered {status}: {said}")

    def _request(self, state: LogState, old: int) -> bytes:
        node = reader_of_tiles(lambda level, number: self._log.tile(state.origin, level, number))
        return encode_add_checkpoint(old, consistency_proof(node, old, state.signed_size), state.note)

    def _read(self, state: LogState, answer: bytes) -> Cosigned:
        """Put the witness's lines under the checkpoint, and believe what verifies."""
        signed = decode_note(state.note)
        try:
            lines = decode_note(b"x\n\n" + answer).signatures
            mine = tuple(each for each in lines if (each.name, each.key_id) == (self._key.name, self._key.key_id))
            note = Note(signed.text, (*signed.signatures, *mine))
            held = verify_note(note, [self._key], self._verify)
        except NoteError as error:
            raise WitnessError(f"{self._key.name} answered no cosignature: {error}") from error
        if not held or held[0].time is None:
            raise WitnessError(f"{self._key.name} answered without a cosignature of its own")
        return Cosigned(state.origin, self._witness.key, state.signed_size, encode_note(note), held[0].time)


def _size(answer: bytes) -> int | None:
    text = answer.strip()
    return int(text) if text.isdigit() and len(text) < 20 else None
