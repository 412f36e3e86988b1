import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from psycopg.rows import DictRow

from core.db.pool import Connection, Pool
from core.db.samples import SEED, refuse_samples, sample_counts, seed
from core.errors import DatabaseError, SampleDataError

STORAGE = SEED.parent / "storage"
SMALL = 60_000
MARKED = {
    "advisors",
    "campaigns",
    "competitor_analysis",
    "course_statistics",
    "courses",
    "demo_hosts",
    "free_resources",
    "offers",
    "student_testimonials",
    "success_cases",
}
# Every table of the catalog, row by row, so that any change would show.
SNAPSHOT = " union all ".join(
    f"select '{table}' as name, to_jsonb(t)::text as row from {table} t"  # noqa: S608 - names of our own
    for table in (*sorted(MARKED), "course_modules", "demo_hours", "experiments")
)


async def rows(conn: Connection, query: str) -> list[DictRow]:
    return await (await conn.execute(query.encode())).fetchall()


async def per_course(conn: Connection, table: str, condition: str = "true") -> list[int]:
    joined = f"{table} t on t.course_id = c.id and {condition}"
    query = f"select count(t.id) as n from courses c left join {joined} group by c.id"  # noqa: S608
    return [row["n"] for row in await rows(conn, query)]


async def test_there_is_enough_of_everything_for_each_course(database: Pool) -> None:
    shown = "t.verified_at is not null and t.consent_reference like 'SAMPLE-%'"
    async with database.connection() as conn:
        assert len(await per_course(conn, "course_modules")) >= 3
        assert all(6 <= count <= 8 for count in await per_course(conn, "course_modules"))
        for table, condition, least in (
            ("student_testimonials", shown, 6),
            ("student_testimonials", "t.verified_at is null and t.consent_reference is null", 1),
            ("success_cases", shown + " and jsonb_array_length(t.metrics) > 0", 4),
            ("course_statistics", "true", 4),
            ("competitor_analysis", "true", 2),
            ("free_resources", "true", 3),
            ("campaigns", "true", 1),
        ):
            assert min(await per_course(conn, table, condition)) >= least, (table, condition)


async def test_each_course_has_offers_in_every_state(database: Pool) -> None:
    live = (
        "t.approved_at <= now() and t.starts_at <= now() and t.ends_at between now() + '18 days' and now() + '23 days'"
    )
    async with database.connection() as conn:
        for condition in (
            f"t.kind = 'discount' and t.max_claims between 20 and 30 and {live}",
            f"t.kind = 'bonus' and {live}",
            "t.kind = 'discount' and t.approved_at <= now() and t.ends_at < now()",
            "t.approved_at is null and t.starts_at <= now() and t.ends_at > now()",
            "t.approved_at <= now() and t.starts_at > now()",
        ):
            assert await per_course(conn, "offers", condition) == [1, 1, 1], condition


async def test_every_objection_is_met_for_each_course(database: Pool) -> None:
    query = """
        select array_agg(distinct objection order by objection) as met from student_testimonials
        where verified_at is not null group by course_id
    """
    async with database.connection() as conn:
        assert [row["met"] for row in await rows(conn, query)] == [["price", "time", "trust", "value"]] * 3


async def test_every_row_is_marked_as_a_sample(database: Pool) -> None:
    async with database.connection() as conn:
        counts = await sample_counts(conn)
        assert set(counts) == MARKED
        for table, count in counts.items():
            assert (await rows(conn, f"select count(*) as n from {table}"))[0]["n"] == count  # noqa: S608


async def test_hours_of_the_modules_add_up(database: Pool) -> None:
    query = """
        select c.slug, c.total_hours, sum(m.hours) as added, array_agg(m.position order by m.position) as positions
        from courses c join course_modules m on m.course_id = c.id group by c.id
    """
    async with database.connection() as conn:
        for course in await rows(conn, query):
            assert course["added"] == course["total_hours"], course["slug"]
            assert course["positions"] == list(range(1, len(course["positions"]) + 1))


async def test_every_file_exists_is_small_and_opens(database: Pool) -> None:
    query = """
        select image_path as path from courses union all select preview_path from courses
        union all select path from free_resources
    """
    async with database.connection() as conn:
        paths = {STORAGE / row["path"] for row in await rows(conn, query)}
    assert paths == {path for path in STORAGE.rglob("*") if path.is_file()}
    for path in paths:
        assert path.stat().st_size < SMALL, path
        OPENS[path.suffix](path)


