// Asks the gateway one question over mutual TLS, and prints what came back.
//
//     node check.mjs --contract FILE --address HOST:PORT --ca FILE --cert FILE --key FILE --data JSON
//
// JSON is a CheckEligibilityRequest with the names of the contract. Exit codes: 0 clear, 3 restricted, 4 conditional,
// 5 unverifiable, 1 no answer that may be relied upon, 2 usage. It asks once; whoever calls it asks again. Without
// --cert and --key it shows what somebody sees who has no certificate.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { faultOf } from "./answers.mjs";
import { Gateway, RefusedError } from "./gateway.mjs";

const EXIT_CODES = { VERDICT_CLEAR: 0, VERDICT_RESTRICTED: 3, VERDICT_CONDITIONAL: 4, VERDICT_UNVERIFIABLE: 5 };
const REQUIRED = ["contract", "address", "ca", "data"];
const OPTIONAL = ["cert", "key", "server-name", "deadline"];
const USAGE = `usage: node check.mjs --${REQUIRED.join(" … --")} … [--${OPTIONAL.join(" …] [--")} …]`;

// Whatever goes wrong before a verdict was read must not look like one.
process.exitCode = 1;

function settings() {
  const options = Object.fromEntries([...REQUIRED, ...OPTIONAL].map((name) => [name, { type: "string" }]));
  const { values } = parseArgs({ options });
  const missing = REQUIRED.filter((name) => !values[name]);
  if (missing.length > 0) throw new TypeError(`--${missing.join(", --")}: required`);
  const deadline = Number(values.deadline ?? "10");
  if (!(deadline > 0 && deadline < Infinity)) throw new TypeError("--deadline: not a number of seconds above 0");
  return { ...values, deadline, request: JSON.parse(values.data) };
}

function show({ decision, audit_position: position }) {
  const { uscc, name, known } = decision.enterprise;
  console.log(decision.verdict.replace("VERDICT_", ""), uscc, known ? name : "(no record of it)");
  for (const measure of decision.measures) {
    const ground = [measure.effect.replace("EFFECT_", ""), measure.rule_id, measure.authority, measure.document_number];
    console.log("  measure", ...ground.filter((part) => part !== ""));
    for (const text of [measure.instruction?.zh, measure.instruction?.en]) if (text) console.log("         ", text);
  }
  for (const doubt of decision.unverifiable_because) console.log("  because", doubt);
  // Keep this line with the case: it is what the answer is proven by.
  console.log("  recorded", `${position.writer}/${position.number}`, position.leaf_hash.toString("hex"));
}

async function main() {
  let given;
  try {
    given = settings();
  } catch (error) {
    console.error(`check: ${error.message}\n${USAGE}`);
    return 2;
  }
  const gateway = new Gateway({
    contract: readFileSync(given.contract),
    address: given.address,
    ca: readFileSync(given.ca),
    certificate: given.cert && readFileSync(given.cert),
    key: given.key && readFileSync(given.key),
    serverName: given["server-name"],
  });
  try {
    const answer = await gateway.check(given.request, given.deadline);
    const fault = faultOf(given.request, answer, new Date());
    if (fault) throw new Error(`the answer may not be relied upon: ${fault}`);
    show(answer);
    return EXIT_CODES[answer.decision.verdict];
  } finally {
    gateway.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  const metadata = error instanceof RefusedError ? Object.entries(error.metadata) : [];
  const said = metadata.sort().map(([name, value]) => `${name}=${value}`).join(", ");
  console.error(`check: ${error.message}${said && ` (${said})`}`);
}
