"""An exchange's backlog on Apache Spark: the same answers as `waybill once`, byte for byte.

    spark-submit waybill_job.py --inbox URL --outbox URL --snapshot URL --next URL [--at TIME] [--config FILE]
                                [--waybill PATH] [--partitions N] [--archive URL]

Inbox, outbox and snapshots are folders on any file system that Spark can reach. The snapshot is what the run before, or
`waybill ledger export`, left; a folder that does not exist stands for an exchange without a ledger. What the ledger is after
this run goes to --next, its file `_DONE` last: a snapshot without it counts for nothing, and the run is simply started again
with the same --at. Files leave the inbox only after that. Nobody else may process the same inbox meanwhile.

The work is done by three filters of the program `waybill`, which every worker must have. What comes to them and from them are
lines, key TAB kind TAB arrival TAB payload; `waybill route --help` says more. This job only brings together what belongs
together:

    facts     one look at each file; the driver makes a plan of them, as it does of the tallies later
    route     each file becomes rows, each under a key that it names, and links between the keys that it names
    keys      keys that are linked, over whatever others, get one name: AWB to order, invoice to order
    judge     per name, its past before its rows; rows of files that do not stand are left out, and the round is repeated
              until no file turns out otherwise than planned
    assemble  per file, its bytes and the verdicts on its rows become its answers

The driver sees facts about files, never rows. A task's output counts only when its trailer says that it is whole.
"""

import argparse
import base64
import hashlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from urllib.parse import unquote, unquote_to_bytes

from pyspark import RDD, SparkFiles, StorageLevel
from pyspark.serializers import UTF8Deserializer
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql.types import BinaryType, IntegerType, StringType, StructField, StructType

TRAILER = b"~\ttrailer\t"
LINE = StructType([StructField(name, StringType(), False) for name in ("key", "kind", "arrival", "payload")])
FILE_CHUNK = 48 << 10


# Lines on their way through a filter. These functions run on the workers.


class Sum:
    """How many lines, and the sum of their hashes, whatever their order."""

    def __init__(self):
        self.count = 0
        self.hash = 0

    def add(self, line):
        self.count += 1
        self.hash = (self.hash + int.from_bytes(hashlib.sha256(line).digest()[:8], "big")) & (1 << 64) - 1

    def trailer(self):
        return TRAILER + b"%d\t%016x" % (self.count, self.hash)


def local_copy(content):
    """The terms of the run as a file of this machine, made once, where Spark keeps what goes with the run: a secret is in it."""
    folder = SparkFiles.getRootDirectory()
    name = os.path.join(folder, "waybill-terms-" + hashlib.sha256(content).hexdigest())
    if not os.path.exists(name):
        handle, fresh = tempfile.mkstemp(prefix="waybill-terms-", dir=folder)
        os.fchmod(handle, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(fresh, name)
    return name


def through(command, write):
    """The lines that a filter makes of what `write` gives it; none of them counts unless its trailer is right."""
    with tempfile.TemporaryFile() as complaints:
        program = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, bufsize=1 << 18)
        failures = []

        def feed():
            try:
                write(program.stdin)
                program.stdin.close()
            except BrokenPipeError:
                pass  # It stopped, and says why.
            except BaseException as failure:
                failures.append(failure)
                program.kill()

        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()
        found, said = Sum(), None
        for line in program.stdout:
            line = line.rstrip(b"\n")
            if said is None and not line.startswith(TRAILER):
                found.add(line)
                yield line
            else:
                said = line
        status = program.wait()
        feeder.join()
        if failures:
            raise failures[0]
        if status != 0 or said != found.trailer():
            complaints.seek(0)
            words = complaints.read(4096).decode("utf-8", "replace").strip()
            raise RuntimeError(f"{' '.join(command[:3])} ended with {status}: {words or 'its output is not whole'}")


def filtered(waybill, verb, terms):
    """A partition of sorted lines, through a filter that reads lines."""

    def run(rows):
        rows = iter(rows)
        first = next(rows, None)
        if first is None:
            return

        def write(pipe):
            total = Sum()
            line = first
            while line is not None:
                total.add(line)
                pipe.write(line + b"\n")
                line = next(rows, None)
            pipe.write(total.trailer() + b"\n")

        yield from through([waybill, verb, "--terms", local_copy(terms.value)], write)

    return run


