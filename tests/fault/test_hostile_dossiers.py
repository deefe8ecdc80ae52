"""What lies at the parties of a referral: a gateway that lies, a sender that means harm, keys lost and stolen."""

from __future__ import annotations

import json
import os
import stat
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import repeat

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st
from jointsanctions.v1 import referral_pb2 as pb
from justice_gateway import CASE, HURRIED, NOW, Authority, light_key, listed
from justice_played import Played, fault

from adapters.dossier.errors import DossierError, DossierFault
from adapters.dossier.keys import Purpose
from adapters.errors import GatewayError
from adapters.justice.fetching import fetch
from adapters.justice.keyring import Keyring
from adapters.justice.recipients import recipient_key
from adapters.justice.sharing import share
from formats import canonical
from formats.dossier import Material


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("pki") / "pki")


@pytest.fixture
def played(authority, tmp_path):
    return Played(authority, tmp_path)


@pytest.fixture(scope="module")
def sent(authority, tmp_path_factory):
    """A dossier with an order, sent; nobody changes it."""
    played = Played(authority, tmp_path_factory.mktemp("sent"))
    played.seal()
    played.send()
    return played


def signed(played, manifest: bytes) -> pb.DossierPart:
    """Return the only part with another manifest, which HRSS has signed: a sender that means harm."""
    (part,) = played.gateway.parts
    changed = pb.DossierPart()
    changed.CopyFrom(part)
    changed.manifest = manifest
    changed.signature.CopyFrom(played.hrss.sign("manifest", manifest))
    return changed


def with_items(played, change) -> bytes:
    content = canonical.decode(played.gateway.parts[0].manifest)
    change(content["items"])
    return canonical.encode(content)


# A sender that means harm


@pytest.mark.parametrize("item_id", ["-rf", "con", "x..y", "x" * 64])
def test_no_id_of_a_file_leads_out_of_the_folder(played, item_id):
    played.seal(item_id)
    played.send()

    (file,) = fetch(played.police, played.rings["police"], CASE, played.folder / "received", HURRIED)
    assert file.path.resolve().parent == (played.folder / "received").resolve()
    assert played.left() == [f"1-{item_id}.pdf"]


def test_an_id_that_is_a_path_is_in_no_manifest(sent):
    for item_id in ("../order", "a/b", "/etc/passwd", "a\0b", "", "a\nb", "x" * 65):
        part = signed(sent, with_items(sent, lambda items, name=item_id: items[0].update(item_id=name)))
        sent.gateway.parts, kept = [part], sent.gateway.parts
        assert fault(sent.fetched) is DossierFault.NOT_SIGNED, item_id
        sent.gateway.parts = kept


@pytest.mark.parametrize("names", [("scan", "scan.pdf"), ("Order", "order"), ("a", "A", "a.pdf"), ("AB", "Ab")])
def test_no_file_is_written_over_another_however_alike_their_names(played, names):
    for name in names:
        path = played.folder / "content"
        path.write_bytes(name.encode())
        media_type = "application/x-unknown" if name.endswith(".pdf") else "application/pdf"
        made = replace(listed(path, name, Material.ORDER), media_type=media_type)
        played.spool.seal(made, played.rings["hrss"].newest.public, NOW)
    played.send()

    found = list(fetch(played.police, played.rings["police"], CASE, played.folder / "received", HURRIED))
    assert {file.item.item_id: file.path.read_bytes() for file in found} == {name: name.encode() for name in names}
    assert len({file.path.name.casefold() for file in found}) == len(names)
    again = list(fetch(played.police, played.rings["police"], CASE, played.folder / "received", HURRIED))
    assert again == found, "and each is found where it was"


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"[" * 200_000,
        b'{"a":' * 50_000,
        b'{"kind":"joint-sanctions-dossier/v1"}',
        b"\xff\xfe",
        b"9" * 500_000,
        b" " * (513 << 10),
    ],
    ids=["nothing", "nested lists", "nested objects", "half", "no UTF-8", "a long number", "too large"],
)
def test_a_manifest_that_was_made_to_harm_is_refused_in_words(sent, manifest):
    kept, sent.gateway.parts = sent.gateway.parts, [signed(sent, manifest)]
    assert fault(sent.fetched) is DossierFault.NOT_SIGNED
    sent.gateway.parts = kept


# A gateway that lies


@settings(max_examples=40)
@given(data=st.data())
def test_no_changed_byte_of_what_the_gateway_gives_opens_to_anything_else(sent, data):
    (part,) = sent.gateway.parts
    raw = bytearray(part.SerializeToString())
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    with suppress(DecodeError, DossierError):
        sent.gateway.parts = [pb.DossierPart.FromString(bytes(raw))]
        assert set(sent.fetched().values()) <= {b"an order"}
    sent.gateway.parts = [part]
    sent.forget()


