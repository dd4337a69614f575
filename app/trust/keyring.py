"""An authority's own private keys.

Nothing here is ever shown: representations name public thumbprints and dates only. Keys are
rotated and never removed: old identities open what was sealed to them until retention ends.
"""

import os
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, PlainValidator, model_validator

from app.crypto import base64url, ids
from app.crypto.jwk import SigningKeys
from app.crypto.recipients import HybridIdentity
from app.errors import Malformed, NotAllowed, NotFound
from app.trust import forms
from app.trust.authority import Keyset, Recipient, Revocation
from app.trust.forms import AuthorityId, Form, Id, Moment

SIGNING = timedelta(days=400)
ACCEPTANCE = timedelta(days=90)
"""How long others accept what a keyset signed after it stopped signing."""
LEAD = timedelta(days=14)
"""Time for a new card to reach the others before its keys are used."""


class SecretKey:
    """32 secret bytes that do not show themselves."""

    __slots__ = ("raw",)

    def __init__(self, raw: bytes) -> None:
        if len(raw) != 32:
            raise Malformed("keyring-form", "Use a key of 32 bytes.")
        self.raw = raw

    def __repr__(self) -> str:
        return "SecretKey(...)"


def _signing_keys(given: Any) -> SigningKeys:
    if isinstance(given, SigningKeys):
        return given
    match given:
        case [str(first), str(second)]:
            return SigningKeys.from_seeds(base64url.decode(first), base64url.decode(second))
    raise ValueError("two seeds")


def _identity(given: Any) -> HybridIdentity:
    if isinstance(given, HybridIdentity):
        return given
    if not isinstance(given, str):
        raise ValueError("an identity is text")  # noqa: TRY004 - the error that pydantic collects
    return HybridIdentity.from_string(given)


def _secret(given: Any) -> SecretKey:
    if isinstance(given, SecretKey):
        return given
    if not isinstance(given, str):
        raise ValueError("a key is text")  # noqa: TRY004 - the error that pydantic collects
    return SecretKey(base64url.decode(given))


PrivateKeys = Annotated[
    SigningKeys,
    PlainValidator(forms.refusing(_signing_keys)),
    PlainSerializer(lambda keys: [base64url.encode(seed) for seed in keys.seeds], when_used="json"),
]
PrivateIdentity = Annotated[
    HybridIdentity,
    PlainValidator(forms.refusing(_identity)),
    PlainSerializer(HybridIdentity.to_string, when_used="json"),
]
Secret = Annotated[
    SecretKey,
    PlainValidator(forms.refusing(_secret)),
    PlainSerializer(lambda key: base64url.encode(key.raw), when_used="json"),
]


class SigningKeyset(Form):
    """A pair of signature keys, when we sign with it, and whether we took it back."""

    id: Id
    seeds: PrivateKeys
    created: Moment
    sign_from: Moment
    sign_until: Moment
    revoked: Revocation | None


class BundleIdentity(Form):
    """A key that opens bundles sealed to us, and from when others seal to it."""

    created: Moment
    seal_from: Moment
    key: PrivateIdentity


