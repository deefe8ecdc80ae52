"""Referred cases in the console: what arrived and is acknowledged, how each case stands, and the steps as forms."""

from __future__ import annotations

from datetime import timedelta

import grpc
import pytest
from console_browser import Browser
from console_desk import SCRIPT, Desktop
from justice_desk import CASE, NOW, SHA, JusticeDesktop, clock, entry, kind, step
from justice_gateway import Authority

from adapters.errors import GatewayError
from adapters.justice.inbox_book import InboxBook
from console.steps import FORMS
from formats.civil import SHANGHAI

REASONED = sorted(name for name, form in FORMS.items() if form.reasons)
WAITED_FOR = {"to_agency": "public-security-yunxi", "effective_on": "2026-11-29", "reasons": "依法"}


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def desktop(authority, tmp_path):
    return JusticeDesktop(authority, tmp_path)


def refused(status, **metadata):
    return GatewayError(grpc.StatusCode[status], "MALFORMED_REQUEST", metadata, "is not so")


def test_a_case_is_listed_with_its_stage_and_clocks_by_both_readings(desktop):
    desktop.gateway.case.referral.clocks.append(clock(due_on_working_days="2026-12-04", due_on_unmoved="2026-12-01"))
    page = desktop.get("/referrals")

    assert CASE in page.words
    assert "已移送" in page.words
    assert 'class="tag bad">红' in page.text
    for said in ("最后一日 2026-12-02", "若按工作日计算为 2026-12-04", "若不因节假日顺延为 2026-12-01"):
        assert said in page.words


def test_readings_of_a_clock_that_agree_are_told_once(desktop):
    desktop.gateway.case.referral.clocks.append(clock("GREEN", due_on_working_days="2026-12-02"))
    page = desktop.get("/referrals")

    assert 'class="tag good">绿' in page.text
    assert "若按工作日" not in page.words


def test_a_clock_that_is_done_stands_on_the_page_of_its_case_alone(desktop):
    desktop.gateway.case.referral.clocks.append(clock("DONE_LATE"))
    assert "逾期办结" not in desktop.get("/referrals").words
    assert "逾期办结" in desktop.get(desktop.at).words


def test_the_clock_of_a_colour_that_is_not_known_is_in_doubt(desktop):
    desktop.gateway.case.referral.clocks.append(clock())
    desktop.gateway.case.referral.clocks[0].colour = 77

    assert 'class="tag doubt">77' in desktop.get("/referrals").text


def test_what_a_case_waits_for_is_told_with_whom_it_waits_on(desktop):
    stuck = desktop.gateway.case.referral.stuck.add(reason=1, agency="police")
    stuck.waits_for.zh = "审查决定"

    assert "期限逾期：等待 police：审查决定" in desktop.get("/referrals").words


def test_closed_cases_are_there_when_they_are_asked_for(desktop):
    assert "YS-2026-2" not in desktop.get("/referrals").words
    assert "YS-2026-2" in desktop.get("/referrals?show=all").words


def test_what_arrives_is_acknowledged_once_it_is_kept_and_not_by_looking(desktop):
    desktop.gateway.entries = [entry(3), entry(5, step=step("SUPPLEMENT", document_number="补充-2"))]
    page = desktop.get("/referrals")
    assert "补充-2" in page.words
    assert desktop.get(desktop.at).words.count("未签收") == 2
    assert desktop.gateway.acknowledged == set()

    page = desktop.browser.follow(desktop.post("/referrals"))
    assert desktop.gateway.acknowledged == {3, 5}
    with InboxBook(desktop.place / "inbox.sqlite") as book:
        assert [each.place for each in book.entries()] == [3, 5]
        assert book.unacknowledged() == []
    assert "没有未签收的内容" in page.words
    case = desktop.get(desktop.at).words
    assert case.count("已签收") == 2
    assert "未签收" not in case


def test_what_is_kept_and_not_known_to_be_acknowledged_is_shown_so_until_it_is(desktop):
    desktop.gateway.entries, desktop.gateway.lost_answers = [entry(3)], 1
    desktop.get("/referrals")
    assert desktop.post("/referrals").status == 502
    assert "未签收" in desktop.get(desktop.at).words

    desktop.post("/referrals")
    assert "未签收" not in desktop.get(desktop.at).words


