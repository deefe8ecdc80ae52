"""Notes, checkpoints, keys and proofs that are not what they should be."""

from __future__ import annotations

import base64

import pytest

from formats.checkpoint import Checkpoint, parse_checkpoint
from formats.note import (
    Note,
    NoteError,
    Signature,
    SignatureKind,
    VerificationKey,
    decode_note,
    encode_note,
    parse_key,
    verify_note,
)
from formats.tiles import Tile, decode_bundle, encode_bundle, entries_path, reader_of_tiles, root_of_full_tile
from formats.tlog_proof import TlogProof, decode_proof, encode_proof

KEY = VerificationKey("log", SignatureKind.ED25519, bytes(32))
LINE = f"— log {base64.b64encode(KEY.key_id + bytes(64)).decode()}\n"
ROOT = base64.b64encode(bytes(32)).decode()


def yes(_public: bytes, _signature: bytes, _message: bytes) -> bool:
    """Accept every signature."""
    return True


def no(_public: bytes, _signature: bytes, _message: bytes) -> bool:
    """Accept none."""
    return False


@pytest.mark.parametrize(
    "content",
    [
        "",
        "text\n",
        "text\n\n",
        f"text\n{LINE}",
        f"\n\n{LINE}",
        f"text\n\n{LINE[:-1]}",
        f"text\n\n{LINE}\n",
        f"text\r\n\n{LINE}",
        f"te\x00xt\n\n{LINE}",
        f"text\n\n{LINE.replace('—', '-')}",
        f"text\n\n{LINE.replace('log', 'lo+g')}",
        f"text\n\n{LINE.replace(' log', '  log')}",
        "text\n\n— log AAAAAA==\n",
        "text\n\n— log not-base64\n",
        f"text\n\n{LINE.replace('A=', 'B=')}",
        "text\n\n" + LINE * 101,
    ],
)
def test_what_is_no_note_is_refused(content):
    with pytest.raises(NoteError):
        decode_note(content.encode())


def test_a_note_beyond_the_limit_or_in_another_encoding_is_refused():
    with pytest.raises(NoteError):
        decode_note(f"{'x' * 1_000_000}\n\n{LINE}".encode())
    with pytest.raises(NoteError):
        decode_note(b"\xff\n\n" + LINE.encode())


def test_a_text_may_hold_empty_lines():
    note = decode_note(f"one\n\ntwo\n\n{LINE}".encode())

    assert note.text == "one\n\ntwo\n"
    assert encode_note(note) == f"one\n\ntwo\n\n{LINE}".encode()


def test_a_text_without_a_newline_at_its_end_is_never_written():
    with pytest.raises(NoteError):
        encode_note(Note("text", (Signature("log", KEY.key_id, bytes(64)),)))


def test_unknown_keys_are_ignored_and_known_ones_that_fail_reject():
    note = decode_note(f"text\n\n— other {base64.b64encode(bytes(68)).decode()}\n{LINE}".encode())

    assert [each.key for each in verify_note(note, [KEY], yes)] == [KEY]
    assert verify_note(note, [], no) == []
    with pytest.raises(NoteError, match="the signature of log does not hold"):
        verify_note(note, [KEY], no)


def test_a_name_alone_is_not_the_key():
    other = VerificationKey("log", SignatureKind.ED25519, b"\x01" * 32)

    assert verify_note(decode_note(f"text\n\n{LINE}".encode()), [other], yes) == []


@pytest.mark.parametrize(
    "text", ["", "log", "log+00000000", str(KEY)[:-4], str(KEY).replace("log", "gol"), "log+00000000+BgAA", f"{KEY}\n"]
)
def test_what_is_no_key_is_refused(text):
    with pytest.raises(NoteError):
        parse_key(text)


@pytest.mark.parametrize(
    "text",
    [
        f"log\n1\n{ROOT}",
        f"log\n01\n{ROOT}\n",
        f"log\n-1\n{ROOT}\n",
        f"log\n1\n{ROOT}\nmore\n",
        f"lo g\n1\n{ROOT}\n",
        f"\n1\n{ROOT}\n",
        "log\n1\nAAAA\n",
        f"log\n1\n{ROOT[:-2]}B=\n",
        f"log\n9{'0' * 19}\n{ROOT}\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(NoteError):
        parse_checkpoint(text)


def test_a_checkpoint_is_read_back():
    checkpoint = Checkpoint("log", 0, bytes(32))

    assert parse_checkpoint(checkpoint.text) == checkpoint


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("@v1", "@v2"),
        ("index 7", "index 07"),
        (f"{ROOT}\n\n", f"{ROOT}\n"),
        (f"{ROOT}\n", f"{ROOT[:-2]}B=\n"),
        (f"{ROOT}\n", f"{ROOT}\n" * 64),
        ("checkpoint", ""),
    ],
)
def test_what_is_no_proof_is_refused(good, bad):
    whole = encode_proof(TlogProof(7, (bytes(32),), b"checkpoint")).decode()
    assert decode_proof(whole.encode()) == TlogProof(7, (bytes(32),), b"checkpoint")

    with pytest.raises(NoteError):
        decode_proof(whole.replace(good, bad).encode())


def test_a_proof_of_other_than_hashes_is_never_written():
    with pytest.raises(ValueError, match="32 bytes"):
        encode_proof(TlogProof(7, (b"short",), b"checkpoint"))


def test_paths_are_numbered_in_groups_of_three_digits():
    assert Tile(0, 1234067, 256).path == "tile/0/x001/x234/067"
    assert Tile(3, 5, 7).path == "tile/3/005.p/7"
    assert entries_path(1000, 256) == "tile/entries/x001/000"


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x00\x05abc", b"\x00\x01a\x00", b"\x00\x00" * 257])
def test_what_is_no_bundle_is_refused(data):
    with pytest.raises(ValueError, match="not a bundle"):
        decode_bundle(data)


@pytest.mark.parametrize("entries", [[], [b""] * 257, [bytes(65_536)]])
def test_a_bundle_of_too_many_or_too_large_entries_is_never_written(entries):
    with pytest.raises(ValueError, match="a bundle holds"):
        encode_bundle(entries)


def test_a_tile_that_is_not_full_is_not_hashed_upward_and_gives_no_node_that_it_has_not():
    with pytest.raises(ValueError, match="not full"):
        root_of_full_tile(bytes(32 * 255))
    with pytest.raises(ValueError, match="does not hold node 1 of height 2"):
        reader_of_tiles(lambda _level, _number: bytes(32 * 7))(2, 1)
