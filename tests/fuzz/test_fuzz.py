"""Every RPC with random and mutated messages: no crash, no fault of ours, no verdict weaker than the law's table gives.

``CASES`` says how many (``make fuzz CASES=1000000``), ``SEED`` which; the share that goes over the wire is small.
"""

# ruff: noqa: T201 - what a long run came to is printed

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections import Counter

import grpc
import pytest
from e2e.served import WRITER, gateway_in
from fuzz import oracle
from fuzz.inprocess import running
from fuzz.messages import Messages
from google.protobuf.message import DecodeError
from jointsanctions.v1 import admin_pb2, audit_pb2, common_pb2, credit_pb2, referral_pb2, registry_pb2, subject_pb2
from mandate_calls import CHEN, person

from gateway.cli.local_city import SEED as CITY
from gateway.rpc.environment import forbid_tls12
from gateway.sample.invention import person as invented_person
from gateway.sample.invention import uscc
from gateway.storage.audit_place import FolderPlace
from gateway.storage.audit_reader import read_entries

pytest_plugins = ("e2e.fixtures",)
pytestmark = [pytest.mark.xdist_group("served"), pytest.mark.timeout(0)]

CASES = int(os.environ.get("CASES", "20000"))
CHANCE = int(os.environ.get("SEED", "20261125"))
AT_ONCE = 32
CONFIRM = "RegistryService/ConfirmCurrent"
FILES = (credit_pb2, registry_pb2, audit_pb2, subject_pb2, admin_pb2, referral_pb2)
RPCS = {
    f"{service.name}/{method.name}": method
    for file in FILES
    for service in file.DESCRIPTOR.services_by_name.values()
    for method in service.methods
}
CHECK = "CreditService/CheckEligibility"
BATCH = "CreditService/BatchCheckEligibility"
PERSON = "CreditService/CheckPerson"
WATCH = "RegistryService/WatchChanges"
FEEDS = (
    WATCH,
    "AuditService/ExportAccess",
    "CreditService/GetBulletin",
    "CreditService/WatchCase",
    "ReferralService/DownloadDossier",
    "ReferralService/SubscribeInbox",
)
"""Answered with messages; of each the first alone is taken here."""
ASKING = ("public-resources-trading", "finance", "housing", "emergency-management", "award-office")
CALLERS = (
    "hrss.producer",
    "hrss.producer",
    "market-regulation.producer",
    "credit-platform.producer",
    *(f"{agency}.asking-system" for agency in ASKING),
    "market-regulation.asking-system",
    "hanjiang-bank.bank",
    "audit-bureau.auditor",
    "credit-platform.connector",
    "public-security.police",
    "procuratorate.procuratorate",
    "intermediate-court.court",
    "hrss-window.subject",
    "hrss-portal.portal",
    "gateway-operations.operator",
    "tourism.asking-system",
)
PARTIES = ("hrss.producer", "hrss.producer", "public-security.police", "procuratorate.procuratorate")
LISTED = ("listed", "about_to_expire", "disputed")
UNKNOWN = tuple(uscc(CITY, number) for number in range(900_000, 900_004))
FAULTS = {grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DATA_LOSS}


