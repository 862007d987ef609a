"""A real Keycloak through tools/keycloak, and what a browser, a script and its administrator do with it."""

import base64
import hashlib
import html
import json
import os
import re
import secrets
import signal
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from support.api import Api
from support.processes import free_port
from support.product import Product
from support.real import tool


@dataclass
class Flow:
    """One sign-in by authorization code. `verifier` is kept here, the challenge goes to the issuer."""

    redirect_uri: str
    client: str = "akko-cockpit"
    with_challenge: bool = True
    state: str = field(default_factory=lambda: secrets.token_hex(8))
    nonce: str = field(default_factory=lambda: secrets.token_hex(8))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def question(self) -> dict[str, str]:
        asked = {"response_type": "code", "client_id": self.client, "redirect_uri": self.redirect_uri, "scope": "openid profile"}
        asked |= {"state": self.state, "nonce": self.nonce}
        if self.with_challenge:
            digest = hashlib.sha256(self.verifier.encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            asked |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        return asked


class Keycloak:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.issuer = f"{self.url}/realms/akko"
        self.endpoints = f"{self.issuer}/protocol/openid-connect"

    # ---- its process

    def prepare(self, *origins: str) -> None:
        tool("keycloak", "prepare", self.directory, AKKO_KEYCLOAK_PORT=str(self.port), AKKO_KEYCLOAK_ORIGINS=" ".join(origins))

    def start(self) -> None:
        """Returns when the realm answers."""
        tool("keycloak", "start", self.directory)

    def stop(self) -> None:
        tool("keycloak", "stop", self.directory)

    def kill(self) -> None:
        os.kill(int((self.directory / "keycloak.pid").read_text().split()[0]), signal.SIGKILL)
        self.stop()  # waits for the end

    @property
    def client_secret_file(self) -> Path:
        return self.directory / "client-secret"

    def password(self, user: str) -> str:
        users = dict(line.split() for line in (self.directory / "users").read_text().splitlines())
        return users[user]

    # ---- as its clients

    def post_token(self, **form: str) -> requests.Response:
        return requests.post(f"{self.endpoints}/token", data=form, timeout=30)

    def token(self, user: str = "alice", client: str = "akko-tests") -> str:
        answer = self.post_token(
            grant_type="password", client_id=client, username=user, password=self.password(user), scope="openid"
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def authorize(self, flow: Flow) -> requests.Response:
        return requests.get(f"{self.endpoints}/auth", params=flow.question(), allow_redirects=False, timeout=30)

    def sign_in(self, flow: Flow, user: str) -> dict[str, str]:
        """The form, filled in and sent; returns what comes back to the page's address."""
        form = self.authorize(flow)
        assert form.status_code == 200, f"{form.status_code} {form.headers.get('Location')}"
        action = re.search(r'<form[^>]* action="([^"]+)"', form.text)
        assert action, form.text
        # By hand: they are marked Secure, which a browser sends to a loopback address without TLS all the same.
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in form.cookies)
        filled = {"username": user, "password": self.password(user), "credentialId": ""}
        sent = requests.post(
            html.unescape(action[1]), data=filled, headers={"Cookie": cookies}, allow_redirects=False, timeout=30
        )
        assert sent.status_code == 302, sent.text
        assert sent.headers["Location"].startswith(flow.redirect_uri), sent.headers["Location"]
        return returned(sent)

    def redeem(self, flow: Flow, code: str, origin: str | None = None, **changes: str) -> requests.Response:
        """As a script of the page's origin, or of another one."""
        form = {"grant_type": "authorization_code", "client_id": flow.client, "code": code, "redirect_uri": flow.redirect_uri}
        form |= {"code_verifier": flow.verifier} | changes
        return requests.post(f"{self.endpoints}/token", data=form, headers={"Origin": origin or flow.redirect_uri.rstrip("/")}, timeout=30)

    def keys(self) -> list[dict[str, Any]]:
        keys: list[dict[str, Any]] = requests.get(f"{self.endpoints}/certs", timeout=30).json()["keys"]
        return keys

    # ---- as its administrator

    def admin(self, method: str, path: str, body: Any = None) -> requests.Response:
        password = (self.directory / "admin-password").read_text()
        form = {"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": password}
        token = requests.post(f"{self.url}/realms/master/protocol/openid-connect/token", data=form, timeout=30).json()
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        answer = requests.request(method, f"{self.url}/admin{path}", json=body, headers=headers, timeout=30)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def version(self) -> str:
        return str(self.admin("GET", "/serverinfo").json()["systemInfo"]["version"])

    def signing_keys(self) -> list[dict[str, Any]]:
        """Their providers, as the administrator sees them."""
        providers = self.admin("GET", "/realms/akko/components?type=org.keycloak.keys.KeyProvider").json()
        return [provider for provider in providers if provider["providerId"] == "rsa-generated"]

    def add_signing_key(self, name: str) -> None:
        """Signs from now on: its priority is above that of the others."""
        realm = self.admin("GET", "/realms/akko").json()["id"]
        config = {"priority": [str(200 + len(self.signing_keys()))], "enabled": ["true"], "active": ["true"]}
        body = {"name": name, "providerId": "rsa-generated", "providerType": "org.keycloak.keys.KeyProvider"}
        self.admin("POST", "/realms/akko/components", body | {"parentId": realm, "config": config})

    def withdraw(self, provider: dict[str, Any]) -> None:
        """Takes a key out of the published set."""
        self.admin("DELETE", f"/realms/akko/components/{provider['id']}")

    def add_client(self, client: str, audiences: list[str], roles: bool) -> None:
        """For password grants. `roles`: whether its tokens carry what the user may do elsewhere (and so `account` as audience)."""
        mappers = [
            {
                "name": audience, "protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper",
                "config": {"included.custom.audience": audience, "access.token.claim": "true"},
            }
            for audience in audiences
        ]  # fmt: skip
        body = {"clientId": client, "publicClient": True, "standardFlowEnabled": False, "directAccessGrantsEnabled": True}
        self.admin("POST", "/realms/akko/clients", body | {"fullScopeAllowed": roles, "protocolMappers": mappers})
        if not roles:
            self.allow_realm_role(client, "akko-admin")

    def allow_realm_role(self, client: str, role: str) -> None:
        [found] = self.admin("GET", f"/realms/akko/clients?clientId={client}").json()
        shown = self.admin("GET", f"/realms/akko/roles/{role}").json()
        self.admin("POST", f"/realms/akko/clients/{found['id']}/scope-mappings/realm", [shown])


def returned(answer: requests.Response) -> dict[str, str]:
    """What a redirect carries in its query."""
    query = urllib.parse.urlparse(answer.headers["Location"]).query
    return {name: values[0] for name, values in urllib.parse.parse_qs(query).items()}


def claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return read


def key_id(token: str) -> str:
    part = token.split(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["kid"])


@dataclass
class Identity:
    """A Keycloak, and a product that takes its tokens."""

    keycloak: Keycloak
    product: Product

    def api(self, user: str = "alice") -> Api:
        return self.with_token(self.keycloak.token(user))

    def with_token(self, token: str) -> Api:
        return Api(self.product.url, token, self.product.transcript)
