// One message as a bubble: its words, pictures, files and the buttons under it.

import { avatar, h, icon } from "./dom.js";
import { richText } from "./richtext.js";
import { plain } from "./symbols.js";
import { fromUnix, hours } from "./time.js";
import { word } from "./words.js";

/** The bubble; `act` is what can be done with it: command, link, copy, tap, enlarge. */
export function bubble(message, phone) {
  const { language, act } = phone;
  const side = message.from_bot ? "theirs" : "ours";
  const body = h("div.bubble", { dataset: { kind: message.kind } });
  const quoted = phone.chat.messages.get(message.reply_to);
  if (quoted && (quoted.text || !message.contact)) body.append(quote(quoted, phone));
  const content = CONTENT[message.kind] || CONTENT.other;
  const shown = content(message, phone);
  if (shown) body.append(shown);
  if (message.text) {
    const words = h("div.words", { dir: "auto" });
    words.append(richText(message.html, act), meta(message, language));
    body.append(words);
  } else body.append(meta(message, language));
  const row = h(`div.message.${side}`, { dataset: { message: message.id } }, body);
  if (message.buttons.length) row.append(inlineKeyboard(message, phone));
  return row;
}

function meta(message, language) {
  const parts = [];
  if (message.edited) parts.push(h("span.edited", {}, word("phone.edited", language)));
  const moment = fromUnix(message.date);
  const time = h("time", { attr: { datetime: moment.toISOString() } }, hours(moment, language));
  parts.push(time);
  if (!message.from_bot) parts.push(h("span.ticks", { attr: { "aria-hidden": "true" } }));
  return h("span.meta", {}, ...parts);
}

function quote(quoted, phone) {
  const bot = phone.page.bot.name;
  const words = quoted.text || word("phone.photo", phone.language);
  const element = h("div.quote", {}, h("b", {}, quoted.from_bot ? bot : phone.name), h("span", {}, plain(words)));
  element.onclick = () => phone.talk.showMessage(quoted.id);
  return element;
}

const CONTENT = {
  text: () => null,
  photo: (message, phone) => {
    const { url, width, height } = message.file;
    const label = word("phone.photo", phone.language);
    const picture = h("img", { src: url, alt: message.text || label, width, height, loading: "lazy" });
    picture.onload = () => phone.talk.keepDown();
    const enlarge = () => phone.act.enlarge(url, message);
    const attr = { "aria-label": word("phone.enlarge", phone.language) };
    return h("button.picture", { onclick: enlarge, attr }, picture);
  },
  document: fileRow,
  video: fileRow,
  audio: fileRow,
  voice: fileRow,
  animation: fileRow,
  sticker: (message) => h("div.sticker", {}, plain(message.file?.emoji || "👍")),
  contact: (message) => {
    const { first_name: name, phone_number: number, user_id: id } = message.contact;
    const shown = number.startsWith("+") ? number : `+${number}`;
    return h("div.contact", {}, avatar(id || 0, name), h("div", {}, h("b", {}, name), h("span", {}, shown)));
  },
  location: (message, phone) =>
    h("div.place", {}, icon("place"), h("span", {}, word("phone.place", phone.language))),
  dice: () => h("div.sticker", {}, plain("🎲")),
  other: (message, phone) =>
    message.text ? null : h("div.unknown", {}, word("phone.other", phone.language)),
};

function fileRow(message, phone) {
  const { url, name, size } = message.file;
  const shown = name || word("phone.file", phone.language);
  const row = h("a.file", { href: url, download: shown });
  row.append(h("span.file-disc", {}, icon("file")), h("div", {}, h("b", {}, shown), h("span", {}, bytes(size))));
  return row;
}

function bytes(size) {
  if (!size) return "";
  if (size < 1024) return `${size} B`;
  return size < 1024 * 1024 ? `${Math.round(size / 1024)} KB` : `${(size / 1024 / 1024).toFixed(1)} MB`;
}

const CORNERS = { url: "out", copy: "copy", share: "share", web_app: "out" };

function inlineKeyboard(message, phone) {
  const rows = message.buttons.map((buttons, row) =>
    h("div.row", {}, ...buttons.map((button, column) => inlineButton(message, button, row, column, phone))),
  );
  return h("div.inline-keys", {}, ...rows);
}

function inlineButton(message, button, row, column, phone) {
  const element = h("button.inline-key", { dataset: { kind: button.kind } });
  if (button.style) element.dataset.style = button.style;
  if (button.kind === "disabled") element.setAttribute("aria-disabled", "true");
  element.append(h("span", {}, plain(button.text)));
  if (CORNERS[button.kind]) element.append(icon(CORNERS[button.kind]));
  element.onclick = () => phone.act.tap(message, button, row, column, element);
  return element;
}

/** A line of text that another person sent by themselves: it is no part of the bot's chat. */
export function letter(note, phone) {
  const who = h("div.letter-head", {}, avatar(note.from, note.name), h("b", {}, note.name), h("span", {}, word("phone.said", phone.language)));
  const words = h("div.words", { dir: "auto" });
  const escaped = h("span", {}, note.text).innerHTML;
  words.append(richText(escaped, phone.act));
  return h("div.message.letter", {}, h("div.bubble", {}, who, words));
}
