"""A chat model behind any OpenAI-compatible endpoint, cheap enough to be asked thousands of times.

LangChain's own `ChatOpenAI` is kept for what it is good at: turning messages and tools into the chat completions
request, and the response into an `AIMessage`. Two things around it cost ten times as much as the request itself and
are left out: the vendor's client, which walks every message of every request against its type annotations, and the
callback machinery, when nobody listens. The request goes out through one aiohttp session, as the very JSON that
LangChain made. Retries belong to `model_chain`, so there are none here; neither is there streaming.

Whatever goes wrong at the provider leaves this module as an error of `core.errors`. Their texts hold statuses, error
codes and advice, never words of a message nor a key, so they may be logged.
"""

import asyncio
import json
import re
import ssl
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp
import certifi
import orjson
from langchain_core.callbacks import AsyncCallbackManager, AsyncCallbackManagerForLLMRun
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import ensure_config
from langchain_openai import ChatOpenAI
from pydantic import PrivateAttr, SecretStr, model_validator

from core.errors import MalformedAnswerError, ModelError, ModelRejectedError, ModelUnavailableError, SettingsError
from core.integrations.patience import asked_seconds

OPENAI_URL = "https://api.openai.com/v1"
CONNECT_SECONDS = 5.0
KEEP_ALIVE_SECONDS = 30.0
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

KEY_ADVICE = "check OPENAI_API_KEY (SECOND_API_KEY for the second model)"
PLACE_ADVICE = "check OPENAI_BASE_URL, which usually ends in /v1, and OPENAI_MODEL (SECOND_… for the second model)"
ADVICE = {
    401: f"the key is not accepted: {KEY_ADVICE}",
    402: "the account has no credit left: top it up at the provider",
    403: f"the key may not use this model: {KEY_ADVICE}, and what the account may do",
    404: f"there is no such model or path: {PLACE_ADVICE}",
    413: "the request is too long for this server: lower PROMPT_BUDGET_CHARS",
}
LASTING = frozenset({401, 402, 403, 404})
WORTH_WAITING = frozenset({408, 409, 425, 429})
NO_CREDIT = "insufficient_quota"

HOLLOW = AIMessage("")