class Keyring(Form):
    """Lists are in order of creation. `root` is null where a regional directory is followed."""

    v: Literal[1]
    authority: AuthorityId
    signing: Annotated[tuple[SigningKeyset, ...], Field(min_length=1, max_length=20)]
    bundle: Annotated[tuple[BundleIdentity, ...], Field(min_length=1, max_length=200)]
    archive: Annotated[tuple[BundleIdentity, ...], Field(min_length=1, max_length=200)]
    draft: PrivateIdentity
    label_key: Secret
    """Seals the labels that lists show, and the purposes of the access log."""
    match_key: Secret
    """Recognises a repeat child by HMAC; never leaves this authority."""
    root: PrivateKeys | None

    @model_validator(mode="after")
    def _in_order(self) -> "Keyring":
        for dates in (
            [one.sign_from for one in self.signing],
            [one.seal_from for one in self.bundle],
            [one.seal_from for one in self.archive],
        ):
            if dates != sorted(dates):
                raise ValueError("keys stand in the order of their use")
        return self

    @classmethod
    def create(cls, authority: str, now: datetime) -> "Keyring":
        """New keys for `authority`, a root of its own among them.

        Raises Malformed `keyring-form` for an identifier that is none.
        """
        made = {
            "v": 1,
            "authority": authority,
            "signing": (_new_keyset(now, now),),
            "bundle": (_new_identity(now, now),),
            "archive": (_new_identity(now, now),),
            "draft": HybridIdentity.generate(),
            "label_key": SecretKey(os.urandom(32)),
            "match_key": SecretKey(os.urandom(32)),
            "root": SigningKeys.generate(),
        }
        return forms.build(cls, made, "keyring-form")

    def rotate(self, now: datetime, lead: timedelta = LEAD) -> "Keyring":
        """New signature, bundle and archive keys, in use after `lead` (nought in an emergency)."""
        use = self._free(now + lead)
        added = {
            "signing": _in_use(*self.signing, _new_keyset(now, use), by="sign_from"),
            "bundle": _in_use(*self.bundle, _new_identity(now, use), by="seal_from"),
            "archive": (*self.archive, _new_identity(now, now)),
        }
        return forms.build(Keyring, {**dict(self), **added}, "keyring-form")

    def revoke(
        self, keyset_id: str, now: datetime, *, since: datetime, compromised: bool
    ) -> "Keyring":
        """One keyset taken back `since` a moment; the card that says so must reach the others.

        Raises NotFound `keyring-no-such-keyset`.
        """
        if keyset_id not in [one.id for one in self.signing]:
            raise NotFound("keyring-no-such-keyset", "Name a keyset of this keyring.")
        revocation = Revocation(
            at=forms.whole(now), since=forms.whole(since), compromised=compromised
        )
        signing = tuple(
            one.model_copy(update={"revoked": revocation}) if one.id == keyset_id else one
            for one in self.signing
        )
        return forms.build(Keyring, {**dict(self), "signing": signing}, "keyring-form")

    def succeed(self, identifier: str, now: datetime) -> "Keyring":
        """The keyring of the authority that takes our place: with signature keys of its own, for a
        key belongs to one authority, and all that opens and recognises what we hold.

        Raises Malformed `keyring-form` for an identifier that is none.
        """
        added = {
            "authority": identifier,
            "signing": (_new_keyset(now, now),),
            "bundle": _in_use(*self.bundle, _new_identity(now, self._free(now)), by="seal_from"),
        }
        return forms.build(Keyring, {**dict(self), **added}, "keyring-form")

    def _free(self, use: datetime) -> datetime:
        """`use`, or the first second after it at which no other key comes into use."""
        taken = {one.seal_from for one in self.bundle} | {one.sign_from for one in self.signing}
        use = forms.whole(use)
        while use in taken:
            use += timedelta(seconds=1)
        return use

    def keyset(self, now: datetime) -> SigningKeyset:
        """The newest keyset in use and not revoked. Raises NotAllowed `keyring-no-keyset`."""
        for one in reversed(self.signing):
            if one.sign_from <= now < one.sign_until and not one.revoked:
                return one
        raise NotAllowed(
            "keyring-no-keyset",
            "No signature key is in use on this day: rotate the keyring.",
            retryable=True,
        )

    def signing_keys(self, now: datetime) -> SigningKeys:
        """What to sign with. Raises as `keyset` does."""
        return self.keyset(now).seeds

    def counts(self, kids: tuple[str, str], now: datetime) -> bool:
        """That others still take what we signed with these keys; false for keys that are not here.
        Raises as `Keyset.judge` does."""
        for one in self.public_keysets():
            if one.keys.kids == kids:
                one.judge(now)
                return True
        return False

    def vouching_keys(self, now: datetime) -> SigningKeys:
        """What to sign our card with: the oldest that are still in use and not revoked, for whoever
        missed the newer ones trusts these. Raises as `keyset` does."""
        good = (
            one for one in self.signing if one.sign_from <= now < one.sign_until and not one.revoked
        )
        return next((one.seeds for one in good), None) or self.signing_keys(now)

    def identities(self) -> tuple[HybridIdentity, ...]:
        """All that open bundles sealed to us, newest first."""
        return tuple(one.key for one in reversed(self.bundle))

    def archive_identities(self) -> tuple[HybridIdentity, ...]:
        """All that open what we sealed to ourselves, newest first: the first is sealed to."""
        return tuple(one.key for one in reversed(self.archive))

    def public_keysets(self) -> tuple[Keyset, ...]:
        """The signature keys as a card publishes them."""
        return tuple(
            Keyset(
                id=one.id,
                keys=one.seeds.public,
                sign_from=one.sign_from,
                sign_until=one.sign_until,
                accept_until=one.sign_until + ACCEPTANCE,
                revoked=one.revoked,
            )
            for one in self.signing
        )

    def public_recipients(self) -> tuple[Recipient, ...]:
        """The newest two recipients for bundles as a card publishes them."""
        newest = self.bundle[-2:]
        ends = [one.seal_from for one in newest[1:]]
        return tuple(
            Recipient(key=one.key.recipient.to_string(), seal_from=one.seal_from, seal_until=end)
            for one, end in zip(newest, [*ends, None], strict=True)
        )


def _in_use(*keys: Any, by: str) -> tuple[Any, ...]:
    """In the order of their use: what is needed now may come before what was made for later."""
    return tuple(sorted(keys, key=attrgetter(by)))


def _new_keyset(now: datetime, use: datetime) -> SigningKeyset:
    use = forms.whole(use)
    return SigningKeyset(
        id=ids.new_id(),
        seeds=SigningKeys.generate(),
        created=forms.whole(now),
        sign_from=use,
        sign_until=use + SIGNING,
        revoked=None,
    )


def _new_identity(now: datetime, use: datetime) -> BundleIdentity:
    return BundleIdentity(
        created=forms.whole(now), seal_from=forms.whole(use), key=HybridIdentity.generate()
    )