def test_a_case_shows_what_was_received_in_it_alone(desktop):
    desktop.gateway.entries = [entry(3), entry(4, referral_id="YS-2026-2", step=step("URGING", document_number="督-9"))]

    assert "督-9" in desktop.get("/referrals").words
    assert "督-9" not in desktop.get(desktop.at).words


def test_nothing_is_acknowledged_that_cannot_be_kept(desktop):
    desktop.gateway.entries = [entry(3)]
    (desktop.place / "inbox.sqlite").write_bytes(b"no database" * 100)
    desktop.get("/referrals")
    page = desktop.post("/referrals")
    assert page.status == 500
    assert "收件簿不能使用" in page.words
    assert desktop.gateway.acknowledged == set()


def test_another_entry_under_a_known_place_is_told_and_not_acknowledged(desktop):
    desktop.gateway.entries = [entry(3)]
    desktop.get("/referrals")
    desktop.post("/referrals")
    desktop.gateway.acknowledged.clear()
    desktop.gateway.entries = [entry(3, from_agency="somebody-else")]

    assert desktop.post("/referrals").status == 500
    assert desktop.gateway.acknowledged == set()


def test_a_case_shows_each_step_with_who_took_it_and_its_document(desktop):
    desktop.gateway.case.steps.add(
        step=step("NON_FILING", reasons=SCRIPT), agency="police", recorded_at=step("URGING").at
    )
    page = desktop.get(desktop.at)

    for said in ("移送", "hrss", "officer-1", "示〔2026〕1号", SHA, "不予立案"):
        assert said in page.words
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text


def test_only_what_may_be_done_now_is_offered_and_nothing_of_another_party(desktop):
    desktop.gateway.allow("FILING", "NON_FILING", "SUPPLEMENT", "CLOSING")
    page = desktop.get(desktop.at)

    assert page.text.count("/steps/") == 2
    assert "结案归档" not in page.words


@pytest.mark.parametrize("name", FORMS)
def test_a_step_goes_to_its_method_as_it_was_filled_in(desktop, name):
    page = desktop.browser.follow(desktop.take(name, **WAITED_FOR, taken_at="2026-11-30T09:30:00"))
    (request,) = desktop.gateway.steps

    assert type(request) is FORMS[name].call[1]
    assert (request.referral_id, request.officer, request.step.kind) == (CASE, "officer-7", kind(name))
    assert (request.step.document_number, request.step.document_sha256) == ("示公〔2026〕7号", SHA)
    assert list(request.step.officers) == ["刑警 王五"]
    assert request.step.at.ToDatetime(tzinfo=SHANGHAI).isoformat() == "2026-11-30T09:30:00+08:00"
    assert request.step.reasons == "依法"
    assert request.step.to_agency == ("public-security-yunxi" if name in {"FORWARDING", "INDICTMENT"} else "")
    assert request.step.effective_on == ("2026-11-29" if FORMS[name].judgment else "")
    assert "已登记，并送达其他各方" in page.words


@pytest.mark.parametrize("name", REASONED)
def test_what_the_law_wants_reasons_for_is_not_sent_without(desktop, name):
    page = desktop.take(name, **{**WAITED_FOR, "reasons": " \n "})

    assert page.status == 422
    assert 'href="#reasons"' in page.text
    assert desktop.gateway.steps == []


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("FILING", {"document_number": ""}),
        ("FILING", {"document_number": "号" * 43}),
        ("FILING", {"document_sha256": ""}),
        ("FILING", {"document_sha256": SHA[1:]}),
        ("FILING", {"document_sha256": "g" * 64}),
        ("FILING", {"by": "，"}),
        ("FILING", {"by": "王五,王五"}),
        ("FILING", {"by": "王" * 22}),
        ("FILING", {"by": ",".join(map(str, range(21)))}),
        ("FILING", {"taken_at": "yesterday"}),
        ("FILING", {"taken_at": "2026-11-30T09:30:00+00:00"}),
        ("FILING", {"reasons": "号" * 1334}),
        ("FORWARDING", {"to_agency": ""}),
        ("FORWARDING", {"to_agency": "../police"}),
        ("CONVICTION", {"effective_on": ""}),
        ("CONVICTION", {"effective_on": "2026-11-31"}),
    ],
)
def test_what_is_missing_or_malformed_is_marked_and_nothing_is_sent(desktop, name, wrong):
    page = desktop.take(name, **{**WAITED_FOR, **wrong})

    assert page.status == 422
    (field,) = wrong
    assert f'href="#{field}"' in page.text
    assert desktop.gateway.steps == []


