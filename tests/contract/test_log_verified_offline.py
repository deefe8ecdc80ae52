"""A copy of a log's static files is verified without anything else, and whatever is wrong with it is named."""

from __future__ import annotations

import shutil

import pytest
from audit_calls import BATCH, DRAFT, KEY
from indexed_days import OWN, Indexed, asked
from integrated_logs import GATEWAY, ORIGIN
from whole_states import filled_state, grow, log_folder, site_in, verified

from formats import canonical
from formats.checkpoint import Checkpoint, parse_checkpoint
from formats.growing_tiles import GrowingTiles
from formats.merkle import leaf_hash, root
from formats.note import decode_note
from formats.tiles import decode_bundle, encode_bundle, entries_path, tiles_between
from gateway.cli.main import main
from gateway.security.log_keys import LogKeys

STEPS = (("gw1-0", [DRAFT] * 280 + [BATCH]), ("gw1-1", [DRAFT] * 23))
NARROW = "tile/entries/001.p/49"
FILES = ["tile/entries/000", NARROW, "tile/0/000", "tile/0/001.p/49", "tile/1/000.p/1"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What every test begins with, made once."""
    return filled_state(tmp_path_factory.mktemp("made") / "state", *STEPS)


@pytest.fixture
def state(made, tmp_path):
    """A state folder whose log has 305 entries."""
    return shutil.copytree(made, tmp_path / "state")


@pytest.fixture
def folder(state):
    """Its log's static files."""
    return log_folder(state)


def rewritten(state, entries):
    """Write other entries into the files of a log, with the tiles and the signed checkpoint that they have."""
    folder, tiles, keys = log_folder(state), GrowingTiles(), LogKeys(state / "keys")
    full = tiles.append([leaf_hash(each) for each in entries])
    for tile in tiles_between(0, len(entries)):
        place = (tile.level, tile.number)
        file = folder / tile.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(full.get(place) or tiles.growing[place])
    for number in range(0, len(entries), 256):
        bundle = entries[number : number + 256]
        file = folder / entries_path(number // 256, len(bundle))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(encode_bundle(bundle))
    text = Checkpoint(ORIGIN, len(entries), root([leaf_hash(each) for each in entries])).text
    (folder / "checkpoint").write_bytes(keys.sign(ORIGIN, text))


def entries_in(folder):
    return decode_bundle((folder / FILES[0]).read_bytes()) + decode_bundle((folder / NARROW).read_bytes())


def test_what_is_sound_has_no_flaw_and_all_of_it_is_looked_at(folder):
    report = verified(folder)

    assert (report.entries, report.flaws) == (305, [])
    assert report.files == sum(each.is_file() for each in (folder / "tile").rglob("*"))
    assert (report.checkpoint.origin, report.checkpoint.size, report.signed_by) == (ORIGIN, 305, (ORIGIN,))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("how", ["first bit", "last bit", "one byte less", "one byte more", "gone", "empty"])
def test_whatever_is_wrong_with_a_file_names_it(folder, name, how):
    file = folder / name
    content = file.read_bytes()
    changed = {
        "first bit": bytes([content[0] ^ 1]) + content[1:],
        "last bit": content[:-1] + bytes([content[-1] ^ 1]),
        "one byte less": content[:-1],
        "one byte more": content + b"x",
        "empty": b"",
    }
    file.unlink()
    if how in changed:
        file.write_bytes(changed[how])

    assert [flaw for flaw in verified(folder).flaws if str(file) in flaw]


def test_two_files_in_each_others_place_are_named(folder):
    one, other = folder / "tile/0/000", folder / "tile/entries/000"
    one.rename(folder / "aside")
    other.rename(one)
    (folder / "aside").rename(other)
    said = " ".join(verified(folder).flaws)

    assert str(one) in said
    assert str(other) in said


def test_an_entry_that_no_file_has_ends_it_with_what_cannot_be_looked_at(folder):
    (folder / "tile/entries/000").unlink()
    (folder / "tile/0/000").unlink()

    assert f"{folder}: what follows entry 0 cannot be looked at" in verified(folder).flaws


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda entries: [*entries, entries[-1]], "entry 305: is number 22 of queue gw1-1, and 23 was to follow"),
        (lambda entries: entries[:7] + entries[8:], "entry 7: is number 7 of queue gw1-0, and 6 was to follow"),
        (lambda entries: [*entries[:7], entries[8], entries[7], *entries[9:]], "entry 7: is number 7"),
        (lambda entries: [*entries[:7], b"{}", *entries[8:]], "entry 7: is no envelope"),
        (
            lambda entries: [*entries[:7], entries[7].replace(b'"v":1', b'"v":2'), *entries[8:]],
            "entry 7: is no envelope",
        ),
        (lambda entries: entries[1:], "entry 0: does not open a log"),
        (lambda entries: [entries[0].replace(b"audit/2026", b"audit/2025"), *entries[1:]], "entry 0: opens "),
        (lambda entries: [*entries, _older(entries[-1])], "entry 305: is older than the entry of its queue before it"),
    ],
)
def test_entries_that_nobody_recorded_so_are_named_though_the_log_s_own_key_has_signed_them(state, change, said):
    rewritten(state, change(entries_in(log_folder(state))))

    assert [flaw for flaw in verified(log_folder(state)).flaws if said in flaw]


