"""``jsg processing``: the register of the processing of personal information, and who receives it (I-54, I-56)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from formats.civil import SHANGHAI
from gateway.cli.connection import command
from gateway.domain.processed_persons import METHODS
from gateway.domain.processing_register import RegisterError, duties_of
from gateway.settings.agencies_file import load_agencies
from gateway.settings.processing_file import load_processing

if TYPE_CHECKING:
    import argparse
    from datetime import date

    from gateway.cli.connection import Subparsers
    from gateway.domain.agencies import Agencies
    from gateway.domain.processing_register import Activity, ProcessingRegister

OK, ERROR = 0, 1


def register(subparsers: Subparsers) -> None:
    """Add ``processing``."""
    say = "the register of the processing of personal information, and its recipients"
    command(subparsers, "processing", say, "jsg processing --json", run)


def run(arguments: argparse.Namespace) -> int:
    """Print the register; 1 when something that is switched on is not on it or has no assessment in date."""
    on_file = load_processing(arguments.config / "processing.toml")
    agencies = load_agencies(arguments.config / "agencies.toml")
    today = datetime.now(SHANGHAI).date()
    duties = duties_of(agencies)
    try:
        on_file.require(duties, today)
        unmet = ""
    except RegisterError as error:
        unmet = str(error)
    shown = [_shown(activity, agencies, today, needed=activity.processing in duties) for activity in on_file]
    if arguments.json:
        controller = {"zh": on_file.controller.zh, "en": on_file.controller.en}
        whole = {"controller": controller, "records_kept_months": on_file.kept_months, "activities": shown}
        print(json.dumps({**whole, "unmet": unmet}, ensure_ascii=False))
    else:
        _print(on_file, shown, unmet)
    return ERROR if unmet else OK


def _shown(activity: Activity, agencies: Agencies, today: date, *, needed: bool) -> dict[str, Any]:
    """Return one activity as it is shown; its recipients are the agencies that hold their roles."""
    assessment, consent = activity.assessment, activity.consent
    return {
        "processing": activity.processing.value,
        "switched_on": needed,
        "purpose": {"zh": activity.purpose.zh, "en": activity.purpose.en},
        "legal_basis": list(activity.legal_basis),
        "categories": list(activity.categories),
        "methods": sorted(METHODS[activity.processing]),
        "sensitive": activity.sensitive,
        "recipients": [
            {"agency": each.agency_id, "role": each.role.value, "name": {"zh": each.name_zh, "en": each.name_en}}
            for each in agencies
            if each.role in activity.recipients
        ],
        "retention": {"zh": activity.retention.zh, "en": activity.retention.en},
        "security": {"zh": activity.security.zh, "en": activity.security.en},
        "consent": {"zh": consent.zh, "en": consent.en} if consent is not None else None,
        "officer": activity.officer,
        "assessment": {
            "document_number": assessment.document_number,
            "assessed_on": assessment.assessed_on.isoformat(),
            "next_review": assessment.next_review.isoformat(),
            "in_date": not assessment.lapse(today),
        }
        if assessment is not None
        else None,
    }


def _print(on_file: ProcessingRegister, shown: list[dict[str, Any]], unmet: str) -> None:
    print(f"处理者 controller  {on_file.controller.zh} {on_file.controller.en}")
    print(f"记录保存 records kept  {on_file.kept_months} 个月 months")
    for each in shown:
        mark = "已启用 switched on" if each["switched_on"] else "未启用 not switched on"
        print(f"\n{each['processing']}  {mark}{'  敏感 sensitive' if each['sensitive'] else ''}")
        print(f"  目的 purpose        {each['purpose']['zh']} {each['purpose']['en']}")
        print(f"  依据 legal basis    {'; '.join(each['legal_basis'])}")
        print(f"  类别 categories     {'; '.join(each['categories'])}")
        print(f"  接口 methods        {'; '.join(each['methods'])}")
        print(f"  保存 retention      {each['retention']['zh']} {each['retention']['en']}")
        print(f"  措施 security       {each['security']['zh']} {each['security']['en']}")
        if each["consent"]:
            print(f"  同意 consent        {each['consent']['zh']} {each['consent']['en']}")
        print(f"  负责 officer        {each['officer']}")
        print(f"  评估 assessment     {_assessment(each['assessment'])}")
        for who in each["recipients"]:
            print(f"  接收 recipient      {who['agency']}.{who['role']} {who['name']['zh']} {who['name']['en']}")
    if unmet:
        print(f"\n不符 NOT IN ORDER  {unmet}")


def _assessment(found: dict[str, Any] | None) -> str:
    if found is None:
        return "无 none on file"
    state = "有效 in date" if found["in_date"] else "失效 NOT in date"
    return f"{found['document_number']} {found['assessed_on']} … {found['next_review']} {state}"
