"""Clocks and figures over mutual TLS: for HRSS alone, recorded, in pages, and on the command line."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from e2e.served import HRSS, REGISTRAR, TOURISM, body_of, new_party, today
from jointsanctions.v1 import clock_pb2 as pb
from jointsanctions.v1 import listing_pb2

from gateway.cli.main import main

pytestmark = pytest.mark.xdist_group("served")
LIST = "/jointsanctions.v1.RegistryService/ListClocks"
REPORT = "/jointsanctions.v1.RegistryService/ReportTimeliness"
HOUR = "示例市人力资源和社会保障局"


@pytest.fixture
def overdue(served):
    """Return the id of a listing on which nobody has decided long after its order was due."""
    party = new_party()
    step = listing_pb2.ListingStep(
        request_id=f"propose-{party.uscc}",
        listing_id=f"L-{party.uscc}",
        officer="officer-7",
        authority=HOUR,
        document_number="责令〔2026〕9号",
        on=(today() - timedelta(days=100)).isoformat(),
    )
    request = listing_pb2.ProposeListingRequest(
        step=step,
        uscc=party.uscc,
        order_due_on=(today() - timedelta(days=80)).isoformat(),
        order_delivered_on=(today() - timedelta(days=99)).isoformat(),
        order_delivery_proof="回证1",
    )
    served.callers.as_caller(HRSS).registry("ProposeListing", request, listing_pb2.ProposeListingResponse)
    return step.listing_id


def asked(**changes):
    return pb.ListClocksRequest(**{"officer": "officer-7", **changes})


def listed(served, **changes):
    return served.callers.as_caller(HRSS).registry("ListClocks", asked(**changes), pb.ListClocksResponse)


def every(served, size):
    """Return all clocks, as bytes, read in pages of a size."""
    request, found = asked(page_size=size), []
    while True:
        page = served.callers.as_caller(HRSS).registry("ListClocks", request, pb.ListClocksResponse)
        found += [clock.SerializeToString() for clock in page.clocks]
        if not page.next_page_token:
            return found
        request.page_token = page.next_page_token


def jsg(served, capsys, *words):
    capsys.readouterr()
    code = main(["--config", str(served.place.config), "--address", f"127.0.0.1:{served.port}", *words])
    return code, capsys.readouterr().out


def test_a_duty_past_due_is_red_with_its_rule_its_days_and_its_holder(served, overdue):
    page = listed(served, colours=[pb.COLOUR_RED], authority="人力资源", page_size=1000)
    (clock,) = [clock for clock in page.clocks if clock.object_id == overdue]
    assert (clock.clock_id, clock.holder, clock.kind, clock.done_on) == ("L-08/decide", "HRSS_SECTION", "DUTY", "")
    assert clock.started_on == (today() - timedelta(days=80)).isoformat() < clock.due_on < today().isoformat()
    assert clock.title.zh
    assert clock.title.en
    assert {each.colour for each in page.clocks} == {pb.COLOUR_RED}
    assert page.calendar_version == served.config.calendar.version
    assert page.data_revision > 0


def test_the_pages_together_are_the_whole_list_and_each_call_is_recorded(served, overdue):
    whole = every(served, 1000)
    size = max(7, len(whole) // 12)
    assert every(served, size) == whole
    assert len(whole) > size
    filtered = listed(
        served, authority="示例", colours=[pb.COLOUR_GREEN], due_before="2031-01-01", clock_ids=["L-13/term"]
    )
    body = body_of(served.entry(filtered.audit_position))
    assert (body["method"], body["outcome"], body["officer"]) == ("RegistryService/ListClocks", "OK", "officer-7")
    assert body["search"] == {
        "authority": "示例",
        "colours": ["GREEN"],
        "due_before": "2031-01-01",
        "clocks": ["L-13/term"],
    }
    assert body["revision"] == filtered.data_revision


@pytest.mark.parametrize(("path", "message"), [(LIST, pb.ListClocksRequest()), (REPORT, pb.ReportTimelinessRequest())])
def test_nobody_but_hrss_is_told_and_a_caller_without_the_grant_learns_no_format(served, path, message):
    assert served.send(path, message, REGISTRAR).reason == "FIELD_NOT_IN_MANDATE"
    assert served.send(path, message, TOURISM).reason == "ROLE_NOT_PERMITTED"
    refused = served.send(path, message, HRSS)
    assert (refused.reason, refused.field) == ("MALFORMED_REQUEST", "officer")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"clock_ids": ["L-13/term", "L-99/none"]}, "clock_ids[1]"),
        ({"clock_ids": ["L-13/term", "L-13/term"]}, "clock_ids"),
        ({"colours": [0]}, "colours[0]"),
        ({"colours": [1, 1]}, "colours"),
        ({"due_before": "2026-1-1"}, "due_before"),
        ({"page_size": 1001}, "page_size"),
        ({"page_token": "AAAA"}, "page_token"),
    ],
)
def test_a_faulty_filter_is_named(served, changes, field):
    refused = served.send(LIST, asked(**changes), HRSS)
    assert (refused.reason, refused.field) == ("MALFORMED_REQUEST", field)


def test_a_report_counts_what_came_in_its_days_and_names_the_latest(served):
    day = today().isoformat()
    request = pb.ReportTimelinessRequest(officer="officer-7", first_day=day, last_day=day)
    found = served.callers.as_caller(HRSS).registry("ReportTimeliness", request, pb.ReportTimelinessResponse)
    rows = {(row.agency, row.feed, row.clock_id): row for row in found.rows}
    assert ("hrss", "wage_list", "I-30/report") in rows
    assert ("market-regulation", "market_regulation", "I-30/report") in rows
    for row in rows.values():
        assert (row.longest_delay_days > 0) == bool(row.longest_delay_record_id) == (row.late > 0)
    body = body_of(served.entry(found.audit_position))
    assert set(body["search"]) == {"since", "until"}
    request.last_day = (today() + timedelta(days=367)).isoformat()
    assert served.send(REPORT, request, HRSS).field == "last_day"
    request.last_day = (today() - timedelta(days=1)).isoformat()
    assert served.send(REPORT, request, HRSS).field == "last_day"


def test_the_command_prints_red_first_in_both_languages(served, overdue, capsys):
    code, text = jsg(served, capsys, "clocks")
    assert code == 0
    colours = [line.split()[1] for line in text.splitlines() if line.startswith(("红", "黄", "绿", "届满"))]
    assert colours == sorted(colours, key=["RED", "YELLOW", "GREEN"].index)
    assert {"RED", "GREEN"} <= set(colours)
    assert overdue in text
    assert "作出列入决定 Decide on the listing" in text
    code, text = jsg(served, capsys, "clocks", "--colour", "red", "--authority", HOUR, "--json")
    assert code == 0
    assert overdue in {clock["object_id"] for clock in json.loads(text)["clocks"]}
    code, text = jsg(served, capsys, "clocks", "--all", "--clock", "L-16/decide", "--authority", "没有这样的单位")
    assert (code, text.splitlines()[-1].startswith("0 项 clocks")) == (0, True)


def test_the_command_tells_how_soon_records_came(served, capsys):
    code, text = jsg(served, capsys, "timeliness")
    assert code == 0
    assert "hrss | wage_list | I-30/report" in text
    code, text = jsg(served, capsys, "timeliness", "--json", "--from", "2001-01-01", "--until", "2001-01-31")
    assert (code, json.loads(text).get("rows", [])) == (0, [])
