"""The part of `dev/check-deploy` that no linter does: the chart as it is rendered, the metrics that alerts
and dashboard name, the script of installation against a local server, the formula, the compose file.
"""

import contextlib
import functools
import hashlib
import http.server
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import threading
import tomllib
from pathlib import Path

import helm_python
import kubernetes_validate
import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy/helm/docket"
# The oldest and the newest Kubernetes that kubernetes-validate has among those that the chart allows.
KUBERNETES = ["1.27", "1.37"]
NEEDED = {"database": {"url": "postgres://u:p@h/db"}, "storage": {"url": "s3://bucket/prefix"}}
EVERYTHING = {
    "image": {"digest": "sha256:" + "0" * 64},
    "imagePullSecrets": [{"name": "registry"}],
    "database": {"existingSecret": "database", "key": "url"},
    "storage": {
        "url": "s3://bucket/prefix",
        "endpoint": "https://s3.example.com",
        "region": "eu-central-1",
        "accessKeyId": "id",
        "secretAccessKey": "a \"secret\"",
    },
    "apiKeySecret": "first-key",
    "settings": {
        "retention_days": 30,
        "queue_jobs_max": 1000000,
        "trusted_proxies": ["10.0.0.0/8", "fd00::/8"],
        "backoff_s": [1, 4, 16],
        "public_url": "https://docket.example.com",
        "allow_private_hosts": True,
    },
    "extraEnv": [{"name": "DOCKET_LOG", "value": "debug"}],
    "models": {"ocrLanguages": "eng+deu", "tessdata": {"existingClaim": "languages"}},
    "api": {"autoscaling": {"enabled": True}, "strategy": "RollingUpdate"},
    "worker": {
        "autoscaling": {"enabled": True},
        "nodeSelector": {"pool": "documents"},
        "tolerations": [{"key": "documents", "operator": "Exists"}],
        "affinity": {"nodeAffinity": {}},
    },
    "ingress": {"enabled": True, "className": "nginx", "tlsSecret": "tls", "annotations": {"a": "b"}},
    "serviceAccount": {"annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/docket"}},
    "podAnnotations": {"a": "b"},
    "podLabels": {"team": "documents"},
    "monitoring": {"podMonitor": True, "rules": True, "dashboard": True},
}
# Values that must be refused, with a part of the message.
REFUSED = [
    ({}, "database.url or database.existingSecret is required"),
    ({"database": NEEDED["database"]}, "storage.url is required"),
    (NEEDED | {"api": {"soleNode": True}}, "api.soleNode needs api.replicas = 1"),
    (NEEDED | {"storage": {"url": "s3://b/p", "accessKeyId": "id"}}, "storage.secretAccessKey is required"),
    (NEEDED | {"databse": {}}, "databse"),
    (NEEDED | {"settings": {"Retention-Days": 1}}, "Retention-Days"),
]


def need(condition, message):
    if not condition:
        sys.exit(f"check-deploy: {message}")


def rendered(values):
    """The manifests of the chart with these values."""
    files = helm_python.Chart.load(CHART).render(values, name="rel", namespace="documents")
    manifests = []
    for name, text in files.items():
        if name.endswith(".yaml"):
            manifests += [manifest for manifest in yaml.safe_load_all(text) if manifest]
    return manifests


def check_chart():
    report = helm_python.lint(CHART, NEEDED, strict=True)
    bad = [message for message in report["messages"] if message["severity"] > 1] + report["errors"]
    need(not bad, f"helm lint: {bad}")
    for values in [NEEDED, EVERYTHING, NEEDED | {"api": {"replicas": 1, "soleNode": True}}]:
        manifests = rendered(values)
        for manifest in manifests:
            # The resources of the Prometheus Operator have no schema here.
            if not manifest["apiVersion"].startswith("monitoring.coreos.com/"):
                for version in KUBERNETES:
                    kubernetes_validate.validate(manifest, version, strict=True)
        check_settings(manifests, values)
        check_references(manifests)
    for values, message in REFUSED:
        try:
            rendered(values)
        except helm_python.HelmError as error:
            need(message in str(error), f"{values} is refused with: {error}")
        else:
            need(False, f"the chart takes {values}")
    kinds = sorted({manifest["kind"] for manifest in rendered(EVERYTHING)})
    print(f"chart: {len(kinds)} kinds of resources, valid for Kubernetes {' and '.join(KUBERNETES)}")


def check_settings(manifests, values):
    """docket.toml says what the values say, and names only settings that exist."""
    text = next(m["data"]["docket.toml"] for m in manifests if "docket.toml" in m.get("data", {}))
    settings = tomllib.loads(text)
    example = (ROOT / "docket.example.toml").read_text()
    for name in settings:
        need(re.search(rf"^# ?{name} = ", example, re.M), f"docket.example.toml has no {name}")
    for name, value in values.get("settings", {}).items():
        need(settings[name] == value and type(settings[name]) is type(value), f"{name} is {settings[name]!r}")


