"""Every text that a page of the console shows is there in both languages, and none is there that no page shows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from string import Formatter

import grpc
import pytest
from jointsanctions.v1 import (
    candidate_pb2,
    case_pb2,
    clock_pb2,
    common_pb2,
    credit_pb2,
    early_warning_pb2,
    ending_pb2,
    import_batch_pb2,
    listing_pb2,
    record_pb2,
)

from adapters.dossier.errors import DossierFault
from console.case_facts import facts_of, points_of
from console.dossier import CLOSED
from console.enterprise_file import HELD, KINDS, LISTED
from console.gating import GAPS
from console.listing_faults import DOCUMENTS
from console.listing_steps import OVERCOMES, STEPS
from console.relied import CHOICES, CONDITIONS
from console.steps import FORMS
from console.verdict import RELATIONS, TONES, verdict_name
from console.views import VIEWS
from console.views.clocks import COLOURS, HOLDERS
from console.views.clocks import KINDS as CLOCK_KINDS
from console.views.import_decisions import DONE
from console.views.imports import COUNTS
from console.views.listing_steps import HEAD
from console.views.listings import DUTIES
from console.wire_words import names
from formats.dossier import EvidenceKind, Material
from gateway.cli.listing_texts import DETAILS
from gateway.cli.listing_texts import DUTIES as LISTING_DUTIES
from gateway.domain.clock_rules import Holder
from gateway.domain.clock_rules import Kind as ClockKind
from gateway.domain.kinds.fact import DOCUMENT_TYPES
from gateway.domain.listing_steps import PLATFORMS
from gateway.domain.listings import ListingState
from gateway.domain.policy import BasisLevel
from gateway.domain.records import RelationKind
from gateway.domain.referral_words import ReferralHindrance
from gateway.domain.vocabulary import SecurityKind
from gateway.rpc.enterprise_file import SHOWN

CONSOLE = Path(__file__).parents[2] / "console"
TEXTS = tomllib.loads((CONSOLE / "texts.toml").read_text(encoding="utf-8"))["console"]
ALL = {f"{section}.{name}": text for section, texts in TEXTS.items() for name, text in texts.items()}
SOURCES = [*CONSOLE.glob("*.py"), *CONSOLE.glob("views/*.py"), *CONSOLE.glob("templates/*.html")]
CODE = "\n".join(file.read_text(encoding="utf-8") for file in SOURCES)
FACTS = {
    fact.name: fact
    for points in points_of(tuple(common_pb2.Area.values()[1:])).values()
    for point in points
    for fact in facts_of(point)
}
ASKED = {(act, part.name) for act, step in STEPS.items() for part in step.parts}
LABELLED = {name for _, name in ASKED if name not in TEXTS["said"]} | {*HEAD, "persons", "to", "at_time"}
STATUSES = {status.name.lower() for status in grpc.StatusCode} - {"ok"}
REASONS = {
    "state_no_age_limit",
    "certificate_rejected_revoked",
    "second_person_required",
    "second_person_required_same_person",
    "second_person_required_no_holder",
}
"""Refusals that are told by their reason, and by why."""


def spelt_out():
    """Return the names that stand in the code as they are."""
    # Whatever is quoted and has the form of a name, as in words('cases.began' if … else 'cases.ended').
    found = {name for name in re.findall(r"""['"]([a-z_]+\.[a-z_0-9]+)['"](?!\s*[~+])""", CODE) if name in ALL}
    found |= set(re.findall(r"""words\(\s*['"]([a-z_]+\.[a-z_0-9]+)['"]\s*[,)]""", CODE))
    found |= {f"closed.{name}" for name in re.findall(r'closed\("([a-z_]+)"', CODE)}
    guard = (CONSOLE / "guard.py").read_text(encoding="utf-8")
    found |= {f"closed.{name}" for name in re.findall(r'return "([a-z_]+)"', guard)}
    found |= {f"fault.{name}" for name in re.findall(r'Fault\([^)]*?"([a-z_]+)"\)', CODE)}
    # One of three by the verdict.
    return (
        found
        | {f"outcome.{name}" for name in re.findall(r"'([a-z_]+_hint)' (?:if|else)", CODE)}
        | {"outcome.clear_hint", "closed.title", "closed.left_title"}
    )


