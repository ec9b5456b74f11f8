// Remarks on an answer while it is typed: the server looks at it whenever the typing pauses.

const PAUSE = 600; // ms without a key
const WORTH_A_LOOK = /\d[\d\s.-]{5,}|[\uFF10-\uFF19]|@|\{\{|\[/; // nothing else can be remarked on

let timer = 0;
let asked = 0;

function show(nodes) {
  document.querySelector("#reply-hints")?.replaceChildren(...nodes);
}

async function look(field) {
  const turn = ++asked;
  if (!WORTH_A_LOOK.test(field.value)) return show([]);
  const body = new FormData();
  body.set("text", field.value);
  const token = field.form.elements.csrfmiddlewaretoken.value;
  try {
    const answer = await fetch(field.dataset.hints, { method: "POST", body, headers: { "X-CSRFToken": token } });
    if (!answer.ok || turn !== asked) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (field.isConnected) show([...found.body.children]);
  } catch {
    // A remark that cannot be fetched is made when the answer is sent.
  }
}

document.addEventListener("input", (event) => {
  if (!event.target.dataset?.hints) return;
  clearTimeout(timer);
  timer = setTimeout(look, PAUSE, event.target);
});

document.addEventListener("replied", () => {
  asked += 1;
  clearTimeout(timer);
  show([]);
});
