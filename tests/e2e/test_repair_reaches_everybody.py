"""A repair reaches everybody: whoever was told of a listing, in whatever way, is told of its end and says so."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from e2e.served import (
    AUDITOR,
    BATCH,
    BIDDING,
    CHECK,
    FINANCE,
    HRSS,
    RECORD,
    REGISTRAR,
    SEARCH,
    SEED,
    SUBMIT,
    TOURISM,
    award,
    body_of,
    gateway_in,
    new_party,
    question,
    today,
)
from jointsanctions.v1 import audit_pb2, common_pb2, credit_pb2, ending_pb2, listing_pb2, withdrawal_pb2
from jointsanctions.v1 import registry_pb2 as pb

from adapters.bidding import BiddingAdapter, bidding_rules
from adapters.enforcement import Enforcement
from adapters.journal import Journal
from gateway.cli.main import main
from gateway.rpc.answers import instant_pb
from gateway.sample.invention import person
from gateway.sample.records import act, listing, penalty, profile

pytestmark = pytest.mark.xdist_group("served")
ACCESS = "market-regulation.asking-system"
HOUSING = "housing.asking-system"
BANK = "hanjiang-bank.bank"
ENDINGS = "/jointsanctions.v1.CreditService/ListEndings"
ACKNOWLEDGE = "/jointsanctions.v1.CreditService/AcknowledgeEnding"
OWED = "/jointsanctions.v1.RegistryService/ListUnacknowledgedEndings"
DONE = "/jointsanctions.v1.RegistryService/ListAcknowledgedEndings"
WITHDRAW = "/jointsanctions.v1.RegistryService/WithdrawRecord"
HOUR = "示例市人力资源和社会保障局"
_numbers = itertools.count(70_000)
REPAIR = listing_pb2.LISTING_ACT_KIND_REPAIR
REVOCATION = listing_pb2.LISTING_ACT_KIND_REVOCATION
HIDDEN = listing_pb2.LISTING_ACT_KIND_HIDDEN


def ago(days):
    return today() - timedelta(days=days)


def submit(served, feed, *records, who=HRSS):
    """Submit records, and return the revision that holds them."""
    for row, record in enumerate(records, 1):
        record.row = row
    chunk = pb.SubmitRecordsRequest(
        request_id=f"r-{next(_numbers)}", feed=feed, officer="o", records=records, last=True
    )
    outcome = served.raw_stream(SUBMIT, [chunk.SerializeToString()], who)
    answer = pb.SubmitRecordsResponse.FromString(outcome.answer)
    assert outcome.ok, outcome.text()
    assert answer.stored == len(records), answer
    return answer.data_revision


class Case:
    """One listed enterprise, another of which a person listed with it is the representative, and a third."""

    def __init__(self, served, decided=400):
        self.served = served
        self.listed, self.related, self.clean = new_party(), new_party(), new_party()
        self.key = f"L-{self.listed.uscc}"
        who = self.who = person(SEED, next(_numbers))
        submit(
            served,
            "market_regulation",
            *(profile(each, ago(2000)) for each in (self.listed, self.clean)),
            profile(self.related, ago(2000), representative=who),
            who=REGISTRAR,
        )
        self.revision = submit(served, "wage_list", *listing(self.listed, self.key, ago(decided), persons=[who]))

    def ends(self, kind, days=0):
        self.revision = submit(self.served, "wage_list", act(self.listed, self.key, kind, ago(days)))

    def asked(self, path, request, who, kind):
        """Ask at the newest revision of this case, and return the answer."""
        if hasattr(request, "question"):
            request.question.at_least_as_fresh = self.revision
        outcome = self.served.send(path, request, who)
        assert outcome.ok, outcome.text()
        return kind.FromString(outcome.answer)

    def as_consortium(self, case_ref="TENDER-1"):
        """Bidding asks about a clean enterprise whose consortium the listed one is in."""
        request = award(self.clean.uscc, case_ref=case_ref)
        request.question.case_facts.bidding.form = credit_pb2.PARTICIPATION_FORM_CONSORTIUM
        request.consortium_members.add(uscc=self.listed.uscc)
        return self.asked(CHECK, request, BIDDING, credit_pb2.CheckEligibilityResponse)

    def by_relation(self):
        """Market regulation asks about the enterprise whose representative is a listed person."""
        asked = question(
            area=common_pb2.AREA_MARKET_ACCESS,
            decision_point=common_pb2.DECISION_POINT_MARKET_ACCESS_SECTOR_PERMIT,
            case_ref="PERMIT-1",
            case_facts=None,
        )
        request = credit_pb2.CheckEligibilityRequest(question=asked)
        request.enterprise.uscc = self.related.uscc
        return self.asked(CHECK, request, ACCESS, credit_pb2.CheckEligibilityResponse)

    def in_a_batch(self):
        """Finance asks about two suppliers at once, the second of them listed."""
        facts = credit_pb2.ProcurementFacts(
            tender_document_names_list=True,
            form=credit_pb2.PARTICIPATION_FORM_SINGLE,
            cutoff_rule=credit_pb2.CUTOFF_RULE_NOT_FIXED,
        )
        asked = question(
            area=common_pb2.AREA_PROCUREMENT,
            decision_point=common_pb2.DECISION_POINT_PROCUREMENT_RESULT,
            case_ref="PURCHASE-1",
            case_facts=credit_pb2.CaseFacts(procurement=facts),
        )
        request = credit_pb2.BatchCheckEligibilityRequest(question=asked)
        for item, party in enumerate((self.clean, self.listed)):
            request.items.add(item_id=str(item)).enterprise.uscc = party.uscc
        return self.asked(BATCH, request, FINANCE, credit_pb2.BatchCheckEligibilityResponse)

    def by_record(self, who=HOUSING):
        request = credit_pb2.GetCreditRecordRequest(case_ref="READ-1", officer="o")
        request.enterprise.uscc = self.listed.uscc
        return self.asked(RECORD, request, who, credit_pb2.GetCreditRecordResponse)

    def told(self, who):
        """Return the endings of this case's listing that *who* is told of."""
        return [ending for ending in endings(self.served, who) if ending.record_id == self.key]

    def owing(self):
        """Return who has not acknowledged the end of this case's listing, as HRSS sees it."""
        request = ending_pb2.ListUnacknowledgedEndingsRequest(officer="o", page_size=1000)
        pages = paged(self.served, OWED, request, HRSS, ending_pb2.ListUnacknowledgedEndingsResponse)
        return [one for one in pages if one.record_id == self.key]

    def acknowledging(self, size=100):
        """Return who has acknowledged it, as HRSS sees it for the listed enterprise."""
        request = ending_pb2.ListAcknowledgedEndingsRequest(officer="o", page_size=size, uscc=self.listed.uscc)
        return paged(self.served, DONE, request, HRSS, ending_pb2.ListAcknowledgedEndingsResponse)


