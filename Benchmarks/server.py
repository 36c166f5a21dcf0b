"""A fixacl-sandbox for one round, and what can be asked of it."""

import datetime
import hashlib
import hmac
import json
import subprocess
import time
import urllib.request


class Server:
    """Runs while the `with` block does; it ends with its standard input, so also when this program is killed."""

    def __init__(self, program, folder, buckets):
        """buckets: the values of --virtual."""
        self.folder = folder
        self._arguments = [program, "--count-keys", "--stop-with-stdin", "--info", folder / "info.json"]
        for bucket in buckets:
            self._arguments += ["--virtual", bucket]

    def __enter__(self):
        path = self.folder / "info.json"
        path.unlink(missing_ok=True)
        self._process = subprocess.Popen(self._arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while not path.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._process.kill()
                raise RuntimeError("fixacl-sandbox does not start")
            time.sleep(0.02)
        self.info = info = json.loads(path.read_text())
        self.endpoint, self.control, self.region = info["endpoint"], info["control"], info["region"]
        self.accounts = info["accounts"]
        self._write_profiles()
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def id(self, account):
        return self.accounts[account]["canonicalId"]

    def _write_profiles(self):
        credentials, config = "", ""
        for name, account in self.accounts.items():
            credentials += f"[{name}]\naws_access_key_id = {account['accessKey']}\n"
            credentials += f"aws_secret_access_key = {account['secretKey']}\n"
            config += f"[profile {name}]\nregion = {self.region}\n"
        (self.folder / "credentials").write_text(credentials)
        (self.folder / "config").write_text(config)

    # What happened.

    def reset(self):
        self._control("GET", "/counters?reset")

    def requests(self):
        """How often each operation was asked for since the reset."""
        return json.loads(self._control("GET", "/counters"))

    def done(self, operation, bucket):
        """The keys to which an operation was done since the reset."""
        counts = json.loads(self._control("GET", "/counters?keys")).get(operation, {})
        return {name[len(bucket) + 1 :] for name in counts if name.startswith(bucket + "/")}

    def delay(self, milliseconds, refused=0):
        """How late every answer is, and which share of them is 503 at random."""
        rules = [{"operation": "*", "fault": "delay", "ms": milliseconds}] if milliseconds else []
        if refused:
            rules.append({"operation": "*", "fault": "slowdown", "probability": refused})
        self._control("PUT", "/faults", json.dumps(rules))

    def limit(self, reads=None, writes=None):
        """Requests a second for a prefix; without numbers, any."""
        limits = json.dumps({"reads": reads, "writes": writes}) if reads else None
        self._control("PUT" if limits else "DELETE", "/limits", limits)

    def _control(self, method, path, body=None):
        data = body.encode() if body is not None else None
        request = urllib.request.Request(self.control + path, data=data, method=method)
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.read()

    def acl(self, bucket, key, account):
        """The ACL of an object, to see whether a tool did what it says. The key has to need no encoding."""
        keys = self.accounts[account]
        host, path = self.endpoint.split("//")[1], f"/{bucket}/{key}"
        date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        empty = hashlib.sha256().hexdigest()
        names = "host;x-amz-content-sha256;x-amz-date"
        headers = f"host:{host}\nx-amz-content-sha256:{empty}\nx-amz-date:{date}\n"
        canonical = f"GET\n{path}\nacl=\n{headers}\n{names}\n{empty}"
        scope = f"{date[:8]}/{self.region}/s3/aws4_request"
        to_sign = f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = ("AWS4" + keys["secretKey"]).encode()
        for part in scope.split("/") + [to_sign]:
            signature = hmac.new(signature, part.encode(), hashlib.sha256).digest()
        request = urllib.request.Request(f"{self.endpoint}{path}?acl")
        request.add_header("x-amz-date", date)
        request.add_header("x-amz-content-sha256", empty)
        authorization = f"Credential={keys['accessKey']}/{scope}, SignedHeaders={names}, Signature={signature.hex()}"
        request.add_header("Authorization", "AWS4-HMAC-SHA256 " + authorization)
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.read().decode()