class Fuzzer:
    """Makes cases and judges what comes back."""

    def __init__(self, city, agencies, cases):
        self.chance = random.Random(CHANCE)  # noqa: S311 - cases, no secret
        self.left = cases
        self.outcomes = Counter()
        self.weighed = Counter()
        self.persons = Counter()
        self.of_own_cases = 0
        self.found = []
        self.watched = 0
        self.feeds_refused = 0
        self.granted = {}
        for agency in agencies:
            for point in agency.points:
                self.granted.setdefault(int(point), []).append(f"{agency.agency_id}.{agency.role.value}")
        self.listed = {city.example(key).uscc for key in LISTED}
        others = [example.uscc for example in city.examples if example.key not in LISTED]
        fresh = [uscc(CITY, number) for number in range(800_000, 800_020)]
        wrong = ["91420399MA00K2U7XK", "x"]
        # Who writes must not touch those that the table speaks of.
        self.writing = Messages(self.chance, [*fresh, *others[:4], *wrong])
        self.asking = Messages(self.chance, [*self.listed, *UNKNOWN, *others, *wrong])

    def case(self):
        """Return the next case: name, messages, caller."""
        name = CHECK if self.chance.random() < 0.4 else self.chance.choice([*RPCS, "Nobody/Knows"])
        if name not in RPCS:
            return name, [self.chance.randbytes(self.chance.randrange(40))], self.chance.choice(CALLERS)
        method = RPCS[name]
        kind = method.input_type._concrete_class
        source = self.writing if name.startswith("RegistryService/") else self.asking
        count = self.chance.choice((0, 1, 1, 2, 3)) if method.client_streaming else 1
        messages = [source.filled(kind) for _ in range(count)]
        if name in {CHECK, PERSON}:
            self._fit(messages[0])
        if name == BATCH and self.chance.random() < 0.7:
            messages = [self._batch()]
        if name == CONFIRM:
            # A feed that is said to have been complete long ago makes every answer UNVERIFIABLE, and the table idle.
            messages[0].current_until.GetCurrentTime()
        raws = [message.SerializeToString() for message in messages]
        if raws and name != CONFIRM and self.chance.random() < 0.3:
            place = self.chance.randrange(len(raws))
            raws[place] = source.mutated(raws[place])
        return name, raws, self._caller(name, messages)

    def _caller(self, name, messages):
        """Return mostly somebody who may call it."""
        if name == WATCH:
            return self.chance.choice(("hrss.producer", "credit-platform.connector"))
        if self.chance.random() < 0.1:
            return self.chance.choice(CALLERS)
        if name.startswith("CreditService/") and hasattr(messages[0], "question"):
            return self.chance.choice(self.granted.get(messages[0].question.decision_point, CALLERS))
        service = name.split("/")[0]
        if service == "ReferralService":
            return self.chance.choice(PARTIES)
        usual = {"AuditService": "audit-bureau.auditor", "SubjectService": "hrss-window.subject", "AdminService": CHEN}
        return usual.get(service, "hrss.producer")

    def _fit(self, request):
        """Make a question sound most of the time, so that it is decided; each part is left wild now and then."""
        question, often = request.question, lambda: self.chance.random() < 0.97
        if often():
            points = [value.number for value in common_pb2.DecisionPoint.DESCRIPTOR.values if value.number]
            question.decision_point = self.chance.choice(points)
            question.area = question.decision_point // 10
        if often():
            self._fit_facts(request)
        if often():
            question.officer, question.case_ref, question.purpose = "officer-7", "JSGC-2026-17", "p"
            question.authorization_ref = request.request_id = ""
        if isinstance(request, credit_pb2.CheckPersonRequest):
            self._fit_person(request, often)
        elif often():
            request.ClearField("related_parties")
            main = [*self.listed, *UNKNOWN, *self.asking.codes]
            request.enterprise.uscc, request.enterprise.name = self.chance.choice(main), ""
        for moment in ("as_of", "known_at", "preview", "at_least_as_fresh"):
            if often():
                question.ClearField(moment)

    def _batch(self):
        """Return single questions at one point as a batch; of one case, or each of a case of its own."""
        first, *others = (
            self.asking.filled(credit_pb2.CheckEligibilityRequest) for _ in range(self.chance.randint(1, 3))
        )
        self._fit(first)
        batch = credit_pb2.BatchCheckEligibilityRequest(question=first.question)
        own = self.chance.random() < 0.6
        for field in ("case_ref", "officer", "purpose") if own else ():
            batch.question.ClearField(field)
        for place, each in enumerate((first, *others)):
            each.question.CopyFrom(first.question)
            self._fit_facts(each)
            each.ClearField("related_parties")
            item = batch.items.add(item_id=f"i{place}", enterprise=each.enterprise, case_facts=each.question.case_facts)
            item.consortium_members.extend(each.consortium_members)
            if own:
                item.case_ref, item.officer, item.purpose = f"JSGC-2026-{place}", f"officer-{place}", "p"
        return batch

    def _fit_person(self, request, often):
        """Ask about the sample's listed person or another one; confirmations stay wild, and are of no answer."""
        if often():
            request.person.CopyFrom(invented_person(CITY, self.chance.choice((0, 0, 1))))
            request.person.name = self.chance.choice(("", request.person.name, "示例"))
            request.capacity, request.question.explain = self.chance.choice((1, 2)), False
        if often():
            request.ClearField("confirmation")
            today = {"signed_on": "2026-01-05", "expires_on": "2099-12-31"}
            consent = common_pb2.Authorization(document_number="n", purpose=request.question.purpose, **today)
            request.authorization_ref.CopyFrom(consent)

    def _fit_facts(self, request):
        alone = self.chance.random() < 0.7
        form = credit_pb2.PARTICIPATION_FORM_SINGLE if alone else credit_pb2.PARTICIPATION_FORM_CONSORTIUM
        members = [] if alone else [self.chance.choice([*self.listed, *UNKNOWN])]
        flip = [self.chance.random() < 0.5 for _ in range(3)]
        kind = self.chance.randrange(1, 4)
        request.question.ClearField("case_facts")
        facts = request.question.case_facts
        bidding = {"project_region": "420302", "must_be_tendered": flip[0], "state_funds": flip[1], "form": form}
        if request.question.area == common_pb2.AREA_BIDDING:
            facts.bidding.MergeFrom(credit_pb2.BiddingFacts(**bidding, cutoff_rule=1))
        elif request.question.area == common_pb2.AREA_PROCUREMENT:
            facts.procurement.tender_document_names_list = flip[2]
            facts.procurement.form, facts.procurement.cutoff_rule = form, 1
        elif request.question.area == common_pb2.AREA_FUNDING:
            facts.funding.fund_kind = kind
        elif request.question.area == common_pb2.AREA_GUARANTEE:
            facts.guarantee.security_kind, facts.guarantee.contract_amount_fen = kind, 10**9
        elif request.question.area == common_pb2.AREA_QUALIFICATION:
            facts.qualification.application_kind, facts.qualification.application_date = kind, "2026-11-01"
        if not hasattr(request, "consortium_members"):
            return
        request.ClearField("consortium_members")
        if request.question.area in {common_pb2.AREA_BIDDING, common_pb2.AREA_PROCUREMENT}:
            for member in members:
                request.consortium_members.add(uscc=member)

    def judge(self, case, status, reason, answer):
        """Note what is wrong with the outcome of a case."""
        name, raws, who = case
        self.outcomes[reason or status.name] += 1
        if status in FAULTS:
            self.found.append((name, who, status.name, reason, [raw.hex() for raw in raws]))
        elif status is grpc.StatusCode.OK and name == CHECK:
            request = credit_pb2.CheckEligibilityRequest.FromString(raws[0])
            decision = credit_pb2.CheckEligibilityResponse.FromString(answer).decision
            self._judge_verdict(request, request.question, decision.verdict, (case, who))
        elif status is grpc.StatusCode.OK and name == BATCH:
            self._judge_batch(raws[0], answer, (case, who))
        elif status is grpc.StatusCode.OK and name == PERSON:
            decision = credit_pb2.CheckPersonResponse.FromString(answer).decision
            self.persons[decision.verdict] += 1
            if decision.verdict == oracle.RESTRICTED:
                self.found.append((name, who, "restricted without a confirmation", "", [raw.hex() for raw in raws]))

    def _judge_batch(self, raw, answer, case):
        request = credit_pb2.BatchCheckEligibilityRequest.FromString(raw)
        found = credit_pb2.BatchCheckEligibilityResponse.FromString(answer).items
        if [each.item_id for each in found] != [each.item_id for each in request.items]:
            self.found.append((BATCH, case[1], "not an answer to the items", str(request), [raw.hex()]))
        self.of_own_cases += any(item.case_ref for item in request.items) and not request.question.case_ref
        for item, each in zip(request.items, found, strict=False):
            question = credit_pb2.Question()
            question.CopyFrom(request.question)
            if item.HasField("case_facts"):
                question.case_facts.CopyFrom(item.case_facts)
            self._judge_verdict(item, question, each.decision.verdict, case)

    def _judge_verdict(self, asked, question, verdict, case):
        parties = [asked.enterprise.uscc, *(member.uscc for member in asked.consortium_members)]
        codes = {code.strip().upper() for code in parties}
        least = oracle.least(question, bool(codes & self.listed), bool(codes & set(UNKNOWN)))
        self.weighed[least] += 1
        if not least <= verdict <= oracle.most(question):
            (name, raws, _), who = case
            self.found.append((name, who, f"verdict {verdict}, at least {least}", str(asked), [raws[0].hex()]))

    async def run(self, gateway):
        """Run cases until none is left."""
        while self.left:
            self.left -= 1
            case = self.case()
            found = await gateway.call(*case)
            self.watched += case[0] in FEEDS
            self.feeds_refused += case[0] in FEEDS and found[0] is not grpc.StatusCode.OK
            self.judge(case, *found)


