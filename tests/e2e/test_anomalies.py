"""Anomalies over mutual TLS: what an auditor is told, in words, and what nobody else is."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from e2e.served import AUDITOR, BIDDING, CHECK, FINANCE, HRSS, award, body_of, gateway_in, new_party
from jointsanctions.v1 import anomaly_pb2 as pb
from jointsanctions.v1 import common_pb2

from formats.civil import civil_date
from gateway.cli.main import main

PATH = "/jointsanctions.v1.AuditService/ListAnomalies"
LOW = {
    "enumerated = 60 ": "enumerated = 4 ",
    "refused_first = 5 ": "refused_first = 3 ",
    "volume_least = 500 ": "volume_least = 9 ",
}


def days(first=0, last=1):
    today = civil_date(datetime.now(UTC))
    return {"since": (today + timedelta(days=first)).isoformat(), "until": (today + timedelta(days=last)).isoformat()}


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """A gateway with low thresholds, at which Wang went through enterprises and Zhao tried what is let through."""
    with gateway_in(tmp_path_factory.mktemp("watched"), changes=LOW, filled=False) as served:
        ask(served)
        yield served


def ask(served):
    for _ in range(4):
        assert served.send(CHECK, award(new_party().uscc, officer="王巡查")).ok
    for _ in range(3):
        refused = award(new_party().uscc, officer="赵试探", area=common_pb2.AREA_LENDING)
        assert not served.send(CHECK, refused).ok
    same = new_party().uscc
    for _ in range(2):
        assert served.send(CHECK, award(same, officer="赵试探")).ok


def listed(served, who=AUDITOR, **changed):
    request = pb.ListAnomaliesRequest(**{"officer": "审计员", **days(), **changed})
    return served.send(PATH, request, who)


def test_an_auditor_is_told_who_went_through_enterprises_and_where_to_begin(watched):
    outcome = listed(watched, kinds=[pb.ANOMALY_KIND_ENUMERATION])
    (anomaly,) = pb.ListAnomaliesResponse.FromString(outcome.answer).anomalies
    assert (anomaly.agency, anomaly.role, anomaly.officer) == ("public-resources-trading", "asking-system", "王巡查")
    assert (anomaly.count, anomaly.threshold) == (4, 4)
    assert "4" in anomaly.text.zh
    assert "one by one" in anomaly.text.en
    entries = [watched.entry(each) for each in anomaly.positions]
    assert [body_of(entry)["officer"] for entry in entries] == ["王巡查"] * 4
    assert [each.leaf_hash for each in anomaly.positions] == [entry.leaf for entry in entries]
    assert anomaly.begins.ToDatetime(tzinfo=UTC) == entries[0].time
    assert anomaly.ends.ToDatetime(tzinfo=UTC) == entries[3].time


def test_without_kinds_all_are_listed_the_heaviest_first(watched):
    found = pb.ListAnomaliesResponse.FromString(listed(watched).answer)
    kinds = {pb.AnomalyKind.Name(each.kind).removeprefix("ANOMALY_KIND_") for each in found.anomalies}
    assert {"ENUMERATION", "REFUSED_FIRST", "VOLUME"} <= kinds
    weights = [each.count / each.threshold for each in found.anomalies]
    assert weights == sorted(weights, reverse=True)
    assert found.left_out == 0
    one = pb.ListAnomaliesResponse.FromString(listed(watched, limit=1).answer)
    assert (len(one.anomalies), one.left_out) == (1, len(found.anomalies) - 1)


def test_days_without_calls_have_no_anomalies(watched):
    found = pb.ListAnomaliesResponse.FromString(listed(watched, **days(-9, 0)).answer)
    assert not found.anomalies


@pytest.mark.parametrize("who", [BIDDING, HRSS, FINANCE])
def test_nobody_but_the_auditor_is_told(watched, who):
    assert listed(watched, who).reason == "ROLE_NOT_PERMITTED"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"officer": ""}, "officer"),
        ({"since": ""}, "since"),
        ({"since": "2026-13-01"}, "since"),
        ({"until": "tomorrow"}, "until"),
        (days(0, 0), "until"),
        (days(0, 32), "until"),
        ({"kinds": [99]}, "kinds"),
        ({"kinds": [0]}, "kinds"),
        ({"limit": 501}, "limit"),
    ],
)
def test_a_malformed_question_names_its_field(watched, changed, field):
    outcome = listed(watched, **changed)
    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", field)


def test_the_question_is_itself_recorded(watched):
    answer = pb.ListAnomaliesResponse.FromString(listed(watched, kinds=[pb.ANOMALY_KIND_VOLUME]).answer)
    body = body_of(watched.entry(answer.audit_position))
    assert body["anomalies"] == {**days(), "kinds": ["VOLUME"]}
    assert body["officer"] == "审计员"


def test_the_command_shows_them(watched, capsys):
    place = ["--config", str(watched.place.config), "--state", str(watched.place.state)]
    place += ["--address", f"127.0.0.1:{watched.port}"]
    assert main([*place, "audit", "anomalies", "--kind", "enumeration"]) == 0
    shown = capsys.readouterr().out
    assert "逐一遍历 enumeration  public-resources-trading/asking-system 王巡查" in shown
    assert "1 项 anomalies" in shown
    assert main([*place, "audit", "anomalies", "--limit", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["left_out"] >= 1
