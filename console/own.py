"""What a party to referrals has of its own: what it signs with, whom it trusts, its keys, its inbox, opened files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from adapters.justice.keyring import Keyring
from adapters.justice.party import Party

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.x509.verification import Store

    from adapters.dossier.signing import Signer
    from console.visit import Visit

BOOK: Final = "inbox.sqlite"
"""The same file as that of ``jsg referral watch``: who uses both has one inbox."""


@dataclass(frozen=True, slots=True)
class Own:
    """What the console was given at its start.

    Attributes:
        signer: Certificate and key.
        trusted: The authorities that a manifest's certificate must lead to.
        place: Folder with the keys and the inbox, where ``jsg referral`` has them.
        opened: Folder for opened evidence, readable by its owner alone, which is removed when the console ends.
    """

    signer: Signer
    trusted: Store
    place: Path
    opened: Path

    def keyring(self) -> Keyring:
        """Return the party's keys as they are now.

        Raises:
            DossierError: One cannot be used.
        """
        return Keyring(self.place / "keys")

    @property
    def book(self) -> Path:
        """File of the inbox."""
        return self.place / BOOK


def own_of(visit: Visit) -> Own:
    """Return what the party has of its own.

    Raises:
        LookupError: The console was started without it, which ``jsg console`` never does for such a role.
    """
    if visit.desk.own is None:
        raise LookupError("the console was started without the party's own keys")
    return visit.desk.own


def party_of(visit: Visit) -> Party:
    """Return the party as it speaks for the officer of the session."""
    own = own_of(visit)
    return Party(visit.desk.client, visit.session.officer, own.signer, own.trusted)
