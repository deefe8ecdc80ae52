"""What is wrong with the files of a policy: every fault by file, table and key, not the first alone."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gateway.domain.policy_faults import Fault
from gateway.settings import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.domain.policy_lint import Finding
    from gateway.settings.strict import Table


def error_of(fault: Fault) -> ConfigurationError:
    """Return a fault as the error that stops a start."""
    return ConfigurationError(fault.file, fault.key, fault.reason)


def fault_of(error: ConfigurationError) -> Fault:
    """Return what was found while reading."""
    table, _, key = error.key.partition(".")
    tables, key = ((table,), key) if key else ((), table)
    return Fault(file=error.file, tables=tables, field=key, rule_id="", reason=error.reason)


@dataclass(slots=True)
class Faults:
    """What was found so far, and where each rule, point and article was read."""

    found: list[Fault] = field(default_factory=list)
    _origins: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note an error of what is done within, and go on behind it."""
        try:
            yield
        except ConfigurationError as error:
            self.found.append(fault_of(error))

    def read_at(self, table: Table, *names: str) -> None:
        """Remember that rules, points or articles of these names stand in *table*."""
        for name in names:
            places = self._origins.setdefault(name, {}).setdefault(table.file, [])
            if table.name not in places:
                places.append(table.name)

    def about(self, finding: Finding, file: str) -> Fault:
        """Return a finding with the place of what it is about; *file* is where that would stand if it did."""
        places = self._origins.get(finding.place, {})
        file = file if file in places or not places else next(iter(places))
        return Fault(
            file=file,
            tables=tuple(places.get(file, ())),
            field=finding.field or "-",
            rule_id=finding.place,
            reason=finding.reason,
        )
