// The page: the people, their phones side by side, the clock above them.

import { Clock } from "./clock.js";
import { Desk } from "./desk.js";
import { h } from "./dom.js";
import { EVENTS, chatFrom } from "./events.js";
import { Link } from "./link.js";
import { keepDesk, lastDesk, remember, remembered } from "./memory.js";
import { People } from "./people.js";
import { Phone } from "./phone.js";
import { openScanner } from "./scan.js";
import { plain } from "./symbols.js";
import { Tries } from "./tries.js";
import { Viewer } from "./viewer.js";
import { spoken, word } from "./words.js";

const NOTICE_MS = 4500;
const LANGUAGE_KEY = "svoi.language";
const $ = (id) => document.getElementById(id);

class Page {
  constructor() {
    this.language = remembered(LANGUAGE_KEY) || spoken(navigator.language);
    this.chats = new Map();
    this.phones = new Map();
    this.bot = { name: "", username: "", id: 0 };
    this.clock = new Clock(this, $("clock"));
    this.people = new People(this, $("people"));
    this.tries = new Tries(this, $("tries"), $("tries-button"));
    this.viewer = new Viewer(this, $("viewer"));
    this.desk = new Desk(this, $("desk"));
    this.link = new Link(`ws://${location.host}/play/ws`, {
      event: (event) => this.hear(event),
      state: (state) => this.onLink(state),
    });
  }

  begin() {
    $("people-button").onclick = () => this.people.open();
    for (const button of $("languages").children) button.onclick = () => this.setLanguage(button.dataset.language);
    this.applyLanguage();
    this.link.open();
  }

  // Words

  say(key, values) {
    return word(key, this.language, values);
  }

  setLanguage(language) {
    this.language = language;
    remember(LANGUAGE_KEY, language);
    this.applyLanguage();
    this.link.ask({ do: "speak", language_code: language }).catch(() => {});
    for (const phone of this.phones.values()) phone.build();
    this.refreshTabs();
  }

  applyLanguage() {
    document.documentElement.lang = this.language;
    document.title = this.say("title");
    // On a narrow window these two are icons only.
    for (const name of ["tries", "people"]) $(`${name}-button`).title = this.say(name);
    $("languages").setAttribute("aria-label", this.say("language"));
    for (const element of document.querySelectorAll("[data-word]")) element.textContent = this.say(element.dataset.word);
    for (const button of $("languages").children) button.setAttribute("aria-pressed", String(button.dataset.language === this.language));
    this.clock.build();
  }

  roleOf(chat, language) {
    return word(`role.${chat.kind}`, language);
  }

  notify(text) {
    const notice = $("notice");
    notice.replaceChildren(plain(text));
    notice.hidden = false;
    clearTimeout(this.noticeTimer);
    this.noticeTimer = setTimeout(() => (notice.hidden = true), NOTICE_MS);
  }

  onLink(state) {
    document.body.classList.toggle("offline", state !== "open");
    if (state === "open") {
      if (this.wasLost) this.notify(this.say("link.back"));
      this.wasLost = false;
      return;
    }
    this.wasLost = true;
    this.notify(this.say(state === "gone" ? "link.gone" : "link.lost"));
    clearTimeout(this.noticeTimer);
  }

  // Events

  hear(event) {
    const handler = EVENTS[event.event];
    if (!handler) return;
    const chat = this.chats.get(event.chat);
    if (typeof event.chat === "number" && !chat) return;
    handler(this, event, chat, this.phones.get(event.chat));
  }

  snapshot({ bot, chats, clock, first_shown: firstShown, chapters }) {
    this.bot = bot;
    const letters = new Map([...this.chats].map(([id, chat]) => [id, chat.letters]));
    this.chats = new Map(chats.map((view) => [view.person.id, chatFrom(view, letters.get(view.person.id))]));
    this.clock.hear(clock);
    this.tries.hear(chapters);
    const last = this.phones.size ? { open: [...this.phones.keys()], shown: this.shown } : lastDesk();
    const open = last.open.filter((id) => this.chats.has(id));
    const wanted = open.length ? open : firstShown || [...this.chats.keys()].slice(0, 3);
    this.phones.clear();
    $("desk").replaceChildren();
    for (const id of wanted) this.addPhone(this.chats.get(id));
    this.show(this.phones.has(last.shown) ? last.shown : wanted[0]);
    this.refreshCount();
    this.link.ask({ do: "speak", language_code: this.language }).catch(() => {});
  }

  person(view) {
    const known = this.chats.get(view.person.id);
    const chat = chatFrom(view, known?.letters);
    if (known) chat.unread = known.unread;
    this.chats.set(view.person.id, chat);
    const phone = this.phones.get(view.person.id);
    if (phone) {
      phone.chat = chat;
      phone.build();
      this.refreshTabs();
    }
    this.refreshCount();
    this.people.refreshList();
  }

