"""The lean chat model against a fake provider, over real HTTP on loopback."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.outputs import LLMResult
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from core.errors import MalformedAnswerError, ModelError, ModelRejectedError, ModelUnavailableError, SettingsError
from core.integrations.openai_chat import LeanChatOpenAI, openai_chat
from tests.fakes.openai_server import Answer, Ending, FakeOpenAI, Use, fails, says, script, uses

KEY = "sk-very-secret-0123456789"
ASKED = [SystemMessage("Eres Brenda."), HumanMessage("¿Cuánto cuesta? 🙂 «ñ»")]
TOOLS: list[dict[str, Any]] = [
    {
        "type": "function",
        "function": {
            "name": name,
            "description": "Datos verificados, con su fuente — 100 %",
            "parameters": {
                "type": "object",
                "properties": {"tema": {"type": "string", "enum": ["módulos", "precio"]}, "n": {"type": "integer"}},
                "required": ["tema"],
                "additionalProperties": False,
            },
        },
    }
    for name in ("show_syllabus", "compare_prices")
]

Build = Callable[[FakeOpenAI], LeanChatOpenAI]


@pytest.fixture
async def fake() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI(key=KEY) as server:
        yield server


@pytest.fixture
async def build() -> AsyncIterator[Build]:
    built: list[LeanChatOpenAI] = []

    def make(server: FakeOpenAI) -> LeanChatOpenAI:
        built.append(openai_chat(base_url=server.base_url, api_key=SecretStr(KEY), model="gpt-4o-mini", timeout=5))
        return built[-1]

    yield make
    for model in built:
        await model.aclose()


@pytest.fixture
def model(fake: FakeOpenAI, build: Build) -> LeanChatOpenAI:
    return build(fake)


async def failure(model: LeanChatOpenAI, messages: list[BaseMessage] | None = None) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await model.ainvoke(messages or list(ASKED))
    return caught.value


async def test_the_wire_holds_messages_and_tools_exactly_and_once(fake: FakeOpenAI, model: LeanChatOpenAI) -> None:
    await model.ainvoke(ASKED, tools=TOOLS)
    (request,) = fake.requests
    assert request.path == "/v1/chat/completions"
    assert request.body == {
        "model": "gpt-4o-mini",
        "temperature": 0.3,
        "stream": False,
        "messages": [
            {"role": "system", "content": "Eres Brenda."},
            {"role": "user", "content": "¿Cuánto cuesta? 🙂 «ñ»"},
        ],
        "tools": TOOLS,
    }
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"] == "(hidden)"


async def test_a_reply_comes_back_with_its_metadata(fake: FakeOpenAI, model: LeanChatOpenAI) -> None:
    fake.respond = script(says("Cuesta 249 USD 🎓, ¿te muestro el temario?"))
    message = await model.ainvoke(ASKED)
    assert message.content == "Cuesta 249 USD 🎓, ¿te muestro el temario?"
    assert message.response_metadata["finish_reason"] == "stop"
    assert message.usage_metadata is not None
    assert message.usage_metadata["output_tokens"] == 20


async def test_a_tool_call_goes_round(fake: FakeOpenAI, model: LeanChatOpenAI) -> None:
    fake.respond = script(uses("show_syllabus", tema="módulos", n=3), says("Son 8 módulos."))
    called = await model.ainvoke(ASKED, tools=TOOLS)
    assert [(call["name"], call["args"], call["id"]) for call in called.tool_calls] == [
        ("show_syllabus", {"tema": "módulos", "n": 3}, "call_1")
    ]
    result = ToolMessage('{"facts": []}', tool_call_id="call_1")
    said = await model.ainvoke([*ASKED, called, result], tools=TOOLS)
    assert said.content == "Son 8 módulos."
    sent = fake.requests[1].body["messages"][2:]
    assert json.loads(sent[0]["tool_calls"][0]["function"].pop("arguments")) == {"tema": "módulos", "n": 3}
    assert sent == [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"type": "function", "id": "call_1", "function": {"name": "show_syllabus"}}],
        },
        {"role": "tool", "content": '{"facts": []}', "tool_call_id": "call_1"},
    ]


async def test_what_was_said_before_is_sent_as_langchain_would(fake: FakeOpenAI, model: LeanChatOpenAI) -> None:
    call = {"name": "show_syllabus", "args": {}, "id": "1"}
    said = [
        SystemMessage("Eres Brenda."),
        HumanMessage("¿Cuánto?"),
        AIMessage("Cuesta 249 USD 🎓"),
        AIMessage(""),
        AIMessage("", tool_calls=[call]),
        ToolMessage("{}", tool_call_id="1"),
        AIMessage("Con nombre", name="brenda"),
        AIMessage([{"type": "text", "text": "En bloques"}]),
        AIMessage("Otra llamada", tool_calls=[call]),
    ]
    await model.ainvoke(said)
    stock = ChatOpenAI(model="gpt-4o-mini", api_key=SecretStr(KEY))
    assert fake.requests[0].body["messages"] == stock._get_request_payload(said)["messages"]


async def test_tools_may_be_bound(fake: FakeOpenAI, model: LeanChatOpenAI) -> None:
    fake.respond = script(uses("compare_prices", tema="precio"))
    message = await model.bind_tools(TOOLS, tool_choice="required").ainvoke(ASKED)
    assert message.tool_calls[0]["name"] == "compare_prices"
    assert fake.requests[0].body["tools"] == TOOLS
    assert fake.requests[0].body["tool_choice"] == "required"


async def test_a_call_without_arguments_may_be_an_empty_string(fake: FakeOpenAI, model: LeanChatOpenAI) -> None:
    fake.respond = script(Answer(text=None, uses=(Use("show_guarantee", ""),)))
    assert (await model.ainvoke(ASKED, tools=TOOLS)).tool_calls[0]["args"] == {}


class Listener(AsyncCallbackHandler):
    """Notes the answers that it hears."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def on_llm_end(self, response: LLMResult, **kwargs: Any) -> None:
        self.heard.append(response.generations[0][0].text)