def paged(served, path, request, who, kind):
    """Return the endings of all pages; no page may come twice."""
    found, tokens = [], [""]
    while len(tokens) == 1 or tokens[-1]:
        request.page_token = tokens[-1]
        outcome = served.send(path, request, who)
        assert outcome.ok, outcome.text()
        page = kind.FromString(outcome.answer)
        found += page.endings
        assert page.next_page_token not in tokens[1:]
        tokens.append(page.next_page_token)
    return found


def endings(served, who, size=100):
    request = ending_pb2.ListEndingsRequest(officer="o", page_size=size)
    return paged(served, ENDINGS, request, who, ending_pb2.ListEndingsResponse)


def acknowledge(served, who, ending_id, request_id=""):
    request = ending_pb2.AcknowledgeEndingRequest(
        request_id=request_id or f"ack-{next(_numbers)}", ending_id=ending_id, officer="o"
    )
    return served.send(ACKNOWLEDGE, request, who)


def test_a_repair_reaches_whoever_was_told_as_a_member_by_a_relation_in_a_batch_or_in_a_record(served):
    case = Case(served)
    told = (case.as_consortium().decision, case.by_relation().decision, case.in_a_batch().items[1].decision)
    assert all(case.key in {measure.record_id for measure in one.measures} for one in told)
    assert [each.listing_id for each in case.by_record().listings] == [case.key]
    assert [case.told(who) for who in (BIDDING, ACCESS, FINANCE, HOUSING)] == [[], [], [], []]

    case.ends(REPAIR)
    for who, ref in ((BIDDING, "TENDER-1"), (ACCESS, "PERMIT-1"), (FINANCE, "PURCHASE-1"), (HOUSING, "READ-1")):
        (ending,) = case.told(who)
        assert (ending.kind, ending.uscc, list(ending.case_refs)) == (
            ending_pb2.ENDING_KIND_REPAIRED,
            case.listed.uscc,
            [ref],
        )
        assert (ending.record_kind, ending.document_number) == ("listing", told[0].measures[0].document_number)
        assert not ending.reexamine
        assert ending.instruction.zh
        assert not ending.HasField("acknowledged_at")
    assert [one.agency for one in case.owing()] == [
        "finance",
        "housing",
        "market-regulation",
        "public-resources-trading",
    ]
    assert [case.told(who) for who in (BANK, TOURISM, HRSS)] == [[], [], []]

    assert case.acknowledging() == []
    for who in (FINANCE, BIDDING, HOUSING):
        assert acknowledge(served, who, case.told(who)[0].ending_id).ok
    (left,) = case.owing()
    assert (left.agency, left.overdue, left.kind) == ("market-regulation", False, ending_pb2.ENDING_KIND_REPAIRED)
    assert case.told(BIDDING)[0].HasField("acknowledged_at")
    assert not case.told(ACCESS)[0].HasField("acknowledged_at")
    for size in (1, 2, 100):
        done = case.acknowledging(size)
        assert [one.agency for one in done] == ["housing", "public-resources-trading", "finance"]
    assert [one.acknowledged_at for one in done] == [
        case.told(who)[0].acknowledged_at for who in (HOUSING, BIDDING, FINANCE)
    ]
    assert {(one.uscc, one.kind, one.document_number, one.late) for one in done} == {
        (case.listed.uscc, left.kind, left.document_number, False)
    }