def test_a_stream_without_end_fills_no_disk(played):
    file = played.seal(content=os.urandom(10_000))
    played.send()
    taken = []

    def endless(request):
        yield pb.DownloadDossierResponse(parts=played.gateway.parts)
        for chunk in repeat(bytes(1000), 10_000) if request.item_id else ():
            taken.append(len(chunk))
            yield pb.DownloadDossierResponse(content=chunk)

    played.gateway.download_dossier = endless
    assert fault(played.fetched) is DossierFault.CHANGED
    assert sum(taken) <= file.item.sealed_bytes + 1000
    assert played.left() == []


def test_a_file_and_key_of_another_case_open_in_none(played, authority, tmp_path):
    """Replayed evidence: the manifest is this case's, the sealed file and its key are of another."""
    (tmp_path / "other").mkdir()
    other = Played(authority, tmp_path / "other")
    other.rings, other.spool.referral_id = played.rings, "YS-2026-9"
    played.seal()
    other.seal(content=b"an older order")
    played.send()
    (key,) = [each for each in played.gateway.parts[0].keys if each.recipient == "police"]
    file = next(iter(other.spool.files()))
    opened = played.rings["hrss"].unwrap(file.wrapped, file.kid, Purpose("YS-2026-9", "order", "hrss"))
    key.wrapped = played.rings["police"].newest.public.wrap(opened, Purpose("YS-2026-9", "order", "police"))
    played.gateway.files["order"] = file.path.read_bytes()

    assert fault(played.fetched) is DossierFault.NOT_FOR_US
    assert played.left() == []


def test_the_key_of_another_file_or_recipient_opens_nothing(played):
    played.seal()
    played.seal("letter", b"a letter", Material.REFERRAL_LETTER)
    played.send()
    (part,) = played.gateway.parts
    keys = {(key.item_id, key.recipient): key for key in part.keys}
    theirs = keys["letter", "procuratorate"].wrapped
    letter, order = keys["letter", "police"].wrapped, keys["order", "police"].wrapped
    for item_id, wrapped in (("order", letter), ("letter", order), ("letter", theirs)):
        kept, keys[item_id, "police"].wrapped = keys[item_id, "police"].wrapped, wrapped
        assert fault(played.fetched) is DossierFault.NOT_FOR_US
        played.forget()
        keys[item_id, "police"].wrapped = kept
    assert played.fetched() == {"order": b"an order", "letter": b"a letter"}


def test_a_gateway_that_has_nothing_of_what_was_uploaded_is_found_out(played):
    file = played.seal()
    played.gateway.never_whole = True
    with pytest.raises(GatewayError):
        played.upload(file)


# Keys stolen and lost


def test_with_the_certificate_alone_nothing_is_opened(played, tmp_path):
    played.seal()
    played.send()
    thief = Keyring(tmp_path / "thief")
    for ring in (thief, played.thief_of_a_key(tmp_path / "other")):
        with pytest.raises(DossierError) as refused:
            list(fetch(played.police, ring, CASE, tmp_path / "stolen", HURRIED))
        assert refused.value.fault is DossierFault.NOT_FOR_US
    assert list((tmp_path / "stolen").iterdir()) == []


def test_keys_and_what_is_opened_are_their_owners_alone_and_no_sealed_file_s_key_is_in_plain(played):
    file = played.seal()
    played.send()
    played.fetched()
    for path in [*(played.folder / "police").iterdir(), *(played.folder / "received").iterdir(), file.path]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    for folder in ("police", "hrss", "received", "spool"):
        assert stat.S_IMODE((played.folder / folder).stat().st_mode) == 0o700, folder
    key = played.rings["hrss"].unwrap(file.wrapped, file.kid, Purpose(CASE, "order", "hrss"))
    spooled = b"".join(path.read_bytes() for path in played.spool.folder.iterdir())
    assert key not in spooled
    assert key.hex().encode() not in spooled


def test_who_lost_its_key_opens_by_the_next_once_it_was_sealed_to_anew(played, tmp_path):
    played.seal()
    played.send()
    next_ring = Keyring(tmp_path / "next")
    next_ring.make(light_key().public.kind, NOW)
    police = played.police
    with pytest.raises(DossierError):
        list(fetch(police, next_ring, CASE, tmp_path / "received", HURRIED))

    played.publish(next_ring.newest)
    share(played.hrss, played.rings["hrss"], (CASE, ()), "police", (tmp_path / "sharing", datetime.now(UTC)))
    (file,) = fetch(police, next_ring, CASE, tmp_path / "received", HURRIED)
    assert file.path.read_bytes() == b"an order"
    assert played.fetched() == {"order": b"an order"}, "and by the one before, where it is found again"


def test_a_key_that_was_never_the_agency_s_is_sealed_to_by_nobody(played):
    """Who has the gateway puts a key of its own in the place of the police's newest."""
    forged = played.publish(light_key(), by=played.procuratorate)
    assert json.loads(forged.statement)["agency"] == "police"
    assert fault(lambda: recipient_key(played.hrss, "police", datetime.now(UTC))) is DossierFault.NOT_SIGNED
