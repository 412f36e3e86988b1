from decimal import Decimal

from agent.honesty.findings import Finding, mask, written
from core.domain.evidence import FactKind


def test_a_mask_keeps_every_place() -> None:
    folded = "vence el 30/11 o no"
    masked = mask(folded, [Finding(FactKind.DATE, "--11-30", "day", 9, 14)])
    assert masked == "vence el |     o no"
    assert len(masked) == len(folded)


def test_numbers_have_one_form() -> None:
    assert [written(Decimal(text)) for text in ("249.00", "12.50", "0.0", "1E+3")] == ["249", "12.5", "0", "1000"]
