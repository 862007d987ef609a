"""Debian's nginx with deploy/nginx/akko-catalog-manager.conf, in front of a product."""

import getpass
import os
import subprocess
from pathlib import Path

from support.processes import REPOSITORY, Daemon, free_port, plain_environment
from support.waiting import until

CONFIGURATION = REPOSITORY / "deploy/nginx/akko-catalog-manager.conf"
HOST = "cockpit.example.com"
PREFIX = "/api/cockpit/catalog-manager"

MAIN = """user {user};  # the files are ours; without root this is only a warning
pid {directory}/nginx.pid;
worker_processes 1;
daemon off;
error_log {directory}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log {directory}/access.log;
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi; uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  include {directory}/site.conf;
}}
"""


class Nginx:
    """The very file, but for ports, certificates and the address of the product."""

    def __init__(self, directory: Path, upstream_port: int) -> None:
        self.directory = directory
        directory.mkdir()
        self.http, self.https = free_port(), free_port()
        self.url = f"https://127.0.0.1:{self.https}{PREFIX}"
        self.certificate = directory / "fullchain.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "1",
             "-keyout", directory / "privkey.pem", "-out", self.certificate, "-subj", f"/CN={HOST}",
             "-addext", f"subjectAltName=DNS:{HOST},IP:127.0.0.1"],
            check=True, capture_output=True,
        )  # fmt: skip
        site = CONFIGURATION.read_text()
        for written, here in {
            "server 127.0.0.1:8480;": f"server 127.0.0.1:{upstream_port};",
            "listen 80;": f"listen 127.0.0.1:{self.http};",
            "listen [::]:80;": "",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{self.https} ssl http2;",
            "listen [::]:443 ssl http2;": "",
            "/etc/ssl/akko/": f"{directory}/",
        }.items():
            assert site.count(written) in (1, 2), written
            site = site.replace(written, here)
        (directory / "site.conf").write_text(site)
        (directory / "nginx.conf").write_text(MAIN.format(directory=directory, user=getpass.getuser()))
        command = ["nginx", "-p", directory, "-c", directory / "nginx.conf", "-e", directory / "error.log"]
        environment = plain_environment(PATH=os.environ["PATH"] + ":/usr/sbin")
        self.daemon = Daemon(["env", *command], directory / "nginx.log", environment)
        until(lambda: (directory / "nginx.pid").exists() or not self.daemon.running(), 10, "nginx has started")
        assert self.daemon.running(), (directory / "error.log").read_text()

    def stop(self) -> None:
        self.daemon.stop()
