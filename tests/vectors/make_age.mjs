// Adds npm's age-encryption's own files to tests/vectors/age:
//   CASE_HANDOVER_NODE_MODULES=.../node_modules node tests/vectors/make_age.mjs
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const modules = process.env.CASE_HANDOVER_NODE_MODULES;
const age = await import(pathToFileURL(join(modules, "age-encryption/dist/index.js")));
const folder = new URL("./age/", import.meta.url);
const text = new TextEncoder().encode("A fictional document, sealed by the second implementation.\n");
const sha256 = (data) => createHash("sha256").update(data).digest("hex");

function put(name, fields, file) {
  const head = Object.entries(fields).map(([key, value]) => `${key}: ${value}\n`).join("");
  writeFileSync(new URL(name, folder), Buffer.concat([Buffer.from(head + "\n"), file]));
}

async function seal(plain, ...recipients) {
  const encrypter = new age.Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return encrypter.encrypt(plain);
}

const mine = await age.generateHybridIdentity();
const other = await age.generateHybridIdentity();
const [toMine, toOther] = [await age.identityToRecipient(mine), await age.identityToRecipient(other)];

put("npm_one", { expect: "success", identity: mine, recipient: toMine, payload: sha256(text) },
  await seal(text, toMine));
put("npm_two", { expect: "success", identity: mine, payload: sha256(text) },
  await seal(text, toOther, toMine));
put("npm_empty", { expect: "success", identity: mine, payload: sha256("") },
  await seal(new Uint8Array(0), toMine));
put("npm_no_match", { expect: "age-no-identity-matches", identity: other }, await seal(text, toMine));

const x25519 = await age.identityToRecipient(await age.generateX25519Identity());
put("npm_x25519_only", { expect: "age-no-identity-matches", identity: mine }, await seal(text, x25519));

const changed = await seal(text, toMine);
changed[changed.length - 1] ^= 1;
put("npm_changed", { expect: "age-payload-chunk", identity: mine }, changed);

const passphrase = "fictional passphrase";
const encrypter = new age.Encrypter();
encrypter.setPassphrase(passphrase);
encrypter.setScryptWorkFactor(5);
put("npm_scrypt", { expect: "success", passphrase, payload: sha256(text) }, await encrypter.encrypt(text));
