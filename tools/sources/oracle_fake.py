#!/usr/bin/env python3
"""oracle_fake.py PORT: the listener of Oracle on loopback, as far as it refuses.

Whoever asks for the service STARTING is told that the database does not take connections yet (ORA-12528), for FULL that no
handler is left (ORA-12519), and for CLOSED the connection ends without an answer; any other service is not known (ORA-12514),
nor is a SID (ORA-12505). Signing in is not imitated.
"""

import asyncio
import re
import struct
import sys

REFUSE = 4
ANSWERS = {"STARTING": 12528, "FULL": 12519, "CLOSED": None}


def refusal(code: int) -> bytes:
    told = f"(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR={code})(ERROR_STACK=(ERROR=(CODE={code})(EMFI=4))))".encode()
    body = struct.pack(">BBH", 34, 0, len(told)) + told
    return struct.pack(">HHBBH", 8 + len(body), 0, REFUSE, 0, 0) + body


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        (length,) = struct.unpack(">H", await reader.readexactly(2))
        connect = (await reader.readexactly(length - 2)).decode("latin1")
        asked = re.search(r"(SERVICE_NAME|SID)=([^)]*)", connect)
        kind, name = (asked.group(1), asked.group(2)) if asked else ("", "")
        print(f"asked for {kind} {name}", flush=True)
        code = 12505 if kind == "SID" else ANSWERS.get(name.upper(), 12514)
        if code is not None:
            writer.write(refusal(code))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, struct.error):
        pass
    finally:
        writer.close()


async def main() -> None:
    async with await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1])) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
