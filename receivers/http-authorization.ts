/** The keys of http_config that say who we are: basic_auth, authorization, oauth2 and the old bearer_token. */
import { z } from 'zod';
import { httpUrl, optional, text } from './config-values.ts';
import { type ProxyConfig, proxyConfig, proxyKeys, showProxyConfig } from './http-proxy.ts';
import { resolveSecretFile, type SecretSource } from './secret.ts';
import { type IssueContext, secretSource, showSecretSource, unsupported } from './secret-config.ts';
import { defaultTlsConfig, resolveTlsFiles, showTlsConfig, type TlsConfig, tlsConfigSchema } from './tls-config.ts';

export interface BasicAuth {
  readonly kind: 'basic';
  readonly username: SecretSource | undefined;
  readonly password: SecretSource | undefined;
}

/** `Authorization: <type> <credentials>`. */
export interface Credentials {
  readonly kind: 'credentials';
  readonly type: string;
  readonly credentials: SecretSource | undefined;
}

/** RFC 6749 section 4.4, client credentials grant. */
export interface OAuth2Config {
  readonly kind: 'oauth2';
  readonly clientId: string;
  readonly clientSecret: SecretSource | undefined;
  readonly scopes: readonly string[];
  readonly tokenUrl: string;
  /** Added to the token request's form; they win over the standard fields, as in Go's client. */
  readonly endpointParams: readonly (readonly [name: string, value: string])[];
  readonly tls: TlsConfig;
  readonly proxy: ProxyConfig;
}

export type HttpAuthorization = BasicAuth | Credentials | OAuth2Config;

const useFile = (key: string) => unsupported(`there is no secret manager, use ${key}`);
const noJwt = unsupported('only the client_credentials grant with a client secret is');

const basicAuthSchema = z
  .strictObject({
    username: optional(text),
    username_file: optional(text),
    username_ref: useFile('username_file'),
    password: optional(text),
    password_file: optional(text),
    password_ref: useFile('password_file'),
  })
  .transform(
    (block, context): BasicAuth => ({
      kind: 'basic',
      username: secretSource(block, 'username', context),
      password: secretSource(block, 'password', context),
    }),
  );

const credentialsSchema = z
  .strictObject({
    type: optional(text),
    credentials: optional(text),
    credentials_file: optional(text),
    credentials_ref: useFile('credentials_file'),
  })
  .transform((block, context): Credentials => {
    const type = block.type?.trim() || 'Bearer';
    if (type.toLowerCase() === 'basic') {
      context.addIssue({ code: 'custom', path: ['type'], message: 'must not be Basic, use basic_auth instead' });
    }
    return { kind: 'credentials', type, credentials: secretSource(block, 'credentials', context) };
  });

const oauth2Schema = z
  .strictObject({
    client_id: optional(text),
    client_secret: optional(text),
    client_secret_file: optional(text),
    client_secret_ref: useFile('client_secret_file'),
    scopes: optional(z.array(text)),
    token_url: optional(httpUrl),
    endpoint_params: optional(z.record(text, text)),
    tls_config: optional(tlsConfigSchema),
    grant_type: optional(text),
    client_certificate_key_id: noJwt,
    client_certificate_key: noJwt,
    client_certificate_key_file: noJwt,
    client_certificate_key_ref: noJwt,
    signature_algorithm: noJwt,
    iss: noJwt,
    audience: noJwt,
    claims: noJwt,
    ...proxyKeys,
  })
  .transform((block, context): OAuth2Config => {
    if (block.token_url === undefined)
      context.addIssue({ code: 'custom', path: ['token_url'], message: 'must be set' });
    if (!block.client_id) context.addIssue({ code: 'custom', path: ['client_id'], message: 'must be set' });
    if (block.grant_type && block.grant_type !== 'client_credentials') {
      const message = `"${block.grant_type}" is not supported; only client_credentials is`;
      context.addIssue({ code: 'custom', path: ['grant_type'], message });
    }
    return {
      kind: 'oauth2',
      clientId: block.client_id ?? '',
      clientSecret: secretSource(block, 'client_secret', context),
      scopes: block.scopes ?? [],
      tokenUrl: block.token_url ?? '',
      endpointParams: Object.entries(block.endpoint_params ?? {}),
      tls: block.tls_config ?? defaultTlsConfig,
      proxy: proxyConfig(block, context),
    };
  });

