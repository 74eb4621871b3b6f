// What slides up over a chat: questions, choices and the answers that must be read.

import { avatar, h, icon } from "./dom.js";
import { plain } from "./symbols.js";
import { word } from "./words.js";

const TOAST_MS = 3200;
const FILE_BYTES_MAX = 10 * 1024 * 1024;

export class Sheets {
  constructor(phone) {
    this.phone = phone;
    this.layer = h("div.sheet-layer", { hidden: true });
    // Not `onclick`: what such a handler returns could forbid the click.
    this.layer.addEventListener("click", (event) => event.target === this.layer && this.close());
    this.layer.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    this.toastLine = h("div.toast", { hidden: true, attr: { role: "status" } });
  }

  word(key, values) {
    return word(key, this.phone.language, values);
  }

  toast(text) {
    this.toastLine.replaceChildren(plain(text));
    this.toastLine.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => (this.toastLine.hidden = true), TOAST_MS);
  }

  open(title, ...content) {
    this.opener = this.opener || document.activeElement;
    const sheet = h("div.sheet", { attr: { role: "dialog", "aria-modal": "true", "aria-label": title || this.phone.name } });
    if (title) sheet.append(h("h2", {}, title));
    sheet.append(...content.filter(Boolean));
    this.layer.replaceChildren(sheet);
    this.layer.hidden = false;
    (sheet.querySelector("[data-focus]") || sheet.querySelector("button, input"))?.focus({ preventScroll: true });
  }

  close() {
    this.layer.hidden = true;
    this.layer.replaceChildren();
    this.opener?.focus?.({ preventScroll: true });
    this.opener = null;
  }

  choices(...choices) {
    const rows = choices.filter(Boolean).map(({ picture, text, detail, act, isDanger }) => {
      const words = h("span.choice-words", {}, h("b", {}, plain(text)));
      if (detail) words.append(h("small", {}, plain(detail)));
      const row = h("button.choice", {}, picture, words);
      if (isDanger) row.classList.add("danger");
      row.onclick = () => {
        this.close();
        act();
      };
      return row;
    });
    return h("div.choices", {}, ...rows);
  }

  confirm(title, body, yes, act) {
    const cancel = h("button.button", { onclick: () => this.close() }, this.word("cancel"));
    const agree = h("button.button.main", { dataset: { focus: "" } }, yes);
    agree.onclick = () => {
      this.close();
      act();
    };
    this.open(title, body, h("div.buttons", {}, cancel, agree));
  }

  // An answer to a tap that asks to be read
  alert(text) {
    const read = h("button.button.main", { onclick: () => this.close(), dataset: { focus: "" } }, this.word("ok"));
    this.open("", h("p.alert-words", {}, plain(text)), h("div.buttons", {}, read));
  }

  shareOwnNumber(act) {
    const body = h("div", {}, h("p", {}, this.word("contact.body", { bot: this.phone.page.bot.name })), h("p.number", {}, this.phone.person.phone));
    this.confirm(this.word("contact.title"), body, this.word("contact.share"), act);
  }

  shareLocation(act) {
    this.confirm(this.word("location.title"), null, this.word("contact.share"), act);
  }

  attach() {
    const { phone } = this;
    this.open(
      this.word("phone.attach"),
      this.choices(
        { picture: icon("scan"), text: this.word("phone.scan"), act: () => phone.page.scan(phone) },
        { picture: icon("contact"), text: this.word("attach.own"), act: () => this.shareOwnNumber(() => phone.do("share_contact")) },
        { picture: icon("forward"), text: this.word("attach.other"), act: () => this.shareOther() },
        { picture: icon("link"), text: this.word("attach.link"), act: () => this.openLink() },
        { picture: icon("file"), text: this.word("attach.file"), act: () => this.chooseFile() },
      ),
    );
  }

  shareOther() {
    const { phone } = this;
    const others = phone.page.peopleNearby(phone).map((chat) => ({
      picture: avatar(chat.person.id, chat.person.first_name),
      text: chat.person.first_name,
      detail: chat.person.phone,
      act: () => phone.do("share_contact", { of: chat.person.id }),
    }));
    const number = h("input.field", { type: "tel", placeholder: "+7 912 345-67-89", attr: { "aria-label": this.word("contact.number") } });
    const send = h("button.button", {}, this.word("phone.send"));
    const submit = (event) => {
      event.preventDefault();
      if (!number.value.trim()) return;
      this.close();
      phone.do("share_contact", { phone: number.value.trim() });
    };
    send.type = "submit";
    const form = h("form.field-row", { onsubmit: submit }, number, send);
    // The number first: below a list of everybody nobody would find it.
    const people = this.choices(...others);
    people.querySelector("button")?.setAttribute("data-focus", "");
    this.open(this.word("contact.other"), h("p.hint", {}, this.word("contact.number")), form, people);
  }

  openLink() {
    const { phone } = this;
    const link = h("input.field", { type: "text", placeholder: `https://t.me/${phone.page.bot.username}?start=…`, dataset: { focus: "" }, attr: { "aria-label": this.word("link.title") } });
    const open = h("button.button.main", {}, this.word("link.open"));
    open.type = "submit";
    const submit = (event) => {
      event.preventDefault();
      if (!link.value.trim()) return;
      this.close();
      phone.openLink(link.value.trim());
    };
    this.open(this.word("link.title"), h("form.field-row", { onsubmit: submit }, link, open));
  }

  chooseFile() {
    const picker = h("input", { type: "file" });
    picker.onchange = async () => {
      const [file] = picker.files;
      if (!file || file.size > FILE_BYTES_MAX) return file && this.toast(this.word("phone.refused"));
      return this.phone.sendFile(file);
    };
    picker.click();
  }

  /** To whom a text goes: somebody whose phone is here, or a new one. */
  shareText(text) {
    const { page } = this.phone;
    const people = page.peopleNearby(this.phone).map((chat) => ({
      picture: avatar(chat.person.id, chat.person.first_name),
      text: chat.person.first_name,
      detail: page.roleOf(chat, this.phone.language),
      act: () => page.sendLetter(this.phone, chat, text),
    }));
    const stranger = { picture: icon("plus"), text: this.word("share.new"), act: () => page.meetAndSend(this.phone, text) };
    this.open(this.word("share.title"), h("p.shared-text", {}, plain(text)), this.choices(stranger, ...people));
  }

  more() {
    const { phone } = this;
    const other = phone.language === "ru" ? "phone.language.en" : "phone.language";
    const next = phone.language === "ru" ? "en" : "ru";
    const language = { picture: icon("language"), text: this.word(other), act: () => phone.do("set_language", { language_code: next }) };
    const block = { picture: icon("block"), text: this.word("phone.block"), isDanger: true, act: () => phone.do("block") };
    this.open(phone.name, this.choices(language, phone.chat.blocked ? null : block));
  }
}
