"""Roles and their holders from a real Keycloak, as the page asks for them."""

import json
from typing import Any

import pytest

from support.keycloak import Identity, Keycloak

ROLES = "/api/admin/roles"


@pytest.fixture(scope="session")
def people(keycloak: Keycloak) -> None:
    """akko-analyst: carol has it herself, dave through a group, erin through the group below, zoe is disabled; frank has a role
    that includes a role that includes akko-engineer, and roles with names that an URL must encode."""
    realm = "/realms/akko"

    def listed(path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = keycloak.admin("GET", realm + path).json()
        return found

    def role(name: str) -> dict[str, Any]:
        return next(one for one in listed("/roles") if one["name"] == name)

    for name in ("Ünï cödé", "with/slash", "a+b%c", "lead", "deep"):
        keycloak.admin("POST", f"{realm}/roles", {"name": name})
    for name in ("dave", "erin", "frank", "zoe"):
        keycloak.admin("POST", f"{realm}/users", {"username": name, "enabled": name != "zoe"})
    users = {user["username"]: user["id"] for user in listed("/users")}
    keycloak.admin("POST", f"{realm}/groups", {"name": "analysts"})
    [group] = listed("/groups")
    keycloak.admin("POST", f"{realm}/groups/{group['id']}/children", {"name": "north"})
    [below] = listed(f"/groups/{group['id']}/children")
    keycloak.admin("POST", f"{realm}/groups/{group['id']}/role-mappings/realm", [role("akko-analyst")])
    for name, of in (("dave", group), ("zoe", group), ("erin", below)):
        keycloak.admin("PUT", f"{realm}/users/{users[name]}/groups/{of['id']}")
    keycloak.admin("POST", f"{realm}/roles-by-id/{role('lead')['id']}/composites", [role("akko-engineer")])
    keycloak.admin("POST", f"{realm}/roles-by-id/{role('deep')['id']}/composites", [role("lead")])
    odd = [role(name) for name in ("deep", "Ünï cödé", "with/slash", "a+b%c")]
    keycloak.admin("POST", f"{realm}/users/{users['frank']}/role-mappings/realm", odd)


def test_roles_with_their_members(identity: Identity, people: None) -> None:
    listed = identity.api().get(ROLES).json()
    assert (listed["source"], listed["complete"], listed["problem"]) == ("keycloak", True, None)
    members = {role["name"]: role["members"] for role in listed["roles"]}
    assert members["akko-admin"] == 1
    assert members["akko-analyst"] == 3  # carol, dave, erin
    assert members["akko-engineer"] == 2  # bob, frank
    assert members["default-roles-akko"] >= 6
    assert members.keys().isdisjoint({"offline_access", "uma_authorization"})
    described = {role["name"]: role["description"] for role in listed["roles"]}
    assert described["akko-admin"] == "Registers and removes catalogs" and described["default-roles-akko"] == ""


def test_a_preview_names_people(identity: Identity, people: None) -> None:
    api = identity.api()
    preview = api.get(ROLES + "/preview", params={"roles": "akko-analyst,akko-engineer,nobody"}).json()
    assert preview["people"] == 5 and preview["you_keep_access"] is False
    assert [(role["known"], role["sample"]) for role in preview["roles"]] == [
        (True, ["carol", "dave", "erin"]), (True, ["bob", "frank"]), (False, []),
    ]  # fmt: skip
    for name in ("Ünï cödé", "with/slash", "a+b%c", "deep", "lead"):
        [found] = api.get(ROLES + "/preview", params={"roles": name}).json()["roles"]
        assert (found["known"], found["sample"]) == (True, ["frank"]), name
    assert api.get(ROLES + "/preview", params={"roles": "akko-admin"}).json()["you_keep_access"] is True


def test_no_secret_of_the_client_is_told(identity: Identity, people: None) -> None:
    api = identity.api()
    answers = [api.get(ROLES).json(), api.get(ROLES + "/preview?roles=akko-admin").json()]
    secret = identity.keycloak.client_secret_file.read_text().strip()
    assert secret not in json.dumps(answers) + identity.product.log.read_text() + identity.product.metrics_text()


def test_a_client_with_a_wrong_secret(make_product: Any, keycloak: Keycloak, tmp_path: Any) -> None:
    wrong = tmp_path / "secret"
    wrong.write_text("canary-4711\n")
    identity = Identity(keycloak, make_product(KEYCLOAK_CLIENT_SECRET_FILE=str(wrong)).start())
    listed = identity.api().get(ROLES).json()
    assert (listed["source"], listed["complete"]) == ("keycloak", False)
    assert "refused the client akko-catalog-manager (401)" in listed["problem"]
    assert [role["name"] for role in listed["roles"]] == ["akko-admin", "akko-analyst", "akko-engineer"]
    assert {role["members"] for role in listed["roles"]} == {None}
    assert "canary-4711" not in json.dumps(listed) + identity.product.log.read_text()
