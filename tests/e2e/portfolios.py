"""A bank's loan book followed at a served gateway, run by run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from e2e.batch_files import csv_file, killed_at, settings, words
from e2e.reported import read
from e2e.served import HRSS
from jointsanctions.v1 import case_pb2 as pb

from adapters.journal import Journal
from gateway.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

HEADER = ("合同编号", "统一社会信用代码", "环节")
OWED = "/jointsanctions.v1.RegistryService/ListUnacknowledgedCaseEvents"


@dataclass
class Portfolio:
    """One loan of one party, and the files of the bank that follows it."""

    served: object
    folder: Path
    uscc: str

    def __post_init__(self):
        self.contract = f"HT-{uuid4().hex}"
        self.file, self.journal = settings(self.folder, "lending", f"127.0.0.1:{self.served.port}")
        self.loans = csv_file(self.folder / "loans.csv", HEADER, (self.contract, self.uscc, "续贷"))
        self.events = self.folder / "events.jsonl"

    @property
    def words(self):
        options = ("--portfolio", str(self.loans), "--events", str(self.events), "--once", "--officer", "zhao.min")
        return words(self.served.place, self.file, "lending", *options)

    def run(self):
        return main(self.words)

    def killed(self, patch):
        ended = killed_at(self.served.place, self.words, patch)
        assert ended.returncode == -9, ended.stderr.decode()

    def told(self):
        """Return the lines about this loan, every one of the file being whole."""
        text = self.events.read_text(encoding="utf-8") if self.events.exists() else ""
        lines = [json.loads(line) for line in text.splitlines()]
        return [each for each in lines if each["caseRef"] == self.contract]

    def kept(self):
        """Return the numbers of this loan's events in the journal, and of those that are acknowledged there."""
        if not self.journal.exists():
            return set(), set()
        with Journal(self.journal) as journal:
            rows = journal._read("SELECT sequence FROM case_event WHERE case_ref = ?", (self.contract,))
            kept = {row["sequence"] for row in rows}
            return kept, kept - {each.sequence for each in journal.watched.open()}

    def owed(self):
        """Return the numbers of this party's events that the gateway still waits for."""
        request = pb.ListUnacknowledgedCaseEventsRequest(officer="o", page_size=1_000)
        found = read(self.served, OWED, request, pb.ListUnacknowledgedCaseEventsResponse, HRSS).events
        return {each.sequence for each in found if each.uscc == self.uscc and each.agency == "hanjiang-bank"}
