"""What an import did, as a table for people and as JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Final

from gateway.cli.import_staging import as_json, difference_lines
from gateway.cli.import_submission import Account

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO

    from jointsanctions.v1 import import_batch_pb2 as pb

    from formats.csv_rows import Fault

_SHOWN: Final = 20
_COLUMNS: Final = ("rows", "stored", "unchanged", "held", "rejected")


@dataclass(slots=True)
class FileReport:
    """What became of one file.

    ``rows`` counts the rows that hold anything, the header left out; each of them is stored, unchanged, held, rejected
    or, when sending failed, unanswered. In a dry run they are understood or rejected. ``problem`` says in both
    languages why nothing or not all of the file was read or sent; empty when all was.
    """

    file: str
    encoding: str = ""
    sha256: str = ""
    batch: str = ""
    staged: pb.GetImportResponse | None = None
    """Of a staged file: the import and what it would change."""
    rows: int = 0
    blank: int = 0
    understood: int = 0
    rejected: int = 0
    account: Account = field(default_factory=Account)
    rejects_file: str = ""
    reasons: dict[tuple[str, str, str], int] = field(default_factory=dict)
    warning_en: str = ""
    warning_zh: str = ""
    problem_en: str = ""
    problem_zh: str = ""

    @property
    def clean(self) -> bool:
        """Whether every row of it was taken, and there was one."""
        return not self.problem_en and not self.rejected and self.understood > 0

    def count_faults(self, faults: Iterable[Fault]) -> None:
        """Remember how often each reason came."""
        for fault in faults:
            reason = (fault.column, fault.en, fault.zh)
            self.reasons[reason] = self.reasons.get(reason, 0) + 1

    def failed(self, en: str, zh: str) -> None:
        """Say why not all of the file was taken."""
        self.problem_en, self.problem_zh = en, zh

    def as_json(self) -> dict[str, object]:
        """Return the report with plain values, counts of held rows beside the rows themselves."""
        whole = {field.name: getattr(self, field.name) for field in fields(self)}
        whole["account"] = asdict(self.account)
        whole["import"] = None if self.staged is None else as_json(self.staged)
        del whole["staged"]
        account = whole.pop("account")
        held = account.pop("held")
        reasons = [{"field": f, "en": en, "zh": zh, "rows": n} for (f, en, zh), n in self.reasons.items()]
        return {**whole, **account, "held": len(held), "held_rows": held, "reasons": reasons}

    def _counts(self) -> tuple[int, ...]:
        account = self.account
        return self.rows, account.stored, account.unchanged, len(account.held), self.rejected

    def _batch_lines(self) -> list[str]:
        """Return the import's id, by which it can be revoked; of a staged one, what it would change and comes next."""
        if self.staged is not None:
            return [f"  {line}" for line in difference_lines(self.staged)]
        return [f"  batch 批次 {self.batch}"] if self.account.data_revision else []

    def lines(self) -> list[str]:
        """Return the lines that a person reads: counts, then what was held and why rows were rejected."""
        found = ["  ".join(f"{count:>9}" for count in self._counts()) + f"  {self.file}"]
        for en, zh, what in (
            (self.problem_en, self.problem_zh, "problem"),
            (self.warning_en, self.warning_zh, "warning"),
        ):
            if en:
                found.append(f"  {what}: {en} · {zh}")
        if self.account.earlier:
            # Answered, not "on record": an earlier import's rejections are among them.
            found.append(
                f"  {self.account.earlier} of them were answered in an earlier import of this file"
                f" and were not sent again · 其中{self.account.earlier}行在此前的导入中已有答复，未重复报送"
            )
        if self.account.unanswered:
            found.append(f"  {self.account.unanswered} rows were sent and not answered; running it again is safe")
        found += [f"  line {row.line} is held as {row.record_id}: {row.en}" for row in self.account.held[:_SHOWN]]
        if len(self.account.held) > _SHOWN:
            found.append(f"  … and {len(self.account.held) - _SHOWN} more are held")
        for (column, en, zh), count in list(self.reasons.items())[:_SHOWN]:
            found.append(f"  {count} rejected: {column + ': ' if column else ''}{en} · {zh}")
        if len(self.reasons) > _SHOWN:
            found.append(f"  … and {len(self.reasons) - _SHOWN} more reasons")
        found += self._batch_lines()
        if self.rejects_file:
            found.append(f"  rejected rows are in {self.rejects_file}")
        return found


def print_reports(reports: Sequence[FileReport], output: TextIO, *, dry_run: bool, as_json: bool) -> None:
    """Write the reports of all files to *output*."""
    if as_json:
        whole = {"dry_run": dry_run, "files": [report.as_json() for report in reports]}
        output.write(json.dumps(whole, ensure_ascii=False, indent=2) + "\n")
        return
    output.write("  ".join(f"{name:>9}" for name in _COLUMNS) + "  file\n")
    output.writelines("\n".join(report.lines()) + "\n" for report in reports)
    if dry_run:
        understood = sum(report.understood for report in reports)
        output.write(f"dry run: {understood} rows were understood, nothing was sent\n")
