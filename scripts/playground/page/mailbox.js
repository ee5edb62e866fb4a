/**
 * The mailbox: a list with the newest mail on top, and one mail opened. The newest is opened as it comes, until somebody
 * opens another; opening the newest follows again.
 */
import { element, NewestLastList, time } from './element.js';
import { tellerOf } from './nodes.js';

export function mailboxColumn(section) {
  const list = section.querySelector('.mails');
  const opened = section.querySelector('#mail');
  /** Newest first. */
  let rows = [];
  let openId;
  let follows = true;
  let prefersText = false;

  const open = (mail) => {
    openId = mail.id;
    for (const {
      button,
      mail: { id },
    } of rows)
      button.setAttribute('aria-current', String(id === openId));
    opened.hidden = false;
    opened.replaceChildren(...openedMail(mail));
  };

  function openedMail(mail) {
    const body = element('div', { class: 'body' });
    const showHtml = mail.hasHtml && !(prefersText && mail.hasText);
    const tab = (words, isText) => {
      const button = element('button', { type: 'button', 'aria-pressed': String(isText !== showHtml) }, words);
      button.addEventListener('click', () => {
        prefersText = isText;
        open(mail);
      });
      return button;
    };
    if (showHtml) body.append(htmlFrame(mail));
    else void showText(mail, body);
    const bothParts =
      mail.hasHtml && mail.hasText ? [element('div', { class: 'parts' }, tab('HTML', false), tab('Text', true))] : [];
    return [
      element('h3', {}, mail.subject || '(no subject)'),
      element(
        'dl',
        {},
        ...field('From', mail.from),
        ...field('To', mail.to.join(', ')),
        ...field('Thread', threadText(mail)),
        ...field('Told by', mail.node === undefined ? '' : `node ${mail.node}`),
      ),
      ...bothParts,
      body,
    ];
  }

  function threadText(mail) {
    const position = threadOf(mail).findIndex(({ id }) => id === mail.id) + 1;
    return position > 1 ? `answers the first mail of its thread (${ordinal(position)})` : 'begins one';
  }

  /** Oldest first. */
  function threadOf(mail) {
    const root = mail.threadId ?? mail.messageId;
    const mails = rows.map((row) => row.mail).toReversed();
    return root === undefined ? [mail] : mails.filter((other) => (other.threadId ?? other.messageId) === root);
  }

  return {
    clear() {
      rows = [];
      openId = undefined;
      follows = true;
      list.replaceChildren();
      opened.hidden = true;
      opened.replaceChildren();
    },
    add(mail) {
      const button = element('button', { type: 'button', 'aria-current': 'false' });
      const item = element('li', {}, button);
      rows.unshift({ mail, button, item });
      const position = threadOf(mail).length;
      button.append(
        element('span', { class: 'subject' }, mail.subject || '(no subject)'),
        time(mail.atMs),
        element('span', { class: 'to' }, ...tellerOf(mail), ` to ${mail.to.join(', ')}`),
        element('span', { class: 'thread' }, position > 1 ? `↳ ${ordinal(position)} in thread` : ''),
      );
      button.addEventListener('click', () => {
        follows = mail.id === rows[0]?.mail.id;
        open(mail);
      });
      list.prepend(item);
      for (const row of rows.splice(NewestLastList.most)) row.item.remove();
      if (follows) {
        list.scrollTop = 0;
        open(mail);
      }
    },
  };
}

function field(name, value) {
  return value === '' ? [] : [element('div', {}, element('dt', {}, name), element('dd', {}, value))];
}

/** Its own policy and the sandbox keep it from doing anything but being read; links open a tab. */
function htmlFrame({ id, subject }) {
  return element('iframe', {
    title: subject,
    src: `mails/${id}/html`,
    sandbox: 'allow-popups allow-popups-to-escape-sandbox',
    referrerpolicy: 'no-referrer',
  });
}

async function showText({ id }, body) {
  let text;
  try {
    const response = await fetch(`mails/${id}/text`);
    text = response.ok ? await response.text() : 'This mail is not kept any more.';
  } catch {
    text = 'The playground does not answer.';
  }
  body.replaceChildren(element('pre', {}, text));
}

function ordinal(position) {
  const ending = /(?<!1)[123]$/.test(String(position)) ? ['st', 'nd', 'rd'][(position % 10) - 1] : 'th';
  return `${position}${ending}`;
}
