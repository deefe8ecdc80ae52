"""Who is let in to the console, and what every answer of it forbids a browser."""

from __future__ import annotations

import pytest
from console_browser import HOST, ORIGIN, Browser
from console_desk import Desktop

from console.guard import HEADERS, POLICY
from console.sessions import IDLE_SECONDS, OPENS_SECONDS


@pytest.fixture
def desktop():
    desktop = Desktop()
    desktop.opened()
    return desktop


def test_a_link_opens_once():
    desktop = Desktop()
    link = f"/open/{desktop.sessions.link()}"

    assert desktop.browser.get(link).status == 303
    again = Browser(desktop.console.app).get(link)
    assert again.status == 403
    assert "set-cookie" not in again.headers


def test_a_link_opens_for_two_minutes():
    desktop = Desktop()
    link = f"/open/{desktop.sessions.link()}"
    desktop.seconds += OPENS_SECONDS

    assert desktop.browser.get(link).status == 403


def test_no_token_opens_nothing():
    desktop = Desktop()

    assert desktop.browser.get("/open/").status == 403
    assert desktop.browser.get("/open/x").status == 403


def test_the_link_is_not_used_up_by_somebody_who_guesses():
    desktop = Desktop()
    link = f"/open/{desktop.sessions.link()}"
    Browser(desktop.console.app).get("/open/guess")

    assert desktop.browser.get(link).status == 303


def test_the_session_is_a_cookie_that_no_script_and_no_other_site_and_no_other_path_gets():
    desktop = Desktop()
    reply = desktop.browser.get(f"/open/{desktop.sessions.link()}")
    name, *attributes = [part.strip().lower() for part in reply.headers["set-cookie"].split(";")]

    assert len(name.partition("=")[2]) >= 43
    assert {"httponly", "samesite=strict", f"path={desktop.console.base.lower()}"} == set(attributes)
    assert len(desktop.console.base) > 12


def test_a_second_browser_is_told_in_words_that_it_is_not_open_to_it(desktop):
    other = Browser(desktop.console.app)

    for path in ("/", "/check", "/check/BIDDING_AWARD", "/nowhere"):
        reply = other.get(desktop.path(path))
        assert reply.status == 403
        assert "没有有效的会话" in reply.words
        assert "There is no session" in reply.words


def test_a_guessed_cookie_opens_nothing(desktop):
    other = Browser(desktop.console.app)
    other.cookie = f"console-8123={'A' * 43}"

    assert other.get(desktop.path("/check")).status == 403


def test_a_session_ends_when_it_is_not_used_and_not_before(desktop):
    desktop.seconds += IDLE_SECONDS - 1
    assert desktop.get("/check").status == 200
    desktop.seconds += IDLE_SECONDS - 1
    assert desktop.get("/check").status == 200
    desktop.seconds += IDLE_SECONDS
    assert desktop.get("/check").status == 403


def test_a_new_link_ends_the_session_before(desktop):
    Browser(desktop.console.app).get(f"/open/{desktop.sessions.link()}")

    assert desktop.get("/check").status == 403


def test_whoever_leaves_has_left(desktop):
    assert desktop.post("/leave").status == 200
    assert desktop.get("/check").status == 403


@pytest.mark.parametrize(
    "host", ["", "127.0.0.1", "127.0.0.1:80", "localhost:8123", "evil.example:8123", "evil.example"]
)
def test_no_other_name_leads_here(desktop, host):
    reply = desktop.get("/check", host=host)

    assert reply.status == 403
    assert "地址" in reply.words


@pytest.mark.parametrize("site", ["cross-site", "same-site", "unheard-of"])
def test_nothing_is_shown_to_a_page_from_elsewhere(desktop, site):
    assert desktop.get("/check", sec_fetch_site=site).status == 403
    assert desktop.post("/check/BIDDING_AWARD", {}, sec_fetch_site=site).status == 403


@pytest.mark.parametrize(
    "origin", ["", "null", "http://evil.example", "http://127.0.0.1:8124", "https://127.0.0.1:8123"]
)
def test_no_form_of_another_origin_is_taken(desktop, origin):
    assert desktop.post("/officer", {"officer": "somebody"}, origin=origin).status == 403
    assert "somebody" not in desktop.get("/check").text


def test_a_form_of_our_own_is_taken_from_a_browser_that_tells_its_origin_alone(desktop):
    assert desktop.post("/language", {"language": "en"}, sec_fetch_site="").status == 303


