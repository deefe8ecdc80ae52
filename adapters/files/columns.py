"""Which column of a batch file says what: ``columns/NAME.toml``, by headers in Chinese or English.

An unknown key, a header that stands for two things, or a word that the contract does not know is a ``SettingsError``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.descriptor import FieldDescriptor
from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from adapters.rules import AreaRules

FACTS: Final = "facts."
"""Before the name of a fact of the area, such as ``facts.fund_kind``."""
PLAIN: Final = ("uscc", "name", "case_ref", "part", "officer", "purpose", "point")
"""What a line says in every area; ``point`` is a decision point's name, such as ``AWARDS_PUBLICITY``."""

_TOP: Final = frozenset({"title", "facts", "columns", "values"})
_NEEDED: Final = ("uscc", "case_ref", "officer", "point")
_KINDS: Final = (FieldDescriptor.CPPTYPE_STRING, FieldDescriptor.CPPTYPE_ENUM, FieldDescriptor.CPPTYPE_BOOL)
Tables = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Columns:
    """How the columns of an area's batch files are named.

    Attributes:
        title: What such a file is, in both languages.
        facts: Name of the area's message in ``CaseFacts``; empty where the area has none.
        headers: By field, the headers under which a column of it may stand; compared without regard to case.
        values: By field, what the words of its cells stand for; a cell with another word is a fault.
    """

    title: str
    facts: str
    headers: Mapping[str, tuple[str, ...]]
    values: Mapping[str, Mapping[str, str]]

    def header(self, field: str) -> str:
        """Return the first header of a field, by which people know it; its own name where it has none."""
        return self.headers[field][0] if field in self.headers else field


def load(path: Path, rules: AreaRules) -> Columns:
    """Read the columns of one area's files.

    Raises:
        SettingsError: The file cannot be read or used; the message names file and key.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    try:
        return _columns(content, rules)
    except ValueError as error:
        raise SettingsError(f"{path}: {error}") from error


def _columns(content: Tables, rules: AreaRules) -> Columns:
    _only(content, _TOP, "")
    facts = content.get("facts", "")
    if not isinstance(facts, str) or (facts and facts not in credit_pb2.CaseFacts.DESCRIPTOR.fields_by_name):
        raise ValueError("facts: a message of CaseFacts is expected")
    title = content.get("title")
    if not isinstance(title, str) or not title:
        raise ValueError("title: a text is expected")
    known = {*PLAIN, *_facts(facts)}
    headers = {field: _names(field, found) for field, found in _table(content, "columns", known).items()}
    missing = [field for field in _NEEDED if field not in headers]
    if missing:
        raise ValueError(f"columns.{missing[0]}: it is required")
    folded = [name.casefold() for names in headers.values() for name in names]
    twice = sorted({name for name in folded if folded.count(name) > 1})
    if twice:
        raise ValueError(f"columns: {twice[0]} stands for two things")
    values = {field: _words(field, found) for field, found in _table(content, "values", known).items()}
    _check_words(values, facts, rules)
    return Columns(title, facts, headers, values)


def _facts(facts: str) -> set[str]:
    """Return the facts that a cell can say: texts, words and yes or no; instants are said by no column yet."""
    message = credit_pb2.CaseFacts.DESCRIPTOR.fields_by_name[facts].message_type if facts else None
    if message is None:
        return set()
    return {f"{FACTS}{each.name}" for each in message.fields if each.cpp_type in _KINDS}


def _check_words(values: Mapping[str, Mapping[str, str]], facts: str, rules: AreaRules) -> None:
    """Refuse words for what the contract, or the area, does not have."""
    points = {common_pb2.DecisionPoint.Name(each.point).removeprefix("DECISION_POINT_") for each in rules.points}
    for field, words in values.items():
        allowed = points if field == "point" else _enum(field, facts)
        wrong = [word for word in words.values() if allowed is not None and word not in allowed]
        if wrong:
            raise ValueError(f"values.{field}: {wrong[0]} is none of {', '.join(sorted(allowed or ()))}")


def _enum(field: str, facts: str) -> set[str] | None:
    """Return the words of a fact that takes certain words only; None of any other field."""
    message = credit_pb2.CaseFacts.DESCRIPTOR.fields_by_name[facts].message_type if facts else None
    if not field.startswith(FACTS) or message is None:
        return None
    fact = message.fields_by_name[field.removeprefix(FACTS)]
    if fact.enum_type is not None:
        return {each.name for each in fact.enum_type.values if each.number}
    return {"true", "false"} if fact.cpp_type == FieldDescriptor.CPPTYPE_BOOL else None


def _table(content: Tables, name: str, known: set[str]) -> Tables:
    found = content.get(name, {})
    if not isinstance(found, dict):
        raise ValueError(f"{name}: a table is expected")  # noqa: TRY004 - a fault of the file, not of a caller
    _only(found, known, f"{name}.")
    return found


def _only(found: Tables, known: set[str] | frozenset[str], path: str) -> None:
    unknown = sorted(set(found) - known)
    if unknown:
        raise ValueError(f"{path}{unknown[0]}: unknown key; known are {', '.join(sorted(known))}")


def _names(field: str, found: object) -> tuple[str, ...]:
    names = [each.strip() for each in found if isinstance(each, str)] if isinstance(found, list) else []
    if not names or not all(names) or not isinstance(found, list) or len(names) < len(found):
        raise ValueError(f"columns.{field}: a list of headers is expected")
    return tuple(names)


def _words(field: str, found: object) -> dict[str, str]:
    if not isinstance(found, dict) or not all(isinstance(each, str) and each for each in found.values()):
        raise ValueError(f"values.{field}: a table of texts is expected")
    return {str(key).strip(): value for key, value in found.items()}
