// The SHA-256 of a file that is chosen, put into the field beside it. The file itself is not sent anywhere.
"use strict";
for (const chooser of document.querySelectorAll("[data-hash]")) {
  const field = document.getElementById(chooser.dataset.hash);
  if (!window.crypto || !crypto.subtle || !field) continue;
  chooser.hidden = false;
  const input = chooser.querySelector("input[type=file]");
  input.addEventListener("change", async () => {
    const file = input.files[0];
    // Whatever stood there is of another file.
    field.value = "";
    if (!file) return;
    const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    if (input.files[0] === file) {
      field.value = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
    }
  });
}