class LeanChatOpenAI(ChatOpenAI):
    """`ChatOpenAI` over aiohttp, for chat completions without streaming, async only. Build it with `openai_chat`.

    It belongs to the event loop in which it is first asked. `ainvoke`, `bind_tools` and callbacks work as usual.
    """

    _open: Callable[[], aiohttp.ClientSession] = PrivateAttr()
    _session: aiohttp.ClientSession | None = PrivateAttr(default=None)
    _loop: asyncio.AbstractEventLoop | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def validate_environment(self) -> Self:
        """Replaces the inherited step of this name: it would build two vendor clients that are never used."""
        return self

    async def ainvoke(
        self,
        input: LanguageModelInput,  # noqa: A002 - the name that the overridden method has
        config: RunnableConfig | None = None,
        *,
        stop: list[str] | None = None,
        **kwargs: Any,
    ) -> AIMessage:
        """Ask the model. Raises ModelUnavailableError, ModelRejectedError or MalformedAnswerError.

        Nobody listening (no callback, no tracer, no debug switch) means that no run needs to be announced.
        """
        callbacks = ensure_config(config).get("callbacks")
        if AsyncCallbackManager.configure(callbacks, self.callbacks, self.verbose).handlers:
            return await super().ainvoke(input, config, stop=stop, **kwargs)
        result = await self._agenerate(self._convert_input(input).to_messages(), stop=stop, **kwargs)
        return _message(result)

    async def aclose(self) -> None:
        """Close the connections, also those of a session that was passed in."""
        if self._session is not None:
            await self._session.close()

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002 - nothing is streamed to it
        **kwargs: Any,
    ) -> ChatResult:
        content = await self._post(self._get_request_payload(messages, stop=stop, **kwargs))
        try:
            result = self._create_chat_result(_completion(content))
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            # LangChain meets the shapes that a server may get wrong with just these.
            raise MalformedAnswerError(f"{self.model_name}: {type(error).__name__} in the response") from error
        _check_usable(_message(result), self.model_name)
        return result

    def _get_request_payload(
        self, input_: LanguageModelInput, *, stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        # LangChain looks at each character of what an assistant said, in search of audio: plain text goes past it.
        messages = self._convert_input(input_).to_messages()
        hollow = [HOLLOW if _is_plain_reply(message) else message for message in messages]
        payload: dict[str, Any] = super()._get_request_payload(hollow, stop=stop, **kwargs)
        for message, sent in zip(messages, payload["messages"], strict=True):
            if _is_plain_reply(message):
                sent["content"] = message.content
        return payload

    async def _post(self, payload: dict[str, Any]) -> bytes:
        body = _encoded(payload)
        try:
            async with self._connect().post(
                f"{self.openai_api_base}/chat/completions", data=body, headers=self._headers(), allow_redirects=False
            ) as response:
                content = await response.read()
        except TimeoutError:
            raise ModelUnavailableError(f"{self.model_name}: no answer within {self.request_timeout} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise ModelUnavailableError(f"{self.model_name}: {type(error).__name__}") from error
        if response.status != 200:
            raise _refusal(self.model_name, response.status, response.headers, content)
        return content

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if isinstance(self.openai_api_key, SecretStr) and self.openai_api_key.get_secret_value():
            headers["Authorization"] = f"Bearer {self.openai_api_key.get_secret_value()}"
        return headers

    def _connect(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._session is None:
            self._loop, self._session = loop, self._open()
        if self._loop is not loop:
            raise RuntimeError("this model belongs to another event loop: build one for each loop with openai_chat()")
        return self._session


def openai_chat(
    *,
    base_url: str | None,
    api_key: SecretStr | None,
    model: str,
    timeout: float,
    temperature: float = 0.3,
    http_client: aiohttp.ClientSession | None = None,
) -> LeanChatOpenAI:
    """A model at an OpenAI-compatible endpoint; no `base_url` means OpenAI's own, no `api_key` a server without one.

    `timeout`: seconds for one whole request. `http_client` replaces the session that is otherwise opened at the first
    request, with its own time-outs. Raises SettingsError for a key or an address that cannot be sent.
    """
    address = _address(base_url or OPENAI_URL)
    built = LeanChatOpenAI(
        model=model,
        base_url=address,
        api_key=_usable_key(api_key),
        timeout=timeout,
        temperature=temperature,
        max_retries=0,
        stream_usage=False,
        disable_streaming=True,
        use_responses_api=False,
        cache=False,
    )
    proxy = _proxy(address)
    built._open = lambda: http_client or _open_session(address, timeout, proxy)
    return built


def _address(base_url: str) -> str:
    address = base_url.strip().rstrip("/").removesuffix("/chat/completions")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError("OPENAI_BASE_URL should look like https://api.openai.com/v1 or http://127.0.0.1:11434/v1")
    return address


def _usable_key(api_key: SecretStr | None) -> SecretStr:
    key = api_key.get_secret_value().strip() if api_key else ""
    if not re.fullmatch(r"[!-~]*", key):
        raise SettingsError("OPENAI_API_KEY should hold printable ASCII characters without spaces, like sk-…")
    return SecretStr(key)


def _open_session(address: str, timeout: float, proxy: str | None) -> aiohttp.ClientSession:
    limits = aiohttp.ClientTimeout(total=timeout, sock_connect=min(CONNECT_SECONDS, timeout))
    trust = _trust() if address.startswith("https") else True
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS, ssl=trust)
    return aiohttp.ClientSession(connector=connector, timeout=limits, cookie_jar=aiohttp.DummyCookieJar(), proxy=proxy)


def _trust() -> ssl.SSLContext:
    """The machine's certificates (SSL_CERT_FILE is honoured) and, as slim machines have none, those of certifi."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _proxy(address: str) -> str | None:
    """The environment's proxy for this address, asked for once: aiohttp's `trust_env` asks at each request, dearly."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if host in LOOPBACK or urllib.request.proxy_bypass(host):
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if proxy and urlsplit(proxy).scheme not in ("http", "https"):
        raise SettingsError(
            f"{parts.scheme.upper()}_PROXY should be the address of an HTTP proxy, like http://host:3128"
        )
    return proxy


def _is_plain_reply(message: BaseMessage) -> bool:
    if not isinstance(message, AIMessage) or not isinstance(message.content, str):
        return False
    return not (message.name or message.tool_calls or message.invalid_tool_calls or message.additional_kwargs)


def _message(result: ChatResult) -> AIMessage:
    """The message of a result, with the response's metadata as LangChain's own `ainvoke` sets them."""
    generation = result.generations[0]
    message = generation.message
    if not isinstance(generation, ChatGeneration) or not isinstance(message, AIMessage):
        raise MalformedAnswerError(f"the response's message has the role {message.type}, not assistant")
    details = {**(result.llm_output or {}), **(generation.generation_info or {})}
    message.response_metadata = {**details, **message.response_metadata}
    return message


def _completion(content: bytes) -> dict[str, Any]:
    """The response's JSON. Raises ValueError for what is not JSON, or not an object with a choice."""
    data = json.loads(content)
    if not isinstance(data, dict) or not data.get("choices"):
        raise ValueError("no choices")
    return data


def _check_usable(message: AIMessage, model: str) -> None:
    if message.invalid_tool_calls:
        raise MalformedAnswerError(f"{model}: a tool call's arguments are not a JSON object")
    if any(not call["id"] or not call["name"] for call in message.tool_calls):
        raise MalformedAnswerError(f"{model}: a tool call without an id or a name")
    if not message.tool_calls and not message.text.strip():
        raise MalformedAnswerError(f"{model}: neither text nor a tool call")


def _encoded(payload: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(payload)
    except TypeError:
        # Half of a surrogate pair, as broken input may hold, has no UTF-8 form.
        return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def _refusal(model: str, status: int, headers: Mapping[str, str], content: bytes) -> ModelError:
    named = _named_fault(content)
    detail = f"{model}: HTTP {status}" + (f" ({named})" if named else "")
    if status >= 500 or (status in WORTH_WAITING and NO_CREDIT not in named):
        return ModelUnavailableError(detail, retry_after=asked_seconds(headers))
    if status == 429:
        return ModelRejectedError(f"{detail}: {ADVICE[402]}", lasting=True)
    advice = ADVICE.get(status, PLACE_ADVICE if status < 400 else "the server cannot read the request")
    return ModelRejectedError(f"{detail}: {advice}", lasting=status in LASTING or status < 400)


def _named_fault(content: bytes) -> str:
    """The error's `code`, `type` and `param`, where they are plain names; its `message` may quote a key or a prompt."""
    try:
        error = json.loads(content)["error"]
        named = [str(error.get(key) or "") for key in ("code", "type", "param")]
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    return ", ".join(name for name in named if re.fullmatch(r"[A-Za-z0-9_.\[\]]{1,60}", name))
