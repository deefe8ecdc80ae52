"""The facts of a case in words, as the form that asks for them has them; what has no words stands as it was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.timestamp_pb2 import Timestamp

from console.case_facts import choice_of
from console.printing.words import moment, yuan
from console.texts import texts

if TYPE_CHECKING:
    from google.protobuf.descriptor import FieldDescriptor
    from jointsanctions.v1 import credit_pb2

    from console.texts import Pair


def facts_said(facts: credit_pb2.CaseFacts) -> Pair:
    """Return a line for each fact that was sent, in both languages; both are empty where none was."""
    which = facts.WhichOneof("facts")
    titles, lines = texts("console.fact"), []
    for field, value in getattr(facts, which).ListFields() if which else ():
        title, said = titles.get(field.name, (field.name, field.name)), _said(field, value)
        lines.append((f"{title[0]}：{said[0]}", f"{title[1].rstrip('?')}: {said[1]}"))
    return "\n".join(zh for zh, _ in lines), "\n".join(en for _, en in lines)


def _said(field: FieldDescriptor, value: Any) -> Pair:  # noqa: ANN401 - of any field
    """Return a fact's value; an amount in yuan, as its title says."""
    frame = texts("console.frame")
    if field.enum_type is not None:
        name = choice_of(field, value)
        return texts("console.fact_value").get(f"{field.name}_{name}".lower(), (name, name))
    if isinstance(value, bool):
        return frame["yes" if value else "no"]
    if isinstance(value, Timestamp):
        plain = moment(value)
    else:
        plain = yuan(value) if field.name.endswith("_fen") else str(value)
    return plain, plain
