"""Steps of a listing taken in the console: which are offered, what each form asks for, and what is sent once."""

from __future__ import annotations

import re

import grpc
import pytest
from console_bureau import Bureau
from console_desk import CODE, SCRIPT
from jointsanctions.v1 import listing_pb2 as pb

from adapters.errors import GatewayError
from console.listing_steps import STEPS
from console.wire_words import names

HOUR = "示例市人力资源和社会保障局"
KINDS = {name: number for number, name in names(pb.ListingActKind).items()}
TEXTS = {"document_number": "文〔2026〕1号", "on": "2026-11-30"}
DAYS = {"order_due_on", "order_delivered_on", "corrected_on"}


def read(bureau, *steps, hindered=(), acts=True):
    """Read a listing from which *steps* may be taken, and return its page."""
    order = pb.RecordedListingAct(act=KINDS["order_issued"], on="2026-10-01", document_number="责令", authority=HOUR)
    standing = pb.ListingStanding(
        listing_id="L-17", uscc=CODE, next_steps=[KINDS[each] for each in steps], hindered_steps=hindered
    )
    bureau.gateway.listing = pb.GetListingResponse(standing=standing, acts=[order] if acts else [])
    return bureau.browser.follow(bureau.post("/listings", {"listing_id": "L-17"}))


def form_of(bureau, step, **given):
    """Return the address of the form of a step, without what every address begins with, and the form."""
    hindered = given.get("hindered", ())
    page = read(bureau, *(() if hindered else (step,)), hindered=hindered)
    path = re.search(r'href="[^"]*(/listings/steps/[^"]+)"', page.text)[1]
    return path, bureau.get(path)


def filled(step):
    """Return what a form of *step* needs, every field of it filled in."""
    parts = {part.name: "2026-11-02" if part.kind == "day" else f"内容 {part.name}" for part in STEPS[step].parts}
    person = {"person_0_name": "示例甲", "person_0_type": "PASSPORT", "person_0_number": "E12345678"}
    return {**TEXTS, **parts, **(person if STEPS[step].persons else {}), "to": "enterprise"}


def refuses(bureau, reason="STATE", status=grpc.StatusCode.FAILED_PRECONDITION, **told):
    bureau.gateway.error = GatewayError(status, reason, told, "cannot follow")


@pytest.mark.parametrize("step", [step for step in STEPS if step != "order_issued"])
def test_a_step_is_sent_with_its_document_and_all_that_its_form_asks_for(step):
    bureau = Bureau()
    path, page = form_of(bureau, step)
    said = filled(step)
    reply = bureau.post(path, said)
    sent = bureau.gateway.asked[-1]

    assert all(f'name="{part.name}"' in page.text for part in STEPS[step].parts)
    assert reply.status == 303
    assert type(sent).__name__ == f"{STEPS[step].rpc}Request"
    assert (sent.step.listing_id, sent.step.authority, sent.step.officer) == ("L-17", HOUR, "officer-7")
    assert (sent.step.document_number, sent.step.on) == (TEXTS["document_number"], TEXTS["on"])
    assert len(sent.step.request_id) == 36
    assert {part.name: getattr(sent, part.name) for part in STEPS[step].parts} == {
        part.name: said[part.name] for part in STEPS[step].parts
    }
    if "act" in sent.DESCRIPTOR.fields_by_name:
        assert sent.act == KINDS[step]


@pytest.mark.parametrize("step", list(STEPS))
def test_whatever_a_step_needs_is_asked_for_before_anybody_is(step):
    for lacking in ("document_number", "on", *(part.name for part in STEPS[step].parts if part.needed)):
        bureau = Bureau()
        path = bureau.get("/listings/open").location.removeprefix(bureau.console.base)
        if step != "order_issued":
            path, _ = form_of(bureau, step)
        before = len(bureau.gateway.asked)
        head = {"listing_id": "L-18", "authority": HOUR, "uscc": CODE}
        reply = bureau.post(path, {**head, **filled(step), lacking: ""})

        assert reply.status == 422
        assert f'href="#{lacking}"' in reply.text
        assert len(bureau.gateway.asked) == before