def routed(waybill, terms, words):
    """Files, each through `waybill route`; `words` says with which options."""

    def run(files):
        for path, content in files:
            options = words(path)
            if options is not None:
                command = [waybill, "route", "--terms", local_copy(terms.value)] + options
                yield from through(command, lambda pipe: pipe.write(bytes(content)))

    return run


def lines_of_answers(rows):
    """The pieces of each answer as its lines, numbered: the writer ends every line, as the answers do."""
    path, number, rest = None, 0, b""
    for key, piece in rows:
        if key != path:
            if rest:
                raise RuntimeError(f"{path} does not end with a line end")
            path, number, rest = key, 0, b""
        parts = (rest + base64.b64decode(piece)).split(b"\n")
        rest = parts.pop()
        for part in parts:
            yield (name_of(path), number, bytearray(part))
            number += 1
    if rest:
        raise RuntimeError(f"{path} does not end with a line end")


def cells_of(text):
    cells = f.split(text.value, "\t", 4)
    return text.select(*[cells[place].alias(name) for place, name in enumerate(LINE.names)])


def name_of(path):
    return hashlib.sha256(path.encode()).hexdigest()[:40]


# The driver.


class Files:
    """The file system below a URL, by Spark's own way to it."""

    def __init__(self, spark, url):
        self.jvm = spark.sparkContext._jvm
        self.url = url.rstrip("/")
        path = self.path()
        self.system = path.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())
        # A local folder that partners read holds no sums beside the files.
        if self.system.getScheme() == "file":
            self.system = self.system.getRawFileSystem()

    def path(self, *names):
        # A name may hold what means something in a URL; a path made of parent and child takes it as it is.
        path = self.jvm.org.apache.hadoop.fs.Path(self.url)
        for name in names:
            path = self.jvm.org.apache.hadoop.fs.Path(path, self.jvm.org.apache.hadoop.fs.Path(None, None, name))
        return path

    def exists(self, *names):
        return self.system.exists(self.path(*names))

    def list(self, *names):
        return list(self.system.listStatus(self.path(*names))) if self.exists(*names) else []

    def read(self, *names):
        stream = self.system.open(self.path(*names))
        try:
            return bytes(self.jvm.org.apache.commons.io.IOUtils.toByteArray(stream))
        finally:
            stream.close()

    def write(self, content, *names):
        stream = self.system.create(self.path(*names), True)
        try:
            stream.write(bytearray(content))
        finally:
            stream.close()

    def move(self, source, *names):
        target = self.path(*names)
        self.system.mkdirs(target.getParent())
        if self.system.exists(target):
            self.system.delete(target, False)
        if not self.system.rename(source, target):
            raise RuntimeError(f"cannot rename {source} to {target}")
        # Hadoop's local file system takes its sum along; nobody else would know what to do with it.
        beside = self.path(*names[:-1], "." + names[-1] + ".crc")
        if self.system.exists(beside):
            self.system.delete(beside, False)

    def remove(self, *names):
        self.system.delete(self.path(*names), True)


