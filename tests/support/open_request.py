"""A request whose answer is read, or given up, by hand: streams of events, and clients that leave."""

import http.client
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from support.api import Api

EVENT_STREAM = "text/event-stream"


@dataclass
class Event:
    name: str
    data: dict[str, Any]
    at: float  # time.monotonic() of its arrival
    id: str = ""


class OpenRequest:
    """Sent when made. `leave` closes the connection, whatever has come of the answer."""

    def __init__(self, api: Api, path: str, body: dict[str, Any] | None, accept: str = EVENT_STREAM, **headers: str) -> None:
        """Without a body it is a GET. `headers`: more of them, with "_" for "-"."""
        self.api = api
        self.connection = http.client.HTTPConnection(urlsplit(api.url).netloc, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named |= {"Content-Type": "application/json", "Accept": accept, "Authorization": f"Bearer {api.token}"}
        if body is None:
            self.connection.request("GET", path, headers=named)
        else:
            self.connection.request("POST", path, json.dumps(body), named)
        self.answer: http.client.HTTPResponse | None = None

    def head(self) -> http.client.HTTPResponse:
        """Waits until the status and the headers are there."""
        if self.answer is None:
            self.answer = self.connection.getresponse()
        return self.answer

    def events(self) -> Iterator[Event]:
        """Each as it arrives; comments (pings) are passed over."""
        answer = self.head()
        assert answer.status == 200, answer.read()
        name, data, number = "", "", ""
        while line := answer.readline().decode():
            with self.api.transcript.lock:
                self.api.transcript.texts.append(line)
            field, _, value = line.rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "id":
                number = value
            elif field == "data":
                data += value
            elif not line.strip() and data:
                yield Event(name, json.loads(data), time.monotonic(), number)
                name, data, number = "", "", ""

    def leave(self) -> None:
        if self.answer is not None:
            self.answer.close()
        self.connection.close()

    def __enter__(self) -> "OpenRequest":
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()
