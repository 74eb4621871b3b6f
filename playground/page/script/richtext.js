// A message's words: Telegram's own tags become elements of ours, nothing else does.

import { h } from "./dom.js";
import { plain } from "./symbols.js";

const TAGS = {
  B: "b", STRONG: "b", I: "i", EM: "i", U: "u", INS: "u", S: "s", STRIKE: "s", DEL: "s",
  CODE: "code", PRE: "pre", BLOCKQUOTE: "blockquote",
};
// A link, or a command that begins a line or follows a space, as Telegram finds them by itself.
const ACTIVE = /((?:https?:\/\/|tg:\/\/|t\.me\/)[^\s<>"»]+[^\s<>"».,;:!?)\]])|((?<=^|\s)\/[a-z][a-z0-9_]{0,31}(?![\w/]))/gi;

/** The words as a fragment; `act` has `command(text)`, `link(url)` and `copy(text)`. */
export function richText(html, act) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const words = document.createDocumentFragment();
  for (const node of parsed.body.childNodes) words.append(copied(node, act, false));
  return words;
}

function copied(node, act, inactive) {
  if (node.nodeType === Node.TEXT_NODE) return inactive ? plain(node.data) : active(node.data, act);
  if (node.nodeType !== Node.ELEMENT_NODE) return document.createDocumentFragment();
  const element = shell(node, act);
  const silent = inactive || ["A", "CODE", "PRE"].includes(node.tagName);
  for (const child of node.childNodes) element.append(copied(child, act, silent));
  return element;
}

function shell(node, act) {
  if (node.tagName === "A") return anchor(node.getAttribute("href") || "", act);
  if (node.tagName === "TG-SPOILER" || node.classList.contains("tg-spoiler")) return spoiler();
  const tag = TAGS[node.tagName];
  if (!tag) return document.createDocumentFragment();
  const element = h(tag);
  if (tag === "code" || tag === "pre") makeCopyable(element, act);
  if (tag === "blockquote" && node.hasAttribute("expandable")) {
    element.classList.add("folded");
    element.onclick = () => element.classList.toggle("folded");
  }
  return element;
}

function makeCopyable(element, act) {
  element.onclick = () => act.copy(element.textContent);
}

function spoiler() {
  const hidden = h("span.spoiler", { tabIndex: 0 });
  hidden.onclick = () => hidden.classList.add("shown");
  return hidden;
}

function anchor(url, act) {
  const link = h("a", { attr: { href: url.startsWith("tg:") ? "#" : url, rel: "noopener" } });
  link.onclick = (event) => {
    event.preventDefault();
    act.link(url);
  };
  return link;
}

function active(text, act) {
  const words = document.createDocumentFragment();
  let from = 0;
  for (const match of text.matchAll(ACTIVE)) {
    words.append(plain(text.slice(from, match.index)));
    from = match.index + match[0].length;
    if (match[1]) {
      const link = anchor(match[1].includes("://") ? match[1] : `https://${match[1]}`, act);
      link.append(match[1]);
      words.append(link);
    } else {
      const command = h("a", { attr: { href: "#" } }, match[2]);
      command.onclick = (event) => {
        event.preventDefault();
        act.command(match[2]);
      };
      words.append(command);
    }
  }
  words.append(plain(text.slice(from)));
  return words;
}