class Run:
    def __init__(self, spark, options):
        self.spark = spark
        self.context = spark.sparkContext
        self.options = options
        self.waybill = options.waybill
        self.parts = options.partitions or max(2, self.context.defaultParallelism)
        self.jvm = self.context._jvm
        self.inbox = Files(spark, options.inbox)
        self.outbox = Files(spark, options.outbox)
        self.before = Files(spark, options.snapshot)
        self.after = Files(spark, options.next)

    @contextmanager
    def stage(self, name):
        """Work under one name: Spark's own pages and event log show it by that, and it is said what it took."""
        began = time.monotonic()
        self.context.setJobGroup(name, name)
        yield
        print(f"{time.monotonic() - began:8.2f} s  {name}", file=sys.stderr, flush=True)

    # Stages

    def run(self):
        if self.after.exists("_DONE"):
            raise SystemExit(f"{self.after.url} is whole already: name another folder for the next snapshot")
        for part in ("past", "links", "terms", "staged", "rows"):
            self.after.remove(part)
        self.context.setCheckpointDir(self.after.url + "/staged/checkpoints")
        with self.stage("facts"):
            base = self.begin()
            files = self.waiting()
            facts = self.facts(files, base)
            plan = self.plan(base, facts)
            works = decisions(plan)
        with self.stage("route"):
            lines = self.route(files, works, plan)
            rows, originals, links = self.split(lines)
        with self.stage("keys"):
            names = self.names(links)
            past = self.kept("past").filter("key not like 'f:%'")
            rows, past = self.named(rows, names), self.named(past, names)
        judged, done = None, False
        while not done:
            with self.stage("judge"):
                if judged is not None:
                    judged.unpersist()
                judged = self.judge(rows, past, plan)
                told = judged.filter("kind in ('tally', 'courier')").collect()
                later = self.plan(base, facts + ["\t".join(line) for line in told])
                done = needed(later) == needed(plan)
                plan = later
        with self.stage("assemble"):
            items = self.answers(judged, originals, plan)
        with self.stage("snapshot"):
            self.commit(judged, past, rows, links, plan, items, files, works)
            judged.unpersist()

    def begin(self):
        """The terms that the snapshot holds; files that the run before had decided are gone from the inbox now."""
        if not self.before.exists("terms"):
            config = ["--config", self.options.config] if self.options.config else ["--root", "/nonexistent"]
            return self.ask(["assemble", "--plan", "--at", self.options.at] + config, Sum().trailer() + b"\n")
        if not self.before.exists("_DONE"):
            raise SystemExit(f"{self.before.url} is no whole snapshot: its _DONE is missing")
        for line in self.before.read("_DONE").decode().splitlines():
            partner, name, changed, kept = line.split("\t")
            self.take(unquote_name(partner), unquote_name(name), int(changed), kept)
        return self.before.read("terms")

    def take(self, partner, name, changed, kept):
        """Takes a file out of the inbox, if it is still the one that was decided; `kept`: where the archive has it."""
        path = self.inbox.path(partner, name)
        if not self.inbox.system.exists(path):
            return
        if self.inbox.system.getFileStatus(path).getModificationTime() != changed:
            return
        if self.options.archive and kept != "-":
            Files(self.spark, self.options.archive).move(path, *kept.split("/"))
        else:
            self.inbox.system.delete(path, False)

    def waiting(self):
        """What lies in the inboxes: path to partner, name, and time of change."""
        files = {}
        for folder in self.inbox.list():
            if not folder.isDirectory():
                continue
            for file in self.inbox.list(folder.getPath().getName()):
                if file.isFile():
                    path = file.getPath()
                    files[path.toString()] = (folder.getPath().getName(), path.getName(), file.getModificationTime())
        return files

    def contents(self, files):
        """Path and bytes of each of the files, a worker's memory holding one at a time."""
        if not files:
            return self.context.emptyRDD()
        folders = ",".join(sorted({path.rsplit("/", 1)[0] for path in files}))
        wanted = self.context.broadcast(set(files))
        whole = self.context.binaryFiles(folders, min(self.parts, len(files)))
        whole = whole.filter(lambda file: file[0] in wanted.value)
        # Spark takes such names for its own, and passes over them; they are few, and mostly nobody's orders.
        hidden = [path for path in files if path.rsplit("/", 1)[1].startswith("_")]
        if not hidden:
            return whole
        parts = [path.rsplit("/", 2)[1:] for path in hidden]
        own = [(path, self.inbox.read(*names)) for path, names in zip(hidden, parts)]
        return whole.union(self.context.parallelize(own, len(own)))

    def facts(self, files, base):
        terms = self.context.broadcast(base)
        known = self.context.broadcast(files)

        def words(path):
            partner, name, changed = known.value[path]
            return ["--partner", partner, "--arrived", str(changed * 1_000_000), "--", name]

        return self.contents(files).mapPartitions(routed(self.waybill, terms, words)).map(bytes.decode).collect()

    def ask(self, words, content):
        """A filter on the driver, for what is about files alone; its whole output, trailer and all."""
        program = subprocess.run([self.waybill] + words, input=content, capture_output=True)
        if program.returncode != 0:
            raise RuntimeError(program.stderr.decode("utf-8", "replace").strip())
        return program.stdout

    def plan(self, base, lines):
        content, total = bytearray(), Sum()
        for line in sorted(line.encode("ascii") for line in lines):
            total.add(line)
            content += line + b"\n"
        content += total.trailer() + b"\n"
        config = ["--config", self.options.config] if self.options.config else []
        return self.ask(
            ["assemble", "--plan", "--at", self.options.at, "--terms", local_copy(base)] + config, bytes(content))

    def route(self, files, works, plan):
        numbers = {}
        by_name = {(partner, name): path for path, (partner, name, _) in files.items()}
        for number, work in works.items():
            numbers[by_name[split_path(work[1])]] = number
        terms = self.context.broadcast(plan)
        known = self.context.broadcast(numbers)

        def words(path):
            return ["--decision", str(known.value[path])]

        routed_lines = self.contents(set(numbers)).mapPartitions(routed(self.waybill, terms, words))
        # Written once: what comes next reads it several times, and a lost executor must not read the inbox again.
        self.frame(routed_lines).write.mode("overwrite").parquet(self.after.url + "/staged/lines")
        return self.spark.read.parquet(self.after.url + "/staged/lines")

    # Lines go to the filters and come back as the bytes that they are. Rows of Python's, which Spark offers for this, are made and
    # taken apart field by field, and cost several times what the judge does.

    def texts(self, lines):
        """The lines of a frame, to functions that take bytes."""
        text = lines.select(f.concat_ws("\t", *LINE.names))
        strings = getattr(text._jdf, "as")(self.jvm.org.apache.spark.sql.Encoders.STRING()).toJavaRDD()
        return RDD(strings, self.context, UTF8Deserializer(use_unicode=False))

    def frame(self, lines):
        """A frame of the lines that a function yields as bytes."""
        lines._bypass_serializer = True
        strings = lines._jrdd.map(self.jvm.org.apache.spark.api.python.BytesToString())
        text = self.spark._jsparkSession.createDataset(strings.rdd(), self.jvm.org.apache.spark.sql.Encoders.STRING())
        return cells_of(DataFrame(text, self.spark))

    def split(self, lines):
        originals = lines.filter("kind = 'original'")
        links = lines.filter("kind = 'link'").select("key", "payload").union(
            self.kept("links").select("key", "payload")).distinct()
        return lines.filter("kind = 'row'"), originals, links

    def kept(self, part):
        if not self.before.exists(part):
            return self.spark.createDataFrame([], LINE)
        return cells_of(self.spark.read.text(self.before.url + "/" + part))

    def names(self, links):
        """One name for all keys that are linked, over whatever others: the least of them."""
        # A scan number that one AWB alone bears ties nothing.
        shared = links.groupBy("payload").agg(f.min("key").alias("a"), f.max("key").alias("b"))
        shared = shared.filter("payload not like 's:%' or a != b").select("payload")
        ties = links.join(shared, "payload").select(f.col("key").alias("u"), f.col("payload").alias("v"))
        both = ties.union(ties.select(f.col("v"), f.col("u"))).filter("u != v").distinct().checkpoint()
        names = both.groupBy("u").agg(f.min("v").alias("v")).select(
            f.col("u").alias("key"), f.least("u", "v").alias("name")).checkpoint()
        while True:
            near = both.join(names, both.v == names.key).groupBy("u").agg(f.min("name").alias("near"))
            next_names = names.join(near, names.key == near.u).select(
                "key", f.least("name", "near").alias("next"), "name")
            # A name has a name of its own: so the way to the least is halved each time.
            far = next_names.select(f.col("key").alias("through"), f.col("next").alias("far"))
            stepped = next_names.join(far, next_names.next == far.through, "left").select(
                "key", f.least("next", f.coalesce("far", "next")).alias("next"), "name").checkpoint()
            if stepped.filter("next != name").isEmpty():
                return names
            names = stepped.select("key", f.col("next").alias("name"))

    def named(self, lines, names):
        """Lines under the name of their key; Spark itself splits a key that many lines have while it joins them."""
        return lines.join(names, "key", "left").select(
            f.coalesce("name", "key").alias("key"), "kind", "arrival", "payload")

    def through(self, lines, verb, plan):
        """Lines brought together by key, sorted, and through a filter."""
        terms = self.context.broadcast(plan)
        sorted_lines = lines.repartition(self.parts, "key").sortWithinPartitions(*LINE.names)
        return self.frame(self.texts(sorted_lines).mapPartitions(filtered(self.waybill, verb, terms)))

    def judge(self, rows, past, plan):
        # Without an export, keys of which no row speaks stay as they are; an export asks every one of them.
        if not self.has_export(plan):
            past = past.join(rows.select("key").distinct(), "key", "left_semi")
        return self.through(past.unionByName(rows), "judge", plan).persist(StorageLevel.DISK_ONLY)

    @staticmethod
    def has_export(plan):
        return any(work[0] == "judged" and work[2] == "reconcile" for work in decisions(plan).values())

    def answers(self, judged, originals, plan):
        works = decisions(plan)
        parts = ("document", "feed", "missing", "released", "verdict")
        lines = judged.filter(judged.key.like("f:%") & judged.kind.isin(*parts)).unionByName(originals)
        repeated = [key_of(number) for number, work in works.items() if work[0] == "repeated"]
        items = self.publish(lines.filter(~lines.key.isin(repeated)) if repeated else lines, plan)
        if repeated:
            # The first answer may be one of this very run, which lies in the outbox now.
            first = [(key_of(number), unquote(path)) for number, work in works.items()
                     if work[0] == "repeated" for path in work[4:]]
            again = self.context.parallelize(first, max(1, min(self.parts, len(first) or 1)))
            pieces = [line for key, path in again.collect() for line in self.pieces(key, path)]
            extra = self.spark.createDataFrame(pieces, LINE) if pieces else self.spark.createDataFrame([], LINE)
            items += self.publish(lines.filter(lines.key.isin(repeated)).unionByName(extra), plan)
        return items

    def pieces(self, key, path):
        partner, name = path.split("/", 1)
        content = self.outbox.read(partner, name)
        word = base64.b64encode(name.encode("utf-8", "surrogateescape")).decode()
        for place in range(0, max(1, len(content)), FILE_CHUNK):
            yield (key, "answer", f"{word}.{place:016d}",
                   base64.b64encode(content[place:place + FILE_CHUNK]).decode())

    def publish(self, lines, plan):
        """Assembles, and writes the answers whole: aside by Spark's own writer, then renamed."""
        made = self.through(lines, "assemble", plan).persist(StorageLevel.DISK_ONLY)
        made.filter("kind = 'past'").write.mode("append").parquet(self.after.url + "/staged/unread")
        items = [tuple(line) for line in made.filter("kind = 'item'").collect()]
        paths = [line.key for line in made.filter("kind = 'answer'").select("key").distinct().collect()]
        together = made.filter("kind = 'answer'").repartition(self.parts, "key").sortWithinPartitions("key", "arrival")
        schema = StructType([
            StructField("answer", StringType(), False), StructField("number", IntegerType(), False),
            StructField("line", BinaryType(), False)])
        answers = together.select("key", "payload").rdd.mapPartitions(lines_of_answers)
        parts = self.spark.createDataFrame(answers, schema, verifySchema=False)
        staged = Files(self.spark, self.after.url + "/staged/answers")
        staged.remove()
        parts.repartition(self.parts, "answer").sortWithinPartitions("answer", "number").select(
            "answer", f.col("line").cast("string").alias("line")
        ).write.mode("overwrite").partitionBy("answer").text(staged.url)
        for path in paths:
            parts_of = [entry.getPath() for entry in staged.list("answer=" + name_of(path))
                        if entry.getPath().getName().startswith("part-")]
            if len(parts_of) != 1:
                raise RuntimeError(f"{path} was written in {len(parts_of)} parts")
            partner, name = path.split("/", 1)
            self.outbox.move(parts_of[0], *[unquote(word) for word in [partner] + name.split("/")])
        made.unpersist()
        return items

    def commit(self, judged, past, rows, links, plan, items, files, works):
        def write(lines, part):
            lines.select(f.concat_ws("\t", *LINE.names)).write.mode("overwrite").text(self.after.url + "/" + part)

        fresh = judged.filter("kind = 'past'")
        kept = self.kept("past")
        if not self.has_export(plan):
            # Where no row spoke of a key, its past is what it was.
            still = past.join(rows.select("key").distinct(), "key", "left_anti").select(
                f.substring_index("payload", " ", 1).alias("key"), "kind", "arrival", "payload")
            fresh = fresh.unionByName(still)
        fresh = fresh.unionByName(self.spark.read.schema(LINE).parquet(self.after.url + "/staged/unread"))
        write(fresh.unionByName(kept.filter("key like 'f:%'")), "past")
        tied = judged.filter("kind = 'link'").select("key", "payload").union(
            self.kept("links").select("key", "payload")).distinct()
        write(tied.select("key", f.lit("link").alias("kind"), f.lit("-").alias("arrival"), "payload"), "links")
        self.after.write(settled_terms(plan, items), "terms")
        changed = {(partner, name): time for partner, name, time in files.values()}
        gone = []
        for work in works.values():
            if work[0] != "held":
                partner, name = split_path(work[1])
                gone.append((partner, name, changed[(partner, name)], archived(work, name)))
        done = "".join(
            f"{quote_name(partner)}\t{quote_name(name)}\t{time}\t{kept}\n" for partner, name, time, kept in gone)
        self.after.remove("staged")
        self.after.write(done.encode(), "_DONE")
        for file in gone:
            self.take(*file)


