"""What the rows of a policy refer to by name: articles, authorities, and texts for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.domain.policy_lint import GRADE_TRIGGERS
from gateway.domain.vocabulary import Trigger
from gateway.settings.policy_rows import Shelf
from gateway.settings.policy_values import localized

if TYPE_CHECKING:
    from gateway.domain.policy import LegalBasis, LocalizedText
    from gateway.settings.policy_grades import GradeMethods
    from gateway.settings.policy_source import PolicyFiles
    from gateway.settings.strict import Table


def read_shelf(
    files: PolicyFiles,
    bases: dict[str, LegalBasis],
    trigger_bases: dict[Trigger, tuple[str, ...]],
    grades: GradeMethods,
) -> Shelf:
    """Read ``texts.toml`` to go with the articles; raises ``ConfigurationError``: a text is missing or malformed."""
    texts = files.read("texts.toml")
    shelf = Shelf(
        bases=bases,
        trigger_bases=trigger_bases,
        authorities=_texts(texts.table("adopted_by"), files.names("texts.toml", "adopted_by")),
        instructions=_texts(texts.table("instruction"), files.names("texts.toml", "instruction")),
        ends_by=_by_trigger(texts.table("ends_by"), grades),
        remedies=_by_trigger(texts.table("remedy"), grades),
    )
    texts.close()
    return shelf


def _texts(table: Table, names: tuple[str, ...]) -> dict[str, LocalizedText]:
    return {name: localized(table.table(name)) for name in names}


def _by_trigger(table: Table, grades: GradeMethods) -> dict[Trigger, LocalizedText]:
    """Return the text of every trigger; what is said of grades B and C differs from scheme to scheme."""
    texts = {trigger: localized(table.table(trigger.name)) for trigger in Trigger if trigger not in GRADE_TRIGGERS}
    for trigger in sorted(GRADE_TRIGGERS):
        by_scheme = table.table(trigger.name)
        schemes = [rules.scale.scheme for rules in (grades.weighing, *grades.shown)]
        said = {scheme: localized(by_scheme.table(scheme)) for scheme in schemes}
        texts[trigger] = said[grades.weighing.scale.scheme]
        by_scheme.close()
    table.close()
    return texts
