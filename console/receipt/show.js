// What the page shows: the file is read, verified by verify.js, and told part by part. Everything is set as text, never as
// markup, and nothing leaves the machine.

const GIVEN = JSON.parse(document.getElementById("given").textContent);
const WORDS = GIVEN.words;

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function pair([zh, en]) {
  return [zh, element("span", { class: "en", lang: "en" }, en)];
}

function filled([zh, en], values) {
  const put = (text) => text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
  return [put(zh), put(en)];
}

function moment(milliseconds) {
  // Local civil time of the record, with its offset: Asia/Shanghai has no summer time.
  const local = new Date(milliseconds + 8 * 3600 * 1000).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 19)} +08:00`;
}

function instant(text) {
  const milliseconds = Date.parse(String(text));
  return Number.isNaN(milliseconds) ? String(text) : moment(milliseconds);
}

function rows(list, attributes = {}) {
  const said = list.filter(([, value]) => value !== "" && value !== undefined && value !== null);
  if (said.length === 0) return "";
  const table = element("dl", attributes);
  for (const [name, value] of said) {
    table.append(element("dt", {}, ...pair(WORDS[name])), element("dd", {}, ...(Array.isArray(value) ? pair(value) : [String(value)])));
  }
  return table;
}

function named(kind, number) {
  return GIVEN.names[kind][number] ?? String(number);
}

// The answer's bytes, by the field numbers of credit.proto: enough of protobuf to read what a receipt holds.
function decoded(bytes, type) {
  const fields = GIVEN.messages[type];
  const found = {};
  let place = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (place >= bytes.length || shift > 63n) throw new Error("not an answer");
      const byte = bytes[place++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (place < bytes.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    let value;
    if (wire === 0) value = varint();
    else if (wire === 2) {
      const length = Number(varint());
      if (place + length > bytes.length) throw new Error("not an answer");
      value = bytes.subarray(place, (place += length));
    } else if (wire === 1) value = bytes.subarray(place, (place += 8));
    else if (wire === 5) value = bytes.subarray(place, (place += 4));
    else throw new Error("not an answer");
    const field = fields[tag >>> 3];
    if (field === undefined) continue; // of a later version of the gateway
    const [name, kind, repeated] = field;
    let read = value;
    if (kind === "text") read = new TextDecoder().decode(value);
    else if (kind === "number") read = Number(value);
    else if (kind in GIVEN.messages) read = decoded(value, kind);
    else continue;
    if (repeated) (found[name] ??= []).push(read);
    else found[name] = read;
  }
  return found;
}

function question(shown) {
  const body = shown.body;
  const own = shown.line ? { ...body, ...shown.line } : body;
  return rows([
    ["agency", [body.caller?.agency, body.caller?.role].filter(Boolean).join(" / ")],
    ["officer", own.officer],
    ["recorded_at", instant(shown.envelope.time)],
    ["case", own.case],
    ["area", body.area ? named("areas", body.area) : ""],
    ["point", body.point ? named("points", body.point) : ""],
    ["enterprise", (own.enterprises ?? []).join("、")],
    ["purpose", own.purpose],
    ["method", body.method],
    ["outcome", body.outcome],
  ]);
}

function measure(said) {
  const effect = named("effects", said.effect ?? 0);
  const list = [["measure", [`${effect[0]}：${said.instruction?.zh ?? ""}`, `${effect[1]}: ${said.instruction?.en ?? ""}`]]];
  for (const basis of said.legal_basis ?? []) {
    const article = /^[0-9]/.test(basis.article ?? "") ? `第${basis.article}条` : (basis.article ?? "");
    list.push(["rests_on", `${basis.title?.zh ?? ""} ${article}（${basis.document ?? ""} ${basis.article ?? ""}）`]);
  }
  list.push(["decided_by", `${said.authority ?? ""} ${said.document_number ?? ""}`.trim()]);
  if (said.ends_by) list.push(["ends", [said.ends_by.zh ?? "", said.ends_by.en ?? ""]]);
  if (said.remedy) list.push(["remedy", [said.remedy.zh ?? "", said.remedy.en ?? ""]]);
  return rows(list);
}

function answer(shown) {
  const told = shown.line ?? shown.body;
  const made = element("section", { "aria-labelledby": "answered" }, element("h2", { id: "answered" }, ...pair(WORDS.answered)));
  if (told.verdict === undefined) {
    made.append(element("p", {}, ...pair(WORDS.no_verdict)));
    return made;
  }
  made.append(element("p", { class: "verdict" }, ...pair(named("verdicts", told.verdict))));
  made.append(rows([["valid_until", told.valid_until ? instant(told.valid_until) : ""]]));
  if (!shown.response || shown.body.method !== GIVEN.check) {
    made.append(element("p", { class: "note" }, ...pair(WORDS.no_answer)));
    made.append(rows([["rules", (told.measures ?? []).map((each) => (typeof each === "string" ? each : JSON.stringify(each))).join("、")]]));
    return made;
  }
  const measures = decoded(shown.response, GIVEN.answer).decision?.measures ?? [];
  // Of an answer that is not CLEAR the words would say what it does not: that nothing stands in the way.
  if (measures.length === 0 && told.verdict === GIVEN.clear) made.append(element("p", {}, ...pair(WORDS.no_measure)));
  made.append(...measures.map(measure));
  return made;
}

function place(shown) {
  return rows([
    ["log", shown.checkpoint.origin],
    ["index", shown.proof.index],
    ["leaf", shown.leaf],
    ["size", shown.checkpoint.size],
    ["root", hex(shown.checkpoint.root)],
    ["key", shown.receipt.key],
    ["witnessed", (shown.witnesses ?? []).map((each) => `${each.name} ${moment(each.time * 1000)}`).join("、")],
  ], { class: "hash" });
}

function partsOf(found) {
  const list = element("ol", { class: "parts" });
  for (const part of found.parts) {
    const text = element("span", {}, ...pair(WORDS[`part_${part.name}`]));
    const state = element("strong", {}, ...pair(WORDS[part.state]));
    const item = element("li", { class: part.state, "data-part": part.name }, state, text);
    if (part.why) item.append(element("code", { lang: "en" }, part.why));
    list.append(item);
  }
  return list;
}

function meaning(shown) {
  const list = (id, heading, names) => [
    element("h2", { id }, ...pair(WORDS[heading])),
    element("ul", {}, ...names.map((name) => element("li", {}, ...pair(filled(WORDS[name], { origin: shown.checkpoint.origin, time: instant(shown.envelope.time), size: shown.checkpoint.size, witnesses: shown.witnesses.map((each) => each.name).join("、") }))))),
  ];
  const proven = ["proven_recorded", "proven_unchanged", ...(shown.witnesses.length ? ["proven_witnessed"] : [])];
  const not = [
    ...(shown.body ? [] : ["not_body"]),
    ...(shown.body && !shown.response ? ["not_answer"] : []),
    ...(shown.witnesses.length ? [] : ["not_witnessed"]),
    "not_right",
    "not_now",
  ];
  return [...list("proven", "proven", proven), ...list("unproven", "unproven", not)];
}

function told(name, found) {
  const made = element("article", { class: found.proven ? "holds" : "fails" });
  const heading = element("h2", { tabindex: "-1" }, ...pair(WORDS[found.proven ? "receipt_holds" : "receipt_fails"]));
  made.append(element("p", { class: "file" }, name), heading, partsOf(found));
  if (!found.proven) {
    made.append(element("p", { class: "note" }, ...pair(WORDS.nothing_shown)));
    return made;
  }
  const { shown } = found;
  if (shown.body) {
    made.append(element("h2", {}, ...pair(WORDS.asked)), question(shown), answer(shown));
  } else {
    made.append(element("p", { class: "note" }, ...pair(WORDS.not_shown)));
    made.append(rows([["recorded_at", instant(shown.envelope.time)]]));
  }
  made.append(...meaning(shown), element("h2", {}, ...pair(WORDS.proof)), place(shown));
  return made;
}

async function look(files) {
  const results = document.getElementById("results");
  const made = [];
  for (const file of files) {
    let found;
    if (file.size > GIVEN.most_bytes) {
      found = { proven: false, parts: [{ name: "form", state: FAILS, why: "the file is larger than any receipt" }] };
    } else {
      try {
        const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer());
        found = await verified(text, GIVEN.keys);
      } catch (error) {
        found = { proven: false, parts: [{ name: "form", state: FAILS, why: String(error) }] };
      }
    }
    made.push(told(file.name, found));
  }
  results.replaceChildren(...made);
  results.querySelector("h2")?.focus();
}

function start() {
  const input = document.getElementById("file");
  const drop = document.getElementById("drop");
  if (!globalThis.crypto?.subtle || !globalThis.BigInt) {
    document.getElementById("unable").hidden = false;
    input.disabled = true;
    return;
  }
  input.addEventListener("change", () => look(input.files));
  for (const kind of ["dragenter", "dragover"]) {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  document.addEventListener("dragleave", () => drop.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer?.files.length) look(event.dataTransfer.files);
  });
}

start();
