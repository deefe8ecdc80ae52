"""``jsg policy review``: the documents on which the policy rests, what rests on each, and its next review (X-05).

It reads the configuration and asks no gateway: a lawyer needs no certificate for it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from formats.civil import SHANGHAI
from gateway.bootstrap.config import load_config
from gateway.domain.basis_review import report

if TYPE_CHECKING:
    import argparse

    from gateway.domain.basis_review import ReviewedDocument

OK, ERROR = 0, 1


def run(arguments: argparse.Namespace) -> int:
    """Print the report of the review; 1 when one is due."""
    config = load_config(arguments.config, arguments.state)
    today = datetime.now(SHANGHAI).date()
    whole = report(config.policy, config.reviews, today)
    shown = [each for each in whole if each.due or not arguments.due]
    if arguments.json:
        rows = [_row(each) for each in shown]
        head = {"profile": config.policy.profile, "policy": config.policy.digest, "today": today.isoformat()}
        print(json.dumps({**head, "reviewer": config.reviews.reviewer, "documents": rows}, ensure_ascii=False))
    else:
        print(f"方案 profile      {config.policy.profile}, {config.policy.digest[:12]}")
        print(f"复核 reviewer     {config.reviews.reviewer}")
        for each in shown:
            _print(each)
    return ERROR if any(each.due for each in whole) else OK


def _row(each: ReviewedDocument) -> dict[str, Any]:
    return {
        "document": each.document,
        "level": each.level.value,
        "title": {"zh": each.title_zh, "en": each.title_en},
        "articles": list(each.articles),
        "valid_from": each.valid_from.isoformat(),
        "valid_to": each.valid_to.isoformat() if each.valid_to is not None else None,
        "rows": each.rows,
        "blocks": each.blocks,
        "incentives": each.incentives,
        "reviewed_on": each.reviewed_on.isoformat(),
        "next_review": each.next_review.isoformat(),
        "due": each.due,
    }


def _print(each: ReviewedDocument) -> None:
    mark = "应复核 DUE" if each.due else "有效 in date"
    until = each.valid_to.isoformat() if each.valid_to is not None else "-"
    print(f"\n{each.document}  {each.level.value}  {mark}")
    print(f"  名称 title      {each.title_zh}")
    print(f"                  {each.title_en}")
    print(f"  条款 articles   {', '.join(each.articles)}")
    print(f"  施行 in force   {each.valid_from.isoformat()} … {until}")
    print(f"  规则 rows       {each.rows}, 禁止 block {each.blocks}; 激励 incentives {each.incentives}")
    print(f"  复核 reviewed   {each.reviewed_on.isoformat()} → {each.next_review.isoformat()}")
