"""The examples of README.md, run as they are written: on a document that can be read and on one that cannot."""

import os
import re
import subprocess
import sys

import conftest
import pytest

EXAMPLES = re.findall(r"```python\n(.*?)```", (conftest.ROOT / "README.md").read_text(), re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=["sdk", "http"])
@pytest.mark.parametrize("document", ["letter", "damaged"])
def test_an_example_ends_without_a_traceback(docket, request, tmp_path, example, document):
    (tmp_path / "report.pdf").write_bytes(request.getfixturevalue(document))
    program = example.replace("docket_…", docket.key).replace("http://127.0.0.1:8080", docket.base)
    ended = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env={**os.environ, "PYTHONIOENCODING": "utf-8"}, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert ("Letter 4711" if document == "letter" else "ailed") in ended.stdout