# What the driver reads of a plan.


def decisions(plan):
    """By number: the words of the file's plan."""
    works = {}
    for line in plan.decode("ascii").splitlines():
        cells = line.split("\t")
        if cells[0] == "!" and cells[1] == "plan":
            works[int(cells[2])] = cells[3].split(" ")
    return works


def needed(plan):
    """The lines that judging depends on."""
    return [line for line in plan.splitlines() if line.startswith((b"!\tplan\t", b"!\tcourier\t"))]


def settled_terms(plan, items):
    """The terms as the next run takes them up: the decisions as they were made in place of those that were planned."""
    made = {line[2]: "\t".join(line) for line in items}
    lines, total = [], Sum()
    for line in plan.decode("ascii").splitlines():
        cells = line.split("\t", 3)
        if line.startswith(TRAILER.decode()) or cells[1] in ("plan", "clock"):
            continue
        if cells[1] == "item":
            line = made.get(cells[2], line)
        lines.append(line.encode("ascii"))
    for line in sorted(lines):
        total.add(line)
    return b"".join(line + b"\n" for line in sorted(lines)) + total.trailer() + b"\n"


def split_path(path):
    partner, name = path.split("/", 1)
    return unquote_name(partner), unquote_name(name)


def archived(work, name):
    """Where a ledger's archive has a file; one with credentials is kept nowhere."""
    if work[2] == "carriers" or work[3] == "-":
        return "-"
    return f"{work[3][:2]}/{work[3]}" + (".gz" if name.lower().endswith(".gz") else "")


