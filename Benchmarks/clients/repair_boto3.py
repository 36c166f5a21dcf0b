"""Repairs the keys of a file with boto3 in 32 threads: `repair_boto3.py grant|copy BUCKET KEYS READER`."""

import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

work, bucket, keys, reader = sys.argv[1:]
s3 = boto3.client("s3", config=Config(max_pool_connections=32))


def grant(key):
    acl = s3.get_object_acl(Bucket=bucket, Key=key)
    grant = {"Grantee": {"Type": "CanonicalUser", "ID": reader}, "Permission": "READ"}
    policy = {"Owner": acl["Owner"], "Grants": acl["Grants"] + [grant]}
    s3.put_object_acl(Bucket=bucket, Key=key, AccessControlPolicy=policy)


def copy(key):
    s3.copy_object(
        Bucket=bucket, Key=key, CopySource={"Bucket": bucket, "Key": key}, MetadataDirective="REPLACE",
        GrantRead=f"id={reader}")


with ThreadPoolExecutor(32) as threads:
    print(sum(1 for _ in threads.map({"grant": grant, "copy": copy}[work], open(keys).read().split())))
