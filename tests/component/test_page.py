"""The page as a browser gets it from the real binary."""

import gzip
import re
import socket
from collections.abc import Callable
from typing import Any

import pytest
import requests

from support.api import problem
from support.product import Product
from support.stage import Stage


def get(shared: Stage, path: str, **headers: str) -> requests.Response:
    return shared.api.get(path, token=None, headers={"Accept-Encoding": "identity"} | headers)


def raw(shared: Stage, target: bytes, *headers: bytes) -> tuple[int, dict[str, str], bytes]:
    """As it is on the wire: `requests` would tidy the path and unpack the body."""
    with socket.create_connection(("127.0.0.1", shared.product.port), timeout=10) as connection:
        lines = [b"GET " + target + b" HTTP/1.1", b"Host: localhost", b"Connection: close", *headers]
        connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, body = answer.split(b"\r\n\r\n", 1)
    fields = [line.split(": ", 1) for line in head.decode().split("\r\n")[1:]]
    return int(head.split()[1]), {name.lower(): value for name, value in fields}, body


def assets(shared: Stage) -> list[str]:
    """Paths of what index.html loads. Relative in the page, so that it works behind a prefix."""
    found = re.findall(r'(?:src|href)="\./([^"]+)"', get(shared, "/").text)
    assert any(name.endswith(".js") for name in found), found
    return [f"/{name}" for name in found]


def test_index(shared: Stage) -> None:
    page = get(shared, "/")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["Cache-Control"] == "no-cache"
    policy = page.headers["Content-Security-Policy"]
    for part in ("script-src 'self';", "style-src 'self';", "frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'"):
        assert part in policy
    assert f"connect-src 'self' {shared.product.url};" in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff" and page.headers["X-Frame-Options"] == "DENY"


def test_the_page_keeps_its_own_policy(shared: Stage) -> None:
    """No script and no style inside the document: the policy would stop them."""
    text = get(shared, "/").text
    assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []
    assert "<style" not in text and " style=" not in text and " onload=" not in text


def test_each_asset(shared: Stage) -> None:
    for path in assets(shared):
        answer = get(shared, path)
        assert answer.status_code == 200 and answer.content, path
        if path.startswith("/assets/"):
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", path
        assert not answer.headers["Content-Type"].startswith("application/octet-stream"), path
        again = get(shared, path, **{"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b""), path
        head = shared.api.request("HEAD", path, token=None, headers={"Accept-Encoding": "identity"})
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["Content-Length"] == str(len(answer.content))


def test_packed_is_the_same_content(shared: Stage) -> None:
    packed_any = False
    for path in ["/", *assets(shared)]:
        plain = get(shared, path)
        status, headers, body = raw(shared, path.encode(), b"Accept-Encoding: gzip")
        assert status == 200
        if headers.get("content-encoding") == "gzip":
            packed_any = True
            assert headers["vary"] == "Accept-Encoding" == plain.headers["Vary"]
            assert headers["etag"] != plain.headers["ETag"]
            assert len(body) < len(plain.content)
            body = gzip.decompress(body)
        assert body == plain.content, path
    assert packed_any


def test_configuration(shared: Stage, make_product: Callable[..., Product]) -> None:
    answer = get(shared, "/ui-config.json")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
    version = shared.api.get("/api/admin/me").json()["server"]["version"]
    assert answer.json() == {
        "authority": f"{shared.product.url}/dev-issuer", "client_id": "akko-cockpit", "scope": "openid profile",
        "development": True, "version": version, "languages": ["en", "fr"],
    }  # fmt: skip
    issuer = f"{shared.product.url}/dev-issuer"
    other = make_product(DEV_ISSUER="false", OIDC_ISSUER=issuer, COCKPIT_CLIENT_ID="another").start()
    told: dict[str, Any] = requests.get(f"{other.url}/ui-config.json", timeout=10).json()
    assert (told["authority"], told["client_id"], told["development"]) == (issuer, "another", False)
    policy = requests.get(other.url, timeout=10).headers["Content-Security-Policy"]
    assert f"connect-src 'self' {shared.product.url};" in policy


@pytest.mark.parametrize(
    "target",
    [b"/assets/../index.html", b"/assets/..%2findex.html", b"/assets/%2e%2e/index.html", b"/assets%2f..%2f", b"/assets/%00",
     b"/assets/\\..\\index.html", b"/assets/", b"/assets", b"//", b"//assets/x.js", b"/index.html", b"/assets/..", b"/%2e",
     b"/favicon.svg%00.html", b"/favicon.svg/", b"/favicon.svg.gz", b"/assets/" + b"a" * 50000, b"/assets/%ff", b"/catalogs/new",
     b"/assets/../../../../etc/passwd"],
)  # fmt: skip
def test_other_paths(shared: Stage, target: bytes) -> None:
    status, headers, _ = raw(shared, target)
    assert status in (400, 404), target
    assert headers["content-type"] == "application/problem+json"


def test_only_reading(shared: Stage) -> None:
    for method in ("POST", "PUT", "DELETE"):
        problem(shared.api.request(method, "/", token=None), 405, "method_not_allowed")
