"""A list in the terminal from which one or several are chosen, with search. Knows no question.

With questionary's own, Enter takes the first of all when nothing matches what you typed, and looks at the wrong row to
see whether it can be chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prompt_toolkit.application import Application
    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

# Lists with more rows than this can be searched by typing.
_FEW = 10
_MOST_ROWS_SHOWN = 15
# The question, the search, an objection, a hint, and some earlier lines.
_OTHER_LINES = 6


class Row(Struct, frozen=True):
    """One line of a list."""

    title: str
    result: Any
    """The value that it selects."""
    disabled: str = ""
    """Why the row can't be chosen; "" if it can."""
    answer: str = ""
    """What is shown once the row is chosen; "" for the title."""


class ListState(Struct):
    """The pointer, the search and the checked rows of a list. Draws nothing."""

    rows: Sequence[Row]
    pointed: int = 0
    checked: set[int] | None = None
    """The checked rows if several can be chosen; None if only one can."""
    typed: str = ""
    objection: str = ""

    def __post_init__(self) -> None:
        if self.rows and self.rows[self.pointed].disabled:
            self.move(1)

    @property
    def can_be_searched(self) -> bool:
        """Whether typing narrows the list down."""
        return len(self.rows) > _FEW

    @property
    def visible(self) -> list[int]:
        """The rows that contain all words of the search."""
        words = self.typed.lower().split()
        return [index for index, row in enumerate(self.rows) if all(word in row.title.lower() for word in words)]

    @property
    def selectable(self) -> list[int]:
        """The visible rows that can be chosen."""
        return [index for index in self.visible if not self.rows[index].disabled]

    def move(self, by: int) -> None:
        """Move to another row that can be chosen. Only single steps wrap around from the last to the first."""
        rows = self.selectable
        if not rows:
            return
        if self.pointed not in rows:
            self.pointed = next((index for index in rows if index > self.pointed), rows[0])
            return
        place = rows.index(self.pointed) + by
        self.pointed = rows[place % len(rows) if abs(by) == 1 else max(0, min(place, len(rows) - 1))]
        self.objection = ""

    def search(self, typed: str) -> None:
        """Change the search."""
        self.typed = typed
        self.objection = ""
        rows = self.selectable
        if rows and self.pointed not in rows:
            self.pointed = rows[0]

    def toggle(self) -> None:
        """Check or uncheck the row."""
        self.objection = ""
        if self.checked is not None and self.pointed in self.selectable:
            self.checked ^= {self.pointed}

    def toggle_all(self) -> None:
        """Check all visible rows; uncheck them if all are checked."""
        self.objection = ""
        if self.checked is not None:
            rows = set(self.selectable)
            self.checked = self.checked - rows if rows <= self.checked else self.checked | rows

    def result(self) -> Any:
        """Return what is chosen.

        Raises:
            ValueError: Nothing is chosen.
        """
        if self.checked is not None:
            return [self.rows[index].result for index in sorted(self.checked)]
        if self.pointed not in self.selectable:
            raise ValueError("nothing matches what you typed" if self.typed else "no choice is available")
        return self.rows[self.pointed].result

    def answer(self) -> str:
        """Return what is chosen as text."""
        indexes = [self.pointed] if self.checked is None else sorted(self.checked)
        return ", ".join(self.rows[index].answer or self.rows[index].title for index in indexes)


