// Remarks on an answer while it is typed, and what it costs: the server looks at it whenever the typing pauses.

const PAUSE = 600; // ms without a key
const WORTH_A_LOOK = /\d[\d\s.-]{5,}|[\uFF10-\uFF19]|@|\{\{|\[/; // nothing else can be remarked on
const MAYBE_LINK = /\S\.\S/; // only a link changes what it costs

let timer = 0;
let asked = 0;

function show(nodes) {
  document.querySelector("#reply-hints")?.replaceChildren(...nodes);
}

async function look(field) {
  const turn = ++asked;
  const place = document.querySelector("#reply-cost");
  const isPriced = place && (MAYBE_LINK.test(field.value) || place.querySelector("[data-dear]"));
  if (!isPriced && !WORTH_A_LOOK.test(field.value)) return show([]);
  const body = new FormData();
  body.set("text", field.value);
  const token = field.form.elements.csrfmiddlewaretoken.value;
  try {
    const answer = await fetch(field.dataset.hints, { method: "POST", body, headers: { "X-CSRFToken": token } });
    if (!answer.ok || turn !== asked) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!field.isConnected) return;
    const costs = found.querySelector("[data-costs]");
    costs?.remove();
    if (place?.isConnected && costs) place.replaceChildren(...costs.childNodes);
    show([...found.body.children]);
  } catch {
    // A remark that cannot be fetched is made when the answer is sent.
  }
}

function lookSoon(field) {
  clearTimeout(timer);
  timer = setTimeout(look, PAUSE, field);
}

for (const name of ["input", "rewritten"]) {
  document.addEventListener(name, (event) => event.target.dataset?.hints && lookSoon(event.target));
}

for (const name of ["replied", "discarded"]) {
  document.addEventListener(name, () => {
    asked += 1;
    show([]);
    const field = document.querySelector("#reply-text");
    if (field) lookSoon(field);
  });
}
