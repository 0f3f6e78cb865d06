"""A running Docket for the session, and documents made on the fly."""

import json
import os
import pathlib
import socket
import subprocess
import time
import types

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


@pytest.fixture(scope="session")
def docket(tmp_path_factory):
    data = tmp_path_factory.mktemp("docket")
    base = f"http://127.0.0.1:{free_port()}"
    process = subprocess.Popen(
        [BINARY, "serve", "--listen", base.removeprefix("http://"), "--data-dir", str(data), "--log", "warn"],
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until_ready(base, process)
        made = subprocess.run(
            [BINARY, "keys", "create", "--user", "client-tests", "--json", "--data-dir", str(data)],
            check=True, capture_output=True, text=True,
        )
        yield types.SimpleNamespace(base=base, key=json.loads(made.stdout)["key"])
    finally:
        process.terminate()
        process.wait(timeout=60)


def make_pdf(lines):
    """A one-page PDF with these lines of Helvetica, by hand."""
    shown = "".join(f"({line.translate({40: None, 41: None, 92: None})}) Tj T*\n" for line in lines)
    stream = f"BT /F1 12 Tf 16 TL 72 720 Td\n{shown}ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
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
