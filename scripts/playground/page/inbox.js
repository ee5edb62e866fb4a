/** The page: follows the stream of what arrives, through restarts of the playground, and hands it to the columns. */
import { channelColumn } from './channel.js';
import { element } from './element.js';
import { mailboxColumn } from './mailbox.js';
import { nodeStrip } from './nodes.js';
import { phoneColumn } from './phone.js';

const NAMES = ['channel', 'mailbox', 'phone'];
const section = (name) => document.getElementById(name);
const columns = {
  channel: channelColumn(section('channel')),
  mailbox: mailboxColumn(section('mailbox')),
  phone: phoneColumn(section('phone')),
};
const nodes = nodeStrip(document.getElementById('nodes'));
/** What came while the column was out of sight: on a narrow screen one is shown at a time. */
const unread = new Map(NAMES.map((name) => [name, 0]));
/** The page was opened, or came back, just now: what comes first is no news. */
let isCatchingUp = true;

const narrow = matchMedia('(max-width: 60rem)');
const isInSight = (name) => !document.hidden && (!narrow.matches || document.body.dataset.shown === name);

for (const button of document.querySelectorAll('nav button')) {
  button.addEventListener('click', () => show(button.dataset.column));
}
document.addEventListener('visibilitychange', forgetSeen);
narrow.addEventListener('change', forgetSeen);
show(NAMES.includes(location.hash.slice(1)) ? location.hash.slice(1) : 'channel');
follow();

function show(name) {
  document.body.dataset.shown = name;
  for (const button of document.querySelectorAll('nav button')) {
    button.setAttribute('aria-pressed', String(button.dataset.column === name));
  }
  forgetSeen();
}

function forgetSeen() {
  for (const name of NAMES) if (isInSight(name)) unread.set(name, 0);
  showUnread();
}

function showUnread() {
  let sum = 0;
  for (const [name, count] of unread) {
    document.querySelector(`nav [data-column=${name}] .unread`).textContent = count === 0 ? '' : String(count);
    sum += count;
  }
  document.title = sum === 0 ? 'Tocsin inbox' : `(${sum}) Tocsin inbox`;
}

function follow() {
  const stream = new EventSource('api/events');
  stream.addEventListener('start', ({ data }) => begin(JSON.parse(data)));
  stream.addEventListener('nodes', ({ data }) => nodes.show(JSON.parse(data)));
  stream.addEventListener('message', ({ data }) => arrive(JSON.parse(data)));
  stream.addEventListener('error', () => {
    connection('lost', 'not connected: is npm start running?');
    nodes.forget();
    // It comes back by itself unless something else answered at this address.
    if (stream.readyState === EventSource.CLOSED) setTimeout(follow, 2000);
  });
}

function begin({ isContinued, addresses, fireCommand }) {
  connection('live', 'live');
  if (!isContinued) {
    for (const name of NAMES) {
      columns[name].clear();
      section(name).classList.remove('has-some');
      unread.set(name, 0);
    }
    showUnread();
  }
  isCatchingUp = !isContinued;
  // What is kept is sent in one go, right behind the start.
  setTimeout(() => {
    isCatchingUp = false;
  }, 500);
  const shown = addresses.flatMap(({ name, address }) => [element('dt', {}, name), element('dd', {}, address)]);
  document.getElementById('addresses').replaceChildren(...shown);
  for (const code of document.querySelectorAll('[data-fire]')) {
    code.textContent = `${fireCommand} ${code.dataset.fire}`;
  }
}

function arrive(message) {
  const { column } = message;
  section(column).classList.add('has-some');
  columns[column].add(message, { isNew: !isCatchingUp });
  if (isCatchingUp || isInSight(column)) return;
  unread.set(column, unread.get(column) + 1);
  showUnread();
}

function connection(state, words) {
  const shown = document.getElementById('connection');
  shown.dataset.state = state;
  shown.textContent = words;
}
