"""Receipts that somebody else holds, laid beside the record: whether what they prove is still there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from formats.receipt import ReceiptError, decode_receipt, verify_receipt
from gateway.cli.verify import receipt_bytes
from gateway.security.log_keys import holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from formats.note import VerificationKey
    from gateway.storage.log_store import SqlLogStore


def missing(files: Iterable[Path], keys: Sequence[VerificationKey], store: SqlLogStore) -> Iterator[str]:
    """Yield in words what the receipts in *files* prove and the log has not, or that one of them proves nothing.

    Args:
        files: Receipts, or their pages.
        keys: Public keys of logs that are trusted.
        store: The logs as they are stored.

    Raises:
        StoreUnavailableError: The database failed.
    """
    for file in files:
        try:
            receipt = decode_receipt(receipt_bytes(file.read_bytes()))
            proven = verify_receipt(receipt, keys, holds)
        except (OSError, ReceiptError) as error:
            yield f"{file}: {error}"
            continue
        place = f"{proven.checkpoint.origin}, entry {proven.index} of {proven.envelope['time']}"
        state = store.find(proven.checkpoint.origin)
        if state is None or proven.index >= state.size:
            yield f"{file}: {place}: is lost"
        elif store.envelopes(state.origin, proven.index, 1) != [receipt.envelope]:
            yield f"{file}: {place}: another entry stands there"
