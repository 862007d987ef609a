"""fake_redshift.py PORT BACKEND CERTIFICATE KEY: lets the Redshift driver talk to the PostgreSQL on port BACKEND.

Takes out of the start-up message what only Redshift knows, offers TLS, and rewrites what the driver's questions for schemas
and tables hold of Redshift's dialect. Everything else passes through.
"""

import asyncio
import re
import ssl
import struct
import sys
from asyncio import StreamReader, StreamWriter

SSL_REQUEST, GSS_REQUEST, PROTOCOL_3 = 80877103, 80877104, 196608
STARTUP_PARAMETERS = {b"user", b"database", b"client_encoding", b"DateStyle", b"TimeZone", b"extra_float_digits", b"application_name"}
# Redshift lets WHERE name the aliases of columns …
ALIASES = {b" AND TABLE_SCHEM LIKE ": b" AND n.nspname LIKE ", b" AND TABLE_NAME LIKE ": b" AND c.relname LIKE "}
# … and digits touch the next word.
DIGIT_BEFORE_WORD = re.compile(rb"(\d)(WHEN|THEN|ELSE|END)\b")


def rewritten(statement: bytes) -> bytes:
    for alias, column in ALIASES.items():
        statement = statement.replace(alias, column)
    return DIGIT_BEFORE_WORD.sub(rb"\1 \2", statement)


def plain_startup(content: bytes) -> bytes:
    parts = content.split(b"\0")
    known = [(name, value) for name, value in zip(parts[0::2], parts[1::2], strict=False) if name in STARTUP_PARAMETERS]
    return b"".join(name + b"\0" + value + b"\0" for name, value in known) + b"\0"


async def read_startup(reader: StreamReader, writer: StreamWriter, context: ssl.SSLContext) -> tuple[int, bytes]:
    while True:
        length, code = struct.unpack("!ii", await reader.readexactly(8))
        content = await reader.readexactly(length - 8)
        if code == SSL_REQUEST:
            writer.write(b"S")
            await writer.drain()
            await writer.start_tls(context)
        elif code == GSS_REQUEST:
            writer.write(b"N")
            await writer.drain()
        else:
            return code, content


async def pass_statements(reader: StreamReader, writer: StreamWriter) -> None:
    while True:
        kind, length = struct.unpack("!ci", await reader.readexactly(5))
        content = await reader.readexactly(length - 4)
        if kind in (b"P", b"Q"):
            content = rewritten(content)
        writer.write(kind + struct.pack("!i", len(content) + 4) + content)
        await writer.drain()


async def pass_answers(reader: StreamReader, writer: StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


async def serve(reader: StreamReader, writer: StreamWriter, backend: int, context: ssl.SSLContext) -> None:
    server: StreamWriter | None = None
    try:
        code, content = await read_startup(reader, writer, context)
        answers, server = await asyncio.open_connection("127.0.0.1", backend)
        if code == PROTOCOL_3:
            content = plain_startup(content)
        server.write(struct.pack("!ii", len(content) + 8, code) + content)
        both = [asyncio.create_task(pass_statements(reader, server)), asyncio.create_task(pass_answers(answers, writer))]
        _, waiting = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*both, return_exceptions=True)
    except (asyncio.IncompleteReadError, OSError):
        pass  # the client went away
    finally:
        writer.close()
        if server:
            server.close()


async def main() -> None:
    port, backend = int(sys.argv[1]), int(sys.argv[2])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    server = await asyncio.start_server(lambda reader, writer: serve(reader, writer, backend, context), "127.0.0.1", port)
    await server.serve_forever()


asyncio.run(main())
