"""The platform's connector against a real gateway: what is reported, what is read, what is repaired only there."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta

import pytest
from e2e.served import BIDDING, CHECK, HRSS, REGISTRAR, SUBMIT, award, award_known, new_party, today
from jointsanctions.v1 import common_pb2, credit_pb2, ending_pb2, listing_pb2, shown_repair_pb2
from jointsanctions.v1 import registry_pb2 as pb

from adapters.platform.layouts import LAYOUTS, read, written
from gateway.cli.main import main
from gateway.sample.records import act, listing, profile, publication

pytestmark = pytest.mark.xdist_group("served")
CONNECTOR = "credit-platform.connector"
REPORT = "/jointsanctions.v1.RegistryService/ReportShownRepair"
REJECT = "/jointsanctions.v1.RegistryService/RejectShownRepair"
ENDINGS = "/jointsanctions.v1.CreditService/ListEndings"
REVOKE = "/jointsanctions.v1.RegistryService/RevokeListing"
DECIDE = "/jointsanctions.v1.RegistryService/DecideRepair"
_numbers = itertools.count(80_000)


def ago(days):
    return today() - timedelta(days=days)


class City:
    """The gateway, the connector's commands, and what the platform's exchange client does with the folders."""

    def __init__(self, served, capsys):
        self.served, self.capsys = served, capsys
        self.place = ["--config", str(served.place.config), "--address", f"127.0.0.1:{served.port}"]
        self.folder = served.place.state / "connector"
        self.read_batches = set()

    def jsg(self, *words, code=0):
        assert main([*self.place, *map(str, words)]) == code, self.capsys.readouterr()
        return self.capsys.readouterr().out

    def submit(self, feed, *records, who=HRSS):
        for row, record in enumerate(records, 1):
            record.row = row
        request = pb.SubmitRecordsRequest(
            request_id=f"pc-{next(_numbers)}", feed=feed, officer="o", records=records, last=True
        )
        outcome = self.served.raw_stream(SUBMIT, [request.SerializeToString()], who)
        assert outcome.ok, outcome.text()
        answer = pb.SubmitRecordsResponse.FromString(outcome.answer)
        assert answer.stored == len(records), answer
        award_known(self.served, answer.data_revision)
        return answer.data_revision

    def followed(self, party):
        """Report what is new, acknowledge it all, and return the rows about one enterprise."""
        self.jsg("connector", "follow", "--once")
        found = []
        for path in sorted((self.folder / "out").glob("*.manifest.json")):
            manifest = json.loads(path.read_bytes())
            if manifest["batch"] in self.read_batches:
                continue
            self.read_batches.add(manifest["batch"])
            _, rows = read((self.folder / "out" / manifest["file"]).read_bytes())
            found += [row for row in rows if row["统一社会信用代码"] == party.uscc]
            receipt = {"batch": manifest["batch"], "sha256": manifest["sha256"], "status": "ACCEPTED"}
            target = self.folder / "receipts" / f"{manifest['batch']:09d}.receipt.json"
            target.write_text(json.dumps(receipt), encoding="utf-8")
        return found

    def listed(self, days=400):
        party = new_party()
        self.submit("market_regulation", profile(party, ago(2000)), who=REGISTRAR)
        self.submit("wage_list", *listing(party, f"L-{party.uscc}", ago(days)))
        return party

    def verdict(self, party, revision=0):
        request = award(party.uscc)
        request.question.at_least_as_fresh = revision
        outcome = self.served.send(CHECK, request, BIDDING)
        assert outcome.ok, outcome.text()
        return credit_pb2.CheckEligibilityResponse.FromString(outcome.answer).decision

    def told(self, party):
        request = ending_pb2.ListEndingsRequest(officer="o", page_size=100)
        found = []
        while True:
            outcome = self.served.send(ENDINGS, request, BIDDING)
            page = ending_pb2.ListEndingsResponse.FromString(outcome.answer)
            found += [each for each in page.endings if each.uscc == party.uscc]
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token


@pytest.fixture
def city(start_gateway, capsys):
    return City(start_gateway(), capsys)


def shown_of(row, on="", **changes):
    values = {
        "request_id": f"pr-{next(_numbers)}",
        "kind": "listing",
        "uscc": row["统一社会信用代码"],
        "document_number": row["文书号"],
        "decided_on": row["列入时间"],
        "shown_on": on or today().isoformat(),
        "repair_document_number": "信用修复〔1〕号",
        "officer": "o",
    }
    return shown_repair_pb2.ReportShownRepairRequest(**(values | changes))


def test_a_listing_is_reported_acknowledged_repaired_and_ended_and_one_that_is_over_by_time_too(city, tmp_path):
    party, old = city.listed(), city.listed(days=1200)
    (row,) = city.followed(party)
    assert (row["操作"], row["对象名称"]) == ("新增", party.name)
    assert city.followed(old) == []  # over before it was ever sent
    city.jsg("connector", "follow", "--once")
    found = json.loads(city.jsg("connector", "status", "--json"))
    assert (found["batches"], found["ends"], found["alarm"]) == ([], [], False)

    city.submit("wage_list", act(party, f"L-{party.uscc}", listing_pb2.LISTING_ACT_KIND_REPAIR, today()))
    city.jsg("connector", "follow", "--once")
    open_ends = json.loads(city.jsg("connector", "status", "--json"))["ends"]
    assert [(end["key"][0], end["ground"]) for end in open_ends] == [(party.uscc, "信用修复")]
    (ended,) = city.followed(party)
    assert (ended["操作"], ended["终止事由"], ended["终止日期"]) == ("终止", "信用修复", today().isoformat())
    city.jsg("connector", "follow", "--once")
    assert json.loads(city.jsg("connector", "status", "--json"))["ends"] == []

    own = json.loads(city.jsg("connector", "reconcile", "--json"))["own"]
    (tmp_path / "there.json").write_text(json.dumps(own), encoding="utf-8")
    assert json.loads(city.jsg("connector", "reconcile", tmp_path / "there.json", "--json"))["differences"] == []
    late = tmp_path / "extract.csv"
    late.write_bytes(written(LAYOUTS["listing"].columns, [row]))
    found = json.loads(city.jsg("connector", "reconcile", late, "--json", code=3))["differences"]
    assert [each["says"] for each in found if each["what"] == "LATE_REMOVAL"] == [today().isoformat()]


def test_a_repair_that_the_platform_shows_stops_restricting_at_once_until_hrss_decides(city, tmp_path):
    """C-02."""
    party = city.listed()
    (row,) = city.followed(party)
    assert city.verdict(party).verdict == common_pb2.VERDICT_RESTRICTED
    file = tmp_path / "repairs.csv"
    columns = ("信息类别", "统一社会信用代码", "文书号", "认定日期", "修复日期", "修复文书号")
    cells = (
        "拖欠农民工工资失信联合惩戒名单",
        party.uscc,
        row["文书号"],
        row["列入时间"],
        today().isoformat(),
        "修〔1〕号",
    )
    file.write_bytes(written(columns, [dict(zip(columns, cells, strict=True))]))
    (found,) = json.loads(city.jsg("connector", "read-repairs", file, "--json", code=3))
    assert found["what"] == "SUSPENDED"

    revision = city.submit("market_regulation", profile(new_party(), ago(10)), who=REGISTRAR)
    decision = city.verdict(party, revision)
    assert decision.verdict != common_pb2.VERDICT_RESTRICTED
    assert f"L-{party.uscc}" not in {measure.record_id for measure in decision.measures}
    (ending,) = city.told(party)
    assert (ending.kind, ending.reexamine) == (ending_pb2.ENDING_KIND_REPAIR_SHOWN, False)
    alarms = json.loads(city.jsg("clocks", "--clock", "C-02/check", "--json"))
    assert f"L-{party.uscc}" in json.dumps(alarms)
    (ended,) = city.followed(party)
    assert ended["终止事由"] == "平台显示已修复"
    (again,) = json.loads(city.jsg("connector", "read-repairs", file, "--json"))
    assert again["what"] == "SETTLED"

    city.jsg(
        *("listing", "decide-repair", "reject-shown", f"L-{party.uscc}", "--authority", row["发布机关名称"]),
        *("--document", "核查〔1〕号", "--reason", "平台记录有误", "--on", today().isoformat()),
    )
    city.jsg("connector", "read-repairs", file)
    assert city.verdict(party, revision).verdict != common_pb2.VERDICT_RESTRICTED  # again from the next midnight
    assert f"L-{party.uscc}" not in city.jsg("clocks", "--clock", "C-02/check")


def test_the_platforms_certificate_reports_and_does_nothing_else(city):
    party = city.listed()
    (row,) = city.followed(party)
    served = city.served
    refused = {
        "another role": served.send(REPORT, shown_of(row), HRSS),
        "a producer of the same agency": served.send(REPORT, shown_of(row), "credit-platform.producer"),
        "another document": served.send(REPORT, shown_of(row, document_number="别〔1〕号"), CONNECTOR),
        "another day": served.send(REPORT, shown_of(row, decided_on=ago(1).isoformat()), CONNECTOR),
        "ahead": served.send(REPORT, shown_of(row, ago(-1).isoformat()), CONNECTOR),
    }
    assert {name: outcome.reason for name, outcome in refused.items()} == {
        "another role": "ROLE_NOT_PERMITTED",
        "a producer of the same agency": "ROLE_NOT_PERMITTED",
        "another document": "ENTERPRISE_NOT_FOUND",
        "another day": "ENTERPRISE_NOT_FOUND",
        "ahead": "MALFORMED_REQUEST",
    }
    step = listing_pb2.ListingStep(
        request_id=f"pr-{next(_numbers)}",
        listing_id=f"L-{party.uscc}",
        authority=row["发布机关名称"],
        document_number="撤〔1〕号",
        on=today().isoformat(),
        officer="o",
    )
    for path, request in (
        (REVOKE, listing_pb2.RevokeListingRequest(step=step, reason="x")),
        (DECIDE, listing_pb2.DecideRepairRequest(step=step, act=listing_pb2.LISTING_ACT_KIND_REPAIR)),
        (REJECT, shown_repair_pb2.RejectShownRepairRequest(request_id="x", record_id="y", kind="publication")),
    ):
        assert served.send(path, request, CONNECTOR).reason == "ROLE_NOT_PERMITTED"
        assert served.send(path, request, "credit-platform.producer").reason == "FIELD_NOT_IN_MANDATE"
    for feed, who, kind, reason in (
        ("platform_lists", "credit-platform.producer", listing_pb2.LISTING_ACT_KIND_REPAIR, "fact"),
        ("wage_list", HRSS, listing_pb2.LISTING_ACT_KIND_REPAIR_SHOWN, "listing_act.act"),
    ):
        sent = act(party, f"L-{party.uscc}", kind, today())
        sent.row = 1
        request = pb.SubmitRecordsRequest(
            request_id=f"pr-{next(_numbers)}", feed=feed, officer="o", records=[sent], last=True
        )
        outcome = served.raw_stream(SUBMIT, [request.SerializeToString()], who)
        (result,) = pb.SubmitRecordsResponse.FromString(outcome.answer).rows
        assert (result.status, result.field) == (pb.ROW_STATUS_REJECTED, reason)
    assert city.verdict(party).verdict == common_pb2.VERDICT_RESTRICTED


def test_a_publication_shown_as_repaired_is_suspended_and_its_rejection_is_recorded(city):
    party = new_party()
    city.submit("market_regulation", profile(party, ago(2000)), who=REGISTRAR)
    record = publication(party, f"PUB-{party.uscc}", ago(30), ago(-300), for_wages=True)
    city.submit("publications", record)
    (row,) = city.followed(party)
    named = {"kind": "publication", "decided_on": row["公布时间"]}
    outcome = city.served.send(REPORT, shown_of(row | {"列入时间": ""}, **named), CONNECTOR)
    assert outcome.ok, outcome.text()
    answer = shown_repair_pb2.ReportShownRepairResponse.FromString(outcome.answer)
    assert answer.record_id not in {m.record_id for m in city.verdict(party, answer.data_revision).measures}
    (ended,) = city.followed(party)
    assert ended["终止事由"] == "平台显示已修复"
    city.jsg(
        *("registry", "reject-shown-repair", answer.record_id, "--feed", "publications", "--kind", "publication"),
        *("--authority", answer.authority, "--document", "核〔1〕号", "--on", today().isoformat(), "--reason", "有误"),
    )
    city.jsg(
        *("registry", "reject-shown-repair", answer.record_id, "--feed", "publications", "--kind", "publication"),
        *("--authority", answer.authority, "--document", "核〔1〕号", "--on", today().isoformat(), "--reason", "有误"),
        code=1,
    )


def test_a_listing_decided_elsewhere_weighs_names_its_authority_and_is_changed_by_nobody_here(city, tmp_path):
    party, other = new_party(), new_party()
    city.submit("market_regulation", profile(party, ago(2000)), profile(other, ago(2000)), who=REGISTRAR)
    layout = LAYOUTS["listing"]
    base = {
        "对象名称": party.name,
        "统一社会信用代码": party.uscc,
        "列入时间": ago(100).isoformat(),
        "预计退出日期": ago(100 - 1095).isoformat(),
        "法定代表人": "某人",
        "发布机关名称": "外省示例市人力资源和社会保障局",
        "文书号": "外人社〔2026〕1号",
        "列入事由": "拒不支付",
    }
    rows = [
        base,
        base | {"统一社会信用代码": "", "文书号": "外人社〔2026〕2号", "对象名称": f"某外地公司{party.uscc}"},
        base | {"发布机关名称": "示例市人力资源和社会保障局"},
        base | {"文书号": "外人社〔2018〕1号", "续期原因": "再次拖欠"},
        base | {"文书号": "外人社〔2021〕1号", "列入时间": "2021-12-31"},
    ]
    file = tmp_path / "national.csv"
    file.write_bytes(written(layout.columns, rows))
    found = json.loads(city.jsg("connector", "read-lists", file, "--json", code=1))
    assert {key: found[key] for key in ("stored", "held", "own")} == {"stored": 1, "held": 1, "own": 1}
    assert [(each["row"], each["field"]) for each in found["refused"]] == [
        (5, "续期原因"),
        (6, "listing_elsewhere.listed_on"),
    ]
    again = json.loads(city.jsg("connector", "read-lists", file, "--json", code=1))
    assert (again["stored"], again["held"]) == (found["stored"], found["held"])

    revision = city.submit("market_regulation", profile(new_party(), ago(10)), who=REGISTRAR)
    decision = city.verdict(party, revision)
    (measure,) = [each for each in decision.measures if each.trigger == common_pb2.TRIGGER_LISTED_ELSEWHERE]
    assert (decision.verdict, measure.effect) == (common_pb2.VERDICT_CONDITIONAL, common_pb2.EFFECT_REVIEW)
    assert (measure.authority, measure.document_number) == (base["发布机关名称"], base["文书号"])

    step = listing_pb2.ListingStep(
        request_id=f"pr-{next(_numbers)}",
        listing_id=measure.record_id,
        authority="示例市人力资源和社会保障局",
        document_number="撤〔1〕号",
        on=today().isoformat(),
        officer="o",
    )
    outcome = city.served.send(REVOKE, listing_pb2.RevokeListingRequest(step=step, reason="x"), HRSS)
    assert (outcome.reason, outcome.field) == ("FIELD_NOT_IN_MANDATE", "step.listing_id")
    assert "L-01" in outcome.text()

    ended = base | {"操作": "终止", "终止事由": "信用修复", "终止日期": today().isoformat()}
    file.write_bytes(written(layout.all_columns, [ended]))
    found = json.loads(city.jsg("connector", "read-lists", file, "--json", "--complete"))
    assert found["stored"] == 1
    revision = city.submit("market_regulation", profile(new_party(), ago(10)), who=REGISTRAR)
    measures = city.verdict(party, revision).measures
    assert measure.record_id not in {each.record_id for each in measures}
    (ending,) = city.told(party)
    assert (ending.kind, ending.record_kind) == (ending_pb2.ENDING_KIND_REPAIRED, "listing_elsewhere")
