"""The HTTP side of the fake Trino (fake_trino.py), and the wrong answers it can give."""

from __future__ import annotations

import json
import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from support.fake_trino import FakeTrino, Query

LONG_POLL = 1.0  # seconds a GET waits for news, as in Trino
LAST_PAGE = 99
VARCHAR = {"rawType": "varchar", "arguments": [{"kind": "LONG", "value": 2147483647}]}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    server: Server

    @property
    def trino(self) -> FakeTrino:
        return self.server.trino

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def send(self, status: int, body: bytes, content_type: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_json(self, value: dict[str, Any]) -> None:
        self.send(200, json.dumps(value).encode())

    def do_POST(self) -> None:
        sql = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path != "/v1/statement":
            return self.send(404, b"")
        query = self.trino.submit(sql, dict(self.headers.items()))
        if self.trino.starting:
            query.done.set()
            return self.send(503, b"")
        fault = self.trino.take_fault(sql, lambda f: f.reply is not None and f.at == "submit")
        if fault and fault.reply:
            fault.entered.set()
            query.done.set()
            return fault.reply(self, page(query, self.server.url, 1))
        return self.send_json(page(query, self.server.url, 1))

    def do_GET(self) -> None:
        if self.path == "/v1/info":
            info = {"nodeVersion": {"version": "476"}, "environment": "fake", "coordinator": True}
            uptime = f"{time.monotonic() - self.trino.started_at:.2f}s"
            return self.send_json(info | {"starting": self.trino.starting, "uptime": uptime})
        query, number = self.query_of_path()
        if query is None:
            return self.send(404, b"")
        self.trino.dispatch(query)
        fault = self.trino.take_fault(query.sql, lambda f: f.reply is not None and f.at == "page")
        query.done.wait(LONG_POLL)
        answer = page(query, self.server.url, number + 1)
        if fault and fault.reply:
            fault.entered.set()
            return fault.reply(self, answer)
        return self.send_json(answer)

    def do_DELETE(self) -> None:
        query, _ = self.query_of_path()
        if query is not None:
            self.trino.cancel(query)
        self.send(204, b"")

    def query_of_path(self) -> tuple[Query | None, int]:
        parts = self.path.split("/")  # /v1/statement/queued|executing/ID/SLUG/NUMBER
        if len(parts) != 7 or parts[1:3] != ["v1", "statement"] or not parts[6].isdigit():
            return None, 0
        return self.trino.find(parts[4]), int(parts[6])


class Server(ThreadingHTTPServer):
    """Knows its connections, so that it can cut them."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, trino: FakeTrino, port: int) -> None:
        self.trino = trino
        self.connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self.connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self.connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # clients that were killed


class FakeTrinoHttp:
    def __init__(self, trino: FakeTrino) -> None:
        self.trino = trino
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.server = Server(self.trino, self.port)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        for connection in list(self.server.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it ended by itself


def page(query: Query, url: str, number: int) -> dict[str, Any]:
    """The answer that names page `number` as the next, or the last one."""
    answer: dict[str, Any] = {"id": query.id, "infoUri": f"{url}/ui/query.html?{query.id}", "warnings": []}
    answer["stats"] = {"state": query.state, "queued": query.state == "QUEUED", "nodes": 0}
    columns = [{"name": name, "type": "varchar", "typeSignature": VARCHAR} for name in query.columns]
    if not query.done.is_set():
        kind = "queued" if number == 1 else "executing"
        answer["nextUri"] = f"{url}/v1/statement/{kind}/{query.id}/y0123456789abcdef/{number}"
    elif query.error is not None:
        answer["error"] = query.error
    elif query.rows and number < LAST_PAGE:
        # rows come on a page of their own, then the end
        answer |= {"columns": columns, "data": query.rows}
        answer["nextUri"] = f"{url}/v1/statement/executing/{query.id}/y0123456789abcdef/{LAST_PAGE}"
    else:
        answer["columns"] = columns
        if query.update_type:
            answer["updateType"] = query.update_type
    return answer


# ---- wrong answers: each takes the place of a right one

Reply = Callable[[Handler, dict[str, Any]], None]


def never(handler: Handler, answer: dict[str, Any]) -> None:
    """Accepts the request and keeps silent for as long as the fake runs."""
    handler.trino.closing.wait()
    handler.close_connection = True


def reset(handler: Handler, answer: dict[str, Any]) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(handler.connection.detach())  # close() alone would wait for the files made of it
    handler.close_connection = True


def status(code: int) -> Reply:
    return lambda handler, answer: handler.send(code, b"")


def html(handler: Handler, answer: dict[str, Any]) -> None:
    handler.send(200, b"<html><body>Welcome to the captive portal</body></html>", "text/html")


def truncated(handler: Handler, answer: dict[str, Any]) -> None:
    handler.send(200, json.dumps(answer).encode()[:-20])


def huge(handler: Handler, answer: dict[str, Any]) -> None:
    rows = [["x" * 1000]] * 10_000
    handler.send_json(answer | {"columns": [{"name": "x", "type": "varchar"}], "data": rows})


def elsewhere(url: str) -> Reply:
    """Sends the client to another server."""
    return lambda handler, answer: handler.send_json(answer | {"nextUri": f"{url}/v1/statement/queued/x/y/1"})
