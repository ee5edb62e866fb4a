/** `check-config` and a start agree: what a node refuses to start with never passes the check. */
import { describe, expect, test } from 'vitest';
import { TemporaryDirectory } from '../test/support/temporary-directory.ts';
import { runCommand } from './cli/fake-node.ts';
import { tryConfigure } from './configure.ts';

const config = (payload: string) => `
templates: ['*.tmpl']
route: {receiver: pager}
receivers:
  - name: pager
    webhook_configs:
      - url: http://127.0.0.1:1/
        payload: {text: '${payload}'}
`;

async function check(files: Record<string, string>, { output = 'simple' } = {}) {
  using directory = new TemporaryDirectory();
  for (const [name, text] of Object.entries(files)) directory.write(name, text);
  const file = directory.join('tocsin.yml');
  const argv = ['check-config', file, '-o', output];
  return { ...(await runCommand(argv, { tryConfigure })), file, template: directory.join('pages.tmpl') };
}

describe('check-config refuses what a node would not start with:', () => {
  test('a payload that cannot be parsed', async () => {
    const { exitCode, stdout, file } = await check({ 'tocsin.yml': config('{{ .Alerts') });
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`Checking '${file}'  FAILED`);
    expect(stdout).toContain(`${file}: receiver "pager", webhook 0: `);
    expect(stdout).toContain('\n1 error\n');
  });

  test('a template file that cannot be parsed, with the place in it', async () => {
    const broken = '{{ define "a" }}\n{{ end';
    const { exitCode, stdout, template } = await check({ 'tocsin.yml': config('x'), 'pages.tmpl': broken });
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`template: ${template}:2:`);
  });

  test('and says so to programs, too', async () => {
    const { stdout } = await check({ 'tocsin.yml': config('{{ .Alerts') }, { output: 'json' });
    expect(JSON.parse(stdout)).toEqual([
      {
        file: expect.any(String),
        ok: false,
        errors: [{ path: '', message: expect.stringContaining('pager') }],
        warnings: [],
      },
    ]);
  });
});

test('check-config counts the template files that are there, not the globs', async () => {
  const good = { 'tocsin.yml': config('{{ template "a" . }}'), 'pages.tmpl': '{{ define "a" }}{{ end }}' };
  expect((await check(good)).stdout).toContain(' - 1 template file\n');
  expect((await check({ ...good, 'more.tmpl': '' })).stdout).toContain(' - 2 template files\n');
});
