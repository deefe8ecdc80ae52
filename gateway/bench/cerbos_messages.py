"""The few messages of Cerbos' gRPC that are spoken here, by the numbers of its published protos; no code of its own.

Only the fields that are sent or read are described; what an answer has besides is skipped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, struct_pb2

if TYPE_CHECKING:
    from collections.abc import Mapping

_PACKAGE: Final = "jsg.bench.cerbos"
_VALUE: Final = ".google.protobuf.Value"
_Field = descriptor_pb2.FieldDescriptorProto
_TEXT, _MESSAGE, _NUMBER = _Field.TYPE_STRING, _Field.TYPE_MESSAGE, _Field.TYPE_INT32
EFFECTS: Final[Mapping[int, str]] = {1: "CLEAR", 2: "RESTRICTED"}
"""Cerbos' EFFECT_ALLOW and EFFECT_DENY, in our words."""


def _add(
    message: descriptor_pb2.DescriptorProto,
    name: str,
    number: int,
    kind: _Field.Type.ValueType | str = _TEXT,
    *,
    many: bool = False,
) -> None:
    """Add a field: a scalar, or a message named by *kind*."""
    label = _Field.LABEL_REPEATED if many else _Field.LABEL_OPTIONAL
    field = message.field.add(name=name, number=number, label=label)
    if isinstance(kind, str):
        field.type, field.type_name = _MESSAGE, kind
    else:
        field.type = kind


def _add_map(
    message: descriptor_pb2.DescriptorProto, name: str, number: int, kind: _Field.Type.ValueType | str
) -> None:
    """Add a map from texts, whose entries are a nested message as protoc makes it."""
    entry = message.nested_type.add(name=f"{name.title()}Entry")
    entry.options.map_entry = True
    _add(entry, "key", 1)
    _add(entry, "value", 2, kind)
    _add(message, name, number, f".{_PACKAGE}.{message.name}.{entry.name}", many=True)


def _file() -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(name="jsg/bench/cerbos.proto", package=_PACKAGE, syntax="proto3")
    file.dependency.append(struct_pb2.DESCRIPTOR.name)
    principal, resource, entry, request, result, response = (
        file.message_type.add(name=name)
        for name in ("Principal", "Resource", "Entry", "CheckResourcesRequest", "Result", "CheckResourcesResponse")
    )
    _add(principal, "id", 1)
    _add(principal, "roles", 3, many=True)
    _add_map(principal, "attr", 4, _VALUE)
    _add(resource, "kind", 1)
    _add(resource, "id", 3)
    _add_map(resource, "attr", 4, _VALUE)
    _add(entry, "actions", 1, many=True)
    _add(entry, "resource", 2, f".{_PACKAGE}.Resource")
    _add(request, "request_id", 1)
    _add(request, "principal", 3, f".{_PACKAGE}.Principal")
    _add(request, "resources", 4, f".{_PACKAGE}.Entry", many=True)
    _add_map(result, "actions", 2, _NUMBER)
    _add(response, "results", 2, f".{_PACKAGE}.Result", many=True)
    return file


def _classes() -> Mapping[str, Any]:
    pool = descriptor_pool.DescriptorPool()
    struct = descriptor_pb2.FileDescriptorProto()
    struct_pb2.DESCRIPTOR.CopyToProto(struct)
    pool.Add(struct)
    pool.Add(_file())
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))
        for name in ("CheckResourcesRequest", "CheckResourcesResponse")
    }


_CLASSES: Final = _classes()
CheckResourcesRequest: Final = _CLASSES["CheckResourcesRequest"]
CheckResourcesResponse: Final = _CLASSES["CheckResourcesResponse"]
