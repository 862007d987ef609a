"""fake_google.py PORT REST GRPC CERTIFICATE KEY: an HTTP proxy whose googleapis.com is the emulator on this machine.

Ends the TLS of each tunnel itself and hands the Storage API (HTTP/2) to the port GRPC, everything else to the port REST.
Answers for oauth2.googleapis.com as well: a service account other than trino@… gets `invalid_grant`. No other tunnel is made.
"""

import asyncio
import base64
import json
import ssl
import sys
from asyncio import StreamReader, StreamWriter
from urllib.parse import parse_qs


def context(certificate: str, key: str, protocol: str) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate, key)
    made.set_alpn_protocols([protocol])
    return made


async def copy(reader: StreamReader, writer: StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass  # one side went away
    finally:
        writer.close()


def answer(status: str, content: dict[str, object]) -> bytes:
    body = json.dumps(content).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


def token(form: str) -> bytes:
    claims = parse_qs(form)["assertion"][0].split(".")[1]
    issuer = json.loads(base64.urlsafe_b64decode(claims + "==="))["iss"]
    if issuer.startswith("trino@"):
        return answer("200 OK", {"access_token": "token", "expires_in": 3600, "token_type": "Bearer"})
    return answer("400 Bad Request", {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})


async def give_token(reader: StreamReader, writer: StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    lengths = [line.split(":")[1] for line in head.split("\r\n") if line.lower().startswith("content-length:")]
    writer.write(token((await reader.readexactly(int(lengths[0]))).decode()))
    await writer.drain()
    writer.close()


class Proxy:
    def __init__(self, rest: int, grpc: int, certificate: str, key: str) -> None:
        self.rest, self.grpc = rest, grpc
        self.http1 = context(certificate, key, "http/1.1")
        self.http2 = context(certificate, key, "h2")

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            verb, target = (await reader.readuntil(b"\r\n\r\n")).decode().split()[:2]
            host = target.rpartition(":")[0]
            if verb != "CONNECT" or not host.endswith(".googleapis.com"):
                writer.write(answer("403 Forbidden", {"error": f"no way to {target}"}))
                writer.close()
                return
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            storage = host.startswith("bigquerystorage.")
            await writer.start_tls(self.http2 if storage else self.http1)
            if host.startswith("oauth2."):
                await give_token(reader, writer)
                return
            answers, server = await asyncio.open_connection("127.0.0.1", self.grpc if storage else self.rest)
            await asyncio.gather(copy(reader, server), copy(answers, writer))
        except (asyncio.IncompleteReadError, OSError):
            writer.close()  # the client went away, or does not trust us


async def main() -> None:
    port, rest, grpc = map(int, sys.argv[1:4])
    proxy = Proxy(rest, grpc, *sys.argv[4:])
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", port)
    await server.serve_forever()


asyncio.run(main())
