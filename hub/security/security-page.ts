import { meaningOf, mayDo, PERMISSIONS, ROLE_MEANINGS, ROLES } from './permissions.ts'

/** docs/operators/security.md. */
export function securityPage(): string {
  const header = `| may | ${ROLES.join(' | ')} |`
  const rows = PERMISSIONS.map((permission) => {
    const marks = ROLES.map((role) => (mayDo(role, permission) ? 'yes' : ''))
    return `| ${meaningOf(permission)} (\`${permission}\`) | ${marks.join(' | ')} |`
  })
  return [
    '# Keys and roles',
    '',
    '<!-- Made from hub/security/permissions.ts by `npm run docs`; change it there. -->',
    '',
    'Every request to `/v1` and `/admin/v1` needs an API key or a [token](access.md): `Authorization: Bearer omni_<id>_<secret>`, or the same key in',
    'the header `x-api-key`. Health, metrics and the documentation of the API need none. Nor do the hooks `/v1/hooks/{system}`, to which',
    'systems push in their own formats: there the connector of the system checks the signature or the password that comes with',
    'each push. Until it has, nobody knows who the caller is: a process holds at most 16 such requests of 8 MiB for each system.',
    '',
    'A key is shown once, when it is made; the hub stores a SHA-256 hash of its secret. A revoked key stops working within two',
    'seconds on every hub process. A key of the role `system` is bound to the name of one system and sends only its changes.',
    '',
    '## The first key',
    '',
    'The hub starts with one admin key: the value of `OMNIHUB_ADMIN_KEY`, or one that it makes at its first start, prints once',
    'and keeps in the data folder (`admin-key`, mode 0600). Make further keys with it (`POST /admin/v1/keys`). To change it, set',
    'the variable anew or delete the file, and start again.',
    '',
    '## Secrets at rest',
    '',
    'What the database must give back in clear is sealed: the signing secrets of webhooks, the secret by which the lanes of the',
    'erased are remembered, and what an erasure still has to look for. AES-256-GCM with a random nonce for each value; the table, the',
    'column and the row are authenticated with it, so a value that was altered or copied into another row opens no more',
    '(`secrets.altered`), and nothing is signed by it. A stored value names the key that sealed it. Secrets of systems are not in the',
    'database at all: they come from the environment or files.',
    '',
    'The master key is `OMNIHUB_MASTER_KEY` (`openssl rand -base64 32`), or one that the hub makes at its first start and keeps in',
    'the data folder (`master-key`, mode 0600). Several processes on one database need the same one: a process that can not open',
    'what is stored does not start, and says which key it lacks (`secrets.keys-missing`). Keep it apart from backups of the',
    'database: without it they hold no secret that can be read, and nobody can try who was erased. Values that an older hub left',
    'unsealed are sealed at the start.',
    '',
    'To change it without a stop:',
    '',
    '1. Make a new key. Add it to `OMNIHUB_MASTER_KEYS_OLD` of all processes and start them again one by one: they can open both.',
    '2. Put the new key into `OMNIHUB_MASTER_KEY` and the former one into `OMNIHUB_MASTER_KEYS_OLD`, and start them again one by one.',
    '3. `omnihub secrets rotate` seals everything with the new key, some hundreds at a time; broken off, it goes on where it was.',
    '4. When it says that no other key is in use, take the former one out. Backups from before still need it.',
    '',
    '## Roles',
    '',
    '| role | for |',
    '|---|---|',
    ...ROLES.map((role) => `| ${role} | ${ROLE_MEANINGS[role]} |`),
    '',
    '## Who may do what',
    '',
    header,
    `|---|${ROLES.map(() => '---|').join('')}`,
    ...rows,
    '',
  ].join('\n')
}