def recorded(state):
    """Return how many calls the record accounts for, one by one and counted; feeds apart."""
    place = FolderPlace(state / "audit")
    total, start = 0, 0
    while entries := read_entries(place.readers()[WRITER], WRITER, start, 10_000, with_lines=False):
        start = entries[-1].number + 1
        bodies = [json.loads(entry.body) for entry in entries]
        total += sum(body.get("counted", {}).get("number", 1) for body in bodies if body["method"] not in FEEDS)
    place.close()
    return total


def test_no_message_is_a_fault_of_ours_and_no_verdict_is_too_weak(tmp_path, capsys):
    forbid_tls12(os.environ)
    with gateway_in(tmp_path, changes={"refusals_in_full = 1 ": "refusals_in_full = 1 "}) as gateway:
        config, city = gateway.config, gateway.city
        person(gateway, CHEN)
    before = recorded(config.settings.state)
    fuzzer = Fuzzer(city, config.agencies, CASES)
    begun = time.monotonic()

    async def fuzz():
        async with running(config) as inside:
            await asyncio.gather(*(fuzzer.run(inside) for _ in range(AT_ONCE)))

    asyncio.run(fuzz())
    seconds = time.monotonic() - begun
    with capsys.disabled():
        print(f"\n{CASES} cases, seed {CHANCE}, {seconds:.0f} s: {dict(fuzzer.outcomes.most_common())}")
        print(f"verdicts weighed by the least that the table gives: {dict(sorted(fuzzer.weighed.items()))}")
        print(f"persons by verdict: {dict(sorted(fuzzer.persons.items()))}")
        print(f"batches of own cases: {fuzzer.of_own_cases}; found: {len(fuzzer.found)}")
    assert fuzzer.found == []
    # Refusals that are counted together are of feeds as well.
    beyond = recorded(config.settings.state) - before - (CASES - fuzzer.watched)
    assert 0 <= beyond <= fuzzer.feeds_refused
    assert fuzzer.weighed[oracle.RESTRICTED] > CASES / 400
    assert fuzzer.weighed[oracle.CONDITIONAL] > CASES / 400
    assert fuzzer.persons[oracle.CONDITIONAL] > CASES / 1000
    assert fuzzer.of_own_cases > CASES / 4000


def test_over_the_wire_too(served):
    person(served, CHEN)
    fuzzer = Fuzzer(served.city, served.config.agencies, 0)
    wired = [case for case in (fuzzer.case() for _ in range(600)) if case[0] not in FEEDS]
    for name, raws, who in wired:
        path = f"/jointsanctions.v1.{name}"
        streams = name in RPCS and RPCS[name].client_streaming
        outcome = served.raw_stream(path, raws, who) if streams else served.raw(path, raws[0], who)
        try:
            fuzzer.judge((name, raws, who), outcome.code, outcome.reason if outcome.infos else "", outcome.answer)
        except DecodeError:
            raise AssertionError("an answer that is no message") from None
    assert fuzzer.found == []
    assert served.healthy()
