"""A hand-over between HRSS and the police at a gateway in memory, as far as tests of the parties' library want it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from jointsanctions.v1 import referral_pb2 as pb
from justice_gateway import CASE, HURRIED, NOW, MemoryGateway, light_key, listed, shown_key

from adapters.dossier.errors import DossierError
from adapters.justice.fetching import fetch
from adapters.justice.keyring import Keyring
from adapters.justice.sending import Addressees, send
from adapters.justice.spool import Spool
from adapters.justice.uploading import upload
from formats.dossier import Material

TO = Addressees("police", "procuratorate")


class Played:
    """HRSS and police at one gateway in memory, each with its keys; the case has an order and a letter."""

    def __init__(self, authority, folder):
        self.gateway, self.folder = MemoryGateway(), folder
        self.hrss = authority.party(self.gateway, "hrss", "producer")
        self.police = authority.party(self.gateway, "police", "police")
        self.procuratorate = authority.party(self.gateway, "procuratorate", "procuratorate")
        self.rings = {party.agency: Keyring(folder / party.agency) for party in (self.hrss, self.police)}
        for ring in self.rings.values():
            ring.make(light_key().public.kind, NOW)
        self.gateway.keys = [
            shown_key(self.police, self.rings["police"].newest),
            shown_key(self.procuratorate, light_key()),
        ]
        self.spool = Spool(folder / "spool", CASE, "hrss")

    def seal(self, item_id="order", content=b"an order", material=Material.ORDER):
        path = self.folder / f"{item_id}.pdf"
        path.write_bytes(content)
        return self.spool.seal(listed(path, item_id, material), self.rings["hrss"].newest.public, NOW)

    def send(self, kind="SENDING"):
        step = pb.ReferralStep(kind=pb.ReferralActKind.Value(f"REFERRAL_ACT_KIND_{kind}"), document_number="1")
        answer = send(self.hrss, self.rings["hrss"], self.spool, step, TO, datetime.now(UTC))
        self.gateway.files = {file.item.item_id: file.path.read_bytes() for file in self.spool.files()}
        return answer

    def upload(self, file):
        upload(self.hrss, CASE, file, HURRIED)

    def publish(self, key, by=None):
        """Put a key before the police's others, signed by *by*, else by the police."""
        shown = shown_key(by or self.police, key, "police")
        self.gateway.keys.insert(0, shown)
        return shown

    def thief_of_a_key(self, folder):
        """Return a ring with a key that is not the police's."""
        ring = Keyring(folder)
        ring.make(light_key().public.kind, NOW)
        return ring

    def fetched(self):
        found = fetch(self.police, self.rings["police"], CASE, self.folder / "received", HURRIED)
        return {file.item.item_id: file.path.read_bytes() for file in found}

    def forget(self):
        """Throw away what the police have opened."""
        for file in (self.folder / "received").glob("*"):
            file.unlink()

    def left(self):
        return sorted(file.name for file in (self.folder / "received").iterdir())


def fault(call):
    with pytest.raises(DossierError) as caught:
        call()
    return caught.value.fault
