"""Reading a table: right values, and faults that name their column."""

from pathlib import Path

import pytest

from core.errors import TrainingError
from core.learning.table import Table, Wish, read_table

HEAD = "id,Person,When,Visits,City,Free,Same,Bought\n"


def row(number: int, **cells: str) -> str:
    values = {
        "id": f"row-{number}",
        "Person": f"p{number // 2}",
        "When": f"2026-01-{1 + number % 28:02d}",
        "Visits": str(number % 7),
        "City": "Lima" if number % 3 else "Quito",
        "Free": f"text {number} of my own" if number % 5 else "twice",
        "Same": "1",
        "Bought": "yes" if number % 4 == 0 else "no",
    }
    return ",".join((values | cells).values()) + "\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "leads.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return written(tmp_path, HEAD + "".join(row(number) for number in range(60)))


def read(path: Path, **wish: str) -> Table:
    given = {"target": "Bought"} | wish
    return read_table(
        path, Wish(given["target"], given.get("group", ""), given.get("time", ""), given.get("positive", ""))
    )


def test_numbers_texts_people_and_moments(path: Path) -> None:
    table = read(path, group="Person", time="When")
    assert table.positive == "yes"
    assert table.examples.rows[1] == {"Visits": 1.0, "City": "Lima"}
    assert table.examples.truth[:5].tolist() == [1, 0, 0, 0, 1]
    assert table.examples.people[:4].tolist() == [0, 0, 1, 1]
    assert table.examples.at[1] - table.examples.at[0] == 86_400


def test_what_is_left_out_is_told(path: Path) -> None:
    notes = " ".join(read(path).notes)
    assert "'id' is left out: it is different in each row" in notes
    assert "'Same' is left out: it never changes" in notes
    assert "'Free' is left out" in notes


def test_missing_values_stay_missing(tmp_path: Path) -> None:
    cells = [row(1, Visits="NA"), row(2, City="?"), row(3, Bought="")]
    table = read(written(tmp_path, HEAD + "".join([*cells, *(row(number) for number in range(60))])))
    assert table.examples.rows[0]["Visits"] is None
    assert table.examples.rows[1]["City"] is None
    assert len(table.examples) == 62
    assert "1 rows without 'Bought' are left out." in table.notes


def test_other_delimiters_and_a_byte_order_mark(tmp_path: Path) -> None:
    text = "\ufeff" + (HEAD + "".join(row(number) for number in range(60))).replace(",", ";")
    assert read(written(tmp_path, text)).examples.rows[0]["City"] == "Quito"


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"target": "bought"}, "there is no column 'bought'; it has 'id', 'Person'"),
        ({"group": "Nobody"}, "there is no column 'Nobody'"),
        ({"time": "Nowhen"}, "there is no column 'Nowhen'"),
        ({"target": "Visits"}, "'Visits' should have two values, not 7"),
        ({"positive": "maybe"}, "'maybe' is no value of 'Bought'; it has 'no' and 'yes'"),
        ({"target": "City"}, "Which value of 'City' is the outcome"),
        ({"time": "City"}, "'Quito' in column 'City', row 2, should be a number or an ISO 8601 date"),
    ],
)
def test_a_wrong_wish_names_the_column(path: Path, wish: dict[str, str], said: str) -> None:
    with pytest.raises(TrainingError, match=said):
        read(path, **wish)


def test_a_dropped_column_must_be_there(path: Path) -> None:
    assert "City" not in read_table(path, Wish("Bought", drop=("City",))).examples.rows[0]
    with pytest.raises(TrainingError, match="no column 'Town'"):
        read_table(path, Wish("Bought", drop=("Town",)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + row(1), "has 1 rows"),
        (HEAD + row(1) + "1,2\n", "row 3 has 2 cells and the header 8"),
        ("a,a,Bought\n1,2,3\n", "same name: 'a'"),
        ("", "cannot be read"),
        ("a\x00b", "NUL"),
        (HEAD + "\xff", "UTF-8"),
    ],
)
def test_a_broken_file_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "leads.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(TrainingError, match=said):
        read(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="No such file"):
        read(tmp_path / "none.csv")
