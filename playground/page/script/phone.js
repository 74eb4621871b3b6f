// One phone: whose it is, the chat with the bot, and what its person can do there.

import { Composer } from "./composer.js";
import { avatar, h, icon, iconButton } from "./dom.js";
import { leadsToBot, sharedByButton, sharedByLink } from "./links.js";
import { Sheets } from "./sheets.js";
import { plain } from "./symbols.js";
import { Talk } from "./talk.js";
import { hours } from "./time.js";
import { spoken, word } from "./words.js";

const TYPING_MS = 5000;
const ANSWER_WAIT_MS = 15_000;

export class Phone {
  constructor(page, chat) {
    this.page = page;
    this.chat = chat;
    this.act = {
      command: (text) => this.say(text),
      link: (url) => this.openLink(url),
      copy: (text) => this.copy(text),
      tap: (...tap) => this.tap(...tap),
      enlarge: (url, message) => page.viewer.show(url, message.text),
    };
    this.element = h("section.phone", { dataset: { person: chat.person.id } });
    this.element.addEventListener("focusin", () => page.select(this));
    this.element.addEventListener("pointerdown", () => page.select(this));
    this.build();
  }

  get person() {
    return this.chat.person;
  }

  get name() {
    return this.person.first_name;
  }

  get language() {
    return spoken(this.person.language_code);
  }

  word(key, values) {
    return word(key, this.language, values);
  }

  build() {
    this.element.lang = this.language;
    this.element.setAttribute("aria-label", this.name);
    this.talk = new Talk(this);
    this.composer = new Composer(this);
    this.sheets = new Sheets(this);
    this.pinned = h("button.pinned", { hidden: true });
    this.element.replaceChildren(this.statusBar(), this.top(), this.pinned, this.middle(), this.composer.element, this.sheets.layer);
    this.refresh();
  }

  statusBar() {
    this.time = h("time");
    const role = h("span.role", {}, this.page.roleOf(this.chat, this.page.language));
    const close = iconButton("close", this.word("phone.close"), () => this.page.close(this), "small");
    return h("div.status-bar", {}, avatar(this.person.id, this.name), h("b.owner", { dir: "auto" }, plain(this.name)), role, this.time, close);
  }

  top() {
    const { bot } = this.page;
    this.state = h("small", {});
    const titles = h("div.titles", {}, h("b", {}, bot.name), this.state);
    const scan = iconButton("scan", this.word("phone.scan"), () => this.page.scan(this));
    const more = iconButton("more", this.word("phone.more"), () => this.sheets.more());
    return h("header.top", {}, h("span.bot-face", {}, botFace()), titles, scan, more);
  }

  middle() {
    return h("div.middle", {}, this.talk.scroller, this.talk.down, this.sheets.toastLine);
  }

  /** Shows everything anew: after the first snapshot and after a lost connection. */
  refresh() {
    this.refreshAbout();
    this.talk.fill();
    this.refreshFrame();
  }

  refreshFrame() {
    this.time.textContent = hours(this.page.clock.now(), this.language);
    const state = this.chat.blocked ? "phone.blocked" : this.isTyping ? "phone.typing" : "phone.bot";
    this.state.textContent = this.word(state);
    this.state.classList.toggle("typing", this.isTyping === true);
    this.refreshPinned();
    this.refreshAbout();
    this.composer.refresh();
  }

  refreshAbout() {
    const kind = { manager: "owner", hero: "client" }[this.chat.kind] || this.chat.kind;
    const title = h("b", { dir: "auto" }, plain(this.word(`about.${kind}`, { name: this.name })));
    const story = this.chat.kind === "hero" ? h("p", {}, this.chat.detail[this.language]) : null;
    this.talk.about.replaceChildren(...[title, story, h("p", {}, this.word(`about.${kind}.body`))].filter(Boolean));
    this.talk.about.hidden = this.chat.messages.size > 0 || this.chat.letters.length > 0;
  }

  refreshPinned() {
    const message = this.chat.messages.get(this.chat.pinned.at(-1));
    this.pinned.hidden = !message;
    if (!message) return;
    this.pinned.onclick = () => this.talk.showMessage(message.id);
    const words = h("span", {}, plain(message.text || this.word("phone.photo")));
    this.pinned.replaceChildren(icon("pin"), h("b", {}, this.word("phone.pinned")), words);
  }

  // What happens in the chat

  onMessage(message) {
    if (message.from_bot) this.setTyping(false);
    this.refreshAbout();
    this.talk.add(message);
    this.refreshFrame();
  }

  onAnswer({ text, show_alert: isAlert, url }) {
    this.stopWaiting();
    if (url) this.openLink(url);
    if (!text) return;
    if (isAlert) this.sheets.alert(text);
    else this.sheets.toast(text);
  }

  setTyping(isTyping) {
    clearTimeout(this.typingTimer);
    this.isTyping = isTyping;
    if (isTyping) this.typingTimer = setTimeout(() => this.setTyping(false), TYPING_MS);
    this.refreshFrame();
  }

  // What the person does

  /** Asks the server; what it refuses is told. Returns whether it was done. */
  async do(what, more = {}) {
    return (await this.ask(what, more)) !== null;
  }

  async ask(what, more = {}) {
    try {
      return await this.page.link.ask({ do: what, person: this.person.id, ...more });
    } catch (error) {
      const why = error.isLink ? this.word("link.lost") : error.message;
      this.sheets.toast(`${this.word("phone.refused")}: ${why}`);
      return null;
    }
  }

  say(text) {
    return this.do("send", { text });
  }

  press(key, row, column) {
    const press = () => this.do("press", { row, column });
    if (key.asks_contact) this.sheets.shareOwnNumber(press);
    else if (key.asks_location) this.sheets.shareLocation(press);
    else press();
  }

  async tap(message, button, row, column, element) {
    if (button.kind === "disabled") return this.sheets.toast(this.word("phone.disabled"));
    if (button.kind === "callback") this.startWaiting(element);
    const shared = sharedByLink(button.url);
    if (shared) return this.sheets.shareText(shared);
    const result = await this.ask("tap", { message_id: message.id, row, column });
    if (result === null) return this.stopWaiting();
    if (result.opened) window.open(result.opened, "_blank", "noopener");
    if (result.copied) this.copy(result.copied);
    if (result.shared) this.sheets.shareText(sharedByButton(result.shared));
    return undefined;
  }

  startWaiting(element) {
    this.stopWaiting();
    element.classList.add("waiting");
    this.waitTimer = setTimeout(() => this.stopWaiting(), ANSWER_WAIT_MS);
  }

  stopWaiting() {
    clearTimeout(this.waitTimer);
    for (const key of this.element.querySelectorAll(".waiting")) key.classList.remove("waiting");
  }

  openLink(url) {
    if (leadsToBot(url, this.page.bot.username)) return this.do("open_link", { url });
    const shared = sharedByLink(url);
    if (shared) return this.sheets.shareText(shared);
    if (/^https?:/.test(url)) window.open(url, "_blank", "noopener");
    return undefined;
  }

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without the permission the text is at least shown.
    }
    this.sheets.toast(`${this.word("phone.copied")}: ${text}`);
  }

  async sendFile(file) {
    const body = new FormData();
    body.append("file", file, file.name);
    const answer = await fetch(`/play/upload/${this.person.id}`, { method: "POST", body });
    if (!answer.ok) this.sheets.toast(this.word("phone.refused"));
  }
}

function botFace() {
  const face = new Image(40, 40);
  face.src = "/page/icon.svg";
  face.alt = "";
  return face;
}
