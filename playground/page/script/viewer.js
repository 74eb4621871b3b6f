// A picture at its full size.

import { h, iconButton } from "./dom.js";
import { word } from "./words.js";

export class Viewer {
  constructor(page, dialog) {
    this.page = page;
    this.dialog = dialog;
    dialog.onclick = () => dialog.close();
  }

  show(url, caption) {
    const close = iconButton("close", word("close", this.page.language), () => this.dialog.close());
    const picture = h("img", { src: url, alt: caption || "" });
    this.dialog.replaceChildren(close, picture);
    this.dialog.showModal();
  }
}
