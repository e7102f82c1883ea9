"""Trusted sources: what an entry takes, and every way to look like what it takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mintage.trust.trusted_sources import trusts
from mintage.user.settings import RegisteredTemplate, Settings

ACME = "https://github.com/acme/"


def trusted(entry: str, *references: str) -> bool:
    return trusts(Settings(trust=(entry,)), *references)


@pytest.mark.parametrize(
    ("entry", "reference"),
    [
        (ACME, "https://github.com/acme/web.git"),
        (ACME, "https://github.com/acme/deep/web"),
        (ACME, "HTTPS://GitHub.com/acme/web"),
        (ACME, "git+https://github.com/acme/web"),
        ("https://github.com/acme/web", "https://github.com/acme/web.git"),
        ("https://github.com/acme/web.git", "https://github.com/acme/web/"),
        ("https://github.com/", "https://github.com/anybody/x"),
        ("git@github.com:acme/", "git@github.com:acme/web.git"),
        ("git@github.com:acme/web", "git+git@github.com:acme/web.git"),
        ("ssh://git@example.org/acme/", "ssh://git@example.org/acme/x"),
        ("gh:acme/", "gh:acme/web"),
        ("gh:acme/web", "gh:acme/web"),
    ],
)
def test_an_entry_takes(entry: str, reference: str) -> None:
    assert trusted(entry, reference)


@pytest.mark.parametrize(
    ("entry", "reference"),
    [
        ("https://github.com/acme", "https://github.com/acme-evil/web"),
        ("https://github.com/acme", "https://github.com/acme/web"),
        (ACME, "https://github.com/acme-evil/web"),
        (ACME, "https://github.com/ACME/web"),
        (ACME, "http://github.com/acme/web"),
        (ACME, "https://github.com@evil.example/acme/web"),
        (ACME, "https://github.com%2facme%2f@evil.example/acme/web"),
        (ACME, "https://evil.example/https://github.com/acme/web"),
        (ACME, "https://evil.example#https://github.com/acme/web"),
        (ACME, "https://github.com.evil.example/acme/web"),
        (ACME, "https://github.com:8443/acme/web"),
        (ACME, "https://github.com/acme/..?"),
        (ACME, "https://github.com/acme/..#x"),
        (ACME, "https://github.com/acme/..;/evil/web"),
        (ACME, "https://github.com/acme/../evil/web"),
        (ACME, "https://github.com/acme/%2e%2e/evil/web"),
        (ACME, "https://github.com/acme/.%2E/evil/web"),
        (ACME, "https://github.com/acme/..\\evil/web"),
        (ACME, "https://github.com/acme/\n../evil"),
        (ACME, "https://github.com\\@evil.example/acme/x"),
        (ACME, "https://a@github.com@evil.example/acme/x"),
        ("https://", "https://evil.example/x"),
        ("https:///", "https://evil.example/x"),
        ("git@github.com:acme/", "git@github.com:acme-evil/x"),
        ("git@github.com:acme/", "git@github.com:acme/../evil/x"),
        ("git@github.com:acme/", "git@github.com.evil.example:acme/x"),
        ("gh:acme/", "gh:acme-evil/x"),
        ("gh:acme/", "gh:acme/../evil/x"),
        ("gh:acme/", "acme/x"),
        ("/", "https://evil.example/x"),
        ("", "x"),
        ("/srv/templates/", "ssh://host/srv/templates/x"),
    ],
)
def test_an_entry_does_not_take(entry: str, reference: str) -> None:
    assert not trusted(entry, reference)


def test_any_of_the_names_of_a_source_is_enough() -> None:
    assert trusted(ACME, "gh:acme/web", "https://github.com/acme/web.git")
    assert not trusted(ACME)


class TestFolders:
    def test_are_taken_exactly_or_below_an_entry_with_a_slash(self, tmp_path: Path) -> None:
        (tmp_path / "mine" / "web").mkdir(parents=True)
        assert trusted(f"{tmp_path}/mine", f"{tmp_path}/mine")
        assert not trusted(f"{tmp_path}/mine", f"{tmp_path}/mine/web")
        assert trusted(f"{tmp_path}/mine/", f"{tmp_path}/mine/web")
        assert trusted(f"{tmp_path}/mine/", f"{tmp_path}/mine")
        assert not trusted(f"{tmp_path}/mine/", f"{tmp_path}/mine-evil")
        assert not trusted(f"{tmp_path}/mine/", f"{tmp_path}/mine/../evil")
        assert trusted(f"{tmp_path}/mine/", f"file://{tmp_path}/mine/web")

    def test_count_by_where_they_really_are(self, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (home / "mine" / "web").mkdir(parents=True)
        (tmp_path / "evil").mkdir()
        (home / "mine" / "out").symlink_to(tmp_path / "evil")
        monkeypatch.chdir(home / "mine")
        assert trusted("~/mine/", "web")
        assert trusted("~/mine/", "../mine/web")
        assert not trusted("~/mine/", "out")
        assert not trusted("~/mine/", f"{home}/mine/out")
        assert not trusted("~/mine/", f"file://{home}/mine/out")

    def test_cannot_take_the_name_of_something_else(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        Path("acme:x/web").mkdir(parents=True)
        Path("web").mkdir()
        assert not trusted("acme:x/", "acme:x/web")
        assert not trusted("web", "web")

    def test_of_the_name_of_a_registered_template_are_not_meant(self) -> None:
        settings = Settings(templates={"web": RegisteredTemplate("gh:acme/web")}, trust=("web",))
        assert trusts(settings, "web")


@hypothesis_settings(deadline=None)
@given(
    rest=st.lists(
        st.sampled_from(["..", ".", "%2e%2e", "%2E.", "/", "\\", "@", ":", "#", "?", "evil.example", "x", "//", "\t"]),
        max_size=6,
    ).map("".join)
)
@example(rest="/../evil")
def test_whatever_follows_the_prefix_stays_below_it_on_the_same_server(rest: str) -> None:
    reference = "https://github.com/acme" + rest
    if trusted(ACME, reference):
        assert reference.rstrip("/") == ACME.rstrip("/") or reference.startswith(ACME)
        assert not {"..", "."} & set(reference.partition("://")[2].split("/"))
        assert not set("%\\\t") & set(reference)


@hypothesis_settings(deadline=None)
@given(before=st.text(alphabet="htps:/@.#?\\%githubcome", max_size=12), after=st.text(alphabet="@:.#?\\%x", max_size=4))
def test_another_host_is_never_the_trusted_one(before: str, after: str) -> None:
    for reference in (f"https://{before}.evil.example/acme/x", f"https://github.com{after}.evil.example/acme/x"):
        assert not trusted(ACME, reference) or reference.startswith(ACME)
