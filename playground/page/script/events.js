// What the server tells, and what it changes in a chat and on its phone.

export const EVENTS = {
  snapshot: (page, event) => page.snapshot(event),
  clock: (page, event) => page.clock.hear(event),
  person: (page, event) => page.person(event.chat),
  message: (page, { message }, chat, phone) => {
    chat.messages.set(message.id, message);
    chat.started = true;
    phone?.onMessage(message);
    if (message.from_bot && !page.isSeen(chat)) chat.unread += 1;
    page.refreshTabs();
    page.refreshCount();
  },
  edited: (page, { message }, chat, phone) => {
    chat.messages.set(message.id, message);
    phone?.talk.change(message);
    phone?.refreshPinned();
  },
  deleted: (page, { message_id: id }, chat, phone) => {
    chat.messages.delete(id);
    phone?.talk.remove(id);
    phone?.refreshFrame();
  },
  keyboard: (page, { keyboard }, chat, phone) => {
    chat.keyboard = keyboard;
    phone?.composer.newKeyboard();
  },
  answer: (page, event, chat, phone) => phone?.onAnswer(event),
  pinned: (page, { message_ids: ids }, chat, phone) => {
    chat.pinned = ids;
    phone?.refreshPinned();
  },
  action: (page, event, chat, phone) => phone?.setTyping(true),
  membership: (page, { blocked }, chat, phone) => {
    chat.blocked = blocked;
    phone?.refreshFrame();
  },
  commands: (page, { commands }, chat, phone) => {
    chat.commands = commands;
    phone?.composer.refresh();
  },
};

/** What the page keeps of a chat; the note says what its person is, and a detail in ru and en. */
export function chatFrom(view, letters = []) {
  const [kind, ru = "", en = ru] = (view.person.note || "stranger").split("|");
  const detail = { ru, en };
  const messages = new Map(view.messages.map((message) => [message.id, message]));
  return { ...view, kind, detail, messages, letters, unread: 0 };
}
