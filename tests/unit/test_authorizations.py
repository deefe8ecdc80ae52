"""The document under which a caller asks: its form, and the days on which it holds (I-60, R-04)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from jointsanctions.v1 import common_pb2

from gateway.domain.authorizations import Authorization
from gateway.domain.errors import AuthorizationMissingError, MalformedRequestError
from gateway.rpc.authorizations import read_authorization, require_sent

TODAY = date(2026, 11, 24)
SOUND = Authorization(
    document_number="示公协查〔2026〕17号",
    signed_on=TODAY,
    purpose="核查涉案单位履约记录",
    expires_on=TODAY,
)
DAY = timedelta(days=1)


def read(**parts):
    sent = {"document_number": "协查1号", "signed_on": "2026-11-20", "purpose": "核查", "expires_on": "2026-12-31"}
    return read_authorization(common_pb2.Authorization(**{**sent, **parts}), TODAY, "authorization_ref")


def test_a_document_holds_on_the_day_of_signing_and_on_its_last_day():
    SOUND.require_form("a")
    SOUND.require_in_force(TODAY, "a", with_expiry=True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"signed_on": TODAY + DAY, "expires_on": TODAY + DAY}, "a.signed_on"),
        ({"signed_on": TODAY - DAY, "expires_on": TODAY - DAY}, "a.expires_on"),
        ({"expires_on": None}, "a.expires_on"),
    ],
)
def test_one_that_does_not_hold_today_is_none(change, field):
    with pytest.raises(AuthorizationMissingError) as caught:
        replace(SOUND, **change).require_in_force(TODAY, "a", with_expiry=True)
    assert caught.value.metadata["field"] == field


def test_a_demand_need_not_name_its_last_day():
    replace(SOUND, expires_on=None).require_in_force(TODAY, "a")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"document_number": "x" * 129}, "a.document_number"),
        ({"document_number": "文" * 43}, "a.document_number"),
        ({"document_number": "  "}, "a.document_number"),
        ({"document_number": "11010519491231002X"}, "a.document_number"),
        ({"purpose": ""}, "a.purpose"),
        ({"purpose": "y" * 257}, "a.purpose"),
        ({"purpose": "查\n询"}, "a.purpose"),
        ({"purpose": "查询11010519491231002X的记录"}, "a.purpose"),
        ({"expires_on": TODAY - DAY}, "a.expires_on"),
    ],
)
def test_a_malformed_text_or_date_is_named_and_no_residents_number_is_repeated(change, field):
    with pytest.raises(MalformedRequestError) as caught:
        replace(SOUND, **change).require_form("a")
    assert caught.value.field == field
    assert "19491231" not in str(caught.value)


@pytest.mark.parametrize("size", [128, 1])
def test_a_number_of_up_to_128_bytes_is_taken(size):
    replace(SOUND, document_number="x" * size).require_form("a")


@pytest.mark.parametrize("sent", [{}, {"document_number": " "}, {"purpose": "核查", "signed_on": "2026-11-20"}])
def test_a_message_that_names_no_document_is_none(sent):
    with pytest.raises(AuthorizationMissingError, match="wanted"):
        require_sent(common_pb2.Authorization(**sent), "authorization_ref", "wanted")


def test_what_is_sent_is_read_and_recorded_whole():
    assert read().document_number == "协查1号"
    assert read().terms() == {"signed_on": "2026-11-20", "purpose": "核查", "expires_on": "2026-12-31"}
    assert read(expires_on="").terms() == {"signed_on": "2026-11-20", "purpose": "核查"}


@pytest.mark.parametrize("parts", [{"signed_on": ""}, {"signed_on": "2026-11-31"}, {"expires_on": "soon"}])
def test_a_date_that_is_none_is_malformed(parts):
    with pytest.raises(MalformedRequestError) as caught:
        read(**parts)
    assert caught.value.field == f"authorization_ref.{next(iter(parts))}"


def test_one_that_has_expired_is_refused_as_missing():
    with pytest.raises(AuthorizationMissingError):
        read(expires_on="2026-11-23")
