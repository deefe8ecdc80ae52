"""The letter of referral to the police, and its copy to the procuratorate (T-22, T-23, T-50; R310 arts 5, 6; D100)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import referral_pb2 as pb

from adapters.letters.case_file import step_day, step_number
from adapters.letters.closing import closing, letter_number
from adapters.letters.draft import BLANK, Draft, Line, or_blank
from adapters.letters.findings import brief, findings
from adapters.letters.hints import hints
from adapters.letters.wording import CRIMINAL_LAW, D100, R310
from formats.dossier import Material

if TYPE_CHECKING:
    from adapters.letters.case_file import CaseFile

_COPIED: Final = frozenset({Material.REFERRAL_LETTER, Material.ITEM_LIST, Material.PENALTY_DECISION})
_LIST: Final = Line("五、移送材料清单", "Materials (T-50, T-51, R310 art. 6)", heading=True)


def referral_letter(case: CaseFile) -> Draft:
    """Return the draft of the letter of referral (移送书)."""
    sent = case.last(pb.REFERRAL_ACT_KIND_SENDING)
    debtor = case.debtor()
    first = Line(
        f"我单位在查处{debtor.zh}拖欠劳动报酬一案（案件编号：{case.number}）中，认为其行为涉嫌构成{CRIMINAL_LAW}规定的"
        f"拒不支付劳动报酬罪。依照{R310}第五条、第六条的规定，现将该案移送你单位，请依照该规定第七条、第八条签收、依法"
        "审查，并将立案或者不予立案的决定书面通知我单位。",
        f"case {case.number}, {debtor.en}: referred under R310 arts 5 and 6 on suspicion of the crime of CL art. "
        "276-1; receipt and decision are asked for under arts 7 and 8",
    )
    return Draft(
        title=Line("涉嫌犯罪案件移送书", "Letter of referral of a suspected crime"),
        number=letter_number(sent),
        addressee=Line(f"{or_blank(case.names.addressee)}：", _police(case)),
        body=(first, *findings(case), _LIST),
        materials=case.rows(),
        closing=closing(case, sent),
        hints=hints(case, "T-22/send"),
    )


def copy_letter(case: CaseFile) -> Draft:
    """Return the draft of the letter that brings the procuratorate its copy (抄送函)."""
    sent = case.last(pb.REFERRAL_ACT_KIND_SENDING)
    debtor = case.debtor()
    first = Line(
        f"我单位办理的{debtor.zh}涉嫌拒不支付劳动报酬一案（案件编号：{case.number}），"
        f"{_brought(sent)}{BLANK}（公安机关）。依照{R310}和{D100}的要求，现将移送书及材料"
        "清单抄送你院；有行政处罚决定书的，一并抄送。",
        f"case {case.number}, {debtor.en}: {'referred' if sent else 'to be referred'} to {_police(case)}; "
        "letter and list are copied (T-23)",
    )
    return Draft(
        title=Line("涉嫌犯罪案件移送抄送函", "Copy of a letter of referral"),
        number=letter_number(None),
        addressee=Line(f"{or_blank(case.names.addressee)}：", "the procuratorate of the same level"),
        body=(first, brief(case), Line("抄送材料", "What is copied (T-23)", heading=True)),
        materials=case.rows(_COPIED),
        closing=closing(case, None),
        hints=hints(case, "T-22/send"),
    )


def _brought(sent: pb.RecordedReferralStep | None) -> str:
    return f"已于{step_day(sent)}以{step_number(sent)}移送" if sent else "拟移送"


def _police(case: CaseFile) -> str:
    sent = case.last(pb.REFERRAL_ACT_KIND_SENDING, pb.REFERRAL_ACT_KIND_FORWARDING)
    known = f", in the gateway {sent.step.to_agency}" if sent else ""
    return f"the police of the same level{known}"
