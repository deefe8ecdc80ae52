"""HRSS's clocks, listings and early warnings in the console."""

from __future__ import annotations

import re

import grpc
import pytest
from console_bureau import Bureau
from console_desk import CODE, SCRIPT, Desktop
from jointsanctions.v1 import clock_pb2, common_pb2, early_warning_pb2
from jointsanctions.v1 import listing_pb2 as pb

from adapters.errors import GatewayError
from console.guard import HEADERS
from gateway.domain.clock_rules import Holder, Kind

PAGES = ("/file", "/clocks", "/listings", "/warnings", "/imports", "/endings", "/endings/decided", "/listings/open")


def clock(colour, **parts):
    whole = {
        "clock_id": "L-08/decide",
        "title": common_pb2.LocalizedText(zh="作出决定", en="Decide"),
        "object_id": "L-17",
        "uscc": CODE,
        "holder": "HRSS_SECTION",
        "kind": "DUTY",
        "due_on": "2026-12-05",
        "colour": colour,
        "alarm": True,
        "confirmed": True,
    }
    return clock_pb2.Clock(**{**whole, **parts})


def lanes(page):
    """Return the lanes of the board by the colour's name."""
    return dict(re.findall(r'aria-labelledby="([a-z_]+)">(.*?)</section>', page.text, re.DOTALL))


@pytest.mark.parametrize("role", ["asking-system", "bank", "auditor", "police", "operator", "portal", "unheard-of"])
def test_what_hrss_works_with_is_not_there_for_others(role):
    desktop = Desktop(role=role)
    desktop.opened()

    for path in PAGES:
        assert desktop.get(path).status == 404
    for path in ("/file", "/file/whose", "/listings", "/imports"):
        assert desktop.post(path, {"uscc": CODE, "case_ref": "x", "listing_id": "L-1"}).status == 404
    assert desktop.gateway.asked == []


def test_every_answer_forbids_what_a_page_of_ours_never_needs_and_every_form_has_its_token():
    bureau = Bureau()
    paths = [(method, path.replace("{id}", "x")) for method, path, _ in bureau.console.ways]

    for method, path in paths:
        reply = bureau.get(path) if method == "GET" else bureau.post(path, {"csrf": "A" * 43})
        assert {name: reply.headers[name] for name in HEADERS} == HEADERS
        assert reply.status == 403 or method == "GET"
        assert " style=" not in reply.text
        assert "<style" not in reply.text


def test_every_clock_stands_in_the_lane_of_its_colour_with_both_readings():
    bureau = Bureau()
    bureau.gateway.clocks[0].clocks.extend(
        [
            clock(clock_pb2.COLOUR_GREEN, object_id="L-1"),
            clock(clock_pb2.COLOUR_RED, object_id="L-2", due_on_unmoved="2026-12-05", due_on_moved="2026-12-07"),
            clock(clock_pb2.COLOUR_YELLOW, object_id="L-3", provisional=True),
        ]
    )
    page = bureau.get("/clocks")
    found = lanes(page)

    assert list(found) == ["red", "yellow", "green"]
    assert "L-2" in found["red"]
    assert "2026-12-07" in found["red"]
    assert "L-3" in found["yellow"]
    assert "暂定" in found["yellow"]
    assert "L-1" in found["green"]
    (asked,) = bureau.gateway.asked
    assert list(asked.colours) == [clock_pb2.COLOUR_RED, clock_pb2.COLOUR_YELLOW, clock_pb2.COLOUR_GREEN]
    assert asked.officer == "officer-7"


def test_a_colour_that_is_not_known_here_is_seen_among_the_red():
    bureau = Bureau()
    bureau.gateway.clocks[0].clocks.append(clock(99, object_id="L-9"))

    assert "L-9" in lanes(bureau.get("/clocks"))["red"]


def test_what_is_over_or_done_is_asked_for_on_request():
    bureau = Bureau()
    bureau.gateway.clocks[0].clocks.append(clock(clock_pb2.COLOUR_DONE_LATE, done_on="2026-12-20"))
    page = bureau.get("/clocks?show=ended")

    assert "2026-12-20 办结" in page.words
    assert list(bureau.gateway.asked[0].colours) == [
        clock_pb2.COLOUR_OVER,
        clock_pb2.COLOUR_DONE_LATE,
        clock_pb2.COLOUR_DONE_IN_TIME,
    ]


