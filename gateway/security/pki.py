"""The folder of a development or small-city authority, and what is issued from it.

::

    <folder>/root.pem root.key          the root; its key belongs off this machine once the issuing authority is made
             issuing.pem issuing.key    signs every leaf
             ca-bundle.pem              what gateway and callers trust: the root
             revoked.txt                serial numbers that are revoked
             server.pem server.key      the gateway's leaf with the issuing authority behind it
             clients/<agency>.<role>[.<holder>].pem .key
             issued/<serial number>.pem every leaf that was ever issued, so that those replaced can be revoked, too

Keys are mode 0600 in a folder of mode 0700, unencrypted. Nothing is overwritten unless that is asked for. What lies
in such a folder, and what becomes of it, is for ``issued``, ``renewal`` and ``revoking``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from gateway.security.authority import Issued, make_client, make_issuing, make_root, make_server
from gateway.security.key_files import make_private_folder, replace_file
from gateway.security.key_pairs import PairFiles, replace_pair
from gateway.security.names import CallerName, CallerNameError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

ALWAYS_NAMED: Final = ("localhost", "127.0.0.1", "::1")
NO_SERIALS: Final = (
    b"# Revoked certificates: one serial number a line, hexadecimal. Keep this line: empty is unusable.\n"
)


class PkiError(Exception):
    """Something could not be made; the message names the file or the value."""


def init_authority(folder: Path, trust_domain: str, now: datetime, *, force: bool = False) -> None:
    """Make a root, an issuing authority, the bundle and an empty list of revoked serial numbers in *folder*.

    With *force* an authority that is there is replaced, and nothing that it issued is good any more; a list of
    revoked serial numbers is always kept.

    Raises:
        PkiError: Something is there already, the trust domain is malformed, or the folder cannot be written.
    """
    try:
        CallerName(trust_domain, "agency", "role")
    except CallerNameError as error:
        raise PkiError(f"{trust_domain!r}: {error}") from error
    _make_folder(folder)
    root = make_root(trust_domain, now)
    issuing = make_issuing(root, trust_domain, now)
    root_pem = _pem([root.certificate])
    _write(
        {
            folder / "root.key": _key_pem(root),
            folder / "root.pem": root_pem,
            folder / "issuing.key": _key_pem(issuing),
            folder / "issuing.pem": _pem([issuing.certificate]),
            folder / "ca-bundle.pem": root_pem,
        },
        force=force,
    )
    if not (folder / "revoked.txt").exists():
        _write({folder / "revoked.txt": NO_SERIALS}, force=False)


def issue_server(folder: Path, names: Sequence[str], days: int, now: datetime, *, force: bool = False) -> PairFiles:
    """Issue the gateway's certificate for *names*, host names and IP addresses, besides this machine's own.

    Args:
        folder: Of ``init_authority``.
        names: Further names under which callers reach the gateway.
        days: Lifetime.
        now: The present.
        force: Replace one that is there.

    Raises:
        PkiError: There is one, a name is malformed, or the issuing authority ends earlier.
    """
    issuing, _ = read_issuing(folder)
    try:
        leaf = make_server(issuing, [*dict.fromkeys([*ALWAYS_NAMED, *names])], _until(issuing, days, now), now)
    except ValueError as error:
        raise PkiError(str(error)) from error
    return _write_leaf(folder, "server", leaf, issuing, force=force)


def issue_client(  # noqa: PLR0913 - three of them are the parts of one name
    folder: Path, agency: str, role: str, holder: str | None, days: int, now: datetime, *, force: bool = False
) -> PairFiles:
    """Issue a certificate for one caller, in the trust domain of the authority.

    Args:
        folder: Of ``init_authority``.
        agency: Its id, as in ``agencies.toml``.
        role: Its role there.
        holder: A person of the agency; None for a system.
        days: Lifetime.
        now: The present.
        force: Replace one that is there.

    Raises:
        PkiError: There is one, a part of the name is malformed, or the issuing authority ends earlier.
    """
    issuing, trust_domain = read_issuing(folder)
    try:
        caller = CallerName(trust_domain, agency, role, holder or "")
    except CallerNameError as error:
        raise PkiError(f"{agency}/{role}: {error}") from error
    leaf = make_client(issuing, caller, _until(issuing, days, now), now)
    _make_folder(folder / "clients")
    file = ".".join(part for part in (agency, role, holder) if part)
    return _write_leaf(folder, f"clients/{file}", leaf, issuing, force=force)


def read_issuing(folder: Path) -> tuple[Issued, str]:
    """Return the issuing authority of *folder* and the trust domain that it names; raises ``PkiError``."""
    try:
        certificate = x509.load_pem_x509_certificate((folder / "issuing.pem").read_bytes())
        key = load_pem_private_key((folder / "issuing.key").read_bytes(), password=None)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        (uri,) = names.get_values_for_type(x509.UniformResourceIdentifier)
    except OSError as error:
        raise PkiError(f"{error.filename}: {error.strerror}; `jsg pki init` makes an authority") from error
    except (ValueError, TypeError, x509.ExtensionNotFound) as error:
        raise PkiError(f"{folder}: issuing.pem and issuing.key are not an authority of `jsg pki init`") from error
    if not isinstance(key, EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise PkiError(f"{folder}: issuing.key is not the key of issuing.pem")
    return Issued(certificate, key), uri.removeprefix("spiffe://")


def _until(issuing: Issued, days: int, now: datetime) -> datetime:
    if days < 1:
        raise PkiError(f"a lifetime of {days} days is none")
    until = now + timedelta(days=days)
    if until > issuing.certificate.not_valid_after_utc:
        raise PkiError(f"the issuing authority ends at {issuing.certificate.not_valid_after_utc:%Y-%m-%d}, before that")
    return until


def _write_leaf(folder: Path, name: str, leaf: Issued, issuing: Issued, *, force: bool) -> PairFiles:
    """Keep the leaf among those that were issued, then hand it out."""
    files = PairFiles(folder / f"{name}.pem", folder / f"{name}.key")
    for path in (files.key, files.certificate):
        # A link without a certificate is what a killed command left, and no key of anybody.
        if not force and path.exists() and (files.certificate.exists() or not files.linked(path)):
            raise PkiError(f"{path} is there already and is not overwritten; --force does that")
    _make_folder(folder / "issued")
    serial = f"{leaf.certificate.serial_number:x}"
    _write({folder / "issued" / f"{serial}.pem": _pem([leaf.certificate])}, force=False)
    try:
        replace_pair(files, _pem([leaf.certificate, issuing.certificate]), _key_pem(leaf))
    except OSError as error:
        raise PkiError(f"{files.certificate}: {error.strerror}") from error
    return files


def _make_folder(folder: Path) -> None:
    try:
        make_private_folder(folder)
    except OSError as error:
        raise PkiError(f"{folder}: {error.strerror}") from error


def _write(contents: dict[Path, bytes], *, force: bool) -> None:
    """Write all or, when one is there and *force* is off, none."""
    for path in contents:
        if not force and path.exists():
            raise PkiError(f"{path} is there already and is not overwritten; --force does that")
    for path, content in contents.items():
        try:
            replace_file(path, content, mode=0o600 if path.suffix == ".key" else 0o644)
        except OSError as error:
            raise PkiError(f"{path}: {error.strerror}") from error


def _pem(certificates: Sequence[x509.Certificate]) -> bytes:
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)


def _key_pem(issued: Issued) -> bytes:
    return issued.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
