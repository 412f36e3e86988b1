"""What questions cost."""

from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import HumanMessage

from core.integrations.model_chain import ModelChain, NamedModel
from evals.metering import MeteredChain
from tests.evaluations import NOW


async def test_each_request_is_noted_once() -> None:
    chain = ModelChain([NamedModel("fake", FakeListChatModel(responses=["cuatro"]))], clock=lambda: NOW)
    metered = MeteredChain(chain)
    await metered.ask([HumanMessage("hola"), HumanMessage("tú")])
    [request] = metered.take()
    assert (request.model, request.calls, request.chars_in, request.chars_out) == ("fake", 1, 6, 6)
    assert request.tokens_in is None and metered.take() == ()
