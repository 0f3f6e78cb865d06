"""HTTP/1.1 clients of few words, so that twenty thousand of them fit into one process: no parsing beyond what is measured."""

import asyncio
import datetime
import json
import re
import time

ETAG = re.compile(rb'\r\netag: "(\d+)"', re.I)
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.I)
EVENT = re.compile(rb"data: ?(\{.*?\})\r?\n")


class Client(asyncio.Protocol):
    """A connection."""

    def __init__(self, key):
        self.key, self.buffer = key, b""

    def connection_made(self, transport):
        self.transport = transport

    def send(self, path, method="GET", headers="", body=b""):
        self.transport.write(f"{method} {path} HTTP/1.1\r\nhost: x\r\napi-key: {self.key}\r\n{headers}\r\n".encode() + body)

    def close(self):
        self.transport.abort()


class Polls(Client):
    """One request after the other."""

    def start(self, path, *more):
        self.answer, self.began = asyncio.get_running_loop().create_future(), time.monotonic()
        self.send(path, *more)

    def data_received(self, data):
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        length = LENGTH.search(self.buffer, 0, end + 2) if end >= 0 else None
        if not length or len(self.buffer) < end + 4 + int(length.group(1)):
            return
        tag = ETAG.search(self.buffer, 0, end + 2)
        status, self.buffer, self.took = int(self.buffer[9:12]), b"", time.monotonic() - self.began
        if not self.answer.done():
            self.answer.set_result((status, int(tag.group(1)) if tag else 0))

    def connection_lost(self, error):
        if not self.answer.done():
            self.answer.set_result((0, 0))


class Events(Client):
    """A stream of events: of a job, what versions were told when; of an account, when jobs were queued and started."""

    def __init__(self, path, key, changes_of_all=False):
        super().__init__(key)
        self.path, self.of_all = path, changes_of_all
        self.told, self.queued, self.started = [], {}, {}
        self.first = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        super().connection_made(transport)
        self.send(self.path)

    def data_received(self, data):
        heard = time.time_ns() // 1000
        self.buffer += data
        end = 0
        for event in EVENT.finditer(self.buffer):
            end = event.end()
            self.take(json.loads(event.group(1)), heard)
        self.buffer = self.buffer[end:]

    def take(self, told, heard):
        if self.of_all:
            times = {"queued": self.queued, "PROCESSING": self.started}.get(told["status"], {})
            times.setdefault(told["job_id"], datetime.datetime.fromisoformat(told["updated_at"].replace("Z", "+00:00")).timestamp() * 1000)
            return
        self.told.append((told["version"], heard))
        if not self.first.done():
            self.first.set_result(None)


async def connect(port, client):
    await asyncio.get_running_loop().create_connection(lambda: client, "127.0.0.1", port)
    return client


async def ask(port, method, path, key, body, content_type):
    """One request on a connection of its own."""
    poll = await connect(port, Polls(key))
    poll.start(path, method, f"content-type: {content_type}\r\ncontent-length: {len(body)}\r\n", body)
    answer = await poll.answer
    poll.close()
    return answer