async def test_who_listens_hears_the_run_and_gets_the_same_answer(fake: FakeOpenAI, model: LeanChatOpenAI) -> None:
    listener = Listener()
    watched = await model.ainvoke(ASKED, {"callbacks": [listener]}, tools=TOOLS)
    plain = await model.ainvoke(ASKED, tools=TOOLS)
    assert listener.heard == [plain.content] == [watched.content]
    assert fake.requests[0].body == fake.requests[1].body
    assert watched.response_metadata.keys() == plain.response_metadata.keys()


async def test_broken_unicode_is_sent_as_something_readable(fake: FakeOpenAI, model: LeanChatOpenAI) -> None:
    await model.ainvoke([HumanMessage("hola \ud83d\x00 adiós")])
    assert fake.requests[0].body["messages"][0]["content"] == "hola ?\x00 adiós"


async def test_one_connection_serves_many_requests(fake: FakeOpenAI, model: LeanChatOpenAI) -> None:
    for _ in range(5):
        await model.ainvoke(ASKED)
    assert (len(fake.connections), fake.count) == (1, 5)


async def test_another_event_loop_is_refused(model: LeanChatOpenAI) -> None:
    await model.ainvoke(ASKED)
    with pytest.raises(RuntimeError, match="another event loop"):
        await asyncio.to_thread(asyncio.run, model.ainvoke(ASKED))


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 529])
async def test_what_may_heal_is_unavailable(fake: FakeOpenAI, model: LeanChatOpenAI, status: int) -> None:
    fake.respond = script(fails(status, code="busy"))
    error = await failure(model)
    assert isinstance(error, ModelUnavailableError)
    assert f"HTTP {status} (busy, scripted_error)" in str(error)
    assert fake.count == 1


@pytest.mark.parametrize(
    ("status", "lasting", "advice"),
    [
        (400, False, "cannot read the request"),
        (401, True, "check OPENAI_API_KEY"),
        (402, True, "no credit left"),
        (403, True, "may not use this model"),
        (404, True, "check OPENAI_BASE_URL"),
        (413, False, "PROMPT_BUDGET_CHARS"),
        (422, False, "cannot read the request"),
        (307, True, "check OPENAI_BASE_URL"),
    ],
)
async def test_what_is_refused_says_what_to_do(
    fake: FakeOpenAI, model: LeanChatOpenAI, status: int, lasting: bool, advice: str
) -> None:
    fake.respond = script(fails(status))
    error = await failure(model)
    assert isinstance(error, ModelRejectedError)
    assert error.lasting is lasting
    assert advice in str(error)


