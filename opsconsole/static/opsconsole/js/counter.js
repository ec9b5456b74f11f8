// How long a text is in a platform's own counting. The server has the last word; this is its quick echo.

const URL_LENGTH = 23;
const LIGHT = [
  [0x0000, 0x10ff],
  [0x2000, 0x200d],
  [0x2010, 0x201f],
  [0x2032, 0x2037],
];
const WEB_ADDRESS =
  /(?:https?:\/\/[^\s<>"']+[^\s<>"'.,!?;:)\]}]|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|net|org|io|kr|co|me|tv|gg|dev|app|info|biz|jp|cn|us|uk|eu)(?![\w.-])(?:\/[^\s<>"']*[^\s<>"'.,!?;:)\]}])?)/giu;
const EMOJI = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f?|[0-9#*]\ufe0f?\u20e3|\p{Regional_Indicator}{2}/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** X: Latin 1, Hangul, CJK and emoji 2, each address 23, after NFC. */
export function weighted(text) {
  const wire = text.replaceAll("\r\n", "\n").normalize("NFC");
  let length = 0;
  const rest = wire.replace(WEB_ADDRESS, () => {
    length += URL_LENGTH;
    return "";
  });
  for (const { segment } of graphemes.segment(rest)) {
    if (EMOJI.test(segment)) length += 2;
    else for (const char of segment) length += weight(char.codePointAt(0));
  }
  return length;
}

function weight(point) {
  return LIGHT.some(([from, to]) => point >= from && point <= to) ? 1 : 2;
}

/** Length of a text by the name of a counting. */
export function measure(text, counting) {
  if (counting === "x_weighted") return weighted(text);
  return [...text.replaceAll("\r\n", "\n").normalize("NFC")].length;
}

/** Keep every `<output for=...>` of a counted textarea true. */
export function attachCounters(root) {
  for (const area of root.querySelectorAll("textarea[data-counting][data-max]")) {
    const output = root.querySelector(`output[for="${area.id}"]`);
    if (!output) continue;
    const show = () => {
      const length = measure(area.value, area.dataset.counting);
      output.value = `${length} / ${area.dataset.max}`;
      output.dataset.over = length > Number(area.dataset.max);
    };
    area.addEventListener("input", show);
    show();
  }
}
