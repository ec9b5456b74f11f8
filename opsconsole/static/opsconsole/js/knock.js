// Short notices at the desktop while the console lies in the background. What is wanted is asked of the server;
// several tabs show one, because all give it the same tag.

const EVERY = 60_000; // ms between looks while no stream speaks to us
const AFTER_A_HINT = 300; // ms, in which several become one look

let since = -1;
let timer = 0;

function bell() {
  return document.getElementById("bell");
}

function mayKnock() {
  return "Notification" in window && Notification.permission === "granted";
}

function show({ tag, title, body, url }) {
  const notice = new Notification(title, { body, tag, icon: document.querySelector("link[rel~=icon]")?.href });
  notice.addEventListener("click", () => {
    window.focus();
    location.assign(url);
    notice.close();
  });
}

async function look() {
  const address = bell()?.dataset.knock;
  if (!address || !mayKnock()) return;
  const answer = await fetch(`${address}?since=${since}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { newest, notices } = await answer.json();
  const isFirst = since < 0;
  since = newest;
  if (isFirst || document.hasFocus()) return;
  for (const notice of notices) show(notice);
}

function lookSoon() {
  clearTimeout(timer);
  timer = setTimeout(() => look().catch(() => {}), AFTER_A_HINT);
}

document.body.addEventListener("live:notice", lookSoon);
setInterval(lookSoon, EVERY);
lookSoon();
