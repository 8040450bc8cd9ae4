/**
 * Every setting of the hub, once. Parsing, the text of `--help` and docs/operators/settings.md all come from this table.
 * A setting comes from the environment under its name, or from the file that `<NAME>_FILE` names.
 */
export interface SettingRow {
  env: string
  type: 'integer' | 'boolean' | 'text' | 'path' | 'url' | 'choice'
  /** Value without the setting; absent: there is none, and the description says what happens then. */
  default?: number | boolean | string
  description: string
  /** Never shown, never logged. */
  secret?: boolean
  minimum?: number
  maximum?: number
  minLength?: number
  choices?: readonly string[]
  /** Schemes of a url. */
  schemes?: readonly string[]
}

export const SETTINGS = {
  port: {
    env: 'PORT',
    type: 'integer',
    default: 8080,
    minimum: 0,
    maximum: 65535,
    description: 'Port of the HTTP server; 0 lets the machine choose a free one.',
  },
  host: {
    env: 'HOST',
    type: 'text',
    default: '127.0.0.1',
    description: 'Address that the HTTP server listens on. `0.0.0.0` makes it reachable from other machines.',
  },
  publicUrl: {
    env: 'OMNIHUB_PUBLIC_URL',
    type: 'url',
    schemes: ['http', 'https'],
    description:
      'Address under which systems outside reach this hub, for the hooks that they push to and for WSDLs. Without it: `http://HOST:PORT`.',
  },
  dataDir: {
    env: 'OMNIHUB_DATA_DIR',
    type: 'path',
    default: '.omnihub',
    description: 'Folder for what the hub keeps on this machine: the embedded database, the first admin key.',
  },
  workspace: {
    env: 'OMNIHUB_WORKSPACE',
    type: 'path',
    description:
      "Folder with the company's config/, mappings/, rules/, flows/ and schemas/. Without it the demo company's workspace is used.",
  },
  demo: {
    env: 'OMNIHUB_DEMO',
    type: 'boolean',
    description: 'Whether the demo company runs. Without it: on in the default workspace, off in any other.',
  },
  demoTrouble: {
    env: 'OMNIHUB_DEMO_TROUBLE',
    type: 'boolean',
    default: false,
    description:
      "Whether the demo company's systems have a bad day: every 15 seconds one of them throttles, breaks answers off, hangs, forgets its place, repeats itself or goes down for a moment.",
  },
  adminKey: {
    env: 'OMNIHUB_ADMIN_KEY',
    type: 'text',
    secret: true,
    minLength: 8,
    description:
      'API key with the role admin. Without it one is made at the first start, printed once and kept in the data folder (file `admin-key`, mode 0600).',
  },
  databaseUrl: {
    env: 'DATABASE_URL',
    type: 'url',
    schemes: ['postgres', 'postgresql'],
    secret: true,
    description: 'PostgreSQL 15 or newer. Without it the hub starts an embedded one in the data folder.',
  },
  amqpUrl: {
    env: 'AMQP_URL',
    type: 'url',
    schemes: ['amqp', 'amqps'],
    secret: true,
    description: 'RabbitMQ 3.10 or newer. Without it the hub uses the embedded bus, which serves one hub process only.',
  },
  workers: {
    env: 'OMNIHUB_WORKERS',
    type: 'integer',
    default: 4,
    minimum: 0,
    maximum: 64,
    description: 'Workers of this process that apply changes side by side; 0 makes a process that only serves the API.',
  },
  partitions: {
    env: 'OMNIHUB_PARTITIONS',
    type: 'integer',
    default: 8,
    minimum: 1,
    maximum: 256,
    description:
      'Partitions that the lanes are spread over, the same for all processes of one hub. At most this many workers have something to do.',
  },
  logLevel: {
    env: 'OMNIHUB_LOG_LEVEL',
    type: 'choice',
    default: 'info',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    description: 'What the log shows: this level and everything more serious.',
  },
  logFile: {
    env: 'OMNIHUB_LOG_FILE',
    type: 'path',
    description:
      'File that the log is added to. Without it the log goes to standard output; with the embedded database, where a person is looking, to `hub.log` in the data folder.',
  },
  bodyBytesMax: {
    env: 'OMNIHUB_BODY_BYTES_MAX',
    type: 'integer',
    default: 10 * 1024 * 1024,
    minimum: 1024,
    maximum: 256 * 1024 * 1024,
    description: 'Largest request of changes in bytes; a larger one is answered with 413.',
  },
  egressAllow: {
    env: 'OMNIHUB_EGRESS_ALLOW',
    type: 'text',
    description:
      'Hosts that webhooks (and systems, with OMNIHUB_EGRESS_GUARD_SYSTEMS) may be at though they are not on the public internet: names, addresses and networks, separated by commas (`hooks.example.internal, 10.1.0.0/16`). Without it: none.',
  },
  egressGuardSystems: {
    env: 'OMNIHUB_EGRESS_GUARD_SYSTEMS',
    type: 'boolean',
    default: false,
    description:
      'Whether systems, too, may only be at hosts on the public internet or in OMNIHUB_EGRESS_ALLOW. Off by default: systems of record live in private networks.',
  },
  webhooksToLoopback: {
    env: 'OMNIHUB_WEBHOOKS_TO_LOOPBACK',
    type: 'boolean',
    default: false,
    description:
      'Whether webhooks may be posted to this machine itself, also by http: for tests and trials. Whoever may subscribe can then call every port of the machine.',
  },
  decisionLogDays: {
    env: 'OMNIHUB_DECISION_LOG_DAYS',
    type: 'integer',
    default: 90,
    minimum: 0,
    maximum: 3_650,
    description:
      'How many days decisions are kept with their inputs, so that they can be explained and repeated; 0: none is kept. They hold personal data.',
  },
  oidcIssuer: {
    env: 'OMNIHUB_OIDC_ISSUER',
    type: 'url',
    schemes: ['https', 'http'],
    description:
      'Identity provider whose tokens (JWT) are taken beside API keys: just as tokens name it in `iss`. Its keys are found by OpenID Connect discovery. http on this machine only.',
  },
  oidcAudience: {
    env: 'OMNIHUB_OIDC_AUDIENCE',
    type: 'text',
    description: 'What tokens for this hub must have in `aud`. Needed with OMNIHUB_OIDC_ISSUER.',
  },
  oidcRolesClaim: {
    env: 'OMNIHUB_OIDC_ROLES_CLAIM',
    type: 'text',
    default: 'roles',
    description:
      "Claim with the bearer's roles: a list, or a text with blanks between. Dots lead into objects: `realm_access.roles`.",
  },
  oidcRoles: {
    env: 'OMNIHUB_OIDC_ROLES',
    type: 'text',
    description:
      "Values of that claim and the hub's roles: `hub-admins=admin, crm-service=system:crm`. Of several the first one here counts. Without it: the names of the hub's roles.",
  },
  tlsCertificate: {
    env: 'OMNIHUB_TLS_CERT',
    type: 'path',
    description:
      'File with the certificate of the HTTP server and those that it rests on, in PEM. With it and OMNIHUB_TLS_KEY the hub speaks HTTPS only (TLS 1.2 and newer). New files of the same names are taken into use within a minute.',
  },
  tlsKey: {
    env: 'OMNIHUB_TLS_KEY',
    type: 'path',
    description: 'File with the private key of the certificate, in PEM, without a passphrase.',
  },
  masterKey: {
    env: 'OMNIHUB_MASTER_KEY',
    type: 'text',
    secret: true,
    minLength: 43,
    description:
      'Key that seals the secrets in the database: 32 random bytes in base64 or hexadecimal, the same for all processes of one database. Without it: one made at the first start and kept in the data folder.',
  },
  masterKeysOld: {
    env: 'OMNIHUB_MASTER_KEYS_OLD',
    type: 'text',
    secret: true,
    minLength: 43,
    description:
      'Further master keys, separated by commas: they open what they sealed, and seal nothing. For a change of the key.',
  },
  corsOrigins: {
    env: 'OMNIHUB_CORS_ORIGINS',
    type: 'text',
    description:
      'Origins whose pages may call the API from a browser, separated by commas: `https://shop.example.com`. Without it: none.',
  },
  rateLimits: {
    env: 'OMNIHUB_RATE_LIMITS',
    type: 'text',
    description:
      'Limits of the keys of roles for each process: `channel=200/400/50, viewer=none` (requests a second, at once after a pause, under way at the same time). Without it: 500/1000/100 for channel, 500/1000/50 for system, 100/300/20 for steward, engineer and viewer, none for admin. A key may have its own.',
  },
  shutdownSecondsMax: {
    env: 'OMNIHUB_SHUTDOWN_SECONDS_MAX',
    type: 'integer',
    default: 20,
    minimum: 1,
    maximum: 600,
    description: 'How long a stop waits for requests and batches under way before it ends them.',
  },
} as const satisfies Record<string, SettingRow>

type Table = typeof SETTINGS

type ValueOf<Row> = Row extends { type: 'integer' }
  ? number
  : Row extends { type: 'boolean' }
    ? boolean
    : Row extends { choices: readonly (infer Choice)[] }
      ? Choice
      : string

/** The settings by their names in code; those without a default may be undefined. */
export type Settings = {
  readonly [Name in keyof Table]: Table[Name] extends { default: unknown }
    ? ValueOf<Table[Name]>
    : ValueOf<Table[Name]> | undefined
}

/**
 * Beginnings of names that look like a setting and are none: variables that config/systems/<name>.yaml refers to, a
 * company's own (secrets, addresses) and the demo company's. Anything else that begins with OMNIHUB_ is taken for a
 * setting, so that a misspelt one is noticed.
 */
export const FREE_PREFIXES = ['OMNIHUB_SECRET_', 'OMNIHUB_DEMO_'] as const
