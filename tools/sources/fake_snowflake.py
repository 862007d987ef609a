"""fake_snowflake.py PORT CERTIFICATE KEY SQL: fakesnow over TLS on 127.0.0.1, with the rows of the SQL file.

fakesnow lets everybody in: what Snowflake itself checks at the login, with its codes and texts, is added here.
"""

import gzip
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from fakesnow.server import app, shared_fs

PASSWORDS = {"TRINO_RO": "pw_ok"}
# Accounts that Snowflake lets nobody in with, whatever the password.
REFUSALS = {
    "LOCKED": ("390102", "User temporarily locked. Try again later, or contact your local system administrator."),
    "DISABLED": ("390101", "User access disabled. Contact your local system administrator."),
    "EXPIRED": ("390106", "Specified password has expired.  Password must be changed using the Snowflake web console."),
    "ELSEWHERE": (
        "390422",
        "Incoming request with IP/Token 127.0.0.1 is not allowed to access Snowflake. Contact your account administrator.",
    ),
    "MFA": (
        "394508",
        "Failed to authenticate: MFA authentication is required, but none of your current MFA methods are supported for programmatic authentication.",
    ),
}
DATABASES = {"SALES"}
ROLES = {"PUBLIC"}
WAREHOUSES = {"WH"}


def refusal(query: dict[str, list[str]], data: dict[str, Any]) -> tuple[str, str] | None:
    """Code and message, or None when this login is right."""
    user = str(data.get("LOGIN_NAME", "")).upper()
    if user in REFUSALS:
        return REFUSALS[user]
    if PASSWORDS.get(user, object()) != data.get("PASSWORD"):
        return "390100", "Incorrect username or password was specified."
    role = query.get("roleName", ["PUBLIC"])[0]
    if role.upper() not in ROLES:
        return (
            "390189",
            f"Role '{role}' specified in the connect string does not exist or not authorized. Contact your local system administrator, or attempt to login with another role, e.g. PUBLIC.",
        )
    if str(data.get("SESSION_PARAMETERS", {}).get("CLIENT_VALIDATE_DEFAULT_PARAMETERS")).lower() == "true":
        if query.get("databaseName", ["SALES"])[0].upper() not in DATABASES:
            return "390201", "The requested database does not exist or not authorized."
        if query.get("warehouse", ["WH"])[0].upper() not in WAREHOUSES:
            return "390201", "The requested warehouse does not exist or not authorized."
    return None


async def read_body(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def guarded(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http" or not scope["path"].startswith("/session/v1/login-request"):
        await app(scope, receive, send)
        return
    body = await read_body(receive)
    packed = dict(scope["headers"]).get(b"content-encoding") == b"gzip"
    data = json.loads(gzip.decompress(body) if packed else body)["data"]
    refused = refusal(parse_qs(scope["query_string"].decode()), data)
    if refused:
        code, message = refused
        answer = {"data": {"nextAction": "RETRY_LOGIN", "signInOptions": {}}, "code": code, "message": message, "success": False}
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})
        return
    # the application reads the body once more; fakesnow expects a member that the Java driver leaves out when it is empty
    data.setdefault("SESSION_PARAMETERS", {})
    scope["headers"] = [(name, value) for name, value in scope["headers"] if name not in (b"content-encoding", b"content-length")]
    again = json.dumps({"data": data}).encode()

    async def replay() -> dict[str, Any]:
        return {"type": "http.request", "body": again, "more_body": False}

    await app(scope, replay, send)


def main() -> None:
    port, certificate, key, sql = sys.argv[1:]
    cursor = shared_fs.connect().cursor()
    lines = [line for line in Path(sql).read_text().splitlines() if not line.startswith("--")]
    for statement in "\n".join(lines).split(";"):
        if statement.strip():
            cursor.execute(statement)
    uvicorn.run(guarded, host="127.0.0.1", port=int(port), ssl_certfile=certificate, ssl_keyfile=key, log_level="warning")


main()
