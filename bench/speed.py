#!/usr/bin/env python3
"""CPU time per page of Docket's whole parse and of other tools' plain text, in one run.

usage: dev/bench speed [--rounds N] [FILE...]

`served` is a running server with its engine children, per submit of the whole file; `docket` is the
command `docket parse --local`, as a whole process; so is pdftotext. Of the Python tools only their
work on the file counts. The least of N rounds counts per file and tool, the tools one after the other
within a round, and the median over files. opendataloader reads all files in one go, as starting Java
is no work on pages either: it has only its mean over all pages, beside that of the others (with Java
on the machine). DOCKET names another binary than target/release/docket. Without FILE the documents
under fixtures/ are read.
"""
import argparse
import json
import os
import pathlib
import re
import resource
import statistics
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

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


class Server:
    """A server of its own, whose processor time is read from the kernel."""

    SUBMITS = 20  # The kernel counts in steps of 10 ms.
    TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")

    def __init__(self, folder):
        data = folder / "data"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        self.url = f"http://{address}"
        command = [DOCKET, "serve", "--listen", address, "--data-dir", data, "--log", "error"]
        self.process = subprocess.Popen(command)
        deadline = time.monotonic() + 30
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                sys.exit("docket serve does not start")
            time.sleep(0.05)
        made = [DOCKET, "keys", "create", "--user", "bench", "--credits", "100000000", "--json", "--data-dir", data]
        self.key = json.loads(subprocess.run(made, capture_output=True, check=True).stdout)["key"]

    def is_ready(self):
        try:
            with urllib.request.urlopen(self.url + "/ready", timeout=5):
                return True
        except OSError:
            return False

    def cpu(self):
        """Processor milliseconds of the server and its children so far."""
        ticks = 0
        for process in [self.process.pid, *self.children()]:
            fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += sum(map(int, fields[11:15]))
        return ticks * self.TICK_MS

    def children(self):
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(child) for task in tasks for child in task.read_text().split()]

    def ask(self, path, body=None, kind=None):
        headers = {"api-key": self.key} | ({"Content-Type": kind} if kind else {})
        request = urllib.request.Request(self.url + path, data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)

    def parse(self, name, document):
        edge = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n\r\n"
        body = edge % name.encode() + document + b"\r\n--edge--\r\n"
        job = self.ask("/parse", body, "multipart/form-data; boundary=edge")["job_id"]
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            status = self.ask(f"/jobs/{job}?wait=30")["status"]
            if status.upper() in ("SUCCEEDED", "COMPLETED"):
                return
            if status.upper() in ("FAILED", "CANCELLED"):
                raise OSError(f"the job ended as {status}")
        raise OSError("the job did not end")

    def of_file(self, file):
        document = file.read_bytes()
        self.parse(file.name, document)
        before = self.cpu()
        for _ in range(self.SUBMITS):
            self.parse(file.name, document)
        return (self.cpu() - before) / self.SUBMITS

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


def of_opendataloader(files, folder):
    """CPU milliseconds of all files in one process, without those of starting it; `None` without Java."""
    if not shutil.which("java"):
        print("opendataloader: left out: no java on this machine", file=sys.stderr)
        return None
    program = pathlib.Path(sys.executable).with_name("opendataloader-pdf")
    command = [program, "-q", "-f", "markdown", "--image-output", "off", "-o", folder]
    start = of_process([program, "--help"])
    return of_process(command + files) - start


TOOLS = {
    "docket": lambda file: of_process([DOCKET, "parse", file, "--local"]),
    "pdftotext": lambda file: of_process(["pdftotext", file, "-"]),
    "PyMuPDF": lambda file: of_python(PYMUPDF, file),
    "pdfplumber": lambda file: of_python(PDFPLUMBER, file),
}


def pages_of(file):
    with pymupdf.open(file) as document:
        return document.page_count


def measure(files, rounds, server):
    """Milliseconds per page of every file that all tools read, and how many pages it has."""
    tools = {"served": server.of_file} | TOOLS
    rows = []
    print(f"{'CPU ms per page':40}{'pages':>6}" + "".join(f"{name:>12}" for name in tools))
    for file in files:
        try:
            pages = pages_of(file)
            times = [{name: tool(file) for name, tool in tools.items()} for _ in range(rounds)]
        except (pymupdf.FileDataError, subprocess.SubprocessError, OSError) as error:
            print(f"{file.name}: left out: {error}", file=sys.stderr)
            continue
        row = {name: min(found[name] for found in times) / pages for name in tools}
        rows.append((file, pages, row))
        print(f"{file.name[:39]:40}{pages:6}" + "".join(f"{row[name]:12.2f}" for name in tools), flush=True)
    return rows


def report(rows, opendataloader):
    names = list(rows[0][2])
    def line(title, numbers):
        print(f"{title:46}" + "".join(f"{number:12.2f}" for number in numbers))
    line(f"median of {len(rows)} files", [statistics.median(row[name] for _, _, row in rows) for name in names])
    for docket in ("served", "docket"):
        ratios = [statistics.median(row[docket] / max(row[name], 0.01) for _, _, row in rows) for name in names]
        line(f"{docket}, as a multiple", ratios)
    total = sum(pages for _, pages, _ in rows)
    line(f"mean of {total} pages", [sum(row[name] * pages for _, pages, row in rows) / total for name in names])
    if opendataloader is not None:
        print(f"opendataloader, mean of {total} pages: {opendataloader / total:.1f}")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("files", nargs="*", type=pathlib.Path)
    options = arguments.parse_args()
    files = options.files or sorted((ROOT / "fixtures").glob("[lqt]*/*.pdf"))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        server = Server(folder)
        try:
            rows = measure(files, options.rounds, server)
        finally:
            server.stop()
        if not rows:
            sys.exit("nothing was measured")
        report(rows, of_opendataloader([file for file, _, _ in rows], folder / "markdown"))


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    main()
