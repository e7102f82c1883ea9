"""The user's settings: what they may hold, what is wrong with them, and how names are added and removed."""

from __future__ import annotations

import os
import tomllib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mintage.errors import SourceError, UsageError
from mintage.user.folders import cache_folder, settings_file
from mintage.user.settings import RegisteredTemplate, Settings, load_settings
from mintage.user.short_names import add_template, remove_template

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of the settings."""
    monkeypatch.setenv("MINTAGE_CONFIG_DIR", str(tmp_path / "settings"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path / "settings"


def write(text: str | bytes) -> Path:
    file = settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


class TestFolders:
    def test_are_named_by_the_environment(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MINTAGE_CACHE_DIR", "~/cache")
        assert settings_file() == folder / "settings.toml"
        assert cache_folder() == folder.parent / "cache"

    @pytest.mark.parametrize("set_xdg", [True, False])
    def test_are_those_of_platformdirs_otherwise(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, set_xdg: bool
    ) -> None:
        import platformdirs

        monkeypatch.delenv("MINTAGE_CONFIG_DIR")
        monkeypatch.delenv("MINTAGE_CACHE_DIR", raising=False)
        for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            if set_xdg:
                monkeypatch.setenv(name, str(tmp_path / name))
            else:
                monkeypatch.delenv(name, raising=False)
        assert settings_file().parent == platformdirs.user_config_path("mintage")
        assert cache_folder() == platformdirs.user_cache_path("mintage")


class TestLoading:
    def test_without_a_file_gives_nothing(self, folder: Path) -> None:
        assert load_settings() == Settings()
        assert not folder.exists()

    def test_gives_what_the_file_says(self) -> None:
        write(
            """
            trust = ["https://github.com/acme/"]
            templates.short = "gh:ada/short"
            [defaults]
            author = "Ada"
            [abbreviations]
            acme = "https://acme.example/{0}"
            [templates.web]
            source = "gh:acme/web"
            ref = "v1"
            directory = "sub"
            """
        )
        assert load_settings() == Settings(
            templates={
                "short": RegisteredTemplate("gh:ada/short"),
                "web": RegisteredTemplate("gh:acme/web", "v1", "sub"),
            },
            defaults={"author": "Ada"},
            abbreviations={"acme": "https://acme.example/{0}"},
            trust=("https://github.com/acme/",),
        )

    def test_ignores_what_it_does_not_know(self) -> None:
        write("[future]\nx = 1\n")
        assert load_settings() == Settings()

    def test_names_the_line_that_is_not_toml(self) -> None:
        file = write("a = 1\nb = = 2\n")
        with pytest.raises(UsageError, match="not valid TOML") as caught:
            load_settings()
        assert str(caught.value.where).startswith(f"{file}:2:")

    def test_names_everything_that_is_wrong_with_its_line(self) -> None:
        write(
            'trust = "all"\n'
            "\n"
            "[abbreviations]\n"
            "x = 1\n"
            "[templates]\n"
            "number = 5\n"
            "[templates.web]\n"
            'sauce = "x"\n'
            '[templates."a.b"]\n'
            'source = "x"\n'
            "extra = 1\n"
        )
        with pytest.raises(UsageError) as caught:
            load_settings()
        lines = {problem.where.line if problem.where else None: problem.what for problem in caught.value.problems}
        assert set(lines) == {1, 4, 6, 7, 9}
        assert "'web' must have a source" in lines[7]

    @pytest.mark.parametrize("text", ["templates = 1", "defaults = []", "abbreviations = 'x'", "trust = [1]"])
    def test_refuses_wrong_types(self, text: str) -> None:
        write(text)
        with pytest.raises(UsageError, match="settings are invalid"):
            load_settings()

    @pytest.mark.parametrize("text", [b"\xff\xfe", b"a = " + b"[" * 100_000])
    def test_refuses_what_cannot_be_read(self, text: bytes) -> None:
        write(text)
        with pytest.raises(UsageError):
            load_settings()


class TestAdding:
    def test_makes_the_file(self) -> None:
        assert add_template("web", "gh:acme/web", ref="v1") == RegisteredTemplate("gh:acme/web", "v1")
        assert load_settings().templates == {"web": RegisteredTemplate("gh:acme/web", "v1")}

    def test_stores_local_folders_absolute(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "web").mkdir()
        monkeypatch.chdir(tmp_path)
        assert add_template("one", "web").source == str(tmp_path / "web")
        assert add_template("two", "~/web").source == str(tmp_path / "web")

    @pytest.mark.parametrize("source", ["https://example.org/x.git", "git@example.org:x", "gh:ada/x", "acme:x"])
    def test_stores_addresses_as_they_are(self, source: str) -> None:
        assert add_template("web", source).source == source

    @pytest.mark.parametrize("source", ["missing", "./missing", ""])
    def test_refuses_a_folder_that_is_not_there(self, folder: Path, source: str) -> None:
        with pytest.raises((UsageError, SourceError), match="no template"):
            add_template("web", source)
        assert not (folder / "settings.toml").exists()

    @pytest.mark.parametrize("name", ["", "-x", ".", "..", "a/b", "gh:x", "a b", "a\n", "ä", "x]"])
    def test_refuses_names_that_could_be_something_else(self, name: str) -> None:
        with pytest.raises(UsageError, match="is not a valid name for a template"):
            add_template(name, "gh:ada/x")

    def test_refuses_a_name_that_is_taken(self) -> None:
        add_template("web", "gh:ada/x")
        with pytest.raises(UsageError, match="already"):
            add_template("web", "gh:ada/y")
        assert load_settings().templates["web"].source == "gh:ada/x"

    def test_keeps_comments_and_what_it_does_not_know(self) -> None:
        before = "# mine\nunknown = 1 # why\n\n[defaults] # here\nauthor = 'Ada'\n"
        file = write(before)
        add_template("web", "gh:ada/x")
        assert file.read_text().startswith(before)
        assert load_settings().defaults == {"author": "Ada"}

    def test_keeps_all_values_when_the_table_cannot_be_appended(self) -> None:
        file = write('templates = { old = "gh:ada/old" }\nunknown = 1\n')
        add_template("web", "gh:ada/x")
        assert tomllib.loads(file.read_text()) == {
            "templates": {"old": "gh:ada/old", "web": {"source": "gh:ada/x"}},
            "unknown": 1,
        }

    @pytest.mark.parametrize(
        "before",
        [
            "",
            "trust = []",
            "\ufefftrust = []\n",
            "# mine\r\n[templates.a]\r\nsource = 'x'\r\n",
            "templates.a.source = 'x'\ntemplates.b.source = 'y'\n",
            "[templates]\na.source = 'x'\n# mine\n[defaults]\nx = nan\n",
            "[templates.a]\nsource = 'x'\n[defaults]\n[templates.b]\nsource = 'y'\n\n# other\n[other]\n",
        ],
    )
    def test_appends_to_the_file_and_changes_no_other_byte(self, before: str) -> None:
        file = write(before)
        others = load_settings().templates
        add_template("web", "gh:ada/x", ref="v1")
        newline = "\r\n" if "\r\n" in before else "\n"
        added = newline.join(["", "[templates.web]", 'source = "gh:ada/x"', 'ref = "v1"', ""])
        start = before if before.endswith("\n") else f"{before}\n" if before else ""
        assert file.read_bytes().decode() == start + (added if before else added.lstrip())
        assert load_settings().templates == {**others, "web": RegisteredTemplate("gh:ada/x", "v1")}

    def test_writes_nothing_that_would_change_other_values(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import tomlkit

        before = 'templates = { old = "gh:ada/old" }\n'
        file = write(before)
        monkeypatch.setattr(tomlkit, "dumps", lambda _: '[templates]\nweb.source = "gh:ada/x"\n')
        with pytest.raises(UsageError, match="can't add 'web' without changing other entries") as caught:
            add_template("web", "gh:ada/x")
        assert 'web.source = "gh:ada/x"' in caught.value.hint
        with pytest.raises(UsageError, match="can't remove 'old' without changing other entries"):
            remove_template("old")
        assert file.read_text() == before

    def test_changes_nothing_in_a_file_that_is_wrong(self) -> None:
        file = write("a = = 1")
        with pytest.raises(UsageError, match="not valid TOML"):
            add_template("web", "gh:ada/x")
        assert file.read_text() == "a = = 1"

    def test_keeps_a_link_and_the_permissions(self, tmp_path: Path, folder: Path) -> None:
        (tmp_path / "dotfiles.toml").write_text("")
        (tmp_path / "dotfiles.toml").chmod(0o600)
        folder.mkdir()
        (folder / "settings.toml").symlink_to(tmp_path / "dotfiles.toml")
        add_template("web", "gh:ada/x")
        assert (folder / "settings.toml").is_symlink()
        assert "gh:ada/x" in (tmp_path / "dotfiles.toml").read_text()
        assert (tmp_path / "dotfiles.toml").stat().st_mode & 0o777 == 0o600

    def test_at_the_same_time_loses_no_name(self, folder: Path) -> None:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number: add_template(f"t{number}", "gh:ada/x"), range(24)))
        assert len(load_settings().templates) == 24
        assert os.listdir(folder) == ["settings.toml"]

    def test_where_nothing_can_be_written_is_a_clear_error(self, folder: Path) -> None:
        folder.write_text("a file")
        with pytest.raises(UsageError, match="can't change the settings"):
            add_template("web", "gh:ada/x")


class TestRemoving:
    def test_removes_only_that_name_and_keeps_comments(self) -> None:
        file = write(
            "# mine\n[templates.a]\nsource = 'x'\n\n[templates.web]\nsource = 'gh:x'\n\n[defaults] # d\nb = 1\n"
        )
        remove_template("web")
        assert file.read_text() == "# mine\n[templates.a]\nsource = 'x'\n\n[defaults] # d\nb = 1\n"

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("[templates.web]\nsource = 'x'\n# tail\n\n# mine\n[defaults]\n", "# tail\n\n# mine\n[defaults]\n"),
            (
                "[templates]\n# mine\nweb = 'x' # gone\n\n# other\n[other]\n",
                "[templates]\n# mine\n\n# other\n[other]\n",
            ),
            ("# a\r\n[templates.'web']\r\nsource = 'x'\r\n# b\r\n", "# a\r\n# b\r\n"),
            ("\ufeff[templates.web]\nsource = 'x'\n", "\ufeff"),
            ('templates = { web = "[x", b = "y" } # c\n', 'templates = {  b = "y" } # c\n'),
            ("templates.web.source = 'x'\ntemplates.b = 'y'\n", "templates.b = 'y'\n"),
            (
                '[templates.web]\nsource = """\nx""" # gone\n[templates.b]\nsource = "y"\n',
                '[templates.b]\nsource = "y"\n',
            ),
        ],
    )
    def test_keeps_every_byte_outside_of_the_entry(self, before: str, after: str) -> None:
        file = write(before)
        remove_template("web")
        assert file.read_bytes().decode() == after

    def test_removes_what_was_added(self) -> None:
        file = write("# mine\n")
        add_template("web", "gh:ada/x", ref="v1")
        add_template("a.b", "gh:ada/x")
        remove_template("web")
        remove_template("a.b")
        assert file.read_text().strip() == "# mine"

    def test_of_an_unknown_name_is_an_error_with_near_names(self) -> None:
        add_template("website", "gh:ada/x")
        with pytest.raises(UsageError, match="no template named 'wesbite'") as caught:
            remove_template("wesbite")
        assert "website" in caught.value.hint

    @hypothesis_settings(deadline=None, max_examples=50)
    @given(
        name=st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,8}", fullmatch=True),
        before=st.sampled_from(
            ["", "# c\n", "x = '''\n[templates.a]\n'''\n", "[templates]\nz = 'gh:z'\n", "[[list]]\na = 1\n", "[t]\n# c"]
        ),
    )
    def test_undoes_adding(self, name: str, before: str) -> None:
        file = write(before)
        if name in load_settings().templates:
            return
        add_template(name, "gh:ada/x", directory="d")
        assert load_settings().templates[name] == RegisteredTemplate("gh:ada/x", None, "d")
        remove_template(name)
        assert file.read_text() == (f"{before}\n" if before and not before.endswith("\n") else before)
