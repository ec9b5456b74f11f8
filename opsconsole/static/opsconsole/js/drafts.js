// What is typed is kept on the server while it is typed: it survives this browser, and colleagues see it.

import { TAB, lookAround, post } from "./tab.js";

const $ = (selector) => document.querySelector(selector);
const PAUSE = 600; // ms without a key stroke after which words are saved
const LONGEST = 2500; // ms of typing without a pause after which they are saved all the same
const RETRY = 3000;
const OLD_NEWS = 3000; // ms after a save in which a page may still have been made before it

/** One text of the composer and what the server knows of it. */
class Draft {
  constructor(kind) {
    this.kind = kind;
    this.url = $("#composer").dataset.draftUrl;
    this.field = $(`#${kind}-text`);
    this.form = this.field.form;
    const known = this.known();
    this.saved = known.text; // what the server holds, as far as we know
    this.savedPrivate = this.isPrivate(); // the same, of who shall read them
    this.revision = known.revision;
    this.state = known.state;
    this.timer = 0;
    this.since = 0;
    this.keptAt = -OLD_NEWS;
    this.isBusy = false;
    this.isSending = false;
    this.isRefused = false;
    if (this.isDirty()) this.soon();
  }

  known() {
    const data = $(`#draft-of-${this.kind}`)?.dataset ?? {};
    return { state: data.state ?? "", revision: Number(data.revision ?? 0), key: data.key ?? "", text: data.text ?? "" };
  }

  key() {
    return $(this.kind === "reply" ? "#request-key" : "#note-key");
  }

  isDirty() {
    const isMeantOtherwise = Boolean(this.field.value.trim()) && this.isPrivate() !== this.savedPrivate;
    return this.field.value !== this.saved || isMeantOtherwise;
  }

  isHere() {
    return this.field.isConnected;
  }

  say(word) {
    const sign = $(`#${this.kind}-saved`);
    if (sign) sign.textContent = word ? sign.dataset[word] ?? word : "";
  }

  soon(delay = PAUSE) {
    if (!this.since) this.since = Date.now();
    clearTimeout(this.timer);
    const most = Math.max(0, this.since + LONGEST - Date.now());
    this.timer = setTimeout(() => this.save(), Math.min(delay, Math.max(most, delay === PAUSE ? 0 : delay)));
  }

  fields() {
    const shown = this.form.elements;
    return {
      kind: this.kind,
      text: this.field.value,
      request_key: this.key().value,
      revision: this.revision,
      seen_version: shown.seen_version?.value ?? $("#timeline").dataset.version,
      seen_at: shown.seen_at?.value ?? "",
      tab: TAB,
      private: this.isPrivate() ?? "",
    };
  }

  /** Whether only the customer shall read it; nothing where that is no question. */
  isPrivate() {
    return this.form.elements.audience && String(this.form.elements.audience.value === "private");
  }

  /** Save now. While the page goes away nothing can be awaited, and nothing needs to be. */
  async save() {
    clearTimeout(this.timer);
    this.since = 0;
    if (this.isBusy || this.isSending || this.isRefused || !this.isDirty()) return;
    this.isBusy = true;
    const fields = this.fields();
    let answer = null;
    try {
      const response = await post(this.url, fields);
      answer = { status: response.status, said: await response.json() };
    } catch {
      answer = null; // no network, or no longer signed in
    }
    this.isBusy = false;
    if (!this.isHere() || this.isSending) return;
    if (!answer || answer.status >= 500) this.lost();
    else if (answer.status === 200) this.kept(fields, answer.said);
    else this.refused(answer.said);
  }

  kept({ text, private: isPrivate }, said) {
    const isFirst = this.revision === 0 && said.revision > 0;
    this.keptAt = performance.now();
    this.revision = said.revision;
    this.saved = text;
    this.savedPrivate = isPrivate || undefined;
    this.say(said.revision ? "saved" : "");
    if (isFirst) lookAround(); // something may have happened before the first save
    if (this.isDirty()) this.soon();
  }

  lost() {
    this.say("lost");
    this.soon(RETRY);
  }

  /** Another window was here first: nothing is thrown away without a word. */
  refused(said) {
    if (said.code === "elsewhere") {
      const isUntouched = this.field.value === said.text;
      this.say(isUntouched ? "saved" : "elsewhere");
      this.revision = said.revision ?? this.revision;
      this.saved = said.text ?? this.saved;
      if (!isUntouched && said.text !== undefined) this.offer(said.text);
    } else if (said.code === "closed") {
      const isUntouched = !this.isDirty();
      if (said.request_key) this.key().value = said.request_key;
      this.revision = 0;
      this.saved = "";
      if (isUntouched) this.write("");
      else this.soon();
    } else {
      this.isRefused = true; // until something about it changes
      this.say(said.message ?? "lost");
    }
  }

