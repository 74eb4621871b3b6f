// Whose phones there are: the shop's, strangers', and the clients it has known for years.

import { avatar, h, iconButton } from "./dom.js";
import { plain } from "./symbols.js";
import { word } from "./words.js";

const NAME_LENGTH_MAX = 64;

export class People {
  constructor(page, dialog) {
    this.page = page;
    this.dialog = dialog;
    this.sought = "";
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }

  open() {
    this.build();
    this.dialog.showModal();
  }

  say(key) {
    return word(key, this.page.language);
  }

  build() {
    const close = iconButton("close", this.say("close"), () => this.dialog.close());
    const search = h("input.field", { type: "search", placeholder: this.say("people.search"), value: this.sought });
    search.setAttribute("aria-label", this.say("people.search"));
    search.oninput = () => {
      this.sought = search.value;
      this.refreshList();
    };
    this.list = h("div.people-list");
    const head = h("header", {}, h("h2", {}, this.say("people.title")), close);
    this.dialog.replaceChildren(head, this.newcomer(), search, this.list);
    this.refreshList();
  }

  newcomer() {
    const name = h("input.field", { type: "text", maxLength: NAME_LENGTH_MAX, placeholder: this.say("people.name") });
    name.setAttribute("aria-label", this.say("people.name"));
    const language = h("select.field", { attr: { "aria-label": this.say("people.speaks") } }, h("option", { value: "ru" }, "Русский"), h("option", { value: "en" }, "English"));
    language.value = this.page.language;
    const add = h("button.button.main", {}, this.say("people.add"));
    add.type = "submit";
    const submit = async (event) => {
      event.preventDefault();
      const typed = name.value.trim();
      if (!typed) return name.focus();
      this.dialog.close();
      return this.page.meet(typed, language.value);
    };
    return h("form.newcomer", { onsubmit: submit }, h("h3", {}, this.say("people.new")), h("div.field-row", {}, name, language, add));
  }

  refreshList() {
    if (!this.list) return;
    const groups = [
      ["people.heroes", ["hero"]],
      ["people.desk", ["staff", "manager", "owner"]],
      ["people.strangers", ["stranger"]],
      ["people.clients", ["client"]],
    ];
    const sections = groups.flatMap(([title, kinds]) => this.section(title, kinds));
    const nobody = h("p.hint", {}, this.say("people.none"));
    this.list.replaceChildren(...(sections.length ? sections : [nobody]));
  }

  section(title, kinds) {
    const sought = this.sought.trim().toLowerCase();
    const found = [...this.page.chats.values()].filter((chat) => {
      const { person } = chat;
      const words = `${person.first_name} ${person.phone} ${chat.detail.ru} ${chat.detail.en}`.toLowerCase();
      return kinds.includes(kindNow(chat)) && words.includes(sought);
    });
    if (found.length === 0) return [];
    return [h("h3", {}, this.say(title)), ...found.map((chat) => this.row(chat))];
  }

  row(chat) {
    const { person } = chat;
    const what = chat.detail[this.page.language] || this.page.roleOf(chat, this.page.language);
    const detail = chat.kind === "hero" ? what : `${what} · ${person.phone}`;
    const words = h("span.choice-words", {}, h("b", { dir: "auto" }, plain(person.first_name)), h("small", {}, detail));
    const row = h("button.choice", { dataset: { person: person.id } }, avatar(person.id, person.first_name), words);
    row.classList.toggle("told", chat.kind === "hero");
    if (this.page.phones.has(person.id)) row.append(h("small.mark", {}, this.say("people.open")));
    else if (chat.unread) row.append(h("span.count", {}, String(chat.unread)));
    row.onclick = () => {
      this.dialog.close();
      this.page.openPhone(chat);
    };
    return row;
  }
}

/** Who was a stranger at first is a client once the bot has shown them their card. */
function kindNow(chat) {
  const hasCard = [...chat.messages.values()].some((message) => message.from_bot && message.kind === "photo");
  return chat.kind === "stranger" && hasCard ? "client" : chat.kind;
}
