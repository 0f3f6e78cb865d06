#!/usr/bin/env python3
"""CPU time per page of Docket's whole parse and of other tools' plain text, in one run.

usage: dev/bench speed [--rounds N] [FILE...]

Whole processes are measured, user plus system time; of the Python tools only their work on the file.
The least of N rounds counts per file and tool, the tools one after the other within a round, and the
median over files. DOCKET names another binary than target/release/docket. Without FILE the documents under fixtures/ are read.
"""
import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import sys

import pymupdf

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCKET = os.environ.get("DOCKET", ROOT / "target/release/docket")
PYTHON = """
import sys, time
import {module}
start = time.process_time()
for page in {module}.open(sys.argv[1]){pages}:
    page.{text}()
print((time.process_time() - start) * 1000)
"""
PYMUPDF = PYTHON.format(module="pymupdf", pages="", text="get_text")
PDFPLUMBER = PYTHON.format(module="pdfplumber", pages=".pages", text="extract_text")


def of_process(command):
    """CPU milliseconds of a process, its start included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def of_python(code, file):
    """CPU milliseconds that a script tells of its own work: starting Python is no work on pages."""
    told = subprocess.run([sys.executable, "-c", code, file], capture_output=True, timeout=120, check=True)
    return float(told.stdout)


TOOLS = {
    "docket": lambda file: of_process([DOCKET, "parse", file, "--local"]),
    "pdftotext": lambda file: of_process(["pdftotext", file, "-"]),
    "PyMuPDF": lambda file: of_python(PYMUPDF, file),
    "pdfplumber": lambda file: of_python(PDFPLUMBER, file),
}


def pages_of(file):
    with pymupdf.open(file) as document:
        return document.page_count


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("files", nargs="*", type=pathlib.Path)
    options = arguments.parse_args()
    files = options.files or sorted((ROOT / "fixtures").glob("[lq]*/*.pdf"))
    rows = []
    print(f"{'CPU ms per page':40}{'pages':>6}" + "".join(f"{name:>12}" for name in TOOLS))
    for file in files:
        try:
            pages = pages_of(file)
            rounds = [{name: tool(file) for name, tool in TOOLS.items()} for _ in range(options.rounds)]
        except (pymupdf.FileDataError, subprocess.SubprocessError, OSError) as error:
            print(f"{file.name}: left out: {error}", file=sys.stderr)
            continue
        row = {name: min(times[name] for times in rounds) / pages for name in TOOLS}
        rows.append(row)
        print(f"{file.name[:39]:40}{pages:6}" + "".join(f"{row[name]:12.2f}" for name in TOOLS), flush=True)
    if not rows:
        sys.exit("nothing was measured")
    medians = {name: statistics.median(row[name] for row in rows) for name in TOOLS}
    print(f"{f'median of {len(rows)}':46}" + "".join(f"{medians[name]:12.2f}" for name in TOOLS))
    ratios = {name: statistics.median(row["docket"] / max(row[name], 0.01) for row in rows) for name in TOOLS}
    print(f"{'docket, as a multiple':46}" + "".join(f"{ratios[name]:12.2f}" for name in TOOLS))


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    main()
