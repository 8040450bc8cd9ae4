import type { SettingSchema } from '../../hub/contracts/connector.ts'
import { requestProperties } from './request.ts'

const text = (title: string, description: string): SettingSchema => ({ type: 'string', title, description })
const secret = (title: string, description: string): SettingSchema => ({ ...text(title, description), secret: true })

const SCHEMES = ['none', 'apiKey', 'bearer', 'basic', 'oauth2', 'session']

export const AUTH_SCHEMA: SettingSchema = {
  type: 'object',
  title: 'Account',
  description: 'How requests prove who asks.',
  properties: {
    scheme: {
      type: 'string',
      enum: SCHEMES,
      title: 'Scheme',
      description:
        'none; apiKey: a fixed key in a header or the query; bearer: a fixed token; basic: user and password; oauth2: a token of a token server; session: a login request gives a token.',
    },
    key: secret('Key', 'apiKey: the key.'),
    name: text('Name', 'apiKey: name of the header or query parameter. Default X-API-Key.'),
    in: { ...text('In', 'apiKey: where the key stands. Default header.'), enum: ['header', 'query'] },
    token: secret('Token', 'bearer: the token.'),
    username: text('User name', 'basic and session: the account; in a login request as {{ username }}.'),
    password: secret('Password', 'basic and session: its password; in a login request as {{ password }}.'),
    grant: {
      ...text('Grant', 'oauth2: how a token is got. Default clientCredentials.'),
      enum: ['clientCredentials', 'refreshToken'],
    },
    tokenUrl: text('Token URL', 'oauth2: the address of the token server.'),
    clientId: text('Client id', 'oauth2: the name of this client.'),
    clientSecret: secret('Client secret', 'oauth2: its secret.'),
    clientAuth: {
      ...text('Client authentication', 'oauth2: how client id and secret are sent. Default body.'),
      enum: ['body', 'basic'],
    },
    refreshToken: secret('Refresh token', 'oauth2 with grant refreshToken: the long-lived token.'),
    scope: text('Scope', 'oauth2: the rights that are asked for, separated by blanks.'),
    parameters: {
      type: 'object',
      title: 'Parameters',
      description: 'oauth2: more fields of the token request, as audience or resource.',
    },
    login: {
      type: 'object',
      title: 'Login',
      description: 'session: the request that gives a token.',
      properties: requestProperties('POST', '{{ username }}, {{ password }}'),
      required: ['path'],
      additionalProperties: false,
    },
    found: {
      type: 'object',
      title: 'Found',
      description: 'session: where the answer of the login has the token: one of the three.',
      properties: {
        body: text('Body', 'Path in the JSON body.'),
        header: text('Header', 'Name of a header.'),
        cookie: text('Cookie', 'Name of a cookie.'),
      },
      additionalProperties: false,
    },
    send: {
      type: 'object',
      title: 'Send',
      description: 'session: where requests have the token. Absent: where they say {{ session }}.',
      properties: {
        in: { ...text('In', 'The place.'), enum: ['header', 'query', 'cookie'], default: 'header' },
        name: text('Name', 'Of the header, parameter or cookie. Default Authorization.'),
        prefix: text('Prefix', 'What stands before the token, as "Bearer ". Default nothing.'),
      },
      additionalProperties: false,
    },
    lifetimeSeconds: {
      type: 'integer',
      minimum: 1,
      maximum: 86_400 * 365,
      title: 'Lifetime (s)',
      description:
        'session and oauth2: after this a new token is got in time. Default: what the answer says, else until it is refused.',
    },
  },
  required: ['scheme'],
  additionalProperties: false,
}

/** The members that each scheme takes; those with `!` it needs. */
export const MEMBERS_OF_SCHEME: Readonly<Record<string, readonly string[]>> = {
  none: [],
  apiKey: ['key!', 'name', 'in'],
  bearer: ['token!'],
  basic: ['username!', 'password!'],
  oauth2: [
    ...['grant', 'tokenUrl!', 'clientId!', 'clientSecret', 'clientAuth', 'refreshToken', 'scope', 'parameters'],
    'lifetimeSeconds',
  ],
  session: ['username', 'password', 'login!', 'found!', 'send', 'lifetimeSeconds'],
}
