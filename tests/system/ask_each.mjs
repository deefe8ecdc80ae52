// Asks one question for each case number that it is given, and prints what became of each: a line of JSON.
//
//     node ask_each.mjs EXAMPLE SETTINGS CASE…
//
// EXAMPLE is the folder of the example with what it needs installed, SETTINGS a JSON of files, address and request.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const [example, given, ...cases] = process.argv.slice(2);
const { faultOf } = await import(join(example, "answers.mjs"));
const { Gateway } = await import(join(example, "gateway.mjs"));
const { contract, address, ca, certificate, key, request } = JSON.parse(given);
const [set, trusted, own, secret] = [contract, ca, certificate, key].map((file) => readFileSync(file));
const gateway = new Gateway({ contract: set, address, ca: trusted, certificate: own, key: secret });

for (const name of cases) {
  const asked = { ...request, question: { ...request.question, case_ref: name } };
  try {
    const answer = await gateway.check(asked, 20);
    const told = { fault: faultOf(asked, answer, new Date()), number: answer.audit_position?.number };
    console.log(JSON.stringify(told));
  } catch (error) {
    console.log(JSON.stringify({ code: error.code, reason: error.reason, metadata: error.metadata, message: error.message }));
  }
}
gateway.close();
