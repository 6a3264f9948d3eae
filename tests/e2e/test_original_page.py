"""A citation into a PDF opens the page's picture with its words marked: server, browser and all."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest
from servers import Server, running

sys.path.insert(0, str(Path(__file__).parents[1] / "corpus"))
from pdf_builder import column, make_pdf

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
OpenPage = Callable[..., "Page"]
PATIENCE = 120_000  # ms; the machine may be busy
HEAD = (72, 815, "River authority, second session")
TEXTS = [
    """Statement on the river

Excellencies, four years ago this assembly asked
for a common authority over the river.

The reserve fund reached 85 million dollars, more
than twice what was foreseen, and it covers repairs
in every province.""",
    """The authority will open its first three field
offices in Mbeya, Karonga and Songea before the end
of March.

Each office will employ forty people from the district.""",
    "We thank the donors for their patience.",
]
PAGES = [[HEAD, *column(text.splitlines(), top=740)] for text in TEXTS]
ASKED = "Where will the authority open its first three field offices?"


@pytest.fixture(scope="module")
def site(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "corpus").mkdir()
    file = folder / "corpus" / "river.pdf"
    file.write_bytes(make_pdf(PAGES))
    arguments = ("real", str(folder / "corpus"), str(folder / "index"))
    with running(folder / "left.txt", *arguments, second_reader="") as server:
        yield server, file
        assert not server.left


@pytest.fixture(scope="module")
def text(site: tuple[Server, Path]) -> str:
    with urlopen(f"{site[0].url}api/v1/documents/river") as reply:
        return json.load(reply)["text"]


def span(text: str, quote: str) -> str:
    start = text.index(quote)
    return f"{start}-{start + len(quote)}"


def drawn(frame: Page | Locator) -> None:
    """Waits until the picture has come."""
    picture = frame.locator(".leaf-paper img")
    picture.wait_for(timeout=PATIENCE)
    picture.evaluate("image => image.decode()")


def dark_under(page: Page) -> int:
    """How many dark pixels of the picture lie under its marks."""
    return page.locator(".leaf-paper").evaluate(
        """paper => {
          const image = paper.querySelector("img");
          const view = paper.querySelector("svg").viewBox.baseVal;
          const canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
          const context = canvas.getContext("2d");
          context.drawImage(image, 0, 0);
          const scale = canvas.width / view.width;
          let dark = 0;
          for (const rect of paper.querySelectorAll("rect")) {
            const sides = [rect.x, rect.y, rect.width, rect.height];
            const [x, y, w, h] = sides.map((side) => side.baseVal.value * scale);
            const { data } = context.getImageData(x, y, w, h);
            for (let at = 0; at < data.length; at += 4) if (data[at] < 100) dark += 1;
          }
          return dark;
        }"""
    )


def test_from_the_question_to_the_words_on_the_page(
    site: tuple[Server, Path], open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(site[0].url)
    box = page.get_by_label("Your question")
    box.wait_for(timeout=PATIENCE)
    box.fill(ASKED)
    box.press("Enter")
    page.locator("a.qa-cite").first.click(timeout=PATIENCE)
    panel = page.locator("#qa-source")
    drawn(panel)
    page.wait_for_timeout(500)
    page.screenshot(path=tmp_path / "chat.png")
    assert panel.locator("rect").count() >= 1
    assert panel.locator(".leaf-number").text_content() == "Page 2 of 3"
    assert "Mbeya" in panel.locator(".leaf-paper img").get_attribute("alt")
    assert panel.locator("mark.cited").first.is_visible()
    assert dark_under(page) > 50
    panel.get_by_role("button", name="Original page").click()
    assert panel.locator(".leaf").is_hidden()
    page.reload()  # and it is remembered
    page.locator("a.qa-cite").first.click(timeout=PATIENCE)
    panel.locator("mark.cited").first.wait_for(timeout=PATIENCE)
    assert panel.locator(".leaf").is_hidden()


def test_quotations_pages_zoom_and_keys(
    site: tuple[Server, Path], open_page: OpenPage, text: str, tmp_path: Path
) -> None:
    first, second = span(text, "85 million dollars"), span(text, "forty people")
    page = open_page(f"{site[0].url}source/river#{first},{second}")
    drawn(page)
    page.screenshot(path=tmp_path / "source.png")
    number, image = page.locator(".leaf-number"), page.locator(".leaf-paper img")
    assert "85 million dollars" in image.get_attribute("alt")
    page.get_by_role("button", name="Next quotation").click()
    page.locator(".leaf-paper img[alt*='forty people']").wait_for(timeout=PATIENCE)
    assert number.text_content() == "Page 2 of 3"
    drawn(page)
    assert dark_under(page) > 20
    sheet = page.locator(".leaf-sheet")
    sheet.focus()
    page.keyboard.press("p")
    page.locator(".leaf-paper img[alt*='85 million']").wait_for(timeout=PATIENCE)
    page.wait_for_function("document.activeElement.className === 'leaf-sheet'")
    page.keyboard.press("0")
    width = page.locator(".leaf-paper").bounding_box()["width"]
    for _ in range(3):
        page.keyboard.press("+")
    assert page.locator(".leaf-paper").bounding_box()["width"] > 2 * width
    assert page.get_by_role("button", name="Larger").is_enabled()
    page.get_by_role("button", name="Fit the width").click()
    assert abs(page.locator(".leaf-paper").bounding_box()["width"] - width) < 2
    page.get_by_role("link", name="Next page of the file").click()
    page.get_by_text("Page 2 of 3").wait_for(timeout=PATIENCE)
    assert page.locator("rect").count() == 0
    assert page.url.startswith(f"{site[0].url}source/river")
    said = page.locator(".leaf + [role=status]")
    assert "nothing marked" in said.text_content()


@pytest.mark.parametrize("width", [320, 700])
def test_small_screens_show_both(
    site: tuple[Server, Path], open_page: OpenPage, text: str, tmp_path: Path, width: int
) -> None:
    page = open_page(f"{site[0].url}source/river#{span(text, 'in every province')}", width, 640)
    drawn(page)
    page.wait_for_timeout(800)
    page.screenshot(path=tmp_path / "small.png")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    frame, sheet = page.locator("#leaf").bounding_box(), page.locator(".leaf-sheet").bounding_box()
    mark = page.locator("mark.current").first.bounding_box()
    assert mark["y"] + mark["height"] < frame["y"]
    box = page.locator("rect").first.bounding_box()
    assert sheet["y"] <= box["y"] and box["y"] + box["height"] <= 640
    assert box["height"] > 10  # large enough to be read


def test_dark_without_script_and_on_paper(
    site: tuple[Server, Path], open_page: OpenPage, browser: object, text: str, tmp_path: Path
) -> None:
    start, end = span(text, "85 million dollars").split("-")
    address = f"{site[0].url}page/river?start={start}&end={end}"
    page = open_page(address, color_scheme="dark")
    drawn(page)
    page.screenshot(path=tmp_path / "dark.png")
    page.emulate_media(media="print")
    assert page.locator("#leaf").is_hidden()
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(address)
    assert plain.locator("rect").count() == 1
    plain.get_by_role("link", name="Next page of the file").click()
    assert plain.locator(".leaf-number").text_content() == "Page 2 of 3"
    context.close()


def test_a_file_that_changed_leaves_the_text(  # the last: the file is another then
    site: tuple[Server, Path], open_page: OpenPage, text: str
) -> None:
    server, file = site
    file.write_bytes(make_pdf(PAGES[:1]))
    page = open_page(f"{server.url}source/river#{span(text, 'forty people')}")
    page.locator("mark.current").first.wait_for(timeout=PATIENCE)
    assert "has changed" in page.locator(".leaf-changed").text_content()
    assert not page.locator("#leaf, .leaf-toggle").count()
