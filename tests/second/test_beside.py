# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Two walkthroughs in one library: a page says which one it is of, and leads back to both."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from starlette.testclient import TestClient

from app.cli import main
from tests.second.conftest import FOLDER, NAME
from tests.web.reading import Element, document


def bar(client: TestClient, address: str) -> Element:
    """The bar at the top of a page."""
    return document(client.get(address)).one("header", class_="bar")


def test_the_front_page_lists_both_with_all_their_views(library: TestClient) -> None:
    main = document(library.get("/")).one("main")
    assert main.one("h1").text == "Walkthroughs of the Linux kernel's TCP"
    links = {link["href"] for link in main.all("a")}
    for name in ("tcp_close", NAME):
        views = ("atlas", "compare", "symptoms", "challenges", "present")
        assert links >= {f"/{name}", *(f"/{name}/{view}" for view in views)}


def test_a_page_of_neither_leads_into_neither(library: TestClient) -> None:
    for address in ("/", "/api", "/changes", "/live", "/nowhere"):
        links = [link["href"] for link in bar(library, address).all("a")]
        assert not [link for link in links if link.startswith(("/tcp_close", f"/{NAME}"))]


@pytest.mark.parametrize("name", ["tcp_close", NAME])
@pytest.mark.parametrize("view", ["", "/atlas", "/compare", "/symptoms", "/challenges", "/lab"])
def test_the_bar_says_whose_page_it_is_and_stays_with_it(
    library: TestClient, name: str, view: str
) -> None:
    shown = bar(library, f"/{name}{view}")
    home, function = shown.all("a", class_="brand")
    assert (home["href"], home.text) == ("/", "Walkthroughs")
    assert (function["href"], function.text) == (f"/{name}", f"{name}()")
    for link in shown.one("nav", aria_label="Site").all("a"):
        assert link["href"].startswith((f"/{name}", "/api")), link["href"]


def test_with_one_walkthrough_its_function_is_the_sites_name(alone: TestClient) -> None:
    (brand,) = bar(alone, f"/{NAME}/atlas").all("a", class_="brand")
    assert (brand["href"], brand.text) == ("/", f"{NAME}()")
    assert alone.get("/manifest.webmanifest").json()["short_name"] == f"{NAME}()"


def test_programs_find_both(library: TestClient) -> None:
    listed = library.get("/api/walkthroughs").json()["walkthroughs"]
    assert [one["id"] for one in listed] == ["tcp_close", NAME]
    sitemap = library.get("/sitemap.xml").text
    for name in ("tcp_close", NAME):
        assert f"/{name}?" in sitemap
        assert library.get(f"/api/{name}/trace?recv=300").json()["walkthrough"] == name
    assert library.get("/api/openapi.json").json()["info"]["title"] == "Walkthroughs, explained"
    assert library.get("/manifest.webmanifest?lang=zh").json()["short_name"] == "函数走读"
    assert library.get("/card/index.svg").status_code == 200


def test_what_is_wrong_names_both(library: TestClient) -> None:
    (problem,) = library.get("/api/tiny").json()["problems"]
    assert problem["allowed"] == f"tcp_close, {NAME}"
    ways_on = {link["href"] for link in document(library.get("/tiny")).one("main").all("a")}
    assert ways_on >= {"/tcp_close", f"/{NAME}", "/"}


def test_what_is_each_walkthroughs_own_is_not_listed_together(
    library: TestClient, alone: TestClient
) -> None:
    """A client made from the document is not told that one's branches are the other's."""

    def schemas(client: TestClient) -> dict[tuple[str, str], dict[str, Any]]:
        return {
            (path, item["name"]): item["schema"]
            for path, methods in client.get("/api/openapi.json").json()["paths"].items()
            for item in methods.get("get", {}).get("parameters", ())
            if item["name"] in {"branch", "variant"}
        }

    own = schemas(alone)
    assert {name for _, name in own} == {"branch", "variant"}
    assert all(schema["enum"] for schema in own.values())
    assert set(schemas(library)) == set(own)
    for schema in schemas(library).values():
        assert schema.get("enum") is None
    # What one has and the other has not is refused, with what there is.
    for name in ("tcp_close", NAME):
        for path, wrong in (("trace", "variant=nowhere"), ("atlas", "branch=nowhere/true")):
            refused = library.get(f"/api/{name}/{path}?{wrong}")
            assert refused.status_code == 422
            (problem,) = refused.json()["problems"]
            assert problem["allowed"]
    crossed = library.get(f"/api/{NAME}/trace?variant=article")
    assert crossed.status_code == 422


def said(*words: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, words)))


def test_a_given_folder_stands_beside_the_programs_own_and_before_it() -> None:
    result = said("--content", FOLDER, "check")
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == [NAME, "tcp_close"]
    assert said("--content", FOLDER, "witness", "too-many/true").exit_code == 0
    other = said("--content", FOLDER, "witness", "unread/true", "--walkthrough", "tcp_close")
    assert (other.exit_code, other.stderr) == (0, "")


def test_of_an_id_that_both_have_the_given_one_is_taken_and_that_is_said(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / NAME, tmp_path / "tcp_close")
    path = tmp_path / "tcp_close/walkthrough.yaml"
    path.write_text(path.read_text().replace(f"id: {NAME}", "id: tcp_close"))
    result = said("--content", tmp_path, "check")
    assert result.stdout.startswith("tcp_close: 33 lines in 6 blocks")
    assert result.stdout.count("\n") == 1
    assert result.stderr == (
        f"tcp_close: the one in {tmp_path} is taken, not the one that came with the program\n"
    )
    assert said("--content", tmp_path, "--alone", "check").stderr == ""


def test_alone_without_a_folder_would_be_nothing() -> None:
    result = said("--alone", "check")
    assert result.exit_code == 2
    assert "--alone needs --content" in result.stderr
