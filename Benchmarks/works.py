"""The work that is measured: what each tool is asked to do, and how it is seen that it was done."""

import json

from peers import HERE, environment, program, s3cmd_options
from run import Failure, run


class Work:
    """One kind of work. Each peer has a bucket of its own, as others have not touched it."""

    name = title = ""
    shape, foreign = "hex", 1.0
    most_rounds = 100
    # How many objects for each peer: fewer for slow ones, the cost of one is what counts.
    sizes = {}
    # What its table shows, by the names in table.COLUMNS.
    columns = ["objects", "cpu", "range", "x fixacl", "x floor", "requests", "per request", "wall", "rss"]

    def size(self, bench, peer):
        return max(min(self.sizes[peer], 100), round(self.sizes[peer] * bench.scale))

    def rows(self, bench):
        """What has a turn in each round: peers, if nothing else is said."""
        return [peer for peer in self.sizes if bench.wants(peer)]

    def buckets(self, bench):
        fields = f"shape={self.shape},foreign={self.foreign},acls=4"
        return [f"bucket={self.bucket(row)},count={self.size(bench, row)},{fields}" for row in self.rows(bench)]

    def bucket(self, peer):
        return f"{self.name}-{peer}"

    def order(self, runs):
        """The rows as the table has them: the cheapest first."""
        return sorted(runs, key=lambda row: min(run.cpu / run.objects for run in runs[row]))

    def measure(self, bench, server, row):
        """Runs of one row, checked."""
        raise NotImplementedError


def expect(is_true, text):
    if not is_true:
        raise Failure(text)


def keys_of(count):
    """The keys of a virtual bucket of the shape hex."""
    step = (2**64 - 1) // count
    return [f"{index * step:016x}" for index in range(count)]


def plan_command(bench, server, bucket, *options):
    # Nothing of an earlier plan is to be gone on from.
    for path in bench.folder.glob("plan.json*"):
        path.unlink()
    return [
        bench.fixacl, "plan", bucket, "--grant-read", f"id={server.id('oai')}", *options, "--quiet", "-o",
        bench.folder / "plan.json"]


def summary(bench, *names):
    """Numbers of the plan's summary, without its changes being read."""
    with open(bench.folder / "plan.json") as lines:
        found = next(json.loads(line[10:].rstrip(",\n")) for line in lines if line.startswith('"summary":'))
    return [found[name] for name in names]


class Listing(Work):
    name, title = "list", "list a bucket and find the foreign objects"
    foreign = 0.0001
    sizes = {
        "fixacl": 1_000_000, "floor": 1_000_000, "obstore": 1_000_000, "obstore-arrow": 1_000_000,
        "s5cmd": 200_000, "rclone": 200_000, "boto3": 100_000, "aws": 50_000, "s3cmd": 50_000,
    }

    def measure(self, bench, server, peer):
        bucket, count = self.bucket(peer), self.size(bench, peer)
        clients, owner = HERE / "clients", server.id("site")
        tool = program(bench, peer)
        command = {
            "fixacl": plan_command(bench, server, bucket, "--owner-profile", "tools"),
            "floor": [bench.bin / "floor_list", bucket, owner],
            "obstore": [tool, clients / "list_obstore.py", bucket, "lists"],
            "obstore-arrow": [tool, clients / "list_obstore.py", bucket, "arrow"],
            "s5cmd": [tool, "ls", f"s3://{bucket}/*"],
            "rclone": [tool, "size", "--json", f"bench:{bucket}"],
            "boto3": [tool, clients / "list_boto3.py", bucket, owner],
            "aws": [tool, "s3", "ls", "--recursive", f"s3://{bucket}"],
            "s3cmd": [tool, *s3cmd_options(bench, server, "site"), "ls", "--recursive", f"s3://{bucket}"],
        }[peer]
        server.reset()
        result = run(bench, command, environment(bench, server, "site"))
        result.objects, result.requests = count, server.requests()
        if peer == "fixacl":
            listed, foreign = summary(bench, "listed", "foreign")
        elif peer == "rclone":
            listed, foreign = json.loads(result.output)["count"], None
        elif peer in ("s5cmd", "aws", "s3cmd"):
            listed, foreign = result.lines, None
        else:
            numbers = [int(word) for word in result.output.replace(",", " ").split() if word.isdigit()]
            listed, foreign = numbers[0], numbers[1] if len(numbers) > 1 else None
        expect(listed == count, f"listed {listed} of {count} keys")
        if foreign is not None:
            foreigners = bench.foreign.setdefault(count, foreign)
            expect(foreign == foreigners, f"found {foreign} foreign objects where another found {foreigners}")
        return [result]


