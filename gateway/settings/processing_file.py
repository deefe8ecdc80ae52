"""``processing.toml``: the register of the processing of personal information (I-54, I-56)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.domain.agencies import Role
from gateway.domain.policy import LocalizedText
from gateway.domain.processing_register import Activity, Assessment, Processing, ProcessingRegister, RegisterError
from gateway.settings import ConfigurationError
from gateway.settings.policy_values import civil_date_of
from gateway.settings.strict import Table, read_toml

if TYPE_CHECKING:
    from pathlib import Path


def load_processing(path: Path) -> ProcessingRegister:
    """Read ``processing.toml``; its digest is that of the file.

    Raises:
        ConfigurationError: With file, key and reason: the file is missing, says too little, or names what is unknown.
    """
    content, digest = read_toml(path)
    root = Table(path.name, "", content)
    register = root.table("register")
    controller, months = _both(register, "controller"), register.take("records_kept_months", int)
    register.close()
    activities = [_activity(table) for table in root.tables("activity")]
    root.close()
    try:
        return ProcessingRegister(controller, months, activities, digest)
    except RegisterError as error:
        raise refusal(path.name, error) from error


def refusal(file: str, error: RegisterError) -> ConfigurationError:
    """Return what stops the start, for what the register must not be."""
    return ConfigurationError(file, f"{error.activity}.{error.key}", error.reason)


def _activity(table: Table) -> Activity:
    activity = Activity(
        processing=_processing(table),
        purpose=_both(table, "purpose"),
        legal_basis=_texts(table, "legal_basis"),
        categories=_texts(table, "categories"),
        sensitive=table.take("sensitive", bool),
        recipients=frozenset(_role(table, name) for name in table.strings("recipients")),
        retention=_both(table, "retention"),
        security=_both(table, "security"),
        consent=_both(table, "consent") if table.has("consent_zh") else None,
        officer=_filled(table, "officer"),
        assessment=_assessment(table.table("assessment")) if table.has("assessment") else None,
    )
    table.close()
    return activity


def _assessment(table: Table) -> Assessment:
    found = Assessment(
        document_number=_filled(table, "document_number"),
        assessed_on=civil_date_of(table, "assessed_on"),
        next_review=civil_date_of(table, "next_review"),
    )
    table.close()
    return found


def _processing(table: Table) -> Processing:
    name = table.take("processing", str)
    if name not in set(Processing):
        raise table.error("processing", f"{name!r} is none of {', '.join(Processing)}")
    return Processing(name)


def _role(table: Table, name: str) -> Role:
    if name not in set(Role):
        raise table.error("recipients", f"{name!r} is none of {', '.join(Role)}")
    return Role(name)


def _texts(table: Table, key: str) -> tuple[str, ...]:
    found = table.strings(key)
    if not all(each.strip() for each in found):
        raise table.error(key, "holds an empty text")
    return found


def _both(table: Table, key: str) -> LocalizedText:
    return LocalizedText(_filled(table, f"{key}_zh"), _filled(table, f"{key}_en"))


def _filled(table: Table, key: str) -> str:
    value = table.take(key, str)
    if not value.strip():
        raise table.error(key, "must not be empty")
    return value
