"""One spelling of each caller's name is accepted, and no other."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.agencies import Role
from gateway.security.names import CallerName, CallerNameError, parse_caller_name

OURS = "shiyan.example"
segments = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=20)
holders = st.text(string.ascii_letters + string.digits, max_size=20)


@given(segments, segments, holders)
def test_what_is_written_is_read_back(agency, role, holder):
    name = CallerName(OURS, agency, role, holder)

    assert parse_caller_name(name.uri, OURS) == name


def test_a_system_has_no_holder_and_a_person_is_one():
    assert parse_caller_name("spiffe://shiyan.example/agency/hrss/producer", OURS) == CallerName(
        OURS, "hrss", "producer", ""
    )
    assert parse_caller_name("spiffe://shiyan.example/agency/hrss/producer/Zhang.San", OURS).holder == "Zhang.San"


@pytest.mark.parametrize("role", Role)
def test_every_role_can_be_written_into_a_name(role):
    assert parse_caller_name(CallerName(OURS, "a", role).uri, OURS).role == role


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "spiffe://",
        "spiffe:///agency/hrss/producer",
        "spiffe://shiyan.example",
        "spiffe://shiyan.example/",
        "spiffe://shiyan.example/agency/hrss",
        "spiffe://shiyan.example/agency/hrss/",
        "spiffe://shiyan.example/agency//producer",
        "spiffe://shiyan.example/agency/hrss/producer/",
        "spiffe://shiyan.example/agency/hrss/producer/a/b",
        "spiffe://shiyan.example//agency/hrss/producer",
        "spiffe://shiyan.example/service/hrss/producer",
        "spiffe://shiyan.example/Agency/hrss/producer",
        "spiffe://shiyan.example/agency/HRSS/producer",
        "spiffe://shiyan.example/agency/hrss/producer\n",
        "spiffe://shiyan.example/agency/hrss/producer?x=1",
        "spiffe://shiyan.example/agency/hrss/producer#x",
        "spiffe://shiyan.example/agency/hrss/pro%64ucer",
        "spiffe://shiyan.example/agency/../producer",
        "spiffe://shiyan.example/agency/hrss/producer/..",
        "spiffe://shiyan.example/agency/hrss/producer/张三",
        "spiffe://shiyan.example/agency/hrss/" + "r" * 65,
        "spiffe://shiyan.example:443/agency/hrss/producer",
        "spiffe://user@shiyan.example/agency/hrss/producer",
        "SPIFFE://shiyan.example/agency/hrss/producer",
        "spiffe://SHIYAN.example/agency/hrss/producer",
        "https://shiyan.example/agency/hrss/producer",
        "spiffe://spiffe://shiyan.example/agency/hrss/producer",
        " spiffe://shiyan.example/agency/hrss/producer",
    ],
)
def test_any_other_spelling_is_malformed(uri):
    with pytest.raises(CallerNameError, match="malformed URI name"):
        parse_caller_name(uri, OURS)


@pytest.mark.parametrize("domain", ["other.example", "shiyan.example.other", "xshiyan.example", "shiyan", "example"])
def test_a_name_of_another_trust_domain_is_refused_as_such(domain):
    with pytest.raises(CallerNameError, match="other trust domain"):
        parse_caller_name(f"spiffe://{domain}/agency/hrss/producer", OURS)
