"""Roles: of the development issuer, and those that are in use where nobody knows more."""

from collections.abc import Callable

from support.api import Api, problem, violations
from support.bodies import catalog
from support.processes import free_port
from support.product import Product
from support.stage import Stage
from support.waiting import until

ROLES = "/api/admin/roles"
PREVIEW = ROLES + "/preview"


def test_the_development_issuer_knows_its_users(shared: Stage) -> None:
    listed = shared.api.get(ROLES).json()
    assert (listed["source"], listed["complete"], listed["problem"]) == ("development", True, None)
    assert [(role["name"], role["members"]) for role in listed["roles"]] == [
        ("akko-admin", 1), ("akko-analyst", 1), ("akko-engineer", 1),
    ]  # fmt: skip
    preview = shared.api.get(PREVIEW, params={"roles": "akko-analyst,akko-engineer,nobody,akko-analyst"}).json()
    assert preview["people"] == 2
    assert [(role["name"], role["known"], role["members"], role["sample"]) for role in preview["roles"]] == [
        ("akko-analyst", True, 1, ["carol"]), ("akko-engineer", True, 1, ["bob"]), ("nobody", False, 0, []),
    ]  # fmt: skip


def test_you_keep_access_if_you_have_one_of_them(shared: Stage) -> None:
    both = shared.product.api("alice", "akko-admin,akko-engineer")
    for roles, keeps in [("akko-admin", True), ("akko-engineer,x", True), ("akko-analyst", False), ("", False)]:
        assert both.get(PREVIEW, params={"roles": roles}).json()["you_keep_access"] is keeps, roles


def test_wrong_names_are_told_all_at_once(shared: Stage) -> None:
    asked = ",".join(["ok", "", "x" * 256, "a${b}"])
    assert violations(shared.api.get(PREVIEW, params={"roles": asked})).keys() == {"roles[1]", "roles[2]", "roles[3]"}
    many = ",".join(f"role-{number}" for number in range(65))
    assert violations(shared.api.get(PREVIEW, params={"roles": many})) == {"roles": "too_many"}


def test_roles_are_for_admins(shared: Stage) -> None:
    for path in (ROLES, PREVIEW):
        problem(shared.api.get(path, token=None), 401)
        problem(shared.product.api("bob", "akko-engineer").get(path), 403)


def test_without_a_directory_the_roles_in_use(shared: Stage, make_product: Callable[..., Product]) -> None:
    """Another product takes the tokens of the first one's issuer, which has no directory for it."""
    other = make_product(DEV_ISSUER="false", OIDC_ISSUER=f"{shared.product.url}/dev-issuer").start()
    api = Api(other.url, shared.api.token, other.transcript)
    assert api.register(catalog("pg", allow_roles=["data-stewards", "akko-admin"])).status_code == 201
    listed = api.get(ROLES).json()
    assert (listed["source"], listed["complete"], listed["problem"]) == ("observed", False, None)
    assert [role["name"] for role in listed["roles"]] == ["akko-admin", "akko-analyst", "akko-engineer", "data-stewards"]
    preview = api.get(PREVIEW, params={"roles": "akko-admin,x"}).json()
    assert preview["people"] is None and preview["you_keep_access"] is True
    assert {(role["known"], role["members"]) for role in preview["roles"]} == {(None, None)}


def test_a_keycloak_that_does_not_answer_is_told(shared: Stage, make_product: Callable[..., Product]) -> None:
    """The issuer has no realms: the settings are refused at the start, and the secret is not repeated."""
    settings = {"DEV_ISSUER": "false", "KEYCLOAK_CLIENT_ID": "akko-catalog-manager", "KEYCLOAK_CLIENT_SECRET": "canary-7f3a"}
    product = make_product(OIDC_ISSUER=f"{shared.product.url}/dev-issuer", **settings)
    assert product.spawn().process.wait(10) == 1
    said = product.log.read_text()
    assert "realm of Keycloak" in said and "canary-7f3a" not in said
    dead = make_product(OIDC_ISSUER=f"http://127.0.0.1:{free_port()}/realms/akko", **settings)
    dead.spawn()
    until(lambda: dead.readiness() is not None, 10, "it serves")
    assert "canary-7f3a" not in dead.log.read_text()


def test_a_secret_goes_with_its_client(make_product: Callable[..., Product]) -> None:
    product = make_product(DEV_ISSUER="false", OIDC_ISSUER="http://127.0.0.1:1/realms/akko", KEYCLOAK_CLIENT_ID="x")
    assert product.spawn().process.wait(10) == 2
    assert "AKKO_KEYCLOAK_CLIENT_SECRET" in product.log.read_text()
