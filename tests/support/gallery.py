"""All connectors at once: one Trino with every plugin, one product, and a server for each connector."""

import shutil
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from support.product import Product
from support.real import Trino, tool
from support.source import Refusal, Source
from support.waiting import until
from support.world import Site


@dataclass
class Proof:
    """What a reader of the test log learns about one connector."""

    source: Source
    version: str
    reads: str = "no rows"
    refusals: list[float] = field(default_factory=list)  # seconds until each "no"
    goldens: int = 0  # property sets that Trino accepted

    def line(self) -> str:
        slowest = f"{len(self.refusals)} refusals in {max(self.refusals):.1f} s at most" if self.refusals else "no refusals"
        server = f"{self.source.product} {self.version}" if self.source.product not in self.version else self.version
        accepted = f"{self.goldens} property sets accepted by Trino"
        return f"{self.source.connector:14} {self.source.proof:9} {server:58.58} {self.reads:9} {slowest:34} {accepted}"


# For the summary at the end of the run.
PROOFS: pytest.StashKey[dict[str, Proof]] = pytest.StashKey()


@dataclass
class Gallery(Site):
    sources: dict[str, Source]
    proofs: dict[str, Proof]
    silent_port: int
    refused_port: int

    def network_checks(self, on: bool) -> None:
        """Restarts the product where that changes anything."""
        wanted = "on" if on else "off"
        if self.product.settings["NETWORK_CHECKS"] == wanted:
            return
        self.product.stop()
        self.product.settings["NETWORK_CHECKS"] = wanted
        self.product.start()

    def read(self, source: Source, catalog: str) -> list[list[Any]]:
        assert source.reads is not None
        return self.trino.query(source.reads.format(catalog=f'"{catalog}"'))

    def refuse_all(self, source: Source, refusals: list[Refusal]) -> list[str]:
        """Tries them, some at a time, for most of it is waiting; what is wrong with the answers."""
        with ThreadPoolExecutor(6) as pool:
            told = pool.map(lambda numbered: self.refuse(source, numbered[1], f"refused-{numbered[0]}"), enumerate(refusals))
            return [problem for problem in told if problem]

    def refuse(self, source: Source, refusal: Refusal, name: str) -> str:
        """Tries it; what is wrong with the answer, "" for nothing."""
        api = self.api.clone()
        began = time.monotonic()
        body = source.catalog(name, refusal.fields)
        # A test waits less long than a registration for what does not answer, and only the manager's steps make both alike.
        answer = api.test(body, timeout=90) if refusal.through_trino else api.register(body, timeout=90)
        took = time.monotonic() - began
        self.proofs[source.connector].refusals.append(took)
        told = answer.json()
        wrong = []
        if answer.status_code == 201 or told.get("ok") is True:
            wrong.append("was accepted")
            api.remove(name)
        elif not refusal.through_trino and not told["detail"].startswith("connection test failed"):
            wrong.append(f"answered {answer.status_code}: {told}")
        elif told["code"] not in refusal.codes:
            wrong.append(f"is {told['code']}, not {set(refusal.codes)}: {told.get('raw', '')[:600]}")
        elif [step for step in told["steps"] if step["status"] == "failed"] != [told["steps"][-1 - unrun(told["steps"])]]:
            wrong.append(f"its steps do not end with the failure: {told['steps']}")
        if took > refusal.within:
            wrong.append(f"took {took:.1f} s, allowed are {refusal.within}")
        if "goes on by itself" in told.get("detail", ""):  # Trino was busy with the others
            until(lambda: self.nothing_left(name) == [], 60, "the undoing has ended")
        wrong += self.nothing_left(name)
        return f"{refusal.name}: {'; '.join(wrong)}" if wrong else ""


def unrun(steps: list[dict[str, Any]]) -> int:
    return sum(step["status"] == "not_run" for step in steps)


def open_gallery(classes: Iterable[type[Source]], silent_port: int, refused_port: int) -> Gallery:
    directory = Path(tempfile.mkdtemp(prefix="akko-gallery-"))
    directory.chmod(0o755)  # some servers run as another account
    secrets = directory / "secrets"
    secrets.mkdir(mode=0o700)
    tool("test-ca", directory / "test-ca")
    trust = f"-Djavax.net.ssl.trustStore={directory}/test-ca/truststore.p12"
    servers: dict[str, Source] = {}
    sources: dict[str, Source] = {}
    for kind in classes:
        source = kind(directory / kind.name)
        source.port = servers.setdefault(kind.name, source).port  # several connectors may share one server
        sources[kind.connector] = source
    plugins = {"geospatial", "postgresql", "mysql", "memory", *(plugin for source in sources.values() for plugin in source.plugins)}
    trino = Trino(directory / "trino", secrets, "2200m", sorted(plugins), [trust, "-Djavax.net.ssl.trustStorePassword=changeit"])
    trino.prepare()
    settings = {"NETWORK_CHECKS": "on", "CHECKS_PER_MINUTE": "10000"}
    product = Product(directory, trino.url, **settings)
    gallery = Gallery(directory, trino, product, product.api(), sources, {}, silent_port, refused_port)
    try:
        with ThreadPoolExecutor(3) as pool:
            starting = [pool.submit(trino.start), *(pool.submit(server.start) for server in servers.values())]
            for one in starting:
                one.result()
        product.start()
        for source in sources.values():
            source.prepare(trino)
            gallery.proofs[source.connector] = Proof(source, source.version())
        gallery.await_warm_up(300)
    except BaseException:
        close_gallery(gallery)
        raise
    return gallery


def close_gallery(gallery: Gallery) -> None:
    gallery.product.kill()
    gallery.trino.stop()
    for source in gallery.sources.values():
        source.stop()
    shutil.rmtree(gallery.directory, ignore_errors=True)
