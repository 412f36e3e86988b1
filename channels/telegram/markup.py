"""Light markup of plain text, made safe: what a model writes as Markdown becomes spans, everything else stays literal.

The text is read once into visible characters and spans over them; only then is it cut and written as HTML. So a cut
can fall anywhere without leaving a tag open, and nothing that came from a person or a model is ever taken for a tag.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

_MOST_DEPTH = 3

# Spans are bounded, so that a text full of asterisks costs no more than a short one.
_TOKEN = re.compile(
    r"(?P<url>https?://[^\s<>*`]+)"
    r"|```(?:[A-Za-z]+\n)?(?P<pre>[^`]{1,3000}?)```"
    r"|`(?P<code>[^`\n]{1,500})`"
    r"|\*\*(?=[^\s*])(?P<strong>[^\n]{1,500}?)(?<=[^\s*])\*\*(?!\*)"
    r"|(?<![\w*])\*(?=[^\s*])(?P<star>[^*\n]{1,500})(?<=\S)\*(?![\w*])"
    r"|(?<![\w_])_(?=[^\s_])(?P<under>[^\n]{1,500}?)(?<=[^\s_])_(?![\w_])"
    r"|\[(?P<label>[^\[\]\n]{1,200})\]\((?P<target>https?://[^\s()<>]{1,500})\)"
    r"|^\#{1,6}[ \t]+(?P<heading>\S[^\n]{0,300})$"
    r"|^(?P<indent>[ \t]*)\*[ \t]+(?=\S)",
    re.MULTILINE,
)
_TAGS = {"pre": "code", "code": "code", "strong": "b", "star": "b", "under": "i", "heading": "b"}


@dataclass(frozen=True, slots=True)
class Span:
    """A style over the characters from `start` to before `end`. Spans nest, they never cross."""

    start: int
    end: int
    tag: str


@dataclass(frozen=True, slots=True)
class Marked:
    """Visible text and the styles on it."""

    text: str
    spans: tuple[Span, ...] = ()

    def cut(self, start: int, end: int) -> "Marked":
        """A slice, with the spans that reach into it."""
        clipped = (Span(max(s.start, start) - start, min(s.end, end) - start, s.tag) for s in self.spans)
        return Marked(self.text[start:end], tuple(s for s in clipped if s.start < s.end))

    def html(self) -> str:
        """As Telegram's HTML: every character escaped, every tag closed."""
        opening: dict[int, list[Span]] = {}
        for span in sorted(self.spans, key=lambda s: -s.end):
            opening.setdefault(span.start, []).append(span)
        pieces, stack = [], list[Span]()
        for place in range(len(self.text) + 1):
            while stack and stack[-1].end == place:
                pieces.append(f"</{stack.pop().tag}>")
            for span in opening.get(place, ()):
                pieces.append(f"<{span.tag}>")
                stack.append(span)
            pieces.append(html.escape(self.text[place : place + 1], quote=False))
        return "".join(pieces)


def read_markup(text: str) -> Marked:
    """Plain text with a model's Markdown as visible text and spans. What is not balanced stays as it was typed."""
    pieces: list[str] = []
    spans: list[Span] = []
    _read(text, 0, 0, pieces, spans)
    return Marked("".join(pieces), tuple(spans))


def _read(text: str, offset: int, depth: int, pieces: list[str], spans: list[Span]) -> int:
    """Append the visible text and spans of `text`, which begins at `offset` of the whole; where it ends."""
    for piece, tag in _tokens(text):
        start = offset
        if tag in ("b", "i") and depth < _MOST_DEPTH:
            offset = _read(piece, offset, depth + 1, pieces, spans)
        else:
            pieces.append(piece)
            offset += len(piece)
        if tag:
            spans.append(Span(start, offset, tag))
    return offset


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Pieces of visible text, each with its tag or none."""
    at = 0
    for found in _TOKEN.finditer(text):
        yield text[at : found.start()], ""
        yield _token(found)
        at = found.end()
    yield text[at:], ""


def _token(found: re.Match[str]) -> tuple[str, str]:
    kind = found.lastgroup or ""
    if kind in _TAGS:
        return found[kind], _TAGS[kind]
    if kind == "target":
        label, target = found["label"], found["target"]
        return (target if label == target else f"{label} ({target})"), ""
    return (f"{found['indent']}• " if kind == "indent" else found[0]), ""
