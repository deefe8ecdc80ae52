"""Where evidence is kept: TLS but on the loopback, keys in a file of their owner's alone, no key in a message."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.bootstrap.config import StartError
from gateway.bootstrap.evidence import evidence_store
from gateway.settings import ConfigurationError
from gateway.settings.evidence import ACCESS_KEY, SECRET_KEY, BucketSettings, CredentialsError, bucket_keys
from gateway.settings.gateway_file import load_gateway
from gateway.storage.bucket_calls import Bucket, BucketPlace
from gateway.storage.evidence import EvidenceFolder

SHIPPED = Path(__file__).parents[2] / "config" / "gateway.toml"
WHOLE = {"kind": "bucket", "endpoint": "https://objects.example.gov:9000", "bucket": "evidence", "region": "r-1"}
WHOLE["ca_file"] = "pki/objects-ca.pem"
SECRET = "invented-secret"


def loaded(folder, **values):
    file = folder / "gateway.toml"
    lines = "".join(f"{key} = {value!r}\n" for key, value in values.items())
    file.write_text(SHIPPED.read_text(encoding="utf-8") + f"\n[evidence]\n{lines}", encoding="utf-8")
    return load_gateway(file, folder / "state")


def keys_file(folder, text=f'access_key = "a"\nsecret_key = "{SECRET}"\n', mode=0o600):
    file = folder / "keys.toml"
    file.write_text(text)
    file.chmod(mode)
    return file


def at(credentials):
    return BucketSettings("https://objects.example.gov", "evidence", "r-1", None, credentials)


def test_what_is_shipped_keeps_evidence_in_the_state_folder(tmp_path):
    settings = load_gateway(SHIPPED, tmp_path)
    assert settings.evidence is None
    assert isinstance(evidence_store(settings), EvidenceFolder)
    assert loaded(tmp_path, kind="folder").evidence is None


def test_a_bucket_is_what_the_file_names_and_its_paths_count_from_the_state_folder(tmp_path):
    found = loaded(tmp_path, **WHOLE, credentials_file="keys/bucket.toml").evidence
    state = (tmp_path / "state").resolve()
    assert found == BucketSettings(
        WHOLE["endpoint"], "evidence", "r-1", state / "pki/objects-ca.pem", state / "keys/bucket.toml"
    )


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9000", "http://[::1]:9000", "http://localhost:9000"])
def test_without_tls_the_loopback_is_taken(tmp_path, endpoint):
    plain = {key: value for key, value in WHOLE.items() if key != "ca_file"}
    assert loaded(tmp_path, **{**plain, "endpoint": endpoint}).evidence.endpoint == endpoint
    with pytest.raises(ConfigurationError, match="ca_file"):
        loaded(tmp_path, **{**WHOLE, "endpoint": endpoint})


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"kind": "tape"}, "kind"),
        ({"endpoint": "http://objects.example.gov:9000"}, "endpoint"),
        ({"endpoint": "http://10.0.0.7"}, "endpoint"),
        ({"endpoint": "http://127.0.0.1.example.gov"}, "endpoint"),
        ({"endpoint": "ftp://objects.example.gov"}, "endpoint"),
        ({"endpoint": "https://a:b@objects.example.gov"}, "endpoint"),
        ({"endpoint": "https://objects.example.gov/evidence"}, "endpoint"),
        ({"endpoint": "https://objects.example.gov:99999"}, "endpoint"),
        ({"endpoint": "objects.example.gov"}, "endpoint"),
        ({"bucket": " "}, "bucket"),
        ({"region": ""}, "region"),
        ({"secret_key": SECRET}, "secret_key"),
    ],
)
def test_what_is_wrong_stops_the_start_with_its_key(tmp_path, change, key):
    with pytest.raises(ConfigurationError, match=rf"evidence\.{key}") as refused:
        loaded(tmp_path, **{**WHOLE, **change})
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("missing", ["endpoint", "bucket", "region", "ca_file"])
def test_nothing_of_a_bucket_is_assumed(tmp_path, missing):
    with pytest.raises(ConfigurationError, match=rf"evidence\.{missing}: is missing"):
        loaded(tmp_path, **{key: value for key, value in WHOLE.items() if key != missing})


def test_keys_come_from_a_file_of_their_owners_alone(tmp_path):
    keys = bucket_keys(at(keys_file(tmp_path)), {ACCESS_KEY: "other", SECRET_KEY: "other"})
    assert (keys.access, keys.secret) == ("a", SECRET)
    assert SECRET not in repr(keys)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o610])
def test_a_file_that_others_reach_is_not_read(tmp_path, mode):
    with pytest.raises(CredentialsError, match="must be 0600"):
        bucket_keys(at(keys_file(tmp_path, mode=mode)), {})


@pytest.mark.parametrize(
    "text",
    ["", f"{SECRET}\n", f'access_key = "a"\nsecret_key = "{SECRET}"\nmore = 1\n', f'secret_key = "{SECRET}"\n'],
)
def test_a_file_that_says_anything_else_is_refused_without_showing_it(tmp_path, text):
    with pytest.raises(CredentialsError) as refused:
        bucket_keys(at(keys_file(tmp_path, text)), {})
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("environment", [{}, {ACCESS_KEY: "a"}, {SECRET_KEY: SECRET}, {ACCESS_KEY: "", SECRET_KEY: ""}])
def test_without_a_file_both_keys_are_in_the_environment_or_nothing_starts(environment):
    with pytest.raises(CredentialsError, match=ACCESS_KEY) as refused:
        bucket_keys(at(None), environment)
    assert SECRET not in str(refused.value)
    assert bucket_keys(at(None), {ACCESS_KEY: "a", SECRET_KEY: SECRET}).access == "a"


@pytest.mark.parametrize("broken", ["credentials_file", "ca_file"])
def test_a_gateway_whose_bucket_cannot_be_opened_does_not_start(tmp_path, broken):
    (tmp_path / "ca.pem").write_text("no certificate")
    files = {"credentials_file": str(keys_file(tmp_path))}
    files[broken] = str(tmp_path / ("missing.toml" if broken == "credentials_file" else "ca.pem"))
    settings = loaded(tmp_path, **{**WHOLE, **files})
    with pytest.raises(StartError, match=r"missing|authorities"):
        evidence_store(settings)


def test_nothing_of_the_accounts_home_or_environment_leads_a_bucket_elsewhere(tmp_path, monkeypatch):
    (tmp_path / "config").write_text("[default]\nregion = elsewhere\n[profile other]\nregion = elsewhere\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_REGION", "elsewhere")
    for profile in ("other", "missing"):
        monkeypatch.setenv("AWS_PROFILE", profile)
        client = Bucket(BucketPlace("http://127.0.0.1:2", "evidence", "r-1", "", "a", SECRET))._client
        assert (client.meta.endpoint_url, client.meta.region_name) == ("http://127.0.0.1:2", "r-1")
