"""A dossier of a hostile sender, whose signature is sound: it writes nothing outside the folder it is fetched into."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from jointsanctions.v1 import referral_pb2 as pb
from justice_gateway import CASE, HURRIED, NOW, Authority, MemoryGateway, light_key, listed
from referral_samples import manifest_json

from adapters.dossier.errors import DossierError, DossierFault
from adapters.dossier.keys import Purpose
from adapters.justice.fetching import fetch
from adapters.justice.keyring import Keyring
from adapters.justice.spool import Spool
from formats.dossier import Manifest
from formats.manifest import decode_manifest, encode_manifest

ELSEWHERE = [
    "..",
    ".",
    "../escaped",
    "../../escaped",
    "/escaped",
    "a/../../escaped",
    "..\\escaped",
    ".bashrc",
    "a\0b",
]


class Sent:
    """One file that HRSS has sealed to police, sent under whatever id its manifest is made to say."""

    def __init__(self, folder):
        self.folder, self.gateway = folder, MemoryGateway()
        authority = Authority(folder / "pki")
        self.hrss = authority.party(self.gateway, "hrss", "producer")
        self.police = authority.party(self.gateway, "police", "police")
        self.ring = Keyring(folder / "police")
        self.ring.make(light_key().public.kind, NOW)
        (folder / "order.pdf").write_bytes(b"an order")
        self.file = Spool(folder / "spool", CASE, "hrss").seal(listed(folder / "order.pdf"), light_key().public, NOW)

    def part(self, item_id, media_type="application/pdf"):
        item = replace(self.file.item, item_id=item_id, media_type=media_type)
        raw = manifest_json(Manifest(CASE, 1, "", "hrss", datetime.now(UTC), (item,)))
        made = self.hrss.signer.sign("manifest", raw)
        public = self.ring.newest.public
        key = public.wrap(bytes(32), Purpose(CASE, item_id, "police"))
        wrapped = pb.WrappedKey(item_id=item_id, recipient="police", kid=public.kid, wrapped=key)
        signature = pb.DossierSignature(value=made.value, chain=made.chain)
        return pb.DossierPart(manifest=raw, signature=signature, keys=[wrapped])

    def fetch(self):
        return list(fetch(self.police, self.ring, CASE, self.folder / "received", HURRIED))

    def tree(self):
        return {file: file.stat().st_mtime_ns for file in self.folder.rglob("*") if "received" not in file.parts}


@pytest.fixture
def sent(tmp_path):
    (tmp_path / "own").mkdir()
    return Sent(tmp_path / "own")


@pytest.mark.parametrize("item_id", ELSEWHERE)
def test_a_signed_manifest_of_an_id_that_leads_elsewhere_is_refused_and_nothing_is_written(sent, item_id, tmp_path):
    sent.gateway.parts = [sent.part(item_id)]
    sent.gateway.files = {item_id: sent.file.path.read_bytes()}
    before = sent.tree()
    with pytest.raises(DossierError) as refused:
        sent.fetch()

    assert refused.value.fault is DossierFault.NOT_SIGNED
    assert "items[0].item_id" in str(refused.value)
    assert not (sent.folder / "received").exists()
    assert sent.tree() == before
    assert [each.name for each in tmp_path.iterdir()] == ["own"]


def test_a_media_type_that_looks_like_a_path_is_refused_too(sent):
    sent.gateway.parts = [sent.part("order", "application/../../escaped")]
    with pytest.raises(DossierError, match="media_type"):
        sent.fetch()


def test_what_was_received_under_a_sound_id_is_taken_until_its_key_opens_nothing(sent):
    sent.gateway.parts = [sent.part("order")]
    sent.gateway.files = {"order": sent.file.path.read_bytes()}
    assert encode_manifest(decode_manifest(sent.gateway.parts[0].manifest)) == sent.gateway.parts[0].manifest
    with pytest.raises(DossierError) as refused:
        sent.fetch()
    assert refused.value.fault is DossierFault.CHANGED
    assert list((sent.folder / "received").iterdir()) == []
