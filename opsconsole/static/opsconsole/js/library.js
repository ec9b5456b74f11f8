// The library of images: files that are chosen, dropped or pasted go up one by one, each with its progress and its
// refusal; the list follows. Arrows walk through the list, a slash leads to the search.

import { quiet } from "./refetch.js";

const form = document.getElementById("upload");
const list = document.getElementById("upload-list");
const KINDS = ["image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4"];
const waiting = []; // [row, file]
let isSending = false;

const files = (data) => [...(data?.items ?? [])].filter((item) => item.kind === "file");

function say(row, state, words) {
  row.dataset.state = state;
  row.querySelector(".upload__said").textContent = words;
  row.querySelector("progress").hidden = state === "done" || state === "refused";
  row.querySelector("[data-drop]").hidden = state === "waiting" || state === "sending";
  row.querySelector("[data-again]").hidden = state !== "refused" || !("again" in row.dataset);
  if (state === "refused") announce(`${row.querySelector(".upload__name").textContent}: ${words}`);
}

function announce(words) {
  document.getElementById("upload-said").textContent = words;
}

function refusal(file) {
  if (!KINDS.includes(file.type)) return form.dataset.noPicture;
  const { largest, largestFilm } = form.dataset;
  return file.size > Number(file.type === "video/mp4" ? largestFilm : largest) ? form.dataset.tooLarge : "";
}

/** Put files into the queue, each with a row of its own. */
function take(some) {
  for (const file of some) {
    const row = document.getElementById("upload-row").content.firstElementChild.cloneNode(true);
    row.querySelector(".upload__name").textContent = file.name;
    row.querySelector("progress").ariaLabel = file.name;
    list.append(row);
    list.hidden = false;
    const words = refusal(file);
    say(row, words ? "refused" : "waiting", words || form.dataset.waiting);
    if (words) continue;
    row.querySelector("[data-again]").addEventListener("click", () => queue(row, file));
    queue(row, file);
  }
}

function queue(row, file) {
  delete row.dataset.again;
  say(row, "waiting", form.dataset.waiting);
  waiting.push([row, file]);
  if (!isSending) sendAll();
}

async function sendAll() {
  isSending = true;
  let added = 0;
  while (waiting.length) if (await send(...waiting.shift())) added += 1;
  isSending = false;
  if (!added) return;
  announce(`${form.dataset.done}: ${added}`);
  quiet(location.href, "#library", { select: "#library" }).catch(() => {});
  setTimeout(clearDone, 4000);
}

function clearDone() {
  for (const row of list.querySelectorAll("[data-state=done]")) row.remove();
  list.hidden = !list.children.length;
}

/** Send one file; a page that goes away in the meantime asks first. Resolves to whether it is in the library. */
function send(row, file) {
  say(row, "sending", "");
  const body = new FormData();
  body.append("unit", form.elements.unit.value);
  body.append("file", file);
  const call = new XMLHttpRequest();
  call.open("POST", form.action);
  call.setRequestHeader("Accept", "application/json");
  call.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
  call.upload.addEventListener("progress", ({ loaded, total }) => {
    row.querySelector("progress").value = total ? (100 * loaded) / total : 0;
  });
  return new Promise((done) => {
    call.addEventListener("loadend", () => done(told(row, call)));
    call.send(body);
  });
}

function told(row, call) {
  let answer = {};
  try {
    answer = JSON.parse(call.responseText);
  } catch {
    // no answer of ours: the words below say so
  }
  if (call.status === 201) {
    say(row, "done", form.dataset.done);
    return true;
  }
  if (!answer.detail) row.dataset.again = "";
  say(row, "refused", answer.detail || form.dataset.lost);
  return false;
}

if (form) {
  const field = document.getElementById("upload-files");
  field.addEventListener("change", () => {
    take(field.files);
    field.value = "";
  });
  list.addEventListener("click", ({ target }) => {
    if (!target.closest("[data-drop]")) return;
    target.closest("li").remove();
    list.hidden = !list.children.length;
    field.focus();
  });
  document.addEventListener("dragover", (event) => {
    if (!files(event.dataTransfer).length) return;
    event.preventDefault();
    form.dataset.dropping = "";
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) delete form.dataset.dropping;
  });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    delete form.dataset.dropping;
    take(event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    if (!files(event.clipboardData).length) return;
    event.preventDefault();
    take(event.clipboardData.files);
  });
  window.addEventListener("beforeunload", (event) => {
    if (isSending) event.preventDefault();
  });
}

/** The next tile in a direction: beside it, or in the same column of the next row. */
function neighbour(links, at, key) {
  if (key === "ArrowLeft") return links[at - 1];
  if (key === "ArrowRight") return links[at + 1];
  const here = links[at].getBoundingClientRect();
  const column = links.filter((link) => Math.abs(link.getBoundingClientRect().left - here.left) < 2);
  return column[column.indexOf(links[at]) + (key === "ArrowUp" ? -1 : 1)];
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const words = document.getElementById("library-words");
  if (event.key === "/" && !event.target.matches("input, textarea, select")) {
    event.preventDefault();
    words?.focus();
    return;
  }
  const link = event.target.closest?.("[data-grid] .tile__link");
  if (!link || !event.key.startsWith("Arrow")) return;
  const links = [...document.querySelectorAll("[data-grid] .tile__link")];
  const next = neighbour(links, links.indexOf(link), event.key);
  if (!next) return;
  event.preventDefault();
  next.focus();
});
