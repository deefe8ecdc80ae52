"""Puts certificates on the list of what is revoked, with the day and the reason.

A caller that is revoked by its name loses every certificate that it ever got and that has not ended: whoever stole a
key before the last renewal has an older one. How fast the gateway acts on the list is ``watched``'s matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography import x509

from formats.civil import civil_date
from gateway.security.issued import Kind, Known, known_certificates, read_revocations
from gateway.security.key_files import replace_file
from gateway.security.key_pairs import locked
from gateway.security.leaf import UNREADABLE
from gateway.security.pki import PkiError
from gateway.security.revocation import SERIAL, SerialNumbers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

REASON: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,200}")
"""One printable line: the list is read line by line."""


@dataclass(frozen=True, slots=True)
class Revoked:
    """A serial number, hexadecimal, as it stands on the list now."""

    serial: str
    name: str
    """Whose it is; empty when the folder does not know the certificate."""
    already: bool
    """It stood there before."""


def revoke(folder: Path, what: Sequence[str], reason: str, now: datetime) -> list[Revoked]:
    """Append to ``revoked.txt`` in one step, all or nothing.

    Args:
        folder: Of ``pki.init_authority``.
        what: Each a caller (``agency/role[/holder]``), a file with a certificate first, or a serial number,
            hexadecimal, colons allowed.
        reason: One line for whoever reads the list later; names no person.
        now: The present.

    Raises:
        PkiError: One names nothing that can be revoked, the reason is no line, or the list cannot be read or written
            or holds the signed lists of another authority; or a caller is named, and one of the certificates in the
            folder, which may be its own, cannot be read.
    """
    if not REASON.fullmatch(reason):
        raise PkiError("the reason must be one line of 1 to 200 printable characters")
    path = folder / "revoked.txt"
    try:
        with locked(folder):
            listed = read_revocations(folder)
            if not isinstance(listed, SerialNumbers):
                raise PkiError(f"{path} holds signed lists: revoke with the authority that signs them")
            known = _known(folder, what)
            found = [entry for each in what for entry in _find(known, folder, each, now)]
            revoked = [Revoked(serial, name, already=listed.holds(serial)) for serial, name in dict(found).items()]
            _append(path, [entry for entry in revoked if not entry.already], reason, now)
    except OSError as error:
        raise PkiError(f"{error.filename or folder}: {error.strerror}") from error
    return revoked


def _known(folder: Path, what: Sequence[str]) -> list[Known]:
    """What lies in the folder; whoever names certificates themselves is not held up by a file that cannot be read."""
    try:
        return known_certificates(folder)
    except PkiError:
        if not all(each.endswith(".pem") or _serial(each) for each in what):
            raise
        return []


def _serial(what: str) -> str:
    """Return *what* as a serial number as ``Known`` writes it; empty when it is none."""
    serial = what.replace(":", "").lower().lstrip("0")
    return serial if "/" not in what and SERIAL.fullmatch(serial) else ""


def _find(known: Sequence[Known], folder: Path, what: str, now: datetime) -> list[tuple[str, str]]:
    """Serial numbers and names of what is meant."""
    if what.endswith(".pem"):
        return [_of_file(known, folder, what)]
    if serial := _serial(what):
        return [_named(known, serial)]
    found = [(each.serial, each.name) for each in known if each.kind is Kind.CALLER and each.name == what]
    live = {each.serial for each in known if each.certificate.not_valid_after_utc >= now}
    if not found:
        raise PkiError(f"{what!r} is no caller with a certificate here, no file that ends with .pem, no serial number")
    if not any(serial in live for serial, _ in found):
        raise PkiError(f"{what}: every certificate of it has ended already")
    return [(serial, name) for serial, name in found if serial in live]


def _of_file(known: Sequence[Known], folder: Path, what: str) -> tuple[str, str]:
    path = next((path for path in (folder.joinpath(what), folder.cwd() / what) if path.exists()), folder.cwd() / what)
    try:
        certificate = x509.load_pem_x509_certificates(path.read_bytes())[0]
    except UNREADABLE as error:
        raise PkiError(f"{path} holds no PEM certificate that can be read: {error}") from error
    return _named(known, f"{certificate.serial_number:x}")


def _named(known: Sequence[Known], serial: str) -> tuple[str, str]:
    """The serial number with its certificate's name; a server's has no place on the list."""
    found = next((each for each in known if each.serial == serial), None)
    if found is not None and found.kind is Kind.SERVER:
        raise PkiError("callers do not read this list: a gateway's certificate ends by taking its authority from them")
    return serial, found.name if found is not None else ""


def _append(path: Path, entries: Sequence[Revoked], reason: str, now: datetime) -> None:
    if not entries:
        return
    text = path.read_text(encoding="utf-8-sig")
    lines = [f"{entry.serial}  # {civil_date(now)} {entry.name or 'unknown here'}: {reason}\n" for entry in entries]
    whole = (text if text.endswith("\n") else f"{text}\n") + "".join(lines)
    replace_file(path, whole.encode(), mode=path.stat().st_mode & 0o777)
