"""The tables of a mintage.toml, which msgspec validates. docs/native-format.md says what each key means."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType, field

Pair = tuple[str, str]


class TemplateTable(Struct, forbid_unknown_fields=True):
    """`[template]`."""

    name: str = ""
    description: str = ""
    requires: str = ""
    root: str = "."
    output: str = ""


class Delimiters(Struct, forbid_unknown_fields=True):
    """`[render.delimiters]`."""

    variable: Pair = ("{{", "}}")
    block: Pair = ("{%", "%}")
    comment: Pair = ("{#", "#}")


class RenderTable(Struct, forbid_unknown_fields=True):
    """`[render]`."""

    suffix: str = ""
    undefined: Literal["strict", "lenient"] = "strict"
    delimiters: Delimiters = field(default_factory=Delimiters)
    trim_blocks: bool = False
    lstrip_blocks: bool = False
    keep_trailing_newline: bool = True
    newlines: Literal["keep", "lf", "crlf"] = "keep"
    extensions: list[str] = field(default_factory=list)
    includes: str = ""


class QuestionTable(Struct, forbid_unknown_fields=True):
    """`[questions.NAME]`."""

    type: Literal["str", "int", "float", "bool", "choice", "multi-choice", "list", "path", "secret", "dict"] = "str"
    default: Any | UnsetType = UNSET
    help: str = ""
    prompt: str = ""
    group: str = ""
    choices: list[Any] = field(default_factory=list)
    when: str | None = None
    pattern: str | None = None
    check: str | None = None
    message: str = ""
    ask: bool = True


class ExcludeRule(Struct, forbid_unknown_fields=True):
    """An entry of `[files] exclude` that only applies `when` an expression is true."""

    match: str | list[str]
    when: str


class FilesTable(Struct, forbid_unknown_fields=True):
    """`[files]`."""

    exclude: list[str | ExcludeRule] = field(default_factory=list)
    copy_only: list[str] = field(default_factory=list)
    skip_if_exists: list[str] = field(default_factory=list)


class EachTable(Struct, forbid_unknown_fields=True):
    """`[[each]]`."""

    file: str
    items: str
    as_: str = field(default="item", name="as")
    path: str = ""
    when: str | None = None


class OrderTable(Struct, forbid_unknown_fields=True):
    """`[[order]]`."""

    files: list[str]
    after: list[str]


class TaskTable(Struct, forbid_unknown_fields=True):
    """`[[tasks]]`."""

    name: str
    run: str | list[str] | None = None
    script: str = ""
    after: list[str] = field(default_factory=list)
    when: str | None = None
    where: Literal["project", "staging", "before"] = "project"
    directory: str = "."
    environment: dict[str, str] = field(default_factory=dict)
