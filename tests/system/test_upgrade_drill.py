"""The upgrade drill: the oldest program that may, and this one, serve one gateway over one PostgreSQL at once."""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from uuid import uuid4

import pytest
from e2e.served import AUDITOR, BIDDING, CONFIG, HRSS, REGISTRAR, award, new_party, today
from jointsanctions.v1 import common_pb2, receipt_pb2, registry_pb2
from postgres import DURABLE, running_postgres
from system.earlier import Program, first_with, git

from gateway.bench.soak_account import account
from gateway.bootstrap.stores import audit_place, store_engine
from gateway.cli.local_city import Callers, Place
from gateway.sample.records import listing, profile
from gateway.settings.gateway_file import load_gateway
from gateway.storage.migrations import OLDEST

LONG = timedelta(days=30)
ROUNDS = 4
CHECK, SUBMIT = "CreditService/CheckEligibility", "RegistryService/SubmitRecords"
TESTED = [first_with(step) for step in OLDEST.values()]
pytestmark = pytest.mark.skipif(
    not all(TESTED), reason="an earlier program is built from the repository's history, and there is none here"
)


def oldest():
    """Return the last of the commits that brought what the tables want: the oldest program that runs on them."""
    return next(commit for commit in git("rev-list", "--topo-order", "HEAD").split() if commit in TESTED)


class Node:
    """A program with a configuration and a state folder of its own."""

    def __init__(self, program, folder, name, url):
        self.program = program
        shutil.copytree(program.config, folder / "config")
        (folder / "url").write_text(url)
        file = folder / "config" / "gateway.toml"
        text = file.read_text()
        for old, new in {
            'kind = "sqlite"': f'kind = "postgresql"\nurl_file = "{folder / "url"}"',
            'node = "gw1"': f'node = "{name}"',
            "refusals_in_full = 1 ": "refusals_in_full = 1000000 ",
        }.items():
            assert old in text
            text = text.replace(old, new)
        file.write_text(text)
        self.place = Place(folder / "config", folder / "var")
        self.place.state.mkdir()

    def jsg(self, *words):
        done = self.program.run(self.place.config, *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def serving(self):
        return self.program.serving(self.place.config, self.place.state / "gateway.log")


class Asking:
    """Calls of one node, counted by method; what was answered can be held to the record."""

    def __init__(self, node, port, answered):
        self.callers = Callers(node.place, port)
        self._answered = answered

    def check(self, code, **more):
        answer = self.callers.as_caller(BIDDING).check(award(code, **more))
        self._answered[CHECK] += 1
        return answer

    def submit(self, feed, who, records):
        for row, record in enumerate(records, 1):
            record.row = row
        request = registry_pb2.SubmitRecordsRequest(
            request_id=uuid4().hex, feed=feed, officer="o", records=records, last=True
        )
        answer = self.callers.as_caller(who).submit(iter([request]))
        self._answered[SUBMIT] += 1
        assert not answer.rejected
        return answer

    def listed(self):
        """List a new enterprise; return its code and the revision at which it weighs."""
        party = new_party()
        self.submit("market_regulation", REGISTRAR, [profile(party, today() - 2 * LONG)])
        return party.uscc, self.submit(
            "wage_list", HRSS, listing(party, f"{party.uscc}-L", today() - LONG)
        ).data_revision

    def receipt(self, answer, file):
        position = answer.audit_position
        request = receipt_pb2.GetReceiptRequest(
            writer=position.writer, number=position.number, leaf_hash=position.leaf_hash, officer="o"
        )
        file.write_bytes(self.callers.as_caller(AUDITOR).receipt(request).receipt)
        return file


def certificates(node):
    """Make an authority and a certificate for everybody, by the program that is there before."""
    pki = node.place.state / "pki"
    node.jsg("pki", "init", "--folder", pki, "--name", "localhost")
    file = Callers(node.place, 0).file
    names = {*file.areas.values(), *file.feeds.values(), file.records_reader, AUDITOR}
    node.jsg("pki", "issue", "--folder", pki, *(name.replace(".", "/", 1) for name in sorted(names)))


def test_old_and_new_serve_one_gateway_at_once_and_nothing_is_lost(tmp_path):
    before = Program.of(oldest(), tmp_path / "before")
    answered, receipts = Counter(), []
    with running_postgres(lambda _: None, DURABLE) as server, ExitStack() as stack:
        url = server.url(server.new_database())
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
        old, new = Node(before, tmp_path / "one", "gw1", url), Node(Program(None, CONFIG), tmp_path / "two", "gw2", url)
        certificates(old)
        old.jsg("db", "upgrade")
        with ExitStack() as first:
            port = first.enter_context(old.serving())
            asking = Asking(old, port, answered)
            asking.callers.confirm_feeds()
            code, _ = asking.listed()
            receipts.append(asking.receipt(asking.check(code), tmp_path / "first.json"))
            for name in ("keys", "pki"):
                shutil.copytree(old.place.state / name, new.place.state / name)
            # The tables are brought up to date while the program before serves; then the first node of this one starts.
            new.jsg("db", "upgrade")
            since_new = Asking(new, stack.enter_context(new.serving()), answered)
            both = (asking, since_new)
            for number in range(ROUNDS):
                for here, there in (both, both[::-1]):
                    code, revision = here.listed()
                    answer = there.check(code, at_least_as_fresh=revision)
                    assert answer.decision.verdict == common_pb2.VERDICT_RESTRICTED
                    receipts.append(here.receipt(answer, tmp_path / f"{number}-{len(receipts)}.json"))
            asking.callers.close()
        # A node of the program before may be started again meanwhile.
        with old.serving() as port:
            again = Asking(old, port, answered)
            code, revision = again.listed()
            assert since_new.check(code, at_least_as_fresh=revision).decision.verdict == common_pb2.VERDICT_RESTRICTED
            receipts.append(again.receipt(again.check(code), tmp_path / "again.json"))
            again.callers.close()
        code, _ = since_new.listed()
        receipts.append(since_new.receipt(since_new.check(code), tmp_path / "last.json"))
        since_new.callers.close()
        stack.pop_all().close()

        held = [word for file in receipts for word in ("--receipt", file)]
        assert "完好 sound" in new.jsg("audit", "fsck", *held)
        counted = counted_in(new, answered)
        assert counted.differs == []
        assert counted.recorded == answered


def counted_in(node, answered):
    settings = load_gateway(node.place.config / "gateway.toml", None)
    engine = store_engine(settings)
    try:
        return account(audit_place(settings, engine), {}, answered, {})
    finally:
        engine.dispose()
