export { BillingPusher, type PusherOptions, pushMessage } from './pusher.ts'
export { type BillingOptions, BillingService, type BillingUser } from './service.ts'
export { BillingStore, type Change, type StoredRow, tableNamed } from './store.ts'
export { type Row, type Table, TABLES, type Value } from './tables.ts'
