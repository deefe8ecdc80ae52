"""Keys of officers in ``agencies.toml``, ``[officers]``, ``[client.officers]``: read strictly, or the start stops."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from assertions import public_pem
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from gateway.bootstrap.config import load_config
from gateway.domain.officers import AssertionLimits, OfficerKey
from gateway.settings import ConfigurationError
from gateway.settings.client_file import OfficerKeyFile, load_client
from gateway.settings.gateway_file import load_gateway

SHIPPED = Path(__file__).parents[2] / "config"
GOOD = public_pem(ec.generate_private_key(ec.SECP256R1()))
ENTRY = 'id = "tourism"\nrole = "asking-system"\n'


@pytest.fixture
def folder(tmp_path):
    """A configuration folder of this test's own, and beside it the state folder with one sound key."""
    shutil.copytree(SHIPPED, tmp_path / "config")
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "desk.pem").write_bytes(GOOD)
    return tmp_path / "config"


def loaded(folder, keys):
    """Read the folder with these keys at one agency, and return that agency's."""
    file = folder / "agencies.toml"
    text = file.read_text(encoding="utf-8")
    assert text.count(ENTRY) == 1
    file.write_text(text.replace(ENTRY, f"{ENTRY}officer_keys = {keys}\n"), encoding="utf-8")
    return load_config(folder).agencies.find("tourism", "asking-system").officer_keys


def test_a_key_is_read_from_the_state_folder(folder):
    assert loaded(folder, '[{ kid = "desk-1", file = "desk.pem" }]') == (OfficerKey("desk-1", GOOD),)


def test_an_agency_has_no_key_that_is_not_named(folder):
    assert not [agency for agency in load_config(folder).agencies if agency.officer_keys]


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ('[{ kid = "desk-1", file = "nowhere.pem" }]', "nowhere"),
        ('[{ kid = "desk-1" }]', "file: is missing"),
        ('[{ file = "desk.pem" }]', "kid: is missing"),
        ('[{ kid = "desk-1", file = "desk.pem", alg = "none" }]', "alg: is not a known key"),
        ('[{ kid = "desk 1", file = "desk.pem" }]', "letters, digits"),
        ('[{ kid = "", file = "desk.pem" }]', "letters, digits"),
        (f'[{{ kid = "{"d" * 33}", file = "desk.pem" }}]', "letters, digits"),
        ('[{ kid = "a", file = "desk.pem" }, { kid = "a", file = "desk.pem" }]', "stands twice"),
        ("[]", "at least one"),
    ],
)
def test_keys_that_are_not_well_named_stop_the_start(folder, keys, why):
    with pytest.raises(ConfigurationError, match=rf"officer_keys.*{why}"):
        loaded(folder, keys)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"-----BEGIN PUBLIC KEY-----",
        public_pem(ec.generate_private_key(ec.SECP384R1())),
        public_pem(ed25519.Ed25519PrivateKey.generate()),
        public_pem(rsa.generate_private_key(65537, 1024)),  # noqa: S505 - what is refused
    ],
    ids=["empty", "cut", "another curve", "another scheme", "short"],
)
def test_a_file_that_holds_no_suitable_key_stops_the_start(folder, content):
    (folder.parent / "var" / "desk.pem").write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"tourism\.officer_keys\.desk-1.*is n"):
        loaded(folder, '[{ kid = "desk-1", file = "desk.pem" }]')


def test_what_is_shipped_is_what_the_limits_are_without_a_file():
    assert load_gateway(SHIPPED / "gateway.toml").officers == AssertionLimits()


def limits(folder, old, new):
    file = folder / "gateway.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    return load_gateway(file).officers


def test_a_limit_of_the_file_counts(folder):
    read = limits(folder, "longest_life_seconds = 120 ", "longest_life_seconds = 30.5 ")
    assert read == AssertionLimits(longest_life=timedelta(seconds=30.5))


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("tolerance_seconds = 5 ", "tolerance_seconds = -1 ", r"officers\.tolerance_seconds.*negative"),
        ("longest_life_seconds = 120 ", "longest_life_seconds = 0 ", r"officers\.longest_life_seconds.*greater than 0"),
        ("nonces = 120000 ", "nonces = 0 ", r"officers\.nonces.*at least 1"),
        ("nonces = 120000 ", "nonces = 1.5 ", r"officers\.nonces.*type int"),
        ("nonces = 120000 ", "nonce = 1 ", r"officers\.nonce.*not a known key"),
    ],
)
def test_a_limit_that_is_wrong_stops_the_start_with_its_key(folder, old, new, why):
    with pytest.raises(ConfigurationError, match=why):
        limits(folder, old, new)


def client(folder, text):
    file = folder / "client.toml"
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")
    return load_client(file, Path("/state")).officers


def test_the_command_knows_with_which_key_a_caller_signs(folder):
    text = '\n[client.officers]\n"a.bank" = { kid = "k", key = "o.key", gateway = "g" }\n'
    assert client(folder, text) == {"a.bank": OfficerKeyFile("k", Path("/state/o.key"), "g")}


def test_without_a_key_the_command_declares(folder):
    assert client(folder, "") == {}


def test_a_key_of_the_command_says_all_that_it_must(folder):
    with pytest.raises(ConfigurationError, match="gateway: is missing"):
        client(folder, '\n[client.officers]\n"a.bank" = { kid = "k", key = "o.key" }\n')
