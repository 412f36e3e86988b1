"""The price is set beside stored figures only, and each sum can be done again from the rows."""

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db.pool import Pool
from tests.worlds import insert, make_context, make_course, sources, valued
from tools.compare_prices import ComparePricesArguments, compare_prices

STATISTICS = (
    ("hours_saved_per_week", "duration", "4", "hours"),
    ("salary_increase", "money", "150", "USD"),
    ("completion", "percent", "81", "%"),
    ("students", "count", "412", "estudiantes"),
)


async def _fill(pool: Pool) -> tuple[int, dict[str, int]]:
    course_id = await make_course(pool, price="100.00", total_hours=32)
    rows = {}
    for name, kind, value, unit in STATISTICS:
        row = {
            "course_id": course_id,
            "name": name,
            "kind": kind,
            "value": value,
            "unit": unit,
            "label": f"dato {name}",
        }
        rows[name] = (await insert(pool, "course_statistics", {**row, "measured_on": "2026-06-30"}))["id"]
    for name, price, currency in (("Cara", "180.00", "USD"), ("Barata", "60.00", "USD"), ("Ajena", "900.00", "EUR")):
        row = {"course_id": course_id, "competitor": name, "price": price, "currency": currency, "strengths": "S"}
        rows[name] = (
            await insert(pool, "competitor_analysis", {**row, "differences": "D", "checked_on": "2026-10-01"})
        )["id"]
    return course_id, rows


async def test_value_comes_from_stored_figures_with_their_rows(empty_database: Pool) -> None:
    course_id, rows = await _fill(empty_database)
    result = await compare_prices(ComparePricesArguments(), await make_context(empty_database))
    facts = {(fact.key, fact.source): (fact.kind, fact.value, fact.unit) for fact in result.facts}
    course, hours = f"courses:{course_id}", f"course_statistics:{rows['hours_saved_per_week']}"
    assert facts["course.price", course] == ("money", "100.00", "USD")
    assert facts["course.hours", course] == ("duration", "32", "hours")
    assert facts["comparison.price_per_hour", course] == ("money", "3.13", "USD")
    assert facts["roi.hours_saved_per_week", hours] == ("duration", "4", "hours")
    assert facts["roi.hours_saved_per_week.label", hours] == ("text", "dato hours_saved_per_week", "")
    salary = f"course_statistics:{rows['salary_increase']}"
    assert facts["roi.salary_increase", salary] == ("money", "150.00", "USD")
    assert facts["statistic.completion", f"course_statistics:{rows['completion']}"] == ("percent", "81", "%")
    students = f"course_statistics:{rows['students']}"
    assert facts["statistic.students", students] == ("count", "412", "estudiantes")


async def test_a_saving_is_told_where_there_is_one_and_the_cheaper_course_is_not_hidden(empty_database: Pool) -> None:
    _, rows = await _fill(empty_database)
    result = await compare_prices(ComparePricesArguments(), await make_context(empty_database))
    assert valued(result)["competitor.name"] == ["Cara", "Barata", "Ajena"]
    assert valued(result)["competitor.price"] == ["180.00", "60.00", "900.00"]
    assert (valued(result)["comparison.saving"], sources(result, "comparison.saving")) == (
        ["80.00"],
        [f"competitor_analysis:{rows['Cara']}"],
    )


async def test_what_was_not_measured_is_not_told(empty_database: Pool) -> None:
    await make_course(empty_database)
    result = await compare_prices(ComparePricesArguments(), await make_context(empty_database))
    assert valued(result).keys() == {"course.price", "course.hours", "comparison.price_per_hour"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    price=st.decimals(min_value="0.01", max_value="99999999.99", places=2),
    hours=st.integers(1, 5000),
    other=st.decimals(min_value="0.00", max_value="99999999.99", places=2),
)
async def test_sums_follow_from_the_rows(empty_database: Pool, price: Decimal, hours: int, other: Decimal) -> None:
    course_id = await make_course(empty_database, price=price, total_hours=hours)
    row = {"course_id": course_id, "competitor": "Otra", "price": other, "currency": "USD", "strengths": "S"}
    await insert(empty_database, "competitor_analysis", {**row, "differences": "D", "checked_on": "2026-10-01"})
    context = await make_context(empty_database, course_id=course_id)
    result = await compare_prices(ComparePricesArguments(), context)
    facts = valued(result)
    per_hour = Decimal(facts["comparison.price_per_hour"][0])
    assert abs(per_hour * hours - price) <= Decimal("0.005") * hours
    assert facts.get("comparison.saving") == ([str(other - price)] if other > price else None)
    assert result == await compare_prices(ComparePricesArguments(), context)


async def test_without_a_course_nothing_is_compared(empty_database: Pool) -> None:
    assert (await compare_prices(ComparePricesArguments(), await make_context(empty_database))).missing == "no_course"
    gone = await make_context(empty_database, course_id=10**12)
    assert (await compare_prices(ComparePricesArguments(), gone)).missing == "unknown_course"


async def test_the_sample_courses_have_figures(database: Pool) -> None:
    facts = valued(await compare_prices(ComparePricesArguments(), await make_context(database)))
    assert len(facts["competitor.name"]) >= 2
    assert any(key.startswith(("roi.", "statistic.")) for key in facts)
