// Saved replies behind a slash: a list above the text, from which one goes in at the cursor.

const PAUSE = 120; // ms without a key
const SLASH = /(^|\s)\/([^\s/]{0,30})$/u;

let timer = 0;
let turn = 0;
let open = null; // {field, box, start, end} while the list is shown

const options = () => [...open.box.querySelectorAll("[role=option]")];
const chosen = () => open.box.querySelector("[aria-selected=true]");

/** Where the slash before the cursor stands, and what follows it. */
function asked(field) {
  if (field.selectionStart !== field.selectionEnd) return null;
  const before = field.value.slice(0, field.selectionStart);
  const found = before.match(SLASH);
  return found && { words: found[2], start: before.length - found[2].length - 1, end: before.length };
}

function close() {
  turn += 1;
  clearTimeout(timer);
  if (!open) return;
  open.box.replaceChildren();
  open.box.hidden = true;
  for (const name of ["aria-controls", "aria-activedescendant"]) open.field.removeAttribute(name);
  open = null;
}

function mark(option) {
  for (const one of options()) one.setAttribute("aria-selected", String(one === option));
  const preview = open.box.querySelector(".saved__preview");
  if (!option) return;
  open.field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
  if (preview) preview.textContent = option.dataset.text;
}

function say(field, words) {
  const region = field.form.querySelector("[data-saved-said]");
  if (region) region.textContent = words;
}

async function offer(field) {
  const place = asked(field);
  if (!place) return close();
  const mine = ++turn;
  const address = `${field.dataset.saved}?${new URLSearchParams({ text: place.words })}`;
  let html = "";
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return close();
    html = await answer.text();
  } catch {
    return close();
  }
  if (mine !== turn || !field.isConnected || document.activeElement !== field) return;
  const box = field.form.querySelector("[data-saved-box]");
  const found = new DOMParser().parseFromString(html, "text/html");
  box.replaceChildren(...found.body.children);
  box.hidden = false;
  open = { field, box, ...place };
  field.setAttribute("aria-controls", "saved-list");
  mark(options()[0]);
  say(field, box.querySelector("[data-found]").textContent);
}

/** Put the text in as if it had been typed, so that undo takes it out again. */
function insert(option) {
  const { field, start, end } = open;
  const { text, used, missing } = option.dataset;
  close();
  field.focus();
  field.setSelectionRange(start, end);
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, start, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  close(); // what was put in may itself hold a slash
  const token = field.form.elements.csrfmiddlewaretoken.value;
  fetch(used, { method: "POST", headers: { "X-CSRFToken": token } }).catch(() => {});
  if (!missing) return;
  const gap = text.match(/\{\{[^{}]*\}\}/);
  field.setSelectionRange(start + gap.index, start + gap.index + gap[0].length);
  say(field, `${field.dataset.savedMissing} ${missing}`);
}

document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.dataset?.saved) return;
  clearTimeout(timer);
  if (asked(field)) timer = setTimeout(offer, PAUSE, field);
  else close();
});

const MOVES = { ArrowDown: 1, ArrowUp: -1 };

document.addEventListener(
  "keydown",
  (event) => {
    if (!open || event.target !== open.field || event.isComposing || event.ctrlKey || event.metaKey) return;
    const all = options();
    if (event.key === "Escape") close();
    else if (event.key in MOVES && all.length) {
      mark(all[(all.indexOf(chosen()) + MOVES[event.key] + all.length) % all.length]);
    } else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && chosen()) insert(chosen());
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);

// A press inside the list must not take the cursor out of the text.
document.addEventListener("pointerdown", (event) => {
  if (open && event.target.closest("[role=option]")) event.preventDefault();
});
document.addEventListener("click", (event) => {
  const option = open && event.target.closest("[role=option]");
  if (option) insert(option);
  else if (open && !open.box.contains(event.target) && event.target !== open.field) close();
  const opener = event.target.closest("[data-saved-open]");
  if (!opener) return;
  const field = opener.form.elements.text;
  field.focus();
  const before = field.value.slice(0, field.selectionStart);
  document.execCommand("insertText", false, !before || /\s$/u.test(before) ? "/" : " /");
});
document.addEventListener("focusout", (event) => {
  if (open?.field === event.target && !open.box.contains(event.relatedTarget)) close();
});
document.addEventListener("replied", close);