def check_references(manifests):
    """Selectors find pods; what containers name of this release exists."""
    pods = [m["spec"]["template"] for m in manifests if m["kind"] == "Deployment"]
    made = {m["metadata"]["name"] for m in manifests if m["kind"] in ("ConfigMap", "Secret", "ServiceAccount")}
    for manifest in manifests:
        if manifest["kind"] in ("Service", "PodDisruptionBudget"):
            selector = manifest["spec"]["selector"]
            selector = selector.get("matchLabels", selector)
            found = [pod for pod in pods if selector.items() <= pod["metadata"]["labels"].items()]
            need(len(found) == 1, f"{manifest['kind']} selects {len(found)} kinds of pods")
    names = re.findall(r'"name": "(rel-docket[a-z-]*)", "key"', json.dumps(pods))
    need(set(names) <= made, f"pods name {names}, the chart makes {made}")
    for pod in pods:
        for container in pod["spec"]["containers"]:
            need(container["securityContext"]["readOnlyRootFilesystem"], "a root that can be written")
            ports = {port["name"] for port in container["ports"]}
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                need(container[probe]["httpGet"]["port"] in ports, f"{probe} asks a port that is not there")


def check_metrics():
    """Alerts and dashboard name metrics that the code has, in PromQL that promtool reads."""
    code = "".join(path.read_text() for path in ROOT.glob("crates/*/src/**/*.rs"))
    # As a text, or at the start of a line that `format!` makes.
    known = set(re.findall(r'"(docket_[a-z_]+)(?:"|\{\{)', code))
    rules = yaml.safe_load((ROOT / "deploy/prometheus/docket.rules.yaml").read_text())
    dashboard = json.loads((ROOT / "deploy/grafana/docket.json").read_text())
    expressions = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    panels = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    for expression in expressions + panels:
        for name in re.findall(r"docket_[a-z_]+", expression):
            base = re.sub(r"_(bucket|count|sum)$", "", name)
            need(name in known or base in known, f"the code has no metric {name}: {expression}")
    ids = [panel["id"] for panel in dashboard["panels"]]
    need(len(set(ids)) == len(ids), "two panels have one id")
    need(all(panel.get("description") for panel in dashboard["panels"] if panel["type"] != "row"), "a panel is not described")
    plain = [text.replace("$__rate_interval", "5m").replace("$job", ".*") for text in panels]
    rules = {"groups": [{"name": "d", "rules": [{"record": f"panel:{i}", "expr": e} for i, e in enumerate(plain)]}]}
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump(rules, file)
        file.flush()
        checked = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True)
    need(checked.returncode == 0, f"the dashboard: {checked.stdout}{checked.stderr}")
    print(f"dashboard: {len(panels)} queries; alerts: {len(expressions)}")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(folder):
    """A web server on this machine; gives its address."""
    handler = functools.partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def make_release(folder, version, targets):
    """Archives as a release has them, around a script that answers --version."""
    folder.mkdir(parents=True)
    program = folder.parent / "program"
    program.write_text(f"#!/bin/sh\necho docket {version}\n")
    for target in targets:
        pack = [ROOT / "deploy/release/pack", version, target, program, folder]
        subprocess.run(pack, check=True)
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(folder.glob("*.tar.gz"))]
    (folder / "SHA256SUMS").write_text("".join(sums))


def check_install():
    targets = [f"{machine}-{system}" for machine in ("x86_64", "aarch64") for system in ("unknown-linux-musl", "apple-darwin")]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        make_release(folder / "latest/download", "1.2.3", targets)
        make_release(folder / "download/v1.0.0", "1.0.0", targets)
        with served(folder) as address:
            check_install_from(folder, address)
        make_release(folder / "finished", "1.2.3", targets)
        check_formula(folder / "finished")


