// What htmx may do here: put in what the console itself answered, whole, and nothing that anybody else made.
"use strict";
let answered = null;
if (window.trustedTypes) {
  // The policy of every page that lets no text become markup has this one way: the answer that is being put in.
  trustedTypes.createPolicy("default", { createHTML: (text) => (text === answered ? text : null) });
}
const stale = () => document.getElementById("stale");
const busy = (region) => document.hidden || region.contains(document.activeElement);
const said = (name) => document.getElementById(name).value.trim();
const namesAlone = () => said("name") && said("case_ref") && !said("uscc");
document.addEventListener("htmx:beforeRequest", (event) => {
  // A list that refreshes by itself waits while nobody looks, or while somebody is at one of its buttons.
  if (event.detail.elt.id === "live" && busy(event.detail.elt)) event.preventDefault();
  // Who is meant is looked for within a case, and only where no code says it already.
  if (event.detail.elt.id === "name" && !namesAlone()) event.preventDefault();
});
// A candidate that is chosen in the form is put into it: asked is with the button of the form alone. A form tells those
// around it nothing of being sent, so that it is heard on its way down.
document.addEventListener("submit", (event) => {
  if (!event.target.closest("#candidates")) return;
  event.preventDefault();
  const code = document.getElementById("uscc");
  code.value = event.target.elements.uscc.value;
  document.getElementById("candidates").replaceChildren();
  code.focus();
}, true);
document.addEventListener("htmx:beforeSwap", (event) => {
  const by_itself = event.detail.elt.id === "live";
  const status = event.detail.xhr.status;
  // The session is over, or a list has no answer: the page says so itself, whole.
  if (status === 403 || (by_itself && (status !== 200 || busy(event.detail.elt)))) {
    event.detail.shouldSwap = false;
    if (status !== 200) location.reload();
    return;
  }
  answered = event.detail.serverResponse;
});
document.addEventListener("htmx:afterSettle", (event) => {
  answered = null;
  if (event.detail.elt.id === "main") (document.getElementById("errors") || document.getElementById("found") || event.detail.elt).focus();
});
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => { if (stale()) stale().hidden = false; });
}
