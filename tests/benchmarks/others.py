"""octoDNS and dbt-jobs-as-code, from PyPI, each in an environment of its own: plans of no changes.

    octoDNS             a zone of as many records, against the same zone in another folder: files only, no network
    dbt-jobs-as-code    a file of as many jobs, against a stand-in for dbt's API in a process of its own, which answers
                        pages of 100 jobs, as dbt does, and one question for each job: has it variables of its own?

Records and jobs are smaller than manifests. What cannot be installed is Unavailable, not an error.

`python -m tests.benchmarks.others COUNT LATENCY_MS` is the stand-in; its address is its first line of output.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from tests.benchmarks.measuring import Command, Unavailable

OCTODNS = "octodns"
DBT_JOBS = "dbt-jobs-as-code"
_INSTALL_SECONDS_MAX = 600
_PAGE_JOBS = 100
_DBT_ACCOUNT = 11
_DBT_PROJECT = 22
_ZONE = "bench.example."


@dataclass(frozen=True, slots=True)
class Installed:
    """A package in an environment of its own, with its commands in `scripts`."""

    scripts: Path
    version: str


def install(package: str, folder: Path) -> Installed | Unavailable:
    """The newest release of `package`, by the ordinary pip, in a new environment in `folder`."""
    python = folder / "bin/python"
    asking = f"from importlib.metadata import version; print(version({package!r}))"
    try:
        _call(sys.executable, "-m", "venv", str(folder))
        _call(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package)
        return Installed(python.parent, _call(str(python), "-c", asking).strip())
    except (OSError, subprocess.SubprocessError) as error:
        told = getattr(error, "stderr", None) or str(error)
        return Unavailable(f"{package} cannot be installed: {told.strip().rsplit(chr(10), 1)[-1]}")


def _call(*arguments: str) -> str:
    return subprocess.run(
        arguments, check=True, capture_output=True, text=True, timeout=_INSTALL_SECONDS_MAX
    ).stdout


def octodns_plan(octodns: Installed, folder: Path, count: int) -> Command:
    records = {f"run-{number:06}": _record(number) for number in range(count)}
    (folder / "source").mkdir(parents=True)
    _write_yaml(folder / f"source/{_ZONE}yaml", records)
    shutil.copytree(folder / "source", folder / "target")
    config = {
        "providers": {name: _yaml_provider(folder / name) for name in ("source", "target")},
        "zones": {_ZONE: {"sources": ["source"], "targets": ["target"]}},
    }
    _write_yaml(folder / "config.yaml", config)
    arguments = (str(octodns.scripts / "octodns-sync"), f"--config-file={folder / 'config.yaml'}")
    return Command(arguments, says="No changes were planned")


def _yaml_provider(folder: Path) -> dict[str, Any]:
    return {
        "class": "octodns.provider.yaml.YamlProvider",
        "directory": str(folder),
        "escaped_semicolons": False,
    }


def _record(number: int) -> dict[str, Any]:
    values = [f"10.{number // 65536}.{number // 256 % 256}.{number % 256}", f"10.200.0.{number % 250}"]
    return {"ttl": 300, "type": "A", "values": values}


def dbt_plan(dbt_jobs: Installed, folder: Path, count: int, address: str) -> Command:
    """`address` is that of `dbt_stand_in` with as many jobs."""
    folder.mkdir(parents=True)
    jobs = {_identifier(number): _job(number) for number in range(count)}
    _write_yaml(folder / "jobs.yml", {"jobs": jobs})
    arguments = (str(dbt_jobs.scripts / "dbt-jobs-as-code"), "plan", str(folder / "jobs.yml"))
    environment = {**os.environ, "DBT_API_KEY": "the-benchmarks-need-no-key", "DBT_BASE_URL": address}
    return Command(arguments, environment, says="No changes detected")


@contextmanager
def dbt_stand_in(count: int, *, latency_ms: int = 0) -> Iterator[str]:
    arguments = [sys.executable, "-m", "tests.benchmarks.others", str(count), str(latency_ms)]
    root = Path(__file__).parents[2]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=root)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(30)


def _identifier(number: int) -> str:
    return f"job-{number:06}"


def _job(number: int) -> dict[str, Any]:
    """A job as its YAML declares it, with what dbt-jobs-as-code's own import writes."""
    return {
        "account_id": _DBT_ACCOUNT,
        "project_id": _DBT_PROJECT,
        "environment_id": 33 + number % 3,
        "dbt_version": None,
        "name": f"Nightly run of team {number % 12} ({number})",
        "description": "Builds what changed since yesterday, tests it, and renews the documentation of the marts.",
        "settings": {"threads": 8, "target_name": "production"},
        "execution": {"timeout_seconds": 3600},
        "run_generate_sources": True,
        "execute_steps": [
            "dbt source freshness",
            f"dbt build --select team_{number % 12} --exclude tag:slow",
            f"dbt test --select mart_{number}",
        ],
        "generate_docs": True,
        "schedule": {"cron": f"{number % 60} {number % 24} * * *"},
        "triggers": {
            "github_webhook": False,
            "git_provider_webhook": False,
            "schedule": True,
            "on_merge": False,
        },
    }


def _stored_job(number: int) -> dict[str, Any]:
    """The same job as dbt's API answers it: with an id, and the identifier in its name."""
    job = _job(number)
    schedule = {**job["schedule"], "date": {"type": "custom_cron", "cron": job["schedule"]["cron"]}}
    return {
        **job,
        "id": 1000 + number,
        "name": f"{job['name']} [[{_identifier(number)}]]",
        "schedule": {**schedule, "time": {"type": "every_hour", "interval": 1}},
        "state": 1,
        "job_type": "scheduled",
        "deferring_job_definition_id": None,
        "deferring_environment_id": None,
        "created_at": "2026-01-01 00:00:00.000000+00:00",
        "updated_at": "2026-01-01 00:00:00.000000+00:00",
    }


def _page(count: int, offset: int) -> bytes:
    last = min(offset + _PAGE_JOBS, count)
    jobs = [_stored_job(number) for number in range(offset, last)]
    paging = {
        "filters": {"limit": _PAGE_JOBS, "offset": offset},
        "pagination": {"count": len(jobs), "total_count": count},
    }
    return json.dumps({"data": jobs, "extra": paging}).encode()


def _serve(count: int, latency_ms: int) -> None:
    pages = {offset: _page(count, offset) for offset in range(0, max(count, 1), _PAGE_JOBS)}
    no_variables = b'{"data": {}}'

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body leave together: no waiting for an acknowledgement in between
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            time.sleep(latency_ms / 1000)
            url = urlsplit(self.path)
            offset = int(parse_qs(url.query).get("offset", ["0"])[0])
            body = pages[offset] if url.path.endswith("/jobs/") else no_variables
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


def _write_yaml(path: Path, value: object) -> None:
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(value, file, Dumper=yaml.CSafeDumper)


if __name__ == "__main__":
    _serve(int(sys.argv[1]), int(sys.argv[2]))
