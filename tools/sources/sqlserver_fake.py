#!/usr/bin/env python3
"""sqlserver_fake.py PORT: as much of SQL Server, on loopback, as the driver inside Trino needs to sign in and read one table.

It speaks TDS 7.4 without TLS. User `trino_ro` with password `pw_ok` may use the databases `sales` and `master`; `denied` with the
same password may sign in and is refused every statement, `locked` is disabled. Anything else gets the errors of SQL Server.
"""

import asyncio
import re
import struct
import sys

PRELOGIN, LOGIN7, RPC, RESPONSE = 0x12, 0x10, 0x03, 0x04
DATABASES = ("master", "sales")
PASSWORD = "pw_ok"
COLLATION = bytes.fromhex("0904d00034")  # SQL_Latin1_General_CP1_CI_AS
ORDERS = [(1, "cust-1", "1.25"), (2, "cust-2", "2.50"), (3, "cust-3", "3.75")]

Row = tuple[str | int | None, ...]
Columns = dict[str, type[str] | type[int]]


def packet(body: bytes) -> bytes:
    return struct.pack(">BBHHBB", RESPONSE, 1, len(body) + 8, 0, 1, 0) + body


def text(value: str, length: str) -> bytes:
    """UTF-16 behind its length in characters: "B" one byte, "H" two."""
    return struct.pack("<" + length, len(value)) + value.encode("utf-16le")


