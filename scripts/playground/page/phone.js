/** The phone: chat bubbles, each saying whether it rang or came silently. */
import { element, icon, NewestLastList, time } from './element.js';
import { tellerOf } from './nodes.js';

export function phoneColumn(section) {
  const list = new NewestLastList(section, '.bubbles');
  return {
    clear: () => list.clear(),
    add({ atMs, chat, isSilent, runs, node }, { isNew }) {
      const rings = isNew && !isSilent;
      list.add(
        element(
          'li',
          { class: `bubble ${isSilent ? 'silent' : 'loud'}${rings ? ' rings' : ''}` },
          element('div', { class: 'text' }, ...runs.map(shownRun)),
          element(
            'div',
            { class: 'below' },
            element('span', { class: 'chat' }, `chat ${chat}`),
            ...tellerOf({ node }),
            isSilent ? icon('bell-off', 'silent') : icon('bell', 'loud'),
            element('span', { class: 'loudness' }, isSilent ? 'silent' : 'loud'),
            time(atMs),
          ),
        ),
      );
    },
  };
}

function shownRun({ text, styles, url }) {
  const attributes = { class: styles.join(' ') || undefined };
  if (url === undefined) return element('span', attributes, text);
  return element('a', { ...attributes, href: url, target: '_blank', rel: 'noreferrer noopener' }, text);
}