@pytest.mark.parametrize(("said", "field"), [("to_agency", "to_agency"), ("at", "taken_at"), ("officers[0]", "by")])
def test_what_the_gateway_does_not_take_is_marked_at_its_field_and_what_was_filled_in_stays(desktop, said, field):
    desktop.gateway.error = refused("INVALID_ARGUMENT", field=f"step.{said}")
    page = desktop.take("FORWARDING", **WAITED_FOR)

    assert page.status == 422
    assert f'href="#{field}"' in page.text
    assert 'value="public-security-yunxi"' in page.text
    assert "已登记" not in page.words


@pytest.mark.parametrize(("why", "said"), [("DOCUMENT_USED", "该文书编号已用于本案"), ("NEVER_HEARD", "NEVER_HEARD")])
def test_why_a_step_cannot_be_taken_is_told_in_words(desktop, why, said):
    desktop.gateway.error = refused("FAILED_PRECONDITION", why=why)
    page = desktop.take("FILING")
    assert page.status == 422
    assert said in page.words


def test_a_step_without_an_answer_is_the_same_call_when_it_is_sent_again(desktop):
    at = desktop.act("RECEIPT")
    desktop.get(at)
    form = {"document_number": "1", "document_sha256": SHA, "by": "王五"}
    desktop.gateway.error = refused("UNAVAILABLE")
    assert desktop.post(at, form).status == 422
    desktop.gateway.error, desktop.now = None, NOW + timedelta(minutes=5)
    assert desktop.post(at, form).status == 303
    first, second = desktop.gateway.steps

    assert first == second
    assert first.request_id
    assert first.step.at.ToDatetime() == NOW.replace(tzinfo=None)


def test_a_hash_in_capitals_and_reasons_of_several_lines_are_sent_as_the_gateway_takes_them(desktop):
    desktop.take("NON_FILING", reasons="一、证据不足\r\n\r\n 二、不属管辖 ", document_sha256=SHA.upper())
    (request,) = desktop.gateway.steps

    assert request.step.reasons == "一、证据不足 二、不属管辖"
    assert request.step.document_sha256 == SHA


def test_no_address_names_a_case(desktop):
    desktop.gateway.entries = [entry(3)]
    desktop.browser.follow(desktop.take("FILING"))
    desktop.post("/referrals")
    desktop.dossier()

    assert [path for path in desktop.browser.asked if CASE in path or "public-security" in path] == []


@pytest.mark.parametrize("path", ["/referrals/none", "/steps/none", "/dossiers/none"])
def test_what_is_not_kept_is_not_there(desktop, path):
    assert desktop.get(path).status == 404
    write = {"/referrals/none": "/referrals/none/dossier", "/dossiers/none": "/dossiers/none/file"}.get(path, path)
    assert desktop.post(write).status == 404


def test_other_roles_have_no_such_pages():
    deciding = Desktop()
    deciding.opened()

    assert deciding.get("/referrals").status == 404
    assert "移送案件" not in deciding.get("/check").words


def test_every_form_carries_the_token_of_its_session_and_nobody_without_one_is_answered(desktop):
    ways = [(method, path) for method, path, _ in desktop.console.ways if path.startswith(("/ref", "/dos", "/steps"))]
    stranger = Browser(desktop.console.app)
    before = list(desktop.gateway.calls)
    for method, path in ways:
        if method == "POST":
            assert desktop.post(path, {"csrf": "A" * 43}).status == 403, path
        else:
            assert stranger.get(desktop.path(path)).status == 403, path

    assert len(ways) == 8
    assert desktop.gateway.calls == before


def test_a_gateway_that_does_not_answer_is_told_and_no_case_is_shown(desktop):
    def silent(*_):
        raise refused("UNAVAILABLE")

    desktop.gateway.referral = silent
    page = desktop.get("/referrals")
    assert page.status == 502
    assert "网关没有给出答复" in page.words
    assert "没有移送给本单位的案件" not in page.words
