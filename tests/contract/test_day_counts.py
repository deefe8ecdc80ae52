"""How often each caller called, on both stores: what an agency can compute from its own books is what is committed."""

from __future__ import annotations

import hashlib
import json

import pytest
from indexed_days import DAY, ONE, OWN, Indexed, asked, investigated

from formats.receipt import decode_receipt, verify_receipt
from gateway.domain.agencies import Role
from gateway.domain.audit import Draft
from gateway.domain.errors import EnterpriseNotFoundError
from gateway.security.log_keys import holds
from gateway.services.ports.audit import AccessFilter

pytest_plugins = ("audit_places",)

BIDDING = ("bidding", "asking-system")
PERSON = {"method": "CreditService/CheckPerson", "request": {"keyed": "cd" * 32}, "enterprises": []}


@pytest.fixture
def days(site, key_file):
    return Indexed(site, key_file)


def own_root(days, *calls):
    """Return the root over calls as an agency computes it from the RFC: number, method and request hash of each."""
    hashes = []
    for number, method, request in calls:
        leaf = days.queues.find("node-1.0", number).leaf.hex()
        said = json.dumps({"leaf": leaf, "method": method, "request": request}, separators=(",", ":"), sort_keys=True)
        hashes.append(hashlib.sha256(b"\x00" + said.encode()).digest())

    def root(part):
        if len(part) < 2:
            return part[0] if part else hashlib.sha256(b"").digest()
        left = 1
        while left * 2 < len(part):
            left *= 2
        return hashlib.sha256(b"\x01" + root(part[:left]) + root(part[left:])).digest()

    return root(hashes)


def test_a_count_is_of_a_callers_own_calls_and_its_root_is_over_each_of_them(days):
    days.record(
        asked(OWN), asked(OWN, agency="other"), Draft(asked().body | PERSON), asked(OWN, outcome="STATE"), asked(OWN)
    )
    days.indexed()
    found = days.prove.count(DAY, *BIDDING)
    check, plain = "CreditService/CheckEligibility", "ab" * 32
    root = own_root(days, (0, check, plain), (2, "CreditService/CheckPerson", ""), (4, check, plain))

    assert (found.answered, found.others, found.answered_total, found.others_total) == (3, 1, 3, 1)
    assert found.root == root
    assert found.chain == hashlib.sha256(bytes(32) + root).digest()


def test_totals_and_chain_go_on_over_days_with_and_without_calls(days):
    days.record(asked(OWN), asked(OWN))
    days.indexed()
    first = days.prove.count(DAY, *BIDDING)
    days.indexed(DAY + ONE)
    quiet = days.prove.count(DAY + ONE, *BIDDING)
    days.record(asked(OWN), day=DAY + 2 * ONE)
    days.indexed(DAY + 2 * ONE)
    last = days.prove.count(DAY + 2 * ONE, *BIDDING)

    assert (quiet.answered, quiet.answered_total, quiet.chain) == (0, 2, first.chain)
    assert (last.answered, last.answered_total) == (1, 3)
    assert last.chain == hashlib.sha256(first.chain + last.root).digest()


def test_the_receipt_of_a_count_proves_its_line_and_shows_nobody_elses(days):
    days.record(asked(OWN), asked(OWN, agency="other-agency"))
    days.indexed()
    content = days.prove.count(DAY, *BIDDING).receipt
    verified = verify_receipt(decode_receipt(content), [days.key()], holds)

    assert (verified.line["agency"], verified.line["role"], verified.line["answered"]) == (*BIDDING, 1)
    assert verified.body["outcome"] == "DAY_INDEXED"
    assert b"other-agency" not in content


def test_which_callers_there_are_does_not_tell_who_called_on_a_day(days):
    days.record(asked(OWN), investigated(OWN))
    days.indexed()
    days.record(asked(OWN), day=DAY + ONE)
    days.indexed(DAY + ONE)
    counts = [len(each.draft.lines) for each in days.days.all()]

    assert counts == [2, 2]
    assert days.prove.count(DAY + ONE, "public-security", "police").answered == 0


def test_an_agency_is_counted_apart_in_each_of_its_roles(days):
    days.record(asked(OWN), asked(OWN, role=Role.PRODUCER.value), asked(OWN))
    days.indexed()

    assert [days.prove.count(DAY, "bidding", role).answered for role in ("asking-system", "producer")] == [2, 1]


def test_whoever_never_called_has_no_count(days):
    days.record(asked(OWN))
    days.indexed()
    with pytest.raises(EnterpriseNotFoundError):
        days.prove.count(DAY, "bidding", "producer")


def test_the_callers_of_an_index_are_no_items_of_a_question(days):
    """Whoever searches the record finds the index itself once, and no row for each caller."""
    days.record(asked(OWN), asked(OWN, agency="other"))
    days.indexed()
    rows, _ = days.search.search(AccessFilter(outcome="DAY_INDEXED"), 10, "")

    assert [(row.entry.number, row.item) for row in rows] == [(2, None)]