  onNewDay() {
    for (const phone of this.phones.values()) phone.talk.retitle();
  }

  onMinute() {
    for (const phone of this.phones.values()) phone.refreshFrame();
  }

  // Phones

  addPhone(chat) {
    const phone = new Phone(this, chat);
    this.phones.set(chat.person.id, phone);
    $("desk").append(phone.element);
    phone.talk.toEnd();
    this.refreshTabs();
    return phone;
  }

  openPhone(chat) {
    const phone = this.phones.get(chat.person.id) || this.addPhone(chat);
    this.show(chat.person.id);
    phone.element.scrollIntoView({ behavior: "smooth", inline: "center", block: "nearest" });
    phone.element.classList.add("greeted");
    phone.element.addEventListener("animationend", () => phone.element.classList.remove("greeted"), { once: true });
    return phone;
  }

  close(phone) {
    if (this.phones.size === 1) return;
    this.phones.delete(phone.person.id);
    phone.element.remove();
    keepDesk({ open: [...this.phones.keys()], shown: this.shown });
    if (this.shown === phone.person.id) this.show(this.phones.keys().next().value);
    if (this.selected === phone) this.selected = null;
    this.refreshTabs();
    this.clock.refreshBirthday();
  }

  /** On a narrow window one phone is shown at a time. */
  show(id) {
    this.shown = id;
    for (const [person, phone] of this.phones) phone.element.classList.toggle("shown", person === id);
    keepDesk({ open: [...this.phones.keys()], shown: id });
    const phone = this.phones.get(id);
    phone?.talk.keepDown();
    if (phone) this.select(phone);
    this.markRead();
  }

  isSeen(chat) {
    const phone = this.phones.get(chat.person.id);
    return Boolean(phone && !document.hidden && phone.element.offsetParent);
  }

  markRead() {
    for (const chat of this.chats.values()) if (this.isSeen(chat)) chat.unread = 0;
    this.refreshTabs();
    this.refreshCount();
  }

  select(phone) {
    if (this.selected === phone) return;
    this.selected = phone;
    this.clock.refreshBirthday();
  }

  /** The phone that was touched last if a client holds it, else the first client's. */
  selectedClient() {
    const isClient = (phone) => phone && ["client", "hero", "stranger"].includes(phone.chat.kind);
    return isClient(this.selected) ? this.selected : [...this.phones.values()].find(isClient);
  }

  refreshTabs() {
    const tabs = [...this.phones.values()].map((phone) => {
      const { unread, person } = phone.chat;
      const words = h("span.tab-words", {}, h("b", {}, plain(phone.name)), h("small", {}, this.roleOf(phone.chat, this.language)));
      const tab = h("button.tab", { onclick: () => this.show(person.id), attr: { role: "tab", "aria-selected": String(person.id === this.shown) } }, words);
      if (unread) tab.append(h("span.count", {}, String(unread)));
      return tab;
    });
    $("tabs").replaceChildren(...tabs);
    this.desk.look();
  }

  refreshCount() {
    const closed = [...this.chats.values()].filter((chat) => !this.phones.has(chat.person.id));
    const unread = closed.reduce((sum, chat) => sum + chat.unread, 0);
    $("people-count").hidden = unread === 0;
    $("people-count").textContent = String(unread);
  }

  // People and what they send each other

  async meet(name, language) {
    const { id } = await this.link.ask({ do: "add_person", first_name: name, language_code: language, note: "stranger" });
    return this.openPhone(this.chats.get(id));
  }

  /** Everybody whose phone is open, then the rest, without this one. */
  peopleNearby(phone) {
    const open = [...this.phones.values()].map((other) => other.chat);
    const rest = [...this.chats.values()].filter((chat) => !open.includes(chat));
    return [...open, ...rest].filter((chat) => chat !== phone.chat);
  }

  sendLetter(from, chat, text) {
    const after = Math.max(0, ...chat.messages.keys());
    const note = { from: from.person.id, name: from.name, text, after };
    chat.letters.push(note);
    from.sheets.toast(from.word("share.sent", { name: chat.person.first_name }));
    const phone = this.phones.get(chat.person.id);
    if (!phone) return this.openPhone(chat);
    phone.refreshAbout();
    phone.talk.addLetter(note);
    if (!this.isSeen(chat)) chat.unread += 1;
    this.refreshTabs();
    return phone;
  }

  async meetAndSend(from, text) {
    const name = from.language === "ru" ? "Лена" : "Helen";
    const phone = await this.meet(name, from.person.language_code);
    this.sendLetter(from, phone.chat, text);
  }

  scan(phone) {
    openScanner(this, phone);
  }
}

const page = new Page();
document.addEventListener("visibilitychange", () => page.markRead());
window.addEventListener("resize", () => page.markRead());
page.begin();
