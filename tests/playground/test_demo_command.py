"""`python -m playground` as a person starts and stops it."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXIT_WITHIN_S = 60


def start(**environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "playground"],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_port_in_use_is_one_clear_line_and_exit_code_2() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start(SVOI_DEMO_PORT=str(port))
        _, errors = process.communicate(timeout=EXIT_WITHIN_S)
    assert process.returncode == 2
    assert errors.strip().splitlines() == [
        f"SVOI_DEMO_PORT: port {port} is taken; stop what listens there or set another"
    ]


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", "80.5", "８０８０"])
def test_what_is_no_port_is_one_clear_line_and_exit_code_2(port: str) -> None:
    process = start(SVOI_DEMO_PORT=port)
    _, errors = process.communicate(timeout=EXIT_WITHIN_S)
    assert process.returncode == 2
    assert errors.strip() == "SVOI_DEMO_PORT: expected a port, 1 to 65535"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_whenever_it_is_asked_to(number: signal.Signals, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = start(SVOI_DEMO_PORT=str(port), TMPDIR=str(tmp_path))
    assert process.stdout is not None
    assert "starting" in process.stdout.readline()
    process.send_signal(number)
    output, errors = process.communicate(timeout=EXIT_WITHIN_S)
    assert process.returncode == 0, errors
    assert "Traceback" not in output + errors
    assert list(tmp_path.iterdir()) == [], "its data goes with it"
