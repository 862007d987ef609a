"""The real binary behind Debian's nginx with the configuration that we ship."""

import http.client
import json
import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from support.api import problem
from support.bodies import catalog
from support.fake_trino import FakeTrino
from support.nginx import HOST, PREFIX, Nginx
from support.product import Product


@dataclass
class Front:
    trino: FakeTrino
    product: Product
    nginx: Nginx
    token: str

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Host": HOST, "Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        session = requests.Session()
        session.trust_env = False
        return session.request(
            method, self.nginx.url + path, headers=headers, verify=str(self.nginx.certificate), allow_redirects=False, timeout=60, **options
        )

    def raw(self, method: str, target: str) -> http.client.HTTPResponse:
        """With the path as it is written."""
        context = ssl.create_default_context(cafile=str(self.nginx.certificate))
        connection = http.client.HTTPSConnection(urlsplit(self.nginx.url).netloc, timeout=30, context=context)
        connection.putrequest(method, target, skip_host=True)
        connection.putheader("Host", HOST)
        connection.putheader("Authorization", f"Bearer {self.token}")
        connection.endheaders()
        return connection.getresponse()


@pytest.fixture
def front(directory: Path, trino: FakeTrino, make_product: Callable[..., Product]) -> Iterator[Front]:
    product = make_product(ALLOWED_HOSTS=f"loopback,{HOST}").start()
    nginx = Nginx(directory / "nginx", product.port)
    yield Front(trino, product, nginx, product.token())
    nginx.stop()


def test_the_prefix_is_stripped(front: Front) -> None:
    assert front.request("GET", "/healthz").json() == {"status": "alive"}
    assert front.request("GET", "/api/admin/me").json()["user"] == "alice"
    assert front.request("GET", "/ui-config.json").json()["client_id"] == "akko-cockpit"
    created = front.request("POST", "/api/admin/catalogs", json=catalog("through-nginx"))
    assert created.status_code == 201, created.text
    etag = front.request("GET", "/api/admin/catalogs").headers["ETag"]
    assert front.request("GET", "/api/admin/catalogs", headers={"If-None-Match": etag}).status_code == 304
    assert front.request("DELETE", "/api/admin/catalogs/through-nginx").status_code == 204
    assert front.request("GET", "/healthz").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_the_page_works_behind_the_prefix(front: Front) -> None:
    """What it loads, it names relative to itself."""
    page = front.request("GET", "/")
    if page.status_code == 404:
        problem(page, 404, "page_not_built")
        return
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert loaded
    for name in loaded:
        assert front.request("GET", "/" + name.removeprefix("./")).status_code == 200, name


def test_the_refusals_of_the_manager_pass(front: Front) -> None:
    problem(front.request("GET", "/api/admin/catalogs", headers={"Authorization": ""}), 401, "token_missing")
    problem(front.request("GET", "/api/admin/catalogs/none"), 404, "catalog_not_found")
    problem(front.request("GET", "/healthz", headers={"Host": "other.example"}), 421, "host_not_allowed")


def test_redirects(front: Front) -> None:
    for query in ("", "?x=1&y=%2F"):
        bare = front.raw("GET", PREFIX + query)
        assert (bare.status, bare.getheader("Location")) == (308, f"{PREFIX}/{query}")
    plain = requests.get(f"http://127.0.0.1:{front.nginx.http}{PREFIX}/x?y=z", headers={"Host": HOST}, allow_redirects=False, timeout=10)
    assert (plain.status_code, plain.headers["Location"]) == (308, f"https://{HOST}{PREFIX}/x?y=z")


def test_a_path_arrives_as_it_was_written(front: Front) -> None:
    """%2F is no '/' to the manager, and '..' leads nowhere."""
    for name, status in (("a%2Fb", 400), ("a%00b", 400), ("%C3%A9", 404), ("a%20b", 404)):
        assert front.raw("GET", f"{PREFIX}/api/admin/catalogs/{name}").status == status, name
    assert front.raw("GET", f"{PREFIX}/x/../healthz").status == 404
    assert front.raw("GET", f"/x/..{PREFIX}/healthz").status == 400
    assert front.raw("GET", f"{PREFIX}/../healthz").status == 404
    assert front.raw("GET", PREFIX.replace("a", "%61") + "/healthz").status == 400


def test_what_stays_inside(front: Front) -> None:
    for path in ("/metrics", "/readyz", "/dev-issuer/jwks", "/dev-issuer/authorize", "/%64ev-issuer/jwks", "//metrics"):
        answer = front.raw("GET", PREFIX + path)
        assert answer.status == 404, path
        assert b"akko_" not in answer.read()


def test_a_forged_user_header_is_dropped(front: Front) -> None:
    created = front.request("POST", "/api/admin/catalogs", json=catalog("whose"), headers={"X-User-Id": "mallory"})
    assert created.json()["created_by"] == "alice"


def test_events_arrive_when_they_happen(front: Front) -> None:
    """While Trino is silent, what was told before is here already."""
    hold = front.trino.hold("CREATE CATALOG")
    context = ssl.create_default_context(cafile=str(front.nginx.certificate))
    connection = http.client.HTTPSConnection(urlsplit(front.nginx.url).netloc, timeout=30, context=context)
    headers = {
        "Host": HOST, "Authorization": f"Bearer {front.token}", "Accept": "text/event-stream", "Content-Type": "application/json",
    }  # fmt: skip
    connection.request("POST", f"{PREFIX}/api/admin/catalogs/test", json.dumps(catalog("held")), headers)
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Content-Type")) == (200, "text/event-stream")
    names: list[str] = []
    last: dict[str, Any] = {}
    while line := answer.readline().decode():
        if line.startswith("event: "):
            names.append(line[7:].strip())
        elif line.startswith("data: "):
            last = json.loads(line[6:])
        if len(names) == 2:
            assert hold.entered.wait(10)
            hold.release()
    assert (names[0], names[1], names[-1]) == ("plan", "step", "result")
    assert last["ok"] is True, "what was told before was held back until the test had waited too long"
    connection.close()


def test_large_bodies(front: Front) -> None:
    """The limit of the manager is told by the manager; far beyond it nginx ends the upload."""
    problem(front.request("POST", "/api/admin/catalogs", json=catalog("x", description="x" * 1024 * 1024)), 413)
    nearly = front.request("POST", "/api/admin/catalogs", json=catalog("x", description="x" * 900 * 1024))
    assert problem(nearly, 422)["errors"]
    assert front.request("POST", "/api/admin/catalogs", data=b"x" * 3 * 1024 * 1024).status_code == 413
