"""The guarantee is the course's own, word for word, or it is said that there is none."""

from core.db.pool import Pool
from core.domain.evidence import Fact, FactKind
from core.domain.tools import ToolResult
from tests.worlds import make_context, make_course, production_settings
from tools.show_guarantee import ShowGuaranteeArguments, show_guarantee


async def test_days_and_terms_are_facts(empty_database: Pool) -> None:
    course_id = await make_course(empty_database, guarantee_days=14, guarantee="Se devuelve el 100 %.")
    result = await show_guarantee(ShowGuaranteeArguments(), await make_context(empty_database))
    source = f"courses:{course_id}"
    assert result == ToolResult(
        facts=(
            Fact(key="guarantee.days", kind=FactKind.DURATION, value="14", unit="days", source=source),
            Fact(key="guarantee.terms", kind=FactKind.TEXT, value="Se devuelve el 100 %.", source=source),
        )
    )


async def test_a_course_without_a_guarantee_has_none(empty_database: Pool) -> None:
    await make_course(empty_database, guarantee_days=0, guarantee="Texto que quedó de antes.")
    result = await show_guarantee(ShowGuaranteeArguments(), await make_context(empty_database))
    assert result == ToolResult(missing="no_guarantee")


async def test_a_course_that_may_not_be_shown_has_none_either(empty_database: Pool) -> None:
    assert (await show_guarantee(ShowGuaranteeArguments(), await make_context(empty_database))).missing == "no_course"
    await make_course(empty_database, is_sample=True)
    context = await make_context(empty_database, settings=production_settings())
    assert (await show_guarantee(ShowGuaranteeArguments(), context)).missing == "unknown_course"
