"""Only verified testimonials with consent are ever read, whatever the other columns say."""

from datetime import UTC, datetime, timedelta
from itertools import product

from core.db import testimonials
from core.db.pool import Pool
from tests.worlds import make_course, make_testimonial

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
VERIFIED = (None, NOW + timedelta(days=1), NOW, NOW - timedelta(days=1))
CONSENTS = (None, "", " \n", "consent-7")


async def test_of_all_rows_only_the_verified_and_consented_are_read(empty_database: Pool) -> None:
    course_id = await make_course(empty_database)
    shown: dict[bool, set[int]] = {True: set(), False: set()}
    for verified, consent, sample in product(VERIFIED, CONSENTS, (True, False)):
        fields = {"verified_at": verified, "consent_reference": consent, "is_sample": sample}
        row = await make_testimonial(empty_database, course_id, **fields)
        if verified is not None and verified <= NOW and consent == "consent-7":
            shown[sample].add(row)
    async with empty_database.connection() as conn:
        with_samples = await testimonials.of_course(conn, course_id, NOW, samples=True)
        without = await testimonials.of_course(conn, course_id, NOW, samples=False)
    assert {row.id for row in without} == shown[False]
    assert {row.id for row in with_samples} == shown[False] | shown[True]
    assert len(shown[True]) == len(shown[False]) == 2


async def test_another_courses_testimonials_stay_there(empty_database: Pool) -> None:
    await make_testimonial(empty_database, await make_course(empty_database))
    other = await make_course(empty_database)
    async with empty_database.connection() as conn:
        assert await testimonials.of_course(conn, other, NOW, samples=True) == ()