def test_a_form_that_is_sent_twice_is_the_same_call_and_another_form_another():
    bureau = Bureau()
    path, _ = form_of(bureau, "pre_notice")
    bureau.post(path, TEXTS)
    bureau.post(path, TEXTS)
    first, second = bureau.gateway.asked[-2:]
    other, _ = form_of(bureau, "pre_notice")
    bureau.post(other, TEXTS)

    assert first == second
    assert bureau.gateway.asked[-1].step.request_id != first.step.request_id


def test_after_a_step_the_listing_is_read_anew_and_says_that_it_was_taken():
    bureau = Bureau()
    path, _ = form_of(bureau, "pre_notice")
    reply = bureau.post(path, TEXTS)
    page = bureau.browser.follow(reply)

    assert "L-17" not in reply.location
    assert bureau.gateway.asked[-1] == pb.GetListingRequest(listing_id="L-17", officer="officer-7")
    assert "已登记" in page.words


def test_a_step_that_was_taken_is_said_to_be_even_where_the_listing_cannot_be_read_then():
    bureau = Bureau()
    path, _ = form_of(bureau, "pre_notice")
    reply = bureau.post(path, TEXTS)
    refuses(bureau, "UNAVAILABLE", grpc.StatusCode.UNAVAILABLE)
    page = bureau.browser.follow(reply)

    assert page.status == 502
    assert "已登记" in page.words
    assert "网关暂时不可用" in page.words


def test_an_order_opens_a_procedure_under_the_id_the_code_and_the_authority_of_its_form():
    bureau = Bureau()
    page = bureau.browser.follow(bureau.get("/listings/open"))
    path = re.search(r'action="[^"]*(/listings/steps/[^"]+)"', page.text)[1]
    said = {**TEXTS, "listing_id": "L-18", "uscc": CODE, "authority": HOUR, "order_due_on": "2026-12-14"}
    bureau.post(path, said)
    sent = bureau.gateway.asked[-1]

    assert (sent.step.listing_id, sent.step.authority, sent.uscc) == ("L-18", HOUR, CODE)
    assert (sent.order_due_on, sent.order_delivered_on) == ("2026-12-14", "")


def test_what_hinders_a_step_is_said_and_its_form_is_there_where_it_can_free_it():
    waits = pb.HinderedStep(act=KINDS["decision"], why=pb.LISTING_HINDRANCE_OBJECTION_PERIOD_OPEN, until="2026-12-09")
    barred = pb.HinderedStep(act=KINDS["repair"], why=pb.LISTING_HINDRANCE_CRIMINAL_BAR)
    bureau = Bureau()
    page = read(bureau, hindered=(waits, barred))
    path = re.search(r'href="[^"]*(/listings/steps/[^"]+)"', page.text)[1]
    form = bureau.get(path)
    before = len(bureau.gateway.asked)
    reply = bureau.post(path, {**filled("decision"), "objection_waiver_number": ""})

    assert "刑事限制" in page.words
    assert page.text.count("/listings/steps/") == 1
    assert "须填写当事人的书面放弃申辩书编号" in form.words
    assert reply.status == 422
    assert 'href="#objection_waiver_number"' in reply.text
    assert len(bureau.gateway.asked) == before


def test_a_refused_step_says_why_until_when_and_what_may_be_done_and_keeps_what_was_filled_in():
    bureau = Bureau()
    path, _ = form_of(bureau, "pre_notice")
    told = {"why": "LATER_STEP_ON_RECORD", "until": "2026-12-09", "allowed": "OBJECTION,NOT_LISTED", "state": "ORDERED"}
    refuses(bureau, **told)
    page = bureau.post(path, {**TEXTS, "document_number": f"文{SCRIPT}"})
    text = "".join(page.words.split())

    assert page.status == 422
    assert "已有更晚的步骤至2026-12-09" in text
    assert "下一步可办：陈述申辩，不予列入" in text
    assert f'value="文{SCRIPT.replace("<", "&lt;").replace(">", "&gt;")}"' in page.text
    assert "<script>alert" not in page.text


def test_a_hindrance_of_tomorrow_is_shown_as_it_came():
    bureau = Bureau()
    path, _ = form_of(bureau, "pre_notice")
    refuses(bureau, why="OF_TOMORROW")

    assert "OF_TOMORROW" in bureau.post(path, TEXTS).words