def token(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + struct.pack("<H", len(body)) + body


def error(number: int, severity: int, message: str) -> bytes:
    server_and_line = text("fake", "B") + text("", "B") + struct.pack("<I", 1)
    return token(0xAA, struct.pack("<IBB", number, 1, severity) + text(message, "H") + server_and_line)


def done(kind: int = 0xFD, status: int = 0, rows: int = 0) -> bytes:
    return bytes([kind]) + struct.pack("<HHQ", status, 0xC1 if status & 0x10 else 0, rows)


FAILED = done(status=2)


def environment_change(kind: int, new: str, old: str) -> bytes:
    return token(0xE3, bytes([kind]) + text(new, "B") + text(old, "B"))


# ---- rows: every column is nvarchar(128) or int, nullable


def column(name: str, kind: type) -> bytes:
    described = struct.pack("<BB", 0x26, 4) if kind is int else struct.pack("<BH", 0xE7, 256) + COLLATION
    return struct.pack("<IH", 0, 9) + described + text(name, "B")


def cell(value: str | int | None, kind: type) -> bytes:
    if kind is int:
        return b"\x00" if value is None else struct.pack("<Bi", 4, value)
    if value is None:
        return b"\xff\xff"
    encoded = str(value).encode("utf-16le")
    return struct.pack("<H", len(encoded)) + encoded


def result(columns: Columns, rows: list[Row]) -> tuple[bytes, int]:
    kinds = list(columns.values())
    head = b"\x81" + struct.pack("<H", len(columns)) + b"".join(column(name, kind) for name, kind in columns.items())
    body = b"".join(b"\xd1" + b"".join(cell(value, kind) for value, kind in zip(row, kinds, strict=True)) for row in rows)
    return head + body, len(rows)


def described_columns() -> tuple[bytes, int]:
    """What sp_columns_100 tells of shop.orders, as far as the driver reads it by name."""
    columns: Columns = {
        "TABLE_CAT": str, "TABLE_SCHEM": str, "TABLE_NAME": str, "COLUMN_NAME": str, "DATA_TYPE": int, "TYPE_NAME": str,
        "COLUMN_SIZE": int, "BUFFER_LENGTH": int, "DECIMAL_DIGITS": int, "NUM_PREC_RADIX": int, "NULLABLE": int, "REMARKS": str,
        "COLUMN_DEF": str, "SQL_DATA_TYPE": int, "SQL_DATETIME_SUB": int, "CHAR_OCTET_LENGTH": int, "ORDINAL_POSITION": int,
        "IS_NULLABLE": str, "SS_IS_SPARSE": int, "SS_IS_COLUMN_SET": int, "SS_IS_COMPUTED": int, "IS_AUTOINCREMENT": str,
        "SS_UDT_CATALOG_NAME": str, "SS_UDT_SCHEMA_NAME": str, "SS_UDT_ASSEMBLY_TYPE_NAME": str,
        "SS_XML_SCHEMACOLLECTION_CATALOG_NAME": str, "SS_XML_SCHEMACOLLECTION_SCHEMA_NAME": str,
        "SS_XML_SCHEMACOLLECTION_NAME": str, "SS_DATA_TYPE": int,
    }  # fmt: skip
    described = [("id", 4, "int", 10, None), ("customer", -9, "nvarchar", 128, None), ("amount", -9, "nvarchar", 128, None)]
    rows: list[Row] = []
    for number, (name, jdbc_type, type_name, size, digits) in enumerate(described, 1):
        known: Row = ("sales", "shop", "orders", name, jdbc_type, type_name, size, size * 2, digits, 10, 1, None)
        rows.append((*known, None, jdbc_type, None, size, number, "YES", 0, 0, 0, "NO", None, None, None, None, None, None, 0))
    return result(columns, rows)


def orders(asked: str) -> tuple[bytes, int]:
    """The columns that are named before FROM, all if none is; FETCH NEXT n ROWS is the only clause that is obeyed."""
    kinds: Columns = {"id": int, "customer": str, "amount": str}
    names = [name for name in kinds if f'"{name}"' in asked.split(" from ")[0]] or list(kinds)
    limit = re.search(r"fetch next (\d+) rows", asked)
    rows = [] if "fmtonly" in asked else ORDERS[: int(limit.group(1)) if limit else None]
    picked: list[Row] = [tuple(row[list(kinds).index(name)] for name in names) for row in rows]
    return result({name: kinds[name] for name in names}, picked)


def answer(statement: str) -> tuple[bytes, int] | None:
    """The rows of a statement, None when this server has none for it."""
    asked = statement.lower()
    if "sp_columns" in asked:
        return described_columns()
    if "engineedition" in asked:
        return result({"edition": int}, [(3,)])
    if "data_compression_desc" in asked:
        return result({"data_compression_desc": str}, [("NONE",)])
    if "snapshot_isolation_state" in asked:
        return result({"snapshot_isolation_state": str}, [("0",)])
    if "sys.schemas" in asked or "schema_name" in asked:
        return result({"TABLE_SCHEM": str, "TABLE_CATALOG": str}, [("dbo", None), ("shop", None)])
    if "sp_tables" in asked:
        columns: Columns = {"TABLE_CAT": str, "TABLE_SCHEM": str, "TABLE_NAME": str, "TABLE_TYPE": str, "REMARKS": str}
        return result(columns, [("sales", "shop", "orders", "TABLE", None)])
    if '"sales"."shop"."orders"' in asked:
        return orders(asked)
    return None


def reply(statement: str, procedure: bool, user: str) -> bytes:
    end = b"\x79" + struct.pack("<I", 0) + done(0xFE) if procedure else b""
    # The driver sets up its session by SET statements, which need no right.
    if user == "denied" and re.search(r"\bselect\b|sp_", statement, re.IGNORECASE):
        return (
            error(229, 14, "The SELECT permission was denied on the object 'schemas', database 'sales', schema 'sys'.") + FAILED
        )
    rows = answer(statement)
    if rows is not None:
        body, count = rows
        return body + done(0xFF if procedure else 0xFD, 0x10 | int(procedure), count) + end
    if "select" in statement.lower():
        return error(50000, 16, "this imitation has no answer to that statement") + FAILED
    return end or done()


# ---- signing in


def prelogin() -> bytes:
    """Version 15, encryption not supported, the instance is right, no thread, no MARS."""
    options = [(0, bytes([15, 0, 7, 208, 0, 0])), (1, b"\x02"), (2, b"\x00"), (3, b""), (4, b"\x00")]
    offset = 5 * len(options) + 1
    head = data = b""
    for kind, value in options:
        head += struct.pack(">BHH", kind, offset + len(data), len(value))
        data += value
    return head + b"\xff" + data


def unscrambled(password: bytes) -> str:
    swapped = bytes(((byte ^ 0xA5) << 4 & 0xF0) | ((byte ^ 0xA5) >> 4) for byte in password)
    return swapped.decode("utf-16le", "replace")


def credentials(login: bytes) -> tuple[str, str, str]:
    """User, password and database of a LOGIN7 message."""

    def part(index: int) -> bytes:
        offset, length = struct.unpack_from("<HH", login, 36 + 4 * index)
        return login[offset : offset + 2 * length]

    return part(1).decode("utf-16le"), unscrambled(part(2)), part(8).decode("utf-16le")


def login_answer(user: str, password: str, database: str) -> tuple[bytes, bool]:
    if user == "locked":
        return error(18470, 14, f"Login failed for user '{user}'. Reason: The account is disabled.") + FAILED, False
    if user not in ("trino_ro", "denied") or password != PASSWORD:
        return error(18456, 14, f"Login failed for user '{user}'.") + FAILED, False
    if database and database not in DATABASES:
        refused = error(4060, 11, f'Cannot open database "{database}" requested by the login. The login failed.')
        return refused + error(18456, 14, f"Login failed for user '{user}'.") + FAILED, False
    acknowledged = token(0xAD, b"\x01\x74\x00\x00\x04" + text("Microsoft SQL Server", "B") + bytes([15, 0, 7, 208]))
    collation = token(0xE3, b"\x07\x05" + COLLATION + b"\x00")  # without it the driver fails
    size = environment_change(4, "4096", "4096")
    return environment_change(1, database or "master", "master") + collation + size + acknowledged + done(), True


async def message(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    body = b""
    while True:
        kind, status, length = struct.unpack(">BBH4x", await reader.readexactly(8))
        body += await reader.readexactly(length - 8)
        if status & 1:
            return kind, body


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    user = ""
    try:
        signed_in = True
        while signed_in:
            kind, body = await message(reader)
            if kind == PRELOGIN:
                writer.write(packet(prelogin()))
            elif kind == LOGIN7:
                user, password, database = credentials(body)
                told, signed_in = login_answer(user, password, database)
                print(f"login of {user} into {database}: {'in' if signed_in else 'refused'}", flush=True)
                writer.write(packet(told))
            else:
                statement = re.sub(r"[^\x20-\x7e]+", " ", body.decode("utf-16le", "ignore"))
                print(f"statement: {statement[:300]}", flush=True)
                writer.write(packet(reply(statement, kind == RPC, user)))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main() -> None:
    async with await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1])) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
