"""``jsg tour``: the whole story once, from real processes over real sockets; exits 0 when it came out as told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import audit_pb2, common_pb2, credit_pb2

from adapters.bidding import CANDIDATE_PUBLICITY, QUALIFICATION_REVIEW, BiddingAdapter, bidding_rules
from adapters.clearance import ConditionalClearance
from adapters.enforcement import Enforcement
from adapters.errors import GatewayError, NotClearedError
from adapters.journal import Journal
from adapters.participation import Cutoff, Form
from adapters.tenders import Bidder, Project
from formats.civil import add_months, midnight
from gateway.cli.audit import show_entry
from gateway.cli.connection import command
from gateway.cli.tour_stop import CASE, served_city
from gateway.cli.tour_story import HEAVIEST, OFFICER, question, summary
from gateway.domain.vocabulary import Area, DecisionPoint, Effect, Verdict

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers
    from gateway.cli.tour_stop import Stop

OK, ERROR = 0, 1
PROFILES: Final = ("shiyan", "national-2026")


def register(subparsers: Subparsers) -> None:
    """Add ``tour``."""
    command(subparsers, "tour", "the whole story once, from real processes", "jsg tour", run)


def run(arguments: argparse.Namespace) -> int:
    """Tell the story under the sample's profile, then the grades under the other; 1 when it came out otherwise."""
    surprises: list[str] = []
    for profile in PROFILES:
        with served_city(arguments.config, profile) as stop:
            if profile == PROFILES[0]:
                _bidders(stop)
                _nine_areas(stop)
                _time_decides(stop)
                _cutoff(stop)
                _unknown(stop)
            _grades(stop)
            if profile == PROFILES[0]:
                _no_mandate(stop)
                _record(stop)
            surprises += stop.surprises
    for surprise in surprises:
        print(f"!! {surprise}")
    print("\n导览完成 the tour came out as told" if not surprises else "\n导览有误 the tour came out otherwise")
    return ERROR if surprises else OK


def _bidders(stop: Stop) -> None:
    """A tender with three bidders, through the bidding adapter, to the award of the one that is clear."""
    print("\n三个投标人 three bidders of one tender, through the bidding adapter")
    client = stop.callers.as_caller("public-resources-trading.asking-system")
    project = Project(CASE, "420302", must_be_tendered=True, state_funds=True, cutoff=Cutoff.not_fixed())
    chosen = [stop.city.example(key) for key in ("grade_a", "branch_of_listed", "listed")]
    bidders = [Bidder(example.uscc, example.name, Form.SINGLE) for example in chosen]
    with Journal(stop.journal) as journal:
        rules = bidding_rules(timedelta(days=30), timedelta(days=30))
        adapter = BiddingAdapter(Enforcement(client, journal, rules, "enforce"))
        for point in (QUALIFICATION_REVIEW, CANDIDATE_PUBLICITY):
            outcome = adapter.check_all(project, point, bidders, OFFICER)
        for example, result in zip(chosen, outcome.results, strict=True):
            told = result.error or result.standing
            print(f"  {example.uscc} {example.what_zh} {example.what_en}\n      {type(told).__name__}: {_reason(told)}")
        stop.expect("the clear bidder", outcome.results[0].error, None)
        conditional = isinstance(outcome.results[1].result, ConditionalClearance)
        stop.expect("the branch of a listed head office is conditional", conditional, expected=True)
        stop.expect("the listed bidder is stopped", outcome.results[2].error is not None, expected=True)
        grant = adapter.award(project, bidders[0], OFFICER)
        print(f"  中标 award granted to {bidders[0].uscc} on present data: {type(grant).__name__}")
        try:
            adapter.award(project, bidders[2], OFFICER)
            stop.surprises.append("the listed bidder was awarded")
        except NotClearedError as error:
            print(f"  拒绝 award to {bidders[2].uscc} refused: {type(error).__name__}: {error}")


def _reason(told: object) -> str:
    if isinstance(told, ConditionalClearance):
        return "; ".join(measure.instruction.en for measure in told.measures)
    return str(told) if isinstance(told, NotClearedError) else "may go ahead"


def _nine_areas(stop: Stop) -> None:
    """One listed enterprise in all nine areas, each in its lawful strength."""
    print("\n一处违法、处处受限 one listed enterprise in nine areas, where it weighs most")
    listed = stop.city.example("listed")
    for point, strongest in HEAVIEST.items():
        what = f"{point.area.name} / {point.name.removeprefix(point.area.name + '_')}"
        measure = stop.ask(listed.uscc, point, what, strongest.verdict)
        stop.expect(f"strength in {what}", Effect(measure.effect) if measure else None, strongest)


