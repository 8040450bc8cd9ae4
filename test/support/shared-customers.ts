/** Four systems in databases of their own that have the same customers, for tests of write-back: two polled, two followed by their logs. */
import type pg from 'pg'
import { withClient } from '../../demo/databases.ts'

export const SHARED_SYSTEMS = ['crm', 'erp', 'billing', 'inventory'] as const
export type SharedSystem = (typeof SHARED_SYSTEMS)[number]

/** What the hub calls a field, and the column that holds it, in each system by another name. */
export const SHARED_COLUMNS: Record<SharedSystem, Record<SharedField, string>> = {
  crm: { given: 'first_name', family: 'last_name', birthDate: 'born', email: 'mail', phone: 'mobile', tier: 'tier' },
  erp: { given: 'VNAME', family: 'NNAME', birthDate: 'GEBDAT', email: 'EMAIL', phone: 'TELEF', tier: 'KLASSE' },
  billing: { given: 'given', family: 'surname', birthDate: 'dob', email: 'email', phone: 'phone', tier: 'grade' },
  inventory: { given: 'fn', family: 'ln', birthDate: 'bd', email: 'em', phone: 'ph', tier: 'tr' },
}

export const SHARED_FIELDS = ['given', 'family', 'birthDate', 'email', 'phone', 'tier'] as const
export type SharedField = (typeof SHARED_FIELDS)[number]

/** The ERP writes dates in its own way, as old systems do. */
const isErp = (system: SharedSystem): boolean => system === 'erp'

export const SHARED_MODES: Record<SharedSystem, 'poll' | 'log'> = {
  crm: 'poll',
  erp: 'log',
  billing: 'poll',
  inventory: 'log',
}

export interface SharedOptions {
  /** By system: what its entity has under `write:`; absent: all fields, as a list. */
  write?: Partial<Record<SharedSystem, string>>
  pollEvery?: string
  golden?: string
}

const FIELDS = '[name, birthDate, emails, phones, attributes.tier]'

/** Survivorship by which the latest word counts. */
export const LATEST_WORD = `
systems: [crm, billing, erp, inventory]
default: most-recent
fields:
  kind: source-priority
  name: { rule: most-recent, together: true }
  emails: keep-all
  phones: keep-all
  identifiers: keep-all
`

/** The workspace; a system finds its database under `<SYSTEM>_URL`. */
export function sharedWorkspace(options: SharedOptions = {}): Record<string, string> {
  const files: Record<string, string> = { 'config/golden.yaml': options.golden ?? LATEST_WORD }
  for (const system of SHARED_SYSTEMS) {
    const write = options.write?.[system] ?? `{ fields: ${FIELDS} }`
    const mode = SHARED_MODES[system]
    const how =
      mode === 'log'
        ? 'mode: log, options: { table: person }'
        : `mode: poll, every: ${options.pollEvery ?? '200ms'}, options: { table: person, watermarkColumn: changed_at, lookBackSeconds: 1 }`
    files[`config/systems/${system}.yaml`] = [
      `title: ${system}`,
      'connector: postgres',
      `settings: { url: '\${env:${system.toUpperCase()}_URL}', connectTimeoutMs: 2000 }`,
      'entities:',
      `  Person: { ${how}, write: ${write} }`,
      '',
    ].join('\n')
    files[`mappings/${system}/Person.yaml`] = mapping(system)
  }
  return files
}

function mapping(system: SharedSystem): string {
  const columns = SHARED_COLUMNS[system]
  const date = isErp(system) ? '{ date: { format: yyyyMMdd } }' : '{ date: { format: yyyy-MM-dd } }'
  return `source: Person
target: customer
key: id
fields:
  kind: { constant: person }
  status: { constant: active }
  name.given: ${columns.given}
  name.family: ${columns.family}
  birthDate: { from: ${columns.birthDate}, convert: ${date} }
  emails: [{ address: { from: ${columns.email}, convert: email } }]
  phones: [{ number: { from: ${columns.phone}, convert: { phone: { region: AU } } }, purpose: { constant: mobile } }]
  identifiers: [{ scheme: { constant: national-id }, value: ssn, country: { constant: AU } }]
  attributes.tier: ${columns.tier}
`
}