def test_hrss_asks_for_one_enterprise_and_the_entry_says_for_which(served):
    mine, other = Case(served), Case(served)
    for case in (mine, other):
        case.as_consortium()
        case.by_record()
        case.ends(REPAIR)
        assert acknowledge(served, BIDDING, case.told(BIDDING)[0].ending_id).ok
    for path, request, kind, agency in (
        (OWED, ending_pb2.ListUnacknowledgedEndingsRequest, ending_pb2.ListUnacknowledgedEndingsResponse, "housing"),
        (DONE, ending_pb2.ListAcknowledgedEndingsRequest, ending_pb2.ListAcknowledgedEndingsResponse, BIDDING),
    ):
        outcome = served.send(path, request(officer="clerk", uscc=mine.listed.uscc), HRSS)
        answer = kind.FromString(outcome.answer)
        assert [(one.uscc, one.agency) for one in answer.endings] == [(mine.listed.uscc, agency.partition(".")[0])]
        body = body_of(served.entry(answer.audit_position))
        assert (body["officer"], body["search"]) == ("clerk", {"uscc": mine.listed.uscc})


def test_a_page_of_one_question_is_none_of_another(served):
    case = Case(served)
    case.as_consortium()
    case.by_record()
    case.ends(REPAIR)
    request = ending_pb2.ListUnacknowledgedEndingsRequest(officer="o", page_size=1, uscc=case.listed.uscc)
    first = ending_pb2.ListUnacknowledgedEndingsResponse.FromString(served.send(OWED, request, HRSS).answer)
    request.page_token, request.uscc = first.next_page_token, ""
    assert served.send(OWED, request, HRSS).field == "page_token"
    done = ending_pb2.ListAcknowledgedEndingsRequest(officer="o", page_token="\n")
    assert served.send(DONE, done, HRSS).field == "page_token"


def test_after_the_repair_no_answer_shows_the_record_and_the_auditor_still_sees_that_earlier_ones_did(served):
    """Invariant 12."""
    case = Case(served)
    before = served.entry(case.as_consortium().audit_position)
    case.by_relation()
    case.ends(REPAIR)
    answers = [case.as_consortium(), case.by_relation(), case.in_a_batch()]
    for days in (1, 30, 365, 1500):
        ahead = award(case.listed.uscc, preview=True)
        ahead.question.as_of.CopyFrom(instant_pb(datetime.now(UTC) + timedelta(days=days)))
        answers.append(case.asked(CHECK, ahead, BIDDING, credit_pb2.CheckEligibilityResponse))
    answers.append(case.by_record())
    assert not [answer for answer in answers if case.key in str(answer)]

    assert case.key in body_of(before)["grounds"]
    search = audit_pb2.SearchAccessRequest(
        searched_by="auditor-1", uscc=case.listed.uscc, agency="public-resources-trading"
    )
    page = audit_pb2.SearchAccessResponse.FromString(served.send(SEARCH, search, AUDITOR).answer)
    verdicts = [entry.verdict for entry in page.entries if entry.position.number == before.number]
    assert verdicts == [common_pb2.VERDICT_RESTRICTED]


