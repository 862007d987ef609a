"""Tokens that must be refused, and the one that must not."""

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(part: dict[str, Any] | str) -> str:
    return b64((part if isinstance(part, str) else json.dumps(part)).encode())


class Forge:
    """Knows the issuer's real key (this is its machine) and a real token; makes variations of both."""

    def __init__(self, key_file: Path, token: str, jwks: dict[str, Any]) -> None:
        self.header: dict[str, Any] = json.loads(unb64(token.split(".")[0]))
        self.claims: dict[str, Any] = json.loads(unb64(token.split(".")[1]))
        self.token = token
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        self.key = key
        self.other_key = rsa.generate_private_key(65537, 2048)
        self.jwk: dict[str, Any] = jwks["keys"][0]

    def signed(
        self, header: dict[str, Any] | str | None = None, claims: dict[str, Any] | str | None = None,
        key: rsa.RSAPrivateKey | None = None,
    ) -> str:  # fmt: skip
        """Signed with RS256 whatever the header says."""
        text = f"{encoded(self.header if header is None else header)}.{encoded(self.claims if claims is None else claims)}"
        return f"{text}.{b64((key or self.key).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def public_pem(self) -> bytes:
        return self.key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def hmac_with(self, secret: bytes) -> str:
        text = f"{encoded(self.header | {'alg': 'HS256'})}.{encoded(self.claims)}"
        return f"{text}.{b64(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"

    def other_jwk(self) -> dict[str, Any]:
        numbers = self.other_key.public_key().public_numbers()
        return {"kty": "RSA", "kid": "mine", "n": b64(numbers.n.to_bytes(256, "big")), "e": "AQAB"}

    def forgeries(self) -> dict[str, str]:
        now, header, claims, first = int(time.time()), self.header, self.claims, self.token.split(".")
        admin = {"realm_access": {"roles": ["akko-admin"]}}
        return {
            "alg none": f"{encoded(header | {'alg': 'none'})}.{first[1]}.",
            "alg nOnE": f"{encoded(header | {'alg': 'nOnE'})}.{first[1]}.",
            "no signature": f"{first[0]}.{first[1]}.",
            "HS256 with the public key (PEM)": self.hmac_with(self.public_pem()),
            "HS256 with the modulus": self.hmac_with(self.jwk["n"].encode()),
            "header says HS256": self.signed(header | {"alg": "HS256"}),
            "header says RS512": self.signed(header | {"alg": "RS512"}),
            "another key": self.signed(key=self.other_key),
            "jwk in the header": self.signed(header | {"jwk": self.other_jwk(), "kid": "mine"}, key=self.other_key),
            "jku in the header": self.signed(header | {"jku": "http://127.0.0.1:1/jwks", "kid": "mine"}, key=self.other_key),
            "x5u in the header": self.signed(header | {"x5u": "http://127.0.0.1:1/x5u"}, key=self.other_key),
            "crit": self.signed(header | {"crit": ["exp"]}),
            "b64 false": self.signed(header | {"b64": False, "crit": ["b64"]}),
            "unknown kid": self.signed(header | {"kid": "unknown"}),
            "no kid": self.signed({k: v for k, v in header.items() if k != "kid"}, key=self.other_key),
            "kid that is a path": self.signed(header | {"kid": "../../dev/null"}, key=self.other_key),
            "wrong issuer": self.signed(claims=claims | {"iss": claims["iss"] + "/other"}),
            "no issuer": self.signed(claims={k: v for k, v in claims.items() if k != "iss"}),
            "wrong audience": self.signed(claims=claims | {"aud": "other", "azp": "other"}),
            "expired": self.signed(claims=claims | {"exp": now - 3600}),
            "no expiry": self.signed(claims={k: v for k, v in claims.items() if k != "exp"}),
            "expiry is a text": self.signed(claims=claims | {"exp": str(now + 3600)}),
            "not yet": self.signed(claims=claims | {"nbf": now + 3600}),
            "duplicated claim": self.signed(claims=json.dumps(claims)[:-1] + f', "iss": {json.dumps(claims["iss"])}}}'),
            "duplicated header": self.signed(header=json.dumps(header)[:-1] + ', "alg": "RS256"}'),
            "changed claims": f"{first[0]}.{encoded(claims | admin | {'preferred_username': 'root'})}.{first[2]}",
            "changed signature": f"{first[0]}.{first[1]}.{'A' * len(first[2])}",
            "truncated": self.token[:-10],
            "two parts": f"{first[0]}.{first[1]}",
            "four parts": f"{self.token}.{first[2]}",
            "five parts": f"{self.token}.{first[2]}.{first[2]}",
            "padding": f"{first[0]}=.{first[1]}.{first[2]}",
            "claims are an array": self.signed(claims="[]"),
            "claims are no JSON": self.signed(claims="{"),
            "dots": "..",
            "text": "not-a-token",
            "long": "A" * 30_000,
        }