class ListPrompt(Struct):
    """A list on the screen."""

    message: str
    state: ListState
    objection_to: Callable[[Any], str | None] = lambda _: None
    """Returns what is wrong with a result; None if nothing is."""
    is_done: bool = field(default=False)

    def application(self, **options: Any) -> Application[Any]:
        """Return an application that shows the list and returns the result.

        Args:
            options: Passed on to the `Application`.
        """
        from prompt_toolkit.application import Application
        from prompt_toolkit.filters import Condition
        from prompt_toolkit.layout import ConditionalContainer, FormattedTextControl, HSplit, Layout, Window

        going_on = Condition(lambda: not self.is_done)
        rows = Window(
            FormattedTextControl(self._row_texts, focusable=True, show_cursor=False),
            height=_rows_shown,
            dont_extend_height=True,
            always_hide_cursor=True,
        )
        question = Window(FormattedTextControl(self._question_texts), dont_extend_height=True, wrap_lines=True)
        below = Window(FormattedTextControl(self._objection_texts), dont_extend_height=True, wrap_lines=True)
        has_objection = Condition(lambda: bool(self.state.objection))
        return Application(
            layout=Layout(
                HSplit(
                    [
                        question,
                        ConditionalContainer(rows, going_on),
                        ConditionalContainer(below, going_on & has_objection),
                    ]
                ),
                focused_element=rows,
            ),
            key_bindings=self._keys(),
            **options,
        )

    def _keys(self) -> KeyBindings:
        from prompt_toolkit.key_binding import KeyBindings

        keys = KeyBindings()
        state = self.state
        for names, by in ((("up", "c-p"), -1), (("down", "c-n"), 1), (("pageup",), -10), (("pagedown",), 10)):
            for name in names:
                keys.add(name)(lambda _, by=by: state.move(by))
        keys.add("home")(lambda _: state.move(-len(state.rows) - 1))
        keys.add("end")(lambda _: state.move(len(state.rows) + 1))
        keys.add("enter")(self._accept)
        keys.add("c-j")(self._accept)
        if state.checked is not None:
            keys.add(" ")(lambda _: state.toggle())
            keys.add("c-a")(lambda _: state.toggle_all())
        if state.can_be_searched:
            keys.add("backspace")(lambda _: state.search(state.typed[:-1]))
            keys.add("c-u")(lambda _: state.search(""))
            keys.add("<any>")(lambda event: state.search(state.typed + "".join(filter(str.isprintable, event.data))))
        else:
            keys.add("k")(lambda _: state.move(-1))
            keys.add("j")(lambda _: state.move(1))
        return keys

    def _accept(self, event: KeyPressEvent) -> None:
        try:
            result = self.state.result()
        except ValueError as error:
            self.state.objection = str(error)
            return
        self.state.objection = self.objection_to(result) or ""
        if not self.state.objection:
            self.is_done = True
            event.app.exit(result=result)

    def _question_texts(self) -> StyleAndTextTuples:
        texts: StyleAndTextTuples = [("class:qmark", "?"), ("class:question", f" {self.message} ")]
        if self.is_done:
            texts.append(("class:answer", self.state.answer()))
        elif self.state.typed:
            texts += [("class:qmark", "/ "), ("", self.state.typed)]
        return texts

    def _row_texts(self) -> StyleAndTextTuples:
        state = self.state
        texts: StyleAndTextTuples = []
        for index in state.visible:
            row = state.rows[index]
            is_pointed = index == state.pointed and not row.disabled
            if is_pointed:
                texts.append(("[SetCursorPosition]", ""))
            mark = "" if state.checked is None else "● " if index in state.checked else "○ "
            if row.disabled:
                texts.append(("class:disabled", f"   - {row.title} ({row.disabled})\n"))
            else:
                style = "class:highlighted" if is_pointed else ""
                texts.append((style, f" {'»' if is_pointed else ' '} {mark}{row.title}\n"))
        return [*texts[:-1], (texts[-1][0], texts[-1][1].rstrip("\n"))] if texts else [("class:hint", "   no match")]

    def _objection_texts(self) -> StyleAndTextTuples:
        return [("class:objection", f"  {self.state.objection}")]


def _rows_shown() -> Any:
    """Return how many rows fit, so that the question stays visible."""
    from prompt_toolkit.application import get_app
    from prompt_toolkit.layout import Dimension

    fitting = get_app().output.get_size().rows - _OTHER_LINES
    return Dimension(min=1, max=max(1, min(_MOST_ROWS_SHOWN, fitting)))
