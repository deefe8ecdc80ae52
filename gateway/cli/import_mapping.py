"""A mapping file: how the columns of one source layout become records. ``docs/importing.md`` is its manual.

Reading is strict, because a mapping with a slip in it would misread every row: an unknown key, a column or field that
does not exist, a value that its field does not take, each is a ``MappingError`` that names file and key. Rows are
mapped in ``import_rows``; nothing of a source file is read here.
"""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Final

from gateway.cli.import_layout import Column, Layout, Variant
from gateway.cli.import_table import MappingError, Reason, Table, reason
from gateway.cli.import_targets import KINDS, NOTICE, Forms, Target, target, typed
from gateway.cli.import_values import CODE_RULES, DATE_FORMS, EXCEL_SERIAL, FEN_DIGITS, ValueFault

_CODES_BY_KIND: Final = {NOTICE: "any"}


def find_mapping(wanted: str, folder: Path) -> Path:
    """Return the file of a mapping: *wanted* itself when it is a path, else ``<folder>/<wanted>.toml``.

    Raises:
        MappingError: There is no such file; the message lists the names that there are.
    """
    path = folder / f"{wanted}.toml"
    if "/" in wanted or wanted.endswith(".toml"):
        path = Path(wanted)
    if not path.is_file():
        known = ", ".join(sorted(found.stem for found in folder.glob("*.toml"))) or "none"
        raise MappingError(str(path), "", f"there is no such mapping; in {folder} there are: {known}")
    return path


def load_mapping(path: Path) -> Layout:
    """Read and check a mapping file.

    Raises:
        MappingError: Not TOML in UTF-8, or a key is missing, unknown or holds what it must not.
        OSError: The file cannot be read.
    """
    raw = path.read_bytes()
    try:
        content = tomllib.loads(raw.decode())
    except ValueError as error:
        raise MappingError(str(path), "", f"not TOML in UTF-8: {error}") from None
    top = Table(str(path), "", content)
    top.only(
        "title", "feed", "key", "dates", "amount_unit", "codes", "ignore", "optional", "columns", "refuse", "records"
    )
    shared, ignore = top.table("columns"), frozenset(top.texts("ignore", required=False))
    variants = tuple(_variant(top, record, shared) for record in top.tables("records"))
    mapping = Layout(
        name=path.stem,
        title=top.text("title"),
        feed=top.text("feed"),
        key=top.texts("key"),
        variants=variants,
        refuse=_refuse(top.table("refuse", required=False)),
        ignore=ignore,
        optional=frozenset(top.texts("optional", required=False)),
        digest=hashlib.sha256(raw).hexdigest(),
    )
    _check_columns_exist(top, mapping)
    return mapping


def _check_columns_exist(top: Table, mapping: Layout) -> None:
    known = mapping.column_names
    used = {
        "key": mapping.key,
        "refuse": mapping.refuse,
        "optional": mapping.optional - mapping.ignore,
        "records.when": [name for variant in mapping.variants for name in variant.when],
    }
    for key, names in used.items():
        for name in names:
            if name not in known:
                raise top.error(key, f"{name!r} is no column of [columns]")
    for name in mapping.ignore & known:
        raise top.error("ignore", f"{name!r} is in [columns] too")


def _forms(top: Table, kind: str) -> Forms:
    dates = top.texts("dates", required=False)
    for form in dates:
        if form not in DATE_FORMS and form != EXCEL_SERIAL:
            raise top.error("dates", f"there is no form {form!r}: {', '.join(DATE_FORMS)}, {EXCEL_SERIAL}")
    unit = top.text("amount_unit", default="")
    if unit and unit not in FEN_DIGITS:
        raise top.error("amount_unit", f"there is no unit {unit!r}: {', '.join(FEN_DIGITS)}")
    codes = top.text("codes", default=_CODES_BY_KIND.get(kind, "plausible"))
    if codes not in CODE_RULES or (codes == "any" and kind != NOTICE):
        raise top.error("codes", "sound or plausible is expected; any only for published notices")
    return Forms(dates, unit, codes)


def _variant(top: Table, record: Table, shared: Table) -> Variant:
    record.only("kind", "when", "columns", "constants")
    kind = record.text("kind")
    if kind not in KINDS:
        raise record.error("kind", f"there is no kind {kind!r}: {', '.join(KINDS)}")
    forms, when = _forms(top, kind), record.table("when", required=False)
    own = record.table("columns", required=False)
    columns = tuple(_column(table, name, kind, forms) for table in (shared, own) for name in table.content)
    constants = record.table("constants", required=False)
    variant = Variant(
        kind=kind,
        when={name: frozenset(when.texts(name)) for name in when.content},
        columns=columns,
        constants=tuple(_constant(constants, name, kind, forms) for name in constants.content),
    )
    _check_filled_once(record, variant)
    return variant


def _check_filled_once(record: Table, variant: Variant) -> None:
    names = [column.name for column in variant.columns]
    for name in names:
        if names.count(name) > 1:
            raise record.error("columns", f"the column {name!r} is in [columns] too")
    paths = [aim.path for column in variant.columns for aim in column.targets]
    paths += [path for path, _ in variant.constants]
    for path in paths:
        if paths.count(path) > 1:
            raise record.error("", f"{'.'.join(path)} is filled twice")


def _constant(constants: Table, name: str, kind: str, forms: Forms) -> tuple[tuple[str, ...], object]:
    try:
        aim = target(kind, name, forms)
        return aim.path, aim.read(constants.text(name))
    except (ValueFault, ValueError) as error:
        raise constants.error(name, str(error)) from None


def _column(columns: Table, name: str, kind: str, forms: Forms) -> Column:
    if isinstance(columns.content[name], str):
        return _filling(columns, name, Table(columns.file, name, {"field": columns.content[name]}), (kind, forms))
    spec = columns.table(name)
    spec.only("field", "type", "values", "required", "must_be_empty")
    if "must_be_empty" in spec.content:
        return Column(name, (), None, must_be_empty=reason(spec, "must_be_empty"))
    return _filling(columns, name, spec, (kind, forms))


def _filling(columns: Table, name: str, spec: Table, reading: tuple[str, Forms]) -> Column:
    kind, forms = reading
    if ("field" in spec.content) is ("type" in spec.content):
        raise columns.error(name, "either field or type is expected")
    try:
        fields = spec.texts("field", required=False)
        targets = tuple(target(kind, wanted, forms) for wanted in fields)
        read = None if targets else typed(spec.text("type"), forms)
    except ValueError as error:
        raise columns.error(name, str(error)) from None
    values = _values(spec, targets)
    return Column(name, targets, read, values, required=spec.flag("required"))


def _values(spec: Table, targets: tuple[Target, ...]) -> dict[str, str]:
    values = spec.table("values", required=False)
    found: dict[str, str] = {}
    for cell in values.content:
        found[cell] = values.text(cell)
        for aim in targets:
            try:
                aim.read(found[cell])
            except ValueFault as fault:
                raise values.error(cell, f"{'.'.join(aim.path)} does not take {found[cell]!r}: {fault.en}") from None
    return found


def _refuse(refused: Table) -> dict[str, dict[str, Reason]]:
    found: dict[str, dict[str, Reason]] = {}
    for column in refused.content:
        texts = refused.table(column)
        found[column] = {text: reason(texts, text) for text in texts.content}
    return found
