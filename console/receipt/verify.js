// Verifies a receipt in the browser, by what docs/receipts.md says and by nothing else: no server, no network.
// `verified(text, keys)` looks at every part that can be looked at and says of each whether it holds.

const UTF8 = new TextEncoder();

class Unproven extends Error {}

function require_(holds, why) {
  if (!holds) throw new Unproven(why);
}

function same(left, right) {
  return left.length === right.length && left.every((byte, place) => byte === right[place]);
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}

async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function unhex(text) {
  require_(typeof text === "string" && /^([0-9a-f]{2})*$/.test(text), "not hexadecimal as it must be written");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function unbase64(text) {
  require_(typeof text === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(text), "not base64");
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new Unproven("not base64");
  }
  require_(btoa(String.fromCharCode(...bytes)) === text, "base64 is not written as it must be");
  return bytes;
}

function written(value) {
  // The canonical form (RFC 8785) of what a receipt may hold: no fractions, keys in ASCII.
  if (Array.isArray(value)) return `[${value.map(written).join(",")}]`;
  if (value !== null && typeof value === "object") {
    return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${written(value[key])}`).join(",")}}`;
  }
  require_(typeof value !== "number" || Number.isSafeInteger(value), "a number that is none of a receipt");
  return JSON.stringify(value);
}

function strictObject(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Unproven("not JSON");
  }
  require_(value !== null && typeof value === "object" && !Array.isArray(value), "not an object");
  // A key that stands twice, a space or another order is written otherwise when it is written again.
  require_(written(value) === text, "not in canonical form");
  return value;
}

async function climb(leaf, index, size, path) {
  // The root that a path leads to (RFC 9162, 2.1.3.2). No shifts: a log may hold more entries than 32 bits count.
  require_(Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size, "the index lies outside the tree");
  if (size === 1) {
    require_(path.length === 0, "the path is too long");
    return leaf;
  }
  require_(path.length > 0, "the path is too short");
  let left = 1;
  while (left * 2 < size) left *= 2;
  const below = path.slice(0, -1);
  const sibling = path[path.length - 1];
  require_(sibling.length === 32, "a hash of the path has another length");
  return index < left
    ? sha256([1], await climb(leaf, index, left, below), sibling)
    : sha256([1], sibling, await climb(leaf, index - left, size - left, below));
}

const LOG = 1;
const WITNESS = 4;

async function readKey(text) {
  const [name, identifier, ...rest] = String(text).split("+");
  const content = unbase64(rest.join("+"));
  require_(content.length === 33 && (content[0] === LOG || content[0] === WITNESS), "not a key of a log or a witness");
  const id = (await sha256(UTF8.encode(`${name}\n`), content)).slice(0, 4);
  require_(hex(id) === identifier, "the id of the key is not its own");
  return { text, name, id, kind: content[0], key: content.slice(1) };
}

async function isSigned(key, signature, message) {
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    // The browser does not know Ed25519: the library beside this file does it, by the rules of RFC 8032.
    return noble.verifyAsync(signature, message, key, { zip215: false });
  }
  return crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
}

function readNote(note) {
  const end = note.lastIndexOf("\n\n");
  require_(end > 0, "the checkpoint has no signatures");
  const text = note.slice(0, end + 1);
  const lines = text.split("\n");
  require_(lines.length === 4 && lines[3] === "", "a checkpoint has three lines");
  const [origin, size] = lines;
  const root = unbase64(lines[2]);
  require_(/^(0|[1-9][0-9]{0,15})$/.test(size) && Number.isSafeInteger(Number(size)) && root.length === 32, "not a checkpoint");
  const rest = note.slice(end + 2);
  require_(rest.endsWith("\n"), "the last signature does not end its line");
  const signatures = rest.slice(0, -1).split("\n").map((line) => {
    const [dash, who, value, ...more] = line.split(" ");
    require_(dash === "—" && Boolean(who) && more.length === 0, "not a line of a signature");
    return { who, value: unbase64(value) };
  });
  return { text, origin, size: Number(size), root, signatures };
}

async function logSigned(note, keys) {
  let signed = false;
  for (const { who, value } of note.signatures) {
    for (const key of keys) {
      if (key.kind !== LOG || key.name !== who || who !== note.origin || !same(value.slice(0, 4), key.id)) continue;
      require_(await isSigned(key.key, value.slice(4), UTF8.encode(note.text)), `the signature of ${who} does not hold`);
      signed = true;
    }
  }
  require_(signed, `no key in this page has signed the checkpoint of ${note.origin}`);
}

async function witnesses(note, keys) {
  const found = [];
  for (const { who, value } of note.signatures) {
    const known = keys.filter((key) => key.name === who && same(value.slice(0, 4), key.id));
    // A witness of whom this page knows nothing, or one whose name or key was altered: that cannot be told apart.
    require_(known.length > 0, `the signature of ${who} is by no key in this page`);
    for (const key of known) {
      if (key.kind !== WITNESS) continue;
      require_(value.length === 76, `the cosignature of ${who} has another length`);
      const time = new DataView(value.buffer, 4, 8).getBigUint64(0);
      const message = UTF8.encode(`cosignature/v1\ntime ${time}\n${note.text}`);
      require_(await isSigned(key.key, value.slice(12), message), `the cosignature of ${who} does not hold`);
      found.push({ name: who, time: Number(time) });
    }
  }
  return found;
}

