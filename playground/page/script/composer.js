// What is under a chat: the line to write in, the menu of commands, and the bot's own keys.

import { h, icon, iconButton } from "./dom.js";
import { plain } from "./symbols.js";
import { word } from "./words.js";

const TEXT_UNITS_MAX = 4096;
const LINES_MAX_PX = 132;

export class Composer {
  constructor(phone) {
    this.phone = phone;
    const label = (key) => word(key, phone.language);
    this.menu = h("button.menu-button", { onclick: () => this.toggleCommands(), attr: { "aria-expanded": "false", "aria-label": label("phone.commands") } }, icon("commands"), h("span", {}, label("phone.menu")));
    this.input = h("textarea.input", { rows: 1, maxLength: TEXT_UNITS_MAX, oninput: () => this.onInput(), onkeydown: (event) => this.onKey(event), attr: { autocomplete: "off", enterkeyhint: "send" } });
    this.attach = iconButton("attach", label("phone.attach"), () => phone.sheets.attach());
    this.keysButton = iconButton("keys", label("phone.keyboard"), () => this.toggleKeys());
    this.sendButton = iconButton("send", label("phone.send"), () => this.send(), "send");
    this.line = h("form.line", { onsubmit: (event) => event.preventDefault() }, this.menu, this.input, this.keysButton, this.attach, this.sendButton);
    this.commands = h("div.commands", { hidden: true, attr: { role: "listbox" } });
    this.keys = h("div.keys", { hidden: true });
    this.start = h("button.big-button", { onclick: () => this.onStart() });
    this.element = h("div.composer", {}, this.commands, this.line, this.start, this.keys);
    this.areKeysShown = true;
  }

  /** Shows what fits the chat as it is now. */
  refresh() {
    const { chat, language } = this.phone;
    const isNew = !chat.started && chat.messages.size === 0;
    const wantsStart = chat.messages.size === 0;
    this.start.hidden = !(chat.blocked || wantsStart);
    this.start.textContent = word(chat.blocked ? "phone.unblock" : "phone.start", language);
    this.line.hidden = chat.blocked || isNew;
    this.menu.hidden = chat.commands.length === 0;
    this.input.placeholder = chat.keyboard?.placeholder || word("phone.message", language);
    this.input.setAttribute("aria-label", word("phone.message", language));
    this.refreshKeys();
    this.onInput();
  }

  onStart() {
    if (this.phone.chat.blocked) this.phone.do("unblock");
    else this.phone.say("/start");
  }

  // The text

  onInput() {
    const text = this.input.value;
    this.sendButton.hidden = text.trim() === "";
    this.attach.hidden = text.trim() !== "";
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, LINES_MAX_PX)}px`;
    if (/^\/\w*$/.test(text)) this.showCommands(text.slice(1));
    else this.hideCommands();
  }

  onKey(event) {
    if (event.key === "Escape") this.hideCommands();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.send();
  }

  async send() {
    const text = this.input.value;
    if (!text.trim()) return;
    this.input.value = "";
    this.onInput();
    this.input.focus();
    if (!(await this.phone.say(text))) {
      this.input.value = text;
      this.onInput();
    }
  }

  // The menu of commands

  toggleCommands() {
    if (this.commands.hidden) this.showCommands("");
    else this.hideCommands();
  }

  showCommands(beginning) {
    const found = this.phone.chat.commands.filter(({ command }) => command.startsWith(beginning));
    const rows = found.map(({ command, description }) => {
      const row = h("button.command", { attr: { role: "option" } }, h("b", {}, `/${command}`), h("span", {}, plain(description)));
      row.onclick = () => {
        this.input.value = "";
        this.onInput();
        this.hideCommands();
        this.phone.say(`/${command}`);
      };
      return row;
    });
    this.commands.replaceChildren(...rows);
    this.commands.hidden = rows.length === 0;
    this.menu.setAttribute("aria-expanded", String(!this.commands.hidden));
  }

  hideCommands() {
    this.commands.hidden = true;
    this.menu.setAttribute("aria-expanded", "false");
  }

  // The bot's keys

  toggleKeys() {
    this.areKeysShown = !this.areKeysShown;
    this.refreshKeys();
  }

  newKeyboard() {
    this.areKeysShown = true;
    this.refresh();
  }

  refreshKeys() {
    const { keyboard, blocked } = this.phone.chat;
    this.keysButton.hidden = !keyboard || keyboard.persistent;
    this.keysButton.setAttribute("aria-pressed", String(this.areKeysShown));
    this.keys.hidden = !keyboard || blocked || !(this.areKeysShown || keyboard.persistent);
    if (keyboard === this.drawnKeyboard) return;
    this.drawnKeyboard = keyboard;
    const rows = (keyboard?.rows || []).map((keys, row) =>
      h("div.row", {}, ...keys.map((key, column) => this.key(key, row, column))),
    );
    this.keys.replaceChildren(...rows);
  }

  key(key, row, column) {
    const element = h("button.key", {}, h("span", {}, plain(key.text)));
    if (key.style) element.dataset.style = key.style;
    element.onclick = () => this.phone.press(key, row, column);
    return element;
  }
}
