/** The channel, as an IRC client shows it: time, who, what; one line after the other. */
import { element, NewestLastList, time } from './element.js';
import { tellerOf } from './nodes.js';

export function channelColumn(section) {
  const list = new NewestLastList(section, '.lines');
  return {
    clear: () => list.clear(),
    add: ({ atMs, nick, target, kind, text, node }) =>
      list.add(
        element(
          'li',
          { class: kind },
          time(atMs),
          ...tellerOf({ node }),
          element('span', { class: 'target' }, target),
          element('span', { class: 'nick' }, kind === 'notice' ? `-${nick}-` : `<${nick}>`),
          element('span', { class: 'said' }, text),
        ),
      ),
  };
}
