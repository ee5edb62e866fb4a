import { hashSync } from 'bcryptjs';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../receivers/secret.ts';
import { VirtualSystem } from '../../test/support/virtual-system.ts';
import { Bcrypt, BusyError } from './bcrypt.ts';
import { Login } from './login.ts';

const COST = 4;
const secretOf = (password: string) => new Secret(hashSync(password, COST));
const users = new Map([
  ['ann', secretOf('correct horse')],
  ['bob', secretOf('pässword:with colon')],
]);

const basic = (name: string, password: string) => `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

/** A login whose comparisons are counted, and made by the real thread unless the test has others. */
function begin(compare?: (password: string, hash: string) => Promise<boolean>) {
  const system = new VirtualSystem({ seed: 1 });
  const bcrypt = new Bcrypt();
  const compared: string[] = [];
  const login = new Login({
    system,
    bcrypt: {
      compare(password, hash) {
        compared.push(hash);
        return compare ? compare(password, hash) : bcrypt.compare(password, hash);
      },
    },
  });
  const check = async (header: string | undefined, known = users, client = 'client') =>
    (await login.check(header, known, client)).kind;
  return { login, check, compared, [Symbol.asyncDispose]: () => bcrypt.close() };
}

describe('welcome is', () => {
  test.each([
    ['who knows the password', 'ann', 'correct horse'],
    ['a password with colons and umlauts', 'bob', 'pässword:with colon'],
  ])('%s', async (_, name, password) => {
    await using door = begin();
    expect(await door.check(basic(name, password))).toBe('welcome');
  });

  test('at once and without a comparison who was welcome before', async () => {
    await using door = begin();
    await door.check(basic('ann', 'correct horse'));
    expect(door.login.check(basic('ann', 'correct horse'), users, 'elsewhere')).toEqual({ kind: 'welcome' });
    expect(door.compared).toHaveLength(1);
  });
});

describe('wrong is', () => {
  test.each([
    ['another password', 'ann', 'wrong'],
    ["somebody else's", 'ann', 'pässword:with colon'],
    ['an unknown name', 'eve', 'correct horse'],
    ['an empty password', 'ann', ''],
  ])('%s', async (_, name, password) => {
    await using door = begin();
    expect(await door.check(basic(name, password))).toBe('wrong');
  });

  test('the password of before, once there is another', async () => {
    await using door = begin();
    await door.check(basic('ann', 'correct horse'));
    const changed = new Map([['ann', secretOf('new')]]);
    expect(await door.check(basic('ann', 'correct horse'), changed)).toBe('wrong');
  });

  test('a name that is no longer there', async () => {
    await using door = begin();
    await door.check(basic('ann', 'correct horse'));
    expect(await door.check(basic('ann', 'correct horse'), new Map([['bob', secretOf('x')]]))).toBe('wrong');
  });
});

test.each([undefined, '', 'Bearer abc', 'Basic', 'Basic ***', `Basic ${Buffer.from('no colon').toString('base64')}`])(
  'who shows no name and password is asked for them, and it is no failure: %j',
  async (header) => {
    await using door = begin();
    for (let count = 0; count < 20; count++) expect(await door.check(header)).toBe('unnamed');
    expect(door.compared).toEqual([]);
  },
);

test('an unknown name costs a comparison as a known one does, always with the same hash', async () => {
  await using door = begin();
  for (const password of ['a', 'b', 'c']) await door.check(basic('eve', password));
  expect(door.compared).toHaveLength(3);
  expect(new Set(door.compared).size).toBe(1);
  expect([...users.values()].map((hash) => hash.reveal())).toContain(door.compared[0]);
});

test('a checker that comes over several connections at once is compared once', async () => {
  await using door = begin();
  const all = Array.from({ length: 8 }, () => door.check(basic('ann', 'correct horse')));
  expect(new Set(await Promise.all(all))).toEqual(new Set(['welcome']));
  expect(door.compared).toHaveLength(1);
});

describe('many failures from one client', () => {
  const tryAll = async (door: ReturnType<typeof begin>) => {
    const attempts = Array.from({ length: 15 }, (_, index) => door.check(basic('ann', `guess ${index}`)));
    return Promise.all(attempts);
  };

  test('make it wait, also when all come at once', async () => {
    await using door = begin();
    const kinds = await tryAll(door);
    expect(kinds.filter((kind) => kind === 'wrong')).toHaveLength(10);
    expect(kinds.filter((kind) => kind === 'tooManyFailures')).toHaveLength(5);
    expect(door.compared).toHaveLength(10);
  });

  test('do not lock out who is known there already', async () => {
    await using door = begin();
    await door.check(basic('ann', 'correct horse'));
    await tryAll(door);
    expect(await door.check(basic('ann', 'correct horse'))).toBe('welcome');
  });

  test('do not lock out anybody elsewhere', async () => {
    await using door = begin();
    await tryAll(door);
    expect(await door.check(basic('ann', 'correct horse'), users, 'elsewhere')).toBe('welcome');
  });
});

test('a comparison that cannot be made is no failure of the client', async () => {
  await using door = begin(() => Promise.reject(new BusyError('busy')));
  for (let count = 0; count < 20; count++) expect(await door.check(basic('ann', `try ${count}`))).toBe('busy');
});

test('more comparisons than can wait are refused', async () => {
  const bcrypt = new Bcrypt();
  const hash = users.get('ann')?.reveal() ?? '';
  const results = await Promise.allSettled(Array.from({ length: 40 }, () => bcrypt.compare('x', hash)));
  await bcrypt.close();
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(32);
  expect(results.at(-1)).toMatchObject({ status: 'rejected', reason: expect.any(BusyError) });
});

test('a stop ends what waits for a comparison', async () => {
  const bcrypt = new Bcrypt();
  const waiting = bcrypt.compare('x', hashSync('y', 12));
  await Promise.all([bcrypt.close(), expect(waiting).rejects.toThrow('the node stops')]);
});
