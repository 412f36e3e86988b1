from dataclasses import replace
from pathlib import Path
from uuid import UUID

from core.db.pool import Pool
from core.integrations.links import LinkPurpose
from core.prompts.prompt_set import PromptSet
from tests.deals import HOUR, NOW
from tests.worlds import make_context
from tools.link_button import link_button

_ROW = UUID(int=7)


async def test_a_button_takes_its_words_from_the_prompts(empty_database: Pool, tmp_path: Path) -> None:
    (tmp_path / "buttons.json").write_text('{"open.demo": "Ver la demo"}', encoding="utf-8")
    context = replace(await make_context(empty_database, now=NOW), prompts=PromptSet.load(tmp_path))
    assert link_button(context, LinkPurpose.DEMO, _ROW, NOW, "open.demo").label == "Ver la demo"
    assert link_button(context, LinkPurpose.PAYMENT, _ROW, NOW, "open.payment").label == "open.payment"


async def test_without_words_the_key_stands_for_them(empty_database: Pool, tmp_path: Path) -> None:
    context = replace(await make_context(empty_database, now=NOW), prompts=PromptSet.load(tmp_path))
    assert link_button(context, LinkPurpose.DEMO, _ROW, NOW, "open.demo").label == "open.demo"


async def test_the_link_is_of_its_row_its_moment_and_its_purpose(empty_database: Pool) -> None:
    context = await make_context(empty_database, now=NOW)
    url = link_button(context, LinkPurpose.DEMO, _ROW, NOW - HOUR, "open.demo").url
    token = url.rpartition("/")[2]
    assert context.links.verify(LinkPurpose.DEMO, token, 7_200) == (_ROW, (NOW - HOUR).replace(microsecond=0))
