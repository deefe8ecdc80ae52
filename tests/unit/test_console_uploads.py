"""Forms with files: read to the byte within bounds, by pages that say so, and only of the session that is let in."""

from __future__ import annotations

import asyncio

import pytest
from console_browser import BOUNDARY, multipart
from console_desk import Desktop
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from console.forms import MOST_FIELDS, FormError
from console.uploads import MOST_BYTES, MOST_FIELD_BYTES, Upload, parts_of, read_upload

MARK = BOUNDARY.encode()
HEAD = b'--b\r\nContent-Disposition: form-data; name="word"'


@pytest.fixture
def desktop():
    desktop = Desktop()
    desktop.opened()
    return desktop


@given(st.binary(max_size=200), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_a_file_is_read_to_the_byte_whatever_is_in_it(content, said):
    body = multipart({"note": said}, {"awards": ("投诉.csv", content)})

    if b"\r\n--" + MARK not in content:
        assert parts_of(body, MARK) == ({"note": said.strip()}, {"awards": Upload("投诉.csv", content)})


@given(st.binary(max_size=400))
def test_whatever_is_sent_is_a_form_or_refused(raw):
    for body in (raw, HEAD + raw, HEAD + b"\r\n\r\n" + raw + b"\r\n--b--\r\n"):
        try:
            fields, files = parts_of(body, b"b")
        except FormError:
            continue
        assert all(isinstance(each.content, bytes) for each in files.values())
        assert set(fields) | set(files) == {"word"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b--\r\n",
        b"x" + HEAD + b"\r\n\r\n1\r\n--b--\r\n",
        HEAD + b"\r\n\r\n1\r\n",
        HEAD + b"\r\n\r\n1\r\n--b",
        HEAD + b"\r\n\r\n1\r\n--b--more",
        HEAD + b"\r\n1\r\n--b--\r\n",
        HEAD + b"\r\n\r\n1\r\n" + HEAD + b"\r\n\r\n2\r\n--b--\r\n",
        HEAD + b'; filename="a"\r\n\r\n1\r\n' + HEAD + b"\r\n\r\n2\r\n--b--\r\n",
        HEAD + b'; filename="a"; x=1\r\n\r\n1\r\n--b--\r\n',
        HEAD + b"\r\nContent-Disposition: form-data; name=other\r\n\r\n1\r\n--b--\r\n",
        b'--b\r\nContent-Disposition: form-data; name="UP"\r\n\r\n1\r\n--b--\r\n',
        b"--b\r\nContent-Type: text/csv\r\n\r\n1\r\n--b--\r\n",
        HEAD + b"\r\n\r\n\xff\r\n--b--\r\n",
        HEAD + b'; filename="\xff"\r\n\r\n1\r\n--b--\r\n',
        HEAD + b"\r\n\r\n" + b"x" * (MOST_FIELD_BYTES + 1) + b"\r\n--b--\r\n",
    ],
)
def test_what_is_no_whole_form_is_refused(body):
    with pytest.raises(FormError):
        parts_of(body, b"b")


def test_too_many_parts_are_refused():
    with pytest.raises(FormError):
        parts_of(multipart({f"f{chr(97 + n // 26)}{chr(97 + n % 26)}": "" for n in range(MOST_FIELDS)}, {}), MARK)


def test_too_large_a_form_is_refused_and_nobody_asked(desktop):
    page = desktop.browser.upload(desktop.path("/second"), {}, {"word": b"x" * MOST_BYTES})

    assert (page.status, "表单无法读取" in page.words) == (422, True), "it is not even read as a file"
    assert desktop.gateway.asked == []


def test_a_page_that_takes_no_file_takes_none(desktop):
    assert desktop.browser.upload(desktop.path("/cases/events"), {"sequence": "1"}, {}).status == 422
    assert desktop.gateway.asked == []


def test_a_form_with_a_file_needs_the_token_the_origin_and_the_session(desktop):
    path, word = desktop.path("/second"), {"word": b"{}"}

    assert desktop.browser.upload(path, {}, word, origin="http://elsewhere.example").status == 403
    desktop.browser.csrf = "guess"
    assert desktop.browser.upload(path, {}, word).status == 403
    desktop.browser.cookie = ""
    assert desktop.browser.upload(path, {}, word).status == 403


def test_a_file_that_was_not_chosen_is_told(desktop):
    assert "这不是第一人保存的文件" in desktop.browser.upload(desktop.path("/second"), {}, {"word": b""}).words
    assert "这不是第一人保存的文件" in desktop.post("/second").words


def read(media, *pieces):
    waiting = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive():
        return waiting.pop(0)

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", media.encode())]}
    return asyncio.run(read_upload(Request(scope, receive)))


def test_a_form_that_comes_in_pieces_is_one():
    body = multipart({"mapping": " 投诉 "}, {"file": ("a.csv", b"1,2")})
    found = read(f"multipart/form-data; boundary={BOUNDARY}", body[:7], body[7:])

    assert found == ({"mapping": "投诉"}, {"file": Upload("a.csv", b"1,2")})


def test_more_than_is_taken_is_not_read_to_its_end():
    def pieces():
        yield from [b"x" * (MOST_BYTES // 2 + 1)] * 2

    with pytest.raises(FormError, match="too large"):
        read("multipart/form-data; boundary=b", *pieces(), b"never looked at")


@pytest.mark.parametrize(
    "media", ["text/plain", "multipart/form-data", "multipart/mixed; boundary=b", f"x; {BOUNDARY}"]
)
def test_another_media_type_is_no_form(media):
    with pytest.raises(FormError):
        read(media, HEAD + b"\r\n\r\n1\r\n--b--\r\n")
