"""Every cell of the table of who sees which field, against what the gateway answers over mutual TLS.

What is expected stands here once more, as the table has it, and knows nothing of ``gateway.domain.disclosure``. An
answer shows a record in full (●) by its number, masked (◐) by its authority and dates alone, and by the reason alone
(○) when it only says that there is something; – when nothing of the answer is about it.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from e2e.disclosed import (
    AREAS,
    BANK,
    COURT,
    POLICE,
    PROCURATORATE,
    WORDS,
    ask,
    ask_in_batch,
    asking,
    read,
)
from e2e.served import HRSS, REGISTRAR, today
from jointsanctions.v1 import changes_pb2, common_pb2

pytestmark = pytest.mark.xdist_group("disclosed")

COLUMNS = [
    "HRSS",
    "bidding",
    "procurement",
    "licensing",
    "qualification",
    "bank",
    "award",
    "police",
    "court",
    "procuratorate",
]
TABLE = """
grade        ● ● ◐ ◐ ◐ ◐ ● – – –
listing      ● ● ● ● ● ● ● ● ● ●
arrears      ● ○ ○ ○ ◐ ○ ○ ● ● ●
person       ◐ ◐ ◐ ◐ ◐ – – . . .
publication  ● ● ● ● ● ● ● ● ● ●
penalty      ● ● ● ● ● ● ● ● ● ●
complaint    ● – – – – – – ◐ – ◐
systems      ● – – – – – – ◐ – –
conviction   ● ○ ● ◐ ◐ ○ ● ● ● ●
ended        ● – – – – – – ● ● ●
other        ● – – – – – – – – –
"""
"""Section 10 of the rules, one line a field, for what an answer about an enterprise can hold. Of persons no answer has
a name: full and masked are the relation. ``person`` is asked of questions only, and ``other`` is what the rules are
silent about: here the red list."""
SILENT = {"FUNDING": ("procurement", "licensing"), "MARKET_ACCESS": ("procurement", "licensing")}
"""Areas without a column: the stricter of these two (docs/disclosure.md)."""
AREA_COLUMNS = {
    **{area: (area.lower(),) for area in ("BIDDING", "PROCUREMENT", "LICENSING", "QUALIFICATION")},
    "AWARDS": ("award",),
    "LENDING": ("bank",),
    "GUARANTEE": ("bank",),
    **SILENT,
}
STRENGTH = "–○◐●"
KINDS = {
    "arrears": {"ArrearsFinding"},
    "publication": {"Publication", "PUBLICATION"},
    "penalty": {"Penalty", "PENALTY"},
    "complaint": {"Complaint"},
    "systems": {"FiveSystems"},
    "conviction": {"Conviction", "CONVICTION"},
    "other": {"RedListEntry"},
}
TRIGGERS = {
    "listing": common_pb2.TRIGGER_LISTING,
    "arrears": common_pb2.TRIGGER_ARREARS_FINDING,
    "publication": common_pb2.TRIGGER_PUBLICATION,
    "conviction": common_pb2.TRIGGER_CONVICTION,
}


@pytest.fixture
def city(city_of_columns):
    return city_of_columns


def cell(field, columns):
    """Return what the strictest of the columns shows of a field."""
    rows = {name: cells for name, *cells in (line.split() for line in TABLE.strip().splitlines())}
    return min((rows[field][COLUMNS.index(column)] for column in columns), key=STRENGTH.index)


def shown(message):
    """Return how much a measure or fact shows of its record; its parts must agree with each other."""
    dated = bool(getattr(message, "listed_on", "") or getattr(message, "since", ""))
    numbered = bool(message.record_id)
    assert not numbered or dated
    assert numbered or not message.document_number
    assert dated or not (message.authority or message.provenance)
    return "●" if numbered else "◐" if dated else "○"


def grade_shown(message):
    if not message.HasField("grade"):
        return "–"
    grade = message.grade
    assert (grade.letter, grade.scheme, bool(grade.period)) == (
        common_pb2.GRADE_LETTER_C, "shiyan-15333", True
    )  # fmt: skip
    return "●" if grade.evaluation_number else "◐"


def measures_of(decision, trigger):
    return [each for each in decision.measures if each.trigger == trigger]


def facts_of(record, field):
    return [fact for fact in record.facts if fact.kind in KINDS[field]]


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("who", ["own", HRSS, BANK])
def test_an_answer_shows_of_each_field_what_the_table_has_for_who_asks_and_where(city, who, area):
    if who == BANK and area not in {"LENDING", "GUARANTEE"}:
        return  # no mandate
    columns = ("HRSS",) if who == HRSS else AREA_COLUMNS[area]
    answer, raw = ask(city, asking(area) if who == "own" else who, area)
    decision = answer.decision

    assert grade_shown(decision) == cell("grade", columns)
    assert bool(decision.grade.facts) == (who == HRSS)
    for field, trigger in TRIGGERS.items():
        measures = measures_of(decision, trigger)
        assert measures, f"nothing is asked of {field} in {area}"
        for measure in measures:
            blocks = measure.effect == common_pb2.EFFECT_BLOCK
            assert shown(measure) == ("●" if blocks else cell(field, columns)), field
            assert measure.rule_id
            assert measure.remedy.zh
            assert measure.legal_basis
    (through,) = measures_of(decision, common_pb2.TRIGGER_LISTED_PERSON)
    told = cell("person", columns) != "–"
    assert (through.relation, through.party_uscc) == (("LEGAL_REPRESENTATIVE", city.other.uscc) if told else ("", ""))
    assert shown(through) == ("●" if told else "○")
    assert (decision.enterprise.uscc, decision.enterprise.name) == (city.enterprise.uscc, city.enterprise.name)
    if who != BANK:
        batch = ask_in_batch(city, HRSS if who == HRSS else asking(area), area)
        assert (list(batch.measures), batch.HasField("grade")) == (list(decision.measures), decision.HasField("grade"))
    for word in WORDS:
        assert word.encode() not in raw


def test_what_blocks_is_told_whole_in_a_column_that_sees_it_masked(city):
    malicious = replace(city, enterprise=city.served.city.example("malicious_arrears"))
    answer, _ = ask(malicious, asking("QUALIFICATION"), "QUALIFICATION")
    (measure,) = measures_of(answer.decision, common_pb2.TRIGGER_ARREARS_FINDING)

    assert (measure.effect, cell("arrears", ("qualification",))) == (common_pb2.EFFECT_BLOCK, "◐")
    assert shown(measure) == "●"
    assert measure.document_number
    assert measure.HasField("effective_until")


READERS = {
    HRSS: ("HRSS",),
    BANK: ("bank",),
    POLICE: ("police",),
    COURT: ("court",),
    PROCURATORATE: ("procuratorate",),
    REGISTRAR: ("bidding", "procurement", "licensing", "qualification", "bank", "award"),
    "finance.asking-system": ("procurement", "licensing"),
    **{asking(area): AREA_COLUMNS[area] for area in AREAS},
}
"""Who reads records, and by which columns: with several areas, and with none, the strictest counts for each field."""


@pytest.mark.parametrize("who", READERS)
def test_a_record_shows_of_each_field_what_the_table_has_for_the_reader(city, who):
    columns = READERS[who]
    record, raw = read(city, who)

    # Whoever decides nothing is in no area in which the profile could weigh a grade.
    assert grade_shown(record) == ("–" if who == REGISTRAR else cell("grade", columns))
    assert bool(record.grade.facts) == bool(record.other_grades) == (who == HRSS)
    (own,) = record.listings
    assert (own.state, bool(own.document_number and own.authority and own.listed_on)) == ("IN_FORCE", True)
    for field in KINDS:
        found = facts_of(record, field)
        level = cell(field, columns)
        if field == "arrears" and level != "●":
            assert not found  # a record has findings for those alone who see them whole
        elif level == "–":
            assert not found, field
        else:
            assert found, field
            assert {shown(fact) for fact in found} == {level}, field
    hidden = [fact for fact in facts_of(record, "publication") if fact.until and fact.until <= today().isoformat()]
    assert bool(hidden) == (cell("ended", columns) != "–")
    assert not [fact for fact in record.facts if fact.kind not in set().union(*KINDS.values())]
    for word in WORDS:
        assert word.encode() not in raw


ENDED = {"repaired": "REPAIRED", "expired": "EXPIRED", "stayed": "STAYED"}


@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("example", [*ENDED, "revoked", "not_delivered"])
def test_what_ended_is_shown_to_those_alone_whose_case_needs_it_and_what_never_weighed_to_hrss(city, who, example):
    record, _ = read(city, who, city.served.city.example(example).uscc)
    sees = who == HRSS or (example in ENDED and cell("ended", READERS[who]) != "–")

    assert bool(record.listings) == sees
    if sees and example in ENDED:
        assert record.listings[0].state == ENDED[example]


def test_with_the_persons_consent_a_bank_is_told_through_whom_and_nothing_else_more(city):
    without, _ = ask(city, BANK, "LENDING")
    answer, raw = ask(city, BANK, "LENDING", authorization_ref="示授权〔2026〕1号")
    (through,) = measures_of(answer.decision, common_pb2.TRIGGER_LISTED_PERSON)

    assert (through.relation, through.party_uscc, shown(through)) == ("LEGAL_REPRESENTATIVE", city.other.uscc, "●")
    for first, second in zip(without.decision.measures, answer.decision.measures, strict=True):
        assert second in (first, through)
    assert not [word for word in WORDS if word.encode() in raw]


def test_the_connector_is_sent_what_is_shared_with_the_platform_and_every_revision(city):
    request = changes_pb2.WatchChangesRequest(after_revision=0, officer="o").SerializeToString()
    path = "/jointsanctions.v1.RegistryService/WatchChanges"
    seen = {}
    for who in (HRSS, "credit-platform.connector"):
        call = city.served.channel(who).unary_stream(path, None, None)(request, timeout=60)
        revisions, kinds = [], set()
        for raw in call:
            message = changes_pb2.WatchChangesResponse.FromString(raw)
            if message.HasField("changes"):
                revisions.append(message.changes.revision)
                kinds |= {change.kind for change in message.changes.changes}
                if message.changes.revision >= city.revision:
                    break
        call.cancel()
        seen[who] = (sorted(set(revisions)), kinds)

    assert seen[HRSS][0] == seen["credit-platform.connector"][0] == list(range(1, city.revision + 1))
    assert {"complaint", "arrears", "five_systems", "conviction", "red_list"} <= seen[HRSS][1]
    assert seen["credit-platform.connector"][1] <= {
        "enterprise", "listing_act", "published_notice", "listing_elsewhere", "publication", "penalty", "licence",
    }  # fmt: skip
    assert {"enterprise", "listing_act", "publication", "penalty"} <= seen["credit-platform.connector"][1]
