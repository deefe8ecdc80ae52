"""A dossier made readable for one more recipient, by whoever can open it: the keys alone are wrapped anew."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from jointsanctions.v1 import referral_pb2 as pb

from adapters.dossier.errors import DossierError, DossierFault
from adapters.dossier.keys import Purpose
from adapters.justice.once import make_once
from adapters.justice.parts import case_of, parts_of
from adapters.justice.recipients import recipient_key

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from pathlib import Path

    from adapters.justice.keyring import Keyring
    from adapters.justice.party import Party


def share(
    party: Party, keyring: Keyring, case: tuple[str, Collection[str]], recipient: str, going: tuple[Path, datetime]
) -> pb.ShareDossierResponse:
    """Wrap the keys of files for *recipient*.

    Args:
        party: Who shares; it can open them.
        keyring: Its keys.
        case: Id of the case, and ids of the files; none means all that the party can open. What the recipient
            can open already, by the same key of its own, is left out; it is refused where nothing is left.
        recipient: Id of an agency that takes part so that it may open them.
        going: Where the call is kept until it is answered, and now, UTC.

    Raises:
        DossierError: The recipient's key or a manifest is not proven, or a file cannot be opened.
        GatewayError: There was no answer, or it is refused.
    """
    (referral_id, wanted), (place, now) = case, going

    def prepare() -> pb.ShareDossierRequest:
        parts = parts_of(party, referral_id, case_of(party, referral_id).referral.agency)
        own = {item.item_id: keys for part in parts for item, keys in part.openable(party.agency)}
        for item_id in wanted:
            if item_id not in own:
                raise DossierError(DossierFault.NOT_FOR_US, f"{item_id}: is no file that is for {party.agency}")
        public = recipient_key(party, recipient, now)
        keys = []
        for item_id in wanted or own:
            wraps = [(key.wrapped, key.kid) for key in own[item_id]]
            opened = keyring.unwrap_any(wraps, Purpose(referral_id, item_id, party.agency))
            wrapped = public.wrap(opened, Purpose(referral_id, item_id, recipient))
            keys.append(pb.WrappedKey(item_id=item_id, recipient=recipient, kid=public.kid, wrapped=wrapped))
        request_id = f"sharing-{uuid.uuid4().hex}"
        return pb.ShareDossierRequest(request_id=request_id, officer=party.officer, referral_id=referral_id, keys=keys)

    def call(request: pb.ShareDossierRequest) -> pb.ShareDossierResponse:
        return party.client.referral("ShareDossier", request, pb.ShareDossierResponse)

    return make_once(place, pb.ShareDossierRequest, prepare, call)
