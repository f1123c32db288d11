// The light marks of an agent's words, as elements. What is not a mark stays text; there is no HTML in between.

import { h } from "./dom";

const INLINE = /\[([^\][\n]{1,200})\]\((https?:\/\/[^\s()<>"]{1,1000})\)|(https?:\/\/[^\s<>"]{1,1000})|\*\*(?=\S)([^*\n]{1,500})\*\*|(?<![*\w])\*(?=\S)([^*\n]{1,500})\*(?![*\w])|(?<![\w])_(?=\S)([^_\n]{1,500})_(?!\w)/g;
const LINK = /https?:\/\/[^\s<>"]{1,1000}/g;
const TAIL = /[.,;:!?)\]}'"]+$/;

/** An agent's words: paragraphs, lists, **bold**, *italic*, links that show their host. */
export function marked(text: string): DocumentFragment {
  const made = document.createDocumentFragment();
  for (const block of text.replace(/\r\n/g, "\n").split(/\n{2,}/)) {
    const lines = block.split("\n").filter((line) => line.trim());
    if (!lines.length) continue;
    if (lines.every((line) => /^\s*[-*] /.test(line))) made.append(h("ul", {}, ...lines.map((line) => h("li", {}, inline(line.trimStart().slice(2))))));
    else made.append(h("p", {}, joined(lines, inline)));
  }
  return made;
}

/** A customer's own words: only line breaks and links. */
export function plain(text: string): DocumentFragment {
  return joined(text.split("\n"), (line) => between(line, LINK, (found) => link(found[0], found[0])));
}

function joined(lines: string[], draw: (line: string) => Node): DocumentFragment {
  const made = document.createDocumentFragment();
  lines.forEach((line, n) => made.append(...(n ? [h("br")] : []), draw(line)));
  return made;
}

function inline(line: string): DocumentFragment {
  return between(line, INLINE, ([, label, named, bare, bold, slanted, under]) => {
    if (named) return link(label!, named);
    if (bare) return link(bare, bare);
    return bold ? h("strong", {}, bold) : h("em", {}, (slanted ?? under)!);
  });
}

function between(line: string, pattern: RegExp, draw: (found: RegExpMatchArray) => Node): DocumentFragment {
  const made = document.createDocumentFragment();
  let at = 0;
  for (const found of line.matchAll(pattern)) {
    made.append(line.slice(at, found.index), draw(found));
    at = found.index! + found[0].length;
  }
  made.append(line.slice(at));
  return made;
}

function link(label: string, given: string): Node {
  const tail = label === given ? (TAIL.exec(given)?.[0] ?? "") : "";
  const address = given.slice(0, given.length - tail.length);
  const host = URL.canParse(address) ? new URL(address).host : "";
  if (!host) return document.createTextNode(label);
  const shown = label === given ? address : label.includes(host) ? label : `${label} (${host})`;
  const made = document.createDocumentFragment();
  made.append(h("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, shown), tail);
  return made;
}