def test_a_void_listing_has_the_decisions_taken_on_it_examined_again(served):
    case = Case(served)
    case.as_consortium("TENDER-2")
    case.as_consortium("TENDER-1")
    case.ends(REVOCATION)
    (ending,) = case.told(BIDDING)
    assert (ending.kind, ending.reexamine) == (ending_pb2.ENDING_KIND_VOID_FROM_START, True)
    assert list(ending.case_refs) == ["TENDER-1", "TENDER-2"]
    assert "重新审查" in ending.instruction.zh
    assert ending.ended_at.ToDatetime().date() < ago(390)


def test_who_was_told_after_a_hiding_ended_is_told_of_the_repair_alone(served):
    case = Case(served)
    case.as_consortium()
    case.ends(HIDDEN, days=20)
    case.ends(listing_pb2.LISTING_ACT_KIND_HIDDEN_ENDED, days=10)
    case.in_a_batch()
    case.ends(REPAIR)
    kinds = {who: [ending.kind for ending in case.told(who)] for who in (BIDDING, FINANCE)}
    hidden, repaired = ending_pb2.ENDING_KIND_HIDDEN, ending_pb2.ENDING_KIND_REPAIRED
    assert kinds == {BIDDING: [hidden, repaired], FINANCE: [repaired]}


def test_a_withdrawn_penalty_is_told_like_a_listing(served):
    party = new_party()
    revision = submit(served, "labour_inspection", penalty(party, f"{party.uscc}-F", ago(30), ago(-300)))
    request = award(party.uscc)
    request.question.at_least_as_fresh = revision
    (measure, *_) = served.callers.as_caller(BIDDING).check(request).decision.measures
    withdrawing = withdrawal_pb2.WithdrawRecordRequest(
        request_id=party.uscc,
        record_id=measure.record_id,
        kind="penalty",
        authority=measure.authority,
        document_number="撤1号",
        decided_on=ago(0).isoformat(),
        reason="撤销",
        void_from_start=True,
        officer="o",
    )
    assert served.send(WITHDRAW, withdrawing, HRSS).ok
    (ending,) = [each for each in endings(served, BIDDING) if each.record_id == measure.record_id]
    assert (ending.kind, ending.record_kind) == (ending_pb2.ENDING_KIND_VOID_FROM_START, "penalty")
    assert ending.document_number == measure.document_number


def stolen(case, who, outcome="", decided="", opened=9):
    """Return the record that the person's link to the related enterprise is disputed, or what was found."""
    record = case.related.record(f"{case.key}-dispute")
    record.authority = HOUR
    record.identity_dispute.person.CopyFrom(who)
    record.identity_dispute.disputed_on = ago(opened).isoformat()
    record.identity_dispute.outcome = outcome
    record.identity_dispute.decided_on = decided
    return record


def test_a_stolen_identity_is_disputed_then_recalled_from_whom_it_was_told_through_it_and_acknowledged(served):
    """X-02: the listing goes on for the enterprise whose it is, and nobody who asked about that one is told."""
    case = Case(served)
    case.as_consortium()
    before = case.by_relation()
    assert [each.disputed for each in before.decision.measures if each.record_id == case.key] == [False]

    case.revision = submit(served, "labour_inspection", stolen(case, case.who))
    meanwhile = [each for each in case.by_relation().decision.measures if each.record_id == case.key]
    assert [(each.disputed, each.effect) for each in meanwhile] == [(True, common_pb2.EFFECT_REVIEW)]
    assert case.told(ACCESS) == []

    found = stolen(case, case.who, "FALSE_LINK", ago(1).isoformat())
    case.revision = submit(served, "labour_inspection", found)
    assert case.key not in str(case.by_relation())
    assert case.key in str(case.as_consortium())
    (ending,) = case.told(ACCESS)
    assert (ending.kind, ending.uscc, ending.reexamine) == (
        ending_pb2.ENDING_KIND_RECALLED,
        case.related.uscc,
        True,
    )
    assert list(ending.case_refs) == ["PERMIT-1"]
    assert case.told(BIDDING) == []
    assert [one.agency for one in case.owing()] == ["market-regulation"]
    assert acknowledge(served, ACCESS, ending.ending_id).ok
    assert case.owing() == []


