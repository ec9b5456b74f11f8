// How long a text is to a platform. The server has the last word; this is what one sees while typing.

const LIGHT = [[0, 4351], [8192, 8205], [8208, 8223], [8242, 8247]]; // these count one, all others two
const URL_LENGTH = 23;
const LINK =
  /https?:\/\/[^\s<>"'\u3000]+|(?<![\p{L}\p{N}@._/-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com|net|org|kr|co|io|me|tv|jp|us|uk|dev|app|info|biz|gov|edu|shop|xyz|site|ly|gl)(?![\p{Script=Latin}\p{N}-])(?:\/[^\s<>"'\u3000]*)?/giu;
const EMOJI = /\p{Emoji_Presentation}|\p{Regional_Indicator}{2}|\p{Emoji}\uFE0F|\u200D|\u20E3/u;
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

function weight(codePoint) {
  return LIGHT.some(([from, to]) => codePoint >= from && codePoint <= to) ? 1 : 2;
}

function weighted(text) {
  let sum = 0;
  for (const { segment } of graphemes.segment(text)) {
    if (EMOJI.test(segment)) sum += 2;
    else for (const character of segment) sum += weight(character.codePointAt(0));
  }
  return sum;
}

/** An answer on X reaches some by itself: their handles at its head weigh nothing. */
function withoutHead(text, uncounted) {
  for (;;) {
    const head = text.match(/^@([A-Za-z0-9_]{1,15})(?![A-Za-z0-9_])\s*/);
    if (!head || !uncounted.includes(head[1].toLowerCase())) return text;
    text = text.slice(head[0].length);
  }
}

/** Return the length of a text under a way of counting: x_weighted or characters. */
export function measure(text, counting, uncounted = []) {
  const composed = text.replaceAll("\r\n", "\n").normalize("NFC");
  if (counting !== "x_weighted") return [...composed].length;
  const whole = withoutHead(composed, uncounted);
  let rest = 0;
  let at = 0;
  for (const link of whole.matchAll(LINK)) {
    const trailing = link[0].match(/[.,;:!?)\]}'"…]*$/u)[0].length;
    rest += weighted(whole.slice(at, link.index)) + URL_LENGTH;
    at = link.index + link[0].length - trailing;
  }
  return rest + weighted(whole.slice(at));
}
