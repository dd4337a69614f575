"""A real S3 server for tests: moto's, over HTTP on the loopback, in a thread of the process."""

import logging
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer


Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

BUCKET = "sealed-fictional"
REGION = "eu-west-2"
SECRET = "FICTIONAL-SECRET-KEY"


@dataclass
class S3:
    """A running server with one bucket. `environment` is what obstore needs to reach it.

    `between`: a test's own handler of requests, which may pass them on to the one it is given.
    """

    server: "BaseWSGIServer"
    client: Any
    between: Callable[[Application, dict[str, Any], Any], Iterable[bytes]] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.server.port}",
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "FICTIONALKEYID",
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }

    def url(self) -> str:
        """A place that nothing has been put in."""
        return f"s3://{BUCKET}/{secrets.token_hex(8)}"

    def age(self, url: str, key: str, by: timedelta) -> None:
        """Make objects whose key begins so older than they are."""
        from moto.s3.models import s3_backends

        prefix = url.removeprefix(f"s3://{BUCKET}/")
        held = s3_backends["123456789012"]["aws"].buckets[BUCKET].keys
        for name in held:
            if name.startswith(f"{prefix}/{key}"):
                held[name].last_modified -= by

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def serve() -> S3:
    """Start a server, and make the bucket.

    Its answers are made one at a time: moto looks whether an object is there and then puts it,
    where S3 does both at once.
    """
    import boto3  # these take a second or two, and every process of a test run reads this file
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    moto: Application = DomainDispatcherApplication(create_backend_app)
    one = threading.Lock()

    def application(environment: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with one:
            if found.between is not None:
                return found.between(moto, environment, start_response)
            return moto(environment, start_response)

    server = make_server("127.0.0.1", 0, application, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found = S3(server, None)
    found.client = boto3.client(
        "s3",
        endpoint_url=found.environment["AWS_ENDPOINT_URL"],
        region_name=REGION,
        aws_access_key_id="FICTIONALKEYID",
        aws_secret_access_key=SECRET,
    )
    found.client.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    return found
