import fc from 'fast-check';
import { expect, it } from 'vitest';
import { domainOf, parseAddresses } from './addresses.ts';

it.each([
  ['a@example.org', ['a@example.org']],
  ['A <a@example.org>, "B, C" <b@example.org> ,c@example.org', ['a@example.org', 'b@example.org', 'c@example.org']],
  ['a@example.org, A <a@example.org>', ['a@example.org']],
  ['Team: a@example.org, b@example.org;', ['a@example.org', 'b@example.org']],
  ['jürgen@example.org', ['jürgen@example.org']],
  ['a@münchen.example', ['a@münchen.example']],
  ['a@[192.0.2.1]', ['a@[192.0.2.1]']],
])('%j names %j', (list, addresses) => expect(parseAddresses(list)).toEqual({ ok: true, addresses }));

it.each(['', ' , ', 'root', 'a@', '@example.org', 'a b@example.org', `${'x'.repeat(300)}@example.org`])(
  '%.20j is no list of addresses',
  (list) => expect(parseAddresses(list)).toMatchObject({ ok: false }),
);

it('whatever a template makes of it, nothing but an address gets through', () => {
  const hostile = fc.stringMatching(/^[a-c@<>\r\n ,;:"\\()[\].]{0,30}$/);
  fc.assert(
    fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (list) => {
      const parsed = parseAddresses(list);
      if (!parsed.ok) return;
      for (const address of parsed.addresses) expect(address).toMatch(/^[^\p{C}<>]+@[^\s\p{C}<>@]+$/u);
    }),
  );
});

it.each([
  ['a@Example.org', 'example.org'],
  ['a@münchen.example', 'xn--mnchen-3ya.example'],
  ['a@[192.0.2.1]', 'localhost'],
])('the domain of %s is %s', (address, domain) => expect(domainOf(address)).toBe(domain));
