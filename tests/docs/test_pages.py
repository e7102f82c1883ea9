"""What the documentation says is what happens: every command in it is typed, every program run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.docs.pages import Command, Program, WrittenFile, matches, steps_of
from tests.docs.reader import ROOT, Disagreement, Reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    home = tmp_path / "zoe"
    home.mkdir()
    reader = Reader(home)
    yield reader
    reader.close()


@pytest.mark.parametrize("page", [page for page in PAGES if steps_of(page)], ids=lambda page: page.stem)
def test_a_page_does_what_it_says(page: Path, reader: Reader) -> None:
    reader.do_all(steps_of(page))


def page_of(folder: Path, text: str) -> Path:
    page = folder / "page.md"
    page.write_text(text.replace("'''", "```"), "utf-8")
    return page


def test_a_page_is_read_in_its_order(tmp_path: Path) -> None:
    text = """\
Write `a/b.txt`:

'''text
one
'''

More of `a/b.txt`, at the end:

'''text
two
'''

<!-- run
mkdir c
-->

'''console
$ cat a/b.txt
one

$ echo two \\
> three
two three
'''

<!-- not run: it would take a day -->

'''console
$ sleep 86400
'''

'''python
print("ran")
# prints ran
'''
"""
    assert steps_of(page_of(tmp_path, text)) == [
        WrittenFile("a/b.txt", "one\n", 4),
        WrittenFile("a/b.txt", "two\n", 10, at_end=True),
        Command("mkdir c\n", (), 14, shown=False),
        Command("cat a/b.txt", ("one",), 18),
        Command("echo two \\\nthree", ("two three",), 21),
        Program('print("ran")\n# prints ran\n', ("ran",), 33),
    ]


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        (("12 files in 30 ms",), "12 files in 1.5 s\n"),
        (("a.md  copy   23 B  high", "b.md  copy  2.3 KiB"), "a.md  copy  112 B  high\nb.md  copy  9 B\n"),
        (("worker ... of 2",), "worker 1 of 2\n"),
        (("a", "...", "d"), "a\nb\nc\nd\n"),
        (("a", "..."), "a\n"),
    ],
)
def test_what_differs_each_time_need_not_be_the_same(expected: tuple[str, ...], printed: str) -> None:
    assert matches(expected, printed)


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        (("12 files in 30 ms",), "13 files in 30 ms\n"),
        (("a",), "a\nb\n"),
        (("a", "b"), "a\n"),
        (("a.c",), "abc\n"),
        (("worker ... of 2",), "worker 1\nof 2\n"),
    ],
)
def test_all_else_must_be_the_same(expected: tuple[str, ...], printed: str) -> None:
    assert not matches(expected, printed)


@pytest.mark.parametrize(
    "text",
    [
        "'''console\n$ echo a\nb\n'''\n",
        "'''console\n$ echo unexpected\n'''\n",
        "'''console\n$ false\n'''\n",
        "'''python\nassert False\n'''\n",
        "'''python\nprint(1)\n# prints 2\n'''\n",
        "'''python\nprint(1)\n'''\n",
        "<!-- run\nfalse\ntrue\n-->\n",
    ],
)
def test_a_page_that_says_what_does_not_happen_is_found(text: str, tmp_path: Path, reader: Reader) -> None:
    with pytest.raises(Disagreement):
        reader.do_all(steps_of(page_of(tmp_path, text)))


def test_folders_and_files_last_for_a_page(tmp_path: Path, reader: Reader) -> None:
    text = """\
<!-- run
mkdir c
cd c
-->

'''console
$ mkdir a && cd a
'''

`b`:

'''text
one
'''

`b`, at the end:

'''text
two
'''

'''console
$ cat b
one

two
'''
"""
    reader.do_all(steps_of(page_of(tmp_path, text)))
    assert (reader.home / "c").is_dir()
    assert (reader.home / "a" / "b").read_text() == "one\n\ntwo\n"


def test_programs_of_a_page_see_the_names_of_those_before(tmp_path: Path, reader: Reader) -> None:
    text = """\
'''python
number = 6
'''

'''console
$ mkdir a && cd a
'''

'''python
from pathlib import Path

print(number * 7, Path.cwd())
# prints 42 /home/zoe/a
'''
"""
    reader.do_all(steps_of(page_of(tmp_path, text)))
