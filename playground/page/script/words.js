// The words of the page and of the phones' own frames; what the bot says is the bot's.

const WORDS = {
  brand: { ru: "Свои", en: "Svoi" },
  playground: { ru: "песочница", en: "playground" },
  title: { ru: "Свои — песочница", en: "Svoi — playground" },
  people: { ru: "Люди", en: "People" },
  tries: { ru: "Что попробовать", en: "What to try" },
  "tries.title": { ru: "Что попробовать", en: "What to try" },
  "tries.body": {
    ru: "Нажмите на строку: откроется нужный телефон, команда наберётся сама.",
    en: "Tap a line: the right phone opens and the command is typed for you.",
  },
  "tries.done": { ru: "уже пробовали", en: "tried" },
  language: { ru: "Язык страницы", en: "Language of the page" },

  "desk.more": { ru: "Ещё телефоны: {count}", en: "More phones: {count}" },

  "role.client": { ru: "клиент", en: "client" },
  "role.hero": { ru: "клиент", en: "client" },
  "role.stranger": { ru: "клиент", en: "client" },
  "role.staff": { ru: "сотрудник", en: "staff" },
  "role.manager": { ru: "управляющий", en: "manager" },
  "role.owner": { ru: "владелец", en: "owner" },

  "phone.bot": { ru: "бот", en: "bot" },
  "phone.typing": { ru: "печатает…", en: "typing…" },
  "phone.blocked": { ru: "заблокирован", en: "blocked" },
  "phone.start": { ru: "Начать", en: "Start" },
  "phone.unblock": { ru: "Разблокировать", en: "Unblock" },
  "about.stranger": { ru: "{name}: первая встреча с ботом", en: "{name} meets the bot for the first time" },
  "about.stranger.body": {
    ru: "Нажмите «Начать» и станьте клиентом — так же, как в настоящем Telegram.",
    en: "Press “Start” and become a client, just as in the real Telegram.",
  },
  "about.client": { ru: "{name}: клиент с историей", en: "{name}: a client with a history" },
  "about.client.body": {
    ru: "Нажмите «Начать»: бот помнит визиты, баллы и уровень.",
    en: "Press “Start”: the bot remembers the visits, points and tier.",
  },
  "about.staff": { ru: "{name} принимает клиентов", en: "{name} serves clients" },
  "about.staff.body": {
    ru: "Здесь подтверждают визиты: по номеру карты, по телефону или по QR-коду с экрана клиента.",
    en: "Visits are confirmed here: by card number, by phone, or by the QR code on a client’s screen.",
  },
  "about.owner": { ru: "{name} управляет программой", en: "{name} runs the programme" },
  "about.owner.body": {
    ru: "Отсюда приглашают сотрудников, видят визиты всех филиалов и отвечают на жалобы.",
    en: "Staff are invited here, all branches’ visits are seen, and complaints answered.",
  },
  "phone.message": { ru: "Сообщение", en: "Message" },
  "phone.send": { ru: "Отправить", en: "Send" },
  "phone.menu": { ru: "Меню", en: "Menu" },
  "phone.commands": { ru: "Команды", en: "Commands" },
  "phone.keyboard": { ru: "Клавиатура бота", en: "Bot keyboard" },
  "phone.attach": { ru: "Прикрепить", en: "Attach" },
  "phone.more": { ru: "Ещё", en: "More" },
  "phone.scan": { ru: "Сканировать QR-код", en: "Scan a QR code" },
  "phone.close": { ru: "Убрать телефон", en: "Put the phone away" },
  "phone.down": { ru: "К последним сообщениям", en: "To the latest messages" },
  "phone.today": { ru: "Сегодня", en: "Today" },
  "phone.yesterday": { ru: "Вчера", en: "Yesterday" },
  "phone.edited": { ru: "изменено", en: "edited" },
  "phone.pinned": { ru: "Закреплённое сообщение", en: "Pinned message" },
  "phone.photo": { ru: "Фотография", en: "Photo" },
  "phone.file": { ru: "Файл", en: "File" },
  "phone.place": { ru: "Место на карте", en: "A place on the map" },
  "phone.other": { ru: "Сообщение, которое здесь не показать", en: "A message that cannot be shown here" },
  "phone.said": { ru: "пишет вам лично", en: "wrote to you" },
  "phone.copied": { ru: "Скопировано", en: "Copied" },
  "phone.refused": { ru: "Не получилось", en: "That did not work" },
  "phone.disabled": { ru: "Кнопка выключена", en: "This button is switched off" },
  "phone.enlarge": { ru: "Увеличить", en: "Enlarge" },
  "phone.language": { ru: "Telegram на русском", en: "Telegram in Russian" },
  "phone.language.en": { ru: "Telegram на английском", en: "Telegram in English" },
  "phone.block": { ru: "Заблокировать бота", en: "Block the bot" },

  "attach.own": { ru: "Мой номер телефона", en: "My phone number" },
  "attach.other": { ru: "Чужой контакт", en: "Somebody else’s contact" },
  "attach.link": { ru: "Открыть ссылку", en: "Open a link" },
  "attach.file": { ru: "Фото или файл", en: "Photo or file" },

  "contact.title": { ru: "Поделиться номером телефона?", en: "Share your phone number?" },
  "contact.body": { ru: "Бот «{bot}» узнает ваш номер:", en: "The bot {bot} will learn your number:" },
  "contact.share": { ru: "Поделиться", en: "Share" },
  "contact.other": { ru: "Чей контакт отправить?", en: "Whose contact to send?" },
  "contact.number": { ru: "Номер без Telegram", en: "A number without Telegram" },
  "location.title": { ru: "Отправить геопозицию?", en: "Send your location?" },
  "link.title": { ru: "Открыть ссылку", en: "Open a link" },
  "link.open": { ru: "Открыть", en: "Open" },
  "share.title": { ru: "Кому отправить?", en: "Send to whom?" },
  "share.new": { ru: "Новому человеку", en: "To somebody new" },
  "share.sent": { ru: "Отправлено: {name}", en: "Sent: {name}" },
  "scan.title": { ru: "Наведите камеру на код", en: "Point the camera at a code" },
  "scan.body": {
    ru: "Картинки на экранах других телефонов, новые сверху.",
    en: "Pictures on the screens of the other phones, the newest first.",
  },
  "scan.none": {
    ru: "Пока ни у кого на экране нет картинки с кодом. Откройте карту на телефоне клиента.",
    en: "Nobody’s screen shows a code yet. Open the card on a client’s phone.",
  },
  "scan.screen": { ru: "на экране: {name}", en: "on the screen of {name}" },
  "scan.unread": { ru: "На этой картинке нет QR-кода", en: "There is no QR code in this picture" },
  "scan.opened": { ru: "Код прочитан", en: "The code is read" },
  "scan.elsewhere": { ru: "Код ведёт не к боту: {link}", en: "The code leads elsewhere: {link}" },
  ok: { ru: "Понятно", en: "OK" },
  cancel: { ru: "Отмена", en: "Cancel" },
  close: { ru: "Закрыть", en: "Close" },

  "people.title": { ru: "Чей телефон открыть?", en: "Whose phone to open?" },
  "people.new": { ru: "Новый человек", en: "Somebody new" },
  "people.name": { ru: "Имя в Telegram", en: "Name in Telegram" },
  "people.add": { ru: "Добавить", en: "Add" },
  "people.speaks": { ru: "Язык", en: "Language" },
  "people.desk": { ru: "Мастерская", en: "The shop" },
  "people.heroes": { ru: "Стать одним из них", en: "Be one of them" },
  "people.strangers": { ru: "Новые люди", en: "New people" },
  "people.clients": { ru: "Клиенты", en: "Clients" },
  "people.search": { ru: "Найти по имени или номеру", en: "Find by name or number" },
  "people.none": { ru: "Никого не нашлось", en: "Nobody found" },
  "people.open": { ru: "открыт", en: "open" },

  "clock.now": { ru: "Время в песочнице", en: "Time in the playground" },
  "clock.hour": { ru: "+1 час", en: "+1 hour" },
  "clock.day": { ru: "Завтра", en: "Tomorrow" },
  "clock.birthday": { ru: "День рождения", en: "Birthday" },
  "clock.birthday.of": { ru: "День рождения: {name}", en: "Birthday of {name}" },
  "clock.quarter": { ru: "+3 месяца", en: "+3 months" },
  "clock.stop": { ru: "Стоп", en: "Stop" },
  "clock.move": { ru: "Промотать время", en: "Move the time" },
  "clock.on_the_way": { ru: "день {step} из {steps}", en: "day {step} of {steps}" },
  "clock.no_birthday": {
    ru: "{name}: день рождения не указан. Его можно назвать боту в «Профиле».",
    en: "{name} has told no birthday. It can be told to the bot in the profile.",
  },
  "clock.no_gift": {
    ru: "{name}: подарок придёт не в этот раз, а через год: о дне рождения стало известно поздно.",
    en: "{name}: no gift this time, but next year: the birthday was told too late for this one.",
  },
  "clock.no_client": {
    ru: "Выберите телефон клиента, чей день рождения наступит.",
    en: "Choose the phone of the client whose birthday is to come.",
  },
  "clock.failed": { ru: "Время не сдвинулось", en: "The time did not move" },

  "link.lost": { ru: "Связь потеряна, подключаюсь…", en: "Connection lost, reconnecting…" },
  "link.gone": {
    ru: "Песочница не отвечает. Запустите её снова: make demo",
    en: "The playground does not answer. Start it again: make demo",
  },
  "link.back": { ru: "Связь восстановлена", en: "Connected again" },
};

/** The words of a key in a language, with {names} filled in. */
export function word(key, language, values = {}) {
  const known = WORDS[key];
  if (!known) throw new Error(`no words for ${key}`);
  return known[language === "ru" ? "ru" : "en"].replace(/\{(\w+)\}/g, (whole, name) =>
    name in values ? String(values[name]) : whole,
  );
}

/** The page's language for a Telegram language code: Russian or else English. */
export function spoken(code) {
  return (code || "").startsWith("ru") ? "ru" : "en";
}
