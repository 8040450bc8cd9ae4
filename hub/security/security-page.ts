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
