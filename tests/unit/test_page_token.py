"""The token of the next page: it comes back as it was made, and belongs to one request."""

from __future__ import annotations

import pytest
from jointsanctions.v1 import clock_pb2 as pb

from gateway.domain.errors import MalformedRequestError
from gateway.rpc.page_token import read_token, write_token


def asked(**changes):
    return pb.ListClocksRequest(**{"officer": "o", "authority": "示例", **changes})


def test_a_token_gives_back_the_place_whoever_asks_and_however_long_the_page():
    token = write_token(asked(), ("a", "示", ""))
    assert read_token(asked(page_token=token, officer="p", page_size=7), 3) == ("a", "示", "")


def test_the_first_page_has_no_place():
    assert read_token(asked(), 3) is None


@pytest.mark.parametrize("changes", [{"authority": ""}, {"clock_ids": ["L-06/verify"]}, {"due_before": "2026-01-01"}])
def test_a_token_of_another_request_is_refused(changes):
    token = write_token(asked(), ("a",))
    with pytest.raises(MalformedRequestError) as caught:
        read_token(asked(page_token=token, **changes), 1)
    assert caught.value.field == "page_token"


@pytest.mark.parametrize("token", ["x", "====", "ä", "AAAA", write_token(asked(), ("a", "b"))])
def test_what_is_no_token_or_has_another_shape_is_refused(token):
    with pytest.raises(MalformedRequestError):
        read_token(asked(page_token=token), 1)