def test_all_pages_of_clocks_are_read_and_what_is_left_out_is_said():
    bureau = Bureau()
    page = clock_pb2.ListClocksResponse(clocks=[clock(clock_pb2.COLOUR_GREEN)] * 1000)
    bureau.gateway.clocks = [page] * 7
    text = bureau.get("/clocks").words

    assert len(bureau.gateway.asked) == 5
    assert "只读取了前 5000 项" in text
    assert "另有 4900 项未列出" in text


def test_a_clock_leads_to_its_listing_and_to_the_file_without_a_code_in_an_address():
    bureau = Bureau()
    bureau.gateway.clocks[0].clocks.append(clock(clock_pb2.COLOUR_RED))
    bureau.gateway.clocks[0].clocks.append(clock(clock_pb2.COLOUR_RED, clock_id="P-07/correct", object_id="rec-1"))
    page = bureau.get("/clocks")

    assert re.findall(r'name="listing_id" value="([^"]+)"', page.text) == ["L-17"]
    assert bureau.browser.follow(bureau.post("/listings", {"listing_id": "L-17"})).status == 200
    form = bureau.browser.follow(bureau.post("/file/whose", {"uscc": CODE}))
    assert f'value="{CODE}"' in form.text
    assert not [path for path in bureau.browser.asked if CODE in path or "L-17" in path]


def test_whose_a_clock_is_and_what_kind_has_its_word():
    bureau = Bureau()
    for number, (holder, kind) in enumerate((holder, kind) for holder in Holder for kind in Kind):
        given = {"holder": holder.value, "kind": kind.name, "object_id": f"L-{number}"}
        bureau.gateway.clocks[0].clocks.append(clock(clock_pb2.COLOUR_RED, **given))
    text = bureau.get("/clocks").words

    assert not [name for name in [*(each.value for each in Holder), *(each.name for each in Kind)] if name in text]


def standing(**parts):
    whole = {
        "listing_id": "L-17",
        "uscc": CODE,
        "stage": pb.LISTING_STAGE_ORDER_EXPIRED,
        "next_steps": [pb.LISTING_ACT_KIND_PRE_NOTICE],
        "hindered_steps": [
            pb.HinderedStep(
                act=pb.LISTING_ACT_KIND_DECISION, why=pb.LISTING_HINDRANCE_OBJECTION_PERIOD_OPEN, until="2026-12-09"
            )
        ],
        "duties": [pb.ListingDuty(rule_id="L-08", due_on="2026-12-05", late=True)],
    }
    return pb.ListingStanding(**{**whole, **parts})


def read(bureau, acts=(), **parts):
    bureau.gateway.listing = pb.GetListingResponse(standing=standing(**parts), acts=acts, persons=2)
    return bureau.browser.follow(bureau.post("/listings", {"listing_id": "L-17"}))


def test_a_listing_says_where_it_stands_what_is_due_and_what_comes_next():
    bureau = Bureau()
    order = pb.RecordedListingAct(
        act=pb.LISTING_ACT_KIND_ORDER_ISSUED,
        on="2026-10-01",
        document_number="责令〔2026〕9号",
        said={"due_on": "2026-10-20", "of_tomorrow": "x"},
    )
    text = " ".join(read(bureau, [order]).words.split())

    assert "逾期未支付" in text
    assert "现在不产生限制效力" in text
    assert "逾期 作出列入或者不予列入决定 限 2026-12-05" in text
    assert "下一步可办 列入事先告知" in text
    assert "列入决定 ： 申辩期未满 至 2026-12-09".replace(" ", "") in text.replace(" ", "")
    assert "责令限期支付 2026-10-01 责令〔2026〕9号" in text
    assert "限期 2026-10-20 of_tomorrow x" in text
    assert (bureau.gateway.asked[-1].listing_id, bureau.gateway.asked[-1].officer) == ("L-17", "officer-7")


