"""What a reference means: names, addresses, short forms, directories, and the order in which they are tried."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mintage.addresses import without_credentials
from mintage.errors import SourceError, UnsafePathError
from mintage.sources.references import Address, Kind, resolve
from mintage.trust.trusted_sources import trusts
from mintage.user.cookiecutterrc import CookiecutterSettings
from mintage.user.settings import RegisteredTemplate, Settings
from mintage.user.short_names import add_template


def resolved(reference: str, settings: Settings | None = None, **cookiecutter: Any) -> Address:
    return resolve(
        reference, ref=None, settings=settings or Settings(), cookiecutter=lambda: CookiecutterSettings(**cookiecutter)
    )


class TestAddresses:
    @pytest.mark.parametrize(
        ("reference", "location"),
        [
            ("https://example.org/x.git", "https://example.org/x.git"),
            ("https://example.org/x", "https://example.org/x"),
            ("git+https://example.org/x", "https://example.org/x"),
            ("git+ssh://git@example.org/x", "ssh://git@example.org/x"),
            ("ssh://git@example.org:2222/x", "ssh://git@example.org:2222/x"),
            ("git@example.org:ada/x.git", "git@example.org:ada/x.git"),
            ("git+git@example.org:ada/x.git", "git@example.org:ada/x.git"),
            ("git://example.org/x", "git://example.org/x"),
            ("file:///srv/x", "file:///srv/x"),
            ("gh:ada/x", "https://github.com/ada/x.git"),
            ("gl:ada/x", "https://gitlab.com/ada/x.git"),
            ("bb:ada/x", "https://bitbucket.org/ada/x"),
        ],
    )
    def test_of_git_repositories(self, reference: str, location: str) -> None:
        assert resolved(reference) == Address(Kind.GIT, location)

    @pytest.mark.parametrize(
        ("reference", "kind"),
        [
            ("https://example.org/x.zip", Kind.ZIP_URL),
            ("http://example.org/x.ZIP?raw=1", Kind.ZIP_URL),
            ("file:///srv/x.zip", Kind.ZIP_FILE),
            ("ssh://git@example.org/x.zip", Kind.GIT),
            ("git@example.org:x.zip", Kind.GIT),
        ],
    )
    def test_of_zip_files(self, reference: str, kind: Kind) -> None:
        assert resolved(reference).kind is kind

    @pytest.mark.parametrize(
        "reference",
        [
            "ext::sh -c touch% x",
            "fd::17",
            "git+ext::sh",
            "ftp://example.org/x",
            "hg+https://example.org/x",
            "javascript://example.org/x",
            "https://a@b@example.org/x",
            "https://example.org\\@evil.example/x",
            "https://-oProxyCommand=x/y",
            "ssh://-oProxyCommand=x/y",
            "ssh://git@-oProxyCommand=x/y",
            "https:///x",
            "https://example.org/a b",
            "https://example.org/a\nb",
            "",
            "a\0b",
        ],
    )
    def test_that_could_run_or_hide_something_are_refused(self, reference: str) -> None:
        with pytest.raises(SourceError):
            resolved(reference)

    def test_lose_their_credentials_before_they_are_shown(self) -> None:
        assert without_credentials("https://ada:pw@example.org/x") == "https://example.org/x"
        assert without_credentials("ssh://git:pw@example.org/x") == "ssh://git@example.org/x"
        assert without_credentials("git@example.org:x") == "git@example.org:x"


class TestShortForms:
    def test_are_the_users_own_before_cookiecutters(self) -> None:
        own = Settings(abbreviations={"gh": "https://own.example/{0}"})
        assert resolved("gh:x", own, abbreviations={"gh": "https://other.example/{0}"}).location == (
            "https://own.example/x"
        )

    def test_come_from_cookiecutters_configuration_too(self) -> None:
        abbreviations = {"acme": "git@acme.example:{0}.git", "whole": "https://acme.example/whole"}
        assert resolved("acme:x", abbreviations=abbreviations).location == "git@acme.example:x.git"
        assert resolved("whole", abbreviations=abbreviations).location == "https://acme.example/whole"

    def test_may_stand_for_folders(self, tmp_path: Path) -> None:
        (tmp_path / "web").mkdir()
        settings = Settings(abbreviations={"my": f"{tmp_path}/{{0}}"})
        assert resolved("my:web", settings) == Address(Kind.FOLDER, str(tmp_path / "web"))
        with pytest.raises(SourceError, match="'my:wob'"):
            resolved("my:wob", settings)

    def test_that_cannot_be_filled_in_are_an_error(self) -> None:
        with pytest.raises(SourceError, match="is not a valid pattern"):
            resolved("x:y", Settings(abbreviations={"x": "https://example.org/{1}/{name}"}))

    def test_are_never_a_folder_of_that_name(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        Path("gh:ada/x").mkdir(parents=True)
        Path("https:/example.org/x").mkdir(parents=True)
        assert resolved("gh:ada/x").kind is Kind.GIT
        assert resolved("https://example.org/x").kind is Kind.GIT
        assert resolved("./gh:ada/x").kind is Kind.FOLDER


class TestFolders:
    def test_are_used_where_they_are(self, fetch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "web").mkdir()
        monkeypatch.chdir(tmp_path)
        source = fetch("web")
        assert source.root == source.top == tmp_path / "web"
        assert (source.origin.reference, source.origin.url) == ("web", str(tmp_path / "web"))

    def test_may_lie_in_the_home_folder(self, fetch: Any, home: Path) -> None:
        (home / "web").mkdir()
        assert fetch("~/web").root == home / "web"

    def test_may_have_a_colon_in_their_name(self, fetch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "a:b").mkdir()
        monkeypatch.chdir(tmp_path)
        assert fetch("a:b").root == tmp_path / "a:b"

    def test_given_as_a_path_are_never_something_else(
        self, fetch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "gh:ada").mkdir()
        monkeypatch.chdir(tmp_path)
        assert fetch(Path("gh:ada")).root == tmp_path / "gh:ada"

    def test_given_as_a_path_do_not_borrow_the_trust_in_a_name(
        self, fetch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "web").mkdir()
        monkeypatch.chdir(tmp_path)
        settings = Settings(templates={"web": RegisteredTemplate("gh:acme/web")}, trust=("web",))
        origin = fetch(Path("web")).origin
        assert trusts(settings, "web")
        assert not trusts(settings, origin.reference, origin.url)

    def test_may_be_a_clone_that_cookiecutter_made(self, fetch: Any, home: Path) -> None:
        (home / ".cookiecutters" / "web").mkdir(parents=True)
        assert fetch("web").root == home / ".cookiecutters" / "web"

    def test_a_file_is_no_template(self, fetch: Any, tmp_path: Path) -> None:
        (tmp_path / "x.txt").touch()
        with pytest.raises(SourceError, match="but neither a zip file"):
            fetch(str(tmp_path / "x.txt"))

    def test_a_missing_one_is_an_error_with_what_was_tried_and_near_names(
        self, fetch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "websites").mkdir()
        add_template("website", str(tmp_path / "websites"))
        monkeypatch.chdir(tmp_path)
        with pytest.raises(SourceError, match="no template 'wesbite'") as caught:
            fetch("wesbite")
        assert str(tmp_path / "wesbite") in caught.value.why
        assert "website or websites" in caught.value.hint


class TestRegisteredNames:
    def test_come_before_folders(self, fetch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "web").mkdir()
        (tmp_path / "registered").mkdir()
        add_template("web", str(tmp_path / "registered"))
        monkeypatch.chdir(tmp_path)
        source = fetch("web")
        assert source.root == tmp_path / "registered"
        assert source.origin.reference == "web"
        assert fetch("./web").root == tmp_path / "web"

    def test_bring_their_revision_and_directory(self, fetch: Any, repository: Any) -> None:
        repository.commit({"sub/b.txt": "b"})
        repository.git("tag", "v1")
        repository.commit({"sub/b.txt": "new", "other/c.txt": "c"})
        add_template("web", repository.url, ref="v1", directory="sub")
        assert (fetch("web").root / "b.txt").read_text() == "b"
        assert (fetch("web", ref="main").root / "b.txt").read_text() == "new"
        assert (fetch("web", ref="main", directory="other").root / "c.txt").read_text() == "c"

    def test_may_stand_for_short_forms(self) -> None:
        settings = Settings(templates={"web": RegisteredTemplate("gh:ada/web", "v1")})
        assert resolved("web", settings) == Address(Kind.GIT, "https://github.com/ada/web.git", "v1")


class TestDirectory:
    def test_is_the_root_within_what_was_fetched(self, fetch: Any, tmp_path: Path) -> None:
        (tmp_path / "all" / "a" / "b").mkdir(parents=True)
        source = fetch(str(tmp_path / "all"), directory="a/b")
        assert source.root == tmp_path / "all/a/b"
        assert source.top == tmp_path / "all"
        assert source.directory == "a/b"

    @pytest.mark.parametrize("directory", ["..", "a/../..", "/etc", "../all-evil", "out", "a/out", "out/../.."])
    def test_never_leads_out(self, fetch: Any, tmp_path: Path, directory: str) -> None:
        (tmp_path / "all" / "a").mkdir(parents=True)
        (tmp_path / "all-evil").mkdir()
        (tmp_path / "all" / "out").symlink_to(tmp_path / "all-evil")
        (tmp_path / "all" / "a" / "out").symlink_to("/")
        with pytest.raises(UnsafePathError):
            fetch(str(tmp_path / "all"), directory=directory)

    def test_that_is_missing_is_an_error_with_near_names(self, fetch: Any, tmp_path: Path) -> None:
        (tmp_path / "services" / "web").mkdir(parents=True)
        with pytest.raises(SourceError, match="no directory 'services/wbe'") as caught:
            fetch(str(tmp_path), directory="services/wbe")
        assert "services/web" in caught.value.hint
