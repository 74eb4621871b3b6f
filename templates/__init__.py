"""Every word that a person reads, in Russian and in English.

One message is one frozen context dataclass and one template of the same name in each language.
To add the message "client/balance":

1. ``templates/client.py`` (the module of the noun) says what the message is about::

       @message("client/balance")
       @dataclass(frozen=True)
       class Balance(Message):
           points: int
           next_expiry: date | None = None

           def keyboard(self, labels: Labels) -> Keyboard | None:
               return InlineKeyboard.stacked(Button(labels("balance.history"), ShowHistory(page=1)))

2. ``templates/ru/client/balance.j2`` and ``templates/en/client/balance.j2`` say it::

       Баланс: {{ points|number }}
       {% if next_expiry %}
       Сгорят {{ next_expiry|date }}
       {% endif %}

3. Words on buttons go to ``templates/ru/labels.toml`` and ``templates/en/labels.toml``.
4. ``pytest tests/templates`` finds the message by itself: it is rendered in both languages with
   hostile and endless values, stored and loaded again, and its variables are compared.

Then ``renderer.render(Balance(points=5), "ru")`` gives text, keyboard and picture,
and ``dump_context`` / ``load_context`` carry a notice through the outbox.

What to know:

- Text is Telegram's HTML. Everything is escaped, ``safe`` does not exist. A tag stays on one line.
- A tag that stands alone on its line takes the line away. Where words precede it, Jinja would eat
  the line break after it: end it with ``+%}`` to keep the break (``{% endif +%}``) or ``-%}`` to
  join the lines; a test asks for one of the two.
- A name or any other text of a person goes through ``|short(40)`` (one line) or ``|clip(1000)``
  (keeps its lines): it may hold anything and be of any length.
- Filters: ``money points number signed percent date day_month time datetime days hours minutes
  duration plural counted short clip owner_text`` (`words.py` documents them). Functions:
  ``label("menu.card")`` for the words of a button that a text speaks of, ``perk(code)`` for the
  name of a perk.
- Fields are values: int, str, bool, date, aware datetime, Fraction, Decimal, enums, tuples, nested
  frozen dataclasses, ``None``. Import their types for real, not under TYPE_CHECKING. Bound every
  tuple: ``Annotated[tuple[Row, ...], AtMost(10)]``; ``Link`` is an address, ``Code`` a code.
- Stored notices outlive upgrades: fields are only ever added, with a default. Never renamed.
- What a tapped button carries is a typed callback, see `callbacks.py`.
- A label whose key's last part begins with the word confirm, agree or yes (``visit.confirm``,
  ``visit.confirm_all``) begins with ✅; refuse, reject, decline, no or cancel with ❌; skip with
  ⏭; and no other label begins so.
- The toast that answers a tap is a ``Toast`` (plain text, 200 at most): use ``rendered.plain``.
- Messages named ``common/…`` (said in every chat) live in ``templates/every_chat.py``.
"""
