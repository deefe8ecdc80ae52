"""Live cases in the console: which there are, on whom something weighs, their events, and their acknowledgement."""

from __future__ import annotations

import re

import pytest
from console_desk import BIDDING, CODE, NOW, SCRIPT, Desktop, measure, stamp
from jointsanctions.v1 import case_pb2, common_pb2

OTHER = "91420300MA10004390"


def event(sequence, **parts):
    whole = {
        "sequence": sequence,
        "kind": case_pb2.CASE_EVENT_KIND_BEGAN,
        "case_id": "c-1",
        "case_ref": "JSGC-2026-18",
        "uscc": CODE,
        "measure": measure(trigger=common_pb2.TRIGGER_LISTING),
        "seen_at": stamp(),
        "instruction": common_pb2.LocalizedText(zh="定标前重新查询", en="Ask again before the award"),
    }
    return case_pb2.CaseEvent(**{**whole, **parts})


def registered(**parts):
    ref = common_pb2.EnterpriseRef
    whole = {
        "case_id": "c-1",
        "area": BIDDING,
        "case_ref": "JSGC-2026-18",
        "part": "2",
        "version": 3,
        "decision_point": common_pb2.DECISION_POINT_BIDDING_AWARD,
        "applicants": [
            case_pb2.CaseApplicant(enterprise=ref(uscc=CODE, name="示例建设有限公司")),
            case_pb2.CaseApplicant(enterprise=ref(uscc=OTHER), consortium_members=[ref(uscc="91420300MA10004042")]),
        ],
        "opened_at": stamp(),
        "cutoff_at": stamp(),
    }
    return case_pb2.RegisteredCase(**{**whole, **parts})


def listed(case=None, weighing=((CODE, (2,)),), **parts):
    whole = {"first_sequence": 1, "last_sequence": 2, "last_seen_at": stamp(), "unacknowledged": 1}
    parties = [case_pb2.WeighedParty(uscc=uscc, sequences=found) for uscc, found in weighing]
    return case_pb2.ListedCase(case=case or registered(), weighing=parties, **{**whole, **parts})


@pytest.fixture
def desktop():
    desktop = Desktop()
    desktop.opened()
    return desktop


def told(desktop, *cases, token=""):
    desktop.gateway.cases[0] = case_pb2.ListCasesResponse(cases=cases, next_page_token=token)


def opened(desktop, *cases):
    """Open the first case of the list."""
    told(desktop, *(cases or (listed(),)))
    address = re.search(r'href="[^"]*(/cases/[^"/]{20,})"', desktop.get("/cases").text)[1]
    return address, desktop.get(address)


def test_the_cases_are_listed_with_who_takes_part_what_weighs_and_what_is_owed(desktop):
    told(desktop, listed(overdue=True, acknowledge_by="2026-12-01", provisional=True))
    words = desktop.get("/cases").words

    for said in (
        "JSGC-2026-18 · 2",
        f"示例建设有限公司  {CODE}",
        "1 项限制",
        "1 条未签收 已逾期",
        "定标",
        "截止时点 2026-11-30 12:00:00",
        "2026-12-01 前签收",
        "最近情况第 2 号",
    ):
        assert said in words
    assert words.count("项限制") == 1
    (request,) = desktop.gateway.asked
    assert (request.officer, request.closed_too, request.area) == ("officer-7", False, 0)


def test_closed_cases_are_asked_for_and_said_to_be_closed(desktop):
    reason = case_pb2.CASE_CLOSE_REASON_VOID
    told(desktop, listed(registered(closed_at=stamp(), close_reason=reason), (), unacknowledged=0))
    address, page = opened(desktop, desktop.gateway.cases[0].cases[0])

    assert "程序终止" in desktop.get("/cases?show=all").words
    assert desktop.gateway.asked[-1].closed_too
    assert "申请放行" not in page.words, "a closed case is cleared no more"
    assert address


def test_the_next_page_is_found_by_a_number_that_says_nothing(desktop):
    told(desktop, listed(), token="1")
    desktop.gateway.cases.append(case_pb2.ListCasesResponse(cases=[listed(registered(case_ref="JSGC-2025-1"))]))
    further = re.search(r'href="[^"]*(/cases\?page=[^"]+)"', desktop.get("/cases").text)[1]

    assert "JSGC-2025-1" in desktop.get(further).words
    assert desktop.gateway.asked[-1].page_token == "1"
    assert "更早的项目" not in desktop.get(further).words
    assert desktop.get("/cases?page=x").status == 404


def test_nothing_registered_is_said_so(desktop):
    assert "没有登记的项目" in desktop.get("/cases").words


def test_a_case_shows_its_own_events_and_waits_for_no_sign_of_life(desktop):
    other = event(2, case_id="c-9", case_ref="JSGC-OTHER")
    desktop.gateway.events = [event(1), event(2), other, event(3)]
    _, page = opened(desktop)

    assert re.findall(r'name="sequence" value="([0-9]+)"', page.text) == ["2", "1"]
    assert "列入拖欠农民工工资失信联合惩戒名单" in page.words
    assert "JSGC-OTHER" not in page.words
    assert (desktop.gateway.asked[-1].after_sequence, desktop.gateway.asked[-1].officer) == (0, "officer-7")


def test_of_a_case_without_events_nobody_is_asked(desktop):
    _, page = opened(desktop, listed(weighing=(), first_sequence=0, last_sequence=0, unacknowledged=0))

    assert "没有事项" in page.words
    assert not any(isinstance(each, case_pb2.WatchCaseRequest) for each in desktop.gateway.asked)


def test_an_event_is_acknowledged_in_its_case(desktop):
    desktop.gateway.events = [event(1), event(2)]
    address, _ = opened(desktop)
    reply = desktop.post(address, {"sequence": "2"})

    assert (reply.status, reply.location) == (303, desktop.path(address))
    assert (desktop.gateway.asked[-1].sequence, desktop.gateway.asked[-1].officer) == (2, "officer-7")
    assert desktop.post("/cases/unknown", {"sequence": "2"}).status == 404


def test_events_of_all_cases_are_shown_and_acknowledged(desktop):
    desktop.gateway.events = [event(1, acknowledged_at=stamp()), event(2, part="2")]
    page = desktop.get("/cases/events")

    assert "列入拖欠农民工工资失信联合惩戒名单" in page.words
    assert "定标前重新查询" in page.words
    assert re.findall(r'name="sequence" value="([0-9]+)"', page.text) == ["2"]
    assert "第 1 号" not in page.words
    assert "第 1 号" in desktop.get("/cases/events?show=all").words
    assert desktop.post("/cases/events", {"sequence": "2"}).status == 303
    assert (desktop.gateway.asked[-1].sequence, desktop.gateway.asked[-1].officer) == (2, "officer-7")


@pytest.mark.parametrize("sequence", ["", "-1", "x", "9" * 19, "²"])
def test_what_is_no_event_is_not_acknowledged(desktop, sequence):
    assert desktop.post("/cases/events", {"sequence": sequence}).status == 404
    assert desktop.gateway.asked == []
    assert NOW.tzinfo is not None


def test_a_name_is_text_and_never_a_tag(desktop):
    ref = common_pb2.EnterpriseRef(uscc=CODE, name=SCRIPT)
    case = registered(case_ref=SCRIPT, applicants=[case_pb2.CaseApplicant(enterprise=ref)])
    _, page = opened(desktop, listed(case))

    for shown in (desktop.get("/cases"), page):
        assert SCRIPT in shown.words or "&lt;script&gt;" in shown.text
        assert "<script>alert" not in shown.text
