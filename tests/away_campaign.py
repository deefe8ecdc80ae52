"""Kill −9 of a gateway under a deciding system's calls, and what must hold once it is back (X-10).

Threads ask through the adapter without a pause, in one journal, while the gateway is killed and started again. Nothing
may have been cleared that is not on the gateway's record, and every check that nobody answered must be made afterwards.
"""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from e2e.served import BIDDING, WRITER, award_known, gateway_in, new_party, prepared
from launcher import Launcher

from adapters.bidding import REGISTRATION, bidding_rules
from adapters.clearance import Clearance, ConditionalClearance
from adapters.client import ClientSettings, GatewayClient
from adapters.enforcement import Enforcement
from adapters.errors import GatewayError, NoAnswerError, NotClearedError
from adapters.journal import Journal
from adapters.pending import make_pending, pending_results
from adapters.questions import Applicant, Case, Party
from gateway.storage.audit_verify import flaw

RULES = bidding_rules(timedelta(days=15), timedelta(days=30))
ASKING = 4
MOST_IN_A_LIFE = 150
MOST_WITHOUT = 12
CHECKS = {"CreditService/CheckEligibility", "CreditService/BatchCheckEligibility"}


class Whoever:
    """The gateway that is there at the moment, or that was there last."""

    asserts_officers = False

    def __init__(self):
        self.client = None

    def check(self, request):
        return self.client.check(request)

    def batch(self, request):
        return self.client.batch(request)


@dataclass
class AwayCampaign:
    """One gateway, one journal, and everything that the deciding system was told."""

    folder: object
    seed: int
    most_in_a_life: int = MOST_IN_A_LIFE
    """Answers before a kill."""
    kills: int = 0
    told: list = field(default_factory=list)
    """Case number, applicants' codes and results of each call, in the order in which they ended."""
    happened: threading.Condition = field(default_factory=threading.Condition)
    answered: int = 0
    unanswered: int = 0
    results: list = field(default_factory=list)
    """What pending checks came to, as it was handed over."""
    seconds: float = 0.0
    cleared: int = 0
    silent: int = 0
    """Questions that nobody answered."""
    most_asked: int = 0
    """How often one case of those stands on the gateway's record."""

    def run(self, calls, say=lambda _: None):
        """Ask so often, kill meanwhile, and make every check that is pending at the end."""
        chance = random.Random(self.seed)  # noqa: S311 - when to kill is no secret
        place, whoever, numbers = prepared(self.folder, {}), Whoever(), itertools.count()
        begun = time.monotonic()
        with (place.state / "gateway.log").open("ab") as sink, Journal(self.folder / "journal.db") as journal:
            launcher = Launcher(sink)
            asking = Enforcement(whoever, journal, RULES, "enforce")
            threads = []
            while len(self.told) < calls:
                with gateway_in(self.folder, filled=False, serve=launcher.serving) as gateway:
                    self._stand_in(whoever, gateway)
                    if not threads:
                        award_known(gateway, gateway.callers.confirm_feeds())
                        what = (asking, numbers, calls)
                        threads = [threading.Thread(target=self._ask, args=what) for _ in range(ASKING)]
                        for thread in threads:
                            thread.start()
                    making = threading.Thread(target=self._make, args=(whoever.client, journal))
                    making.start()
                    self._wait("answered", chance.randint(1, self.most_in_a_life), calls)
                    gateway.process.kill()
                    assert gateway.process.wait() == -9
                    self.kills += 1
                    making.join()
                self._wait("unanswered", chance.randint(1, MOST_WITHOUT), calls)
                say(f"{self.kills} kills, {len(self.told)} calls, {journal.pending.waiting()} pending")
            for thread in threads:
                thread.join()
            self.seconds = time.monotonic() - begun
            with gateway_in(self.folder, filled=False, serve=launcher.serving) as gateway:
                self._stand_in(whoever, gateway)
                make_pending(whoever.client, journal, lambda: datetime.now(UTC))
                self.results += pending_results(journal)
                self._check(journal, gateway.entries())
            launcher.close()

    def _stand_in(self, whoever, gateway):
        file, old = gateway.callers.file, whoever.client
        settings = ClientSettings(
            target=f"127.0.0.1:{gateway.port}",
            ca_file=file.ca_bundle,
            certificate_file=file.certificates / f"{BIDDING}.pem",
            key_file=file.certificates / f"{BIDDING}.key",
            server_name=file.server_name,
            deadline_seconds=2,
        )
        whoever.client = GatewayClient(settings)
        if old is not None:
            old.close()

    def _ask(self, asking, numbers, calls):
        while (number := next(numbers)) < calls:
            codes = [new_party().uscc for _ in range(3 if number % 5 == 0 else 1)]
            case = Case(f"T-{self.seed}-{number}", "li.wei")
            applicants = [Applicant(Party(code)) for code in codes]
            results = asking.check_all(case, REGISTRATION, applicants).results
            with self.happened:
                self.told.append((case.case_ref, codes, results))
                silent = isinstance(results[0], NoAnswerError)
                self.unanswered += silent
                self.answered += not silent
                self.happened.notify_all()

    def _make(self, client, journal):
        """Make what is pending, as an adapter does every minute; it may be killed under this too."""
        try:
            make_pending(client, journal, lambda: datetime.now(UTC))
        except GatewayError:
            return
        finally:
            self.results += pending_results(journal)

    def _wait(self, what, more, calls):
        with self.happened:
            goal = getattr(self, what) + more
            done = self.happened.wait_for(lambda: getattr(self, what) >= goal or len(self.told) >= calls, timeout=60)
        assert done, f"nothing more was {what}"

    def _check(self, journal, entries):
        """Hold what was told, the journal and the gateway's record against each other."""
        assert not [wrong for entry in entries if (wrong := flaw(entry))]
        assert [entry.number for entry in entries] == list(range(len(entries)))
        bodies = {entry.number: json.loads(entry.body) for entry in entries}
        lines = {line.leaf: json.loads(line.content) for entry in entries for line in entry.lines}
        silent = Counter()
        for case, codes, results in self.told:
            assert len(results) == len(codes)
            for result in results:
                if isinstance(result, NoAnswerError):
                    assert result.pending is not None
                    silent[case] += 1
                    continue
                assert isinstance(result, Clearance | ConditionalClearance | NotClearedError), result
                answer = result.answer
                body = {**bodies[answer.position.number], **lines.get(answer.position.line_hash, {})}
                assert answer.position.writer == WRITER
                assert (body["case"], body["outcome"], body["response"]) == (case, "OK", answer.digest.hex())
        assert journal.pending.waiting() == 0
        pending = sorted(r.pending for _, _, results in self.told for r in results if isinstance(r, NoAnswerError))
        assert sorted(result.settled.check.number for result in self.results) == pending
        for result in self.results:
            held = journal.answer_to(result.settled.remade)
            body = bodies[held.position.number]
            assert (body["case"], body["response"]) == (result.settled.check.case_ref, held.digest.hex())
            assert entries[held.position.number].leaf == held.position.leaf_hash
        asked = Counter(
            case
            for entry in entries
            if (body := bodies[entry.number])["method"] in CHECKS and body["outcome"] == "OK"
            # Of a call that carried several cases each item says its own.
            for case in ({body["case"]} if "case" in body else {lines[line.leaf]["case"] for line in entry.lines})
        )
        self.most_asked = max((asked[case] for case in silent), default=0)
        self.cleared = sum(isinstance(r, Clearance) for _, _, results in self.told for r in results)
        self.silent = len(pending)