def opens_pdf(path: Path) -> None:
    data = path.read_bytes()
    assert data.startswith(b"%PDF-1.")
    assert data.rstrip().endswith(b"%%EOF")
    assert data.count(b"/Type /Page\n") >= 2, "several pages"
    start = int(data.rstrip().removesuffix(b"%%EOF").split()[-1])
    assert data[start:].startswith(b"xref")


def opens_png(path: Path) -> None:
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert data.endswith(b"IEND\xaeB`\x82")
    assert int.from_bytes(data[16:20], "big") >= 800


def opens_office(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        ElementTree.fromstring(archive.read("[Content_Types].xml"))  # noqa: S314 - a file of our own


OPENS = {".pdf": opens_pdf, ".png": opens_png, ".xlsx": opens_office, ".docx": opens_office}


async def test_seeding_again_changes_nothing_and_restarts_no_timer(database: Pool) -> None:
    async with database.connection() as conn:
        await conn.execute("update offers set ends_at = ends_at + interval '5 days', max_claims = 1")
        before = await rows(conn, SNAPSHOT)
        await seed(conn)
        assert sorted(map(str, await rows(conn, SNAPSHOT))) == sorted(map(str, before))


async def test_sample_rows_never_touch_a_real_course_of_the_same_name(empty_database: Pool) -> None:
    async with empty_database.connection() as conn:
        await conn.execute(
            """insert into courses (slug, hashtag, name, tagline, description, level, audience, requirements, modality,
            price, duration_weeks, total_hours, certificate, guarantee_days, guarantee) values ('ia-para-profesionales',
            'CURSO_REAL', 'Curso real', 't', 'd', 'l', 'a', 'r', 'm', 100, 4, 8, 'c', 7, 'g')"""
        )
        await seed(conn)
        query = "select c.name from courses c join offers o on o.course_id = c.id where not c.is_sample"
        assert await rows(conn, query) == []


async def test_configured_database_with_samples_is_refused_with_the_way_out(database: Pool) -> None:
    async with database.connection() as conn:
        with pytest.raises(SampleDataError) as caught:
            await refuse_samples(conn)
        told = str(caught.value)
        assert "never shown to real people" in told
        assert "courses (3)" in told
        assert all(table in told for table in MARKED)
        await conn.execute(told.partition("begin; ")[2].partition(" commit;")[0].encode())
        await refuse_samples(conn)
        assert await rows(conn, "select * from courses") == []


async def test_configured_database_without_samples_is_accepted(empty_database: Pool) -> None:
    async with empty_database.connection() as conn:
        assert await sample_counts(conn) == {}
        await refuse_samples(conn)


async def test_one_sample_among_real_rows_is_found(database: Pool) -> None:
    async with database.connection() as conn:
        for table in MARKED:
            await conn.execute(f"update {table} set is_sample = false".encode())  # noqa: S608
        await refuse_samples(conn)
        await conn.execute("update offers set is_sample = true where id = (select min(id) from offers)")
        with pytest.raises(SampleDataError, match=r"Found in: offers \(1\)"):
            await refuse_samples(conn)


async def test_broken_or_missing_script_changes_nothing_and_is_named(empty_database: Pool, tmp_path: Path) -> None:
    script = tmp_path / "seed.sql"
    async with empty_database.connection() as conn:
        with pytest.raises(DatabaseError, match=r"seed\.sql cannot be read"):
            await seed(conn, script)
        script.write_text("insert into campaigns (code, source) values ('A', 'b');\n\ninsert into nowhere select 1;")
        with pytest.raises(DatabaseError, match=r'seed\.sql:3: relation "nowhere" does not exist'):
            await seed(conn, script)
        assert await rows(conn, "select * from campaigns") == []


async def test_empty_script_is_no_fault(empty_database: Pool, tmp_path: Path) -> None:
    script = tmp_path / "seed.sql"
    script.write_text("-- nothing yet\n")
    async with empty_database.connection() as conn:
        await seed(conn, script)
        assert await sample_counts(conn) == {}
