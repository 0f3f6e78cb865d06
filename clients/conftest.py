"""A running Docket for the session, and documents: our fixtures, and some made on the fly."""

import contextlib
import functools
import http.server
import json
import os
import pathlib
import socket
import subprocess
import threading
import time
import types

import postgres
import pytest
import requests

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = os.environ.get("DOCKET_BIN", str(ROOT / "target" / "debug" / "docket"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until_ready(base, process):
    """Polls /ready with a limit; there is nothing else to wait for from outside."""
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"docket ended with {process.returncode}")
        try:
            if requests.get(base + "/ready", timeout=5).status_code == 200:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.05)
    raise RuntimeError("docket did not become ready")


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def docket(request, tmp_path_factory):
    """Each test runs against a server on SQLite and one on Postgres."""
    with contextlib.ExitStack() as stack:
        place = ["--data-dir", str(tmp_path_factory.mktemp("docket"))]
        if request.param == "postgres":
            place += ["--database-url", stack.enter_context(postgres.project(tmp_path_factory.mktemp("postgres"), free_port()))]
        yield stack.enter_context(served(place))


@contextlib.contextmanager
def served(place):
    base = f"http://127.0.0.1:{free_port()}"
    # The tests' own documents lie on this machine.
    flags = ["--listen", base.removeprefix("http://"), "--allow-private-hosts", "true", "--log", "warn"]
    process = subprocess.Popen([BINARY, "serve", *flags, *place], stdout=subprocess.DEVNULL)

    def new_key(user, *limits):
        command = [BINARY, "keys", "create", "--user", user, "--json", *limits, *place]
        made = subprocess.run(command, check=True, capture_output=True, text=True)
        return json.loads(made.stdout)["key"]

    try:
        wait_until_ready(base, process)
        yield types.SimpleNamespace(base=base, key=new_key("client-tests"), new_key=new_key)
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.fixture(scope="session")
def library(tmp_path_factory):
    """A web server with documents: gives a function that makes an address of bytes."""
    folder = tmp_path_factory.mktemp("library")
    handler = functools.partial(QuietHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def put(name, body):
            (folder / name).write_bytes(body)
            return f"http://127.0.0.1:{server.server_port}/{name}"

        yield put
        server.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def make_pdf(*pages):
    """A PDF with these pages of lines in Helvetica, by hand."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, lines in enumerate(pages):
        shown = "".join(f"({line.translate({40: None, 41: None, 92: None})}) Tj T*\n" for line in lines)
        stream = f"BT /F1 12 Tf 16 TL 72 720 Td\n{shown}ET".encode("latin-1")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
            % (5 + 2 * number)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    body, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, text in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    xref = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    body += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, xref)
    return bytes(body)


@pytest.fixture(scope="session")
def letter():
    return make_pdf(["Letter 4711", "The quick brown fox jumps over the lazy dog.", "Total due: 12.50"])


@pytest.fixture(scope="session")
def damaged():
    return b"%PDF-1.7\nthis is where the document broke off"


@pytest.fixture(scope="session")
def report():
    """Three pages with an invoice on the first."""
    return (ROOT / "fixtures" / "quickstart" / "sample.pdf").read_bytes()


@pytest.fixture(scope="session")
def bundle():
    """An invoice of two pages, then a contract of one."""
    return make_pdf(
        ["INVOICE", "Invoice number INV-77", "Bill to: Acme Ltd", "Item  Quantity  Unit price  Amount", "Pump  2  10.00  20.00"],
        ["Invoice INV-77, page 2 of 2", "Subtotal 20.00", "VAT 4.00", "Total amount due 24.00", "Payable within 30 days"],
        ["SERVICE AGREEMENT", "This agreement is made between Acme Ltd and Beta GmbH.", "1. Term and termination",
         "2. Confidentiality", "3. Governing law", "In witness whereof the parties have signed this contract."],
    )
