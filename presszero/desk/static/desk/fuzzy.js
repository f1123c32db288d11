// Typed letters found in a name, as presszero/desk/palette/fuzzy.py finds them: null, or how well and which pieces.
const letter = /[\p{L}\p{N}]/u;

export function hit(typed, text) {
  const folded = text.toLowerCase();
  const small = folded.length === text.length ? folded : text;
  const marks = new Set();
  let score = 0;
  for (const word of typed.toLowerCase().split(/\s+/).filter(Boolean)) {
    const found = find(word, small);
    if (!found) return null;
    score += found.score * word.length;
    for (const at of found.at) marks.add(at);
  }
  return { score: score - text.length / 100, pieces: pieces(text, marks) };
}

function beginning(word, text) {
  let at = text.indexOf(word);
  while (at > 0 && letter.test(text[at - 1])) at = text.indexOf(word, at + 1);
  return at;
}

function find(word, text) {
  let at = beginning(word, text);
  if (at >= 0) return { score: 4, at: run(at, word.length) };
  at = text.indexOf(word);
  if (at >= 0) return { score: 2, at: run(at, word.length) };
  return scattered(word, text);
}

// In order, close together, from the beginning of a word on.
function scattered(word, text) {
  const at = [beginning(word[0], text)];
  if (word.length < 3 || at[0] < 0) return null;
  for (const one of word.slice(1)) {
    const next = text.indexOf(one, at.at(-1) + 1);
    if (next < 0) return null;
    at.push(next);
  }
  const spread = at.at(-1) - at[0] + 1;
  return spread <= 2 * word.length ? { score: word.length / spread, at } : null;
}

const run = (from, length) => Array.from({ length }, (_, n) => from + n);

function pieces(text, marks) {
  const made = [];
  for (let at = 0; at < text.length; at += 1) {
    const marked = marks.has(at);
    if (made.length && made.at(-1)[1] === marked) made.at(-1)[0] += text[at];
    else made.push([text[at], marked]);
  }
  return made;
}