async def test_no_credit_is_a_refusal_although_it_says_429(fake: FakeOpenAI, model: LeanChatOpenAI) -> None:
    fake.respond = script(fails(429, code="insufficient_quota"))
    error = await failure(model)
    assert isinstance(error, ModelRejectedError)
    assert error.lasting
    assert "top it up" in str(error)


async def test_a_redirection_is_not_followed(fake: FakeOpenAI, model: LeanChatOpenAI) -> None:
    async with FakeOpenAI() as elsewhere:
        fake.respond = script(Answer(status=307, headers={"Location": f"{elsewhere.base_url}/chat/completions"}))
        assert isinstance(await failure(model), ModelRejectedError)
    assert elsewhere.count == 0


DAY = "Fri, 20 Nov 2026 12:00:{:02} GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": "-3"}, 0.0),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "soon"}, None),
        ({"retry-after-ms": "250", "Retry-After": "9"}, 0.25),
        ({"Retry-After": DAY.format(20), "Date": DAY.format(5)}, 15.0),
        ({"Retry-After": DAY.format(5), "Date": DAY.format(20)}, 0.0),
        ({"Retry-After": DAY.format(20)}, None),
    ],
)
async def test_retry_after_in_all_its_forms(
    fake: FakeOpenAI, model: LeanChatOpenAI, headers: dict[str, str], seconds: float | None
) -> None:
    fake.respond = script(Answer(status=429, headers=headers, body=b"{}"))
    error = await failure(model)
    assert isinstance(error, ModelUnavailableError)
    assert error.retry_after == seconds


@pytest.mark.parametrize("ending", [Ending.CUT, Ending.DROPPED])
async def test_a_lost_connection_is_unavailable(fake: FakeOpenAI, model: LeanChatOpenAI, ending: Ending) -> None:
    fake.respond = script(Answer(ending=ending))
    assert isinstance(await failure(model), ModelUnavailableError)


async def test_nobody_there_is_unavailable(build: Build) -> None:
    async with FakeOpenAI() as gone:
        model = build(gone)
    assert "ClientConnectorError" in str(await failure(model))


async def test_no_answer_in_time_is_unavailable(fake: FakeOpenAI) -> None:
    fake.respond = script(Answer(ending=Ending.NEVER))
    model = openai_chat(base_url=fake.base_url, api_key=SecretStr(KEY), model="m", timeout=0.05)
    error = await failure(model)
    await model.aclose()
    assert isinstance(error, ModelUnavailableError)
    assert "m: no answer within 0.05 s" in str(error)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Bad gateway</html>",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b'{"choices": null}',
        b'{"choices": []}',
        b'{"choices": [{}]}',
        b'{"choices": [{"message": null}]}',
        b'{"choices": [{"message": {"role": "user", "content": "hola"}}]}',
        b'{"choices": [{"message": {"role": "assistant", "content": null}}]}',
        b'{"choices": [{"message": {"role": "assistant", "content": " \\n"}}]}',
        b'{"error": {"message": "overloaded"}, "choices": [{"message": {"role": "assistant", "content": "x"}}]}',
        b'{"choices": [{"message": {"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "a", '
        b'"arguments": "{not json"}}]}}]}',
        b'{"choices": [{"message": {"role": "assistant", "content": "voy", "tool_calls": [{"id": "1", "function": '
        b'{"name": "a", "arguments": "{not json"}}]}}]}',
        b'{"choices": [{"message": {"role": "assistant", "tool_calls": [{"function": {"name": "a"}}]}}]}',
    ],
)
async def test_what_is_no_answer_is_malformed(fake: FakeOpenAI, model: LeanChatOpenAI, body: bytes) -> None:
    fake.respond = script(Answer(body=body))
    assert isinstance(await failure(model), MalformedAnswerError)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
