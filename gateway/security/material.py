"""The server's key material as it lies on the disk: taken over while we run, once it is sound.

gRPC keeps silent about bad material and goes on with the old, so it never sees any: what is not sound stays outside,
the last sound material stays in use, and the faults are told until they are mended. What is done about them is for
``gateway.bootstrap``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from gateway.security.tls import check_material
from gateway.security.watched import UnusableFileError, WatchedFile
from gateway.services.ports.identity import KeyMaterial

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

RECHECK: Final = timedelta(seconds=1)
"""How often material that has not changed is judged anew: its time may be over."""


class ServerMaterial:
    """Certificate, key and authorities, looked at whenever ``look`` is called. Use it from one thread."""

    def __init__(self, certificate: Path, key: Path, ca_bundle: Path, now: datetime) -> None:
        """Read the three files.

        Raises:
            UnusableFileError: One cannot be read, or together they are not sound; the message is the first fault.
        """
        self._files = tuple(WatchedFile(path, bytes) for path in (certificate, key, ca_bundle))
        self._found: KeyMaterial | None = None
        self._faults: list[str] = []
        self._checked = now
        self._suspected = False
        found = self._read()
        if faults := self._judge(found, now):
            raise UnusableFileError(faults[0])
        self.held = found
        """The last sound material: what handshakes are made with."""

    def look(self, now: datetime) -> list[str]:
        """Take over what is new and sound, and return what is wrong with what lies there; empty when nothing is.

        A fault counts when two looks in a row find one: a tool that replaces certificate and key one after the other
        is in the middle of it for a moment.
        """
        try:
            found = self._read()
        except UnusableFileError as error:
            faults = [str(error)]
        else:
            faults = self._judge(found, now)
            if not faults and found != self.held:
                self.held = found
        told = faults if self._suspected else []
        self._suspected = bool(faults)
        return told

    def _read(self) -> KeyMaterial:
        certificate, key, ca_bundle = (file.current() for file in self._files)
        if self._files[0].current() is not certificate:
            certificate, key, ca_bundle = (file.current() for file in self._files)
        return KeyMaterial(certificate, key, ca_bundle)

    def _judge(self, found: KeyMaterial, now: datetime) -> list[str]:
        if found != self._found or abs(now - self._checked) >= RECHECK:
            self._faults = check_material(found.certificate, found.key, found.ca_bundle, now)
            self._found, self._checked = found, now
        return self._faults
