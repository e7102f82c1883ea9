"""References to templates, the list of trusted ones, and archives."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from fuzz.examples import examples
from fuzz.properties import archive_is_unpacked_or_refused, refused_or, source_is_within_the_entry
from fuzz.worlds import SECONDS, within
from mintage.addresses import is_url, without_credentials
from mintage.sources.references import Address, Kind, resolve, submodule_address
from mintage.trust.trusted_sources import trusts
from mintage.user.cookiecutterrc import CookiecutterSettings
from mintage.user.settings import RegisteredTemplate, Settings

SCHEME = st.sampled_from(
    ["https://", "http://", "ssh://", "file://", "git+https://", "HTTPS://", "git://", "ext::", "gh:"]
)
HOST = st.sampled_from(
    [
        "github.com",
        "GitHub.com",
        "evil.example",
        "me@github.com",
        "me:pw@github.com",
        "[::1]",
        "[x",
        "github.com:99",
        "a@b@c",
        "gith\u212ab.com",
        "exa\u2100mple.com",
        "",
        "-x",
        "\\",
    ]
)
PIECE = st.sampled_from(
    [
        "/",
        "/acme",
        "/acme-evil",
        "/web",
        "/web.git",
        "/.git",
        "..",
        ".",
        "/../",
        "%2e%2e",
        "\\",
        "?",
        "#",
        "@",
        ":",
        " ",
        "//",
        "~",
        "x.zip",
        "\t",
        "\ud800",
    ]
)
REST = st.lists(PIECE, max_size=5).map("".join)
URL = st.tuples(SCHEME, HOST, REST).map("".join)
SCP = st.tuples(st.sampled_from(["git@", "me@", ""]), HOST, st.sampled_from([":", ":/", "/"]), REST).map("".join)
REFERENCE = URL | SCP | REST | st.text(max_size=8)
ABBREVIATIONS = st.dictionaries(
    st.sampled_from(["gh", "x"]), st.sampled_from(["https://e/{0}", "{0[a]}", "{0.x}", "{", "{1}", "~/{0}", "{0!q}"])
)
SETTINGS = st.tuples(REFERENCE, ABBREVIATIONS).map(
    lambda made: Settings(templates={"web": RegisteredTemplate(made[0])}, abbreviations=made[1])
)


@examples(150)
@given(reference=REFERENCE | st.sampled_from(["web", "x:y", "~", "~nobody/x", "a" * 5000]), settings=SETTINGS)
def test_a_reference_is_resolved_or_refused(reference: str, settings: Settings) -> None:
    with within(SECONDS):
        refused_or(lambda: resolve(reference, ref=None, settings=settings, cookiecutter=CookiecutterSettings))
        refused_or(lambda: submodule_address(reference, Address(Kind.GIT, "https://github.com/acme/web.git")))


@examples(150)
@given(url=URL)
def test_no_password_is_shown(url: str) -> None:
    if "://" in url:
        assert ":pw@" not in without_credentials(url)


ENTRY = st.tuples(
    st.sampled_from(["https://", "git+https://", "ssh://", "HTTPS://"]),
    st.sampled_from(["github.com", "me@github.com", "github.com:99"]),
    st.lists(st.sampled_from(["/", "/acme", "/web", "/web.git", "/.git"]), max_size=3).map("".join),
).map("".join)


@examples(200)
@given(entry=ENTRY, reference=URL.filter(is_url))
@example(entry="https://github.com/.git/", reference="https://github.com/acme/web")
def test_an_entry_takes_only_what_lies_within_it(entry: str, reference: str) -> None:
    source_is_within_the_entry(entry, reference)


@examples(200)
@given(entry=ENTRY, rest=REST)
def test_nor_does_what_follows_it_lead_out(entry: str, rest: str) -> None:
    source_is_within_the_entry(entry, entry + rest)


@examples(150)
@given(entry=REFERENCE, reference=REFERENCE)
def test_any_entry_and_reference_can_be_compared(entry: str, reference: str) -> None:
    with within(SECONDS):
        refused_or(lambda: trusts(Settings(trust=(entry,)), reference))


MEMBER = st.text(alphabet="ab./\\:C\n é\x1b", min_size=1, max_size=10) | st.sampled_from(
    ["t/", "t/a", "t/../x", "a" * 300]
)
LIMIT = 64 * 1024


@st.composite
def archives(draw: st.DrawFn) -> bytes:
    """A zip file of which some bytes are wrong."""
    method = draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2]))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        for name in dict.fromkeys(["t/", *draw(st.lists(MEMBER, max_size=3))]):
            made.writestr(name, "" if name.endswith("/") else draw(st.binary(max_size=20)) * 4)
    data = bytearray(file.getvalue())
    for place, byte in draw(st.lists(st.tuples(st.integers(0, len(data) - 1), st.integers(0, 255)), max_size=4)):
        data[place] = byte
    return bytes(data[: draw(st.just(len(data)) | st.integers(0, len(data)))])


@examples(100)
@given(data=archives() | st.binary(max_size=40))
def test_an_archive_is_unpacked_or_refused(data: bytes) -> None:
    archive_is_unpacked_or_refused(data, LIMIT)


@examples(30)
@given(members=st.lists(st.tuples(MEMBER, st.binary(max_size=5)), max_size=3), method=st.integers(0, 99))
def test_so_is_one_that_is_packed_in_an_unknown_way(members: list[Any], method: int) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, content in dict(members).items():
            made.writestr(name, content)
    data = file.getvalue().replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x00\x00" + bytes([method])
    )
    archive_is_unpacked_or_refused(data, LIMIT)
