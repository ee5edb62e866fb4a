/** The web configuration on a real disk and in virtual time: what is followed, and what stays in force. */
import { renameSync, rmSync } from 'node:fs';
import { hashSync } from 'bcryptjs';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificates, type TestCertificates } from '../../receivers/testing/certificates.ts';
import { describeWithPrograms } from '../../test/support/required-programs.ts';
import { TemporaryDirectory } from '../../test/support/temporary-directory.ts';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import { WebConfigSource } from './web-config-source.ts';

const HASH = hashSync('secret', 4);
const users = (...names: string[]) => `basic_auth_users: {${names.map((name) => `${name}: '${HASH}'`).join(', ')}}\n`;

/** A directory with a file `web.yml`, and the source that follows it. */
async function follow(text: string, write: (directory: TemporaryDirectory) => void = () => {}) {
  const directory = new TemporaryDirectory();
  write(directory);
  const file = directory.write('web.yml', text);
  const system = new VirtualSystem({ seed: 1 });
  const logged: string[] = [];
  const health: (string | undefined)[] = [];
  const logger = pino({}, { write: (line: string) => void logged.push(JSON.parse(line).msg) });
  const source = await WebConfigSource.open(file, { system, logger, onHealth: (problem) => health.push(problem) });
  return {
    directory,
    source,
    system,
    logged,
    health,
    /** A second later. */
    async next() {
      await system.advance(1000);
      return source.current();
    },
    names: async () => [...(await source.current()).users.keys()],
    [Symbol.dispose]: () => directory[Symbol.dispose](),
  };
}

describe('a file that changes while the node runs', () => {
  test('is in force within a second, and not looked at before', async () => {
    using web = await follow(users('ann'));
    await web.next();
    web.directory.write('web.yml', users('ann', 'bob'));
    expect(web.source.current()).toBe(web.source.inForce);
    expect(await web.names()).toEqual(['ann']);
    await web.next();
    expect(await web.names()).toEqual(['ann', 'bob']);
  });

  test('may be replaced by another one', async () => {
    using web = await follow(users('ann'));
    web.directory.write('next.yml', users('eve'));
    renameSync(web.directory.join('next.yml'), web.directory.join('web.yml'));
    await web.next();
    expect(await web.names()).toEqual(['eve']);
  });

  test('is the same object as long as it stays the same', async () => {
    using web = await follow(users('ann'));
    const before = web.source.inForce;
    expect(await web.next()).toBe(before);
  });
});

describe('a file that becomes wrong', () => {
  test.each([
    ['with a mistake', (directory: TemporaryDirectory) => directory.write('web.yml', 'basic_auth_users: {ann: plain}')],
    ['that is gone', (directory: TemporaryDirectory) => rmSync(directory.join('web.yml'))],
  ])('%s leaves in force what was, and is told once', async (_, spoil) => {
    using web = await follow(users('ann'));
    spoil(web.directory);
    await web.next();
    await web.next();
    expect(await web.names()).toEqual(['ann']);
    expect(web.logged.filter((line) => line.includes('the one in force stays'))).toHaveLength(1);
    expect(web.health).toEqual([expect.stringMatching(/web\.yml:/)]);
  });

  test('is in force again once it is right', async () => {
    using web = await follow(users('ann'));
    web.directory.write('web.yml', 'nonsense: true');
    await web.next();
    web.directory.write('web.yml', users('bob'));
    await web.next();
    expect(await web.names()).toEqual(['bob']);
    expect(web.health.at(-1)).toBeUndefined();
  });
});

test('a disk that hangs holds up nobody for longer than a moment, and later ones not at all', async () => {
  using directory = new TemporaryDirectory();
  const file = directory.write('web.yml', users('ann'));
  const system = new VirtualSystem({ seed: 1 });
  let hangs = false;
  const source = await WebConfigSource.open(file, {
    system,
    logger: pino({ level: 'silent' }),
    onHealth: () => {},
    stampOf: () => (hangs ? new Promise(() => {}) : Promise.resolve('same')),
  });
  hangs = true;
  const first = source.current();
  await system.advance(250);
  expect([...(await first).users.keys()]).toEqual(['ann']);
  expect(source.current()).toBe(source.inForce);
});

describe('a start', () => {
  test('without a file is plain HTTP for everybody', async () => {
    const logger = pino({ level: 'silent' });
    const system = new VirtualSystem({ seed: 1 });
    const source = await WebConfigSource.open('', { system, logger, onHealth: () => {} });
    expect(source.current()).toMatchObject({ tls: undefined, users: new Map() });
  });

  test('with a file that is not there fails: who asked for passwords must not silently get none', async () => {
    const opened = follow(users('ann'), (directory) => {
      directory.write = () => directory.join('nowhere.yml');
    });
    await expect(opened).rejects.toThrow(/nowhere\.yml: does not exist; .*--web\.config\.file/);
  });

  test('with a wrong one fails with every mistake', async () => {
    await expect(follow('rate_limit: 7\nnonsense: true\n')).rejects.toThrow(/yml:1: rate_limit.*\n.*yml:2: nonsense/);
  });
});

describeWithPrograms(['openssl'], 'certificates', () => {
  let certificates: TestCertificates;

  beforeAll(() => {
    certificates = makeCertificates();
  });

  afterAll(() => certificates[Symbol.dispose]());

  const TLS = 'tls_server_config: {cert_file: server.crt, key_file: server.key}\n';
  const write = (directory: TemporaryDirectory, pair = certificates.server) => {
    directory.write('server.crt', pair.cert);
    directory.write('server.key', pair.key);
  };
  const shown = async (web: Awaited<ReturnType<typeof follow>>) => (await web.source.current()).tls?.options.cert;

  test('that are renewed are shown within a second', async () => {
    using web = await follow(TLS, write);
    write(web.directory, certificates.otherName);
    await web.next();
    expect(await shown(web)).toBe(certificates.otherName.cert.trim());
  });

  test('that are being replaced one after the other are shown once both are there', async () => {
    using web = await follow(TLS, write);
    web.directory.write('server.crt', certificates.otherName.cert);
    await web.next();
    expect(await shown(web)).toBe(certificates.server.cert.trim());
    web.directory.write('server.key', certificates.otherName.key);
    await web.next();
    expect(await shown(web)).toBe(certificates.otherName.cert.trim());
  });

  test('are not taken away while the node runs: nobody who counts on TLS may find plain HTTP', async () => {
    using web = await follow(TLS, write);
    web.directory.write('web.yml', users('ann'));
    await web.next();
    expect(await shown(web)).toBe(certificates.server.cert.trim());
    expect(web.health).toEqual([expect.stringContaining('switched off only by a restart')]);
  });

  test.each([
    [
      'a key that belongs to another certificate',
      () => certificates.client.key,
      /:1: .*key_file: .*cannot be used together/,
    ],
    ['no key at all', () => 'nonsense', /:1: .*key_file: .*cannot be used together/],
  ])('with %s end a start', async (_, key, message) => {
    const opened = follow(TLS, (directory) => {
      directory.write('server.crt', certificates.server.cert);
      directory.write('server.key', key());
    });
    await expect(opened).rejects.toThrow(message);
  });

  test('that are not there end a start, all of them named', async () => {
    await expect(follow(TLS)).rejects.toThrow(/cert_file.*ENOENT.*\n.*key_file.*ENOENT/);
  });
});
