"""A log of 600 entries made from fixed seeds, byte for byte what other implementations of the formats accept."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from formats import canonical
from formats.checkpoint import Checkpoint, parse_checkpoint
from formats.merkle import leaf_hash, root, verify_consistency, verify_inclusion
from formats.merkle_nodes import consistency_proof, inclusion_proof
from formats.note import (
    Note,
    NoteError,
    Signature,
    SignatureKind,
    VerificationKey,
    cosigned_message,
    decode_note,
    encode_note,
    parse_key,
    verify_note,
)
from formats.tiles import (
    bundles_between,
    decode_bundle,
    encode_bundle,
    entries_path,
    reader_of_tiles,
    root_of_full_tile,
    tiles_between,
)
from formats.tlog_proof import TlogProof, decode_proof, encode_add_checkpoint, encode_proof

SIZE, EARLIER, INDEX = 600, 517, 123
ENTRIES = [
    canonical.encode(
        {
            "caller": "lending",
            "decision": "ALLOW" if number % 5 else "DENY",
            "seq": number,
            "uscc": f"91310000MA1K{number:06}",
            "v": 1,
        }
    )
    for number in range(SIZE)
]
LEAVES = [leaf_hash(each) for each in ENTRIES]
ORIGIN, WITNESS, COSIGNED_AT = "gateway.example.gov/audit/2026", "witness.example.org/w1", 1_764_000_000
LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(0x20)))
WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(0x20, 0x40)))
LOG = VerificationKey(ORIGIN, SignatureKind.ED25519, LOG_KEY.public_key().public_bytes_raw())
COSIGNER = VerificationKey(WITNESS, SignatureKind.COSIGNATURE, WITNESS_KEY.public_key().public_bytes_raw())

SHA256 = {
    "123.tlog-proof": "993fb8da7eaffb9e876b84f7bed6fc8c4634594b240be9e58c7bc20f0ebd364b",
    "add-checkpoint": "371a39e8325f3befa71f8e1a4021618090732c3a018383544cba3baf8143527d",
    "checkpoint": "c19423b2dea9c2c53d9075609450c26534b49f38e16011734d38dd20bd651c3d",
    "checkpoint.517": "d1aeb4e1ac642ce02977ff7a9174e18d49c1efe452fb6a7c4e43e40de2b83442",
    "tile/0/000": "a78e13f405ea4555673e99561e055af0142c5a75b69576a276b8e5c551f6206d",
    "tile/0/001": "bd872ab0ba63b97571ad916f72542b4bcfd8bc4959a460975fd2ad114c8bbfba",
    "tile/0/002.p/88": "62607ef1c522ffba4ab1a72a55ab230f8b3abcd2bda913fc33e9d946ca2c2e7f",
    "tile/1/000.p/2": "5897cbb3e34117414469c3f1cb853c922122bfba57232a998c3e80d8dc1d68f5",
    "tile/entries/000": "64af217709b41b06af2acc0dd812968e51b3a6ca69765877fe72eeec9f229a50",
    "tile/entries/001": "90bd80c81457fa4c18abfdbdea3533fa43067a83bff3ffb9d7439cd77ca65f75",
    "tile/entries/002.p/88": "1e1f0d84b4e90d76167eef9f7f89e0aa09a09303eb1bbfd68c77df6110519039",
}
"""Of every file of the vector."""


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether an Ed25519 signature holds."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def signed(text: str, *, cosigned: bool = False) -> bytes:
    """Return the signed note of a checkpoint's text."""
    signatures = [Signature(ORIGIN, LOG.key_id, LOG_KEY.sign(text.encode()))]
    if cosigned:
        value = COSIGNED_AT.to_bytes(8, "big") + WITNESS_KEY.sign(cosigned_message(text, COSIGNED_AT))
        signatures.append(Signature(WITNESS, COSIGNER.key_id, value))
    return encode_note(Note(text, tuple(signatures)))


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Return the vector, made from its seeds."""
    made = {entries_path(n, width): encode_bundle(ENTRIES[n * 256 :][:width]) for n, width in bundles_between(0, SIZE)}
    tiles: dict[tuple[int, int], bytes] = {}
    for tile in tiles_between(0, SIZE):
        hashes = [
            LEAVES[each] if tile.level == 0 else root_of_full_tile(tiles[tile.level - 1, each])
            for each in range(tile.number * 256, tile.number * 256 + tile.width)
        ]
        made[tile.path] = tiles[tile.level, tile.number] = b"".join(hashes)
    read = reader_of_tiles(lambda level, number: tiles[level, number])
    now, before = (Checkpoint(ORIGIN, size, root(LEAVES[:size])).text for size in (SIZE, EARLIER))
    made["checkpoint"], made["checkpoint.517"] = signed(now, cosigned=True), signed(before)
    path = tuple(inclusion_proof(read, INDEX, SIZE))
    made["123.tlog-proof"] = encode_proof(TlogProof(INDEX, path, made["checkpoint"]))
    made["add-checkpoint"] = encode_add_checkpoint(EARLIER, consistency_proof(read, EARLIER, SIZE), signed(now))
    return made


def test_every_file_is_the_vector_s_byte_for_byte(files):
    assert {name: hashlib.sha256(content).hexdigest() for name, content in files.items()} == SHA256


def test_the_keys_are_written_as_published():
    assert str(LOG) == "gateway.example.gov/audit/2026+63f057f2+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
    assert str(COSIGNER) == "witness.example.org/w1+f3c080b6+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
    assert [parse_key(str(key)) for key in (LOG, COSIGNER)] == [LOG, COSIGNER]


def test_the_checkpoint_is_signed_by_the_log_and_the_witness(files):
    note = decode_note(files["checkpoint"])
    held = verify_note(note, [LOG, COSIGNER], verify)

    assert [(each.key, each.time) for each in held] == [(LOG, None), (COSIGNER, COSIGNED_AT)]
    assert parse_checkpoint(note.text) == Checkpoint(ORIGIN, SIZE, root(LEAVES))


def test_the_proof_file_proves_its_entry(files):
    proof = decode_proof(files["123.tlog-proof"])
    checkpoint = parse_checkpoint(decode_note(proof.checkpoint).text)

    assert proof.index == INDEX
    assert verify_inclusion(leaf_hash(ENTRIES[INDEX]), INDEX, checkpoint.size, proof.path, checkpoint.root)


def test_bundles_are_read_back(files):
    read = [entry for name in files if name.startswith("tile/entries/") for entry in decode_bundle(files[name])]

    assert read == ENTRIES


def test_no_changed_byte_of_checkpoint_or_proof_is_accepted(files):
    for name in ("checkpoint", "123.tlog-proof"):
        content = files[name]
        accepted = [place for place in range(len(content)) if accepts(name, flipped(content, place))]

        assert accepted == []


def accepts(name: str, content: bytes) -> bool:
    """Tell whether somebody who knows both keys and wants both signatures believes it."""
    try:
        proof = decode_proof(content) if name.endswith("proof") else None
        note = decode_note(proof.checkpoint if proof else content)
        if [each.key for each in verify_note(note, [LOG, COSIGNER], verify)] != [LOG, COSIGNER]:
            return False
        checkpoint = parse_checkpoint(note.text)
    except NoteError:
        return False
    return proof is None or (
        proof.index == INDEX
        and verify_inclusion(LEAVES[INDEX], proof.index, checkpoint.size, proof.path, checkpoint.root)
    )


def flipped(content: bytes, place: int) -> bytes:
    """Return the content with one bit of one byte changed."""
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def test_growth_is_proven_between_the_two_checkpoints(files):
    lines = files["add-checkpoint"].split(b"\n\n", 1)[0].splitlines()
    assert lines[0] == b"old 517"
    tiles = {tile: files[tile.path] for tile in tiles_between(0, SIZE)}
    by_place = {(tile.level, tile.number): content for tile, content in tiles.items()}
    proof = consistency_proof(reader_of_tiles(lambda level, number: by_place[level, number]), EARLIER, SIZE)

    assert len(lines) == 1 + len(proof)
    assert verify_consistency(EARLIER, SIZE, proof, root(LEAVES[:EARLIER]), root(LEAVES))