def check_install_from(folder, address):
    home = folder / "home"
    home.mkdir()
    program = home / "bin/docket"

    def install(script=None, **settings):
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "DOCKET_BASE_URL": address}
        environment |= {"DOCKET_INSTALL_DIR": str(home / "bin")} | settings
        script = script if script is not None else (ROOT / "deploy/install.sh").read_text()
        # As `curl | sh` gives it: on standard input.
        return subprocess.run(["sh"], input=script, env=environment, capture_output=True, text=True)

    done = install()
    need(done.returncode == 0 and "installed docket 1.2.3" in done.stdout, f"install.sh: {done}")
    need(program.stat().st_mode & 0o777 == 0o755, "the mode of the program")
    done = install(DOCKET_VERSION="v1.0.0")
    need(done.returncode == 0 and "installed docket 1.0.0" in done.stdout, f"a named version: {done}")
    need([path.name for path in program.parent.iterdir()] == ["docket"], "more than the program was installed")
    need(install(DOCKET_VERSION="9.9.9").returncode == 1, "a version that is not there")

    latest = folder / "latest/download"
    for archive in latest.glob("*.tar.gz"):
        archive.write_bytes(archive.read_bytes() + b"\0")
    done = install()
    need(done.returncode == 1 and "nothing was installed" in done.stderr, f"a wrong checksum: {done}")
    now = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    need(now == "docket 1.0.0\n", f"a wrong checksum replaced the program: {now}")
    (latest / "SHA256SUMS").write_text("")
    need("names no archive" in install().stderr, "no archive for this machine")

    text = (ROOT / "deploy/install.sh").read_text()
    program.unlink()
    for part in range(0, len(text) - len("main\n"), 199):
        install(script=text[:part], DOCKET_VERSION="1.0.0")
        need(not program.exists(), f"the first {part} characters of install.sh install something")
    print("install.sh: the checksum is compared, a part of the script does nothing")


def check_formula(folder):
    """What a release adds to its archives: the formula, and checksums over everything."""
    subprocess.run([ROOT / "deploy/release/finish", "1.2.3", folder], capture_output=True, check=True)
    checked = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, capture_output=True)
    need(checked.returncode == 0, f"SHA256SUMS: {checked}")
    listed = {line.split()[1] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    need({"install.sh", "docket.rb"} < listed, f"SHA256SUMS lists {listed}")
    formula = (folder / "docket.rb").read_text()
    need("@" not in re.sub(r'"@|#\{[^}]*\}', "", formula), "the formula has a place that was not filled")
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        need(not name.endswith(".tar.gz") or re.search(rf'/{re.escape(name)}"\s+sha256 "{digest}"', formula), f"the formula lacks {name}")
    with tarfile.open(next(folder.glob("*x86_64-unknown-linux-musl.tar.gz"))) as archive:
        names = {Path(name).name for name in archive.getnames()}
    need({"docket", "LICENSE", "THIRD_PARTY.md", "docket.service"} <= names, f"an archive has {names}")


def check_compose():
    """No default password, no image without a digest; every service is in a profile."""
    text = (ROOT / "compose.yaml").read_text()
    need(set(re.findall(r"\$\{POSTGRES_PASSWORD([^}]*)\}", text)) == {":-"}, "compose.yaml has a default password")
    for name, service in yaml.safe_load(text)["services"].items():
        image = service["image"]
        need("docket-server/docket" in image or re.search(r"@sha256:[0-9a-f]{64}$", image), f"{image} has no digest")
        need(service["profiles"] in (["one"], ["nodes"]), f"{name} is in no profile")


# Variables that are no settings: where the settings are, the first key, and those of install.sh.
OTHER_VARIABLES = {"DOCKET_CONFIG", "DOCKET_API_KEY", "DOCKET_VERSION", "DOCKET_INSTALL_DIR", "DOCKET_BASE_URL"}


def check_variables():
    """Every variable that the files set is one that Docket reads."""
    settings = re.findall(r"^# ?([a-z0-9_]+) = ", (ROOT / "docket.example.toml").read_text(), re.M)
    settings += re.findall(r"^#([a-z0-9_]+) = ", (ROOT / "docket.example.toml").read_text(), re.M)
    known = OTHER_VARIABLES | {f"DOCKET_{name.upper()}" for name in settings}
    files = [path for path in (ROOT / "deploy").rglob("*") if path.is_file()]
    files += [ROOT / "Dockerfile", ROOT / "compose.yaml", ROOT / "docs/install.md"]
    for file in files:
        for name in re.findall(r"\bDOCKET_[A-Z0-9_]+", file.read_text()):
            need(name in known, f"{file.relative_to(ROOT)} sets {name}, which Docket does not read")


def check_versions():
    version = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    checked = subprocess.run([ROOT / "deploy/release/check-version", version], capture_output=True, text=True)
    # Between releases the changelog has no section of the next version.
    need(checked.returncode == 0 or "CHANGELOG.md" in checked.stderr, checked.stderr)
    checked = subprocess.run([ROOT / "deploy/release/check-version", "99.0.0"], capture_output=True, text=True)
    need(checked.returncode == 1 and "Cargo.toml" in checked.stderr, "a wrong version is not seen")


if __name__ == "__main__":
    check_chart()
    check_metrics()
    check_install()
    check_compose()
    check_variables()
    check_versions()
