/**
 * Builds what the page shows. Words only ever become text nodes and attributes, never markup: what is shown comes from
 * labels, and anybody may have written those.
 */

const SVG = 'http://www.w3.org/2000/svg';

/** `element('li', { class: 'line' }, 'text', otherElement)`; attributes that are undefined are left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** One of the symbols of the page, with words for those who do not see it. */
export function icon(id, words) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', words);
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `#${id}`);
  svg.append(use);
  return svg;
}

/** `14:03`, or with the day if that is not today. */
export function time(atMs) {
  const at = new Date(atMs);
  const isToday = at.toDateString() === new Date().toDateString();
  const clock = at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false });
  const text = isToday ? clock : `${at.toLocaleDateString([], { day: 'numeric', month: 'short' })} ${clock}`;
  return element('time', { datetime: at.toISOString(), title: at.toLocaleString() }, text);
}

/**
 * A list whose newest entry is last and stays in sight, unless somebody has scrolled up to read. Keeps as many entries
 * as the server does.
 */
export class NewestLastList {
  static most = 500;
  #list;
  #scroller;
  #button;

  constructor(section, listSelector) {
    this.#list = section.querySelector(listSelector);
    this.#scroller = section.querySelector('.scroller');
    this.#button = section.querySelector('.newest');
    this.#button.addEventListener('click', () => this.#showNewest());
    this.#scroller.addEventListener('scroll', () => {
      if (this.#isAtEnd) this.#button.hidden = true;
    });
    // A column that was hidden, or a window of another size, has lost its place.
    let wasAtEnd = true;
    this.#scroller.addEventListener('scroll', () => {
      wasAtEnd = this.#isAtEnd;
    });
    new ResizeObserver(() => {
      if (wasAtEnd) this.#showNewest();
    }).observe(this.#scroller);
  }

  get #isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < 24;
  }

  add(entry) {
    const follows = this.#isAtEnd;
    this.#list.append(entry);
    while (this.#list.children.length > NewestLastList.most) this.#list.firstElementChild.remove();
    if (follows) this.#showNewest();
    else this.#button.hidden = false;
  }

  clear() {
    this.#list.replaceChildren();
    this.#button.hidden = true;
  }

  #showNewest() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#button.hidden = true;
  }
}
