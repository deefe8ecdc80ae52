"""What a gateway holds before a loss, and whether it is there after a restore: of every kind something."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from e2e.referring import HRSS, POLICE, Party, parties, sent
from e2e.served import BIDDING, CHECK, REGISTRAR, TOURISM, award, new_party
from jointsanctions.v1 import common_pb2, listing_pb2, receipt_pb2, registry_pb2
from mandate_calls import approve, end_of, propose
from plain_numbers import resident

from adapters.errors import GatewayError
from gateway.cli.main import main
from gateway.sample.records import profile

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.served import Served

KEPT_APART = ("keys", "pki")
"""Of the state folder, what no backup holds: it is copied when it changes."""


def jsg(gateway: Any, *words: object) -> int:
    """Run a command on the gateway's machine; *gateway* has a ``place``."""
    return main(["--config", str(gateway.place.config), *map(str, words)])


def jsg_says(gateway: Any, capsys: Any, *words: object) -> tuple[int, str]:
    """Run a command; return its exit code and what it said on both streams."""
    capsys.readouterr()
    code = jsg(gateway, *words)
    said = capsys.readouterr()
    return code, said.out + said.err


def receipt_in(gateway: Served, file: Path, example: str = "listed") -> Path:
    """Ask, fetch the receipt of the answer into *file*, and return the file."""
    client = gateway.callers.as_caller(BIDDING)
    position = client.check(award(gateway.city.example(example).uscc)).audit_position
    request = receipt_pb2.GetReceiptRequest(
        writer=position.writer, number=position.number, leaf_hash=position.leaf_hash, officer="o-1"
    )
    while True:
        try:
            file.write_bytes(client.receipt(request).receipt)
        except GatewayError as error:
            if error.reason != "STATE":  # the log has not come to it yet on a slow machine: ask again
                raise
        else:
            return file


def persons(serials: range) -> list[Any]:
    """Return a record of a new enterprise for each serial, with a person as its representative."""
    made = []
    for row, serial in enumerate(serials, 1):
        record = profile(new_party(), date(2026, 1, 5))
        record.row = row
        number = resident(serial)
        person = listing_pb2.PersonRef(name="示例甲", document_type="RESIDENT_ID", document_number=number)
        record.enterprise.legal_representative.CopyFrom(person)
        made.append(record)
    return made


def submit(gateway: Served, sent_records: list[Any]) -> Any:
    """Submit records of enterprises as one finished submission; return the answer."""
    request = registry_pb2.SubmitRecordsRequest(
        request_id=uuid4().hex, feed="market_regulation", officer="o", records=sent_records, last=True
    )
    return gateway.callers.as_caller(REGISTRAR).submit(iter([request]))


@dataclass
class Content:
    """Something of every kind that a gateway holds, and how to look for it."""

    keys: dict[str, Any]
    referral_id: str
    contents: dict[str, bytes]
    people: list[Any]
    receipt: Path

    @classmethod
    def put_in(cls, gateway: Served, folder: Path) -> Content:
        """Add to the sample city a referral with evidence, persons, an ended mandate, and an answer with a receipt."""
        found = parties(gateway)
        referral_id, made = sent(found)
        people = persons(range(20))
        assert submit(gateway, people).stored == len(people)
        approve(gateway, propose(gateway, end_of(TOURISM)))
        receipt = receipt_in(gateway, folder / "before.json")
        return cls({who: party.key for who, party in found.items()}, referral_id, made.contents, people, receipt)

    def is_there(self, gateway: Served) -> None:
        """Hold a gateway to having all of it."""
        listed = gateway.callers.as_caller(BIDDING).check(award(gateway.city.example("listed").uscc))
        assert listed.decision.verdict == common_pb2.VERDICT_RESTRICTED
        for who in (HRSS, POLICE):
            party = Party(gateway, who, self.keys[who])
            for item_id, content in self.contents.items():
                assert party.opened(self.referral_id, item_id) == content
        assert submit(gateway, self.people).unchanged == len(self.people)
        assert gateway.send(CHECK, award(gateway.city.example("listed").uscc), TOURISM).code.name == "PERMISSION_DENIED"
        proven = json.loads(self.receipt.read_bytes())
        assert proven["kind"] == "joint-sanctions-receipt/v1"


def copied_apart(gateway: Served, to: Path) -> Path:
    """Copy what no backup holds, configuration included, to a folder of its own; return it."""
    for name in KEPT_APART:
        shutil.copytree(gateway.place.state / name, to / name)
    shutil.copytree(gateway.place.config, to / "config")
    return to


def brought_back(apart: Path, state: Path) -> None:
    """Put what was copied apart into a restored state folder."""
    for name in KEPT_APART:
        shutil.copytree(apart / name, state / name, dirs_exist_ok=True)
