"""What whoever drafts a letter should see beside it: by when it is due, and what the file does not show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.letters.case_file import day_zh, moment
from adapters.letters.draft import BLANK, Line

if TYPE_CHECKING:
    from adapters.letters.case_file import CaseFile


def hints(case: CaseFile, *clock_ids: str) -> tuple[Line, ...]:
    """Return the hints of a letter that ends one of these clocks."""
    return (
        Line(
            f"凡{BLANK}处，系统中没有依据，须由承办人填写；签发前删除本节。",
            "what is blank is not on record: who signs the letter fills it in; delete this section before it is issued",
        ),
        *_due(case, clock_ids),
        *(
            Line(f"材料未显示（{gap.rule}）：{gap.text.zh}", f"the file does not show ({gap.rule}): {gap.text.en}")
            for gap in case.shown.gaps
        ),
    )


def _due(case: CaseFile, clock_ids: tuple[str, ...]) -> list[Line]:
    """Return by when the letter is due, by both readings where the law leaves open which days are meant."""
    found = [clock for clock_id in clock_ids if (clock := case.clock(clock_id)) is not None]
    lines = []
    for clock in found:
        ends = moment(clock.ends_at)
        zh = f"期限（{clock.clock_id}，{clock.source}）：{clock.title.zh}，{ends:%Y-%m-%d %H:%M}（北京时间）前"
        en = f"due ({clock.clock_id}, {clock.source}): {clock.title.en}, before {ends:%Y-%m-%d %H:%M} UTC+8"
        if clock.due_on_working_days:
            zh += f"；“三日”如按工作日计算，最后一日为{day_zh(clock.due_on_working_days)}，以先到者为准"
            en += f"; if the three days are working days, {clock.due_on_working_days} is the last: keep to the earlier"
        if clock.done_on:
            zh += f"；已于{day_zh(clock.done_on)}办结"
            en += f"; done or ended on {clock.done_on}"
        lines.append(Line(zh, en))
    return lines
