// The form of a post: a preview that follows what is typed, threads that grow, and nothing typed is lost.

import { measure } from "./measure.js";

const form = document.querySelector("[data-post-form]");
const news = form?.querySelector("[data-scratch-news]");
const PREVIEW_PAUSE = 500;
const KEEP_PAUSE = 1500;

function later(pause, act) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, pause);
  };
}

let asked = null;
/** Draw the preview anew. An answer that a later question has overtaken is thrown away. */
async function preview() {
  asked?.abort();
  asked = new AbortController();
  try {
    const answer = await fetch(form.dataset.previewUrl, {
      method: "POST",
      body: new FormData(form),
      signal: asked.signal,
    });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.getElementById("previews").replaceWith(page.getElementById("previews"));
  } catch (error) {
    if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
  }
}

/** Keep the form as it is on the server; a closed tab or a dead browser loses nothing. */
async function keep() {
  try {
    const answer = await fetch(form.dataset.scratchUrl, { method: "POST", body: new FormData(form) });
    news.textContent = answer.ok ? news.dataset.kept : news.dataset.lost;
  } catch {
    news.textContent = news.dataset.lost;
  }
}

function count(part) {
  const placement = part.closest("[data-placement]");
  const text = part.querySelector("textarea").value;
  const length = measure(text, placement.dataset.counting);
  const output = part.querySelector("[data-count]");
  output.value = text ? `${length} / ${placement.dataset.max}` : "";
  output.dataset.over = length > Number(placement.dataset.max);
}

function oneMore(list) {
  const last = list.lastElementChild;
  const next = last.cloneNode(true);
  const field = next.querySelector("textarea");
  field.id = `${field.id}-${list.children.length}`;
  next.querySelector("label").htmlFor = field.id;
  field.value = "";
  next.querySelector("[data-count]").value = "";
  list.append(next);
  field.focus();
}

if (form) {
  const previewSoon = later(PREVIEW_PAUSE, preview);
  const keepSoon = form.dataset.scratchUrl ? later(KEEP_PAUSE, keep) : () => {};
  const changed = () => {
    previewSoon();
    keepSoon();
  };
  form.addEventListener("input", (event) => {
    const part = event.target.closest("[data-thread-one]");
    if (part) count(part);
    changed();
  });
  form.addEventListener("pictures-changed", changed);
  form.addEventListener("click", (event) => {
    const more = event.target.closest("[data-one-more-part]");
    if (more) oneMore(more.closest("[data-threads]").querySelector("[data-thread-list]"));
  });
  for (const part of form.querySelectorAll("[data-thread-one]")) count(part);
  if (form.querySelector("[name=accounts]:checked")) preview();
}
