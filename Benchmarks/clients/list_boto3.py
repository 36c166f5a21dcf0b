"""Lists a bucket with boto3, and counts the keys that are not its owner's."""

import sys

import boto3

keys = foreign = 0
pages = boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket=sys.argv[1], FetchOwner=True)
for page in pages:
    for entry in page["Contents"]:
        keys += 1
        foreign += entry["Owner"]["ID"] != sys.argv[2]
print(keys, foreign)
