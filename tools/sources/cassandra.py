"""cassandra.py PORT FILE: runs the CQL statements of the file on 127.0.0.1 as the superuser that a new node has.
cassandra.py PORT version: prints the version as the node tells it.

Speaks version 4 of the native protocol itself: a driver would be a download for ten statements.
"""

import socket
import struct
import sys
import time
from pathlib import Path

STARTUP, QUERY, AUTH_RESPONSE = 0x01, 0x07, 0x0F
ERROR, AUTHENTICATE = 0x00, 0x03
CONSISTENCY_ONE = 1


class Failed(Exception):
    pass


def long_string(text: str) -> bytes:
    return struct.pack("!i", len(text.encode())) + text.encode()


class Connection:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        version = struct.pack("!H", 1) + b"".join(struct.pack("!H", len(part)) + part for part in (b"CQL_VERSION", b"3.0.0"))
        if self.send(STARTUP, version)[0] == AUTHENTICATE:
            self.send(AUTH_RESPONSE, long_string("\0cassandra\0cassandra"))

    def send(self, opcode: int, body: bytes) -> tuple[int, bytes]:
        """Returns opcode and body of the answer."""
        self.socket.sendall(struct.pack("!BBhBi", 4, 0, 1, opcode, len(body)) + body)
        answer, length = struct.unpack("!4xBi", self.receive(9))
        content = self.receive(length)
        if answer == ERROR:
            raise Failed(content[6:].decode(errors="replace"))
        return answer, content

    def receive(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise Failed("the server closed the connection")
            data += part
        return data

    def query(self, statement: str) -> bytes:
        return self.send(QUERY, long_string(statement) + struct.pack("!HB", CONSISTENCY_ONE, 0))[1]


def connect(port: int) -> Connection:
    """The superuser appears a moment after the port opens."""
    end = time.monotonic() + 40
    while True:
        try:
            return Connection(port)
        except (Failed, OSError):
            if time.monotonic() > end:
                raise
            time.sleep(0.3)


def main() -> None:
    connection = connect(int(sys.argv[1]))
    if sys.argv[2] == "version":
        # one row of one text: it ends the answer, after its length
        print(connection.query("SELECT release_version FROM system.local").rpartition(b"\0")[2][1:].decode())
        return
    lines = [line for line in Path(sys.argv[2]).read_text().splitlines() if not line.startswith("--")]
    for statement in "\n".join(lines).split(";"):
        if statement.strip():
            connection.query(statement)


main()
