import { describe, expect, it } from 'vitest';
import { startBotApi } from './bot-api.ts';
import { MarkupError, parseHtml, parseMarkdown, parseMarkdownV2 } from './telegram-markup.ts';

describe('the stand-in reads HTML as Telegram does:', () => {
  it.each([
    ['a &lt;b&gt; &amp;amp; &quot;&#65;&#x42; &nbsp; & &lt', 'a <b> &amp; "AB &nbsp; & <'],
    ['<b>bold <i>both</i></b> <CODE>x</code>', 'bold both x'],
    ['<a href="https://a.example/?a=1&amp;b=2">link</a>', 'link'],
    ['a > b', 'a > b'],
    ['<pre><code class="language-go">x</code></pre><b></>', 'x'],
  ])('%s', (html, text) => expect(parseHtml(html).text).toBe(text));

  it.each([
    ['a < b', 'Unsupported start tag "" at byte offset 2'],
    ['ä<p>x</p>', 'Unsupported start tag "p" at byte offset 2'],
    ['<constructor>', 'Unsupported start tag "constructor" at byte offset 0'],
    ['<b>x', 'Can\'t find end tag corresponding to start tag "b"'],
    ['x</b>', 'Unexpected end tag at byte offset 1'],
    ['<b>x</i>', 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'],
    ['<a href="x', 'Unclosed start tag at byte offset 0'],
    ['<b', 'Unclosed start tag at byte offset 0'],
  ])('%s is refused', (html, message) => expect(() => parseHtml(html)).toThrow(new MarkupError(message)));

  it('an address without a dot in its host is lost', () => {
    const urls = (html: string) => parseHtml(html).entities.map(({ url }) => url);
    expect(urls('<a href="http://prometheus:9090/">x</a><a href="sftp://a.example">x</a>')).toEqual([]);
    expect(urls('<a href="http://a.example:9090/?q">x</a><a href="http://[::1]/">x</a>')).toEqual([
      'http://a.example:9090/?q',
      'http://[::1]/',
    ]);
  });

  it('entities count UTF-16 code units', () =>
    expect(parseHtml('🙂<b>ä🙂</b>').entities).toEqual([{ type: 'bold', offset: 2, length: 3 }]));
});

describe('and of Markdown what it must refuse:', () => {
  it.each(['*a', '_a', '`a', '[a'])('%s', (text) => expect(() => parseMarkdown(text)).toThrow(MarkupError));
  it.each(['*a', 'a.b', 'a-b', '(a)', '_a*_b*', '!'])('%s in version 2', (text) =>
    expect(() => parseMarkdownV2(text)).toThrow(MarkupError),
  );
  it('but takes what is whole', () => {
    expect(parseMarkdown('*a* _b_ \\* [c](https://a.example) snake\\_case').text).toBe('a b * c snake_case');
    expect(parseMarkdownV2('*a* a\\.b [c\\.](https://a.example/x.y) `1.5`').text).toBe('a a.b c\\. 1.5');
  });
});

describe('the Bot API', () => {
  const call = async (url: string, parameters: Record<string, string>) => {
    const response = await fetch(url, { method: 'POST', body: new URLSearchParams(parameters) });
    return { status: response.status, ...((await response.json()) as { ok: boolean; description?: string }) };
  };

  it('takes what curl sends, and any token if none was named', async () => {
    await using api = await startBotApi();
    const answer = await call(`${api.url}/bot1:anything/sendMessage`, { chat_id: '7', text: 'Disk full' });
    expect(answer).toMatchObject({ status: 200, ok: true, result: { message_id: 1 } });
    expect(api.messages).toMatchObject([{ chatId: '7', text: 'Disk full', plainText: 'Disk full', isSilent: false }]);
  });

  it.each([
    [{ chat_id: '7', text: ' ' }, 'Bad Request: message text is empty'],
    [{ text: 'x' }, 'Bad Request: chat_id is empty'],
    [{ chat_id: '7', text: 'x'.repeat(4097) }, 'Bad Request: message is too long'],
    [{ chat_id: '7', text: '<b></b>'.repeat(5000), parse_mode: 'HTML' }, 'Bad Request: text is too long'],
    [{ chat_id: '7', text: 'x', parse_mode: 'RTF' }, 'Bad Request: unsupported parse_mode'],
  ])('refuses what the real one refuses (%#)', async (parameters, description) => {
    await using api = await startBotApi();
    const answer = await call(`${api.url}/bot${api.token}/sendMessage`, parameters as Record<string, string>);
    expect(answer).toMatchObject({ status: 400, ok: false, description });
    expect(api.messages).toEqual([]);
  });

  it('knows its bot by the token', async () => {
    await using api = await startBotApi({ token: '1:a' });
    expect(await call(`${api.url}/bot1:b/getMe`, {})).toMatchObject({ status: 401 });
    expect(await call(`${api.url}/bot/getMe`, {})).toMatchObject({ status: 404 });
    expect(await call(`${api.url}/bot1:a/getMe`, {})).toMatchObject({ ok: true, result: { is_bot: true } });
  });
});