  /** Put the other window's words before one's eyes; going on to type keeps one's own. */
  offer(text) {
    const template = $("#draft-elsewhere");
    const notice = template.content.firstElementChild.cloneNode(true);
    notice.querySelector("[data-other]").textContent = text;
    notice.querySelector("[data-take]").addEventListener("click", () => {
      this.write(text);
      this.saved = text;
      notice.remove();
    });
    notice.querySelector("[data-keep]").addEventListener("click", () => {
      notice.remove();
      this.soon(0);
    });
    this.form.querySelector("[data-problem-slot]").replaceChildren(notice);
  }

  write(text) {
    this.field.value = text;
    this.field.dispatchEvent(new CustomEvent("rewritten", { bubbles: true }));
  }

  /** The server shows another state of this draft: take it over unless something is typed that it lacks. */
  follow() {
    if (this.isSending || this.isBusy) return;
    const known = this.known();
    if (known.revision === this.revision && known.text === this.saved) return;
    if (known.revision < this.revision && performance.now() - this.keptAt < OLD_NEWS) {
      setTimeout(lookAround, OLD_NEWS);
      return;
    }
    if (this.isDirty() && this.field.value !== known.text) return;
    this.take(known);
  }

  take(known = this.known()) {
    const isAside = known.state === "parked" && this.state !== "parked";
    // After one's own press the refusal itself stands at the text.
    if (isAside && !this.form.querySelector("[data-problem]")) setAside();
    this.state = known.state;
    clearTimeout(this.timer);
    this.isRefused = false;
    this.revision = known.revision;
    this.saved = known.text;
    if (known.key) this.key().value = known.key;
    if (this.field.value !== known.text) this.write(known.text);
    this.say(known.revision ? "saved" : "");
  }

  /** Words that had not been saved when the server gave others back stay behind those. */
  keepToo(typed) {
    const isMore = typed.startsWith(this.field.value);
    this.write(isMore ? typed : `${this.field.value}\n\n${typed}`);
    this.soon();
  }

  /** What was typed has been taken over: the field is free for the next. */
  done() {
    this.isSending = false;
    this.isRefused = false;
    this.revision = 0;
    this.saved = "";
    clearTimeout(this.timer);
    this.write("");
    this.say("");
  }
}

/** Say that something was faster, where short messages are read out. */
function setAside() {
  const notice = $("#draft-set-aside").content.firstElementChild.cloneNode(true);
  $("#toasts").append(notice);
  setTimeout(() => notice.remove(), 8000);
}

let drafts = [];

function begin() {
  drafts = ["reply", "note"].filter((kind) => $(`#${kind}-text`)).map((kind) => new Draft(kind));
}

const of = (kind) => drafts.find((draft) => draft.kind === kind);
/** The text that a request sends away; what only adds to an answer, such as a picture, sends nothing. */
const sentBy = ({ elt, requestConfig }) =>
  requestConfig.verb === "post" && !elt.closest?.("[data-pictures]") ? at(elt.closest?.("form")) : undefined;
const at = (element) => drafts.find((draft) => draft.field === element || draft.form === element);

document.addEventListener("input", (event) => {
  const draft = at(event.target);
  if (!draft) return;
  draft.isRefused = false;
  draft.soon();
});

/** Whatever is not saved is sent on its way, even while the page goes. */
function flush() {
  for (const draft of drafts) draft.save();
}
window.addEventListener("pagehide", flush);
document.addEventListener("visibilitychange", () => document.hidden && flush());
document.addEventListener("htmx:beforeSwap", ({ detail }) => detail.target?.id === "workspace" && flush());

// While an answer is on its way to the server nothing is saved; after a refusal it goes on.
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const draft = sentBy(detail);
  if (!draft) return;
  clearTimeout(draft.timer);
  draft.isSending = true;
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const draft = sentBy(detail);
  if (!draft) return;
  draft.isSending = false;
  if (!detail.successful) {
    lookAround();
    if (draft.isDirty()) draft.soon();
  }
});

document.addEventListener("patched", () => {
  for (const draft of drafts) draft.follow();
});
document.addEventListener("replied", () => of("reply")?.done());
document.addEventListener("noted", () => of("note")?.done());
for (const event of ["drafted", "discarded"]) {
  document.addEventListener(event, () => {
    for (const draft of drafts) {
      const typed = event === "drafted" && draft.isDirty() ? draft.field.value : "";
      draft.take();
      if (typed) draft.keepToo(typed);
    }
    if (event === "drafted" && $("#mode-reply")?.checked) of("reply")?.field.focus();
  });
}
document.addEventListener("opened", begin);
begin();