def test_a_listing_in_force_and_one_that_must_be_revoked_are_seen_at_once():
    page = read(Bureau(), in_force=True, must_be_revoked=True)

    assert '<section class="verdict bad">' in page.text
    assert "必须撤销列入" in page.words


def test_the_main_line_shows_the_step_on_the_enterprise_and_not_on_a_person():
    given = {"act": pb.LISTING_ACT_KIND_DELIVERY, "document_number": "列〔2026〕1号"}
    acts = [pb.RecordedListingAct(on="2026-11-01", to_person=True, **given)]
    page = read(Bureau(), acts)
    way = page.text[page.text.index('<ol class="way">') : page.text.index("</ol>")]

    assert "2026-11-01" not in way
    assert "2026-11-01" in page.text


@pytest.mark.parametrize("number", [77])
def test_words_that_are_not_known_here_are_shown_as_they_came(number):
    page = read(Bureau(), stage=number, conditions=[number], next_steps=[number])

    assert page.words.count(str(number)) >= 3


@pytest.mark.parametrize("said", ["", "x" * 129])
def test_no_listing_is_asked_for_without_an_id_that_it_may_have(said):
    bureau = Bureau()

    assert bureau.post("/listings", {"listing_id": said}).status == 422
    assert bureau.gateway.asked == []


def test_a_listing_that_is_not_on_record_is_told_with_the_form_as_it_was():
    bureau = Bureau()
    bureau.gateway.error = GatewayError(grpc.StatusCode.NOT_FOUND, "ENTERPRISE_NOT_FOUND", {}, "no such listing")
    reply = bureau.post("/listings", {"listing_id": "L-none"})

    assert reply.status == 422
    assert "ENTERPRISE_NOT_FOUND" in reply.words
    assert 'value="L-none"' in reply.text


def warning(number, **parts):
    whole = {
        "kind": early_warning_pb2.EARLY_WARNING_KIND_NEAR_GRADE_B,
        "rule_id": "G-04",
        "uscc": CODE,
        "name": SCRIPT,
        "on": "2027-01-02",
        "text": common_pb2.LocalizedText(zh=f"再有 {number} 件", en=f"{number} more"),
    }
    return early_warning_pb2.EarlyWarning(**{**whole, **parts})


def test_warnings_are_read_on_until_there_are_some_and_go_on_from_there():
    bureau = Bureau()
    empty = early_warning_pb2.ListEarlyWarningsResponse()
    full = early_warning_pb2.ListEarlyWarningsResponse(warnings=[warning(1)] * 100)
    last = early_warning_pb2.ListEarlyWarningsResponse(warnings=[warning(2)])
    bureau.gateway.warnings = [empty, full, last]
    page = bureau.get("/warnings?kind=near_grade_b")

    assert "再有 1 件" in page.words
    assert "再有 2 件" not in page.words
    assert "<script>alert" not in page.text
    onwards = re.search(r'href="([^"]+/warnings/[^"]+)"', page.text)[1]
    rest = bureau.browser.get(onwards)
    assert "再有 2 件" in rest.words
    assert [asked.page_token for asked in bureau.gateway.asked] == ["", "1", "2"]
    assert {tuple(asked.kinds) for asked in bureau.gateway.asked} == {(1,)}
    assert "没有预警" not in page.words + rest.words


def test_no_warning_is_said_so_and_a_kind_that_is_none_is_not_there():
    bureau = Bureau()

    assert "没有预警" in bureau.get("/warnings").words
    assert list(bureau.gateway.asked[0].kinds) == []
    assert bureau.get("/warnings?kind=x").status == 404


@pytest.mark.parametrize("path", ["/clocks", "/warnings", "/imports"])
def test_what_the_gateway_does_not_tell_is_no_empty_page(path):
    bureau = Bureau()
    bureau.gateway.error = GatewayError(grpc.StatusCode.PERMISSION_DENIED, "FIELD_NOT_IN_MANDATE", {}, "not yours")
    page = bureau.get(path)

    assert page.status == 502
    assert "此证书无权这样做" in page.words
