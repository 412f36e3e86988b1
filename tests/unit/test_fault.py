from core.prompts.fault import Fault, fault_lines


def test_a_fault_tells_place_variable_and_matter() -> None:
    assert str(Fault("name/ask.md.j2", 3, "course", "is undefined")) == "name/ask.md.j2:3: course: is undefined"


def test_what_is_not_known_is_left_out() -> None:
    assert str(Fault("selection.toml", 0, "", "is gone")) == "selection.toml: is gone"


def test_faults_are_listed_by_file_and_line() -> None:
    faults = [Fault("b", 1, "", "x"), Fault("a", 10, "", "y"), Fault("a", 9, "", "z")]
    assert fault_lines(faults) == "a:9: z\na:10: y\nb:1: x"
