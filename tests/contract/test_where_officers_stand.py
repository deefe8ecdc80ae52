"""Gateway and adapters look for the officer of a request in the same place, and every method's request has one."""

from __future__ import annotations

import pytest
from google.protobuf.message_factory import GetMessageClass
from jointsanctions.v1 import audit_pb2, credit_pb2, registry_pb2, subject_pb2

from adapters import officers
from gateway.rpc import reading
from gateway.rpc.method import PACKAGE

REQUESTS = {
    f"{PACKAGE}{service.name}/{method.name}": method.input_type
    for file in (credit_pb2, registry_pb2, audit_pb2, subject_pb2)
    for service in file.DESCRIPTOR.services_by_name.values()
    for method in service.methods
}


@pytest.mark.parametrize("path", REQUESTS)
def test_every_request_names_its_officer_and_both_sides_know_where(path):
    place = reading.officer_place(REQUESTS[path])
    assert place, "whoever adds a method says where its officer stands"
    message = GetMessageClass(REQUESTS[path])()
    assert officers.officer_of(message) == ""
    part = message
    for head in place[:-1]:
        part = getattr(part, head)
    setattr(part, place[-1], "li.wei")
    assert officers.officer_of(message) == "li.wei"


def test_both_sides_use_the_same_key_of_the_metadata():
    assert officers.METADATA_KEY == reading.METADATA_KEY
