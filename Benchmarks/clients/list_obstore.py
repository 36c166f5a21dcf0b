"""Lists a bucket with obstore: `list_obstore.py BUCKET lists|arrow`.

Lists of objects are what it gives unless it is asked for Arrow tables, which its documentation says are faster. Neither
has owners.
"""

import os
import sys

import obstore
from obstore.store import S3Store

store = S3Store(
    sys.argv[1], endpoint=os.environ["AWS_ENDPOINT_URL_S3"], region=os.environ["AWS_REGION"],
    access_key_id=os.environ["BENCH_ACCESS_KEY"], secret_access_key=os.environ["BENCH_SECRET_KEY"],
    virtual_hosted_style_request=False, client_options={"allow_http": True})
if sys.argv[2] == "arrow":
    print(sum(batch.num_rows for batch in obstore.list(store, chunk_size=1000, return_arrow=True)))
else:
    print(sum(len(batch) for batch in obstore.list(store)))
