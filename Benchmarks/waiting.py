"""Works where the time counts, not the CPU: listing, applying and explaining with a simulated latency, and starting up."""

from peers import environment, program
from run import run
from works import Copy, Grant, Listing, Work, expect, keys_of, plan_command, summary


class Pages(Work):
    """Listings of every shape of keys, 100 ms a page, by fixacl; and one page after the other."""

    name, title = "pages", "list at 100 ms a page, by the keys' shape"
    shapes = ["hex", "dates", "deep", "prefix", "folders", "counter", "unicode", "partitions", "names", "mixed"]
    columns = ["objects", "wall", "wall range", "x serial", "cpu", "requests", "rss"]
    count, delay, serial_pages, most_rounds = 1_000_000, 100, 30, 3

    def rows(self, bench):
        peers = [("", "fixacl"), (" serial", "floor")]
        return [shape + suffix for shape in self.shapes for suffix, peer in peers if bench.wants(peer)]

    def buckets(self, bench):
        count = self.keys(bench)
        return [f"bucket={self.name}-{shape},count={count},shape={shape},foreign=0" for shape in self.shapes]

    def keys(self, bench):
        return max(20_000, round(self.count * bench.scale))

    def order(self, runs):
        return [row for shape in self.shapes for row in (shape, shape + " serial") if row in runs]

    def measure(self, bench, server, row):
        shape, _, is_serial = row.partition(" ")
        bucket, keys = f"{self.name}-{shape}", self.keys(bench)
        pages = min(self.serial_pages, keys // 1000)
        command = plan_command(bench, server, bucket)
        if is_serial:
            command = [bench.bin / "floor_list", bucket, server.id("site"), pages]
        server.delay(self.delay)
        server.reset()
        result = run(bench, command, environment(bench, server, "site"))
        result.requests = server.requests()
        server.delay(0)
        listed = int(result.output.split()[0]) if is_serial else summary(bench, "listed")[0]
        expect(listed == (pages * 1000 if is_serial else keys), f"listed {listed} keys")
        result.objects = listed
        if is_serial:
            # All pages take the same time: a part of them tells how long the whole takes.
            result.wall *= keys / listed
        return [result]


class Vast(Pages):
    """The same with ten times as many keys, and ten times as late: at 100 ms it would show how fast this machine is."""

    name, title = "vast", "list 10,000,000 keys at 1 s a page"
    shapes = ["hex", "partitions", "mixed"]
    count, delay, serial_pages, most_rounds = 10_000_000, 1000, 10, 1


class Latency(Grant):
    """Repair by grant at 50 ms latency; fixacl also beside limits as S3 documents them."""

    name, title = "latency", "repair by grant at 50 ms latency, 512 in flight"
    columns = ["objects", "wall", "objects/s", "requests/s", "of the latency", "refused", "cpu", "requests", "rss"]
    in_flight, delay, limits = 512, 50, (5500, 3500)
    sizes = {"fixacl": 40_000, "floor": 40_000, "fixacl limited": 40_000}

    def rows(self, bench):
        return [row for row in self.sizes if bench.wants(row.split()[0])]

    def bucket(self, row):
        return super().bucket(row.replace(" ", "-"))

    def begin(self, server, row):
        server.delay(self.delay)
        if "limited" in row:
            server.limit(*self.limits)

    def end(self, server):
        server.delay(0)
        server.limit()


class Refused(Latency):
    """The same at 20 ms, where the server refuses some requests at random, whatever the load."""

    name, title = "refused", "repair by grant at 20 ms latency, with 503s at random"
    columns = ["objects", "wall", "wall range", "objects/s", "of the speed", "refused", "cpu", "requests", "rss"]
    delay = 20
    shares = {"fixacl": 0, "fixacl 1%": 0.01, "fixacl 3%": 0.03}
    sizes = dict.fromkeys(shares, 40_000)

    def bucket(self, row):
        return super().bucket(row).replace("%", "")

    def order(self, runs):
        return [row for row in self.shares if row in runs]

    def begin(self, server, row):
        server.delay(self.delay, refused=self.shares[row])


class Startup(Work):
    """How long a program takes to say which version it is."""

    name, title = "startup", "start-up"
    columns = ["wall ms", "wall ms range", "cpu ms", "rss"]
    sizes = {peer: 10 for peer in ("fixacl", "s5cmd", "rclone", "s3cmd", "aws")}

    def buckets(self, bench):
        return []

    def measure(self, bench, server, row):
        word = "version" if row in ("s5cmd", "rclone") else "--version"
        environment_of_all = environment(bench, server, "site")
        runs = [run(bench, [program(bench, row), word], environment_of_all) for _ in range(self.sizes[row])]
        for result in runs:
            expect(result.lines > 0, "said nothing")
            result.objects = 1
        return runs


class Explain(Work):
    """Whether one reader can read one object, every answer 50 ms late: a chain of questions side by side."""

    name, title = "explain", "explain one object at 50 ms latency"
    columns = ["wall ms", "wall ms range", "requests", "cpu ms", "rss"]
    sizes, delay = {"fixacl": 100}, 50
    services = {
        "CLOUDFRONT": "cloudfront", "STS": "sts", "KMS": "kms", "ORGANIZATIONS": "organizations", "IAM": "iam"}

    def measure(self, bench, server, row):
        places = {f"AWS_ENDPOINT_URL_{name}": server.info[member] for name, member in self.services.items()}
        server.delay(self.delay)
        server.reset()
        result = run(
            bench, [
                "sh", "-c", '"$0" "$@"; test $? -ne 1', program(bench, row), "explain",
                f"s3://{self.bucket(row)}/{keys_of(self.size(bench, row))[0]}", "--id", server.id("oai"),
                "--owner-profile", "tools", "--format", "json"],
            {**environment(bench, server, "site"), **places})
        result.requests = server.requests()
        server.delay(0)
        expect(result.lines > 0, "said nothing")
        result.objects = 1
        return [result]


WORKS = [Listing(), Grant(), Copy(), Pages(), Vast(), Latency(), Refused(), Explain(), Startup()]
