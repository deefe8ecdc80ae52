"""Key material on the disk: the sound replaces the sound, the bad replaces nothing and is told until it is mended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from certificates import DAY, NOW, SERVER, City, make_authority, make_leaf

from gateway.security.material import ServerMaterial
from gateway.security.watched import UnusableFileError

SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def city():
    return City()


@pytest.fixture
def files(city, tmp_path):
    city.write(tmp_path)
    put(tmp_path, city.server)
    return tmp_path


def put(folder, issued):
    (folder / "server.key").write_bytes(issued.key_pem)
    (folder / "server.pem").write_bytes(issued.pem)


def another(city, **parts):
    return make_leaf(city.issuing, **{"uris": (), "dns": ("gateway.example",), "purposes": SERVER, **parts})


def material(folder, now=NOW):
    return ServerMaterial(folder / "server.pem", folder / "server.key", folder / "ca-bundle.pem", now)


def looked(watched, now=NOW, times=2):
    """What the last of so many looks tells."""
    return [watched.look(now) for _ in range(times)][-1]


def test_what_does_not_change_is_the_same_object_at_every_look(files):
    watched = material(files)
    first = watched.held

    assert looked(watched) == []
    assert watched.held is first


def test_a_new_pair_is_taken_over_at_the_first_look(city, files):
    watched, fresh = material(files), another(city)
    put(files, fresh)

    assert watched.look(NOW) == []
    assert (watched.held.certificate, watched.held.key) == (fresh.pem, fresh.key_pem)


def test_another_bundle_is_taken_over(city, files):
    watched = material(files)
    city.write(files, make_authority(name="second"))

    assert watched.look(NOW) == []
    assert watched.held.ca_bundle == (files / "ca-bundle.pem").read_bytes()


HARMS = {
    "another's key": (lambda folder, city: (folder / "server.key").write_bytes(another(city).key_pem), "not belong"),
    "no key": (lambda folder, _: (folder / "server.key").unlink(), "server.key"),
    "an empty certificate": (lambda folder, _: (folder / "server.pem").write_bytes(b""), "no PEM certificate"),
    "one that is over": (lambda folder, city: put(folder, another(city, valid=(NOW - 2 * DAY, NOW - DAY))), "expired"),
    "a caller's": (lambda folder, city: put(folder, city.caller()), "serverAuth"),
    "another authority's": (
        lambda folder, _: put(folder, make_leaf(make_authority(name="x"), dns=("localhost",), purposes=SERVER)),
        "does not chain",
    ),
    "garbage for authorities": (lambda folder, _: (folder / "ca-bundle.pem").write_bytes(b"garbage"), "bundle"),
    "a bundle without its own authority": (
        lambda folder, _: (folder / "ca-bundle.pem").write_bytes(make_authority(name="x").leaf_pem),
        "does not chain",
    ),
}


@pytest.mark.parametrize("harm", HARMS)
def test_bad_material_replaces_nothing_and_is_told_at_every_look_until_it_is_mended(city, files, harm):
    watched = material(files)
    good = watched.held
    do_harm, told = HARMS[harm]
    do_harm(files, city)

    assert watched.look(NOW) == [], "it may be the middle of a replacement"
    for _ in range(3):
        (fault, *_) = watched.look(NOW)
        assert told in fault
        assert watched.held is good
    city.write(files)
    put(files, city.server)
    assert watched.look(NOW) == []
    assert watched.held == good


def test_a_replacement_in_two_steps_is_no_fault_when_the_next_look_finds_it_done(city, files):
    watched, fresh = material(files), another(city)
    assert looked(watched) == []
    (files / "server.key").write_bytes(fresh.key_pem)
    assert watched.look(NOW) == []
    (files / "server.pem").write_bytes(fresh.pem)

    assert watched.look(NOW) == []
    assert watched.held.certificate == fresh.pem


def test_material_that_ends_is_told_without_any_change_of_a_file(files):
    watched = material(files)

    assert looked(watched, NOW + 90 * DAY) == []
    fault, *_ = looked(watched, NOW + 90 * DAY + SECOND)
    assert "expired" in fault
    assert looked(watched, NOW) == []


@pytest.mark.parametrize("harm", HARMS)
def test_nothing_begins_with_bad_material(city, files, harm):
    do_harm, told = HARMS[harm]
    do_harm(files, city)

    with pytest.raises(UnusableFileError, match=told):
        material(files)
