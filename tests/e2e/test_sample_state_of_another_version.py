"""A state folder that an earlier version of the sample made is served by the present one, with what is new added."""

from __future__ import annotations

from dataclasses import replace

from e2e.served import gateway_in, prepared

from gateway.cli.local_city import fill


def test_records_of_a_later_sample_correct_those_of_an_earlier_one(tmp_path):
    with gateway_in(tmp_path, filled=False) as served:
        fill(served.callers, served.city, served.made_on)
        corrected = [*served.city.records["publications"]]
        corrected[0] = type(corrected[0]).FromString(corrected[0].SerializeToString())
        corrected[0].document_number += "之二"
        later = replace(served.city, records={"publications": (*corrected,)})

        assert fill(served.callers, later, served.made_on) == 1


def test_a_caller_that_a_later_configuration_names_gets_its_certificate_and_the_others_keep_theirs(tmp_path):
    place = prepared(tmp_path, {})
    clients = place.state / "pki" / "clients"
    before = {file.name: file.read_bytes() for file in clients.iterdir() if file.is_file()}
    for suffix in ("pem", "key"):
        (clients / f"credit-platform.producer.{suffix}").unlink()

    prepared(tmp_path, {})

    after = {file.name: file.read_bytes() for file in clients.iterdir() if file.is_file()}
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} == {
        "credit-platform.producer.pem",
        "credit-platform.producer.key",
    }
