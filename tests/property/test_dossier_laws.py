"""A sealed file opens to what was sealed, and to nothing else: not changed, not cut, not moved, not for another."""

from __future__ import annotations

import contextlib
import hashlib
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.dossier.errors import DossierError, DossierFault
from adapters.dossier.keys import KeyKind, PrivateDossierKey, Purpose
from adapters.dossier.sealing import seal, unseal
from formats.dossier import (
    CHUNK_BYTES,
    KEY_BYTES,
    TAG_BYTES,
    DossierItem,
    EvidenceKind,
    Manifest,
    Material,
    sealed_bytes,
)
from formats.manifest import ManifestError, decode_manifest, encode_manifest

SEALED_CHUNK = CHUNK_BYTES + TAG_BYTES
EDGES = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 2 * CHUNK_BYTES + 7]
KEYS = [PrivateDossierKey.generate(kind) for kind in KeyKind]
PURPOSE = Purpose("YS-2026-7", "order", "public-security")


class Dribbling(io.BytesIO):
    """A stream that gives less than it is asked for, as a socket does."""

    def read(self, size=-1):
        return super().read(min(size, 65_537) if size and size > 0 else size)


def sealed_of(content: bytes, item_id: str = "order"):
    sink = io.BytesIO()
    return seal(item_id, Dribbling(content), sink), sink.getvalue()


def opened(key: bytes, sealed: bytes, item_id: str = "order") -> bytes:
    return b"".join(unseal(item_id, key, Dribbling(sealed)))


def fault_of(key: bytes, sealed: bytes, item_id: str = "order") -> DossierFault:
    with pytest.raises(DossierError) as refused:
        opened(key, sealed, item_id)
    return refused.value.fault


def content_of(size: int) -> bytes:
    return hashlib.shake_128(str(size).encode()).digest(size)


@pytest.mark.parametrize("size", EDGES)
def test_what_was_sealed_opens_to_itself_with_the_sizes_and_hashes_that_were_told(size):
    content = content_of(size)

    told, sealed = sealed_of(content)

    assert opened(told.key, sealed) == content
    assert (told.content_bytes, told.sealed_bytes) == (size, len(sealed)) == (size, sealed_bytes(size))
    assert told.content_sha256 == hashlib.sha256(content).hexdigest()
    assert told.sealed_sha256 == hashlib.sha256(sealed).hexdigest()
    assert told.key.hex() not in repr(told)


