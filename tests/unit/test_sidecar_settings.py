"""The side-car's settings: what is wrong is named by file and key, and nothing is open without client certificates."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from jointsanctions.v1 import common_pb2

from adapters.acts import Mode
from adapters.errors import QuestionRefusedError, SettingsError
from adapters.http.areas import AREAS
from adapters.http.settings import load
from adapters.questions import Case

SAMPLE = Path(__file__).parents[2] / "config" / "adapter-bidding.toml"
TLS = '\ncertificate = "a.pem"\nkey = "a.key"\nclient_authorities = "ca.pem"\nclient_revocations = "crl.pem"'


@pytest.mark.parametrize("name", AREAS)
def test_the_sample_of_every_area_serves_it_on_a_port_of_its_own(tmp_path, name):
    settings = load(SAMPLE.with_name(f"adapter-{name}.toml"), name, tmp_path)
    others = [load(SAMPLE.with_name(f"adapter-{each}.toml"), each, tmp_path) for each in AREAS if each != name]

    assert (settings.area.name, settings.mode) == (name, Mode.ENFORCE)
    assert settings.listening.port not in {each.listening.port for each in others}
    assert settings.journal not in {each.journal for each in others}
    assert settings.limits.keys() == set(settings.area.limits)
    assert settings.area.rules(settings.limits).area == common_pb2.Area.Value(f"AREA_{name.upper()}")


def test_endings_are_fetched_by_one_side_car_of_each_agency(tmp_path):
    samples = [load(SAMPLE.with_name(f"adapter-{each}.toml"), each, tmp_path) for each in AREAS]
    fetching = [each.client.certificate_file for each in samples if each.fetches_endings]

    assert sorted(fetching) == sorted({each.client.certificate_file for each in samples})


def changed(folder, old="", new=""):
    text = SAMPLE.read_text(encoding="utf-8")
    assert old in text
    file = folder / "adapter-bidding.toml"
    file.write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    return load(file, "bidding", folder)


def test_the_sample_serves_bidding_on_the_loopback(tmp_path):
    settings = changed(tmp_path)

    assert (settings.area.name, settings.mode) == ("bidding", Mode.ENFORCE)
    assert settings.journal == tmp_path / "side-car" / "bidding.sqlite"
    assert settings.purpose == ""
    assert settings.limits == {"publicity_to_award": timedelta(15), "award_to_contract": timedelta(30)}
    assert settings.listening.tls is None
    assert "localhost" in settings.listening.hosts


def test_the_rules_have_all_that_the_file_says_of_them(tmp_path):
    plain = changed(tmp_path).rules()
    assert (plain.purpose, plain.register_cases, plain.area) == ("", False, common_pb2.AREA_BIDDING)
    more = 'mode = "enforce"\npurpose = "资格审查"\nregister_cases = true'
    rules = changed(tmp_path, 'mode = "enforce"', more).rules()
    assert (rules.purpose, rules.register_cases) == ("资格审查", True)
    rules.check_case(Case("JSGC-2026-1", "li"))
    with pytest.raises(QuestionRefusedError, match=r"question\.case_ref"):
        rules.check_case(Case("项目1", "li"))


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('mode = "enforce"', 'mode = "enforced"', "adapter.mode"),
        ('mode = "enforce"', 'mode = "enforce"\nlog = "x"', "adapter.log: is not known"),
        ('mode = "enforce"', f'mode = "enforce"\npurpose = "{"x" * 257}"', "adapter.purpose: a text of at most 256"),
        ('target = "127.0.0.1:50443"', "", "gateway.target"),
        ("deadline_seconds = 10", "deadline_seconds = 0", "gateway.deadline_seconds"),
        ("upkeep_seconds = 600", 'upkeep_seconds = "600"', "adapter.upkeep_seconds"),
        ("publicity_to_award = 15", "", "age_limits_days.publicity_to_award"),
        ("award_to_contract = 30", "award_to_contract = 30\nother = 1", "age_limits_days.other"),
        ("[listen]", "[listening]", "listen: a table"),
        ("[listen]", "[officers]\n[listen]", "officers.agency"),
        ('case_ref = "[A', 'case_ref = "([A', "adapter.case_ref"),
        ("127.0.0.1:50480", "localhost:50480", "listen.address"),
        ("127.0.0.1:50480", "127.0.0.1:99999", "listen.address"),
        ('"127.0.0.1:50480"', '"127.0.0.1:50480"\ncertificate = "a.pem"', "listen.key"),
        ('"127.0.0.1:50480"', f'"127.0.0.1:50480"{TLS}'.rpartition("\n")[0], "listen.client_revocations"),
        ("fetches_endings = true", "", "adapter.fetches_endings"),
        ("fetches_endings = true", "fetches_endings = 1", "adapter.fetches_endings"),
        ('mode = "enforce"', 'mode = "enforce"\nregister_cases = 1', "adapter.register_cases: true or false"),
        ('"127.0.0.1:50480"', '"127.0.0.1:50480"\nhosts = []', "listen.hosts"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, old, new, named):
    with pytest.raises(SettingsError) as caught:
        changed(tmp_path, old, new)

    assert "adapter-bidding.toml" in str(caught.value)
    assert named in str(caught.value)


@pytest.mark.parametrize("address", ["0.0.0.0:8443", "10.20.0.7:8443", "[::]:8443"])
def test_beyond_the_loopback_it_starts_with_client_certificates_only(tmp_path, address):
    with pytest.raises(SettingsError, match="loopback"):
        changed(tmp_path, '"127.0.0.1:50480"', f'"{address}"\nhosts = ["side-car.example"]')

    settings = changed(tmp_path, '"127.0.0.1:50480"', f'"{address}"\nhosts = ["Side-Car.example"]{TLS}')

    assert settings.listening.tls.authorities == tmp_path / "ca.pem"
    assert settings.listening.tls.revocations == tmp_path / "crl.pem"
    assert settings.listening.hosts == {"side-car.example"}


def test_beyond_the_loopback_the_names_of_the_host_must_be_given(tmp_path):
    with pytest.raises(SettingsError, match=r"listen\.hosts"):
        changed(tmp_path, '"127.0.0.1:50480"', f'"10.20.0.7:8443"{TLS}')


def test_there_is_no_side_car_for_an_area_without_one(tmp_path):
    with pytest.raises(SettingsError, match="alchemy"):
        load(SAMPLE, "alchemy", tmp_path)
