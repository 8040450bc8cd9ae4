import { readFile } from 'node:fs/promises'
import { dumpSchema } from '../../scripts/schema/dump.ts'
import { testDatabase } from '../../test/support/test-database.ts'
import { openDatabase } from './database.ts'

test('schema.sql is what the migrations make; node scripts/dump-schema.ts writes it anew', async () => {
  const server = await testDatabase()
  const database = openDatabase(server.url)
  expect(await dumpSchema(database)).toBe(await readFile(new URL('schema.sql', import.meta.url), 'utf8'))
  await database.close()
  await server.drop()
})

test('the dump shows every kind of object that a migration may make', async () => {
  const server = await testDatabase({ empty: true })
  const database = openDatabase(server.url)
  const made = `
    create type mood as enum ('good', 'bad');
    create domain word as text not null check (value <> '');
    create sequence counter as integer start 5;
    create unlogged table "Odd name" (id bigint generated always as identity primary key,
      name text collate "C" not null default 'x', twice text generated always as (name || name) stored,
      parent bigint references "Odd name", check (id > 0)) with (fillfactor = 80);
    create table part (at date not null) partition by range (at);
    create table part_one partition of part for values from ('2024-01-01') to ('2025-01-01');
    create unique index odd_lower on "Odd name" (lower(name)) where parent is null;
    create view names as select name from "Odd name";
    create function one() returns integer language sql as 'select 1';
    create function touched() returns trigger language plpgsql as 'begin return new; end';
    create trigger touch before update on "Odd name" for each row execute function touched();
    comment on column "Odd name".name is 'What it''s called';`
  await database.query({ text: made })
  const dump = await dumpSchema(database)
  expect(dump).toContain(`create type mood as enum ('good', 'bad');`)
  expect(dump).toContain('create domain word as text not null CHECK')
  expect(dump).toContain('create sequence counter as integer increment 1 start 5 cache 1;')
  expect(dump).toContain(`create unlogged table "Odd name" (
  id bigint generated always as identity not null,
  name text collate "C" default 'x'::text not null,
  twice text generated always as ((name || name)) stored,
  parent bigint
) with (fillfactor=80);
comment on column "Odd name".name is 'What it''s called';`)
  expect(dump).toContain(`create table part (
  at date not null
) partition by RANGE (at);`)
  expect(dump).toContain(`create table part_one partition of part FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');`)
  expect(dump).toContain('add constraint "Odd name_parent_fkey" FOREIGN KEY (parent) REFERENCES "Odd name"(id);')
  expect(dump).toContain('CREATE UNIQUE INDEX odd_lower')
  expect(dump).toContain('create view names as')
  expect(dump).toContain('CREATE OR REPLACE FUNCTION public.one()')
  expect(dump).toContain('CREATE TRIGGER touch')
  await database.close()
  await server.drop()
})