/** RFC 7617. */
export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** http_config's schema spreads this in. */
export const authorizationKeys = {
  basic_auth: optional(basicAuthSchema),
  authorization: optional(credentialsSchema),
  oauth2: optional(oauth2Schema),
  bearer_token: optional(text),
  bearer_token_file: optional(text),
};

interface AuthorizationBlock {
  readonly basic_auth: BasicAuth | undefined;
  readonly authorization: Credentials | undefined;
  readonly oauth2: OAuth2Config | undefined;
  readonly bearer_token: string | undefined;
  readonly bearer_token_file: string | undefined;
}

/** The one way to authenticate, or undefined. More than one is an error, reported on the last of them. */
export function authorizationOf(block: AuthorizationBlock, context: IssueContext): HttpAuthorization | undefined {
  const bearer = secretSource(block, 'bearer_token', context);
  const given: readonly (readonly [key: string, HttpAuthorization | undefined])[] = [
    ['basic_auth', block.basic_auth],
    ['authorization', block.authorization],
    ['oauth2', block.oauth2],
    ['bearer_token', bearer && { kind: 'credentials', type: 'Bearer', credentials: bearer }],
  ];
  const set = given.filter(([, authorization]) => authorization !== undefined);
  const last = set.at(-1);
  if (set.length > 1 && last) {
    const message = `at most one of ${set.map(([key]) => key).join(', ')} may be set`;
    context.addIssue({ code: 'custom', path: [last[0]], message });
  }
  return last?.[1];
}

/** Makes relative files absolute. */
export function resolveAuthorizationFiles<Authorization extends HttpAuthorization | undefined>(
  authorization: Authorization,
  directory: string,
): HttpAuthorization | undefined {
  switch (authorization?.kind) {
    case undefined:
      return undefined;
    case 'basic': {
      const { username, password } = authorization;
      return {
        ...authorization,
        username: resolveSecretFile(username, directory),
        password: resolveSecretFile(password, directory),
      };
    }
    case 'credentials':
      return { ...authorization, credentials: resolveSecretFile(authorization.credentials, directory) };
    case 'oauth2': {
      const clientSecret = resolveSecretFile(authorization.clientSecret, directory);
      return { ...authorization, clientSecret, tls: resolveTlsFiles(authorization.tls, directory) };
    }
  }
}

/** As configuration shows it; bearer_token becomes the authorization it stands for, as in Alertmanager. */
export function showAuthorization(authorization: HttpAuthorization | undefined): Record<string, unknown> {
  switch (authorization?.kind) {
    case undefined:
      return {};
    case 'basic': {
      const { username, password } = authorization;
      // The only half of the pair that is no secret.
      const shownUsername =
        username?.kind === 'inline' ? { username: username.secret.reveal() } : showSecretSource('username', username);
      return { basic_auth: { ...shownUsername, ...showSecretSource('password', password) } };
    }
    case 'credentials':
      return {
        authorization: { type: authorization.type, ...showSecretSource('credentials', authorization.credentials) },
      };
    case 'oauth2':
      return {
        oauth2: {
          client_id: authorization.clientId,
          ...showSecretSource('client_secret', authorization.clientSecret),
          ...(authorization.scopes.length > 0 && { scopes: authorization.scopes }),
          token_url: authorization.tokenUrl,
          ...(authorization.endpointParams.length > 0 && {
            endpoint_params: Object.fromEntries(authorization.endpointParams),
          }),
          ...showTlsConfig(authorization.tls),
          ...showProxyConfig(authorization.proxy),
        },
      };
  }
}