def put_together():
    """Return the names that are made of a word of the wire, of which each must be there."""
    found = {f"menu.{entry.text}" for view in VIEWS for entry in view.menu}
    found |= {f"fact.{name}" for name in FACTS}
    found |= {f"fact_hint.{name}" for name, fact in FACTS.items() if fact.kind not in {"choice", "yes_no"}}
    found |= {f"fact_value.{name}_{value}".lower() for name, fact in FACTS.items() for value in fact.choices}
    found |= {f"match.kind_{number}" for number in candidate_pb2.MatchKind.values()}
    verdicts = {verdict_name(number) for number in TONES}
    found |= {f"verdict.{name}" for name in verdicts} | {f"verdict.{name}_todo" for name in verdicts}
    found |= {f"verdict.{name}" for name in ("disputed", "basis_contested")}
    found |= {f"level.{level.lower()}" for level in BasisLevel}
    found |= {f"relation.{kind.value.lower()}" for kind in RelationKind}
    found |= {f"security.{kind.name.lower()}" for kind in SecurityKind}
    triggers = [name.removeprefix("TRIGGER_").lower() for name in common_pb2.Trigger.keys()[1:]]
    found |= {f"trigger.{name}" for name in ("unknown", *triggers)}
    found |= {f"outcome_kind.{name.lower()}" for choices in CHOICES.values() for name in choices}
    inputs = set(CONDITIONS) - {"withheld"}
    found |= {f"outcome.{name}" for name in inputs} | {f"outcome.{name}_hint" for name in inputs}
    found |= {f"found.{name}" for name in ("revoked", "deregistered")}
    enums = {
        "letter": common_pb2.GradeLetter,
        "act": listing_pb2.ListingActKind,
        "stage": listing_pb2.ListingStage,
        "condition": listing_pb2.ListingCondition,
        "hindrance": listing_pb2.ListingHindrance,
        "warned": early_warning_pb2.EarlyWarningKind,
        "ending": ending_pb2.EndingKind,
        "import_state": import_batch_pb2.ImportState,
    }
    found |= {f"{section}.{name}" for section, enum in enums.items() for name in names(enum).values()}
    found |= {f"letter.short_{name}" for name in names(common_pb2.GradeLetter).values()}
    found |= {f"kind.{name}" for name in KINDS} | {f"holding.{name}" for name in ("unknown", *HELD.values())}
    found |= {f"colour.{name}" for name in COLOURS} | {f"clock.holder_{name.lower()}" for name in HOLDERS}
    found |= {f"clock.kind_{name.lower()}" for name in CLOCK_KINDS} | {f"duty.{name}" for name in DUTIES.values()}
    found |= {f"listed.{name.value.lower()}" for name in ListingState}
    found |= {f"file.relation_{name}" for name in ("head_office", "branch", "predecessor", "successor")}
    found |= {f"system.{name}" for name in ("real_name", "wage_account", "agent_payment", "deposit", "notice_board")}
    found |= {f"system.state_{name}" for name in ("ok", "missing", "not_applicable", "unknown")}
    found |= {f"window.{name}" for name in ("malicious", "withdrawn", "never")}
    found |= {f"difference.{name}" for name in COUNTS}
    found |= {f"said.{name}" for name in TEXTS["said"]}
    found |= {f"cases.closed_{number}" for number in case_pb2.CaseCloseReason.values()}
    found |= {f"gate.{name}{end}" for name in ("cleared", "pending", "closed") for end in ("", "_todo")}
    found |= {f"gate.{name}{end}" for name in ("override", "emergency") for end in ("", "_why", "_do")}
    found |= {f"dossier_fault.{name.lower()}" for name in (*DossierFault, CLOSED, "holds")}
    found |= {f"dossier_material.{each.value.lower()}" for each in Material}
    found |= {f"dossier_evidence.{each.value.lower()}" for each in EvidenceKind if each is not EvidenceKind.NONE}
    found |= {f"step_hindrance.{each.value.lower()}" for each in ReferralHindrance}
    found |= {f"step.to_agency_hint_{name.lower()}" for name, form in FORMS.items() if form.receiver}
    found |= {f"person_type.{kind.lower()}" for kind in DOCUMENTS}
    found |= {f"listing_step.{way}_{name}" for way in ("beside", "needs") for name in OVERCOMES.values()}
    found |= {f"listing_step.{name}" for name in ("to_enterprise", "to_person", *LABELLED)}
    found |= {f"import_done.{name}" for name in (*DONE.values(), "waits", "changed")}
    found |= {f"import_refusal.{name}" for name in ("same_person", "no_holder")}
    found |= {f"listing_hint.{name}" for name in TEXTS["listing_hint"]}
    doubts = ("stale_source", "stale_node", "clock", "incomplete_record", "revision_not_reached", "policy_changes")
    return found | {f"doubt.{name}" for name in doubts}


