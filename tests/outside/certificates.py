"""Certificates made on the spot, good and bad, and a server that shows them."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.outside.servers import Asked, serving

HERE = x509.IPAddress(ip_address("127.0.0.1"))
DAY = timedelta(days=1)


@dataclass
class Root:
    """A certificate authority of a test's own."""

    folder: Path

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Root of a test")])
        made = _builder(self._name, self._name, self._key, DAY)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.file = self.folder / "root.pem"
        self.file.write_bytes(_pem(made.sign(self._key, hashes.SHA256())))

    def issue(
        self, *, name: x509.GeneralName = HERE, ends: timedelta = DAY, own: bool = False
    ) -> Path:
        """Certificate and key for a name, as one file. `own`: signed by itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Server of a test")])
        made = _builder(subject, subject if own else self._name, key, ends)
        made = made.add_extension(x509.SubjectAlternativeName([name]), critical=False)
        file = self.folder / "server.pem"
        file.write_bytes(
            _pem(made.sign(key if own else self._key, hashes.SHA256()))
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return file


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, ends: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 30 * DAY)
        .not_valid_after(now + ends)
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


@contextmanager
def serving_tls(
    shown: Path, answer: bytes, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
) -> Iterator[tuple[str, list[str]]]:
    """A server with this certificate that gives one answer to everything; its endpoint, and the
    paths that it was asked for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown)
    if newest < ssl.TLSVersion.TLSv1_2:
        context.set_ciphers("ALL:@SECLEVEL=0")  # nothing older works at today's level
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = newest
    asked: list[str] = []

    def answering(one: Asked) -> None:
        asked.append(one.path)
        one.answer(200, answer)

    with serving(answering, context) as endpoint:
        yield endpoint, asked
