#!/usr/bin/env python3
"""Writes Parquet files with pyarrow, and beside each what a reader of inventories has to find in it.

    make.py FOLDER [SEED]    NAME.parquet with NAME.rows, a line for each row as pyarrow reads it, or NAME.refused

Without a seed it writes the fixtures of this folder, with the SHA-256 of the lines; with one, larger files that differ
from seed to seed.
"""
import datetime
import hashlib
import random
import sys

import pyarrow as pa
import pyarrow.parquet as pq

folder = sys.argv[1]
seed = int(sys.argv[2]) if len(sys.argv) > 2 else None
chance = random.Random(seed if seed is not None else 1)
many = 20000 if seed is not None else 40
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
TEXTS = ["version_id", "e_tag", "encryption_status", "object_owner", "object_access_control_list", "storage_class"]


def text(length, alphabet="abcdefghijklmnop/é😀%+ \"\n"):
    return "".join(chance.choice(alphabet) for _ in range(length))


def rows(count, nulls=0.2, key_length=40, distinct=5):
    owners = [text(64, "0123456789abcdef") for _ in range(distinct)]
    acls = [text(300 if seed is not None else 80, "ABCDEFabcdef0123456789+/=") for _ in range(distinct)]

    def maybe(value):
        return None if chance.random() < nulls else value

    for _ in range(count):
        key = text(key_length)
        while len(key.encode()) > 1024:
            key = key[:-1]
        yield {
            "bucket": "b", "key": key or "k", "version_id": maybe(text(32, "abc123")),
            "is_latest": chance.random() < 0.5, "is_delete_marker": maybe(chance.random() < 0.3),
            "size": maybe(chance.choice([0, 1, 2 ** 40, 2 ** 59, chance.randrange(10 ** 12)])),
            "last_modified_date": maybe(chance.randrange(4 * 10 ** 12)), "e_tag": maybe(text(32, "0123456789abcdef")),
            "storage_class": maybe("STANDARD"), "is_multipart_uploaded": maybe(False),
            "encryption_status": maybe(chance.choice(["SSE-S3", "SSE-KMS", "DSSE-KMS", "NOT-SSE", "SSE-C", "odd"])),
            "object_access_control_list": maybe(chance.choice(acls)), "object_owner": maybe(chance.choice(owners)),
        }


def schema(versions=True, unit="ms", nullable=True, extra=False):
    fields = [pa.field("bucket", pa.string(), nullable=False), pa.field("key", pa.string(), nullable=False)]
    if extra:
        fields.append(pa.field("tags", pa.list_(pa.struct([("object_owner", pa.string()), ("v", pa.list_(pa.int32()))]))))
    if versions:
        fields += [pa.field("version_id", pa.string(), nullable), pa.field("is_latest", pa.bool_(), nullable=False),
                   pa.field("is_delete_marker", pa.bool_(), nullable)]
    fields += [pa.field("size", pa.int64(), nullable), pa.field("last_modified_date", pa.timestamp(unit), nullable)]
    fields += [pa.field(name, pa.bool_() if name == "is_multipart_uploaded" else pa.string(), nullable) for name in
               ["e_tag", "storage_class", "is_multipart_uploaded", "encryption_status", "object_access_control_list",
                "object_owner"]]
    if extra:
        fields.append(pa.field("later", pa.float64()))
    return pa.schema(fields)


def table(data, form):
    columns = []
    for field in form:
        if field.name == "tags":
            values = [[{"object_owner": "x", "v": [1, 2]}] * chance.randrange(3) for _ in data]
        elif field.name == "later":
            values = [1.5 for _ in data]
        else:
            values = [row[field.name] for row in data]
        if pa.types.is_timestamp(field.type):
            factor = {"ms": 1, "us": 1000, "ns": 10 ** 6}[field.type.unit]
            values = pa.array([None if v is None else v * factor for v in values], pa.int64()).cast(field.type)
            columns.append(values)
        else:
            columns.append(pa.array(values, field.type))
    return pa.Table.from_arrays(columns, schema=form)


def line(row):
    """What the reader passes on: hexadecimal digits of texts, - for what is not told."""
    def digits(value):
        return (value or "").encode().hex()
    time = row["last_modified_date"]
    kms = {"SSE-KMS": "1", "DSSE-KMS": "1", "SSE-S3": "0", "NOT-SSE": "0", "SSE-C": "0"}.get(row["encryption_status"], "-")
    return " ".join([
        "key=" + digits(row["key"]), "version=" + digits(row.get("version_id")),
        "latest=" + ("0" if row.get("is_latest") is False else "1"),
        "marker=" + ("1" if row.get("is_delete_marker") else "0"),
        "size=" + ("-" if row["size"] is None else str(row["size"])),
        "time=" + ("-" if time is None else str((time - EPOCH.replace(tzinfo=None)) // datetime.timedelta(milliseconds=1))),
        "etag=" + digits(row["e_tag"]), "kms=" + kms, "owner=" + digits(row["object_owner"]),
        "acl=" + digits(row["object_access_control_list"])]) + "\n"


def write(name, data, form=None, refused=None, **options):
    path = f"{folder}/{name}"
    pq.write_table(table(data, form or schema()), path + ".parquet", **options)
    if refused:
        open(path + ".refused", "w").write(refused)
        return
    read = pq.read_table(path + ".parquet", columns=[f.name for f in (form or schema()) if f.name not in ("tags", "later")])
    lines = "".join(line(row) for row in read.to_pylist())
    if seed is None:
        lines = f"sha256 {hashlib.sha256(lines.encode()).hexdigest()}\n"
    open(path + ".rows", "w").write(lines)


def all_data(**options):
    return list(rows(many, **options))


write("default", all_data())
write("plain", all_data(), use_dictionary=False)
write("groups", all_data(), row_group_size=max(7, many // 9))
write("fallback", all_data(distinct=many), dictionary_pagesize_limit=1024, data_page_size=512, row_group_size=many // 3)
write("version2", all_data(), data_page_version="2.0", data_page_size=1024)
write("version2-plain-gzip", all_data(), data_page_version="2.0", use_dictionary=False, compression="gzip")
write("version2-none", all_data(nulls=0.9), data_page_version="2.0", compression="none", data_page_size=300)
write("gzip", all_data(), compression="gzip")
write("none", all_data(nulls=0), compression="none", data_page_size=700)
write("nulls", all_data(nulls=1.0))
write("long-keys", list(rows(max(9, many // 20), key_length=1000)), data_page_size=2048)
write("current", all_data(), schema(versions=False))
write("micro", all_data(), schema(unit="us"), version="1.0")
write("nano", all_data(), schema(unit="ns"))
write("old", all_data(), version="1.0")
write("required", all_data(nulls=0), schema(nullable=False))
write("nested", all_data(), schema(extra=True))
write("empty", [])
write("zstd", list(rows(3)), compression="zstd", refused="ZSTD")
write("int96", list(rows(3)), use_deprecated_int96_timestamps=True, refused="INT96")
write("delta", list(rows(3)), use_dictionary=False, column_encoding={"key": "DELTA_BYTE_ARRAY"}, refused="DELTA_BYTE_ARRAY")
write("split", list(rows(3)), use_dictionary=False, column_encoding={"size": "DELTA_BINARY_PACKED"},
      refused="DELTA_BINARY_PACKED")
