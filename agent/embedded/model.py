"""The embedded chat model: a deterministic, tool-calling LangChain model that needs no network.

It reads the same messages as any model (`briefing`), understands the person's words (`meaning`), calls at most one
round of the tools that it was given (`needs`), and answers from facts and tool results through templates (`composer`).
The same messages always give the same answer; only "tomorrow" depends on the clock that is passed in. It is what runs
when no provider is configured, and what answers when one is down.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages import ToolCall as ModelCall
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from agent.embedded.briefing import Briefing, read
from agent.embedded.composer import compose
from agent.embedded.meaning import meaning
from agent.embedded.needs import calls
from agent.embedded.wordings import Wordings
from core.domain.clock import Clock, system_clock

NAME = "embedded"

Schemas = dict[str, Mapping[str, Any]]


class EmbeddedChatModel(BaseChatModel):
    """`prompts` gives the set in force, so that edited wordings are spoken at once; `clock` says what day it is."""

    prompts: Callable[[], Wordings]
    clock: Clock = system_clock

    @property
    def _llm_type(self) -> str:
        return NAME

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": NAME}

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Bind tools; `tool_choice="none"` forbids their use, any other choice is left to the model."""
        formatted = [] if tool_choice == "none" else [convert_to_openai_tool(tool) for tool in tools]
        return self.bind(tools=formatted, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> ChatResult:
        answer = self._answer(messages, _schemas(kwargs.get("tools") or ()))
        return ChatResult(generations=[ChatGeneration(message=answer)], llm_output={"model_name": NAME})

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> ChatResult:
        return self._generate(messages, stop, None, **kwargs)

    def _answer(self, messages: Sequence[BaseMessage], schemas: Schemas) -> AIMessage:
        """Tool calls in the first step of a turn, words in every later one."""
        briefing = read(messages)
        meant = meaning(briefing)
        first = not briefing.answered and not briefing.rejected and not briefing.corrected
        wanted = calls(briefing, meant, schemas, self.clock()) if first and schemas else []
        if wanted:
            made = [
                ModelCall(
                    name=call.name, args=call.arguments, id=_identity(briefing, place, call.name), type="tool_call"
                )
                for place, call in enumerate(wanted)
            ]
            return AIMessage(content="", tool_calls=made, response_metadata={"model_name": NAME})
        reply = compose(briefing, meant, self.prompts(), schemas)
        return AIMessage(content=reply, response_metadata={"model_name": NAME})


def _schemas(tools: Sequence[Any]) -> Schemas:
    """Parameters by the tool's name, from OpenAI function schemas."""
    functions = [convert_to_openai_tool(tool)["function"] for tool in tools]
    return {function["name"]: function.get("parameters") or {} for function in functions}


def _identity(briefing: Briefing, place: int, name: str) -> str:
    digest = hashlib.sha256(
        f"{briefing.turn.seed}:{briefing.words}:{place}:{name}".encode("utf-8", "replace")
    ).hexdigest()
    return f"call_{digest[:16]}"
