import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readSecret, redact, resolveSecretFile, Secret, SecretFileError, settleOrAbort } from './secret.ts';

it('a secret prints as <secret> however it is printed', () => {
  const secret = new Secret('hunter2');
  const printed = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ secret }),
    inspect(secret, { showHidden: true }),
  ];
  for (const text of printed) {
    expect(text).toContain('<secret>');
    expect(text).not.toContain('hunter2');
  }
  expect(secret.reveal()).toBe('hunter2');
});

it('a secret file is read at every use and trimmed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-secret-'));
  const source = { kind: 'file', key: 'url_file', path: join(directory, 'url') } as const;
  const { signal } = new AbortController();
  writeFileSync(source.path, ' one\n');
  expect(await readSecret(source, signal)).toBe('one');
  writeFileSync(source.path, '\ttwo\r\n');
  expect(await readSecret(source, signal)).toBe('two');
  rmSync(directory, { recursive: true });
  await expect(readSecret(source, signal)).rejects.toThrow(SecretFileError);
});

it('a read that hangs is abandoned with the reason of the abort', async () => {
  const controller = new AbortController();
  const hanging = settleOrAbort(new Promise<never>(() => {}), controller.signal);
  controller.abort(new Error('too late'));
  await expect(hanging).rejects.toThrow('too late');
});

it('relative files are resolved, absolute ones and inline secrets stay', () => {
  const file = (path: string) => ({ kind: 'file', key: 'ca_file', path }) as const;
  expect(resolveSecretFile(file('tls/ca.pem'), '/etc/tocsin')).toEqual(file('/etc/tocsin/tls/ca.pem'));
  expect(resolveSecretFile(file('/run/ca.pem'), '/etc/tocsin')).toEqual(file('/run/ca.pem'));
  expect(resolveSecretFile(undefined, '/etc/tocsin')).toBeUndefined();
});

it('nothing of a redacted secret is left, whatever stands around it', () => {
  const secret = fc
    .string({ unit: 'grapheme', minLength: 8, maxLength: 40 })
    .filter((text) => !'<secret>'.includes(text));
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
      expect(redact(`${before}${value}${after}`, [value, value.slice(0, 4)])).not.toContain(value);
      expect(redact(`before ${encodeURIComponent(value)} after`, [value])).toBe('before <secret> after');
    }),
  );
});

it('nor where a server repeats it as part of base64', () => {
  const secret = fc.string({ minLength: 9, maxLength: 40 }).filter((text) => !'<secret>'.includes(text));
  const neighbour = fc.string({ unit: 'binary-ascii', maxLength: 8 });
  fc.assert(
    fc.property(secret, neighbour, neighbour, (value, before, after) => {
      const base64 = Buffer.from(before + value + after).toString('base64');
      const kept = redact(`login ${base64} refused`, [value]).replace('login ', '').replace(' refused', '');
      const [head = '', tail = ''] = kept.split('<secret>');
      expect(kept).toContain('<secret>');
      // What is left on either side is the neighbours' and at most the bits they share with the secret.
      expect(Buffer.from(head, 'base64').toString('latin1')).toBe(before.slice(0, Math.floor((head.length * 6) / 8)));
      expect(tail.length).toBeLessThanOrEqual(Math.ceil(((after.length + 1) * 8) / 6) + 3);
    }),
  );
});
