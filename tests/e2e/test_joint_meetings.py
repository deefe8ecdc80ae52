"""Joint meetings over mutual TLS: convened by HRSS, seen and reported on by members, recorded, and no ground."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from e2e.served import AUDITOR, BIDDING, FINANCE, HRSS, REGISTRAR, TOURISM, body_of, new_party, today
from google.protobuf import json_format
from jointsanctions.v1 import clock_pb2
from jointsanctions.v1 import meeting_pb2 as pb

from gateway.cli.main import main

pytestmark = pytest.mark.xdist_group("served")
BANK = "hanjiang-bank.bank"
POLICE = "public-security.police"
SERVICE = "/jointsanctions.v1.RegistryService/"
NAMES = ("ConveneMeeting", "RecordMinutes", "ReportStep", "GetMeeting", "ListMeetings", "ListOwnSteps")


def ago(days):
    return (today() - timedelta(days=days)).isoformat()


def call(served, who, rpc, **fields):
    request = getattr(pb, f"{rpc}Request")(**fields)
    return served.callers.as_caller(who).registry(rpc, request, getattr(pb, f"{rpc}Response"))


def refused(served, who, rpc, **fields):
    return served.send(f"{SERVICE}{rpc}", getattr(pb, f"{rpc}Request")(**fields), who)


def agenda_of(uscc, other):
    return pb.MeetingAgenda(
        number="联席〔2026〕3号",
        held_on=ago(30),
        convened_by="示例市人力资源和社会保障局",
        members=["hrss", "finance", "hanjiang-bank", "public-security"],
        items=[
            pb.AgendaItem(
                item_id="funds",
                text="停止拨付财政资金",
                proposed_by="hrss",
                shown_to=["finance", "hanjiang-bank"],
                enterprises=[uscc],
                cases=[pb.MeetingCase(kind=pb.MEETING_CASE_KIND_LISTING, reference="L-17")],
            ),
            pb.AgendaItem(
                item_id="hand-over",
                text="移送案件办理情况",
                proposed_by="hrss",
                shown_to=["public-security"],
                enterprises=[other],
                cases=[pb.MeetingCase(kind=pb.MEETING_CASE_KIND_REFERRAL, reference="示移〔2026〕1号")],
            ),
        ],
    )


def minutes_of():
    return pb.MeetingMinutes(
        document_number="联席纪要〔2026〕3号",
        delivered_on=ago(29),
        attended=["hrss", "finance", "public-security"],
        resolutions=[pb.Resolution(item_id="funds", text="停止拨付")],
        steps=[
            pb.AssignedStep(step_id="stop", item_id="funds", agency="finance", text="停止拨付并函告", working_days=5),
            pb.AssignedStep(step_id="tell", item_id="funds", agency="hanjiang-bank", text="提示风险", due_on=ago(-400)),
            pb.AssignedStep(
                step_id="check", item_id="hand-over", agency="public-security", text="反馈", due_on=ago(10)
            ),
        ],
    )


@pytest.fixture
def meeting(served):
    """Return (id, code of the item for all deciding members, code of the item for the police)."""
    first, second = new_party(), new_party()
    identity = f"M-{first.uscc}"
    shared = {"officer": "officer-7", "meeting_id": identity}
    agenda = agenda_of(first.uscc, second.uscc)
    assert call(served, HRSS, "ConveneMeeting", request_id=f"c-{identity}", agenda=agenda, **shared).version == 1
    written = call(served, HRSS, "RecordMinutes", request_id=f"m-{identity}", minutes=minutes_of(), **shared)
    assert [each.state for each in written.standings] == [
        pb.MEETING_STEP_STATE_OVERDUE,
        pb.MEETING_STEP_STATE_OPEN,
        pb.MEETING_STEP_STATE_OVERDUE,
    ]
    return identity, first.uscc, second.uscc


def shown(served, who, identity):
    return call(served, who, "GetMeeting", meeting_id=identity, officer="officer-7")


def test_hrss_sees_all_and_each_member_what_concerns_it(served, meeting):
    identity, first, second = meeting
    whole = shown(served, HRSS, identity)
    assert [item.item_id for item in whole.meeting.agenda.items] == ["funds", "hand-over"]
    assert len(whole.meeting.standings) == 3
    assert [(each.kind, each.version, each.agency) for each in whole.versions] == [
        ("AGENDA", 1, "hrss"),
        ("MINUTES", 1, "hrss"),
    ]
    for who, step in ((FINANCE, "stop"), (BANK, "tell")):
        seen = shown(served, who, identity)
        assert [item.enterprises for item in seen.meeting.agenda.items] == [[first]]
        assert [each.step_id for each in seen.meeting.standings] == [step]
        assert not seen.versions
        for hidden in ("public-security", "hand-over", "移送", second):
            assert hidden not in json_format.MessageToJson(seen, ensure_ascii=False), "T-60"
    assert [item.enterprises for item in shown(served, POLICE, identity).meeting.agenda.items] == [[second]]


@pytest.mark.parametrize("who", [BIDDING, REGISTRAR, TOURISM])
def test_who_is_no_member_cannot_tell_a_meeting_from_none(served, meeting, who):
    identity, *_ = meeting
    there = refused(served, who, "GetMeeting", meeting_id=identity, officer="o")
    not_there = refused(served, who, "GetMeeting", meeting_id=f"N{identity[1:]}", officer="o")
    assert (there.reason, not_there.reason) == ("ENTERPRISE_NOT_FOUND", "ENTERPRISE_NOT_FOUND")
    assert there.text().replace(identity, f"N{identity[1:]}") == not_there.text()
    assert not call(served, who, "ListMeetings", officer="o").meetings
    assert not call(served, who, "ListOwnSteps", officer="o").steps


def test_roles_and_mandate_come_before_any_format(served):
    for rpc in NAMES:
        assert refused(served, AUDITOR, rpc).reason == "ROLE_NOT_PERMITTED"
    for rpc in NAMES[:2]:
        assert refused(served, FINANCE, rpc).reason == "ROLE_NOT_PERMITTED"
        assert refused(served, REGISTRAR, rpc).reason == "FIELD_NOT_IN_MANDATE"
        assert (refused(served, HRSS, rpc).reason, refused(served, HRSS, rpc).field) == (
            "MALFORMED_REQUEST",
            "request_id",
        )
    known_at = {"known_at": {"seconds": 1_780_000_000}}
    assert refused(served, FINANCE, "GetMeeting", **known_at).reason == "FIELD_NOT_IN_MANDATE"


def test_only_the_assigned_agency_reports_its_step_and_then_it_is_done(served, meeting):
    identity, *_ = meeting
    report = {
        "request_id": f"r-{identity}",
        "officer": "officer-9",
        "meeting_id": identity,
        "step_id": "stop",
        "document_number": "财函〔2026〕9号",
        "done_on": ago(27),
        "text": "已停止拨付",
    }
    assert refused(served, BANK, "ReportStep", **report).reason == "ENTERPRISE_NOT_FOUND"
    assert refused(served, HRSS, "ReportStep", **report).reason == "FIELD_NOT_IN_MANDATE"
    done = call(served, FINANCE, "ReportStep", **report)
    assert (done.version, done.standing.state) == (1, pb.MEETING_STEP_STATE_DONE)
    assert done.standing.clock.colour == clock_pb2.COLOUR_DONE_IN_TIME
    again = call(served, FINANCE, "ReportStep", **report)
    again.ClearField("audit_position")
    done_without = pb.ReportStepResponse.FromString(done.SerializeToString())
    done_without.ClearField("audit_position")
    assert again == done_without
    assert shown(served, HRSS, identity).meeting.standings[0].report.text == "已停止拨付"
    body = body_of(served.entry(done.audit_position))
    assert (body["method"], body["outcome"], body["meeting"], body["step"]) == (
        "RegistryService/ReportStep",
        "OK",
        identity,
        "stop",
    )
    assert (body["caller"]["agency"], body["officer"]) == ("finance", "officer-9")
    assert refused(served, FINANCE, "ReportStep", **{**report, "request_id": f"s-{identity}"}).reason == "STATE"


def test_hrss_has_every_steps_clock_and_each_member_its_own(served, meeting):
    identity, first, _ = meeting
    request = clock_pb2.ListClocksRequest(officer="o", clock_ids=["meeting/step"], page_size=1000)
    page = served.callers.as_caller(HRSS).registry("ListClocks", request, clock_pb2.ListClocksResponse)
    found = {each.object_id: each for each in page.clocks if each.object_id.startswith(identity)}
    assert {key.rpartition("/")[2]: (each.agency, each.holder) for key, each in found.items()} == {
        "stop": ("finance", "MEMBER_AGENCY"),
        "tell": ("hanjiang-bank", "MEMBER_AGENCY"),
        "check": ("public-security", "MEMBER_AGENCY"),
    }
    assert found[f"{identity}/stop"].uscc == first
    own = call(served, BANK, "ListOwnSteps", officer="o")
    assert identity in {each.meeting_id for each in own.steps}
    assert {each.step.agency for each in own.steps} == {"hanjiang-bank"}
    paged, token = [], ""
    while True:
        page = call(served, BANK, "ListOwnSteps", officer="o", page_size=1, page_token=token)
        paged += page.steps
        token = page.next_page_token
        if not token:
            break
    assert paged == list(own.steps)
    body = body_of(served.entry(own.audit_position))
    assert identity in body["meetings"]


def test_a_meeting_is_found_by_an_enterprise_of_an_item_that_one_sees(served, meeting):
    identity, first, second = meeting

    def listed(who, code):
        return [each.meeting_id for each in call(served, who, "ListMeetings", officer="o", uscc=code).meetings]

    assert listed(HRSS, first) == listed(HRSS, second) == listed(FINANCE, first) == listed(POLICE, second) == [identity]
    assert listed(FINANCE, second) == listed(POLICE, first) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda a: a.ClearField("number"), "agenda.number"),
        (lambda a: a.members.append("nobody"), "agenda.members[4]"),
        (lambda a: a.members.append("No Id"), "agenda.members[4]"),
        (lambda a: a.items[0].enterprises.append("914203000000000000X"), "agenda.items[0].enterprises[1]"),
        (lambda a: a.items[0].cases.add(reference="1"), "agenda.items[0].cases[1].kind"),
        (lambda a: a.items[1].shown_to.append("finance"), "agenda.items[1].shown_to[1]"),
        (lambda a: a.ClearField("items"), "agenda.items"),
        (lambda a: setattr(a.items[0], "text", "欠薪人110105194912310 02X".replace(" ", "")), "agenda.items[0].text"),
    ],
)
def test_a_faulty_agenda_is_refused_by_name_and_nothing_is_stored(served, change, field):
    agenda = agenda_of(new_party().uscc, new_party().uscc)
    change(agenda)
    fields = {"request_id": f"f-{field}", "officer": "o", "meeting_id": "M-faulty", "agenda": agenda}
    outcome = refused(served, HRSS, "ConveneMeeting", **fields)
    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", field)
    assert refused(served, HRSS, "GetMeeting", meeting_id="M-faulty", officer="o").reason == "ENTERPRISE_NOT_FOUND"


@pytest.mark.parametrize(
    ("by", "field"), [({}, "by"), ({"working_days": 0}, "working_days"), ({"due_on": "x"}, "due_on")]
)
def test_a_step_says_by_when(served, meeting, by, field):
    identity, *_ = meeting
    minutes = minutes_of()
    minutes.steps.add(step_id="x", item_id="funds", agency="finance", text="x", **by)
    fields = {"request_id": f"x-{identity}", "officer": "o", "meeting_id": identity, "minutes": minutes}
    assert refused(served, HRSS, "RecordMinutes", **fields, replaces_version=1).field == f"minutes.steps[3].{field}"


def test_the_whole_on_the_command_line(served, capsys, tmp_path):
    first, second = new_party(), new_party()
    identity = f"M-{first.uscc}"

    def jsg(*words, who=HRSS):
        capsys.readouterr()
        place = ["--config", str(served.place.config), "--address", f"127.0.0.1:{served.port}", "--as", who]
        code = main([*place, "meeting", *words])
        return code, capsys.readouterr().out

    for name, message in (("agenda", agenda_of(first.uscc, second.uscc)), ("minutes", minutes_of())):
        (tmp_path / name).write_text(json_format.MessageToJson(message), encoding="utf-8")
    assert jsg("convene", identity, str(tmp_path / "agenda")) == (0, f"{identity} · 版本 version 1\n")
    code, text = jsg("minutes", identity, str(tmp_path / "minutes"))
    assert (code, "逾期未办 OVERDUE stop" in text) == (0, True)
    code, text = jsg("steps", who=FINANCE)
    assert (code, "停止拨付并函告" in text) == (3, True)
    report = ("report", identity, "stop", "--document", "财函〔2026〕9号", "--text", "已停止", "--on", ago(20))
    code, text = jsg(*report, who=FINANCE)
    assert (code, "已办结 DONE" in text) == (0, True)
    code, text = jsg("show", identity)
    assert code == 0
    assert {"移送 referral 示移〔2026〕1号", "finance: 停止拨付并函告", "办结报告 report stop"} <= {
        part
        for part in ("移送 referral 示移〔2026〕1号", "finance: 停止拨付并函告", "办结报告 report stop")
        if part in text
    }
    code, text = jsg("list", "--uscc", second.uscc, who=FINANCE)
    assert (code, text) == (0, "0 次会议 meetings\n")
    code, text = jsg("show", identity, "--json", who=FINANCE)
    assert [item["item_id"] for item in json.loads(text)["meeting"]["agenda"]["items"]] == ["funds"]
    (tmp_path / "agenda").write_text("{", encoding="utf-8")
    assert jsg("convene", identity, str(tmp_path / "agenda"))[0] == 2
    assert jsg("show", identity, "--known-at", "yesterday")[0] == 2
    code, text = jsg("show", identity, "--known-at", "2020-01-01T00:00:00Z")
    assert code == 1
