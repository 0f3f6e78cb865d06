#!/usr/bin/env python3
"""Scores what Docket makes of documents against their gold Markdown.

usage: dev/bench quality [FOLDER] [--json FILE]

FOLDER (default: fixtures/layout) holds documents with their gold beside them: `a.pdf` and `a.md`.
With BASE_URL and API_KEY a running server reads them, else `docket parse --local` does (the binary
that DOCKET names, or target/release/docket).

    text      similarity of the words in reading order, markup aside (indel, 0..1)
    markdown  the same with markup, tables as html
    headings  F1 over the texts of headings
    tables    F1 over pairs of neighbouring cells, as in the ICDAR 2013 competition
"""
import argparse
import collections
import html
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import unicodedata
import urllib.request

from rapidfuzz import fuzz

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCKET = os.environ.get("DOCKET", ROOT / "target/release/docket")
KINDS = {".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff"}
MEASURES = ("text", "markdown", "headings", "tables")


def read_locally(document):
    command = [DOCKET, "parse", document, "--local", "--format", "json"]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def read_by_server(document):
    base, headers = os.environ["BASE_URL"].rstrip("/"), {"api-key": os.environ["API_KEY"]}
    boundary = "docket-quality-boundary"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{document.name}"\r\n\r\n'
    body = head.encode() + document.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}

    def call(path, data=None, more=None):
        request = urllib.request.Request(base + path, data=data, headers=headers | (more or {}))
        with urllib.request.urlopen(request, timeout=300) as answer:
            return json.load(answer)

    job = call("/parse", body, kind)["job_id"]
    end = time.monotonic() + 600
    while time.monotonic() < end:
        answer = call(f"/parse/{job}")
        if answer["status"] == "Succeeded":
            return answer
        if answer["status"] in ("Failed", "Cancelled"):
            raise RuntimeError(answer.get("message"))
        time.sleep(0.05)
    raise TimeoutError(document.name)


def markdown(result):
    segments = [segment for chunk in result["chunks"] for segment in chunk["segments"]]
    furniture = ("PageHeader", "PageFooter")
    return "\n\n".join(s["markdown"] for s in segments if s["segment_type"] not in furniture)


def spaced(text):
    return " ".join(text.split())


def words(text):
    """The text without its markup, in one form of quotes, dashes and letters."""
    text = re.sub(r"<[^>]+>|^\s*(?:[-+*]|\d+\.)\s+|^\s*\|?(?:\s*:?-{3,}:?\s*\|)+\s*$|[*_`#|\\]", " ", text, flags=re.M)
    text = unicodedata.normalize("NFKC", html.unescape(text)).replace("\u00ad", "")
    text = re.sub("[\u2010-\u2015]", "-", text)
    return spaced(text.translate(str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")))


def rows_of_pipes(lines):
    split = lambda line: [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
    rows = [split(line) for line in lines]
    return [row for row in rows if not all(re.fullmatch(r":?-{3,}:?", cell) for cell in row)]


def rows_of_html(table):
    rows, reaching = [], {}
    for index, row in enumerate(re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.S | re.I)):
        cells, at = [], 0
        for attributes, text in re.findall(r"<t[dh]([^>]*)>(.*?)</t[dh]>", row, re.S | re.I):
            while (index, at) in reaching:
                cells.append(reaching[index, at])
                at += 1
            span = lambda name: int((re.search(rf'{name}="?(\d+)', attributes) or [0, 1])[1])
            text = spaced(html.unescape(re.sub(r"<[^>]+>", " ", text)))
            for down in range(1, span("rowspan")):
                for across in range(span("colspan")):
                    reaching[index + down, at + across] = text
            cells += [text] * span("colspan")
            at += span("colspan")
        rows.append(cells)
    return rows


def tables(text):
    found = [rows_of_html(table) for table in re.findall(r"<table.*?</table>", text, re.S | re.I)]
    pipes = re.findall(r"(?:^[ \t]*\|.*\|[ \t]*\n?){2,}", text, re.M)
    return found + [rows_of_pipes(block.strip().splitlines()) for block in pipes]


def neighbours(text):
    key = lambda cell: re.sub(r"\W+", "", cell).lower()
    pairs = collections.Counter()
    for table in tables(text):
        for row, following in zip(table, table[1:] + [[]]):
            cells = [key(cell) for cell in row]
            pairs.update(("right", a, b) for a, b in zip(cells, cells[1:]) if a and b and a != b)
            below = [key(cell) for cell in following]
            pairs.update(("below", a, b) for a, b in zip(cells, below) if a and b and a != b)
    return pairs


def headings(text):
    return collections.Counter(words(line).lower() for line in re.findall(r"^#{1,6}\s+(.*)$", text, re.M))


def f1(gold, found):
    total = sum(gold.values()) + sum(found.values())
    return 2 * sum((gold & found).values()) / total if total else 1.0


def score(gold, found):
    scores = {
        "text": fuzz.ratio(words(gold), words(found)) / 100,
        "markdown": fuzz.ratio(spaced(gold), spaced(found)) / 100,
    }
    if headings(gold):
        scores["headings"] = f1(headings(gold), headings(found))
    if neighbours(gold):
        scores["tables"] = f1(neighbours(gold), neighbours(found))
    return scores


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", nargs="?", type=pathlib.Path, default=ROOT / "fixtures/layout")
    arguments.add_argument("--json", type=pathlib.Path, help="where to write the figures")
    options = arguments.parse_args()
    read = read_by_server if "BASE_URL" in os.environ else read_locally
    documents = sorted(p for p in options.folder.rglob("*") if p.suffix.lower() in KINDS and p.with_suffix(".md").exists())
    if not documents:
        sys.exit(f"no document with a .md beside it in {options.folder}")
    figures = {}
    print(f"{'document':48}" + "".join(f"{name:>10}" for name in MEASURES))
    for document in documents:
        try:
            found = markdown(read(document))
        except (subprocess.CalledProcessError, RuntimeError, TimeoutError, OSError) as error:
            print(f"{document.name}: {error}", file=sys.stderr)
            found = ""
        figures[document.name] = scores = score(document.with_suffix(".md").read_text(), found)
        show(document.name, scores)
    means = {name: [scores[name] for scores in figures.values() if name in scores] for name in MEASURES}
    show(f"mean of {len(documents)}", {name: statistics.fmean(v) for name, v in means.items() if v})
    if options.json:
        with tempfile.NamedTemporaryFile("w", dir=options.json.parent, delete=False) as file:
            json.dump(figures, file, indent=1)
        os.replace(file.name, options.json)


def show(name, scores):
    print(f"{name[:47]:48}" + "".join(f"{scores[m]:10.4f}" if m in scores else f"{'-':>10}" for m in MEASURES), flush=True)


if __name__ == "__main__":
    main()
