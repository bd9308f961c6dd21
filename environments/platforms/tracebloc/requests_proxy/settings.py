"""What the requests proxy is configured with."""

from pydantic import SecretStr

from environments.platforms.tracebloc.edge.login import EdgeSettings

MEBIBYTE = 1024 * 1024


class Settings(EdgeSettings):
    """Source: tracebloc client chart 1.9.62 (POD_TOKEN_SIGNING_SECRET); the others are our choice. boto3 reads AWS_* itself."""

    http_host: str = "127.0.0.1"
    http_port: int
    pod_token_signing_secret: SecretStr
    object_store_url: str
    object_store_bucket: str = "tracebloc"
    max_weights_bytes: int = 256 * MEBIBYTE
