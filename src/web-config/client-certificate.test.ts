import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificates, type TestCertificates } from '../../receivers/testing/certificates.ts';
import { describeWithPrograms } from '../../test/support/required-programs.ts';
import { clientCertificateProblem, subjectAltNames } from './client-certificate.ts';
import type { ClientCertificatePolicy, TlsServerConfig } from './tls-server-config.ts';

test('the names in a certificate are read as they are meant, also where one tries to look like two', () => {
  const written =
    'DNS:a.example.org, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1, email:ops@example.org, ' +
    'URI:"spiffe://x/a, DNS:evil.example.org", othername:<unsupported>';
  expect(subjectAltNames(written)).toEqual([
    'a.example.org',
    '192.0.2.1',
    '2001:db8::1',
    'ops@example.org',
    'spiffe://x/a, DNS:evil.example.org',
  ]);
  expect(subjectAltNames('')).toEqual([]);
});

describeWithPrograms(['openssl'], 'a client', () => {
  let certificates: TestCertificates;

  beforeAll(() => {
    certificates = makeCertificates();
  });

  afterAll(() => certificates[Symbol.dispose]());

  function problem(policy: ClientCertificatePolicy, shown: 'none' | 'trusted' | 'stranger', sans: string[] = []) {
    const socket = {
      authorized: shown === 'trusted',
      authorizationError: new Error('SELF_SIGNED'),
      getPeerX509Certificate: () => (shown === 'none' ? undefined : new X509Certificate(certificates.server.cert)),
    };
    const config = { clientPolicy: policy, clientAllowedSans: sans } as unknown as TlsServerConfig;
    return clientCertificateProblem(socket as unknown as Parameters<typeof clientCertificateProblem>[0], config);
  }

  const welcome = undefined;
  describe.each([
    ['NoClientCert', { none: welcome, stranger: welcome, trusted: welcome }],
    ['RequestClientCert', { none: welcome, stranger: welcome, trusted: welcome }],
    ['RequireAnyClientCert', { none: 'no client certificate', stranger: welcome, trusted: welcome }],
    ['VerifyClientCertIfGiven', { none: welcome, stranger: expect.stringMatching(/not trusted/), trusted: welcome }],
    [
      'RequireAndVerifyClientCert',
      { none: 'no client certificate', stranger: expect.stringMatching(/not trusted/), trusted: welcome },
    ],
  ] as const)('by %s', (policy, outcomes) => {
    test.each(Object.entries(outcomes))('with a certificate that is %s', (shown, outcome) => {
      expect(problem(policy, shown as keyof typeof outcomes)).toEqual(outcome);
    });
  });

  test('is let in by a name that is allowed, and by no other', () => {
    expect(problem('RequireAndVerifyClientCert', 'trusted', ['localhost'])).toBe(welcome);
    expect(problem('RequireAndVerifyClientCert', 'trusted', ['127.0.0.1'])).toBe(welcome);
    expect(problem('RequireAndVerifyClientCert', 'trusted', ['local'])).toMatch(/no allowed name/);
    expect(problem('VerifyClientCertIfGiven', 'none', ['localhost'])).toBe('no client certificate');
  });
});
