// One mutually authenticated channel to the gateway, and the first check as a plain call.
//
// It carries question and answer, and turns every failure into a RefusedError; it judges no answer (answers.mjs).

import { createSecureContext } from "node:tls";

import grpc from "@grpc/grpc-js";
import { loadFileDescriptorSetFromBuffer } from "@grpc/proto-loader";

const ERROR_DOMAIN = "joint-sanctions-gateway";
const ERROR_INFO = "google.rpc.ErrorInfo";
// Integers of 64 bits come as text, for a number of JavaScript holds 53. Enums come by name; one that has no name comes
// as its number. Every field is there: what was not sent has its zero, and a message that was not sent is null.
const AS_TEXT = { keepCase: true, longs: String, enums: String, defaults: true, arrays: true };

/** No answer: `code` of gRPC, `reason` published by the gateway or NO_ANSWER where it said nothing, `metadata`. */
export class RefusedError extends Error {
  constructor(code, reason, metadata, details) {
    super(`${code} ${reason}: ${details}`);
    Object.assign(this, { code, reason, metadata });
  }
}

export class Gateway {
  /** `contract` is the descriptor set; `ca`, `certificate` with its chain and `key` are PEM; all of them Buffers. */
  constructor({ contract, address, ca, certificate, key, serverName }) {
    this._contract = loadFileDescriptorSetFromBuffer(contract, AS_TEXT);
    const context = createSecureContext({ ca, cert: certificate, key, minVersion: "TLSv1.3" });
    const Service = grpc.loadPackageDefinition(this._contract).jointsanctions.v1.CreditService;
    this._client = new Service(address, grpc.credentials.createFromSecureContext(context), {
      // The environment must not be able to put somebody in between.
      "grpc.enable_http_proxy": 0,
      ...(serverName && { "grpc.ssl_target_name_override": serverName, "grpc.default_authority": serverName }),
    });
  }

  close() {
    this._client.close();
  }

  /** Ask CheckEligibility within so many seconds; rejects with RefusedError, or TypeError for what cannot be sent. */
  check(request, seconds) {
    const method = this._contract["jointsanctions.v1.CreditService"].CheckEligibility;
    holdAgainst("", request, method.requestDeserialize(method.requestSerialize(request)));
    return new Promise((resolve, reject) => {
      this._client.CheckEligibility(request, { deadline: Date.now() + seconds * 1000 }, (error, answer) =>
        error ? reject(this._refusal(error)) : resolve(answer),
      );
    });
  }

  /** Read the one ErrorInfo of the gateway; whatever else came is nobody's word. */
  _refusal(error) {
    const code = grpc.status[error.code] ?? String(error.code);
    const infos = this._infos(error.metadata?.get("grpc-status-details-bin") ?? []);
    if (infos.length !== 1 || infos[0].domain !== ERROR_DOMAIN || !infos[0].reason) {
      return new RefusedError(code, "NO_ANSWER", {}, error.details);
    }
    // Read from a descriptor set, a map is a list of its entries.
    const metadata = Object.fromEntries(infos[0].metadata.map(({ key, value }) => [key, value]));
    return new RefusedError(code, infos[0].reason, metadata, error.details);
  }

  _infos(trailers) {
    try {
      return trailers
        .flatMap((trailer) => this._contract["google.rpc.Status"].deserialize(trailer).details)
        .filter((detail) => detail.type_url.endsWith(`/${ERROR_INFO}`))
        .map((detail) => this._contract[ERROR_INFO].deserialize(detail.value));
    } catch {
      return []; // what cannot be read was not said by the gateway
    }
  }
}

/** Throw a TypeError naming what would not arrive as it was given: protobufjs leaves out what it does not know. */
function holdAgainst(path, given, sent) {
  for (const [name, value] of Object.entries(given)) {
    const where = path ? `${path}.${name}` : name;
    const arrives = sent?.[name];
    if (typeof value === "object" && value !== null) holdAgainst(where, value, arrives);
    else if (typeof value === "number" && !Number.isSafeInteger(value)) throw new TypeError(`${where}: send it as text`);
    else if (String(arrives) !== String(value)) throw new TypeError(`${where}: not of this contract, or not its value`);
  }
}
