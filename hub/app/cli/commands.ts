import { AUDIT_COMMANDS } from './commands/audit.ts'
import { BULK_COMMANDS } from './commands/bulk.ts'
import { CONNECTOR_COMMANDS } from './commands/connector.ts'
import { MAPPING_COMMANDS } from './commands/mapping.ts'
import { MATCH_COMMANDS } from './commands/match.ts'
import { KEYS_COMMANDS, OPERATE_COMMANDS } from './commands/operate.ts'
import { PARKED_COMMANDS } from './commands/parked.ts'
import { PRIVACY_COMMANDS } from './commands/privacy.ts'
import { RULE_COMMANDS } from './commands/rule.ts'
import { RECORD_WRITE_COMMANDS } from './commands/record-write.ts'
import { SYSTEM_COMMANDS } from './commands/system.ts'
import { WORKSPACE_COMMANDS } from './commands/workspace.ts'
import { WRITE_BACK_COMMANDS } from './commands/write-back.ts'
import type { Command } from './shared/command.ts'

/** What a first word that is no command by itself stands for. */
export const GROUPS: Readonly<Record<string, string>> = {
  connector: 'list, make and try connectors',
  mapping: 'check, test and try mappings',
  match: 'fit and explain matching',
  rule: 'check, ask, try and publish rules',
  system: 'compare, reset and release systems',
  parked: 'see and repair what could not be applied',
  'write-back': 'see and decide what is to be written to systems',
  'record-write': 'see, send again and give up records on their way to systems',
  audit: 'see who read and did what, and verify that nobody altered it',
  customer: 'export and erase what is held of a person',
  erasure: 'see what was erased and what systems have still to delete',
  secrets: 'seal the secrets in the database with another master key',
  keys: 'make, list and revoke API keys',
}

/** Every command, in the order in which help shows them. */
export const COMMANDS: readonly Command[] = [
  ...WORKSPACE_COMMANDS,
  ...CONNECTOR_COMMANDS,
  ...MAPPING_COMMANDS,
  ...MATCH_COMMANDS,
  ...RULE_COMMANDS,
  ...OPERATE_COMMANDS,
  ...BULK_COMMANDS,
  ...SYSTEM_COMMANDS,
  ...PARKED_COMMANDS,
  ...WRITE_BACK_COMMANDS,
  ...RECORD_WRITE_COMMANDS,
  ...KEYS_COMMANDS,
  ...AUDIT_COMMANDS,
  ...PRIVACY_COMMANDS,
]
