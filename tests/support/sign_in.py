"""A browser and an OpenID Connect client in one, at the development issuer."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from support.product import Product

CLIENT = "akko-cockpit"


class Form(HTMLParser):
    """The one form of a page: where it goes, what it hides, which users it offers."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.action = ""
        self.hidden: dict[str, str] = {}
        self.users: list[str] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if tag == "form":
            self.action = given["action"]
        if tag == "input":
            self.hidden[given["name"]] = given["value"]
        if tag == "button":
            self.users.append(given["value"])


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass
class Browser:
    product: Product
    redirect_uri: str = "http://127.0.0.1:5173/"
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def issuer(self) -> str:
        return f"{self.product.url}/dev-issuer"

    def parameters(self, **changes: Any) -> dict[str, Any]:
        """Of an authorization request. A change to None leaves the parameter out."""
        given = {
            "response_type": "code", "client_id": CLIENT, "redirect_uri": self.redirect_uri, "scope": "openid profile",
            "state": self.state, "nonce": self.nonce, "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
        }  # fmt: skip
        return {name: value for name, value in (given | changes).items() if value is not None}

    def get(self, path: str, parameters: Any = None, **options: Any) -> requests.Response:
        return self.session.get(self.issuer + path, params=parameters, allow_redirects=False, timeout=10, **options)

    def post(self, path: str, data: Any, **headers: str) -> requests.Response:
        return self.session.post(self.issuer + path, data=data, headers=headers, allow_redirects=False, timeout=10)

    def authorize(self, **changes: Any) -> requests.Response:
        return self.get("/authorize", self.parameters(**changes))

    def choose(self, page: requests.Response, user: str, **headers: str) -> requests.Response:
        """Presses the button of that user."""
        form = Form(page.text)
        headers = {"Origin": self.product.url, "Sec-Fetch-Site": "same-origin"} | headers
        return self.session.post(
            self.product.url + form.action, data=form.hidden | {"user": user}, headers=headers, allow_redirects=False, timeout=10
        )

    def code(self, user: str = "alice", **changes: Any) -> str:
        """Of that user; of whoever is signed in already."""
        page = self.authorize(**changes)
        answer = self.choose(page, user) if page.status_code == 200 else page
        assert answer.status_code in (302, 303), answer.text
        return answer_of(answer)["code"]

    def redeem(self, code: str, /, **changes: Any) -> requests.Response:
        given = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri, "client_id": CLIENT,
            "code_verifier": self.verifier,
        }  # fmt: skip
        return self.post("/token", {name: value for name, value in (given | changes).items() if value is not None})

    def refresh(self, token: str, **changes: Any) -> requests.Response:
        return self.post("/token", {"grant_type": "refresh_token", "refresh_token": token, "client_id": CLIENT} | changes)

    def sign_in(self, user: str = "alice") -> dict[str, Any]:
        answer = self.redeem(self.code(user))
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens


def answer_of(redirect: requests.Response) -> dict[str, str]:
    """What a redirect carries back to the client."""
    return dict(parse_qsl(urlsplit(redirect.headers["Location"]).query, keep_blank_values=True))
