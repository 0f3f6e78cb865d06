"""A throw-away Postgres like a Supabase project: its roles, its publication, its claims."""

import contextlib
import glob
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import time

ROLES = """
create role anon nologin;
create role authenticated nologin;
create role service_role nologin bypassrls;
create role authenticator login noinherit;
grant anon, authenticated, service_role to authenticator;
grant usage on schema public to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
create publication supabase_realtime;
"""


def binaries():
    found = shutil.which("initdb") or (sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb")) or [None])[-1]
    if not found:
        raise RuntimeError("Postgres is missing: apt-get install postgresql")
    return pathlib.Path(os.path.realpath(found)).parent


def server_owner():
    """Postgres refuses to run as root: whom it runs as instead."""
    if os.getuid() != 0:
        return {}
    names = {user.pw_name for user in pwd.getpwall()}
    account = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def sql(url, text):
    done = subprocess.run([binaries() / "psql", url, "-v", "ON_ERROR_STOP=1", "-qAtX", "-c", text], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout.strip()


@contextlib.contextmanager
def project(folder, port):
    """Starts the cluster in an empty folder; gives the URL of its owner."""
    owner = server_owner()
    if owner:
        os.chown(folder, owner["user"], owner["group"])
        for parent in folder.parents:  # pytest's folders are closed to others
            with contextlib.suppress(PermissionError):
                os.chmod(parent, parent.stat().st_mode | 0o011)
    data, programs = folder / "cluster", binaries()
    subprocess.run([programs / "initdb", "-D", data, "-U", "owner", "-A", "trust", "--no-sync"], check=True, stdout=subprocess.DEVNULL, cwd="/", **owner)
    settings = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", "wal_level=logical", "fsync=off"]
    arguments = [part for setting in settings for part in ("-c", setting)]
    with open(folder.parent / f"postgres-{port}.log", "wb") as log:
        server = subprocess.Popen([programs / "postgres", "-D", data, *arguments], stdout=log, stderr=log, cwd="/", **owner)
    try:
        url = f"postgres://owner@127.0.0.1:{port}/postgres"
        wait_for_port(port, server)
        ready = lambda: subprocess.run([programs / "pg_isready", "-d", url], capture_output=True).returncode == 0  # noqa: E731
        for _ in range(600):
            if ready():
                break
            time.sleep(0.05)
        sql(url, ROLES)
        yield url
    finally:
        server.send_signal(signal.SIGINT)  # ends connections instead of waiting for them
        server.wait(timeout=60)


def wait_for_port(port, process):
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nobody listens on {port}")
