// What there is to try: a line for each part of the programme, begun by a click.

import { avatar, h, icon, iconButton } from "./dom.js";
import { plain } from "./symbols.js";
import { word } from "./words.js";

export class Tries {
  constructor(page, dialog, button) {
    this.page = page;
    this.dialog = dialog;
    this.button = button;
    this.chapters = [];
    this.done = new Set();
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    button.onclick = () => this.open();
  }

  /** What the server suggests, as far as the people it is about are here. */
  hear(chapters = []) {
    const isHere = ({ person }) => this.page.chats.has(person);
    this.chapters = chapters.map((chapter) => ({ ...chapter, tries: chapter.tries.filter(isHere) })).filter(({ tries }) => tries.length);
    this.button.hidden = this.chapters.length === 0;
  }

  open() {
    const close = iconButton("close", this.say("close"), () => this.dialog.close());
    const head = h("header", {}, h("h2", {}, this.say("tries.title")), close);
    const sections = this.chapters.flatMap(({ title, tries }) => [h("h3", {}, title[this.page.language]), ...tries.map((one) => this.row(one))]);
    this.dialog.replaceChildren(head, h("p.hint", {}, this.say("tries.body")), h("div.people-list", {}, ...sections));
    this.dialog.showModal();
  }

  say(key) {
    return word(key, this.page.language);
  }

  row(one) {
    const { language, chats } = this.page;
    const { person } = chats.get(one.person);
    const typed = one.text[language];
    const detail = typed ? `${person.first_name}: ${typed}` : person.first_name;
    const words = h("span.choice-words", {}, h("b", {}, plain(one.words[language])), h("small", {}, plain(detail)));
    const picture = one.to ? icon("time") : avatar(person.id, person.first_name);
    const row = h("button.choice.told", {}, picture, words);
    if (this.done.has(one)) row.append(h("small.mark", { attr: { "aria-label": this.say("tries.done") } }, "✓"));
    row.onclick = () => this.begin(one, typed);
    return row;
  }

  begin(one, typed) {
    this.dialog.close();
    this.done.add(one);
    const phone = this.page.openPhone(this.page.chats.get(one.person));
    if (typed) phone.say(typed);
    if (one.to) this.page.clock.travel(one.to);
  }
}
