"""What is written once for several items of a batch says of each what is written of it alone, byte for byte."""

from __future__ import annotations

from datetime import timedelta

from builders import RULES, policy, question, subject
from case_strategies import cases, moments, questions, using
from hypothesis import given
from hypothesis import strategies as st
from strategies import profiles
from unit.test_disclosure import agency
from unit.test_eligibility import GUARANTEE

from formats import canonical
from gateway.domain import timeline
from gateway.domain.agencies import Role
from gateway.domain.deposit_record import NO_PROJECTS, Projects
from gateway.domain.disclosure.sight import Disclosure
from gateway.domain.eligibility import Moment, decide
from gateway.domain.records import Dossier
from gateway.domain.vocabulary import Area
from gateway.rpc.answers import AnswerWriter
from gateway.rpc.credit import Answering, Telling, batch_response, single_response, told_decision
from gateway.rpc.questions import told_facts, told_of
from gateway.services.alike import Alike
from gateway.services.check_eligibility import Basis, Item
from gateway.services.identify import NamedParty

ROLES = (Role.ASKING_SYSTEM, Role.BANK, Role.COURT)
LIFE = timedelta(hours=4)


@st.composite
def plain(draw):
    """Return one enterprise on which nothing weighs: what several of them are told is written once."""
    code = f"91420300MA000{draw(st.integers(20, 25)):04}R"
    projects = draw(st.sampled_from([NO_PROJECTS, Projects(systems_in_place=True)]))
    return [subject(uscc=code, timeline=timeline.build(Dossier(code, draw(profiles())), RULES), projects=projects)]


def asked_about(who, one):
    parties = [
        NamedParty(each.uscc, each.name_sent, each.relation, conforming=True, field="enterprise") for each in who
    ]
    return Item(one, tuple(parties))


@given(
    st.lists(plain() | cases(), min_size=1, max_size=6),
    questions(),
    using,
    moments,
    st.sampled_from(ROLES),
    st.booleans(),
)
def test_each_item_reads_in_company_as_it_does_alone(parties, first, profile, at, role, consent):
    rules, when = policy(profile), Moment(at, at + LIFE, ())
    items = [asked_about(who, (first, question(**GUARANTEE))[place % 2]) for place, who in enumerate(parties * 2)]
    alike = Alike(rules, when)
    basis = Basis(7, at, None, preview=False, replica_lag=timedelta(), source_ages=(), fresh_until=at + LIFE)
    together = [alike.decide(tuple(who), item.question) for who, item in zip(parties * 2, items, strict=True)]

    def answering():
        caller = agency(role, Area.BIDDING, Area.GUARANTEE)
        return Answering(AnswerWriter(rules, "d"), Disclosure(rules), caller, Area.GUARANTEE, consent=consent)

    facts = [item.question.facts for item in items]
    written = batch_response(answering(), basis, zip(map(str, range(len(items))), facts, together, strict=True))
    telling = Telling()
    for who, item, decision, shown in zip(parties * 2, items, together, written.items, strict=True):
        alone = decide(tuple(who), item.question, rules, when)
        case = item.question.facts

        assert shown.decision == single_response(answering(), basis, case, alone).decision
        line = {**told_of(item), "facts": told_facts(case), **told_decision(alone)}
        assert canonical.encode(telling.of(item, decision)) == canonical.encode(line)
