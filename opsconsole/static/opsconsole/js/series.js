// How a post repeats: shows what belongs to the chosen rule, and makes room for one more text.

const box = document.querySelector("[data-repeats]");
const choice = box?.querySelector("[name=repeats]");

function fit() {
  for (const part of box.querySelectorAll("[data-when]")) {
    part.hidden = !part.dataset.when.split(" ").includes(choice.value);
  }
  const draft = document.querySelector("button[name=then][value=draft]");
  const now = document.querySelector("button[name=then][value=now]");
  for (const button of [draft, now]) if (button) button.hidden = choice.value !== "no";
}

if (box) {
  choice.addEventListener("change", fit);
  box.querySelector("[data-one-more]").addEventListener("click", () => {
    const texts = box.querySelectorAll("[data-texts] textarea");
    const last = texts[texts.length - 1];
    const next = last.cloneNode();
    next.value = "";
    last.after(next);
    next.focus();
  });
  fit();
}
