"""A caller with the contract's file alone, and one without a certificate: docs/integrating.md, sections 7 and 8.

Every line is taken from the page and typed as it stands. ``system/test_node_caller.py`` does the same for Node.
"""

from __future__ import annotations

import json
import shlex

import grpc
import pytest
from e2e.served import CHECK, THROUGH_EDGE, award, gateway_in, new_party, outcome_of
from readers_folder import as_caller, line_of, readers_folder, shown_after, standing_rows, told
from standings import standings

from adapters.client import ClientSettings, GatewayClient
from adapters.errors import SettingsError

pytestmark = pytest.mark.xdist_group("callers")

CURL = line_of(".venv/bin/buf curl")
LISTED = "91420399MA00K2UM2D"
ROWS = standing_rows()
PYTHON, BUF = "Python (`grpcio`)", "`buf curl`"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("gateway")) as served:
        yield served


@pytest.fixture(scope="module")
def reader(gateway, tmp_path_factory):
    return readers_folder(tmp_path_factory.mktemp("reader"), gateway.place.state, gateway.port)


@pytest.fixture(scope="module")
def callers(gateway, tmp_path_factory):
    return standings(gateway, tmp_path_factory.mktemp("files"))


def curl_of(standing, line=CURL):
    return as_caller(line, standing, "--cacert", "--servername")


def test_the_pages_command_gets_an_answer_with_the_published_file_alone(gateway, reader):
    before = gateway.next_number()
    ended = reader.type(CURL)

    assert ended.returncode == 0, ended.stderr
    answer = json.loads(ended.stdout)
    assert answer["decision"]["verdict"] == "VERDICT_RESTRICTED"
    assert answer["decision"]["enterprise"]["uscc"] == LISTED
    assert answer["auditPosition"]["number"] == str(before)
    assert not [path for path in reader.folder.rglob("*.proto") if path.is_relative_to(reader.folder / "protos")]


def test_buf_curl_ends_with_zero_whatever_the_verdict_and_with_eight_times_the_code_of_a_refusal(gateway, reader):
    clear = reader.type(CURL.replace(LISTED, gateway.city.example("grade_a").uscc))
    refused = reader.type(CURL.replace("award-office", "tourism"))

    assert (clear.returncode, json.loads(clear.stdout)["decision"]["verdict"]) == (0, "VERDICT_CLEAR")
    assert refused.returncode == 8 * grpc.StatusCode.PERMISSION_DENIED.value[0]
    assert refused.stdout == ""


def test_the_published_file_reads_the_error_that_buf_curl_shows(reader, callers):
    line = line_of("echo ")
    refused = json.loads(reader.type(curl_of(callers["your certificate is revoked"])).stderr)
    (detail,) = refused["details"]
    read = reader.type(line)

    assert detail["type"] == "google.rpc.ErrorInfo"
    assert detail["value"] == shlex.split(line)[1]
    assert [read.stdout.strip()] == shown_after(line)


def test_the_page_has_a_row_for_every_standing(callers):
    assert list(ROWS) == [name for name in callers if name != "everything is in order"]


@pytest.mark.parametrize("name", ROWS)
def test_who_is_not_answered_sees_what_the_page_says(reader, callers, name):
    standing = callers[name]
    ended = reader.type(curl_of(standing))
    seen = python_sees(standing)

    assert ended.returncode != 0
    assert ended.stdout == ""
    assert told(ROWS[name][BUF], ended.stderr), ended.stderr
    assert told(ROWS[name][PYTHON], seen), seen


def test_who_is_in_order_is_answered(reader, callers):
    standing = callers["everything is in order"]
    line = CURL.replace("AREA_AWARDS", "AREA_BIDDING").replace("AWARDS_CONFERRAL", "BIDDING_REGISTRATION")

    assert reader.type(curl_of(standing, line)).returncode == 0
    assert python_sees(standing).startswith("OK")


def python_sees(standing):
    pair = (standing.key.read_bytes(), standing.certificate.read_bytes()) if standing.key else (None, None)
    options = [("grpc.ssl_target_name_override", standing.server_name), ("grpc.use_local_subchannel_pool", 1)]
    credentials = grpc.ssl_channel_credentials(standing.ca.read_bytes(), *pair)
    with grpc.secure_channel(f"127.0.0.1:{standing.port}", credentials, options) as channel:
        call = channel.unary_unary(CHECK, None, None)
        outcome = outcome_of(call, award(new_party().uscc).SerializeToString())
    return " ".join([outcome.code.name, *(info.reason for info in outcome.infos), outcome.details])


def test_the_adapters_client_names_the_file_before_it_calls(callers, tmp_path):
    late = callers["your certificate has expired"]
    for certificate, word in ((late.certificate, "expired"), (tmp_path / "none.pem", "cannot be read")):
        with pytest.raises(SettingsError, match=word) as told_at_once:
            GatewayClient(ClientSettings("localhost:1", late.ca, certificate, late.key, None, 1))
        assert str(certificate) in str(told_at_once.value)


@pytest.mark.skipif(THROUGH_EDGE, reason="the edge shakes hands, and writes down nothing of its callers")
def test_the_operators_log_says_that_no_certificate_came(gateway, callers):
    before = len(gateway.log)
    python_sees(callers["no certificate was sent"])

    assert "PEER_DID_NOT_RETURN_A_CERTIFICATE" in gateway.log[before:]