def test_only_who_may_act_as_the_authority_says_that_an_identity_was_stolen(served):
    """L-01."""
    case = Case(served)
    record = stolen(case, case.who)
    record.row, record.authority = 1, "示例县市场监督管理局"
    for feed, who in (("labour_inspection", HRSS), ("market_regulation", REGISTRAR)):
        chunk = pb.SubmitRecordsRequest(
            request_id=f"{case.key}-{feed}", feed=feed, officer="o", records=[record], last=True
        )
        answer = pb.SubmitRecordsResponse.FromString(served.raw_stream(SUBMIT, [chunk.SerializeToString()], who).answer)
        assert [row.field for row in answer.rows] == ["authority"]


def test_an_acknowledgement_is_once_and_nobody_acknowledges_what_it_was_not_told(served):
    case = Case(served)
    case.as_consortium()
    case.ends(REPAIR)
    (ending,) = case.told(BIDDING)
    first = acknowledge(served, BIDDING, ending.ending_id, f"{case.key}-1")
    again = acknowledge(served, BIDDING, ending.ending_id, f"{case.key}-1")
    other = acknowledge(served, BIDDING, ending.ending_id, f"{case.key}-2")
    at = [
        ending_pb2.AcknowledgeEndingResponse.FromString(each.answer).acknowledged_at for each in (first, again, other)
    ]
    assert at[0] == at[1] == at[2]
    assert acknowledge(served, BIDDING, "ending-of-nothing", f"{case.key}-1").reason == "ENTERPRISE_NOT_FOUND"
    assert acknowledge(served, FINANCE, ending.ending_id).reason == "ENTERPRISE_NOT_FOUND"
    assert acknowledge(served, TOURISM, ending.ending_id).reason == "ENTERPRISE_NOT_FOUND"
    position = ending_pb2.AcknowledgeEndingResponse.FromString(first.answer).audit_position
    body = body_of(served.entry(position))
    assert (body["ending"], body["officer"], body["request"]["id"]) == (ending.ending_id, "o", f"{case.key}-1")
    assert case.owing() == []


def test_a_request_id_is_of_one_ending(served):
    first, second = Case(served), Case(served)
    for case in (first, second):
        case.as_consortium()
        case.ends(REPAIR)
    assert acknowledge(served, BIDDING, first.told(BIDDING)[0].ending_id, first.key).ok
    assert acknowledge(served, BIDDING, second.told(BIDDING)[0].ending_id, first.key).reason == "REQUEST_ID_REUSED"
    assert [one.agency for one in second.owing()] == ["public-resources-trading"]


def test_every_delivery_is_on_record_with_the_endings_that_it_told(served):
    case = Case(served)
    case.as_consortium()
    case.ends(REPAIR)
    request = ending_pb2.ListEndingsRequest(officer="clerk", page_size=100)
    answer = ending_pb2.ListEndingsResponse.FromString(served.send(ENDINGS, request, BIDDING).answer)
    body = body_of(served.entry(answer.audit_position))
    assert body["endings"] == [ending.ending_id for ending in answer.endings]
    assert (body["officer"], body["method"]) == ("clerk", "CreditService/ListEndings")


def test_pages_hold_every_ending_once_what_is_not_acknowledged_first(served):
    for _ in range(3):
        case = Case(served)
        case.by_relation()
        case.ends(REPAIR)
    whole = endings(served, ACCESS)
    assert acknowledge(served, ACCESS, whole[0].ending_id).ok
    paged = endings(served, ACCESS, size=1)
    assert len({ending.ending_id for ending in paged}) == len(paged) == len(whole)
    acknowledged = [ending.HasField("acknowledged_at") for ending in paged]
    assert acknowledged == sorted(acknowledged)
    assert acknowledged[0] is False


