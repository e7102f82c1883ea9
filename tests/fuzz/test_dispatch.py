"""Templates at the edge of what the interpreter supports: what it renders, it renders as Jinja2 does."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fuzz.examples import examples
from fuzz.properties import both_roads_agree
from fuzz.seeds import SEEDS, WORDS
from fuzz.targets import CONTEXT
from mintage.rendering.jinja_text import JinjaText
from mintage.rendering.settings import Newlines, RendererSettings

WORD = st.sampled_from([*WORDS["tags"].split(), *CONTEXT, " ", "\n", "  ", "x", "\r\n", "\x1c"])
SOUP = st.lists(WORD, max_size=12).map(" ".join) | st.lists(WORD, max_size=12).map("".join)
SEEDED = st.tuples(st.sampled_from([seed[1:].decode() for seed in SEEDS["tags"]()]), st.integers(0, 99), WORD).map(
    lambda made: made[0][: made[1]] + made[2] + made[0][made[1] :]
)
OPTIONS = st.fixed_dictionaries(dict.fromkeys(["trim_blocks", "lstrip_blocks", "keep_trailing_newline"], st.booleans()))


@examples(250)
@given(text=SOUP | SEEDED | SEEDED.flatmap(lambda text: WORD.map(text.__add__)), options=OPTIONS, strict=st.booleans())
def test_both_roads_agree(text: str, options: dict[str, Any], strict: bool) -> None:
    both_roads_agree(text, RendererSettings(options, strict=strict, newlines=Newlines.FIRST_SEEN), dict(CONTEXT))


@examples(100)
@given(body=st.lists(WORD, max_size=6).map(" ".join))
def test_they_agree_on_what_is_in_a_tag(body: str) -> None:
    for start, end in (("{{", "}}"), ("{% if", "%}x{% endif %}"), ("{% for i in", "%}{{ i }}{% endfor %}")):
        both_roads_agree(f"{start} {body} {end}", RendererSettings(), dict(CONTEXT))


DELIMITER = st.sampled_from(
    ["{{", "}}", "[[", "]]", "<%", "%>", "{", "", "BEGIN", "{%", "%}", "#", "##", "$", "-", "é", "'"]
)
STRINGS = st.dictionaries(
    st.sampled_from([f"{kind}_{end}_string" for kind in ("variable", "block", "comment") for end in ("start", "end")]),
    DELIMITER,
    max_size=4,
)


@examples(100)
@given(strings=STRINGS, text=SOUP)
def test_whatever_delimits_tags(strings: dict[str, str], text: str) -> None:
    starts = {strings.get("variable_start_string", "{{"), strings.get("block_start_string", "{%")}
    comment = strings.get("comment_start_string", "{#")
    if comment and len({*starts, comment}) == 3:  # else none of them is taken
        both_roads_agree(text, RendererSettings(strings), dict(CONTEXT))


@examples(100)
@given(text=SOUP | SEEDED)
def test_short_texts_too(text: str) -> None:
    results = []
    for may_be_fast in (True, False):
        try:
            results.append(JinjaText(RendererSettings(), may_be_fast=may_be_fast).text(text, CONTEXT, what="it"))
        except Exception as error:
            results.append(str(error))
    assert results[0].split(" at 0x")[0] == results[1].split(" at 0x")[0]
