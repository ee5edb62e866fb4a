/** What somebody gets who opens a node in a browser, with a script or without. */
import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TemporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { member, REPORT } from '../fake-cluster-report.ts';
import { FakeNode } from '../fake-dependencies.ts';
import { securityHeaders } from '../security-headers.ts';

const directory = new TemporaryDirectory();
const SCRIPT = 'export const answer = 42;\n';

beforeAll(async () => {
  await mkdir(directory.join('assets'));
  const manifest = {
    'src/main.tsx': { file: 'assets/main-1.js', css: ['assets/main-2.css'], imports: ['_shared.js'] },
    'src/theme-first.ts': { file: 'assets/theme-3.js' },
    '_shared.js': { file: 'assets/shared-4.js' },
  };
  writeFileSync(directory.join('manifest.json'), JSON.stringify(manifest));
  writeFileSync(directory.join('assets/main-1.js'), SCRIPT);
  writeFileSync(directory.join('assets/main-1.js.gz'), gzipSync(SCRIPT));
  writeFileSync(directory.join('assets/main-2.css'), 'body {}');
});
afterAll(() => directory[Symbol.dispose]());

const built = (options = {}) => new FakeNode().app({ uiDirectory: directory.path, ...options });
const textAt = async (path: string, app = built()) => (await app.request(path)).text();

describe('a page', () => {
  test('names the node, whatever it is named', async () => {
    const response = await new FakeNode().app({ nodeName: '<b>&' }).request('/');
    expect(await response.text()).toContain('node <b>&#60;b&#62;&#38;</b>');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('says who lives, by name, and takes no markup from a peer', async () => {
    const node = new FakeNode();
    node.clusterReport = { ...REPORT, members: [...REPORT.members.toReversed(), member('e', { name: '<script>' })] };
    const text = await (await node.app().request('/')).text();
    const rows = [...text.matchAll(/<tr><td>(.*)<\/td><\/tr>/g)].map(([, row = '']) => row.split('</td><td>'));
    expect(rows.map(([name, , state]) => [name, state])).toEqual([
      ['&#60;script&#62;', 'alive'],
      ['node a', 'alive, this node'],
      ['node b', 'alive'],
      ['node c', 'dead'],
      ['node d', 'left'],
    ]);
    expect(text).toContain('3 of 4 members are alive');
  });

  test.each([
    ['/', './'],
    ['/wall', './'],
    ['/silences/new', '../'],
    ['/groups/abc', '../'],
  ])('%s finds everything relative to itself', async (path, base) => {
    const text = await textAt(path);
    for (const file of [
      'assets/main-1.js',
      'assets/main-2.css',
      'assets/theme-3.js',
      'assets/shared-4.js',
      'metrics',
    ]) {
      expect(text).toContain(`="${base}${file}"`);
    }
    expect([...text.matchAll(/(?:src|href)="(?!\.\.?\/|data:)/g)]).toEqual([]);
  });

  test('has neither script nor style in it, as the policy wants', async () => {
    const text = await textAt('/');
    expect(text).not.toMatch(/<style|style=|<script(?! (type="module" )?src=)|\son\w+=/);
    const policy = Object.fromEntries(securityHeaders({}))['Content-Security-Policy'];
    expect(policy).not.toContain('unsafe');
  });

  test('is there below a prefix, and nowhere else', async () => {
    const app = built({ routePrefix: 'x' });
    expect((await app.request('/x/wall')).status).toBe(200);
    expect((await app.request('/wall')).status).toBe(404);
  });

  test.each(['/nonsense', '/wall/', '/silences/a/b', '/index.html'])('is not made up for %s', async (path) => {
    expect((await built().request(path)).status).toBe(404);
  });

  test('of a node without a built UI says how to have one', async () => {
    const text = await textAt('/', new FakeNode().app({ uiDirectory: directory.join('nowhere') }));
    expect(text).toContain('npm run build');
    expect(text).not.toContain('<script');
  });
});

describe('an asset', () => {
  const ask = (name: string, headers: Record<string, string> = {}, method = 'GET') =>
    built().request(`/assets/${name}`, { headers, method });

  test('is kept for ever', async () => {
    const response = await ask('main-1.js');
    expect(await response.text()).toBe(SCRIPT);
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('cache-control')).toContain('immutable');
  });

  test.each([
    ['gzip, br', true],
    ['br;q=1, gzip;q=0.5', true],
    ['gzip;q=0', false],
    ['br', false],
  ])('for one who takes %s is compressed: %s', async (accepted, isCompressed) => {
    const response = await ask('main-1.js', { 'Accept-Encoding': accepted });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-encoding')).toBe(isCompressed ? 'gzip' : null);
    expect((isCompressed ? gunzipSync(bytes) : bytes).toString()).toBe(SCRIPT);
    expect(response.headers.get('vary')).toBe('Accept-Encoding');
  });

  test('is not sent again to who has it', async () => {
    const etag = (await ask('main-1.js')).headers.get('etag') ?? '';
    expect((await ask('main-1.js', { 'If-None-Match': `W/${etag}` })).status).toBe(304);
    expect((await ask('main-1.js', { 'If-None-Match': '"other"' })).status).toBe(200);
  });

  test('answers HEAD', async () => {
    const response = await ask('main-2.css', {}, 'HEAD');
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(response.headers.get('content-length')).toBe('7');
  });

  test.each(['manifest.json', 'main-1.js.gz', '..%2fmanifest.json', '..%5cmanifest.json', '', 'constructor'])(
    'is no other file, such as %s',
    async (name) => {
      expect((await ask(name)).status).toBe(404);
    },
  );

  test('is not written', async () => {
    expect((await ask('main-1.js', {}, 'POST')).status).toBe(405);
  });
});