def unquote_name(word):
    return unquote_to_bytes(word).decode("utf-8", "surrogateescape")


def quote_name(name):
    return "".join(
        chr(byte) if 0x20 < byte < 0x7F and byte != 0x25 else f"%{byte:02x}"
        for byte in name.encode("utf-8", "surrogateescape"))


def key_of(number):
    return f"f:{number:012d}"


def arguments(words):
    parser = argparse.ArgumentParser(description="processes the backlog of an exchange on Spark")
    for name, meaning in [("inbox", "the folder of the partners' inboxes"), ("outbox", "the folder of their outboxes"),
                          ("snapshot", "what the run before left"), ("next", "where this run leaves it")]:
        parser.add_argument("--" + name, required=True, help=meaning)
    parser.add_argument("--at", default=None, help="the clock of the run, as 2026-11-21T02:10:04+05:30")
    parser.add_argument("--config", default=None, help="exchange.json, where it is not in the snapshot already")
    parser.add_argument("--waybill", default="waybill", help="the program on every worker")
    parser.add_argument("--archive", default=None, help="where files go that are answered, as to ROOT/ledger/archive")
    parser.add_argument("--partitions", type=int, default=None, help="into how many tasks the keys are cut")
    options = parser.parse_args(words)
    if options.at is None:
        options.at = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    return options


def main():
    options = arguments(sys.argv[1:])
    spark = SparkSession.builder.appName("waybill").getOrCreate()
    try:
        Run(spark, options).run()
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
