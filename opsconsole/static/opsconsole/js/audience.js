// Who reads the answer being written: the choice stays with the words, and says when it is not possible.

const $ = (selector) => document.querySelector(selector);
const choice = (value) => $(`[data-audience] input[value=${value}]`);

function key() {
  return `opsconsole:audience:${$("[data-conversation]")?.dataset.conversation}`;
}

/** Remember the choice across a reload: words meant for one person must not come back as public ones. */
function remember(isPrivate) {
  try {
    if (isPrivate) localStorage.setItem(key(), "private");
    else localStorage.removeItem(key());
  } catch {
    // A full or forbidden store costs only the memory.
  }
}

function remembered() {
  try {
    return localStorage.getItem(key()) === "private";
  } catch {
    return false;
  }
}

function show() {
  const box = $("[data-audience]");
  const field = $("#reply-text");
  if (!box || !field) return;
  field.dataset.maxPublic ??= field.dataset.max;
  field.dataset.wordsPublic ??= field.placeholder;
  const isPrivate = choice("private").checked;
  field.dataset.max = isPrivate ? box.dataset.length : field.dataset.maxPublic;
  field.placeholder = isPrivate ? box.dataset.words : field.dataset.wordsPublic;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  close();
}

/** What is not possible cannot be chosen; what was chosen stays, or it would be sent in public. */
function close() {
  const option = choice("private");
  if (option) option.disabled = "closed" in ($("#audience-note")?.dataset ?? {}) && !option.checked;
}

function begin() {
  if (choice("private") && remembered()) choice("private").checked = true;
  if (choice("private")?.checked) show();
  else close();
}

document.addEventListener("change", (event) => {
  if (event.target.name !== "audience") return;
  remember(event.target.value === "private");
  show();
});
for (const event of ["replied", "discarded"]) {
  document.addEventListener(event, () => {
    if (!choice("public")) return;
    choice("public").checked = true;
    remember(false);
    show();
  });
}
// Words that came back from where they were, taken back or resumed, bring along for whom they are.
document.addEventListener("drafted", () => {
  if (!choice("private")) return;
  const isPrivate = "private" in ($("#audience-note")?.dataset ?? {});
  choice(isPrivate ? "private" : "public").checked = true;
  remember(isPrivate);
  show();
});
document.addEventListener("patched", close);
document.addEventListener("opened", begin);
begin();
