"""Finds which statements of a template belong together. Runs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.rendering.fast.tags import Kind
from mintage.rendering.fast.values import Unsupported

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mintage.rendering.fast.tags import Tag

Branches = dict[int, list[int]]
"""Maps the number of each `if` or `for` to the numbers of its branches: itself, each `elif` and `else`, and its end."""

_DEEPEST = 100
# To look a member up in its enum takes 70 ns, which counts where it is done for every tag.
_IF, _ELIF, _ELSE, _ENDIF, _FOR, _ENDFOR, _SET = (
    Kind.IF,
    Kind.ELIF,
    Kind.ELSE,
    Kind.ENDIF,
    Kind.FOR,
    Kind.ENDFOR,
    Kind.SET,
)
_OPENING = (_IF, _FOR)
_CONTINUING = (_ELIF, _ELSE, _ENDIF, _ENDFOR)


def branches_of(tags: Sequence[Tag]) -> Branches:
    """Return the branches of all blocks.

    Raises:
        Unsupported: Blocks are not properly nested, or too deeply, or a loop sets a name.
    """
    branches: Branches = {}
    open_tags: list[int] = []
    for number, tag in enumerate(tags):
        kind = tag.kind
        if kind in _OPENING:
            open_tags.append(number)
            branches[number] = [number]
            if len(open_tags) > _DEEPEST:
                raise Unsupported
        elif kind in _CONTINUING:
            if not open_tags:
                raise Unsupported
            block = branches[open_tags[-1]]
            if not _may_follow(kind, tags[block[0]].kind, tags[block[-1]].kind):
                raise Unsupported
            block.append(number)
            if kind is _ENDIF or kind is _ENDFOR:
                open_tags.pop()
        elif kind is _SET and any(tags[each].kind is _FOR for each in open_tags):
            raise Unsupported  # the scope of such a name is the loop
    if open_tags:
        raise Unsupported
    return branches


def _may_follow(kind: Kind, opened: Kind, earlier: Kind) -> bool:
    """Return whether a tag may continue the block that `opened` began and that `earlier` continued."""
    if kind is _ENDIF or kind is _ENDFOR:
        return (opened is _IF) is (kind is _ENDIF)
    return earlier is not _ELSE and (kind is _ELSE or opened is _IF)
