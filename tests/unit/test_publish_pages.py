"""The public pages: everything shown once, everything escaped, nothing loaded, and each with its own end."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jointsanctions.v1 import publishable_pb2 as pb
from published import NOW, Page, feed, item

from formats.civil import format_instant
from gateway.cli.publish_feed import EndedItem, feed_json, remembered
from gateway.cli.publish_pages import INDEX, pages

LISTING, VIOLATION, RED = (
    pb.PUBLISHABLE_KIND_WAGE_ARREARS_LISTING,
    pb.PUBLISHABLE_KIND_MAJOR_VIOLATION,
    pb.PUBLISHABLE_KIND_RED_LIST,
)
HOSTILE = (
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<!-- --><b>&amp;&lt;",
    "]]><svg/onload=alert(1)>",
    "{{7*7}}${7*7}",
)
TEXTS = ("name", "uscc", "authority", "document_number", "address", "representative_name", "main_facts")
ALLOWED = {
    "html", "head", "meta", "title", "style", "script", "body", "a", "header", "div", "p", "span", "main", "nav", "ul",
    "li", "section", "h1", "h2", "table", "caption", "thead", "tbody", "tr", "th", "td", "time", "article", "dl", "dt",
    "dd", "footer",
}  # fmt: skip


def written(*items, **changes):
    return {name: (text, Page(text)) for name, text in pages(feed(*items, **changes))}


def three():
    return item(1, LISTING), item(2, VIOLATION), item(3, RED)


def test_each_item_has_its_page_and_is_linked_from_the_start_page_exactly_once():
    found = written(*three(), item(4, RED))
    assert set(found) == {INDEX, *(f"item-{number:024x}.html" for number in (1, 2, 3, 4))}
    links = [link["href"] for link in found[INDEX][1].of("a") if link["href"].startswith("item-")]
    assert sorted(links) == sorted(set(found) - {INDEX})


def test_every_page_is_whole_and_loads_nothing_from_anywhere():
    for text, page in written(*three()).values():
        assert text.startswith("<!DOCTYPE html>\n")
        assert page.unbalanced == []
        assert {tag for tag, _ in page.elements} <= ALLOWED
        assert not any({"src", "srcset", "action", "data"} & attributes.keys() for _, attributes in page.elements)
        hrefs = {link["href"] for link in page.of("a")}
        assert not any(":" in href or href.startswith("/") for href in hrefs)
        assert "http" not in text.replace("http-equiv", "")
        assert (page.of("html")[0]["lang"], page.of("script")) == ("zh-CN", [{}])


def test_every_link_leads_to_a_page_of_the_folder_or_a_part_of_its_own():
    found = written(*three())
    for _, page in found.values():
        parts = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
        for link in page.of("a"):
            target = link["href"]
            assert target[1:] in parts if target.startswith("#") else target in {*found, "feed.json"}


def test_the_policy_of_a_page_allows_its_own_style_and_script_and_nothing_else():
    _, page = written(*three())[INDEX]
    (policy,) = [each["content"] for each in page.of("meta") if each.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    for tag in ("style", "script"):
        (content,) = page.texts[tag]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"
    assert set(rules) == {"default-src", "style-src", "script-src", "base-uri", "form-action"}


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("field", TEXTS)
def test_a_hostile_text_is_shown_as_text_and_is_no_markup(field, hostile):
    calm, attacked = written(item()), written(item(**{field: hostile}))
    assert attacked.keys() == calm.keys()
    for name, (text, page) in attacked.items():
        assert [tag for tag, _ in page.elements] == [tag for tag, _ in calm[name][1].elements]
        assert page.unbalanced == []
        assert "<" not in hostile or hostile not in text
    (page_of_item,) = (page for name, (_, page) in attacked.items() if name != INDEX)
    assert hostile in page_of_item.texts["dd"]


@given(st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=60))
def test_any_text_comes_back_from_the_page_as_it_was(text):
    found = written(item(name=text, main_facts=text))
    ((_, page),) = (each for name, each in found.items() if name != INDEX)
    assert page.texts["dd"].count(text) >= 2
    assert page.texts["h1"] == [text]
    assert page.unbalanced == []


def test_a_page_says_until_when_it_holds_by_itself_and_never_beyond_the_items_end():
    near = item(1)
    near.display_until.FromDatetime(NOW + timedelta(minutes=5))
    found = written(near, item(2))
    until = {name: page.of("html")[0]["data-until"] for name, (_, page) in found.items()}
    assert until[INDEX] == until[f"item-{2:024x}.html"] == format_instant(NOW + timedelta(hours=4))
    assert until[f"item-{1:024x}.html"] == format_instant(NOW + timedelta(minutes=5))
    for name, (_, page) in found.items():
        assert page.of("time")[0]["datetime"] == until[name]
        assert "14:00" in " ".join(page.texts["time"]) or "10:05" in " ".join(page.texts["time"])


def test_what_is_disputed_says_so_on_both_pages():
    for disputed in (True, False):
        for text, _ in written(item(1, LISTING, disputed=disputed)).values():
            assert ("救济程序中" in text or "不停止执行" in text) is disputed


def test_a_listing_and_the_red_list_show_no_person_and_no_facts():
    for kind in (LISTING, RED):
        ((_, page),) = (each for name, each in written(item(1, kind)).items() if name != INDEX)
        labels = " ".join(text for text in page.texts["span"])
        assert not any(word in labels for word in ("法定代表人", "主要违法事实", "处理结果", "地址"))


def test_a_start_page_without_items_says_so_and_one_taken_down_shows_nothing():
    assert written()[INDEX][0].count("目前没有公示信息") == 3
    down = dict(pages(feed(*three()).taken_down(NOW)))
    assert list(down) == [INDEX]
    page = Page(down[INDEX])
    assert "暂停展示" in down[INDEX]
    assert "示例一号" not in down[INDEX]
    assert (page.of("script"), page.of("html")[0].get("data-until")) == ([], None)


def test_the_feed_as_json_has_the_documented_form():
    end = NOW - timedelta(days=1)
    shown = json.loads(feed_json(feed(*three(), ended={"item-x": EndedItem(end, NOW)})))
    assert {name: shown[name] for name in ("available", "revision", "schema")} == {
        "available": True,
        "revision": 7,
        "schema": "joint-sanctions-gateway/publishable/1",
    }
    assert (shown["generated_at"], shown["valid_until"]) == (
        "2026-11-24T02:00:00.000000Z",
        "2026-11-24T06:00:00.000000Z",
    )
    listing, violation, red = shown["items"]
    common = {"item_id", "kind", "kind_text", "name", "uscc", "authority", "document_number", "decided_on"}
    common |= {"published_on", "display_until"}
    assert set(listing) == common | {"disputed"}
    assert set(red) == common
    parts = {"violation", "violation_text", "address", "representative_name", "main_facts", "handling_result"}
    assert set(violation) == common | parts
    assert shown["ended"] == [
        {"item_id": "item-x", "ended_at": format_instant(end), "told_at": format_instant(NOW)},
    ]


def test_a_feed_that_was_written_is_taken_up_without_its_items():
    written_feed = feed(*three(), ended={"item-x": EndedItem(NOW, NOW)})
    taken = remembered(feed_json(written_feed))
    assert (taken.items, taken.state) == ((), "")
    assert (taken.revision, taken.ended, taken.valid_until, taken.available) == (
        7,
        written_feed.ended,
        written_feed.valid_until,
        True,
    )
    assert not remembered(feed_json(written_feed.taken_down(NOW))).available


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": "other"}', '{"schema": 1, "generated_at": 2}'])
def test_what_is_no_feed_is_not_taken_up(text):
    with pytest.raises(ValueError, match="no feed of this command"):
        remembered(text)