def _time_decides(stop: Stop) -> None:
    """The same enterprise is clear by itself the instant its term ends."""
    print("\n到期自动失效 the listing ends by itself")
    example = stop.city.example("about_to_expire")
    client = stop.callers.as_caller("award-office.asking-system")
    listed_on = add_months(stop.made_on + timedelta(days=10), -36)
    ends = midnight(add_months(listed_on, 36))
    for moment, expected in ((ends - timedelta(microseconds=1), True), (ends, False)):
        request = question(example.uscc, DecisionPoint.AWARDS_CONFERRAL, CASE, stop.made_on.isoformat(), moment)
        answer = client.check(request)
        print(f"  预览 preview at {moment.isoformat()}\n      {summary(answer)}")
        stop.expect(f"restricted at {moment}", answer.decision.verdict == common_pb2.VERDICT_RESTRICTED, expected)


def _cutoff(stop: Stop) -> None:
    """What came after the cut-off of the tender document is reviewed and blocks nobody (A-124)."""
    print("\n查询截止时点 a cut-off in the tender document, one day before the listing took effect")
    listed = stop.city.example("listed").uscc
    measure = stop.ask(listed, DecisionPoint.BIDDING_AWARD, "未规定 none fixed", Verdict.RESTRICTED)
    if measure is None:
        return
    before = measure.effective_from.ToDatetime() - timedelta(days=1)
    request = question(listed, DecisionPoint.BIDDING_AWARD, CASE, stop.made_on.isoformat())
    request.question.case_facts.bidding.cutoff_rule = credit_pb2.CUTOFF_RULE_FIXED
    request.question.case_facts.bidding.cutoff_at.FromDatetime(before)
    answer = stop.callers.as_caller(stop.callers.file.areas[Area.BIDDING]).check(request)
    print(f"  已规定 one fixed at {before.isoformat()}Z\n      {summary(answer)}")
    stop.expect("listed after the cut-off", Verdict(answer.decision.verdict), Verdict.CONDITIONAL)


def _unknown(stop: Stop) -> None:
    """An enterprise nobody knows: early it may go on, at the award its existence is confirmed first."""
    print("\n无记录企业 an enterprise without any record")
    unknown = stop.city.example("unknown").uscc
    stop.ask(unknown, DecisionPoint.BIDDING_REGISTRATION, "登记 at registration", Verdict.CLEAR)
    stop.ask(unknown, DecisionPoint.BIDDING_AWARD, "中标 at the award", Verdict.CONDITIONAL)


def _grades(stop: Stop) -> None:
    """Grades B and C alone, under this profile."""
    print(f"\n等级 grades B and C at the award, profile {stop.profile}")
    expected = Verdict.RESTRICTED if stop.profile == PROFILES[0] else Verdict.CONDITIONAL
    for key in ("grade_b", "grade_c"):
        example = stop.city.example(key)
        stop.ask(example.uscc, DecisionPoint.BIDDING_AWARD, f"{example.what_zh} {example.what_en}", expected)


def _no_mandate(stop: Stop) -> None:
    """A genuine certificate without a mandate learns nothing."""
    print("\n无授权 a genuine certificate without a mandate")
    listed = stop.city.example("listed").uscc
    request = question(listed, DecisionPoint.BIDDING_AWARD, CASE, stop.made_on.isoformat())
    try:
        stop.callers.as_caller("tourism.asking-system").check(request)
        stop.surprises.append("a caller without a mandate was answered")
    except GatewayError as error:
        print(f"  {error.code.name} {error.reason}: {error.message}")
        stop.expect("refusal", error.reason, "AREA_NOT_IN_MANDATE")


def _record(stop: Stop) -> None:
    """The auditor sees every call of the tour, refusals included."""
    print("\n留痕 what the auditor sees of all this, newest first")
    request = audit_pb2.SearchAccessRequest(case_ref=CASE, page_size=100, searched_by=OFFICER)
    found = stop.callers.as_caller(stop.callers.file.audit_reader).search_access(request)
    for entry in found.entries:
        show_entry(entry)
    outcomes = {entry.outcome for entry in found.entries}
    stop.expect("calls and refusals are on record", {"OK", "AREA_NOT_IN_MANDATE"} <= outcomes, expected=True)
