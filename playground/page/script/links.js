// Where links lead: into a chat with our bot, to Telegram's share sheet, or elsewhere.

const TELEGRAM_HOSTS = ["t.me", "telegram.me"];

/** Whether a link opens the bot of this name. */
export function leadsToBot(url, username) {
  let parts;
  try {
    parts = new URL(url);
  } catch {
    return false;
  }
  const isDirect = parts.protocol === "tg:";
  if (!isDirect && !TELEGRAM_HOSTS.includes(parts.hostname)) return false;
  const name = isDirect ? parts.searchParams.get("domain") : parts.pathname.replaceAll("/", "");
  return (name || "").toLowerCase() === username.toLowerCase();
}

/** What a link to Telegram's own share sheet would send; "" for any other link. */
export function sharedByLink(url) {
  if (!/^https:\/\/t\.me\/share(\/url)?\?/.test(url || "")) return "";
  const { searchParams } = new URL(url);
  return [searchParams.get("text"), searchParams.get("url")].filter(Boolean).join("\n");
}

/** What a button of inline mode would put into the chosen chat. */
export function sharedByButton(button) {
  const chosen = button.switch_inline_query_chosen_chat;
  return chosen?.query ?? button.switch_inline_query ?? button.switch_inline_query_current_chat ?? "";
}