def _older(entry):
    content = canonical.decode(entry)
    return canonical.encode({**content, "n": content["n"] + 1, "time": "2025-01-01T00:00:00.000000Z"})


def test_a_log_must_begin_as_a_kept_checkpoint_says(state, folder):
    early = verified(folder).checkpoint
    grow(state, "gw1-0", [DRAFT] * 300)
    assert verified(folder, [early]).flaws == []
    assert verified(folder, [Checkpoint(ORIGIN, 300, early.root)]).flaws == [
        f"{folder}: the kept checkpoint's root of 300 entries is not theirs"
    ]


def test_a_log_that_is_rolled_back_whole_is_named_by_a_kept_checkpoint_alone(state, folder, tmp_path):
    shutil.copytree(state, tmp_path / "before")
    late = grow(state, "gw1-0", [DRAFT] * 300)
    back = log_folder(tmp_path / "before")

    assert verified(back).flaws == []
    assert verified(back, [Checkpoint(ORIGIN, late.size, late.root)]).flaws == [
        f"{back}: the last 300 of the 605 entries of a kept checkpoint are lost"
    ]


def test_a_log_that_nobody_trusted_has_signed_is_not_looked_at(folder, tmp_path, capsys):
    stranger = LogKeys(tmp_path / "strange")
    stranger.make(ORIGIN)
    (tmp_path / "key").write_text(f"{stranger.key_of(ORIGIN)}\n")

    assert main(["audit", "verify", str(folder), "--keys", str(tmp_path / "key")]) == 1
    assert f"checkpoint: is not signed by a trusted key of {ORIGIN}" in capsys.readouterr().out


def test_the_logs_of_all_years_are_verified_and_follow_from_one_another(state, folder, tmp_path, capsys):
    with site_in(state) as site:
        site.clock.time = site.clock.time.replace(year=2027)
        assert site.integrate().origin == f"{GATEWAY}/audit/2027"
    keys = [word for year in ("2026", "2027") for word in ("--keys", str(state / "log" / year / "vkey"))]
    assert main(["audit", "verify", str(state / "log"), *keys]) == 0
    said = capsys.readouterr().out
    assert said.count("有效 VALID") == 2
    assert f"{ORIGIN}: 条目 entries 305 / 305" in said
    note = LogKeys(state / "keys").sign(ORIGIN, Checkpoint(ORIGIN, 1, leaf_hash(entries_in(folder)[0])).text)
    (folder / "checkpoint").write_bytes(note)

    assert main(["audit", "verify", str(state / "log"), *keys]) == 1
    assert "2027: does not follow from what lies in" in capsys.readouterr().out


def test_a_kept_checkpoint_is_of_a_log_that_must_be_there(state, folder, tmp_path, capsys):
    keys, other = LogKeys(state / "keys"), f"{GATEWAY}/audit/2025"
    keys.make(other)
    (tmp_path / "kept").write_bytes(keys.sign(other, Checkpoint(other, 9, bytes(32)).text))
    (tmp_path / "keys").write_text(f"{keys.key_of(ORIGIN)}\n{keys.key_of(other)}\n")
    words = [str(folder), "--keys", str(tmp_path / "keys"), "--checkpoint", str(tmp_path / "kept")]

    assert main(["audit", "verify", *words]) == 1
    assert f"has no log {other}" in capsys.readouterr().out


def test_fsck_compares_the_stored_log_with_a_kept_checkpoint(state, folder, tmp_path, capsys):
    early = shutil.copytree(state, tmp_path / "early")
    grow(state, "gw1-0", [DRAFT] * 7)
    kept = str(folder / "checkpoint")
    size = parse_checkpoint(decode_note((folder / "checkpoint").read_bytes()).text).size
    assert size == 312

    assert main(["--state", str(state), "audit", "fsck", "--checkpoint", kept]) == 0
    assert main(["--state", str(early), "audit", "fsck", "--checkpoint", kept]) == 1
    assert "the last 7 of the 312 entries of a kept checkpoint are lost" in capsys.readouterr().out


def test_indexes_of_days_that_cannot_be_made_anew_for_want_of_the_key_are_named(tmp_path, capsys):
    state = filled_state(tmp_path / "state")
    key = state / "keys" / "persons.key"
    key.parent.mkdir(exist_ok=True)
    key.write_bytes(KEY)
    with site_in(state) as site:
        indexed = Indexed(site, key)
        indexed.record(asked(OWN))
        assert indexed.indexed()
    assert main(["--state", str(state), "audit", "fsck"]) == 0
    assert "日索引 days 1" in capsys.readouterr().out
    key.unlink()
    assert main(["--state", str(state), "audit", "fsck"]) == 1
    assert "the indexes of days cannot be made anew" in capsys.readouterr().out
