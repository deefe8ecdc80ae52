"""A folder that somebody calls an export, made to keep whoever verifies it busy, or to read what is not in it."""

from __future__ import annotations

import shutil

import pytest
from contract.test_changed_exports_are_refused import FILES, accepted, apart, made, name_of  # noqa: F401 - fixtures


@pytest.fixture
def copied(made, tmp_path):  # noqa: F811 - the fixture's value
    """A copy of a sound export, and the keys by which it is accepted."""
    folder, keys, _ = made
    shutil.copytree(folder, tmp_path / "export")
    return tmp_path / "export", keys


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("target", ["/dev/zero", "beside", "folder"])
def test_neither_a_link_nor_a_device_nor_a_folder_is_read(copied, apart, tmp_path, file, target):  # noqa: F811
    folder, keys = copied
    place = folder / name_of(folder, file)
    if target == "folder":
        place.unlink()
        place.mkdir()
    else:
        place.rename(tmp_path / "beside")
        place.symlink_to(target if target.startswith("/") else tmp_path / "beside")
    assert not accepted(folder, keys, apart)


BOMBS = {
    "nested lists": b"[" * 1_000_000,
    "nested objects": b'{"kind":' * 500_000,
    "a number of a million digits": b"9" * 1_000_000,
    "names twice": b'{"kind":1,"kind":2}',
    "no UTF-8": b"\xff\xfe" * 1000,
    "nothing": b"",
}


@pytest.mark.parametrize("file", ["manifest.json", "receipt.json"])
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_json_that_was_made_to_harm_is_refused_in_words(copied, apart, file, bomb):  # noqa: F811
    folder, keys = copied
    (folder / file).write_bytes(bomb)
    assert not accepted(folder, keys, apart)
