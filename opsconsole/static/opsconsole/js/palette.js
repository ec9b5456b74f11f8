// The command palette (Ctrl+K): every place, every view and every act that the screen offers just now, by its name.
// It holds no commands of its own: it presses what is there, so that it can never do what the screen cannot.

const $ = (selector) => document.querySelector(selector);
const LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";

let commands = [];
let shown = [];
let active = 0;

/** The initial consonants of a Korean word: "담당하기" is found by "ㄷㄷㅎㄱ". */
function leads(text) {
  return [...text].map((letter) => {
    const place = letter.charCodeAt(0) - 0xac00;
    return place >= 0 && place < 11172 ? LEADS[Math.floor(place / 588)] : letter;
  }).join("");
}

function nameOf(element) {
  const label = element.getAttribute("aria-label") ?? element.dataset.command ?? element.textContent;
  return label.replace(/\s+/g, " ").trim();
}

/** A switch inside a label is named by the label; a closed menu's own entries are not offered. */
function isOffered(element) {
  const seen = element.closest("label") ?? element;
  return seen.checkVisibility() && !element.disabled && !element.closest("dialog");
}

function gather() {
  const found = [];
  for (const element of document.querySelectorAll("[aria-keyshortcuts], [data-command], .rail__link")) {
    if (!isOffered(element)) continue;
    const name = element.matches("input[type=radio]") ? nameOf(element.closest("label")) : nameOf(element);
    if (name) found.push({ name, key: element.getAttribute("aria-keyshortcuts") ?? "", element });
  }
  return found;
}

function fits(name, words) {
  const folded = name.toLowerCase();
  const initials = leads(folded);
  return words.every((word) => folded.includes(word) || initials.includes(word));
}

function draw() {
  const typed = $("#palette-text").value.trim();
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  shown = commands.filter((command) => fits(command.name, words)).slice(0, 12);
  if (typed) shown.push({ name: `${$("#palette").dataset.search} ${typed}`, key: "", search: typed });
  active = 0;
  $("#palette-list").replaceChildren(...shown.map(option));
  point();
}

function option(command, place) {
  const item = document.createElement("li");
  item.id = `palette-${place}`;
  item.role = "option";
  item.className = "palette__item";
  const name = document.createElement("span");
  name.textContent = command.name;
  item.append(name);
  if (command.key) {
    const key = document.createElement("kbd");
    key.textContent = command.key;
    item.append(key);
  }
  item.addEventListener("click", () => run(command));
  return item;
}

function point() {
  for (const [place, item] of [...$("#palette-list").children].entries()) {
    item.setAttribute("aria-selected", String(place === active));
    if (place === active) item.scrollIntoView({ block: "nearest" });
  }
  const field = $("#palette-text");
  if (shown.length) field.setAttribute("aria-activedescendant", `palette-${active}`);
  else field.removeAttribute("aria-activedescendant");
}

function run(command) {
  $("#palette").close();
  if (command.search) {
    location.assign(`/?${new URLSearchParams({ view: "all", text: command.search })}`);
    return;
  }
  const { element } = command;
  if (element.matches("input[type=radio]")) {
    element.checked = true;
    element.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (element.matches("input, textarea, select")) element.focus();
  else element.click();
}

function open() {
  commands = gather();
  $("#palette-text").value = "";
  $("#palette").showModal();
  draw();
}

document.addEventListener("keydown", (event) => {
  const isCall = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.code === "KeyK";
  if (!isCall || !$("#palette")) return;
  event.preventDefault();
  if ($("#palette").open) $("#palette").close();
  else if (!$("dialog[open]")) open();
});

$("#palette-text")?.addEventListener("input", draw);
$("#palette-text")?.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const step = event.key === "ArrowDown" ? 1 : -1;
    active = (active + step + shown.length) % Math.max(shown.length, 1);
    point();
  } else if (event.key === "Enter" && shown[active]) run(shown[active]);
  else return;
  event.preventDefault();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-palette]")) open();
});
