"""Child processes and ports."""

import os
import signal
import socket
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Daemon:
    """A child process whose output goes into a file."""

    def __init__(self, command: list[str | Path], log: Path, env: dict[str, str]) -> None:
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=env
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def running(self) -> bool:
        return self.process.poll() is None

    def stop(self, seconds: float = 30) -> int:
        """SIGTERM; returns the exit code."""
        if self.running():
            self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"process {self.pid} did not end within {seconds} s of SIGTERM; see {self.log}") from None

    def kill(self) -> None:
        """SIGKILL, and waits for the end."""
        if self.running():
            os.kill(self.pid, signal.SIGKILL)
        self.process.wait()


def plain_environment(**variables: str) -> dict[str, str]:
    """The environment of a child: what any program needs, and nothing of ours but `variables`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    # For a binary built with sanitizers: stop with a report, and let LD_PRELOAD stand before their runtime.
    kept.update({name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")})
    return kept | variables