/** Makes the four databases on a server and answers the environment that the workspace wants. */
export async function makeShared(serverUrl: string): Promise<Record<string, string>> {
  const environment: Record<string, string> = {}
  for (const system of SHARED_SYSTEMS) {
    const name = `shared_${system}`
    await withClient(serverUrl, async (client) => {
      await client.query(`select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = $1`, [
        name,
      ])
      await client.query(`drop database if exists ${name} with (force)`)
      await client.query(`create database ${name}`)
    })
    const url = new URL(serverUrl)
    url.pathname = `/${name}`
    environment[`${system.toUpperCase()}_URL`] = url.href
    await withClient(url.href, (client) => client.query(tableOf(system)))
  }
  return environment
}

function tableOf(system: SharedSystem): string {
  const columns = Object.values(SHARED_COLUMNS[system]).map((column) => `"${column}" text`)
  return `
    create table person (
      id text primary key, ssn text not null, ${columns.join(', ')}, changed_at timestamptz not null default clock_timestamp()
    );
    create index on person (changed_at);
    create table write_count (n bigint not null);
    insert into write_count values (0);
    create function touched() returns trigger language plpgsql as $$ begin
      new.changed_at := clock_timestamp();
      update public.write_count set n = n + 1;
      return new;
    end $$;
    create trigger touched before update on person for each row execute function touched();
    alter table person replica identity full`
}

export type SharedPerson = Record<SharedField, string | null>

/** The same persons in each system, under keys of its own. */
export async function fillShared(environment: Record<string, string>, persons: readonly SharedPerson[]): Promise<void> {
  for (const system of SHARED_SYSTEMS) {
    await withClient(urlOf(environment, system), async (client) => {
      const columns = SHARED_FIELDS.map((field) => `"${SHARED_COLUMNS[system][field]}"`)
      for (const [at, person] of persons.entries()) {
        const values = SHARED_FIELDS.map((field) => native(system, field, person[field]))
        await client.query(
          `insert into person (id, ssn, ${columns.join(', ')}) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
          [keyOf(system, at), `9${String(at).padStart(8, '0')}`, ...values],
        )
      }
    })
  }
}

export const urlOf = (environment: Record<string, string>, system: SharedSystem): string =>
  environment[`${system.toUpperCase()}_URL`] ?? ''

export const keyOf = (system: SharedSystem, at: number): string => `${system}-${at}`

/** A value as the system writes it. */
export function native(system: SharedSystem, field: SharedField, value: string | null): string | null {
  return value !== null && field === 'birthDate' && isErp(system) ? value.replaceAll('-', '') : value
}

export async function editShared(
  client: pg.Client,
  system: SharedSystem,
  at: number,
  fields: Partial<SharedPerson>,
): Promise<void> {
  const names = Object.keys(fields) as SharedField[]
  const set = names.map((field, place) => `"${SHARED_COLUMNS[system][field]}" = $${place + 2}`)
  const values = names.map((field) => native(system, field, fields[field] ?? null))
  await client.query(`update person set ${set.join(', ')} where id = $1`, [keyOf(system, at), ...values])
}

/** All persons of a system in one notation, by number. */
export async function readShared(environment: Record<string, string>, system: SharedSystem): Promise<SharedPerson[]> {
  const { rows } = await withClient(urlOf(environment, system), (client) =>
    client.query<Record<string, string | null>>('select * from person'),
  )
  const persons: SharedPerson[] = []
  for (const row of rows) {
    const person = Object.fromEntries(SHARED_FIELDS.map((field) => [field, row[SHARED_COLUMNS[system][field]] ?? null]))
    const born = person['birthDate'] as string | null
    if (isErp(system) && born !== null) person['birthDate'] = born.replace(/^(....)(..)(..)$/, '$1-$2-$3')
    persons[Number(String(row['id']).split('-')[1])] = person as SharedPerson
  }
  return persons
}

/** Updates that a system has seen, the hub's and its own users' together. */
export async function updatesOf(environment: Record<string, string>, system: SharedSystem): Promise<number> {
  const { rows } = await withClient(urlOf(environment, system), (client) =>
    client.query<{ n: string }>('select n from write_count'),
  )
  return Number(rows[0]?.n ?? 0)
}
