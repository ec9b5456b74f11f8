// The answer being written: its length, its keys, and its problems. Keeping it is the business of drafts.js.

import "./hints.js";
import { measure } from "./measure.js";
import "./saved.js";
import { drawSuffix, outgoing, uncounted } from "./outgoing.js";

const $ = (selector) => document.querySelector(selector);

function count(field) {
  drawSuffix(field);
  const counter = $(`output[for="${field.id}"]`);
  if (!counter) return;
  const most = Number(field.dataset.max);
  const left = most - measure(outgoing(field), field.dataset.counting, uncounted());
  counter.textContent = left < 0 ? `${left} · ${counter.dataset.over}` : String(left);
  counter.dataset.tone = left < 0 ? "danger" : left <= most / 14 ? "warn" : "";
  field.setAttribute("aria-invalid", left < 0 ? "true" : "false");
}

function begin() {
  for (const field of document.querySelectorAll(".composer__text")) count(field);
}

function sent(form) {
  form?.querySelector("[data-problem-slot]").replaceChildren();
}

for (const name of ["input", "rewritten"]) {
  document.addEventListener(name, (event) => event.target.matches(".composer__text") && count(event.target));
}

document.addEventListener("change", (event) => {
  if (!event.target.matches("input[name=mode]")) return;
  $(`#${event.target.value}-text`)?.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const form = event.target.closest?.("form");
  if (!event.target.matches(".composer__text")) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector(".composer__send .button--primary"));
});

document.addEventListener("click", (event) => {
  const edit = event.target.closest("[data-edit]");
  if (edit) {
    $(`#${edit.dataset.edit}`).focus();
    edit.closest("[data-problem]").remove();
  }
  const again = event.target.closest("[data-reuse]");
  if (!again || !$("#reply-text")) return;
  $("#mode-reply").checked = true;
  $("#reply-text").value = again.dataset.reuse;
  $("#reply-text").dispatchEvent(new Event("input", { bubbles: true }));
  $("#reply-text").focus();
});

// The line that is answered may change under the text, and with it what is counted.
document.addEventListener("patched", () => $("#reply-text") && count($("#reply-text")));

document.addEventListener("replied", () => sent($("#reply-form")));
document.addEventListener("noted", () => sent($("#note-form")));
document.addEventListener("opened", begin);
begin();
