"""The page of an answer in the console: the verdict in large words, what to do, on what ground and until when."""

from __future__ import annotations

import pytest
from console_desk import CODE, Desktop, answer, measure
from jointsanctions.v1 import common_pb2


@pytest.fixture
def desktop():
    desktop = Desktop()
    desktop.opened()
    return desktop


VERDICTS = {
    common_pb2.VERDICT_CLEAR: ("可以办理", "good"),
    common_pb2.VERDICT_CONDITIONAL: ("附条件办理", "warn"),
    common_pb2.VERDICT_RESTRICTED: ("受限，不得批准", "bad"),
    common_pb2.VERDICT_UNVERIFIABLE: ("无法核实，不是无限制", "doubt"),
}


@pytest.mark.parametrize(("verdict", "said"), VERDICTS.items())
def test_each_verdict_stands_there_in_large_words_with_what_to_do(desktop, verdict, said):
    desktop.gateway.answer = answer(verdict)
    page = desktop.asked()

    assert f"<h1>{said[0]}</h1>" in page.text
    assert f'class="verdict {said[1]}"' in page.text
    assert all(other not in page.text for other, _ in VERDICTS.values() if other != said[0])
    assert ("不可留用" in page.words) is (verdict == common_pb2.VERDICT_UNVERIFIABLE)


@pytest.mark.parametrize("verdict", [0, 99])
def test_a_verdict_that_is_not_known_here_is_never_clear(desktop, verdict):
    desktop.gateway.answer = answer(verdict)
    page = desktop.asked()

    assert "<h1>无法核实，不是无限制</h1>" in page.text
    assert "可以办理" not in page.words


def test_a_measure_is_told_with_ground_basis_authority_end_and_remedy(desktop):
    bound = common_pb2.SecurityBound(
        kind="PERFORMANCE_BOND", surcharge_percent=50, raised_fen=150_000, cap_fen=1_000_000
    )
    raised = measure(effect=common_pb2.EFFECT_RAISE_SECURITY, security_bound=bound, disputed=True)
    desktop.gateway.answer = answer(common_pb2.VERDICT_CONDITIONAL, measures=[raised])
    words = desktop.asked().words

    for said in (
        "提高保证金或担保",
        "信用等级为 B",
        "重点审查",
        "示例办法 第12条（地方性法规，示政发〔2026〕1号）",
        "示例市人力资源和社会保障局 示人社〔2026〕3号",
        "等级变化",
        "申请复核",
        "履约保证金上浮 50%，不少于 1,500.00 元，不超过 10,000.00 元",
        "当事人已提出异议",
        "A-125-1",
    ):
        assert said in words
    desktop.post("/language", {"language": "en"})
    words = desktop.asked().words
    assert "Sample measures, Art. 12 (local regulation, 示政发〔2026〕1号)" in words
    assert "Performance bond: 50 % more, at least 1,500.00 yuan, at most 10,000.00 yuan" in words


def test_what_is_not_checked_of_a_basis_and_who_grades_are_said_in_words(desktop):
    basis = common_pb2.LegalBasis(document="S15333", article="uses", level="LOCAL_NORMATIVE")
    basis.title.zh, basis.title.en = "示例办法", "Sample measures"
    graded = measure(legal_basis=[basis], authority="HRSS", document_number="shiyan-15333/1")
    desktop.gateway.answer = answer(common_pb2.VERDICT_CONDITIONAL, measures=[graded])
    words = desktop.asked().words

    assert "示例办法 条款号待核（uses）（地方规范性文件，S15333）" in words
    assert "人力资源和社会保障部门 shiyan-15333/1" in words
    desktop.post("/language", {"language": "en"})
    assert "Sample measures, article not checked yet (uses) (local normative document, S15333)" in desktop.asked().words


@pytest.mark.parametrize(
    ("relation", "uscc", "said"),
    [
        ("HEAD_OFFICE", "91420300MA1000447A", "总公司 91420300MA1000447A"),
        ("LEGAL_REPRESENTATIVE", CODE, "法定代表人"),
        ("COUSIN", "91420300MA1000447A", "COUSIN 91420300MA1000447A"),
        ("SELF", CODE, ""),
    ],
)
def test_whom_a_measure_is_about_is_said_where_it_is_not_the_enterprise(desktop, relation, uscc, said):
    desktop.gateway.answer = answer(
        common_pb2.VERDICT_CONDITIONAL, measures=[measure(relation=relation, party_uscc=uscc)]
    )
    page = desktop.asked()

    assert ("<dt>涉及</dt>" in page.text) is bool(said)
    assert said in page.words
