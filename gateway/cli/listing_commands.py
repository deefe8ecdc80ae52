"""The commands of ``jsg listing`` as data: the method behind each, its acts, its options and an example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.domain.vocabulary import ListingActKind as Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

STEP: Final = "L-17 --authority 示例市人力资源和社会保障局 --document 示例人社监〔2026〕9号 --on 2026-03-02"


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a step: its method, the words for its acts (none: it has one act only), and its options."""

    rpc: str
    say: str
    example: str
    acts: Mapping[str, Kind]
    options: tuple[tuple[str, str, str], ...]
    """Flag without its dashes, field, and what it is."""


def _acts(*kinds: Kind) -> Mapping[str, Kind]:
    return {kind.name.lower().replace("_", "-"): kind for kind in kinds}


COMMANDS: Final[Mapping[str, Command]] = {
    "propose": Command(
        "ProposeListing",
        "open the procedure with the order to pay",
        f"{STEP} --uscc 91420300MA10004470 --due 2026-03-16",
        {},
        (
            ("uscc", "uscc", "code of the enterprise"),
            ("due", "order_due_on", "day by which the order is to be paid"),
            ("delivered", "order_delivered_on", "day on which it was delivered"),
            ("proof", "order_delivery_proof", "proof of that delivery"),
        ),
    ),
    "notice": Command(
        "RecordNotice",
        "record a notice, its delivery, or that the listing was published or taken down",
        f"pre-notice-delivered {STEP} --proof 送达回证〔2026〕9号",
        _acts(
            Kind.ORDER_DELIVERED,
            Kind.PRE_NOTICE,
            Kind.PRE_NOTICE_DELIVERED,
            Kind.PUBLISHED,
            Kind.UNPUBLISHED,
            Kind.OTHER_SITES_TOLD,
            Kind.PLATFORM_TOLD,
            Kind.ORDER_REVOKED,
        ),
        (("proof", "delivery_proof", "proof of delivery"), ("places", "places", "where it is published or was")),
    ),
    "objection": Command(
        "RecordObjection",
        "record an objection or remedy, and what became of it",
        f"objection-verified {STEP} --result 申辩理由不成立",
        _acts(Kind.OBJECTION, Kind.OBJECTION_VERIFIED, Kind.DISPUTE_OPENED, Kind.DISPUTE_CLOSED),
        (("result", "result", "what was found, as the party is told"),),
    ),
    "decide": Command(
        "DecideListing",
        "decide to list, or not to list",
        f"list {STEP} --reason REFUSED_TO_PAY_ORDERED_WAGES --persons persons.csv \\\n"
        "    --basis … --measures … --early-removal … --remedies … --repair-notice 修复告知〔2026〕9号",
        {"list": Kind.DECISION, "not-list": Kind.NOT_LISTED},
        (
            ("reason", "reason", "reason: to list, a code; not to list, a text"),
            ("basis", "basis", "legal basis as the document states it"),
            ("measures", "measures", "notice of the joint measures"),
            ("early-removal", "early_removal", "conditions and procedure of early removal"),
            ("remedies", "remedies", "remedies"),
            ("repair-notice", "repair_notice_number", "number of the repair notice that goes out with it"),
            ("waiver", "objection_waiver_number", "number of the party's written waiver of its objection"),
            ("extension", "extension_number", "number of the head's approval of 20 more working days"),
            ("corrected", "corrected_on", "day on which everything owed was paid, not to list"),
            ("commitment", "commitment_number", "number of the written commitment, not to list"),
        ),
    ),
    "deliver": Command(
        "RecordDelivery",
        "record the delivery of a decision to one party",
        f"{STEP} --proof 送达回证〔2026〕12号",
        {},
        (("proof", "delivery_proof", "proof of delivery"),),
    ),
    "stay": Command(
        "StayListing",
        "lift a listing for a time, or bar its repair, and end that",
        f"hidden {STEP} --by 示例市中级人民法院",
        _acts(
            Kind.STAY,
            Kind.STAY_ENDED,
            Kind.HIDDEN,
            Kind.HIDDEN_ENDED,
            Kind.CRIMINAL_BAR_SET,
            Kind.CRIMINAL_BAR_LIFTED,
        ),
        (("by", "ordered_by", "court, reconsideration body or police whose document it is"),),
    ),
    "revoke": Command(
        "RevokeListing",
        "revoke a listing: void from the start",
        f"{STEP} --reason 责令限期支付决定被撤销",
        {},
        (("reason", "reason", "why"),),
    ),
    "apply-repair": Command(
        "ApplyForRepair",
        "record an application for early removal",
        f"{STEP} --corrected 2026-04-01 --proof 工资支付凭证〔2026〕3号 --commitment 信用承诺〔2026〕3号",
        {},
        (
            ("corrected", "corrected_on", "day on which everything owed was paid"),
            ("proof", "correction_proof", "evidence of correction"),
            ("commitment", "commitment_number", "written commitment"),
        ),
    ),
    "decide-repair": Command(
        "DecideRepair",
        "accept, extend, grant or refuse an application for early removal, restore the listing after fraud, or reject a"
        " repair that the platform shows",
        f"grant {STEP}",
        {
            "accept": Kind.REPAIR_ACCEPTED,
            "extend": Kind.REPAIR_EXTENDED,
            "grant": Kind.REPAIR,
            "refuse": Kind.REPAIR_REFUSED,
            "restore": Kind.RESTORE,
            "reject-shown": Kind.REPAIR_SHOWN_REJECTED,
        },
        (
            ("reason", "reason", "reasons"),
            ("early-reason", "decided_before_cr36_reason", "why before the date of the rules on credit repair"),
        ),
    ),
}
