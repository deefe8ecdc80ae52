"""An agency's own keys for dossiers: a folder of which each file is one, kept while something opens with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import referral_pb2 as pb

from adapters.dossier.errors import DossierError, DossierFault
from adapters.dossier.keys import KeyKind, PrivateDossierKey
from formats.dossier_key import PURPOSE, KeyStatement, encode_key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta
    from pathlib import Path

    from adapters.dossier.keys import Purpose
    from adapters.justice.party import Party

_SUFFIX: Final = ".pem"


class Keyring:
    """The keys of one folder. A key that was replaced stays, for what was sealed to it."""

    def __init__(self, folder: Path) -> None:
        """Read every key of *folder*; one that is not there yet has none.

        Raises:
            DossierError: ``KEY_UNUSABLE``: a file is no key; the message names it.
        """
        self._folder = folder
        files = sorted(folder.glob(f"*{_SUFFIX}")) if folder.exists() else []
        self._keys = [PrivateDossierKey.load(file) for file in files]

    @property
    def newest(self) -> PrivateDossierKey:
        """The key that was made last.

        Raises:
            DossierError: ``KEY_UNUSABLE``: there is none.
        """
        if not self._keys:
            raise DossierError(DossierFault.KEY_UNUSABLE, f"{self._folder}: there is no key: jsg referral key")
        return self._keys[-1]

    @property
    def is_empty(self) -> bool:
        """There is no key."""
        return not self._keys

    def make(self, kind: KeyKind, now: datetime) -> PrivateDossierKey:
        """Make a key and keep it, readable by its owner alone.

        Raises:
            DossierError: ``KEY_UNUSABLE``: this machine's OpenSSL does not have the kind.
            OSError: It cannot be written.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = PrivateDossierKey.generate(kind)
        key.save(self._folder / f"{now:%Y%m%dT%H%M%S%f}-{key.public.kid}{_SUFFIX}")
        self._keys.append(key)
        return key

    def unwrap(self, wrapped: bytes, kid: str, purpose: Purpose) -> bytes:
        """Return the key of a file that was wrapped for the own key *kid*.

        Raises:
            DossierError: ``NOT_FOR_US``: there is no such key, or it was wrapped otherwise.
        """
        return self.unwrap_any([(wrapped, kid)], purpose)

    def unwrap_any(self, wraps: Iterable[tuple[bytes, str]], purpose: Purpose) -> bytes:
        """Return the key of a file by the first of its wraps, each with its kid, for which the own key is there.

        Raises:
            DossierError: ``NOT_FOR_US``: there is no key for any, or it was wrapped otherwise.
        """
        own = {key.public.kid: key for key in self._keys}
        kids = []
        for wrapped, kid in wraps:
            if kid in own:
                return own[kid].unwrap(wrapped, purpose)
            kids.append(kid)
        raise DossierError(DossierFault.NOT_FOR_US, f"{purpose.item_id}: {self._folder} has no key {', '.join(kids)}")


def publish(
    party: Party, key: PrivateDossierKey, begins: datetime, lasting: timedelta, request_id: str
) -> pb.DossierKey:
    """Make the newest key known, signed by the own certificate; return it as others see it.

    Raises:
        GatewayError: There was no answer, or it is refused.
    """
    public = key.public
    statement = encode_key(KeyStatement(party.agency, public.kind.value, public.content, begins, begins + lasting))
    request = pb.PublishDossierKeyRequest(
        request_id=request_id,
        officer=party.officer,
        statement=statement,
        signature=party.sign(PURPOSE, statement),
    )
    return party.client.referral("PublishDossierKey", request, pb.PublishDossierKeyResponse).key