function readProof(text) {
  const end = text.indexOf("\n\n");
  require_(end > 0, "not a proof of an entry");
  const [first, place, ...path] = text.slice(0, end).split("\n");
  require_(first === "c2sp.org/tlog-proof@v1" && /^index (0|[1-9][0-9]{0,15})$/.test(place ?? ""), "not a proof of an entry");
  return { index: Number(place.slice(6)), path: path.map(unbase64), checkpoint: text.slice(end + 2) };
}

const MEMBERS = ["body", "envelope", "key", "kind", "line", "proof", "response", "salt"];
const LINE_MEMBERS = ["content", "count", "item", "path", "salt"];

function readReceipt(text) {
  const receipt = strictObject(text);
  require_(Object.keys(receipt).join() === MEMBERS.join(), "not the members of a receipt");
  require_(receipt.kind === "joint-sanctions-receipt/v1", "not a receipt of this kind");
  for (const name of MEMBERS) {
    require_(name === "line" || typeof receipt[name] === "string", `${name} is not text`);
  }
  return receipt;
}

// The file that was dropped, or the receipt within a page that shows one. What such a page shows is not looked at.
function receiptIn(text) {
  if (!text.startsWith("<")) return text;
  const held = [...text.matchAll(/<pre id="receipt">([A-Za-z0-9+/=\n]*)<\/pre>/g)];
  require_(held.length === 1, "not a page with one receipt in it");
  const bytes = unbase64(held[0][1].replaceAll("\n", ""));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Unproven("not UTF-8");
  }
}

const HOLDS = "holds";
const FAILS = "fails";
const ABSENT = "absent";
const UNSEEN = "unseen";

/**
 * Look at every part of a receipt.
 *
 * @param {string} file text of a receipt, or of a page with one in it
 * @param {string[]} trusted published keys of logs and witnesses, which are had from elsewhere than the receipt
 * @returns {Promise<{proven: boolean, parts: {name: string, state: string, why: string}[], shown: object}>}
 *   `parts` in the order of docs/receipts.md; a part that rests on one that failed is "unseen"; "absent" is what the
 *   receipt does not hold. `shown` is what was read, to be believed only where `proven`.
 */
async function verified(file, trusted) {
  const parts = [];
  const shown = {};
  const look = async (name, rests, work) => {
    const failed = parts.some((part) => rests.includes(part.name) && part.state !== HOLDS && part.state !== ABSENT);
    if (failed) {
      parts.push({ name, state: UNSEEN, why: "" });
      return;
    }
    try {
      parts.push({ name, state: (await work()) ?? HOLDS, why: "" });
    } catch (error) {
      parts.push({ name, state: FAILS, why: error instanceof Unproven ? error.message : String(error) });
    }
  };

  let keys = [];
  await look("form", [], async () => {
    keys = await Promise.all(trusted.map(readKey));
    shown.receipt = readReceipt(receiptIn(file));
    shown.envelope = strictObject(shown.receipt.envelope);
    shown.proof = readProof(shown.receipt.proof);
    shown.checkpoint = readNote(shown.proof.checkpoint);
  });
  await look("entry", ["form"], async () => {
    const { salt, body } = shown.receipt;
    if (!salt && !body) return ABSENT;
    require_(hex(await sha256(unhex(salt), UTF8.encode(body))) === shown.envelope.body, "salt and body are not the envelope's");
    shown.body = strictObject(body);
    return HOLDS;
  });
  await look("line", ["form", "entry"], async () => {
    const { line } = shown.receipt;
    if (line === null) return ABSENT;
    require_(typeof line === "object" && Object.keys(line).join() === LINE_MEMBERS.join(), "not a line of a batch");
    require_(typeof line.content === "string" && Array.isArray(line.path), "not a line of a batch");
    const lines = shown.body?.lines;
    require_(lines != null && lines.count === line.count, "the body counts other lines");
    const leaf = await sha256([0], unhex(line.salt), UTF8.encode(line.content));
    const root = await climb(leaf, line.item, line.count, line.path.map(unhex));
    require_(hex(root) === lines.root, "the line is not the body's");
    shown.line = strictObject(line.content);
    return HOLDS;
  });
  await look("response", ["form", "entry"], async () => {
    if (!shown.receipt.response) return ABSENT;
    shown.response = unbase64(shown.receipt.response);
    require_(shown.receipt.line === null, "a line of a batch has no answer of its own");
    require_(hex(await sha256(shown.response)) === shown.body?.response, "another answer was recorded");
    return HOLDS;
  });
  await look("path", ["form"], async () => {
    const leaf = await sha256([0], UTF8.encode(shown.receipt.envelope));
    shown.leaf = hex(leaf);
    const root = await climb(leaf, shown.proof.index, shown.checkpoint.size, shown.proof.path);
    require_(same(root, shown.checkpoint.root), "the entry is not in the log");
  });
  await look("checkpoint", ["form"], async () => {
    const named = keys.filter((key) => key.text === shown.receipt.key && key.kind === LOG);
    require_(named.length > 0, "the key that the receipt names is not in this page");
    require_(named[0].name === shown.checkpoint.origin, "the key that the receipt names is that of another log");
    await logSigned(shown.checkpoint, keys);
  });
  await look("witnesses", ["form"], async () => {
    shown.witnesses = await witnesses(shown.checkpoint, keys);
    return shown.witnesses.length ? HOLDS : ABSENT;
  });
  return { proven: parts.every((part) => part.state === HOLDS || part.state === ABSENT), parts, shown };
}