@pytest.mark.parametrize(
    ("field", "marked"),
    [("step.document_number", "document_number"), ("persons[0].document_number", "persons"), ("person", "persons")],
)
def test_what_the_gateway_finds_wrong_is_marked_at_its_field(field, marked):
    bureau = Bureau()
    path, _ = form_of(bureau, "decision")
    refuses(bureau, "MALFORMED", grpc.StatusCode.INVALID_ARGUMENT, field=field)
    page = bureau.post(path, filled("decision"))

    assert re.findall(r'<li><a href="#([a-z_]+)">', page.text) == [marked]


@pytest.mark.parametrize(
    ("field", "said"), [("on", "2026-12-01"), ("on", "30.11.2026"), ("repair_notice_number", "修" * 43)]
)
def test_a_day_ahead_a_day_that_is_none_and_a_number_too_long_are_not_sent(field, said):
    bureau = Bureau()
    path, _ = form_of(bureau, "decision")
    before = len(bureau.gateway.asked)
    reply = bureau.post(path, {**filled("decision"), field: said})

    assert reply.status == 422
    assert f'href="#{field}"' in reply.text
    assert len(bureau.gateway.asked) == before


def test_a_text_of_several_lines_is_sent_as_the_one_line_that_is_kept():
    bureau = Bureau()
    path, _ = form_of(bureau, "revocation")
    bureau.post(path, {**TEXTS, "reason": "责令决定\r\n\r\n  被撤销 "})

    assert bureau.gateway.asked[-1].reason == "责令决定 被撤销"


def test_a_decision_names_the_persons_of_its_lines_and_lines_are_added_without_losing_any():
    bureau = Bureau()
    path, page = form_of(bureau, "decision")
    said = filled("decision")
    before = len(bureau.gateway.asked)
    more = bureau.post(path, {**said, "person_1_name": "", "person_2_name": "", "more": "1"})
    second = {"person_4_name": "示例乙", "person_4_type": "OTHER", "person_4_number": "Z-9"}
    empty = {f"person_{number}_name": "" for number in (1, 2, 3, 5)}

    assert [each.text.count('_number" name="person_') for each in (page, more)] == [3, 6]
    assert 'value="示例甲"' in more.text
    assert more.status == 200
    assert len(bureau.gateway.asked) == before
    bureau.post(path, {**said, **empty, **second})
    assert [each.name for each in bureau.gateway.asked[-1].persons] == ["示例甲", "示例乙"]
    assert bureau.gateway.asked[-1].persons[1].document_type == "OTHER"


@pytest.mark.parametrize(
    "said", [{"person_0_name": ""}, {"person_0_number": ""}, {"person_0_type": "DRIVING"}, {"person_0_name": "名" * 41}]
)
def test_nobody_is_listed_who_is_named_by_half(said):
    bureau = Bureau()
    path, _ = form_of(bureau, "decision")
    before = len(bureau.gateway.asked)
    reply = bureau.post(path, {**filled("decision"), **said})

    assert reply.status == 422
    assert 'href="#persons"' in reply.text
    assert len(bureau.gateway.asked) == before


def test_a_delivery_says_to_whom_and_the_instant_in_the_time_of_the_wall_here():
    bureau = Bureau()
    path, _ = form_of(bureau, "delivery")
    person = {"person_0_name": "示例甲", "person_0_type": "PASSPORT", "person_0_number": "E12345678"}
    bureau.post(path, {**filled("delivery"), **person, "at_time": "09:30"})
    to_enterprise = bureau.gateway.asked[-1]
    bureau.post(path, {**filled("delivery"), **person, "to": "person"})
    to_person = bureau.gateway.asked[-1]

    assert not to_enterprise.HasField("person")
    assert to_enterprise.at.ToJsonString() == "2026-11-30T01:30:00Z"
    assert to_person.person.name == "示例甲"
    assert not to_person.HasField("at")
    for said, field in (({"to": ""}, "to"), ({"to": "person"}, "persons"), ({"at_time": "25:00"}, "at_time")):
        assert f'href="#{field}"' in bureau.post(path, {**filled("delivery"), **said}).text


def test_where_no_authority_is_on_record_the_form_asks_for_it():
    bureau = Bureau()
    page = read(bureau, "pre_notice", acts=False)
    path = re.search(r'href="[^"]*(/listings/steps/[^"]+)"', page.text)[1]

    assert bureau.post(path, TEXTS).status == 422
    bureau.post(path, {**TEXTS, "authority": HOUR})
    assert bureau.gateway.asked[-1].step.authority == HOUR
