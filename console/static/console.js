// What plain pages cannot do: print, and send a form once. Every page works without it.
"use strict";
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
const sent = new WeakSet();
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (sent.has(event.target)) event.preventDefault();
  // A file comes back to the same page: what it is asked for may be asked for again.
  sent.add(event.target);
  setTimeout(() => sent.delete(event.target), 3000);
});
const errors = document.getElementById("errors");
if (errors) errors.focus();
