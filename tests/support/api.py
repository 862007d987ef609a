"""A client of the product's HTTP API that remembers all it received, for the search for leaked secrets."""

import threading
from dataclasses import dataclass, field
from typing import Any

import requests

PROBLEM = "application/problem+json"


@dataclass
class Transcript:
    """Every answer received, as text: status line, headers, body."""

    texts: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def record(self, response: requests.Response) -> None:
        headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
        text = f"{response.request.method} {response.request.path_url} -> {response.status_code}\n{headers}\n\n{response.text}"
        with self.lock:
            self.texts.append(text)


class Api:
    """Speaks to one product as one user. A thread of its own needs an Api of its own (`clone`)."""

    def __init__(self, url: str, token: str | None, transcript: Transcript | None = None) -> None:
        self.url = url
        self.token = token
        self.transcript = transcript or Transcript()
        self.session = requests.Session()
        self.session.trust_env = False

    def clone(self, token: str | None = None) -> "Api":
        return Api(self.url, token or self.token, self.transcript)

    def request(self, method: str, path: str, *, token: str | None = "", timeout: float = 60, **options: Any) -> requests.Response:
        """`token`: None sends none; "" the client's own."""
        headers = dict(options.pop("headers", None) or {})
        bearer = self.token if token == "" else token
        if bearer is not None:
            headers.setdefault("Authorization", f"Bearer {bearer}")
        response = self.session.request(method, self.url + path, headers=headers, timeout=timeout, allow_redirects=False, **options)
        self.transcript.record(response)
        return response

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.request("GET", path, **options)

    def register(self, body: dict[str, Any], **options: Any) -> requests.Response:
        return self.request("POST", "/api/admin/catalogs", json=body, **options)

    def test(self, body: dict[str, Any], **options: Any) -> requests.Response:
        return self.request("POST", "/api/admin/catalogs/test", json=body, **options)

    def remove(self, name: str, **options: Any) -> requests.Response:
        return self.request("DELETE", f"/api/admin/catalogs/{name}", **options)

    def catalog(self, name: str) -> dict[str, Any] | None:
        response = self.get(f"/api/admin/catalogs/{name}")
        assert response.status_code in (200, 404), response.text
        return response.json() if response.status_code == 200 else None

    def names(self) -> list[str]:
        response = self.get("/api/admin/catalogs")
        assert response.status_code == 200, response.text
        return [catalog["name"] for catalog in response.json()]


def problem(response: requests.Response, status: int, code: str | None = None) -> dict[str, Any]:
    """The problem of a refusal, after checking the shape that every refusal has."""
    assert response.status_code == status, f"{response.status_code}: {response.text}"
    assert response.headers["Content-Type"].startswith(PROBLEM), response.headers
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["title"] and body["detail"] and body["reference"], body
    assert isinstance(body["code"], str) and body["code"], body
    if code is not None:
        assert body["code"] == code, body
    return body


def violations(response: requests.Response, status: int = 422) -> dict[str, str]:
    """field -> code of all violations of a refused request."""
    return {violation["field"]: violation["code"] for violation in problem(response, status)["errors"]}
