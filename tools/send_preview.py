"""Sends the course's preview: the file that lets a person look inside before they decide."""

from core.context import Context
from core.db import courses
from core.domain.messages import Media, MediaKind
from core.domain.shared_links import SharedKind
from core.domain.tools import ToolResult
from tools.at_hand import at_hand
from tools.link_button import share
from tools.tool import Arguments, Tool


class SendPreviewArguments(Arguments):
    """None: a course has one preview."""


async def send_preview(arguments: SendPreviewArguments, context: Context) -> ToolResult:  # noqa: ARG001
    """The preview as a document. Missing: unknown_course, no_preview, file_not_available."""
    if context.course_id is None:
        return ToolResult(missing="no_course")
    async with context.pool.connection() as conn:
        course = await courses.by_id(conn, context.course_id, samples=context.settings.tells_samples)
    if course is None:
        return ToolResult(missing="unknown_course")
    if not course.preview_path:
        return ToolResult(missing="no_preview")
    here = at_hand(context.settings, course.preview_path, course.source)
    if here is None:
        return ToolResult(missing="file_not_available")
    button, told = await share(context, SharedKind.PREVIEW, course.id, SEND_PREVIEW.name, "open.preview")
    document = Media(kind=MediaKind.DOCUMENT, path=course.preview_path, caption=course.name)
    return ToolResult(
        facts=(*course.texts(course__name=course.name, course__tagline=course.tagline), *course.marks(), *told),
        buttons=(button,),
        media=(document,) if here else (),
    )


SEND_PREVIEW = Tool(name="send_preview", arguments=SendPreviewArguments, run=send_preview)
