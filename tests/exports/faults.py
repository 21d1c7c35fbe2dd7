"""Shows that check.py finds faults: python3 faults.py SITE

It puts faults of every kind into copies of a published site's exports, and wants each one named. The last
edition is taken: what holds for every edition holds for it, and it has Chinese.
"""

import re
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

import check
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject


def repack(source, target, change):
    """A copy of an archive; `change` gives the new bytes of an entry, or None to leave it out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            content = change(entry.filename, old.read(entry))
            if content is not None:
                new.writestr(entry, content)


def epub(source, target, path):
    def change(name, content):
        if name.endswith("chinese.woff2"):
            return None
        if name == f"book/{path}.xhtml":
            text = content.decode()
            text = re.sub(r"<svg.*?</svg>", "", text, count=1, flags=re.S)
            text = text.replace('<span class="l">', '<span class="l">x', 1)
            return text.replace("</section>", '<a href="nowhere.xhtml">x</a></section>').encode()
        if name == "book/package.opf":
            return re.sub(rb'<itemref idref="title-page"/>', b"", content)
        return content

    repack(source, target, change)


def pdf(source, target):
    book = PdfWriter(clone_from=source)
    root = book.root_object
    for name in ("/Outlines", "/Lang", "/MarkInfo"):
        del root[name]
    book.metadata = None
    book.add_blank_page()
    page = book.pages[10]
    link = {"/Type": "/Annot", "/Subtype": "/Link"}
    for where in ({"/Dest": TextStringObject("no place")}, {"/A": {"/S": "/URI", "/URI": "file:///a.html"}}):
        annotation = DictionaryObject()
        for name, value in {**link, **where}.items():
            if isinstance(value, dict):
                value = DictionaryObject({NameObject(n): TextStringObject(v) for n, v in value.items()})
            elif not isinstance(value, TextStringObject):
                value = NameObject(value)
            annotation[NameObject(name)] = value
        page.setdefault(NameObject("/Annots"), ArrayObject()).get_object().append(annotation)
    fonts = iter(page["/Resources"]["/Font"].values())
    font = next(fonts).get_object()
    font[NameObject("/BaseFont")] = NameObject("/ABCDEF+DejaVu-Sans")
    descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
    for name in ("/FontFile", "/FontFile2", "/FontFile3"):
        descriptor.pop(name, None)
    stack, figure = [root["/StructTreeRoot"]], None
    while stack and figure is None:
        element = stack.pop().get_object()
        if element.get("/S") == "/Figure":
            figure = element
        children = element.get("/K", ArrayObject()).get_object()
        stack += [child for child in children if hasattr(child.get_object(), "get")]
    del figure["/Alt"]
    book.write(target)


def archive(source, target, site):
    def change(name, content):
        if name.endswith("/introduction.html") and "zh-TW" not in name:
            return None
        if name.endswith("/README.txt"):
            return None
        if name.endswith("/favicon.svg") or re.search(r"/favicon-\w+\.svg$", name):
            return content + b" "
        if name.endswith("/index.html"):
            return content.replace(b"</main>", b'<a href="book.epub">x</a></main>')
        return content

    repack(source, target, change)


def main(site):
    folder = [folder for folder in (site, site / "zh-TW") if (folder / "index.html").is_file()][-1]
    chinese = folder != site
    pages = check.pages(folder)
    path = next(path for path, page in pages.items() if page.pictures and page.blocks)
    files = {Path(name).suffix: (folder / name).resolve() for name in check.Page(
        (folder / "index.html").read_text("utf-8")).take}  # fmt: skip
    work = Path(tempfile.mkdtemp())
    try:
        bad = {ending: work / file.name for ending, file in files.items()}
        epub(files[".epub"], bad[".epub"], path)
        pdf(files[".pdf"], bad[".pdf"])
        archive(files[".zip"], bad[".zip"], site)
        found = {
            ".epub": list(check.epub(bad[".epub"], pages, chinese)),
            ".pdf": list(check.pdf(bad[".pdf"], pages, chinese)),
            ".zip": list(check.archive(bad[".zip"], site)),
        }
        # A cover that leads to what is not there.
        (work / "index.html").write_text('<p class="cover-take"><a href="a.epub">a</a></p>')
        found["cover"] = check.check(work)
    finally:
        shutil.rmtree(work)
    expected = {
        ".epub": ["epubcheck: ERROR RSC-", "of them in the order of reading", f"{path} has ",
                  f"{path}: a block of code is not whole"] + (["1 fonts"] if chinese else []),
        ".pdf": ["it has no /Title", "its language is None", "it has no tags", "the outline has no ",
                 "leads to no place", "leads to file:", " is empty", "DejaVu-Sans is not embedded",
                 "a glyph is taken from the font DejaVu-Sans", "pictures with a description, expected",
                 "1 pictures without a description"],
        ".zip": ["it doesn't say what it is", "introduction.html is missing", "favicon", "leads to what isn't there"],
        "cover": ["expected an EPUB, a PDF and an archive", "which is not there"],
    }  # fmt: skip
    unseen = [f"{kind}: {fault}" for kind, faults in expected.items()
              for fault in faults if not any(fault in problem for problem in found[kind])]  # fmt: skip
    for fault in unseen:
        print(f"error: check.py does not see the fault {fault}", file=sys.stderr)
    print(f"faults seen: {sum(map(len, expected.values())) - len(unseen)}")
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
