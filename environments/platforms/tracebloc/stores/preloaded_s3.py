"""The description of the S3 API, read when this module is imported: whoever is forked after that need not read it again (0.25 s).

Source: boto3's default session, which `boto3.client` uses and which keeps what it has read.
"""

import boto3

NOBODY = "none"

# nobody is asked anything by making a client
boto3.client("s3", region_name="us-east-1", endpoint_url="http://127.0.0.1:1", aws_access_key_id=NOBODY, aws_secret_access_key=NOBODY)
