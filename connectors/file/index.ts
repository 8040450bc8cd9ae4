import type { ConnectorSpec } from '../../hub/contracts/connector.ts'
import { FileConnector } from './connector.ts'
import { FILE_OPTIONS } from './options.ts'
import { FILE_SETTINGS, fileSettings } from './settings.ts'

export const file: ConnectorSpec = {
  name: 'file',
  title: 'Files',
  description:
    'Reads files that a system puts into a folder or onto an SFTP server: CSV, JSON lines or fixed width, with all records or with changes only. Reports wrong rows as a file, and writes files for the system.',
  settings: FILE_SETTINGS,
  entityOptions: FILE_OPTIONS,
  capabilities: {
    discover: true,
    backfill: true,
    poll: true,
    subscribe: false,
    receive: false,
    write: true,
    deletes: { poll: true, subscribe: false },
  },
  verification: {
    by: 'real server',
    how: 'All of the conformance kit runs against an OpenSSH 9.2 SFTP server, with kills and cut lines; folders of the machine itself are read by the same code.',
  },
  open: (config, context) => Promise.resolve(new FileConnector(fileSettings(config), context)),
}
