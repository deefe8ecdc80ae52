"""The new enemy, of two nodes: who was granted before may not be granted by what was known before.

An enterprise that both nodes clear is listed through one of them, and asked about through both with the revision that
the listing was stored under. Whoever answers from less than that revision would award to it (the anomaly that SpiceDB's
test of this name looks for). Then the listing is repaired through the other node, and asked about likewise. A block
that was proven by less than the token stays one, and says that the revision was not reached: it grants nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from e2e.served import BIDDING, award, new_party, today
from e2e.submissions import chunk, numbered, submit
from jointsanctions.v1 import common_pb2, listing_pb2

from gateway.sample.records import act, listing, profile

CLEAR, RESTRICTED = common_pb2.VERDICT_CLEAR, common_pb2.VERDICT_RESTRICTED
UNVERIFIABLE = common_pb2.VERDICT_UNVERIFIABLE
BEHIND = "REVISION_NOT_REACHED"
REGISTRAR = "market-regulation.producer"


class Told(NamedTuple):
    """One answer after a write: which step, whether the node that took the write gave it, on what, what, and doubts."""

    step: str
    same_node: bool
    token: int
    revision: int
    verdict: int
    doubts: tuple[str, ...]


def played(taking, repairing):
    """Return every answer, with the token of the write before it, of one enterprise's life over two nodes."""
    party = new_party()
    key = f"{party.uscc}-L"
    repair = act(party, key, listing_pb2.LISTING_ACT_KIND_REPAIR, today())
    steps = (
        ("granted", repairing, "market_regulation", [profile(party, today() - timedelta(days=90))]),
        ("listed", taking, "wage_list", listing(party, key, today() - timedelta(days=30))),
        ("repaired", repairing, "wage_list", [repair]),
    )
    told = []
    for step, node, feed, records in steps:
        sent = chunk(numbered(list(records)), feed)
        who = {"who": REGISTRAR} if feed == "market_regulation" else {}
        token = submit(node, sent, **who).data_revision
        other = repairing if node is taking else taking
        for asked in (other, node):
            told.append(Told(step, asked is node, token, *ask(asked, party, token)))
            # What one node has told is a token for the other, as well as what was stored.
            least = max(token, told[-1].revision)
            told.append(Told(step, asked is not node, least, *ask(other if asked is node else node, party, least)))
    return told


def ask(node, party, token):
    """Ask at once; return the revision of the answer, its verdict, and why it is in doubt."""
    request = award(party.uscc)
    request.question.at_least_as_fresh = token
    answer = node.callers.as_caller(BIDDING).check(request)
    return answer.basis.data_revision, answer.decision.verdict, tuple(answer.decision.unverifiable_because)


def enemies(told):
    """Return the answers that rest on less than their token and do not say so, or grant, or tell another state."""
    return [each for each in told if each.verdict != UNVERIFIABLE and _is_enemy(each)]


def _is_enemy(told):
    if told.revision < told.token:
        return told.verdict != RESTRICTED or not any(each.startswith(BEHIND) for each in told.doubts)
    return told.verdict == RESTRICTED if told.step != "listed" else told.verdict != RESTRICTED
