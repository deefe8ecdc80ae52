// Runs the page's own code without its display: each line of the input names keys and files (base64), and each line of the
// output says of each file whether it is proven and which parts fail.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import vm from "node:vm";

const [page, without] = process.argv.slice(2);
const script = readFileSync(page, "utf8").split("<script>")[1].split("</script>")[0];
const code = script.slice(0, script.indexOf("// What the page shows"));
if (without === "without-ed25519") {
  const known = crypto.subtle.importKey;
  crypto.subtle.importKey = function importKey(format, key, algorithm, ...rest) {
    if (algorithm.name === "Ed25519") throw new DOMException("not known", "NotSupportedError");
    return known.call(this, format, key, algorithm, ...rest);
  };
}
const verified = vm.runInThisContext(`${code}; verified`);

for await (const line of createInterface({ input: process.stdin })) {
  const { keys, files } = JSON.parse(line);
  const said = [];
  for (const file of files) {
    let found;
    try {
      const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(file, "base64"));
      found = await verified(text, keys);
    } catch (error) {
      found = { proven: false, parts: [{ name: "form", state: "fails", why: String(error) }] };
    }
    said.push([found.proven, found.parts.filter((part) => part.state === "fails").map((part) => part.name)]);
  }
  console.log(JSON.stringify(said));
}
