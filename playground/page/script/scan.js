// The camera of a phone: it sees the pictures on the other phones' screens and reads their codes.

import { h } from "./dom.js";
import { plain } from "./symbols.js";
import { word } from "./words.js";

const PICTURES_MAX = 24;

/** Lets a person point the camera at somebody's screen. */
export function openScanner(page, phone) {
  const found = newestPictures(page, phone);
  const say = (key, values) => word(key, phone.language, values);
  if (found.length === 0) {
    phone.sheets.open(say("scan.title"), h("p.hint", {}, say("scan.none")));
    return;
  }
  const tiles = found.slice(0, PICTURES_MAX).map(({ chat, message }) => {
    const label = say("scan.screen", { name: chat.person.first_name });
    const picture = h("img", { src: message.file.url, alt: "" });
    const tile = h("button.tile", { attr: { "aria-label": label } }, picture, h("span", {}, plain(label)));
    tile.onclick = () => {
      phone.sheets.close();
      read(phone, message, say);
    };
    return tile;
  });
  phone.sheets.open(say("scan.title"), h("p.hint", {}, say("scan.body")), h("div.tiles", {}, ...tiles));
}

/** The newest picture of everybody else's screen, the newest first; a file may be one, too. */
function newestPictures(page, phone) {
  const pictures = [];
  for (const chat of page.chats.values()) {
    if (chat === phone.chat) continue;
    const message = [...chat.messages.values()].reverse().find(isPicture);
    if (message) pictures.push({ chat, message });
  }
  return pictures.sort((a, b) => b.message.id - a.message.id);
}

function isPicture(message) {
  return message.kind === "photo" || message.file?.type?.startsWith("image/");
}

async function read(phone, message, say) {
  const file = message.file.url.split("/").at(-1);
  const seen = await phone.ask("scan", { file });
  if (seen === null) return;
  if (seen.link === null) phone.sheets.alert(say("scan.unread"));
  else if (seen.opened) phone.sheets.toast(say("scan.opened"));
  else phone.sheets.alert(say("scan.elsewhere", { link: seen.link }));
}
