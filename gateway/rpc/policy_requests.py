"""Policies on the wire: reading one as text within its bounds, and what is wrong with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import policy_pb2 as pb

from gateway.domain.errors import MalformedRequestError
from gateway.domain.policy_text import FILE_BYTES, FILES_LIMIT, WHOLE_BYTES, PolicyText
from gateway.rpc import fields

if TYPE_CHECKING:
    from gateway.domain.policy_faults import Fault

NAME: Final = re.compile(r"(?:[a-z]+/)?[a-z0-9_-]+\.toml")
NAME_BYTES: Final = 64


def read_text(sent: pb.PolicyText, field: str) -> PolicyText:
    """Return a policy as text; *field* is its path in the request.

    Raises:
        MalformedRequestError: A name is none or stands twice, or there are too many files or bytes, by field.
    """
    profile = fields.required(sent.profile, f"{field}.profile", NAME_BYTES)
    if not 0 < len(sent.files) <= FILES_LIMIT:
        raise MalformedRequestError(f"{field}.files", f"must be 1 to {FILES_LIMIT}")
    files: dict[str, bytes] = {}
    for place, each in enumerate(sent.files):
        own = f"{field}.files[{place}]"
        name = fields.required(each.name, f"{own}.name", NAME_BYTES)
        if NAME.fullmatch(name) is None:
            raise MalformedRequestError(f"{own}.name", "is no name of a policy's file")
        if name in files:
            raise MalformedRequestError(f"{own}.name", "stands twice")
        if len(each.content) > FILE_BYTES:
            raise MalformedRequestError(f"{own}.content", f"is over {FILE_BYTES} bytes")
        files[name] = each.content
    if sum(map(len, files.values())) > WHOLE_BYTES:
        raise MalformedRequestError(f"{field}.files", f"are over {WHOLE_BYTES} bytes in all")
    return PolicyText(profile, files)


def fault_pb(fault: Fault) -> pb.PolicyFault:
    """Return one thing that is wrong with a policy."""
    return pb.PolicyFault(
        file=fault.file, tables=fault.tables, field=fault.field, rule_id=fault.rule_id, reason=fault.reason
    )