@pytest.mark.parametrize("name", ALL)
def test_every_text_is_there_in_both_languages_and_takes_the_same(name):
    text = ALL[name]

    assert set(text) == {"zh", "en"}
    assert all(said.strip() for said in text.values()) or name in {"frame.comma", "verdict.between"}
    assert (
        re.search(r"[一-鿿]", text["zh"])
        or name in {"frame.other_language", "frame.colon", "frame.comma", "verdict.between"}
        or "{" in text["zh"]
    )
    taken = [sorted(field for _, field, _, _ in Formatter().parse(said) if field) for said in text.values()]
    assert taken[0] == taken[1]


def test_every_text_that_a_page_names_is_there():
    assert sorted((spelt_out() | put_together()) - set(ALL)) == []


def test_no_text_is_there_that_no_page_shows():
    refusals = {name for name in ALL if name.startswith("refused.") and name.partition(".")[2] in STATUSES | REASONS}

    assert sorted(set(ALL) - spelt_out() - put_together() - refusals) == []


def test_a_failed_call_has_words_whatever_its_status():
    assert {"other", "unavailable", "deadline_exceeded", "internal", "permission_denied"} <= set(TEXTS["refused"])
    assert set(TEXTS["refused"]) - STATUSES == {"title", "field", "other", *REASONS}


def test_whatever_the_award_gate_misses_has_its_word():
    assert set(GAPS) == set(credit_pb2.AwardGap.values()) - {0}


def test_whatever_a_party_may_be_has_its_word():
    assert {kind.value for kind in RelationKind} == RELATIONS


def test_whatever_hrss_reads_has_its_word():
    assert set(names(clock_pb2.Colour).values()) == set(COLOURS)
    assert {state.value for state in ListingState} == LISTED
    assert {holder.value for holder in Holder} == HOLDERS
    assert {kind.name for kind in ClockKind} == CLOCK_KINDS
    assert set(SHOWN) == KINDS
    assert set(LISTING_DUTIES) == set(DUTIES)


def test_every_word_of_a_field_is_that_of_a_field_that_is_there():
    facts = [field.message_type for field in record_pb2.Record.DESCRIPTOR.oneofs_by_name["fact"].fields]
    fields = {field.name for message in facts for field in message.fields}
    # What is said with a step of a listing has its words at the terminal; here it has them, too.
    steps = {name.replace(".", "_") for name in DETAILS}

    assert steps <= set(TEXTS["said"])
    assert set(TEXTS["said"]) <= fields | steps | {"delivered_to"}


def test_every_fact_of_a_case_can_be_said_in_the_form():
    wire = {field.name for area in credit_pb2.CaseFacts.DESCRIPTOR.fields for field in area.message_type.fields}

    assert set(FACTS) == wire


def test_every_step_of_a_listing_has_its_form_but_what_the_platform_alone_reports():
    acts = set(names(listing_pb2.ListingActKind).values())

    assert acts - set(STEPS) == {kind.name.lower() for kind in PLATFORMS}
    assert set(STEPS) < acts
    assert set(DOCUMENTS) == set(DOCUMENT_TYPES)


def test_every_hint_of_a_step_is_that_of_a_field_of_its_form():
    fields = {name for _, name in ASKED} | {f"{act}_{name}" for act, name in ASKED} | {*HEAD, "at_time"}

    assert set(TEXTS["listing_hint"]) <= fields
