"""Keys of others: fetched from the gateway, and believed only for the signature of whom they are said to belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import referral_pb2 as pb

from adapters.dossier.errors import DossierError, DossierFault
from adapters.dossier.keys import KeyKind, PublicDossierKey
from adapters.justice.party import PARTIES
from formats.dossier_key import PURPOSE, KeyStatementError, decode_key

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.justice.party import Party


def recipient_key(party: Party, agency: str, now: datetime) -> PublicDossierKey:
    """Return the newest key to which dossiers for *agency* are sealed.

    Args:
        party: Who asks.
        agency: Id of the recipient.
        now: UTC.

    Raises:
        DossierError: ``KEY_UNUSABLE``: there is none now; ``NOT_SIGNED``: it is not proven to be that agency's. An
            older key is not taken instead: somebody put the newest one there.
        GatewayError: There was no answer.
    """
    request = pb.ListDossierKeysRequest(officer=party.officer, agencies=[agency])
    keys = party.client.referral("ListDossierKeys", request, pb.ListDossierKeysResponse).keys
    if not keys:
        raise DossierError(DossierFault.KEY_UNUSABLE, f"{agency}: has published no key that is sealed to now")
    return verified(party, keys[0], agency, now)


def verified(party: Party, shown: pb.DossierKey, agency: str, now: datetime) -> PublicDossierKey:
    """Return a key once it is proven to be *agency*'s, and in use *now*.

    Raises:
        DossierError: ``NOT_SIGNED`` or ``KEY_UNUSABLE``.
    """
    try:
        statement = decode_key(shown.statement)
    except KeyStatementError as error:
        raise DossierError(DossierFault.KEY_UNUSABLE, f"{agency}: {error}") from error
    if statement.agency != agency:
        raise DossierError(DossierFault.NOT_SIGNED, f"{agency}: the key is stated to be {statement.agency}'s")
    if not statement.holds(now):
        raise DossierError(DossierFault.KEY_UNUSABLE, f"{agency}: key {statement.kid} is not sealed to now")
    # A certificate that ended since is no matter: it was in date when the statement's time began.
    party.require_signer((PURPOSE, shown.statement, shown.signature), statement.begins, agency, PARTIES)
    return PublicDossierKey(KeyKind(statement.key_kind), statement.public_key)