@pytest.mark.parametrize(
    ("path", "request_", "who", "field"),
    [
        (ENDINGS, ending_pb2.ListEndingsRequest(), BIDDING, "officer"),
        (ENDINGS, ending_pb2.ListEndingsRequest(officer="o", page_size=101), BIDDING, "page_size"),
        (ENDINGS, ending_pb2.ListEndingsRequest(officer="o", page_token="\n"), BIDDING, "page_token"),
        (ACKNOWLEDGE, ending_pb2.AcknowledgeEndingRequest(ending_id="e", officer="o"), BIDDING, "request_id"),
        (ACKNOWLEDGE, ending_pb2.AcknowledgeEndingRequest(request_id="r", officer="o"), BIDDING, "ending_id"),
        (ACKNOWLEDGE, ending_pb2.AcknowledgeEndingRequest(request_id="r", ending_id="e"), BIDDING, "officer"),
        (OWED, ending_pb2.ListUnacknowledgedEndingsRequest(), HRSS, "officer"),
        (OWED, ending_pb2.ListUnacknowledgedEndingsRequest(officer="o", page_size=1001), HRSS, "page_size"),
        (OWED, ending_pb2.ListUnacknowledgedEndingsRequest(officer="o"), REGISTRAR, "feed"),
        (DONE, ending_pb2.ListAcknowledgedEndingsRequest(), HRSS, "officer"),
        (DONE, ending_pb2.ListAcknowledgedEndingsRequest(officer="o", page_size=1001), HRSS, "page_size"),
        (DONE, ending_pb2.ListAcknowledgedEndingsRequest(officer="o", uscc="9142"), HRSS, "uscc"),
        (DONE, ending_pb2.ListAcknowledgedEndingsRequest(officer="o"), REGISTRAR, "feed"),
    ],
)
def test_a_fault_names_its_field(served, path, request_, who, field):
    outcome = served.send(path, request_, who)
    assert (outcome.ok, outcome.field) == (False, field)


def test_nothing_is_lost_when_the_process_is_killed_as_soon_as_the_end_is_stored(tmp_path):
    with gateway_in(tmp_path, filled=False) as gateway:
        case = Case(gateway)
        case.as_consortium()
        case.ends(REPAIR)
        gateway.process.kill()
        gateway.process.wait(20)
    with gateway_in(tmp_path, filled=False) as gateway:
        case.served = gateway
        (ending,) = case.told(BIDDING)
        assert ending.kind == ending_pb2.ENDING_KIND_REPAIRED
        assert [one.agency for one in case.owing()] == ["public-resources-trading"]
        assert acknowledge(gateway, BIDDING, ending.ending_id).ok
        gateway.process.kill()
        gateway.process.wait(20)
    with gateway_in(tmp_path, filled=False) as gateway:
        case.served = gateway
        assert case.owing() == []
        assert case.told(BIDDING)[0].HasField("acknowledged_at")


def test_the_adapter_journals_what_has_ended_and_acknowledges_it(served, tmp_path):
    case = Case(served)
    case.as_consortium()
    case.ends(REPAIR)
    client = served.callers.as_caller(BIDDING)
    rules = bidding_rules(timedelta(days=15), timedelta(days=30))
    with Journal(tmp_path / "journal.db") as journal:
        platform = BiddingAdapter(Enforcement(client, journal, rules, "enforce"))
        (mine,) = [each for each in platform.collect_endings(client, "platform") if each.record_id == case.key]
        assert (mine.uscc, mine.case_refs, mine.reexamine) == (case.listed.uscc, ("TENDER-1",), False)
        assert mine in journal.endings()
        assert platform.collect_endings(client, "platform") == ()
    assert case.owing() == []


def test_hrss_sees_at_the_terminal_who_has_not_acknowledged(served, capsys):
    case = Case(served)
    case.by_relation()
    case.ends(REPAIR)
    place = ["--config", str(served.place.config), "--address", f"127.0.0.1:{served.port}"]
    assert main([*place, "endings", "--limit", "1000"]) == 0
    shown = capsys.readouterr().out
    assert f"market-regulation  {case.listed.uscc}" in shown
    assert "信用修复 repaired" in shown
    assert "more: --page" not in shown
    assert main([*place, "endings", "--limit", "1", "--json"]) == 0
    assert '"agency": "' in capsys.readouterr().out


def test_hrss_sees_at_the_terminal_who_has_acknowledged(served, capsys):
    case = Case(served)
    case.by_relation()
    case.ends(REPAIR)
    place = ["--config", str(served.place.config), "--address", f"127.0.0.1:{served.port}"]
    done = [*place, "endings", "--acknowledged", "--uscc", case.listed.uscc]
    assert main(done) == 0
    assert capsys.readouterr().out == "尚无签收 none acknowledged\n"
    assert acknowledge(served, ACCESS, case.told(ACCESS)[0].ending_id).ok
    assert main(done) == 0
    head, when = capsys.readouterr().out.splitlines()
    assert head.startswith(f"market-regulation  {case.listed.uscc}")
    assert head.endswith("信用修复 repaired")
    assert "  acknowledged 20" in when
    assert main([*done, "--json"]) == 0
    assert '"acknowledged_at": "20' in capsys.readouterr().out
    assert main([*place, "endings", "--uscc", case.listed.uscc]) == 0
    assert capsys.readouterr().out == "全部已签收 all acknowledged\n"
