// npm's age-encryption as a command, for tests:
//   node age.mjs keygen                       prints an identity, then its recipient
//   node age.mjs seal <recipient>...          standard input to standard output
//   node age.mjs open <identity>
//   node age.mjs seal-passphrase <logN> <passphrase>
//   node age.mjs open-passphrase <passphrase>
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const modules = process.env.CASE_HANDOVER_NODE_MODULES;
const age = await import(pathToFileURL(join(modules, "age-encryption/dist/index.js")));

const input = () => new Uint8Array(readFileSync(0));

function output(data) {
  for (let at = 0; at < data.length; ) at += writeSync(1, data, at);
}

const commands = {
  async keygen() {
    const identity = await age.generateHybridIdentity();
    output(Buffer.from(`${identity}\n${await age.identityToRecipient(identity)}\n`));
  },
  async seal(...recipients) {
    const encrypter = new age.Encrypter();
    for (const recipient of recipients) encrypter.addRecipient(recipient);
    output(await encrypter.encrypt(input()));
  },
  async open(identity) {
    const decrypter = new age.Decrypter();
    decrypter.addIdentity(identity);
    output(await decrypter.decrypt(input(), "uint8array"));
  },
  async "seal-passphrase"(logN, passphrase) {
    const encrypter = new age.Encrypter();
    encrypter.setPassphrase(passphrase);
    encrypter.setScryptWorkFactor(Number(logN));
    output(await encrypter.encrypt(input()));
  },
  async "open-passphrase"(passphrase) {
    const decrypter = new age.Decrypter();
    decrypter.addPassphrase(passphrase);
    output(await decrypter.decrypt(input(), "uint8array"));
  },
};

const [command, ...args] = process.argv.slice(2);
await commands[command](...args);
