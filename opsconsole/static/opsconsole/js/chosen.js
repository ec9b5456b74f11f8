// The pictures of a post: chosen from the library, uploaded, put in order, taken away.

const box = document.querySelector("[data-pictures]");
const list = box?.querySelector("[data-chosen]");
const news = box?.querySelector("[data-picture-news]");
const dialog = document.getElementById("library-dialog");

const form = () => box.closest("form");
const csrf = () => form().querySelector("[name=csrfmiddlewaretoken]").value;
const changed = () => form().dispatchEvent(new CustomEvent("pictures-changed"));

/** Put a picture at the end of the list, once. `facts` are id, name, alt, thumb, width and height. */
function add(facts) {
  if (list.querySelector(`[data-picture="${CSS.escape(String(facts.id))}"]`)) return;
  const made = box.querySelector("[data-picture-template]").content.firstElementChild.cloneNode(true);
  made.dataset.picture = facts.id;
  made.querySelector("[name=images]").value = facts.id;
  made.querySelector("[data-name]").textContent = facts.name;
  const words = made.querySelector("[name=alt_]");
  words.name = `alt_${facts.id}`;
  words.id = `alt-${facts.id}`;
  words.value = facts.alt ?? "";
  made.querySelector("label[for='alt-']").htmlFor = words.id;
  const image = document.createElement("img");
  const { thumb: src, width, height } = facts;
  Object.assign(image, { className: "chosen__thumb", alt: "", src, width, height });
  made.querySelector("[data-thumb]").replaceWith(image);
  for (const left of made.querySelectorAll("[name=left_out]")) left.value = facts.id + left.value;
  list.append(made);
  changed();
}

async function fill(url, into) {
  const answer = await fetch(url);
  if (!answer.ok) return;
  into.innerHTML = await answer.text();
}

function search() {
  const asked = new URLSearchParams({
    q: document.getElementById("library-search").value,
    unit: form().querySelector("[name=unit]").value,
  });
  return fill(`${box.dataset.pickUrl}?${asked}`, dialog.querySelector("[data-tiles]"));
}

async function upload(file) {
  const body = new FormData();
  body.append("file", file);
  body.append("unit", form().querySelector("[name=unit]").value);
  const headers = { "X-CSRFToken": csrf(), Accept: "application/json" };
  const answer = await fetch(box.dataset.addUrl, { method: "POST", body, headers });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.message ?? said.detail ?? file.name);
  add(said);
}

async function uploadAll(files) {
  for (const [number, file] of [...files].entries()) {
    news.textContent = `${number + 1} / ${files.length} · ${file.name}`;
    try {
      await upload(file);
      news.textContent = "";
    } catch (error) {
      news.textContent = `${file.name}: ${error.message}`;
      return;
    }
  }
}

function act(event) {
  const one = event.target.closest("[data-picture]");
  const button = event.target.closest("button");
  if (!one || !button) return;
  if (button.matches("[data-remove]")) one.remove();
  else if (button.matches("[data-earlier]")) one.previousElementSibling?.before(one);
  else if (button.matches("[data-later]")) one.nextElementSibling?.after(one);
  else return;
  button.focus();
  changed();
}

if (box) {
  box.querySelector("[data-needs-script]").hidden = false;
  list.addEventListener("click", act);
  box.querySelector("[data-open-library]").addEventListener("click", () => {
    dialog.showModal();
    search();
  });
  let timer = 0;
  document.getElementById("library-search").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 250);
  });
  dialog.addEventListener("click", (event) => {
    const more = event.target.closest("[data-pick-more]");
    const pick = event.target.closest("[data-pick]");
    if (event.target === dialog) dialog.close();
    else if (pick) {
      add(pick.dataset);
      dialog.close();
      list.lastElementChild?.querySelector("input:not([type=hidden])").focus();
    } else if (more) {
      const rest = document.createElement("div");
      fill(more.dataset.url, rest).then(() => more.replaceWith(...rest.childNodes));
    }
  });
  const field = box.querySelector("[data-upload]");
  field.addEventListener("change", () => uploadAll(field.files).then(() => (field.value = "")));
  box.addEventListener("dragover", (event) => event.preventDefault());
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    uploadAll(event.dataTransfer.files);
  });
}
