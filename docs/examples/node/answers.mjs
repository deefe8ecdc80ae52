// Says whether an answer may be relied upon: it is to the question that was asked, about now, recorded, and coherent.
//
// TLS proves who answered; this holds the answer itself against the question. Whatever is not known to be good is a
// fault: an enum left at zero, a number that this contract has no name for, a field that did not come. Codes are compared
// as they were sent: send them in capitals, as they stand on the licence.

const CLOCK_TOLERANCE_MS = 120_000;
const LEAF_BYTES = 32;
// By strength. What is not here weighs nobody knows how much.
const EFFECTS = ["NONE", "NOTICE", "NO_CONVENIENCE", "REVIEW", "RAISE_SECURITY", "BLOCK"].map((name) => `EFFECT_${name}`);
const NOTICE = EFFECTS.indexOf("EFFECT_NOTICE");
const BLOCK = EFFECTS.indexOf("EFFECT_BLOCK");

/** Return why the answer may not be relied upon, or "" where it may. `now` is a Date. */
export function faultOf(request, answer, now) {
  const { decision, basis, audit_position: position } = answer;
  if (!sameParties(request, decision)) return "OTHER_PARTY";
  if (!position?.writer || position.leaf_hash.length !== LEAF_BYTES) return "NOT_RECORDED";
  if (!coherent(decision)) return "INCOHERENT";
  if (!["VERDICT_CLEAR", "VERDICT_CONDITIONAL"].includes(decision.verdict)) return "";
  // A block that is proven stays one; what lets somebody go ahead must be about now.
  const asOf = milliseconds(basis?.as_of);
  if (basis?.preview || !(Math.abs(now.getTime() - asOf) <= CLOCK_TOLERANCE_MS)) return "NOT_PRESENT";
  return milliseconds(decision.valid_until) > now.getTime() ? "" : "EXPIRED";
}

function sameParties(request, decision) {
  if (!decision?.enterprise?.uscc) return false;
  const related = (request.related_parties ?? []).map((party) => party.enterprise);
  const asked = [...(request.consortium_members ?? []), ...related].map((party) => party?.uscc);
  const answered = decision.other_parties.map((party) => party.uscc);
  const same = asked.every((code) => answered.includes(code)) && answered.every((code) => asked.includes(code));
  return same && decision.enterprise.uscc === request.enterprise?.uscc;
}

function coherent({ verdict, measures }) {
  const strengths = measures.map((measure) => EFFECTS.indexOf(measure.effect));
  if (strengths.includes(-1)) return false;
  const strongest = Math.max(0, ...strengths);
  if (verdict === "VERDICT_CLEAR") return strongest <= NOTICE;
  if (verdict === "VERDICT_CONDITIONAL") return strongest > NOTICE && strongest < BLOCK;
  return verdict === "VERDICT_UNVERIFIABLE" || verdict === "VERDICT_RESTRICTED";
}

/** Milliseconds since 1970, NaN where no instant came: every comparison with that is false. */
function milliseconds(timestamp) {
  return timestamp ? Number(timestamp.seconds) * 1000 + timestamp.nanos / 1_000_000 : NaN;
}