@pytest.mark.parametrize("size", EDGES)
def test_a_cut_is_seen_wherever_it_falls(size):
    told, sealed = sealed_of(content_of(size))
    cuts = {0, 1, TAG_BYTES - 1, len(sealed) - 1, len(sealed) // 2, SEALED_CHUNK, 2 * SEALED_CHUNK}

    for cut in sorted(each for each in cuts if each < len(sealed)):
        assert fault_of(told.key, sealed[:cut]) in {DossierFault.CUT_OFF, DossierFault.CHANGED}, cut
    for whole in range(SEALED_CHUNK, len(sealed), SEALED_CHUNK):
        assert fault_of(told.key, sealed[:whole]) is DossierFault.CUT_OFF


@given(size=st.sampled_from([0, 1, 40, CHUNK_BYTES + 5]), data=st.data())
def test_no_changed_bit_opens(size, data):
    told, sealed = sealed_of(content_of(size))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    changed = bytearray(sealed)
    changed[place // 8] ^= 1 << place % 8

    assert fault_of(told.key, bytes(changed)) is DossierFault.CHANGED


def test_chunks_neither_swap_repeat_nor_follow_the_last():
    told, sealed = sealed_of(content_of(2 * CHUNK_BYTES))
    first, second = sealed[:SEALED_CHUNK], sealed[SEALED_CHUNK:]

    assert fault_of(told.key, second + first) is DossierFault.CHANGED
    assert fault_of(told.key, first + first) is DossierFault.CHANGED
    assert fault_of(told.key, first + second + second) is DossierFault.CONTINUED
    assert fault_of(told.key, sealed + b"x") is DossierFault.CONTINUED


def test_a_file_opens_under_its_own_id_and_key_alone_and_no_key_is_used_twice():
    content = content_of(100)
    told, sealed = sealed_of(content)
    again, _ = sealed_of(content)

    assert told.key != again.key
    assert fault_of(told.key, sealed, "letter") is DossierFault.CHANGED
    assert fault_of(again.key, sealed) is DossierFault.CHANGED
    assert fault_of(told.key[:-1], sealed) is DossierFault.KEY_UNUSABLE


@pytest.mark.parametrize("private", KEYS, ids=lambda each: each.public.kind)
def test_a_wrapped_key_opens_for_its_recipient_and_purpose_alone(private):
    key = bytes(range(KEY_BYTES))
    wrapped = private.public.wrap(key, PURPOSE)
    others = [
        Purpose("YS-2026-8", PURPOSE.item_id, PURPOSE.recipient),
        Purpose(PURPOSE.referral_id, "letter", PURPOSE.recipient),
        Purpose(PURPOSE.referral_id, PURPOSE.item_id, "court"),
    ]

    assert private.unwrap(wrapped, PURPOSE) == key
    assert private.public.wrap(key, PURPOSE) != wrapped
    for other in others:
        with pytest.raises(DossierError) as refused:
            private.unwrap(wrapped, other)
        assert refused.value.fault is DossierFault.NOT_FOR_US
    for stranger in (PrivateDossierKey.generate(kind) for kind in KeyKind):
        with pytest.raises(DossierError) as refused:
            stranger.unwrap(wrapped, PURPOSE)
        assert refused.value.fault is DossierFault.NOT_FOR_US


@given(private=st.sampled_from(KEYS), data=st.data())
def test_no_changed_bit_of_a_wrapped_key_opens(private, data):
    wrapped = bytearray(private.public.wrap(bytes(KEY_BYTES), PURPOSE))
    place = data.draw(st.integers(0, len(wrapped) * 8 - 1))
    wrapped[place // 8] ^= 1 << place % 8

    with pytest.raises(DossierError) as refused:
        private.unwrap(bytes(wrapped), PURPOSE)
    assert refused.value.fault is DossierFault.NOT_FOR_US


HASH = st.binary(min_size=32, max_size=32).map(bytes.hex)
ITEMS = st.builds(
    lambda item_id, material, evidence, officer, size, one, two: DossierItem(
        item_id, material, evidence, "application/pdf", officer, date(2026, 11, 2), size, one, sealed_bytes(size), two
    ),
    st.text("abc.-_019", min_size=1, max_size=64).filter(lambda each: not each.startswith(".")),
    st.sampled_from(Material),
    st.sampled_from(EvidenceKind),
    st.text("王officer-7", min_size=1, max_size=20),
    st.integers(0, 4 << 30),
    HASH,
    HASH,
)


@st.composite
def manifests(draw):
    part = draw(st.integers(1, 9))
    items = draw(st.lists(ITEMS, min_size=1, max_size=4, unique_by=lambda each: each.item_id))
    return Manifest(
        referral_id="YS-2026-7",
        part=part,
        previous_sha256="" if part == 1 else draw(HASH),
        agency="hrss",
        made_at=datetime(2026, 11, 3, 1, 2, 3, tzinfo=UTC),
        items=tuple(sorted(items, key=lambda each: each.item_id)),
    )


@given(manifests())
def test_a_manifest_is_read_as_it_was_written(manifest):
    assert decode_manifest(encode_manifest(manifest)) == manifest


@given(manifests(), st.data())
def test_no_other_bytes_are_read_as_the_same_manifest(manifest, data):
    written = bytearray(encode_manifest(manifest))
    place = data.draw(st.integers(0, len(written) - 1))
    written[place] ^= data.draw(st.integers(1, 255))

    with contextlib.suppress(ManifestError):
        assert decode_manifest(bytes(written)) != manifest
