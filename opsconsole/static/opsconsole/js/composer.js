// The answer being written: its length, its draft, and what happens to it when it is sent or refused.

import { measure } from "./measure.js";

const $ = (selector) => document.querySelector(selector);
let target = ""; // the line that the reply answers

function key(field) {
  const composer = field.closest("[data-draft]");
  return composer && `opsconsole:draft:${composer.dataset.draft}:${field.form.id}`;
}

function count(field) {
  const counter = $(`output[for="${field.id}"]`);
  if (!counter) return;
  const most = Number(field.dataset.max);
  const left = most - measure(field.value, field.dataset.counting);
  counter.textContent = left < 0 ? `${left} · ${counter.dataset.over}` : String(left);
  counter.dataset.tone = left < 0 ? "danger" : left <= most / 14 ? "warn" : "";
  field.setAttribute("aria-invalid", left < 0 ? "true" : "false");
}

function save(field) {
  const draft = { text: field.value, request_key: field.form.elements.request_key?.value };
  try {
    if (field.value.trim()) localStorage.setItem(key(field), JSON.stringify(draft));
    else localStorage.removeItem(key(field));
  } catch {
    // A full or forbidden store costs only the draft.
  }
}

/** Put back what was typed here before a reload; its key comes along, so two tabs send one answer. */
function restore(field) {
  if (field.value) return;
  let draft = null;
  try {
    draft = JSON.parse(localStorage.getItem(key(field)));
  } catch {
    return;
  }
  if (!draft?.text) return;
  field.value = draft.text;
  if (draft.request_key) field.form.elements.request_key.value = draft.request_key;
}

function begin() {
  target = $("#reply-state")?.dataset.target ?? "";
  for (const field of document.querySelectorAll(".composer__text")) {
    restore(field);
    count(field);
  }
}

function sent(form) {
  const field = form?.elements.text;
  if (!field) return;
  field.value = "";
  save(field);
  count(field);
  form.querySelector("[data-problem-slot]").replaceChildren();
  warnMoved(false);
}

function warnMoved(isMoved) {
  const notice = $("#reply-moved");
  if (notice) notice.hidden = !isMoved;
}

document.addEventListener("input", (event) => {
  if (!event.target.matches(".composer__text")) return;
  count(event.target);
  save(event.target);
});

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
  const again = event.target.closest("[data-reuse]");
  if (!again || !$("#reply-text")) return;
  $("#mode-reply").checked = true;
  $("#reply-text").value = again.dataset.reuse;
  count($("#reply-text"));
  save($("#reply-text"));
  $("#reply-text").focus();
});

// The customer wrote again while an answer was being typed: say so, keep the text.
document.addEventListener("patched", () => {
  const now = $("#reply-state")?.dataset.target ?? "";
  if (now !== target && $("#reply-text")?.value.trim()) warnMoved(true);
  target = now;
});

document.addEventListener("replied", () => sent($("#reply-form")));
document.addEventListener("noted", () => sent($("#note-form")));
document.addEventListener("opened", begin);
begin();