CALLS = st.fixed_dictionaries({}, optional={"id": JSON, "type": JSON, "function": JSON})
SAID = st.fixed_dictionaries(
    {},
    optional={"role": st.just("assistant") | JSON, "content": JSON, "tool_calls": st.lists(CALLS, max_size=2) | JSON},
)
COMPLETIONS = st.fixed_dictionaries(
    {"choices": st.lists(st.fixed_dictionaries({"message": SAID | JSON}), max_size=2) | JSON},
    optional={"usage": JSON, "model": JSON, "error": JSON},
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(body=COMPLETIONS)
async def test_any_json_is_either_an_answer_or_malformed(
    fake: FakeOpenAI, model: LeanChatOpenAI, body: dict[str, Any]
) -> None:
    fake.respond = script(Answer(body=json.dumps(body).encode()))
    try:
        message = await model.ainvoke(ASKED)
    except MalformedAnswerError:
        return
    assert isinstance(message, AIMessage)
    assert message.text.strip() or all(call["id"] and call["name"] for call in message.tool_calls)


async def test_neither_key_nor_words_are_told_when_the_provider_quotes_them(
    fake: FakeOpenAI, model: LeanChatOpenAI, caplog: pytest.LogCaptureFixture
) -> None:
    quoting = json.dumps({"error": {"message": f"{KEY} said ¿Cuánto cuesta?", "code": "bad key " + KEY, "type": "t"}})
    with caplog.at_level(logging.DEBUG):
        for status in (400, 401, 429, 500):
            fake.respond = script(Answer(status=status, body=quoting.encode()))
            error = await failure(model)
            assert KEY not in str(error)
            assert "Cuánto" not in str(error)
    assert KEY not in caplog.text
    assert KEY not in repr(model)


async def test_a_wrong_key_is_refused_by_the_provider(fake: FakeOpenAI) -> None:
    model = openai_chat(base_url=fake.base_url + "/", api_key=SecretStr("sk-other"), model="m", timeout=5)
    error = await failure(model)
    await model.aclose()
    assert "HTTP 401 (invalid_api_key" in str(error)


async def test_without_a_key_none_is_sent(fake: FakeOpenAI) -> None:
    model = openai_chat(base_url=fake.base_url, api_key=None, model="m", timeout=5)
    await failure(model)
    await model.aclose()
    assert "authorization" not in fake.requests[0].headers


@pytest.fixture
def proxy_free(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


async def test_the_environments_proxy_is_used(fake: FakeOpenAI, proxy_free: pytest.MonkeyPatch) -> None:
    proxy_free.setenv("HTTP_PROXY", fake.base_url.removesuffix("/v1"))
    model = openai_chat(base_url="http://provider.example/v1", api_key=SecretStr(KEY), model="m", timeout=5)
    await model.ainvoke(ASKED)
    await model.aclose()
    assert fake.requests[0].path == "http://provider.example/v1/chat/completions"


async def test_loopback_needs_no_proxy(fake: FakeOpenAI, proxy_free: pytest.MonkeyPatch, build: Build) -> None:
    proxy_free.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert (await build(fake).ainvoke(ASKED)).content


def test_a_proxy_that_cannot_be_used_is_named(proxy_free: pytest.MonkeyPatch) -> None:
    proxy_free.setenv("HTTPS_PROXY", "socks5://127.0.0.1:9")
    with pytest.raises(SettingsError, match="HTTPS_PROXY should be"):
        openai_chat(base_url=None, api_key=None, model="m", timeout=5)


@pytest.mark.parametrize("address", ["localhost:11434", "ftp://host/v1", "https://", "hola"])
def test_an_address_that_is_none_is_named(address: str) -> None:
    with pytest.raises(SettingsError, match="OPENAI_BASE_URL should look like"):
        openai_chat(base_url=address, api_key=None, model="m", timeout=5)


@pytest.mark.parametrize("key", ["sk-a b", "sk-á", "sk-a\nX-Header: 1"])
def test_a_key_that_cannot_be_sent_is_named_but_not_shown(key: str) -> None:
    with pytest.raises(SettingsError, match="OPENAI_API_KEY should hold") as caught:
        openai_chat(base_url=None, api_key=SecretStr(key), model="m", timeout=5)
    assert key not in str(caught.value)
