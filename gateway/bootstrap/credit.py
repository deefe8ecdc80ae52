"""What serves ``CreditService``: questions, persons, registered cases, bulletins, and what became of answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gateway.domain.persons import kinds_weighing
from gateway.rpc.award_gate import AwardGateServicer
from gateway.rpc.bulletin import BulletinServicer
from gateway.rpc.case_events import CaseEventsServicer
from gateway.rpc.case_lists import CaseListsServicer
from gateway.rpc.cases import CasesServicer
from gateway.rpc.credit import CreditServicer
from gateway.rpc.credit_record import CreditRecordServicer
from gateway.rpc.endings import EndingsServicer
from gateway.rpc.outcomes import OutcomesServicer
from gateway.rpc.persons import PersonServicer
from gateway.rpc.related_bidders import RelatedBiddersServicer
from gateway.rpc.resolve import ResolveServicer
from gateway.rpc.told_endings import ToldEndingsServicer
from gateway.security.bulletin_keys import BulletinKeys
from gateway.services.case_events import CaseEvents
from gateway.services.cases import Cases
from gateway.services.check_person import CheckPerson, PersonRules, PersonSources
from gateway.services.clear_award import ClearAward
from gateway.services.decided_cases import DecidedCases
from gateway.services.endings import Endings, PastGrounds
from gateway.services.follow_cases import TellEvent
from gateway.services.get_bulletin import GetBulletin
from gateway.services.get_credit_record import GetCreditRecord
from gateway.services.get_receipt import GetReceipt
from gateway.services.list_cases import ListCases
from gateway.services.missing_outcomes import MissingOutcomes
from gateway.services.prove_entries import ProveEntries
from gateway.services.related_bidders import RelatedBidders
from gateway.services.relied_answer import ReliedAnswer
from gateway.services.report_outcome import ReportOutcome
from gateway.services.resolve_enterprise import ResolveEnterprise
from gateway.storage.case_events import SqlCaseEventStore
from gateway.storage.case_lists import SqlCaseLists
from gateway.storage.cases import SqlCaseStore
from gateway.storage.endings import SqlEndingStore
from gateway.storage.log_queues import PlaceQueues
from gateway.storage.outcomes import SqlOutcomeStore
from gateway.storage.person_files import SqlPersonRegister
from gateway.storage.recorded_answers import QueueAnswers
from gateway.storage.registered_names import SqlRegisteredNames

if TYPE_CHECKING:
    from gateway.bootstrap.shared import Shared
    from gateway.domain.agencies import Agency
    from gateway.rpc.method import Method
    from gateway.rpc.projection import Projection


def credit_methods(shared: Shared) -> list[Method]:
    """Return the methods of those that decide, and of what they are told afterwards."""
    config = shared.opened.config
    read = GetCreditRecord(shared.opened.index, shared.opened.history, config.policy)
    cases = Cases(SqlCaseStore(shared.opened.engine), shared.opened.clock, shared.writer)
    return [
        *CreditServicer(shared.check, shared.answers, shared.disclosure, cases).methods(),
        *CasesServicer(cases, config.policy).methods(),
        *_cleared(shared, cases),
        *RelatedBiddersServicer(RelatedBidders(cases, shared.opened.index, shared.opened.history)).methods(),
        *_followed_cases(shared),
        *CreditRecordServicer(read, shared.answers, shared.disclosure).methods(),
        *ResolveServicer(_resolve(shared), shared.disclosure).methods(),
        *_asked_about_persons(shared),
        *_fetched_ahead(shared),
        *_followed_up(shared),
    ]


def _fetched_ahead(shared: Shared) -> list[Method]:
    settings = shared.opened.config.settings
    keys = BulletinKeys(settings.state / "keys", settings.name)
    opened = shared.opened
    bulletin = GetBulletin(shared.publishable, opened.config.policy, keys, settings.name, opened.policies.ends_at)
    return BulletinServicer(bulletin, settings.bulletin.life).methods()


def _followed_cases(shared: Shared) -> list[Method]:
    opened = shared.opened
    events = CaseEvents(SqlCaseEventStore(opened.engine), opened.clock, shared.writer, opened.config.calendar)
    tell = TellEvent(shared.check, SqlCaseStore(opened.engine), opened.clock)
    shown = (shared.answers, shared.disclosure)
    listed = ListCases(SqlCaseLists(opened.engine), opened.clock, opened.config.calendar)
    return [
        *CaseEventsServicer(events, tell, shown, opened.clock, opened.config.settings.limits.heartbeat).methods(),
        *CaseListsServicer(listed).methods(),
    ]


def _cleared(shared: Shared, cases: Cases) -> list[Method]:
    settings = shared.opened.config.settings
    limits = (settings.award_gate, settings.limits.answer_validity)
    clear = ClearAward(shared.check, cases, shared.search, shared.search, limits)
    receipt = GetReceipt(PlaceQueues(shared.opened.place), ProveEntries(shared.opened.log))
    return AwardGateServicer(clear, receipt, shared.answers, shared.disclosure).methods()


def _resolve(shared: Shared) -> ResolveEnterprise:
    index = shared.opened.index
    return ResolveEnterprise(index, index.names, SqlRegisteredNames(shared.opened.engine))


def _asked_about_persons(shared: Shared) -> list[Method]:
    opened, policy = shared.opened, shared.opened.config.policy
    # A feed is waited for only where what it brings can weigh on a person.
    weighing = {point: kinds_weighing(policy, point) for point in policy.points}
    freshness = {point: shared.freshness(kinds.intersection) for point, kinds in weighing.items()}
    persons = SqlPersonRegister(opened.engine)
    sources = PersonSources(opened.index, persons, opened.vault, QueueAnswers(opened.place))
    check = CheckPerson(PersonRules(policy, freshness), sources)
    return PersonServicer(check, opened.vault, shared.answers, shared.disclosure).methods()


def _followed_up(shared: Shared) -> list[Method]:
    opened = shared.opened
    past = PastGrounds(opened.history, opened.config.policy.grade_rules)
    endings = Endings(SqlEndingStore(opened.engine), shared.search, past, opened.clock, shared.writer)
    store = SqlOutcomeStore(opened.engine)
    decided = DecidedCases(store, endings)
    report = ReportOutcome(store, ReliedAnswer(shared.search, past), endings, opened.clock, shared.writer)
    days, callers = opened.config.settings.outcome_days, opened.mandates.callers
    missing = MissingOutcomes(shared.search, store, opened.clock, opened.config.calendar, days)
    seen = partial(_seen_of_endings, shared)
    return [
        *EndingsServicer(endings, decided, seen).methods(),
        *ToldEndingsServicer(endings, opened.config.calendar, callers).methods(),
        *OutcomesServicer(report, missing, decided).methods(),
    ]


def _seen_of_endings(shared: Shared, agency: Agency) -> Projection:
    return shared.answers.projection(shared.disclosure.of_endings(agency))
