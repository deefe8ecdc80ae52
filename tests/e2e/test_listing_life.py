"""A whole life of a listing on the command alone, with the question asked in between: what weighs at each step."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from e2e.served import HRSS, REGISTRAR, TOURISM, body_of, new_party, today
from jointsanctions.v1 import credit_pb2, listing_pb2, registry_pb2, withdrawal_pb2

from gateway.cli.main import main
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.sample.records import penalty, profile

pytestmark = pytest.mark.xdist_group("served")
CLEAR, ERROR, USAGE, RESTRICTED = 0, 1, 2, 3
HOUR = "示例市人力资源和社会保障局"
PERSONS = "RESIDENT_ID,11010519491231002X,示例甲\nPASSPORT,E12345678,示例乙\n"
CONTENT = (
    *("--basis", "人社部令第45号第五条", "--measures", "九个领域依法限制"),
    *("--early-removal", "改正满六个月", "--remedies", "六十日内申请复议"),
)


def ago(days):
    return (today() - timedelta(days=days)).isoformat()


class Office:
    """An officer at a terminal: one listing, and the newest revision that a step has made."""

    def __init__(self, served, capsys, folder):
        self.party = new_party()
        self.listing = f"L-{self.party.uscc}"
        self.revision = 0
        self._capsys = capsys
        self._place = ["--config", str(served.place.config), "--address", f"127.0.0.1:{served.port}"]
        self.persons, self.person = folder / "persons.csv", folder / "person.csv"
        self.persons.write_text(PERSONS, encoding="utf-8")
        self.person.write_text(PERSONS.splitlines()[0], encoding="utf-8")

    def jsg(self, *words):
        """Run the command, and return its exit code and what it printed."""
        self._capsys.readouterr()
        code = main([*self._place, *map(str, words)])
        printed = self._capsys.readouterr()
        return code, printed.out + printed.err

    def step(self, command, *words, on, document="示例人社监〔2026〕9号"):
        """Take a step, and return the response."""
        act, rest = ([words[0]], words[1:]) if words and not str(words[0]).startswith("-") else ([], words)
        said = ["--authority", HOUR, "--document", document, "--on", ago(on), "--officer", "officer-7", "--json"]
        code, text = self.jsg("listing", command, *act, self.listing, *said, *rest)
        assert code == 0, text
        response = json.loads(text)
        self.revision = int(response["data_revision"])
        return response

    def refused(self, command, *words, on):
        """Try a step, and return what it says that it was refused for."""
        said = ["--authority", HOUR, "--document", "示例〔1〕号", "--on", ago(on)]
        code, text = self.jsg("listing", command, words[0], self.listing, *said, *words[1:])
        assert code == ERROR
        return text

    def check(self):
        """Ask at the award of a local tender, at least as fresh as the last step; return the exit code."""
        facts = (
            "project_region=420302",
            "must_be_tendered=true",
            "state_funds=true",
            "form=SINGLE",
            "lot=1",
            "cutoff_rule=NOT_FIXED",
        )
        sent = [word for fact in facts for word in ("--fact", fact)]
        question = ["--area", "bidding", "--point", "award", "--case", "JSGC-2026-17", "--fresh", self.revision]
        return self.jsg("check", self.party.uscc, *question, *sent)[0]

    def stage(self):
        """Return stage and conditions as shown now."""
        code, text = self.jsg("listing", "show", self.listing, "--json")
        assert code == 0
        standing = json.loads(text)["standing"]
        shown = [standing["stage"].removeprefix("LISTING_STAGE_")]
        return shown + [each.removeprefix("LISTING_CONDITION_") for each in standing.get("conditions", [])]


@pytest.fixture
def office(served, capsys, tmp_path):
    office = Office(served, capsys, tmp_path)
    sent = registry_pb2.SubmitRecordsRequest(
        request_id=office.party.uscc,
        feed="market_regulation",
        officer="o",
        last=True,
        records=[profile(office.party, today() - timedelta(days=2000))],
    )
    sent.records[0].row = 1
    office.revision = served.callers.as_caller(REGISTRAR).submit(iter([sent])).data_revision
    return office


def listed(office):
    """Take the steps up to the delivery to the enterprise."""
    due = ["--due", ago(880), "--delivered", ago(899), "--proof", "回证1"]
    office.step("propose", "--uscc", office.party.uscc, *due, on=900)
    office.step("notice", "pre-notice", on=870)
    office.step("notice", "pre-notice-delivered", "--proof", "回证2", on=869)
    decided = ["--reason", "REFUSED_TO_PAY", "--persons", office.persons, *CONTENT, "--repair-notice", "修复告知1号"]
    office.step("decide", "list", *decided, on=850)
    return office.step("deliver", "--proof", "回证3", on=848)


def test_a_life_from_the_order_to_its_removal(office):
    due = ["--due", ago(880), "--delivered", ago(899), "--proof", "回证1"]
    opened = office.step("propose", "--uscc", office.party.uscc, *due, on=900)
    assert opened["standing"]["stage"] == "LISTING_STAGE_ORDER_EXPIRED"
    assert "LISTING_ACT_KIND_PRE_NOTICE" in opened["standing"]["next_steps"]
    assert {"rule_id": "L-08", "late": True}.items() <= opened["standing"]["duties"][0].items()
    office.step("notice", "pre-notice", on=870)
    office.step("notice", "pre-notice-delivered", "--proof", "回证2", on=869)
    decided = ["--reason", "REFUSED_TO_PAY", "--persons", office.persons, *CONTENT, "--repair-notice", "修复告知1号"]
    assert "why=OBJECTION_PERIOD_OPEN" in office.refused("decide", "list", *decided, on=868)
    office.step("objection", "objection", on=866)
    assert "state=OBJECTED" in office.refused("decide", "list", *decided, on=850)
    office.step("objection", "objection-verified", "--result", "理由不成立", on=864)
    assert office.check() == CLEAR
    office.step("decide", "list", *decided, on=850)
    assert office.check() == CLEAR, "decided, and not delivered"
    office.step("deliver", "--proof", "回证4", "--persons", office.person, on=849)
    assert office.check() == CLEAR, "delivered to a person only"
    assert office.step("deliver", "--proof", "回证3", on=848)["standing"]["in_force"]
    assert office.check() == RESTRICTED
    office.step("notice", "published", "--places", "人社局门户网站", on=840)
    assert office.stage() == ["LISTED", "PUBLISHED"]

    office.step("apply-repair", "--corrected", ago(845), "--proof", "支付凭证1", "--commitment", "承诺1", on=400)
    granted = office.step("decide-repair", "grant", on=390)
    assert granted["standing"]["stage"] == "LISTING_STAGE_REPAIRED"
    dates = granted["standing"]["repair_dates"]
    assert dates["eligible_o45"] < dates["eligible_cr36"] == dates["remind_on"]
    assert office.check() == CLEAR
    office.step("notice", "unpublished", on=389)
    office.step("notice", "other-sites-told", "--places", "示例网站", on=389)
    told = office.step("notice", "platform-told", on=389)
    assert [duty["rule_id"] for duty in told["standing"]["duties"] if not duty.get("late")] == [
        "L-19b/UNPUBLISHED",
        "L-19b/OTHER_SITES_TOLD",
        "L-19b/PLATFORM_TOLD",
    ]

    office.step("decide-repair", "restore", "--reason", "虚假材料", on=300)
    assert office.check() == CLEAR, "restored, and not delivered"
    office.step("deliver", "--proof", "回证5", on=299)
    assert office.check() == RESTRICTED
    office.step("notice", "order-revoked", on=200)
    assert office.check() == RESTRICTED, "until its authority revokes it"
    code, text = office.jsg("listing", "show", office.listing)
    assert code == 0
    assert "警示 alarm" in text
    revoked = office.step("revoke", "--reason", "责令决定已撤销", on=199)
    assert not revoked["standing"].get("must_be_revoked")
    assert office.check() == CLEAR
    assert office.stage()[0] == "REVOKED"


def test_what_lifts_it_for_a_time_lifts_it_at_once_and_a_remedy_does_not(office):
    listed(office)
    assert office.check() == RESTRICTED
    by = ["--by", "示例市中级人民法院"]
    for opens, closes in (("stay", "stay-ended"), ("hidden", "hidden-ended")):
        office.step("stay", opens, *by, on=700)
        assert office.check() == CLEAR
        assert office.stage() == ["LISTED", {"stay": "STAYED", "hidden": "HIDDEN"}[opens]]
        office.step("stay", closes, *by, on=690)
        assert office.check() == RESTRICTED
    office.step("objection", "dispute-opened", on=600)
    assert office.check() == RESTRICTED
    assert office.stage() == ["LISTED", "DISPUTED"]
    office.step("objection", "dispute-closed", "--result", "驳回", on=590)
    assert office.stage() == ["LISTED"]


def test_a_repair_is_refused_by_name_and_a_refusal_changes_nothing(office):
    listed(office)
    office.step("stay", "criminal-bar-set", "--by", "示例市公安局", on=600)
    papers = ["--proof", "支付凭证1", "--commitment", "承诺1"]
    office.step("apply-repair", "--corrected", ago(700), *papers, on=690)
    assert "why=CRIMINAL_BAR" in office.refused("decide-repair", "grant", on=400)
    office.step("stay", "criminal-bar-lifted", "--by", "示例市人民检察院", on=500)
    text = office.refused("decide-repair", "grant", on=550)
    assert "why=CRIMINAL_BAR" in text, "it stood in the way on that day"
    refused = office.step("decide-repair", "refuse", "--reason", "材料不全", on=450)
    assert refused["standing"]["stage"] == "LISTING_STAGE_LISTED"
    assert office.check() == RESTRICTED
    office.step("apply-repair", "--corrected", ago(500), *papers, on=440)
    text = office.refused("decide-repair", "grant", on=430)
    assert "why=SIX_MONTHS_NOT_OVER" in text
    assert "  未办 refused    准予提前移出 repair granted: 改正后未满六个月 six months" in text
    assert "  现状 stands     已列入 listed\n  状况 condition  移出申请待决 repair applied for\n  可办 next" in text
    assert "until=" in text
    assert "state=LISTED+REPAIR_APPLIED" in text
    assert "allowed=" in text


def test_the_life_is_shown_as_a_timeline_in_both_languages(office):
    listed(office)
    code, text = office.jsg("listing", "show", office.listing)
    assert code == 0
    lines = text.splitlines()
    acts = [line for line in lines if line[:4].isdigit() and line[4] == "-"]
    assert [line[:10] for line in acts] == [ago(days) for days in (900, 899, 870, 869, 850, 848)]
    assert "列入决定 decision to list" in acts[4]
    assert lines[0] == f"{office.listing} {office.party.uscc}: 已列入 listed (有效力 in force)"
    assert "  人员 persons    2" in lines
    assert "            修复告知书 repair notice: 修复告知1号" in lines
    assert "11010519491231002X" not in text
    assert "示例甲" not in text


def test_every_step_is_recorded_with_its_listing_and_its_revision(office, served):
    first = served.next_number()
    listed(office)
    bodies = [body_of(entry) for entry in served.entries(first)]
    assert [(body["method"], body["acts"]) for body in bodies] == [
        ("RegistryService/ProposeListing", ["ORDER_ISSUED", "ORDER_DELIVERED"]),
        ("RegistryService/RecordNotice", ["PRE_NOTICE"]),
        ("RegistryService/RecordNotice", ["PRE_NOTICE_DELIVERED"]),
        ("RegistryService/DecideListing", ["DECISION"]),
        ("RegistryService/RecordDelivery", ["DELIVERY"]),
    ]
    assert {(body["listing"], body["officer"], *body["enterprises"]) for body in bodies} == {
        (office.listing, "officer-7", office.party.uscc)
    }
    assert [body["revisions"] for body in bodies] == [[office.revision - more] * 2 for more in (4, 3, 2, 1, 0)]
    assert "11010519491231002X" not in json.dumps(bodies)


def test_a_refused_step_is_recorded_and_what_is_no_instant_is_a_usage_error(office, served):
    listed(office)
    first = served.next_number()
    office.refused("decide-repair", "restore", "--reason", "虚假材料", on=100)
    (entry,) = served.entries(first)
    body = body_of(entry)
    assert (body["outcome"], body["listing"], body["acts"]) == ("STATE", office.listing, ["RESTORE"])
    assert "revisions" not in body
    said = ["--authority", HOUR, "--document", "1号", "--on", ago(1), "--proof", "回证"]
    assert office.jsg("listing", "deliver", office.listing, *said, "--at", "noon")[0] == USAGE
    assert office.jsg("listing", "deliver", office.listing, *said, "--persons", office.persons)[0] == USAGE
    said = ["--authority", HOUR, "--document", "1号", "--on", ago(1)]
    code, text = office.jsg("listing", "apply-repair", office.listing, *said)
    assert (code, text.splitlines()[0]) == (ERROR, "  选项 option     --corrected: is required")


def test_the_enterprises_record_shows_its_own_delivery_and_not_a_persons(office, served):
    listed(office)
    office.step("deliver", "--proof", "回证4", "--persons", office.person, on=849)
    request = credit_pb2.GetCreditRecordRequest(case_ref="c", officer="o")
    request.enterprise.uscc = office.party.uscc
    assert office.check() == RESTRICTED
    (shown,) = served.callers.as_caller(HRSS).credit_record(request).listings
    assert (shown.state, shown.delivered, shown.listed_on) == ("IN_FORCE", ago(848), ago(850))


def test_whoever_has_not_the_feed_takes_no_step_and_reads_no_listing(office, served):
    listed(office)
    step = listing_pb2.ListingStep(request_id="x", listing_id=office.listing, officer="o")
    path = "/jointsanctions.v1.RegistryService/"
    for name, request in (
        ("RevokeListing", listing_pb2.RevokeListingRequest(step=step)),
        ("GetListing", listing_pb2.GetListingRequest(listing_id=office.listing, officer="o")),
    ):
        assert served.send(path + name, request, REGISTRAR).reason == "FIELD_NOT_IN_MANDATE"
        assert served.send(path + name, request, TOURISM).reason == "ROLE_NOT_PERMITTED"
    unknown = listing_pb2.GetListingRequest(listing_id="nobody's", officer="o")
    assert served.send(f"{path}GetListing", unknown, HRSS).reason == "ENTERPRISE_NOT_FOUND"


def test_no_step_is_taken_in_the_name_of_an_authority_that_the_mandate_does_not_name(office):
    """L-01: a mistyped authority would own the listing."""
    listed(office)
    for step in (
        ("propose", "L-new", "--uscc", office.party.uscc, "--due", ago(1)),
        ("revoke", office.listing, "--reason", "撤销"),
    ):
        code, text = office.jsg("listing", *step, "--document", "示例1号", "--on", ago(1), "--authority", HOUR[:-1])
        assert code == ERROR
        assert "FIELD_NOT_IN_MANDATE" in text
        assert "step.authority" in text
    assert office.check() == RESTRICTED


def test_a_step_sent_again_with_the_same_id_is_one_step(office):
    listed(office)
    words = ["stay", "--by", "示例市中级人民法院", "--request-id", f"{office.listing}-stay"]
    first = office.step("stay", *words, on=700)
    again = office.step("stay", *words, on=700)
    assert again["data_revision"] == first["data_revision"]
    assert again["audit_position"]["number"] != first["audit_position"]["number"]
    code, text = office.jsg("listing", "show", office.listing, "--json")
    acts = [act["act"] for act in json.loads(text)["acts"]]
    assert (code, acts.count(f"LISTING_ACT_KIND_{Kind.STAY.name}")) == (0, 1)


def test_a_penalty_is_withdrawn_on_the_command_and_weighs_no_more(office, served):
    fined = penalty(office.party, f"{office.party.uscc}-F", today() - timedelta(days=30), today() + timedelta(days=300))
    fined.row = 1
    sent = registry_pb2.SubmitRecordsRequest(
        request_id=f"{office.party.uscc}-F", feed="labour_inspection", officer="o", records=[fined], last=True
    )
    office.revision = served.callers.as_caller(HRSS).submit(iter([sent])).data_revision
    assert office.check() == RESTRICTED
    request = credit_pb2.GetCreditRecordRequest(case_ref="c", officer="o")
    request.enterprise.uscc = office.party.uscc
    (shown,) = served.callers.as_caller(HRSS).credit_record(request).facts
    said = ["--feed", "labour_inspection", "--kind", "penalty", "--authority", shown.authority, "--on", ago(0)]
    words = ["registry", "withdraw", shown.record_id, *said, "--document", "撤1号", "--reason", "撤销", "--void"]
    code, text = office.jsg(*words, "--json")
    assert code == 0, text
    withdrawn = json.loads(text)
    office.revision = int(withdrawn["data_revision"])
    body = body_of(served.entries(int(withdrawn["audit_position"]["number"]))[0])
    assert (body["record"], body["enterprises"]) == (shown.record_id, [office.party.uscc])
    assert office.check() == CLEAR
    assert "why=NOT_FROM_THIS_STATE" in office.jsg(*words)[1]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "extent"),
        ({"void_from_start": False}, "void_from_start"),
        ({"holds_until": "soon"}, "holds_until"),
        ({"void_from_start": True, "reason": ""}, "reason"),
        ({"void_from_start": True, "document_number": ""}, "document_number"),
        ({"void_from_start": True, "record_id": ""}, "record_id"),
    ],
)
def test_a_withdrawal_that_lacks_something_names_it(served, changes, field):
    whole = {"request_id": "w", "record_id": "r", "kind": "penalty", "authority": HOUR, "document_number": "d"}
    whole |= {"decided_on": ago(1), "reason": "x", "officer": "o"}
    request = withdrawal_pb2.WithdrawRecordRequest(**(whole | changes))
    outcome = served.send("/jointsanctions.v1.RegistryService/WithdrawRecord", request, HRSS)
    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", field)
