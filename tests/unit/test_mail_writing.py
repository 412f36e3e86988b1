"""A written e-mail: styles where mail programs look for them, nothing from elsewhere, and the same said twice."""

import re

import pytest

from core.errors import PromptError
from core.prompts.prompt_check import sample_cases
from core.world.mail_writing import Words, write
from tests.worlds import load_prompts

LETTERS = sorted(
    name.removeprefix("email/")
    for name in load_prompts().names()
    if name.startswith("email/") and not name.endswith(".html")
)


def written(template: str) -> list[Words]:
    prompts = load_prompts()
    cases = sample_cases(prompts, f"email/{template}")
    return [write(prompts, template, case | {"sender": case["sender"], "course": case.get("course")}) for case in cases]


@pytest.mark.parametrize("template", LETTERS)
def test_every_e_mail_is_whole_in_both_forms(template: str) -> None:
    for words in written(template):
        assert 0 < len(words.subject) <= 78
        assert "\n" not in words.subject
        assert re.search(r'<td class="card" style="[^"]*background: #ffffff', words.html)
        assert "@media (prefers-color-scheme: dark)" in words.html
        assert not re.search(r"<(img|script|link|iframe|form)\b|url\(", words.html, re.IGNORECASE)
        for part in (words.text, words.html):
            assert "Calle de Ejemplo 1" in part
            assert "hola@academia.example" in part
            assert "/privacidad" in part
            assert "IA" in part


@pytest.mark.parametrize("template", sorted(set(LETTERS) - {"receipt", "refund"}))
def test_advertising_shows_its_way_out_in_both_forms(template: str) -> None:
    for words in written(template):
        assert "http://127.0.0.1:8080/correo/ejemplo" in words.text
        assert 'href="http://127.0.0.1:8080/correo/ejemplo"' in words.html


@pytest.mark.parametrize("template", LETTERS)
def test_no_e_mail_presses(template: str) -> None:
    pressing = re.compile(
        r"últim[oa]s? (plazas|cupos|horas|oportunidad)|solo hoy|date prisa|¡|urgente|garantizad", re.I
    )
    for words in written(template):
        assert not pressing.search(words.text)
        assert not pressing.search(words.html)


def test_what_there_is_not_is_named() -> None:
    with pytest.raises(PromptError, match="Did you mean email/receipt"):
        write(load_prompts(), "reciept", {})
    with pytest.raises(PromptError, match=r"not given: .*payment"):
        write(load_prompts(), "receipt", {"sender": {}, "name": "", "unsubscribe_url": ""})
