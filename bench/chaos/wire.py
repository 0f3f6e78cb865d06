#!/usr/bin/env python3
"""Proxies and webhook receivers of a fault run: a process of its own, told what to do line by line.

Each line on standard input is a JSON object with `name` and what is to change:
a proxy has `mode` pass, cut (connections are reset, new ones refused), delay (`ms` each way), stall
(nothing passes) or errors (HTTP 503 to everybody); a receiver has `mode` ok, slow (`ms`), dead (resets)
or errors, and `secrets` by path. Receipts go to a file, one JSON object a line.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import struct
import sys
import time

TOLERANCE_S = 300
PIECE_BYTES = 64 * 1024


def reset(writer):
    """Ends a connection as a crash would: with RST, not with FIN."""
    handle = writer.get_extra_info("socket")
    if handle is not None:
        try:
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
    writer.transport.abort()


class Proxy:
    """One listener in front of one server."""

    def __init__(self, port, to):
        self.port, self.to = port, to
        self.mode, self.ms = "pass", 0
        self.open = set()
        self.passing = asyncio.Event()
        self.passing.set()

    async def start(self):
        await asyncio.start_server(self.serve, "127.0.0.1", self.port)

    def change(self, wish):
        self.mode, self.ms = wish["mode"], wish.get("ms", 0)
        (self.passing.clear if self.mode == "stall" else self.passing.set)()
        if self.mode in ("cut", "errors"):
            for writer in list(self.open):
                reset(writer)

    async def serve(self, reader, writer):
        if self.mode == "cut":
            return reset(writer)
        if self.mode == "errors":
            return await self.refuse(reader, writer)
        try:
            behind = await asyncio.open_connection("127.0.0.1", self.to)
        except OSError:
            return reset(writer)
        self.open |= {writer, behind[1]}
        try:
            await asyncio.gather(self.pump(reader, behind[1]), self.pump(behind[0], writer))
        finally:
            self.open -= {writer, behind[1]}
            for end in (writer, behind[1]):
                end.transport.abort() if self.mode == "cut" else end.close()

    async def pump(self, source, target):
        try:
            while piece := await source.read(PIECE_BYTES):
                if self.mode == "delay":
                    await asyncio.sleep(self.ms / 1000)
                await self.passing.wait()
                target.write(piece)
                await target.drain()
            target.write_eof()
        except (OSError, RuntimeError):
            target.close()

    async def refuse(self, reader, writer):
        try:
            await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 2)
            writer.write(b"HTTP/1.1 503 Slow Down\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            await writer.drain()
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        reset(writer)


class Receiver:
    """Takes messages and notes each with whether its signature holds."""

    def __init__(self, port, file):
        self.port, self.file = port, file
        self.mode, self.ms, self.secrets = "ok", 0, {}

    async def start(self):
        await asyncio.start_server(self.serve, "127.0.0.1", self.port)

    def change(self, wish):
        self.mode, self.ms = wish.get("mode", self.mode), wish.get("ms", 0)
        self.secrets |= wish.get("secrets", {})

    async def serve(self, reader, writer):
        try:
            while self.mode != "dead" and await self.answer(reader, writer):
                pass
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        reset(writer) if self.mode == "dead" else writer.close()

    async def answer(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head[0].split(" ")[1]
        headers = {name.lower(): text.strip() for name, _, text in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        at, mode = time.time(), self.mode
        if mode == "slow":
            await asyncio.sleep(self.ms / 1000)
        status = {"errors": 500, "dead": 0}.get(mode, 200)
        self.note(path, headers, body, at, status)
        if not status:
            return False
        writer.write(b"HTTP/1.1 %d X\r\ncontent-length: 0\r\n\r\n" % status)
        await writer.drain()
        return True

    def note(self, path, headers, body, at, status):
        name, message = headers.get("webhook-id", ""), json.loads(body)
        receipt = {
            "path": path, "id": name, "at": at, "status": status, "event": message["type"],
            "job": message["data"].get("job_id"), "finished_at": message["data"].get("finished_at"),
            "genuine": self.genuine(path, name, headers, body, at), "off_s": int(headers.get("webhook-timestamp", 0)) - at,
        }
        self.file.write(json.dumps(receipt) + "\n")
        self.file.flush()

    def genuine(self, path, name, headers, body, at):
        stamp, secret = headers.get("webhook-timestamp", "0"), self.secrets.get(path)
        if secret is None:
            return "unknown endpoint"
        if abs(at - int(stamp)) > TOLERANCE_S:
            return "its time is too far off"
        key = base64.b64decode(secret.removeprefix("whsec_"))
        made = base64.b64encode(hmac.new(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()).decode()
        return "" if f"v1,{made}" in headers.get("webhook-signature", "").split() else "its signature is wrong"


async def main():
    plan = json.loads(sys.argv[1])
    with open(plan["receipts"], "a", encoding="utf-8") as file:
        parts = {name: Proxy(*ports) for name, ports in plan["proxies"].items()}
        parts |= {name: Receiver(port, file) for name, port in plan["receivers"].items()}
        for part in parts.values():
            await part.start()
        print("ready", flush=True)
        lines = asyncio.StreamReader(limit=1 << 20)
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        while line := await lines.readline():
            wish = json.loads(line)
            parts[wish["name"]].change(wish)
            print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
