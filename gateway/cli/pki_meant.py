"""Which certificates are meant by what was typed after ``jsg pki revoke --at-gateway``; nothing is sent here."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from jointsanctions.v1 import revocation_pb2 as pb

from gateway.security.issued import Kind, issuing_of, known_certificates
from gateway.security.pki import PkiError
from gateway.security.revocation import SERIAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from gateway.security.issued import Known

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Meant:
    """One certificate that is to be revoked: how it is sent, and by what it is called here."""

    said: str
    fields: dict[str, Any]


def find_meant(folder: Path, what: Sequence[str], issuer: str, now: datetime) -> list[Meant]:
    """Return each certificate that is meant, once.

    Args:
        folder: Of ``jsg pki``; it need not be there.
        what: Each a caller (``agency/role[/holder]``), a ``.pem`` file, a serial number, or a SHA-256, hexadecimal.
        issuer: Who issued those that are named by a serial number which the folder does not know.
        now: The present.

    Raises:
        PkiError: One names nothing that can be revoked, or a file cannot be read.
    """
    known = _known(folder, what)
    found = [meant for each in what for meant in _find(known, each, issuer, now)]
    return list({json.dumps(each.fields, sort_keys=True, default=str): each for each in found}.values())


def _known(folder: Path, what: Sequence[str]) -> list[Known]:
    """Return what lies in the folder; nobody is held up by it who names certificates themselves."""
    try:
        return known_certificates(folder)
    except PkiError:
        if any("/" in each and not each.endswith(".pem") for each in what):
            raise
        return []


def _find(known: Sequence[Known], what: str, issuer: str, now: datetime) -> Iterator[Meant]:
    digits = what.removeprefix("sha256:").replace(":", "").lower()
    if what.endswith(".pem"):
        yield Meant(what, {"certificate": _text(what)})
    elif _SHA256.fullmatch(digits):
        yield Meant(what, {"sha256": digits})
    elif "/" not in what and SERIAL.fullmatch(digits):
        yield _numbered(known, what, digits.lstrip("0"), issuer)
    else:
        own = [each for each in known if each.kind is Kind.CALLER and each.name == what]
        live = [each for each in own if each.certificate.not_valid_after_utc >= now]
        if not live:
            none = "every certificate of it has ended already" if own else "is no caller with a certificate here"
            raise PkiError(f"{what}: {none}; a .pem file, a serial number or a SHA-256 can be named instead")
        for each in live:
            yield Meant(f"{what} {each.serial}", {"certificate": _pem(each, known)})


def _numbered(known: Sequence[Known], what: str, serial: str, issuer: str) -> Meant:
    own = next((each for each in known if each.serial == serial), None)
    if own is not None:
        return Meant(what, {"certificate": _pem(own, known)})
    if not issuer:
        raise PkiError(f"{what} is unknown here: name who issued it with --issuer, as RFC 4514 writes it")
    return Meant(what, {"number": pb.CertificateNumber(serial_number=serial, issuer=issuer)})


def _pem(own: Known, known: Sequence[Known]) -> str:
    above = issuing_of(known)
    chain = [own.certificate] if above is None else [own.certificate, above]
    return "".join(each.public_bytes(Encoding.PEM).decode() for each in chain)


def _text(file: str) -> str:
    try:
        with open(file, "rb") as opened:  # noqa: PTH123 - as it was typed, from where it was typed
            chain = x509.load_pem_x509_certificates(opened.read())
    except OSError as error:
        raise PkiError(f"{file}: {error.strerror}") from error
    except ValueError as error:
        raise PkiError(f"{file} holds no PEM certificate that can be read: {error}") from error
    return "".join(each.public_bytes(Encoding.PEM).decode() for each in chain)