class Repair(Work):
    """Apply alone: the plan is made before, and the keys are given to the others."""

    in_flight = 64

    def prepare(self, bench, server, peer):
        """What is not measured: fixacl's plan, the others' list of keys."""
        bucket, keys = self.bucket(peer), keys_of(self.size(bench, peer))
        (bench.folder / "keys.txt").write_text("\n".join(keys) + "\n")
        if peer.startswith("fixacl"):
            run(bench, plan_command(bench, server, bucket, *self.plan_options), environment(bench, server, "site"))
        return bucket, keys

    def changed(self, server, operation, bucket, keys, owner):
        """Checks that the operation was done to all keys, and gives the ACLs that some have now."""
        done = server.done(operation, bucket)
        expect(done == set(keys), f"{operation} was done to {len(done)} of {len(keys)} keys")
        for key in {keys[0], keys[len(keys) // 2], keys[-1]}:
            acl = server.acl(bucket, key, owner)
            expect(f"<Owner><ID>{server.id(owner)}</ID>" in acl, f"{key} is not {owner}'s")
            yield acl


def acl_document(owner, *grants):
    """An ACL as a request writes it."""
    schema = "http://www.w3.org/2001/XMLSchema-instance"
    return (
        f'<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>{owner}</ID></Owner>'
        "<AccessControlList>" + "".join(
            f'<Grant><Grantee xmlns:xsi="{schema}" xsi:type="CanonicalUser"><ID>{who}</ID></Grantee>'
            f"<Permission>{permission}</Permission></Grant>" for who, permission in grants)
        + "</AccessControlList></AccessControlPolicy>")


class Grant(Repair):
    name, title = "grant", "repair by grant, apply alone"
    plan_options = ["--owner-profile", "tools"]
    sizes = {"fixacl": 50_000, "floor": 50_000, "s3cmd": 2_000, "boto3": 2_000, "aws": 3}

    def begin(self, server, row):
        """What the server is told before the measured part."""

    def end(self, server):
        """Takes it back."""

    def measure(self, bench, server, row):
        peer = row.split()[0]
        bucket, keys = self.prepare(bench, server, row)
        tools, reader = server.id("tools"), server.id("oai")
        acl = bench.folder / "acl.xml"
        acl.write_text(acl_document(tools, (tools, "FULL_CONTROL"), (reader, "READ")))
        if peer == "aws":
            policy = {"Owner": {"ID": tools}, "Grants": [
                {"Grantee": {"Type": "CanonicalUser", "ID": who}, "Permission": permission}
                for who, permission in ((tools, "FULL_CONTROL"), (reader, "READ"))]}
            (bench.folder / "acl.json").write_text(json.dumps(policy))
        tool = program(bench, peer)
        command = {
            "fixacl": [
                tool, "apply", "plan.json", "--owner-profile", "tools", "--quiet", "--concurrency", self.in_flight],
            "floor": [bench.bin / "floor_acl", bucket, "keys.txt", acl, self.in_flight],
            "s3cmd": [
                tool, *s3cmd_options(bench, server, "tools"), "setacl", f"--acl-grant=read:{reader}",
                *(f"s3://{bucket}/{key}" for key in keys)],
            "boto3": [tool, HERE / "clients/repair_boto3.py", "grant", bucket, "keys.txt", reader],
            "aws": [
                "sh", "-ec", 'while read key; do "$0" s3api get-object-acl --bucket "$1" --key "$key"; '
                '"$0" s3api put-object-acl --bucket "$1" --key "$key" --access-control-policy file://acl.json; '
                "done < keys.txt", tool, bucket],
        }[peer]
        self.begin(server, row)
        server.reset()
        result = run(bench, command, environment(bench, server, "site" if peer == "fixacl" else "tools"))
        result.objects, result.requests = len(keys), server.requests()
        self.end(server)
        for acl in self.changed(server, "PutObjectAcl", bucket, keys, "tools"):
            expect(reader in acl, "the reader was not let in")
        return [result]


class Copy(Repair):
    name, title = "copy", "repair by copy, apply alone"
    plan_options = ["--strategy", "copy"]
    sizes = {"fixacl": 30_000, "floor": 30_000, "s5cmd": 5_000, "rclone": 5_000, "boto3": 2_000, "aws": 2_000}

    def prepare(self, bench, server, peer):
        # The bucket's owner has to be able to read what it copies: the objects' owner lets it.
        bucket, keys = self.bucket(peer), keys_of(self.size(bench, peer))
        tools, site = server.id("tools"), server.id("site")
        (bench.folder / "keys.txt").write_text("\n".join(keys) + "\n")
        (bench.folder / "acl.xml").write_text(
            acl_document(tools, (tools, "FULL_CONTROL"), (site, "READ"), (site, "READ_ACP")))
        run(bench, [bench.bin / "floor_acl", bucket, "keys.txt", "acl.xml", 64], environment(bench, server, "tools"))
        return super().prepare(bench, server, peer)

    def measure(self, bench, server, peer):
        bucket, keys = self.prepare(bench, server, peer)
        reader = server.id("oai")
        tool = program(bench, peer)
        if peer == "s5cmd":
            # A copy of an object over itself has to change something.
            (bench.folder / "commands.txt").write_text("".join(
                f"cp --storage-class STANDARD s3://{bucket}/{key} s3://{bucket}/{key}\n" for key in keys))
        command = {
            "fixacl": [tool, "apply", "plan.json", "--quiet", "--concurrency", self.in_flight],
            "floor": [bench.bin / "floor_copy", bucket, "keys.txt", reader, self.in_flight],
            "s5cmd": [tool, "run", "commands.txt"],
            "rclone": [tool, "settier", "STANDARD", f"bench:{bucket}"],
            "boto3": [tool, HERE / "clients/repair_boto3.py", "copy", bucket, "keys.txt", reader],
            "aws": [
                tool, "s3", "cp", "--recursive", "--only-show-errors", "--storage-class", "STANDARD", f"s3://{bucket}/",
                f"s3://{bucket}/"],
        }[peer]
        server.reset()
        result = run(bench, command, environment(bench, server, "site"))
        result.objects, result.requests = len(keys), server.requests()
        for acl in self.changed(server, "CopyObject", bucket, keys, "site"):
            # What the others leave of the ACL is theirs to say.
            expect(peer not in ("fixacl", "floor", "boto3") or reader in acl, "the reader was not let in")
        return [result]
