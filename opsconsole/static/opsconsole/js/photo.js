// Shows a chosen photo before it is uploaded, cut as the server will cut it.

const box = document.querySelector("[data-photo]");
const input = box.querySelector("input[type=file]");
const avatar = box.querySelector(".avatar");
const before = [...avatar.childNodes];
const note = box.querySelector("[data-photo-note]");
const refused = box.querySelector("[data-photo-refused]");

function show(nodes, isPreview, isRefused) {
  avatar.replaceChildren(...nodes);
  note.hidden = !isPreview;
  refused.hidden = !isRefused;
}

input.addEventListener("change", () => {
  const [file] = input.files;
  if (!file) return show(before, false, false);
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    const picture = new Image();
    picture.alt = "";
    picture.addEventListener("load", () => show([picture], true, false));
    picture.addEventListener("error", () => {
      input.value = "";
      show(before, false, true);
    });
    picture.src = reader.result;
  });
  reader.readAsDataURL(file);
});
