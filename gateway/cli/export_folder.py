"""The folder of an export: written aside, made durable, and given its name once it is whole and has been verified."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

from formats.access_export import MANIFEST_FILE, PROOFS_FILE, RECEIPT_FILE, ROWS_FILES
from gateway.bootstrap.config import StartError
from gateway.storage.durable import sync_folder

if TYPE_CHECKING:
    from types import TracebackType


class ExportFolder:
    """Takes the parts of one export; whatever ends before ``finish`` leaves nothing. Its owner alone reads it."""

    def __init__(self, final: Path, form: str) -> None:
        """Begin beside *final*, which must not be there yet; *form* is ``jsonl`` or ``csv``.

        Raises:
            StartError: There is something under this name, or nothing can be written beside it.
        """
        if final.exists() or final.is_symlink():
            raise StartError(f"{final} is there already: an export never overwrites anything")
        self._final = final
        try:
            self.aside = Path(tempfile.mkdtemp(prefix=f".{final.name}.", dir=final.parent))
            self._rows = self._open(ROWS_FILES[form])
            self._proofs = self._open(PROOFS_FILE)
        except OSError as error:
            raise StartError(f"{final.parent}: {error.strerror}") from error

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove what has not got its name."""
        self._rows.close()
        self._proofs.close()
        shutil.rmtree(self.aside, ignore_errors=True)

    def add(self, content: bytes, proofs: bytes) -> None:
        """Append to rows and proofs. Raises ``OSError``."""
        self._rows.write(content)
        self._proofs.write(proofs)

    def complete(self, manifest: bytes, receipt: bytes) -> None:
        """Write what comes last, and make all of it durable. Raises ``OSError``."""
        files = [self._rows, self._proofs, self._open(MANIFEST_FILE), self._open(RECEIPT_FILE)]
        files[2].write(manifest)
        files[3].write(receipt)
        for file in files:
            file.flush()
            os.fsync(file.fileno())
            file.close()
        sync_folder(self.aside)

    def finish(self) -> None:
        """Give the folder its name. Raises ``OSError``, as where somebody else has taken the name meanwhile."""
        self.aside.rename(self._final)
        sync_folder(self._final.parent)

    def _open(self, name: str) -> BinaryIO:
        return (self.aside / name).open("xb")