@pytest.mark.parametrize("way", ["GET", "POST"])
def test_every_form_carries_the_token_of_its_session(desktop, way):
    del way
    writes = [path for method, path, _ in desktop.console.ways if method == "POST"]
    assert writes
    for path in [*writes, "/leave"]:
        for token in ("", "A" * 43, desktop.browser.csrf[:-1]):
            reply = desktop.post(path.replace("{point}", "BIDDING_REGISTRATION"), {"csrf": token})
            assert reply.status == 403, path
    assert desktop.gateway.asked == []


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (b"csrf=x&csrf=x", "application/x-www-form-urlencoded"),
        (b"csrf", "application/x-www-form-urlencoded"),
        (b"%ff%fe=1", "application/x-www-form-urlencoded"),
        (b"a" * 70_000, "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"csrf=x", ""),
    ],
)
def test_what_is_no_form_of_ours_is_not_read(desktop, body, media):
    own = {"origin": ORIGIN, "sec-fetch-site": "same-origin", "content-type": media}

    assert desktop.browser.send("POST", desktop.path("/officer"), own, body).status in {403, 422}


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_but_reading_and_forms_is_offered(desktop, method):
    assert desktop.browser.send(method, desktop.path("/check"), {"origin": ORIGIN}).status == 403


def test_head_does_not_use_up_the_link():
    desktop = Desktop()
    link = f"/open/{desktop.sessions.link()}"
    desktop.browser.send("HEAD", link, {})

    assert desktop.browser.get(link).status == 303


def test_every_answer_forbids_what_a_page_of_ours_never_needs(desktop):
    paths = [path.replace("{point}", "BIDDING_AWARD").replace("{id}", "x") for _, path, _ in desktop.console.ways]
    replies = [desktop.get(path) for path in [*paths, "/nowhere"]]
    replies += [desktop.post(path) for path in paths]
    replies += [desktop.browser.get(path) for path in ("/", "/static/console.css", "/static/console.js", "/open/x")]
    replies += [desktop.get("/check", host="evil.example")]

    for reply in replies:
        assert {name: reply.headers[name] for name in HEADERS} == HEADERS
        assert "server" not in reply.headers
    assert "'unsafe" not in POLICY
    assert POLICY.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "frame-ancestors 'none'" in POLICY


def test_no_page_has_anything_inline_that_the_policy_would_stop(desktop):
    for path in ("/check", "/check/BIDDING_AWARD", "/outcomes", "/cases", "/officer"):
        text = desktop.get(path).text
        assert "<style" not in text
        assert " style=" not in text
        assert " on" + "click=" not in text
        assert "<script>" not in text


def test_nobody_is_asked_about_before_it_is_said_who_asks():
    desktop = Desktop()
    desktop.opened(officer="")

    assert desktop.get("/check").location == desktop.path("/officer")
    assert desktop.post("/check/BIDDING_REGISTRATION", {"uscc": "x", "case_ref": "y"}).location.endswith("/officer")
    assert desktop.gateway.asked == []


@pytest.mark.parametrize("officer", ["", "x" * 65, "a\tb", "字" * 22])
def test_an_officer_that_the_gateway_would_not_take_is_not_taken(officer):
    desktop = Desktop()
    desktop.opened(officer="")

    assert desktop.post("/officer", {"officer": officer}).status == 422


def test_a_certificate_of_a_person_says_itself_who_asks():
    desktop = Desktop(holder="li.si")
    desktop.browser.follow(desktop.browser.get(f"/open/{desktop.sessions.link()}"))
    desktop.get("/check")

    assert desktop.post("/officer", {"officer": "somebody else"}).status == 303
    assert "li.si" in desktop.get("/check").text
    assert "somebody else" not in desktop.get("/check").text


@pytest.mark.parametrize("role", ["auditor", "police", "operator", "portal", "unheard-of"])
def test_what_a_role_does_not_work_with_is_not_there_for_it(role):
    desktop = Desktop(role=role)
    desktop.opened()

    for path in ("/check", "/check/BIDDING_AWARD", "/outcomes", "/cases"):
        assert desktop.get(path).status == 404
        assert f'href="{desktop.path(path)}"' not in desktop.get("/officer").text
    assert desktop.post("/check/BIDDING_REGISTRATION", {"uscc": "x", "case_ref": "y"}).status == 404
    assert desktop.gateway.asked == []


def test_the_language_stays_within_the_console(desktop):
    for back in ("//evil.example/", "http://evil.example/", "\\\\evil.example", "/\nx"):
        reply = desktop.post("/language", {"language": "en", "back": back})
        assert reply.location == desktop.path("/")
    assert desktop.post("/language", {"language": "fr", "back": "/check"}).location == desktop.path("/check")
    assert '<html lang="en">' in desktop.get("/check").text
    assert HOST not in desktop.get("/check").text
