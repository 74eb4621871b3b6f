// The desk the phones lie on: where it is wider than the window, it says what is out of sight.

import { h, icon } from "./dom.js";
import { word } from "./words.js";

const HIDDEN_PX = 60;

export class Desk {
  constructor(page, element) {
    this.page = page;
    this.element = element;
    this.before = h("button.aside.before", { hidden: true, onclick: () => this.reach(-1) });
    this.after = h("button.aside.after", { hidden: true, onclick: () => this.reach(1) });
    document.body.append(this.before, this.after);
    element.addEventListener("scroll", () => this.look(), { passive: true });
    new ResizeObserver(() => this.look()).observe(element);
  }

  /** The phones of which a good part is beyond this edge, the nearest first. */
  beyond(direction) {
    const { left, right } = this.element.getBoundingClientRect();
    const phones = [...this.element.querySelectorAll(".phone")].filter((phone) => {
      const place = phone.getBoundingClientRect();
      return direction < 0 ? place.left < left - HIDDEN_PX : place.right > right + HIDDEN_PX;
    });
    return direction < 0 ? phones.reverse() : phones;
  }

  look() {
    for (const [button, direction] of [[this.before, -1], [this.after, 1]]) {
      const count = this.beyond(direction).length;
      button.hidden = count === 0;
      button.setAttribute("aria-label", word("desk.more", this.page.language, { count }));
      button.replaceChildren(icon("down"), String(count));
    }
  }

  reach(direction) {
    const [nearest] = this.beyond(direction);
    nearest?.scrollIntoView({ behavior: "smooth", inline: "center", block: "nearest" });
  }
}
