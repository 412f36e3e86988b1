"""What holds on every page: headers, limits, kind pages, and a log without personal data."""

import asyncio
from collections.abc import AsyncIterator
from types import MappingProxyType

import pytest
from structlog.testing import capture_logs

from channels.web.guard import BODY_LIMIT
from core.db.pool import Pool
from core.prompts.prompt_environment import compile_files
from core.prompts.prompt_files import PromptFiles
from core.prompts.prompt_set import PromptSet
from tests.brendas import queue_on
from tests.sites import CHAT_URL, Visitor, make_site, visiting, visitor_on
from tests.worlds import load_prompts

SAFE = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


@pytest.fixture
async def visitor(empty_database: Pool) -> AsyncIterator[Visitor]:
    async with visitor_on(empty_database, company="Academia <Prueba> & Cía") as visitor:
        yield visitor


@pytest.mark.parametrize("path", ["/privacidad", "/r/forged", "/preview/forged", "/nothing", "/healthz", "/webhooks/x"])
async def test_every_answer_carries_the_safe_headers(visitor: Visitor, path: str) -> None:
    answer = await visitor.opens(path)
    assert {name: answer.headers[name] for name in SAFE} == SAFE
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy
    assert "server" not in answer.headers
    assert not {"unsafe-inline", "unsafe-eval", "*", "http:", "https:"} & set(policy.replace(";", "").split())


async def test_the_style_is_allowed_by_a_nonce_that_is_new_each_time(visitor: Visitor) -> None:
    answers = [await visitor.opens("/privacidad") for _ in range(2)]
    nonces = [answer.text.partition('<style nonce="')[2].partition('"')[0] for answer in answers]
    assert len(set(nonces)) == 2
    for answer, nonce in zip(answers, nonces, strict=True):
        assert f"style-src 'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]


async def test_the_notice_is_the_one_of_the_chat_word_for_word(visitor: Visitor) -> None:
    settings = visitor.site.settings
    told = load_prompts().render("messages/consent/notice", company=settings.company, contact=settings.contact)
    answer = await visitor.opens("/privacidad")
    words = answer.words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("&#34;", '"')
    lines = [" ".join(line.removeprefix("- ").split()).casefold() for line in told.splitlines()]
    assert [line for line in lines if line not in words.casefold()] == []
    assert "versión 2026-11" in words
    assert "<Prueba>" not in answer.text


async def test_a_page_without_a_known_chat_says_it_in_words(empty_database: Pool) -> None:
    async with visitor_on(empty_database) as visitor:
        answer = await visitor.opens("/r/forged")
        assert f'href="{CHAT_URL}"' in answer.text
    async with queue_on(empty_database) as queue:
        site = make_site(empty_database, queue)
        object.__setattr__(site, "chat_url", lambda: None)
        async with visiting(site) as visitor:
            answer = await visitor.opens("/r/forged")
    assert "t.me" not in answer.text
    assert "Vuelve a la conversación" in answer.words


async def test_unknown_pages_and_methods_are_kind_for_people_and_short_for_machines(visitor: Visitor) -> None:
    assert (await visitor.opens("/nothing")).words == (await visitor.opens("/r/forged")).words
    assert (await visitor.asks("DELETE", "/privacidad")).status == 405
    assert (await visitor.opens("/webhooks/stripe")).text == "input"
    assert (await visitor.posts("/privacidad", b"x" * (BODY_LIMIT + 1))).status == 413


async def test_a_fault_of_ours_is_a_page_and_a_log_line_without_the_path(empty_database: Pool) -> None:
    source = dict(load_prompts().files) | {
        "messages/consent/notice.md.j2": "{# variables: company, contact #}\n{{ 1/0 }}"
    }
    broken = PromptSet(compile_files(PromptFiles(MappingProxyType(source))))
    async with queue_on(empty_database) as queue, visiting(make_site(empty_database, queue, broken)) as visitor:
        with capture_logs() as logs:
            answer = await visitor.opens("/privacidad?name=Ana")
    assert answer.status == 500
    assert "Algo falló de nuestro lado" in answer.words
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert [entry["path"] for entry in logs if entry["event"] == "http_fault"] == ["/privacidad"]
    assert "Ana" not in str(logs)


async def test_requests_are_logged_by_the_template_of_their_path(visitor: Visitor) -> None:
    with capture_logs() as logs:
        await visitor.opens("/r/a-secret-token")
        await visitor.opens("/somewhere/ana@example.com")
    seen = [(entry["path"], entry["status"]) for entry in logs if entry["event"] == "http_request"]
    assert seen == [("/r/{token}", 404), ("(none)", 404)]
    assert "secret" not in str(logs)
    assert "example.com" not in str(logs)


async def test_many_visitors_at_once_are_all_served(visitor: Visitor) -> None:
    answers = await asyncio.gather(*(visitor.opens("/privacidad") for _ in range(50)))
    assert {answer.status for answer in answers} == {200}
