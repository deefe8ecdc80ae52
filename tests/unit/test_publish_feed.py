"""Reading the feed whole: page after page, the same list throughout, and what ended for a while."""

from __future__ import annotations

from datetime import timedelta

import pytest
from jointsanctions.v1 import publishable_pb2 as pb
from published import NOW, feed, item

from adapters.errors import GatewayError
from gateway.cli.publish_feed import ATTEMPTS, NOTHING, REMEMBERED, EndedItem, ListUnsteadyError, read_feed


class Answers:
    """A gateway that answers with these pages in turn, and remembers how it was asked."""

    def __init__(self, *pages):
        self._pages = list(pages)
        self.asked = []

    def registry(self, _rpc, request, _answer):
        self.asked.append((request.since_revision, request.known_state, request.page_token))
        return self._pages.pop(0)


def page(*items, state="s", token="", ended=(), as_of=NOW, **parts):
    made = pb.ListPublishableResponse(
        data_revision=8, state=state, items=items, next_page_token=token, ended=ended, **parts
    )
    made.as_of.FromDatetime(as_of)
    made.valid_until.FromDatetime(as_of + timedelta(hours=4))
    return made


def gone(number, at=NOW - timedelta(hours=1)):
    made = pb.EndedItem(item_id=item(number).item_id)
    made.ended_at.FromDatetime(at)
    return made


def test_all_pages_are_one_feed():
    answers = Answers(page(item(1), token="t1"), page(item(2), token="t2"), page(item(3), ended=[gone(9)]))
    found = read_feed(answers, "o", NOTHING)
    assert [each.item_id for each in found.items] == [item(number).item_id for number in (1, 2, 3)]
    assert [token for _, _, token in answers.asked] == ["", "t1", "t2"]
    assert found.ended == {item(9).item_id: EndedItem(NOW - timedelta(hours=1), NOW)}
    assert (found.revision, found.valid_until, found.available) == (8, NOW + timedelta(hours=4), True)


def test_a_list_that_changes_between_its_pages_is_read_anew():
    answers = Answers(page(item(1), token="t"), page(item(2), state="other"), page(item(2), state="other"))
    found = read_feed(answers, "o", NOTHING)
    assert (found.state, [each.item_id for each in found.items]) == ("other", [item(2).item_id])


def test_a_list_that_never_stands_still_is_no_feed():
    pages = [page(token="t", state=str(place)) if place % 2 == 0 else page(state="x") for place in range(2 * ATTEMPTS)]
    with pytest.raises(ListUnsteadyError):
        read_feed(Answers(*pages), "o", NOTHING)


def test_what_is_unchanged_is_taken_from_the_feed_before():
    before = feed(item(1), item(2))
    answers = Answers(page(state=before.state, unchanged=True))
    found = read_feed(answers, "o", before)
    assert found.items == before.items
    assert answers.asked == [(before.revision, before.state, "")]


def test_what_ended_is_told_for_a_while_from_when_it_was_first_told():
    old = EndedItem(NOW - timedelta(days=300), NOW - REMEMBERED + timedelta(hours=1))
    before = feed(ended={item(9).item_id: old})
    again = [gone(9, old.ended_at)]
    assert read_feed(Answers(page(ended=again)), "o", before).ended == {item(9).item_id: old}
    assert read_feed(Answers(page(ended=again, as_of=NOW + timedelta(hours=1))), "o", before).ended == {}


def test_what_is_shown_again_has_not_ended_and_a_second_end_is_an_end_of_its_own():
    before = feed(ended={item(9).item_id: EndedItem(NOW - timedelta(days=9), NOW - timedelta(days=9))})
    assert read_feed(Answers(page(item(9))), "o", before).ended == {}
    assert read_feed(Answers(page(ended=[gone(9)])), "o", before).ended == {
        item(9).item_id: EndedItem(NOW - timedelta(hours=1), NOW)
    }


@pytest.mark.parametrize("bad", ["../x", "a/b", "", ".", "a\x00", "INDEX", "x" * 65, "示例"])
def test_an_id_that_names_no_page_of_the_folder_is_no_answer(bad):
    with pytest.raises(GatewayError, match="no id that names a page"):
        read_feed(Answers(page(item(1), item(2, item_id=bad))), "o", NOTHING)
