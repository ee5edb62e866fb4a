/** The strip of nodes: which are alive, with a link to the page of each; and the words for who told a message. */
import { element } from './element.js';

const WORDS = { alive: 'alive', starting: 'starting', dead: 'dead' };

export function nodeStrip(list) {
  return {
    show: (nodes) => list.replaceChildren(...nodes.map(shownNode)),
    /** Nobody knows how they are. */
    forget: () => list.replaceChildren(),
  };
}

/** `node 2`, or nothing if that is not known. */
export function tellerOf({ node }) {
  return node === undefined ? [] : [element('span', { class: `teller node-${node}` }, `node ${node}`)];
}

function shownNode({ number, url, state }) {
  const name = `Node ${number}`;
  const hasPage = state === 'alive' && url !== undefined;
  return element(
    'li',
    { 'data-state': state },
    hasPage ? element('a', { href: `${url}/`, target: '_blank', rel: 'noreferrer' }, name) : element('span', {}, name),
    element('span', { class: 'state' }, WORDS[state] ?? state),
    ...(state === 'dead' ? [element('code', {}, `npm run revive -- ${number}`)] : []),
  );
}
