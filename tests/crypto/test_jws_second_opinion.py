"""Our documents read by JOSE libraries, signature by signature, and theirs by us."""

import json
import os
import subprocess
from typing import Any

import jwcrypto.jwk  # type: ignore[import-untyped]
import jwcrypto.jws  # type: ignore[import-untyped]
import pytest

from app.crypto import base64url, jws, strictjson
from app.crypto.jwk import SigningKeys
from tests.vectors import make_jws
from tests.vectors.make_jws import TYP

KEYS = make_jws.keys("test")
PAYLOAD = b'{"kind":"example","v":1}'

SCRIPT = """
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import fs from "node:fs";
const require = createRequire(process.env.CASE_HANDOVER_NODE_MODULES + "/");
const load = (name) => import(pathToFileURL(require.resolve(name)));
const jose = await load("jose");
const { ml_dsa65 } = await load("@noble/post-quantum/ml-dsa.js");
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64url"));
const text = (data) => Buffer.from(data).toString("base64url");
const { task, keys: [first, second], document, headers } = JSON.parse(fs.readFileSync(0));
const key = await jose.importJWK(first, "Ed25519");
if (task === "verify") {
  const [one, two] = document.signatures;
  const alone = { ...document, signatures: [one] };
  const { payload, protectedHeader } = await jose.generalVerify(alone, key);
  const input = new TextEncoder().encode(`${two.protected}.${document.payload}`);
  console.log(JSON.stringify({
    payload: text(payload),
    headers: [protectedHeader, jose.decodeProtectedHeader(two)],
    thumbprints: await Promise.all([first, second].map((jwk) => jose.calculateJwkThumbprint(jwk))),
    mldsa65: ml_dsa65.verify(bytes(two.signature), input, bytes(second.pub)),
  }));
} else {
  const signer = new jose.GeneralSign(bytes(document.payload));
  signer.addSignature(key).setProtectedHeader(headers[0]);
  const one = (await signer.sign()).signatures[0];
  const start = text(JSON.stringify(headers[1]));
  const input = new TextEncoder().encode(`${start}.${document.payload}`);
  const { secretKey } = ml_dsa65.keygen(bytes(second.priv));
  const two = { protected: start, signature: text(ml_dsa65.sign(input, secretKey)) };
  console.log(JSON.stringify([one, two]));
}
"""


def private_jwks(keys: SigningKeys) -> list[dict[str, str]]:
    """RFC 8037 `d` and RFC 9964 `priv`."""
    (first, second), (d, seed) = keys.public.jwks(), keys.seeds
    return [
        {**first, "d": base64url.encode(d)},
        {**second, "priv": base64url.encode(seed)},
    ]


def headers() -> list[dict[str, str]]:
    pairs = zip(jws.ALGORITHMS, KEYS.public.kids, strict=True)
    return [{"alg": alg, "kid": kid, "typ": TYP} for alg, kid in pairs]


def assert_ours(entries: list[dict[str, str]]) -> None:
    """The signatures of another library, put together as we send them, verify."""
    document = {"payload": base64url.encode(PAYLOAD), "signatures": entries}
    wire = make_jws.dump(document)
    assert jws.verify(jws.parse(wire, TYP, limit=999), KEYS.public).payload == PAYLOAD


def test_jwcrypto_verifies_both_of_our_signatures() -> None:
    document = json.loads(jws.sign(json.loads(PAYLOAD), TYP, KEYS).wire)
    for place, key in enumerate(KEYS.public.jwks()):
        token = jwcrypto.jws.JWS()
        alone = {**document, "signatures": [document["signatures"][place]]}
        token.deserialize(json.dumps(alone))
        token.allowed_algs = list(jws.ALGORITHMS)
        token.verify(jwcrypto.jwk.JWK(**key))
        assert token.payload == PAYLOAD
        with pytest.raises(jwcrypto.jws.InvalidJWSSignature):
            token.verify(jwcrypto.jwk.JWK(**make_jws.STRANGER.public.jwks()[place]))


def test_jwcrypto_agrees_on_the_thumbprints() -> None:
    thumbprints = [jwcrypto.jwk.JWK(**key).thumbprint() for key in KEYS.public.jwks()]
    assert tuple(thumbprints) == KEYS.public.kids


def test_we_verify_what_jwcrypto_signs() -> None:
    token = jwcrypto.jws.JWS(PAYLOAD)
    token.allowed_algs = list(jws.ALGORITHMS)
    for jwk, header in zip(private_jwks(KEYS), headers(), strict=True):
        protected = strictjson.canonical({**header}).decode()
        token.add_signature(jwcrypto.jwk.JWK(**jwk), None, protected)
    assert_ours(json.loads(token.serialize())["signatures"])


def test_why_no_library_reads_for_us() -> None:
    """jwcrypto is content with one good signature; we are not."""
    wire = (make_jws.FOLDER / "half-forged.txt").read_bytes().split(b"\n\n", 1)[1]
    token = jwcrypto.jws.JWS()
    token.deserialize(wire.decode())
    token.allowed_algs = list(jws.ALGORITHMS)
    token.verify(jwcrypto.jwk.JWK(**make_jws.SENDER.public.jwks()[0]))
    assert token.is_valid


def node(**task: object) -> Any:
    """What npm's `jose` makes of Ed25519, and of ML-DSA-65 the library below `age-encryption`.

    (`jose` itself does ML-DSA only where Node.js does, from version 24 on.)
    """
    assert "CASE_HANDOVER_NODE_MODULES" in os.environ, "name a node_modules folder that has jose"
    done = subprocess.run(
        ["node", "--input-type=module", "-e", SCRIPT],
        input=json.dumps(task).encode(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.mark.interop
def test_jose_and_noble_verify_our_signatures() -> None:
    document = json.loads(jws.sign(json.loads(PAYLOAD), TYP, KEYS).wire)
    answer = node(task="verify", keys=KEYS.public.jwks(), document=document)
    assert answer["mldsa65"] is True
    assert answer["headers"] == headers()
    assert base64url.decode(answer["payload"]) == PAYLOAD
    assert tuple(answer["thumbprints"]) == KEYS.public.kids


@pytest.mark.interop
def test_we_verify_what_jose_and_noble_sign() -> None:
    document = {"payload": base64url.encode(PAYLOAD)}
    entries = node(task="sign", keys=private_jwks(KEYS), document=document, headers=headers())
    assert_ours([dict(sorted(entry.items())) for entry in entries])
