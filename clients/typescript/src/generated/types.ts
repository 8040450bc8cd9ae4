// Generated from the OpenAPI document of the hub by `npm run docs`. Change the operation, not this file.
import type { LinesBody, RawBody } from '../body.ts'
import type { OnItsWay } from '../on-its-way.ts'
import type {
  Account,
  AccountPatch,
  Case,
  CasePatch,
  Consent,
  ConsentPatch,
  Customer,
  CustomerPatch,
  Interaction,
  InteractionPatch,
  Invoice,
  InvoicePatch,
  NewAccount,
  NewCase,
  NewConsent,
  NewCustomer,
  NewInteraction,
  NewInvoice,
  NewOffer,
  NewOrder,
  NewPayment,
  NewProduct,
  NewStockLevel,
  Offer,
  OfferPatch,
  Order,
  OrderPatch,
  Payment,
  PaymentPatch,
  Product,
  ProductPatch,
  StockLevel,
  StockLevelPatch,
} from './schemas.ts'

export interface ListCustomersParams {
  /** Name of a system, with `key`. */
  system?: string | undefined
  /** The record's id in that system. */
  key?: string | undefined
  /** The record type in that system; absent: any. */
  entity?: string | undefined
  /** An e-mail address, in any case. */
  email?: string | undefined
  /** A phone number with its country code: `+61255501234`. */
  phone?: string | undefined
  /** Beginnings of words of names, company names, towns and customer numbers; all must be there. */
  q?: string | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
}

export type ListCustomersItem = Customer

export type ListCustomersAnswer = {
  items: Customer[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
}

export interface CreateCustomerParams {
  /**
   * The person or organization, as the schema of customers has it, without what the hub adds (`id`, `version`,
   * ...). At least one of `name`, `organization`, `emails`, `phones`, `identifiers` and `addresses`.
   */
  body: NewCustomer & {
    status?: 'prospect'
  }
}

export type CreateCustomerAnswer = Customer & {
  /** The hub knew this customer already; what was sent is joined with it. */
  matched: boolean
}

export interface GetCustomerParams {
  /** The hub's id of the customer. */
  id: string
  /**
   * Records to bring along, as members of these names: at most the first 100 of each. `consents` come in the place
   * of the customer’s own.
   */
  include?:
    ('accounts' | 'invoices' | 'payments' | 'orders' | 'cases' | 'interactions' | 'consents' | 'offers')[] | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
}

export type GetCustomerAnswer = Customer & {
  accounts?: Account[]
  invoices?: Invoice[]
  payments?: Payment[]
  orders?: Order[]
  cases?: Case[]
  interactions?: Interaction[]
  offers?: Offer[]
}

export interface EditCustomerParams {
  /** The hub's id of the customer. */
  id: string
  /** ETag of the customer as you read it (without `include`). Needed. */
  ifMatch?: string | undefined
  /** What is to change. */
  body: CustomerPatch
}

export type EditCustomerAnswer = Customer & {
  writeBack?: {
    system?: string
    entity?: string
    key?: string
    state?: 'idle' | 'pending' | 'writing' | 'retrying' | 'conflict' | 'failed'
    /** Fields of the customer that are on their way. */
    fields?: string[]
  }[]
}

export interface GetCustomerProvenanceParams {
  /** The hub's id of the customer. */
  id: string
}

export type GetCustomerProvenanceAnswer = {
  customer?: string
  version?: number
  fields?: {
    [name: string]: {
      value?: unknown
      /** null: a steward's value. */
      source?: { [name: string]: unknown } | null
      rule?: string
      agreeing?: { [name: string]: unknown }[]
      losers?: { [name: string]: unknown }[]
      override?: { [name: string]: unknown }
      /** The rule that added the value to the record. */
      madeBy?: {
        rule?: string
        revision?: number
      }
    }
  }
}

export interface GetCustomerSourcesParams {
  /** The hub's id of the customer. */
  id: string
}

export type GetCustomerSourcesAnswer = {
  customer?: string
  records?: {
    system?: string
    entity?: string
    key?: string
    sequence?: string | null
    changeId?: string
    changedAt?: string
    mappingRevision?: number | null
    /** As the system sent it. */
    raw?: { [name: string]: unknown } | null
    /** As its mapping made it. */
    document?: { [name: string]: unknown } | null
    /** With write-back: when its fields were said, by path; `*`: all others. null: all at `changedAt`. */
    fieldTimes?: { [name: string]: unknown } | null
    /** Fields that rules added to what the mapping made: `rule#revision` by path. */
    enriched?: { [name: string]: unknown } | null
  }[]
}

export interface GetCustomerHistoryParams {
  /** The hub's id of the customer. */
  id: string
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
}

export type GetCustomerHistoryItem = {
  version?: number
  at?: string
  cause?: 'created' | 'changed' | 'joined' | 'closed' | 'reopened'
  /** Paths of the fields that changed. */
  changed?: string[]
  customer?: Customer
}

export type GetCustomerHistoryAnswer = {
  items: {
    version?: number
    at?: string
    cause?: 'created' | 'changed' | 'joined' | 'closed' | 'reopened'
    /** Paths of the fields that changed. */
    changed?: string[]
    customer?: Customer
  }[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
}

export interface GetCustomerTimelineParams {
  /** The hub's id of the customer. */
  id: string
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
}

export type GetCustomerTimelineItem = { [name: string]: unknown }

export type GetCustomerTimelineAnswer = {
  items: { [name: string]: unknown }[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
}

export interface JoinCustomersParams {
  /** The hub's id of the customer. */
  id: string
  /** The other customer. */
  body: {
    with: string
    /** Why, for whoever reads it later. */
    note?: string
  }
}

export type JoinCustomersAnswer = {
  survivor?: string
  customer?: Customer
}

export interface SplitCustomerParams {
  /** The hub's id of the customer. */
  id: string
  /** The records to take out. */
  body: {
    records: {
      system: string
      entity: string
      key: string
    }[]
    /** Why, for whoever reads it later. */
    note?: string
  }
}

export type SplitCustomerAnswer = {
  remaining?: string
  separated?: string[]
}

export interface PayInvoiceParams {
  /** The hub's id of the invoice. */
  id: string
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** The payment. */
  body: {
    amount: {
      /** Decimal text, more than 0: `49.90`. */
      amount: string
      /** ISO 4217; that of the invoice. */
      currency: string
    }
    method: 'card' | 'direct-debit' | 'bank-transfer' | 'cash' | 'cheque' | 'wallet' | 'voucher' | 'other'
    /** When, RFC 3339; absent: now. */
    paidAt?: string
    /** What the payer or the bank calls it. */
    reference?: string
    /** By which channel the customer asks for it. */
    channel?:
      | 'web'
      | 'app'
      | 'phone'
      | 'ivr'
      | 'chat'
      | 'email'
      | 'sms'
      | 'post'
      | 'agent'
      | 'partner'
      | 'store'
      | 'visit'
      | 'social'
      | 'other'
  }
}

export type PayInvoiceAnswer =
  | {
      payment: Payment
      invoice: Invoice
      /** How the shared rule decided, where there is one for this operation. */
      decision: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
    }
  | ({
      payment: {
        id: string
      }
      invoice: Invoice
      /** How the shared rule decided, where there is one for this operation. */
      decision: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
    } & OnItsWay)

export interface ChangeContactDataParams {
  /** The hub's id of the customer. */
  id: string
  /** ETag of the customer as you read it, where only that version is to be changed. */
  ifMatch?: string | undefined
  /** The changes. */
  body: {
    /** By which channel the customer asks for it. */
    channel:
      | 'web'
      | 'app'
      | 'phone'
      | 'ivr'
      | 'chat'
      | 'email'
      | 'sms'
      | 'post'
      | 'agent'
      | 'partner'
      | 'store'
      | 'visit'
      | 'social'
      | 'other'
    /** The customer has shown who they are (logged in, a code, questions). Absent: false. */
    verified?: boolean
    changes: {
      op: 'add' | 'replace' | 'remove'
      member: 'emails' | 'phones' | 'addresses'
      /** The new item as the schema of customers has it; not for `remove`. */
      item?: { [name: string]: unknown }
      /**
       * Which item, for `replace` and `remove`: the e-mail address or phone number itself, or some members that only
       * that item has.
       */
      of?: string | { [name: string]: unknown }
    }[]
  }
}

export type ChangeContactDataAnswer = {
  customer: Customer
  /** How the shared rule decided, where there is one for this operation. */
  decision: {
    /** Of the decision log. */
    id: string
    rule: string
    revision: number
    /** As the rule's output has it: `accept`, `reason` and more. */
    result: { [name: string]: unknown }
  } | null
  writeBack: {
    system?: string
    entity?: string
    key?: string
    state?: 'idle' | 'pending' | 'writing' | 'retrying' | 'conflict' | 'failed'
    /** Fields of the customer that are on their way. */
    fields?: string[]
  }[]
}

export interface ListAccountsParams {
  /** The hub's id of a customer. */
  customer?: string | undefined
  /** The hub's id of an account. */
  account?: string | undefined
  /** Name of a system, with `key`. */
  system?: string | undefined
  /** The record's id in that system. */
  key?: string | undefined
  /** The record type in that system; absent: any. */
  entity?: string | undefined
  /**
   * What the records point at, as `included` beside them: `{customers: [...], accounts: [...]}`, each once. A
   * record without a customer of its own brings that of its account.
   */
  include?: 'customer'[] | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
  /** `number`, in any case. */
  number?: string | undefined
  /** `kind`: this one. */
  kind?: 'billing' | 'service' | 'credit' | 'loyalty' | 'other' | undefined
  /** `status`: this one. */
  status?: 'pending' | 'active' | 'suspended' | 'closed' | undefined
  /** `currency`, in any case. */
  currency?: string | undefined
  /** `openedOn` on this day (UTC) or later. */
  openedFrom?: string | undefined
  /** `openedOn` on this day (UTC) or earlier. */
  openedTo?: string | undefined
  /** Beginnings of words of number, name; all must be there. */
  q?: string | undefined
  /** `updatedAt` at this moment or later: when the system changed the record. */
  updatedSince?: string | undefined
}

export type ListAccountsItem = Account

export type ListAccountsAnswer = {
  items: Account[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
} & {
  included?: {
    customers?: Customer[]
  }
}

export interface CreateAccountParams {
  /** The system to make it in; needed only where several take such records. */
  system?: string | undefined
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** The new record, without what only the hub sets (id, version, sources, times). */
  body: NewAccount
}

export type CreateAccountAnswer =
  | (Account & {
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    })
  | ({
      /** The hub's id of the record. */
      id: string
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    } & OnItsWay)

export interface GetAccountParams {
  /** The hub's id of the record. */
  id: string
  /**
   * What the records point at, as `included` beside them: `{customers: [...], accounts: [...]}`, each once. A
   * record without a customer of its own brings that of its account.
   */
  include?: 'customer'[] | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
}

export type GetAccountAnswer = Account & {
  included?: {
    customers?: Customer[]
  }
}

export interface EditAccountParams {
  /** The hub's id of the record. */
  id: string
  /** ETag of the record as you read it, or `"<id>.<version>"` made of its members. Needed. */
  ifMatch?: string | undefined
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** What is to change. */
  body: AccountPatch
}

export type EditAccountAnswer =
  | (Account & {
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    })
  | ({
      /** The hub's id of the record. */
      id: string
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    } & OnItsWay)

export interface ListInvoicesParams {
  /** The hub's id of a customer. */
  customer?: string | undefined
  /** The hub's id of an account. */
  account?: string | undefined
  /** Name of a system, with `key`. */
  system?: string | undefined
  /** The record's id in that system. */
  key?: string | undefined
  /** The record type in that system; absent: any. */
  entity?: string | undefined
  /**
   * What the records point at, as `included` beside them: `{customers: [...], accounts: [...]}`, each once. A
   * record without a customer of its own brings that of its account.
   */
  include?: ('customer' | 'account' | 'order')[] | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
  /** `number`, in any case. */
  number?: string | undefined
  /** `kind`: this one. */
  kind?: 'invoice' | 'credit-note' | undefined
  /** `status`: this one. */
  status?: 'draft' | 'open' | 'partly-paid' | 'paid' | 'overdue' | 'disputed' | 'cancelled' | 'written-off' | undefined
  /** The hub's id of the order that it points at. */
  order?: string | undefined
  /** `issuedOn` on this day (UTC) or later. */
  issuedFrom?: string | undefined
  /** `issuedOn` on this day (UTC) or earlier. */
  issuedTo?: string | undefined
  /** `dueOn` on this day (UTC) or later. */
  dueFrom?: string | undefined
  /** `dueOn` on this day (UTC) or earlier. */
  dueTo?: string | undefined
  /** `updatedAt` at this moment or later: when the system changed the record. */
  updatedSince?: string | undefined
}

export type ListInvoicesItem = Invoice

export type ListInvoicesAnswer = {
  items: Invoice[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
} & {
  included?: {
    customers?: Customer[]
    accounts?: Account[]
    orders?: Order[]
  }
}

export interface CreateInvoiceParams {
  /** The system to make it in; needed only where several take such records. */
  system?: string | undefined
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** The new record, without what only the hub sets (id, version, sources, times). */
  body: NewInvoice
}

export type CreateInvoiceAnswer =
  | (Invoice & {
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    })
  | ({
      /** The hub's id of the record. */
      id: string
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    } & OnItsWay)

export interface GetInvoiceParams {
  /** The hub's id of the record. */
  id: string
  /**
   * What the records point at, as `included` beside them: `{customers: [...], accounts: [...]}`, each once. A
   * record without a customer of its own brings that of its account.
   */
  include?: ('customer' | 'account' | 'order')[] | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
}

export type GetInvoiceAnswer = Invoice & {
  included?: {
    customers?: Customer[]
    accounts?: Account[]
    orders?: Order[]
  }
}

export interface EditInvoiceParams {
  /** The hub's id of the record. */
  id: string
  /** ETag of the record as you read it, or `"<id>.<version>"` made of its members. Needed. */
  ifMatch?: string | undefined
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** What is to change. */
  body: InvoicePatch
}

export type EditInvoiceAnswer =
  | (Invoice & {
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    })
  | ({
      /** The hub's id of the record. */
      id: string
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    } & OnItsWay)

export interface ListPaymentsParams {
  /** The hub's id of a customer. */
  customer?: string | undefined
  /** The hub's id of an account. */
  account?: string | undefined
  /** Name of a system, with `key`. */
  system?: string | undefined
  /** The record's id in that system. */
  key?: string | undefined
  /** The record type in that system; absent: any. */
  entity?: string | undefined
  /**
   * What the records point at, as `included` beside them: `{customers: [...], accounts: [...]}`, each once. A
   * record without a customer of its own brings that of its account.
   */
  include?: ('customer' | 'account' | 'invoice')[] | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
  /** `number`, in any case. */
  number?: string | undefined
  /** `direction`: this one. */
  direction?: 'in' | 'out' | undefined
  /** `status`: this one. */
  status?: 'pending' | 'authorized' | 'settled' | 'failed' | 'refunded' | 'cancelled' | undefined
  /** `method`: this one. */
  method?: 'card' | 'direct-debit' | 'bank-transfer' | 'cash' | 'cheque' | 'wallet' | 'voucher' | 'other' | undefined
  /** The hub's id of the invoice that it points at. */
  invoice?: string | undefined
  /** `paidAt` or `paidOn` on this day (UTC) or later. */
  paidFrom?: string | undefined
  /** `paidAt` or `paidOn` on this day (UTC) or earlier. */
  paidTo?: string | undefined
  /** `updatedAt` at this moment or later: when the system changed the record. */
  updatedSince?: string | undefined
}

export type ListPaymentsItem = Payment

export type ListPaymentsAnswer = {
  items: Payment[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
} & {
  included?: {
    customers?: Customer[]
    accounts?: Account[]
    invoices?: Invoice[]
  }
}

export interface CreatePaymentParams {
  /** The system to make it in; needed only where several take such records. */
  system?: string | undefined
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** The new record, without what only the hub sets (id, version, sources, times). */
  body: NewPayment
}

export type CreatePaymentAnswer =
  | (Payment & {
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    })
  | ({
      /** The hub's id of the record. */
      id: string
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    } & OnItsWay)

export interface GetPaymentParams {
  /** The hub's id of the record. */
  id: string
  /**
   * What the records point at, as `included` beside them: `{customers: [...], accounts: [...]}`, each once. A
   * record without a customer of its own brings that of its account.
   */
  include?: ('customer' | 'account' | 'invoice')[] | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
}

export type GetPaymentAnswer = Payment & {
  included?: {
    customers?: Customer[]
    accounts?: Account[]
    invoices?: Invoice[]
  }
}

export interface EditPaymentParams {
  /** The hub's id of the record. */
  id: string
  /** ETag of the record as you read it, or `"<id>.<version>"` made of its members. Needed. */
  ifMatch?: string | undefined
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** What is to change. */
  body: PaymentPatch
}

export type EditPaymentAnswer =
  | (Payment & {
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    })
  | ({
      /** The hub's id of the record. */
      id: string
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    } & OnItsWay)

export interface ListOrdersParams {
  /** The hub's id of a customer. */
  customer?: string | undefined
  /** The hub's id of an account. */
  account?: string | undefined
  /** Name of a system, with `key`. */
  system?: string | undefined
  /** The record's id in that system. */
  key?: string | undefined
  /** The record type in that system; absent: any. */
  entity?: string | undefined
  /**
   * What the records point at, as `included` beside them: `{customers: [...], accounts: [...]}`, each once. A
   * record without a customer of its own brings that of its account.
   */
  include?: ('customer' | 'account' | 'offer')[] | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
  /** `number`, in any case. */
  number?: string | undefined
  /** `status`: this one. */
  status?:
    'draft' | 'placed' | 'confirmed' | 'in-progress' | 'shipped' | 'completed' | 'returned' | 'cancelled' | undefined
  /** `channel`: this one. */
  channel?:
    | 'web'
    | 'app'
    | 'phone'
    | 'ivr'
    | 'chat'
    | 'email'
    | 'sms'
    | 'post'
    | 'agent'
    | 'partner'
    | 'store'
    | 'visit'
    | 'social'
    | 'other'
    | undefined
  /** `trackingNumber`, in any case. */
  trackingNumber?: string | undefined
  /** The hub's id of the offer that it points at. */
  offer?: string | undefined
  /** `orderedAt` or `orderedOn` on this day (UTC) or later. */
  orderedFrom?: string | undefined
  /** `orderedAt` or `orderedOn` on this day (UTC) or earlier. */
  orderedTo?: string | undefined
  /** `requiredOn` on this day (UTC) or later. */
  requiredFrom?: string | undefined
  /** `requiredOn` on this day (UTC) or earlier. */
  requiredTo?: string | undefined
  /** `updatedAt` at this moment or later: when the system changed the record. */
  updatedSince?: string | undefined
}

export type ListOrdersItem = Order

export type ListOrdersAnswer = {
  items: Order[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
} & {
  included?: {
    customers?: Customer[]
    accounts?: Account[]
    offers?: Offer[]
  }
}

export interface CreateOrderParams {
  /** The system to make it in; needed only where several take such records. */
  system?: string | undefined
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** The new record, without what only the hub sets (id, version, sources, times). */
  body: NewOrder
}

export type CreateOrderAnswer =
  | (Order & {
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    })
  | ({
      /** The hub's id of the record. */
      id: string
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    } & OnItsWay)

export interface GetOrderParams {
  /** The hub's id of the record. */
  id: string
  /**
   * What the records point at, as `included` beside them: `{customers: [...], accounts: [...]}`, each once. A
   * record without a customer of its own brings that of its account.
   */
  include?: ('customer' | 'account' | 'offer')[] | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
}

export type GetOrderAnswer = Order & {
  included?: {
    customers?: Customer[]
    accounts?: Account[]
    offers?: Offer[]
  }
}

export interface EditOrderParams {
  /** The hub's id of the record. */
  id: string
  /** ETag of the record as you read it, or `"<id>.<version>"` made of its members. Needed. */
  ifMatch?: string | undefined
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** What is to change. */
  body: OrderPatch
}

export type EditOrderAnswer =
  | (Order & {
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    })
  | ({
      /** The hub's id of the record. */
      id: string
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    } & OnItsWay)

export interface ListProductsParams {
  /** The hub's id of a customer. */
  customer?: string | undefined
  /** The hub's id of an account. */
  account?: string | undefined
  /** Name of a system, with `key`. */
  system?: string | undefined
  /** The record's id in that system. */
  key?: string | undefined
  /** The record type in that system; absent: any. */
  entity?: string | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
  /** `number`, in any case. */
  number?: string | undefined
  /** `kind`: this one. */
  kind?: 'good' | 'device' | 'service' | 'plan' | 'bundle' | 'other' | undefined
  /** `status`: this one. */
  status?: 'planned' | 'active' | 'discontinued' | 'withdrawn' | undefined
  /** `category`, in any case. */
  category?: string | undefined
  /** `brand`, in any case. */
  brand?: string | undefined
  /** `gtin`, in any case. */
  gtin?: string | undefined
  /** Beginnings of words of number, name, brand, category; all must be there. */
  q?: string | undefined
  /** `updatedAt` at this moment or later: when the system changed the record. */
  updatedSince?: string | undefined
}

export type ListProductsItem = Product

export type ListProductsAnswer = {
  items: Product[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
}

export interface CreateProductParams {
  /** The system to make it in; needed only where several take such records. */
  system?: string | undefined
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** The new record, without what only the hub sets (id, version, sources, times). */
  body: NewProduct
}

export type CreateProductAnswer =
  | (Product & {
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    })
  | ({
      /** The hub's id of the record. */
      id: string
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    } & OnItsWay)

export interface GetProductParams {
  /** The hub's id of the record. */
  id: string
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
}

export type GetProductAnswer = Product

export interface EditProductParams {
  /** The hub's id of the record. */
  id: string
  /** ETag of the record as you read it, or `"<id>.<version>"` made of its members. Needed. */
  ifMatch?: string | undefined
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** What is to change. */
  body: ProductPatch
}

export type EditProductAnswer =
  | (Product & {
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    })
  | ({
      /** The hub's id of the record. */
      id: string
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    } & OnItsWay)

export interface ListStockLevelsParams {
  /** The hub's id of a customer. */
  customer?: string | undefined
  /** The hub's id of an account. */
  account?: string | undefined
  /** Name of a system, with `key`. */
  system?: string | undefined
  /** The record's id in that system. */
  key?: string | undefined
  /** The record type in that system; absent: any. */
  entity?: string | undefined
  /**
   * What the records point at, as `included` beside them: `{customers: [...], accounts: [...]}`, each once. A
   * record without a customer of its own brings that of its account.
   */
  include?: 'product'[] | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
  /** The hub's id of the product that it points at. */
  product?: string | undefined
  /** `updatedAt` at this moment or later: when the system changed the record. */
  updatedSince?: string | undefined
}

export type ListStockLevelsItem = StockLevel

export type ListStockLevelsAnswer = {
  items: StockLevel[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
} & {
  included?: {
    products?: Product[]
  }
}

export interface CreateStockLevelParams {
  /** The system to make it in; needed only where several take such records. */
  system?: string | undefined
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** The new record, without what only the hub sets (id, version, sources, times). */
  body: NewStockLevel
}

export type CreateStockLevelAnswer =
  | (StockLevel & {
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    })
  | ({
      /** The hub's id of the record. */
      id: string
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    } & OnItsWay)

export interface GetStockLevelParams {
  /** The hub's id of the record. */
  id: string
  /**
   * What the records point at, as `included` beside them: `{customers: [...], accounts: [...]}`, each once. A
   * record without a customer of its own brings that of its account.
   */
  include?: 'product'[] | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
}

export type GetStockLevelAnswer = StockLevel & {
  included?: {
    products?: Product[]
  }
}

export interface EditStockLevelParams {
  /** The hub's id of the record. */
  id: string
  /** ETag of the record as you read it, or `"<id>.<version>"` made of its members. Needed. */
  ifMatch?: string | undefined
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** What is to change. */
  body: StockLevelPatch
}

export type EditStockLevelAnswer =
  | (StockLevel & {
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    })
  | ({
      /** The hub's id of the record. */
      id: string
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    } & OnItsWay)

export interface ListCasesParams {
  /** The hub's id of a customer. */
  customer?: string | undefined
  /** The hub's id of an account. */
  account?: string | undefined
  /** Name of a system, with `key`. */
  system?: string | undefined
  /** The record's id in that system. */
  key?: string | undefined
  /** The record type in that system; absent: any. */
  entity?: string | undefined
  /**
   * What the records point at, as `included` beside them: `{customers: [...], accounts: [...]}`, each once. A
   * record without a customer of its own brings that of its account.
   */
  include?: ('customer' | 'account' | 'product' | 'order' | 'invoice')[] | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
  /** `number`, in any case. */
  number?: string | undefined
  /** `kind`: this one. */
  kind?: 'question' | 'problem' | 'complaint' | 'request' | 'task' | 'other' | undefined
  /** `status`: this one. */
  status?: 'new' | 'open' | 'waiting' | 'resolved' | 'closed' | 'cancelled' | undefined
  /** `priority`: this one. */
  priority?: 'low' | 'normal' | 'high' | 'urgent' | undefined
  /** `channel`: this one. */
  channel?:
    | 'web'
    | 'app'
    | 'phone'
    | 'ivr'
    | 'chat'
    | 'email'
    | 'sms'
    | 'post'
    | 'agent'
    | 'partner'
    | 'store'
    | 'visit'
    | 'social'
    | 'other'
    | undefined
  /** `assignee`, in any case. */
  assignee?: string | undefined
  /** The hub's id of the product that it points at. */
  product?: string | undefined
  /** The hub's id of the order that it points at. */
  order?: string | undefined
  /** The hub's id of the invoice that it points at. */
  invoice?: string | undefined
  /** `openedAt` on this day (UTC) or later. */
  openedFrom?: string | undefined
  /** `openedAt` on this day (UTC) or earlier. */
  openedTo?: string | undefined
  /** `dueAt` on this day (UTC) or later. */
  dueFrom?: string | undefined
  /** `dueAt` on this day (UTC) or earlier. */
  dueTo?: string | undefined
  /** Beginnings of words of number, subject; all must be there. */
  q?: string | undefined
  /** `updatedAt` at this moment or later: when the system changed the record. */
  updatedSince?: string | undefined
}

export type ListCasesItem = Case

export type ListCasesAnswer = {
  items: Case[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
} & {
  included?: {
    customers?: Customer[]
    accounts?: Account[]
    products?: Product[]
    orders?: Order[]
    invoices?: Invoice[]
  }
}

export interface CreateCaseParams {
  /** The system to make it in; needed only where several take such records. */
  system?: string | undefined
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** The new record, without what only the hub sets (id, version, sources, times). */
  body: NewCase
}

export type CreateCaseAnswer =
  | (Case & {
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    })
  | ({
      /** The hub's id of the record. */
      id: string
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    } & OnItsWay)

export interface GetCaseParams {
  /** The hub's id of the record. */
  id: string
  /**
   * What the records point at, as `included` beside them: `{customers: [...], accounts: [...]}`, each once. A
   * record without a customer of its own brings that of its account.
   */
  include?: ('customer' | 'account' | 'product' | 'order' | 'invoice')[] | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
}

export type GetCaseAnswer = Case & {
  included?: {
    customers?: Customer[]
    accounts?: Account[]
    products?: Product[]
    orders?: Order[]
    invoices?: Invoice[]
  }
}

export interface EditCaseParams {
  /** The hub's id of the record. */
  id: string
  /** ETag of the record as you read it, or `"<id>.<version>"` made of its members. Needed. */
  ifMatch?: string | undefined
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** What is to change. */
  body: CasePatch
}

export type EditCaseAnswer =
  | (Case & {
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    })
  | ({
      /** The hub's id of the record. */
      id: string
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    } & OnItsWay)

export interface ListInteractionsParams {
  /** The hub's id of a customer. */
  customer?: string | undefined
  /** The hub's id of an account. */
  account?: string | undefined
  /** Name of a system, with `key`. */
  system?: string | undefined
  /** The record's id in that system. */
  key?: string | undefined
  /** The record type in that system; absent: any. */
  entity?: string | undefined
  /**
   * What the records point at, as `included` beside them: `{customers: [...], accounts: [...]}`, each once. A
   * record without a customer of its own brings that of its account.
   */
  include?: ('customer' | 'account' | 'case' | 'order')[] | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
  /** `channel`: this one. */
  channel?:
    | 'web'
    | 'app'
    | 'phone'
    | 'ivr'
    | 'chat'
    | 'email'
    | 'sms'
    | 'post'
    | 'agent'
    | 'partner'
    | 'store'
    | 'visit'
    | 'social'
    | 'other'
    | undefined
  /** `direction`: this one. */
  direction?: 'inbound' | 'outbound' | 'internal' | undefined
  /** `status`: this one. */
  status?: 'planned' | 'ongoing' | 'completed' | 'missed' | 'failed' | 'cancelled' | undefined
  /** `agent`, in any case. */
  agent?: string | undefined
  /** The hub's id of the case that it points at. */
  case?: string | undefined
  /** The hub's id of the order that it points at. */
  order?: string | undefined
  /** `at` on this day (UTC) or later. */
  from?: string | undefined
  /** `at` on this day (UTC) or earlier. */
  to?: string | undefined
  /** Beginnings of words of subject; all must be there. */
  q?: string | undefined
  /** `updatedAt` at this moment or later: when the system changed the record. */
  updatedSince?: string | undefined
}

export type ListInteractionsItem = Interaction

export type ListInteractionsAnswer = {
  items: Interaction[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
} & {
  included?: {
    customers?: Customer[]
    accounts?: Account[]
    cases?: Case[]
    orders?: Order[]
  }
}

export interface CreateInteractionParams {
  /** The system to make it in; needed only where several take such records. */
  system?: string | undefined
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** The new record, without what only the hub sets (id, version, sources, times). */
  body: NewInteraction
}

export type CreateInteractionAnswer =
  | (Interaction & {
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    })
  | ({
      /** The hub's id of the record. */
      id: string
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    } & OnItsWay)

export interface GetInteractionParams {
  /** The hub's id of the record. */
  id: string
  /**
   * What the records point at, as `included` beside them: `{customers: [...], accounts: [...]}`, each once. A
   * record without a customer of its own brings that of its account.
   */
  include?: ('customer' | 'account' | 'case' | 'order')[] | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
}

export type GetInteractionAnswer = Interaction & {
  included?: {
    customers?: Customer[]
    accounts?: Account[]
    cases?: Case[]
    orders?: Order[]
  }
}

export interface EditInteractionParams {
  /** The hub's id of the record. */
  id: string
  /** ETag of the record as you read it, or `"<id>.<version>"` made of its members. Needed. */
  ifMatch?: string | undefined
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** What is to change. */
  body: InteractionPatch
}

export type EditInteractionAnswer =
  | (Interaction & {
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    })
  | ({
      /** The hub's id of the record. */
      id: string
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    } & OnItsWay)

export interface ListConsentsParams {
  /** The hub's id of a customer. */
  customer?: string | undefined
  /** The hub's id of an account. */
  account?: string | undefined
  /** Name of a system, with `key`. */
  system?: string | undefined
  /** The record's id in that system. */
  key?: string | undefined
  /** The record type in that system; absent: any. */
  entity?: string | undefined
  /**
   * What the records point at, as `included` beside them: `{customers: [...], accounts: [...]}`, each once. A
   * record without a customer of its own brings that of its account.
   */
  include?: 'customer'[] | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
  /** `purpose`, in any case. */
  purpose?: string | undefined
  /** `channel`: this one. */
  channel?: 'email' | 'phone' | 'sms' | 'post' | 'chat' | 'app' | 'any' | undefined
  /** `state`: this one. */
  state?: 'granted' | 'denied' | 'withdrawn' | undefined
  /** `legalBasis`: this one. */
  legalBasis?:
    'consent' | 'contract' | 'legal-obligation' | 'vital-interest' | 'public-task' | 'legitimate-interest' | undefined
  /** `at` on this day (UTC) or later. */
  from?: string | undefined
  /** `at` on this day (UTC) or earlier. */
  to?: string | undefined
  /** `expiresAt` on this day (UTC) or later. */
  expiresFrom?: string | undefined
  /** `expiresAt` on this day (UTC) or earlier. */
  expiresTo?: string | undefined
  /** `updatedAt` at this moment or later: when the system changed the record. */
  updatedSince?: string | undefined
}

export type ListConsentsItem = Consent

export type ListConsentsAnswer = {
  items: Consent[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
} & {
  included?: {
    customers?: Customer[]
  }
}

export interface CreateConsentParams {
  /** The system to make it in; needed only where several take such records. */
  system?: string | undefined
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** The new record, without what only the hub sets (id, version, sources, times). */
  body: NewConsent
}

export type CreateConsentAnswer =
  | (Consent & {
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    })
  | ({
      /** The hub's id of the record. */
      id: string
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    } & OnItsWay)

export interface GetConsentParams {
  /** The hub's id of the record. */
  id: string
  /**
   * What the records point at, as `included` beside them: `{customers: [...], accounts: [...]}`, each once. A
   * record without a customer of its own brings that of its account.
   */
  include?: 'customer'[] | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
}

export type GetConsentAnswer = Consent & {
  included?: {
    customers?: Customer[]
  }
}

export interface EditConsentParams {
  /** The hub's id of the record. */
  id: string
  /** ETag of the record as you read it, or `"<id>.<version>"` made of its members. Needed. */
  ifMatch?: string | undefined
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** What is to change. */
  body: ConsentPatch
}

export type EditConsentAnswer =
  | (Consent & {
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    })
  | ({
      /** The hub's id of the record. */
      id: string
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    } & OnItsWay)

export interface ListOffersParams {
  /** The hub's id of a customer. */
  customer?: string | undefined
  /** The hub's id of an account. */
  account?: string | undefined
  /** Name of a system, with `key`. */
  system?: string | undefined
  /** The record's id in that system. */
  key?: string | undefined
  /** The record type in that system; absent: any. */
  entity?: string | undefined
  /**
   * What the records point at, as `included` beside them: `{customers: [...], accounts: [...]}`, each once. A
   * record without a customer of its own brings that of its account.
   */
  include?: ('customer' | 'account' | 'product')[] | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
  /** `number`, in any case. */
  number?: string | undefined
  /** `status`: this one. */
  status?: 'draft' | 'presented' | 'accepted' | 'declined' | 'expired' | 'withdrawn' | undefined
  /** `channel`: this one. */
  channel?:
    | 'web'
    | 'app'
    | 'phone'
    | 'ivr'
    | 'chat'
    | 'email'
    | 'sms'
    | 'post'
    | 'agent'
    | 'partner'
    | 'store'
    | 'visit'
    | 'social'
    | 'other'
    | undefined
  /** `campaign`, in any case. */
  campaign?: string | undefined
  /** The hub's id of the product that it points at. */
  product?: string | undefined
  /** `validFrom` on this day (UTC) or later. */
  startsFrom?: string | undefined
  /** `validFrom` on this day (UTC) or earlier. */
  startsTo?: string | undefined
  /** `validTo` on this day (UTC) or later. */
  expiresFrom?: string | undefined
  /** `validTo` on this day (UTC) or earlier. */
  expiresTo?: string | undefined
  /** Beginnings of words of number, name; all must be there. */
  q?: string | undefined
  /** `updatedAt` at this moment or later: when the system changed the record. */
  updatedSince?: string | undefined
}

export type ListOffersItem = Offer

export type ListOffersAnswer = {
  items: Offer[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
} & {
  included?: {
    customers?: Customer[]
    accounts?: Account[]
    products?: Product[]
  }
}

export interface CreateOfferParams {
  /** The system to make it in; needed only where several take such records. */
  system?: string | undefined
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** The new record, without what only the hub sets (id, version, sources, times). */
  body: NewOffer
}

export type CreateOfferAnswer =
  | (Offer & {
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    })
  | ({
      /** The hub's id of the record. */
      id: string
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    } & OnItsWay)

export interface GetOfferParams {
  /** The hub's id of the record. */
  id: string
  /**
   * What the records point at, as `included` beside them: `{customers: [...], accounts: [...]}`, each once. A
   * record without a customer of its own brings that of its account.
   */
  include?: ('customer' | 'account' | 'product')[] | undefined
  /**
   * Only these fields, by path: `id,name,emails.address` (through lists without an index). Absent: all. The ETag
   * stays that of the whole.
   */
  fields?: string[] | undefined
}

export type GetOfferAnswer = Offer & {
  included?: {
    customers?: Customer[]
    accounts?: Account[]
    products?: Product[]
  }
}

export interface EditOfferParams {
  /** The hub's id of the record. */
  id: string
  /** ETag of the record as you read it, or `"<id>.<version>"` made of its members. Needed. */
  ifMatch?: string | undefined
  /** How long the hub should wait for the systems of record before it answers, in seconds (`Prefer: wait`). */
  waitSeconds?: number | undefined
  /** What is to change. */
  body: OfferPatch
}

export type EditOfferAnswer =
  | (Offer & {
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    })
  | ({
      /** The hub's id of the record. */
      id: string
      writes: {
        /** Of the write itself: GET /v1/writes/{write}. */
        write: string
        /** The hub's id of the record. */
        id: string
        system: string
        /** The record type in that system. */
        entity: string
        /** The record's id in that system; null: it has not given one yet. */
        key: string | null
        /**
         * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
         * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
         */
        state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
        problem: {
          code: string
          message: string
          fix?: string
        } | null
      }[]
      /** How the shared rule decided, where there is one for this operation. */
      decision?: {
        /** Of the decision log. */
        id: string
        rule: string
        revision: number
        /** As the rule's output has it: `accept`, `reason` and more. */
        result: { [name: string]: unknown }
      } | null
    } & OnItsWay)

export interface GetWriteParams {
  /** Id of the write. */
  write: string
}

export type GetWriteAnswer = {
  /** Of the write itself: GET /v1/writes/{write}. */
  write: string
  /** The hub's id of the record. */
  id: string
  system: string
  /** The record type in that system. */
  entity: string
  /** The record's id in that system; null: it has not given one yet. */
  key: string | null
  /**
   * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
   * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
   */
  state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
  problem: {
    code: string
    message: string
    fix?: string
  } | null
}

export interface ListRecordWritesParams {
  /** Only those in this state. */
  state?: 'pending' | 'retrying' | 'conflict' | 'failed' | undefined
  /** Only those of this system. */
  system?: string | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
}

export type ListRecordWritesItem = {
  /** Of the write itself: GET /v1/writes/{write}. */
  write: string
  /** The hub's id of the record. */
  id: string
  system: string
  /** The record type in that system. */
  entity: string
  /** The record's id in that system; null: it has not given one yet. */
  key: string | null
  /**
   * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
   * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
   */
  state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
  problem: {
    code: string
    message: string
    fix?: string
  } | null
} & {
  kind?: 'create' | 'patch'
  /** The canonical entity. */
  record?: string
  author?: string
  attempts?: number
  nextAttemptAt?: string | null
  createdAt?: string
  updatedAt?: string
  /** The new record, or the members that were changed. */
  wanted?: { [name: string]: unknown }
}

export type ListRecordWritesAnswer = {
  items: ({
    /** Of the write itself: GET /v1/writes/{write}. */
    write: string
    /** The hub's id of the record. */
    id: string
    system: string
    /** The record type in that system. */
    entity: string
    /** The record's id in that system; null: it has not given one yet. */
    key: string | null
    /**
     * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
     * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
     */
    state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
    problem: {
      code: string
      message: string
      fix?: string
    } | null
  } & {
    kind?: 'create' | 'patch'
    /** The canonical entity. */
    record?: string
    author?: string
    attempts?: number
    nextAttemptAt?: string | null
    createdAt?: string
    updatedAt?: string
    /** The new record, or the members that were changed. */
    wanted?: { [name: string]: unknown }
  })[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
}

export interface RetryRecordWriteParams {
  /** Id of the write. */
  write: string
}

export type RetryRecordWriteAnswer = {
  /** Of the write itself: GET /v1/writes/{write}. */
  write: string
  /** The hub's id of the record. */
  id: string
  system: string
  /** The record type in that system. */
  entity: string
  /** The record's id in that system; null: it has not given one yet. */
  key: string | null
  /**
   * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
   * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
   */
  state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
  problem: {
    code: string
    message: string
    fix?: string
  } | null
}

export interface DiscardRecordWriteParams {
  /** Id of the write. */
  write: string
}

export type DiscardRecordWriteAnswer = {
  /** Of the write itself: GET /v1/writes/{write}. */
  write: string
  /** The hub's id of the record. */
  id: string
  system: string
  /** The record type in that system. */
  entity: string
  /** The record's id in that system; null: it has not given one yet. */
  key: string | null
  /**
   * pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the
   * system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.
   */
  state: 'pending' | 'retrying' | 'written' | 'conflict' | 'failed'
  problem: {
    code: string
    message: string
    fix?: string
  } | null
}

export type ListRulesAnswer = {
  items: {
    name: string
    title: string
    /** What the rule decides. */
    sentence: string
    revision: number
    /** First moment at which it holds; null: always. */
    validFrom?: string | null
    /** First moment at which it no longer holds. */
    validTo?: string | null
    /**
     * Members of the input that the hub reads: of the customer where `customer: {id}` is sent, and single records
     * where they are named by their ids (`invoice: {id}`).
     */
    reads: string[]
    /** Members of the input that are made out of what is read where you do not send them. */
    fills: {
      member: string
      /** What it is made from: `customer.createdAt`. */
      from: string[]
      /** How, in words or as an expression. */
      says: string
    }[]
    /** JSON Schema 2020-12 of the input. */
    input: { [name: string]: unknown }
    /** JSON Schema 2020-12 of the result. */
    output: { [name: string]: unknown }
  }[]
}

export interface GetRuleParams {
  /** Name of the rule: `credit-limit`. */
  rule: string
}

export type GetRuleAnswer = {
  name: string
  title: string
  /** What the rule decides. */
  sentence: string
  revision: number
  /** First moment at which it holds; null: always. */
  validFrom?: string | null
  /** First moment at which it no longer holds. */
  validTo?: string | null
  /**
   * Members of the input that the hub reads: of the customer where `customer: {id}` is sent, and single records
   * where they are named by their ids (`invoice: {id}`).
   */
  reads: string[]
  /** Members of the input that are made out of what is read where you do not send them. */
  fills: {
    member: string
    /** What it is made from: `customer.createdAt`. */
    from: string[]
    /** How, in words or as an expression. */
    says: string
  }[]
  /** JSON Schema 2020-12 of the input. */
  input: { [name: string]: unknown }
  /** JSON Schema 2020-12 of the result. */
  output: { [name: string]: unknown }
}

export interface DecideParams {
  /** Name of the rule: `credit-limit`. */
  rule: string
  /** The input, as the input schema of the rule describes it. */
  body: {
    /** The input. */
    input: { [name: string]: unknown }
    /** The moment for which to decide, RFC 3339; absent: now. The version of the rule that holds then decides. */
    at?: string
    /** Whether to tell which row decided, and why. */
    trace?: boolean
  }
}

export type DecideAnswer = {
  /** Id by which it is found again. */
  decision: string
  rule: string
  /** Revision of the rule that decided. */
  revision: number
  /** The customer that was read: another one where the id was joined. */
  customer?: string
  /** As the output schema of the rule describes it. */
  result: { [name: string]: unknown }
  /** In words, without values of the input but for what was filled in. */
  trace?: string[]
}

export interface GetCustomerNotesParams {
  /** The hub's id of the customer. */
  id: string
}

export type GetCustomerNotesAnswer = {
  customer?: string
  items?: {
    customer?: string
    rule?: string
    revision?: number
    /** Since when it says so. */
    at?: string
    findings?: {
      check?: string
      severity?: 'error' | 'warning'
      field?: string
      do?: string
    }[]
  }[]
}

export interface ListNotesParams {
  /** Found by this rule. */
  rule?: string | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
}

export type ListNotesItem = {
  customer?: string
  rule?: string
  revision?: number
  /** Since when it says so. */
  at?: string
  findings?: {
    check?: string
    severity?: 'error' | 'warning'
    field?: string
    do?: string
  }[]
}

export type ListNotesAnswer = {
  items: {
    customer?: string
    rule?: string
    revision?: number
    /** Since when it says so. */
    at?: string
    findings?: {
      check?: string
      severity?: 'error' | 'warning'
      field?: string
      do?: string
    }[]
  }[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
}

export interface FollowEventsParams {
  /** Types of events, or beginnings of them: `customer.updated,invoice.*`. Absent: all. */
  type?: string[] | undefined
  /** Events of these customers only. */
  customer?: string[] | undefined
  /**
   * A condition over the event, as in subscriptions: `data.customer.status == "active"`. Only events for which it
   * is true are sent.
   */
  filter?: string | undefined
  /** Same as Last-Event-ID, for clients that can not send it; `0`: from the beginning. */
  after?: string | undefined
  /** The `id` of the last event that you have. */
  lastEventId?: string | undefined
}

export type GetAsyncApiAnswer = { [name: string]: unknown }

export interface CreateSubscriptionParams {
  /** Where to, and which events. */
  body: {
    /** Where events are posted to; https. */
    url: string
    /** Types of events, or beginnings of them: `customer.*`, `invoice.created`; `*`: all. */
    types: string[]
    /** A condition over the event, in the expression language of the hub. Only events for which it is true are sent. */
    filter?: string | null
    /** For whoever reads the list later. */
    description?: string | null
  }
}

export type CreateSubscriptionAnswer = {
  id?: string
  /** Where events are posted to; https. */
  url?: string
  /** Types of events, or beginnings of them: `customer.*`, `invoice.created`; `*`: all. */
  types?: string[]
  /** A condition over the event, in the expression language of the hub. Only events for which it is true are sent. */
  filter?: string | null
  /** For whoever reads the list later. */
  description?: string | null
  /** Id of the API key that made it; the subscription ends with it. */
  owner?: string
  state?: 'active' | 'paused' | 'disabled'
  /**
   * Why and since when the hub sends nothing: `gone` (it answered 410), `failed` (nothing was taken for three
   * days), `owner-revoked`, `filter`.
   */
  disabled?: {
    reason?: string
    at?: string
  } | null
  /** Number of the last event that was looked at. */
  position?: number
  /** Events that were looked at and are still to be delivered. */
  waiting?: number
  /** The attempts since the last success. */
  failing?: {
    since?: string | null
    attempts?: number
    problem?: string | null
    nextAttemptAt?: string | null
  } | null
  lastDeliveredAt?: string | null
  /** Until then the secret before the present one signs too. */
  formerSecretUntil?: string | null
  createdAt?: string
  updatedAt?: string
  /** Signs what is sent (`whsec_...`). Shown this once. */
  secret?: string
}

export interface ListSubscriptionsParams {
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
}

export type ListSubscriptionsItem = {
  id?: string
  /** Where events are posted to; https. */
  url?: string
  /** Types of events, or beginnings of them: `customer.*`, `invoice.created`; `*`: all. */
  types?: string[]
  /** A condition over the event, in the expression language of the hub. Only events for which it is true are sent. */
  filter?: string | null
  /** For whoever reads the list later. */
  description?: string | null
  /** Id of the API key that made it; the subscription ends with it. */
  owner?: string
  state?: 'active' | 'paused' | 'disabled'
  /**
   * Why and since when the hub sends nothing: `gone` (it answered 410), `failed` (nothing was taken for three
   * days), `owner-revoked`, `filter`.
   */
  disabled?: {
    reason?: string
    at?: string
  } | null
  /** Number of the last event that was looked at. */
  position?: number
  /** Events that were looked at and are still to be delivered. */
  waiting?: number
  /** The attempts since the last success. */
  failing?: {
    since?: string | null
    attempts?: number
    problem?: string | null
    nextAttemptAt?: string | null
  } | null
  lastDeliveredAt?: string | null
  /** Until then the secret before the present one signs too. */
  formerSecretUntil?: string | null
  createdAt?: string
  updatedAt?: string
}

export type ListSubscriptionsAnswer = {
  items: {
    id?: string
    /** Where events are posted to; https. */
    url?: string
    /** Types of events, or beginnings of them: `customer.*`, `invoice.created`; `*`: all. */
    types?: string[]
    /** A condition over the event, in the expression language of the hub. Only events for which it is true are sent. */
    filter?: string | null
    /** For whoever reads the list later. */
    description?: string | null
    /** Id of the API key that made it; the subscription ends with it. */
    owner?: string
    state?: 'active' | 'paused' | 'disabled'
    /**
     * Why and since when the hub sends nothing: `gone` (it answered 410), `failed` (nothing was taken for three
     * days), `owner-revoked`, `filter`.
     */
    disabled?: {
      reason?: string
      at?: string
    } | null
    /** Number of the last event that was looked at. */
    position?: number
    /** Events that were looked at and are still to be delivered. */
    waiting?: number
    /** The attempts since the last success. */
    failing?: {
      since?: string | null
      attempts?: number
      problem?: string | null
      nextAttemptAt?: string | null
    } | null
    lastDeliveredAt?: string | null
    /** Until then the secret before the present one signs too. */
    formerSecretUntil?: string | null
    createdAt?: string
    updatedAt?: string
  }[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
}

export interface GetSubscriptionParams {
  /** Id of the subscription. */
  id: string
}

export type GetSubscriptionAnswer = {
  id?: string
  /** Where events are posted to; https. */
  url?: string
  /** Types of events, or beginnings of them: `customer.*`, `invoice.created`; `*`: all. */
  types?: string[]
  /** A condition over the event, in the expression language of the hub. Only events for which it is true are sent. */
  filter?: string | null
  /** For whoever reads the list later. */
  description?: string | null
  /** Id of the API key that made it; the subscription ends with it. */
  owner?: string
  state?: 'active' | 'paused' | 'disabled'
  /**
   * Why and since when the hub sends nothing: `gone` (it answered 410), `failed` (nothing was taken for three
   * days), `owner-revoked`, `filter`.
   */
  disabled?: {
    reason?: string
    at?: string
  } | null
  /** Number of the last event that was looked at. */
  position?: number
  /** Events that were looked at and are still to be delivered. */
  waiting?: number
  /** The attempts since the last success. */
  failing?: {
    since?: string | null
    attempts?: number
    problem?: string | null
    nextAttemptAt?: string | null
  } | null
  lastDeliveredAt?: string | null
  /** Until then the secret before the present one signs too. */
  formerSecretUntil?: string | null
  createdAt?: string
  updatedAt?: string
}

export interface EditSubscriptionParams {
  /** Id of the subscription. */
  id: string
  /** What is to change. */
  body: {
    /** Where events are posted to; https. */
    url?: string
    /** Types of events, or beginnings of them: `customer.*`, `invoice.created`; `*`: all. */
    types?: string[]
    /** A condition over the event, in the expression language of the hub. Only events for which it is true are sent. */
    filter?: string | null
    /** For whoever reads the list later. */
    description?: string | null
    state?: 'active' | 'paused'
  }
}

export type EditSubscriptionAnswer = {
  id?: string
  /** Where events are posted to; https. */
  url?: string
  /** Types of events, or beginnings of them: `customer.*`, `invoice.created`; `*`: all. */
  types?: string[]
  /** A condition over the event, in the expression language of the hub. Only events for which it is true are sent. */
  filter?: string | null
  /** For whoever reads the list later. */
  description?: string | null
  /** Id of the API key that made it; the subscription ends with it. */
  owner?: string
  state?: 'active' | 'paused' | 'disabled'
  /**
   * Why and since when the hub sends nothing: `gone` (it answered 410), `failed` (nothing was taken for three
   * days), `owner-revoked`, `filter`.
   */
  disabled?: {
    reason?: string
    at?: string
  } | null
  /** Number of the last event that was looked at. */
  position?: number
  /** Events that were looked at and are still to be delivered. */
  waiting?: number
  /** The attempts since the last success. */
  failing?: {
    since?: string | null
    attempts?: number
    problem?: string | null
    nextAttemptAt?: string | null
  } | null
  lastDeliveredAt?: string | null
  /** Until then the secret before the present one signs too. */
  formerSecretUntil?: string | null
  createdAt?: string
  updatedAt?: string
}

export interface DeleteSubscriptionParams {
  /** Id of the subscription. */
  id: string
}

export interface RotateSubscriptionSecretParams {
  /** Id of the subscription. */
  id: string
  /** How long the secret before signs too. */
  body?:
    | {
        overlapSeconds?: number
      }
    | undefined
}

export type RotateSubscriptionSecretAnswer = {
  id?: string
  /** Where events are posted to; https. */
  url?: string
  /** Types of events, or beginnings of them: `customer.*`, `invoice.created`; `*`: all. */
  types?: string[]
  /** A condition over the event, in the expression language of the hub. Only events for which it is true are sent. */
  filter?: string | null
  /** For whoever reads the list later. */
  description?: string | null
  /** Id of the API key that made it; the subscription ends with it. */
  owner?: string
  state?: 'active' | 'paused' | 'disabled'
  /**
   * Why and since when the hub sends nothing: `gone` (it answered 410), `failed` (nothing was taken for three
   * days), `owner-revoked`, `filter`.
   */
  disabled?: {
    reason?: string
    at?: string
  } | null
  /** Number of the last event that was looked at. */
  position?: number
  /** Events that were looked at and are still to be delivered. */
  waiting?: number
  /** The attempts since the last success. */
  failing?: {
    since?: string | null
    attempts?: number
    problem?: string | null
    nextAttemptAt?: string | null
  } | null
  lastDeliveredAt?: string | null
  /** Until then the secret before the present one signs too. */
  formerSecretUntil?: string | null
  createdAt?: string
  updatedAt?: string
  /** Signs what is sent (`whsec_...`). Shown this once. */
  secret?: string
}

export interface ReplaySubscriptionParams {
  /** Id of the subscription. */
  id: string
  /** Number of the last event that you have (`after`), or the moment from which on you miss some (`since`). */
  body: {
    after?: number
    since?: string
  }
}

export type ReplaySubscriptionAnswer = {
  id?: string
  /** Where events are posted to; https. */
  url?: string
  /** Types of events, or beginnings of them: `customer.*`, `invoice.created`; `*`: all. */
  types?: string[]
  /** A condition over the event, in the expression language of the hub. Only events for which it is true are sent. */
  filter?: string | null
  /** For whoever reads the list later. */
  description?: string | null
  /** Id of the API key that made it; the subscription ends with it. */
  owner?: string
  state?: 'active' | 'paused' | 'disabled'
  /**
   * Why and since when the hub sends nothing: `gone` (it answered 410), `failed` (nothing was taken for three
   * days), `owner-revoked`, `filter`.
   */
  disabled?: {
    reason?: string
    at?: string
  } | null
  /** Number of the last event that was looked at. */
  position?: number
  /** Events that were looked at and are still to be delivered. */
  waiting?: number
  /** The attempts since the last success. */
  failing?: {
    since?: string | null
    attempts?: number
    problem?: string | null
    nextAttemptAt?: string | null
  } | null
  lastDeliveredAt?: string | null
  /** Until then the secret before the present one signs too. */
  formerSecretUntil?: string | null
  createdAt?: string
  updatedAt?: string
}

export interface TestSubscriptionParams {
  /** Id of the subscription. */
  id: string
}

export type TestSubscriptionAnswer = {
  delivered?: boolean
  eventId?: string
  /** What the receiver answered; null: nothing. */
  status?: number | null
  durationMs?: number
  problem?: string | null
}

export interface ListDeliveriesParams {
  /** Id of the subscription. */
  id: string
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
}

export type ListDeliveriesItem = {
  no?: number
  event?: {
    id?: string
    type?: string
    number?: number | null
  }
  attempt?: number
  at?: string
  durationMs?: number
  status?: number | null
  outcome?: 'delivered' | 'retrying' | 'failed' | 'disabled'
  problem?: string | null
}

export type ListDeliveriesAnswer = {
  items: {
    no?: number
    event?: {
      id?: string
      type?: string
      number?: number | null
    }
    attempt?: number
    at?: string
    durationMs?: number
    status?: number | null
    outcome?: 'delivered' | 'retrying' | 'failed' | 'disabled'
    problem?: string | null
  }[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
}

export interface SendChangesParams {
  /** One event, or an array of at most 10,000. */
  body:
    | {
        specversion: '1.0'
        /** The same when the change is sent again. */
        id: string
        /** `/systems/<name>`. */
        source: string
        type: 'omnihub.change.upserted' | 'omnihub.change.deleted'
        /** `<Entity>/<key>`, each percent-encoded. */
        subject: string
        time?: string
        /** Orders the changes of one record; absent: the order of acceptance. */
        sequence?: string
        /** `Integer`: compared as numbers. */
        sequencetype?: string
        /** The raw record; absent in a delete. */
        data?: { [name: string]: unknown }
      }
    | {
        specversion: '1.0'
        /** The same when the change is sent again. */
        id: string
        /** `/systems/<name>`. */
        source: string
        type: 'omnihub.change.upserted' | 'omnihub.change.deleted'
        /** `<Entity>/<key>`, each percent-encoded. */
        subject: string
        time?: string
        /** Orders the changes of one record; absent: the order of acceptance. */
        sequence?: string
        /** `Integer`: compared as numbers. */
        sequencetype?: string
        /** The raw record; absent in a delete. */
        data?: { [name: string]: unknown }
      }[]
}

export type SendChangesAnswer = {
  accepted: number
  duplicates: number
}

export interface StartImportParams {
  /** Name of the system whose records the lines are; with `entity`. */
  system?: string | undefined
  /** Record type in that system. */
  entity?: string | undefined
  /**
   * Part of the ids of the changes: the same record in another batch is another change. For records without a
   * sequence that may become again what they were before.
   */
  batch?: string | undefined
  /** Id of the import, chosen by you, so that you can go on with it. */
  id?: string | undefined
  /** Number of the first line of the body. Default: `1`. */
  fromLine?: number | undefined
  /** `gzip`, or absent. */
  contentEncoding?: string | undefined
  /** Lines of at most 2 MiB. */
  body: LinesBody<{ [name: string]: unknown }>
}

export type StartImportAnswer = {
  id: string
  state: 'running' | 'interrupted' | 'completed' | 'failed' | 'cancelled'
  system: string | null
  entity: string | null
  batch: string | null
  /** Lines read, blank ones too. An import that broke off goes on with the one after. */
  lines: number
  bytes: number
  /** Changes that are new, and durable. */
  accepted: number
  /** Changes that were known already; nothing is done about them again. */
  duplicates: number
  /** Lines that were not taken: GET /v1/imports/{id}/faults has the first 10,000. */
  rejected: number
  /**
   * Where the accepted and known changes are now, in the words of the ledger. Null in lists, as it has to be
   * counted.
   */
  outcome: {
    applied: number
    superseded: number
    parked: number
    rejected: number
    discarded: number
    inFlight: number
  } | null
  /** Why it broke off or failed. */
  problem: {
    code: string
    message: string
    fix?: string
  } | null
  createdBy: string
  createdAt: string
  updatedAt: string
  endedAt: string | null
}

export interface ListImportsParams {
  /** Only those in this state. */
  state?: 'waiting' | 'running' | 'interrupted' | 'completed' | 'failed' | 'cancelled' | 'expired' | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
}

export type ListImportsItem = {
  id: string
  state: 'running' | 'interrupted' | 'completed' | 'failed' | 'cancelled'
  system: string | null
  entity: string | null
  batch: string | null
  /** Lines read, blank ones too. An import that broke off goes on with the one after. */
  lines: number
  bytes: number
  /** Changes that are new, and durable. */
  accepted: number
  /** Changes that were known already; nothing is done about them again. */
  duplicates: number
  /** Lines that were not taken: GET /v1/imports/{id}/faults has the first 10,000. */
  rejected: number
  /**
   * Where the accepted and known changes are now, in the words of the ledger. Null in lists, as it has to be
   * counted.
   */
  outcome: {
    applied: number
    superseded: number
    parked: number
    rejected: number
    discarded: number
    inFlight: number
  } | null
  /** Why it broke off or failed. */
  problem: {
    code: string
    message: string
    fix?: string
  } | null
  createdBy: string
  createdAt: string
  updatedAt: string
  endedAt: string | null
}

export type ListImportsAnswer = {
  items: {
    id: string
    state: 'running' | 'interrupted' | 'completed' | 'failed' | 'cancelled'
    system: string | null
    entity: string | null
    batch: string | null
    /** Lines read, blank ones too. An import that broke off goes on with the one after. */
    lines: number
    bytes: number
    /** Changes that are new, and durable. */
    accepted: number
    /** Changes that were known already; nothing is done about them again. */
    duplicates: number
    /** Lines that were not taken: GET /v1/imports/{id}/faults has the first 10,000. */
    rejected: number
    /**
     * Where the accepted and known changes are now, in the words of the ledger. Null in lists, as it has to be
     * counted.
     */
    outcome: {
      applied: number
      superseded: number
      parked: number
      rejected: number
      discarded: number
      inFlight: number
    } | null
    /** Why it broke off or failed. */
    problem: {
      code: string
      message: string
      fix?: string
    } | null
    createdBy: string
    createdAt: string
    updatedAt: string
    endedAt: string | null
  }[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
}

export interface GetImportParams {
  /** Id of the import. */
  id: string
}

export type GetImportAnswer = {
  id: string
  state: 'running' | 'interrupted' | 'completed' | 'failed' | 'cancelled'
  system: string | null
  entity: string | null
  batch: string | null
  /** Lines read, blank ones too. An import that broke off goes on with the one after. */
  lines: number
  bytes: number
  /** Changes that are new, and durable. */
  accepted: number
  /** Changes that were known already; nothing is done about them again. */
  duplicates: number
  /** Lines that were not taken: GET /v1/imports/{id}/faults has the first 10,000. */
  rejected: number
  /**
   * Where the accepted and known changes are now, in the words of the ledger. Null in lists, as it has to be
   * counted.
   */
  outcome: {
    applied: number
    superseded: number
    parked: number
    rejected: number
    discarded: number
    inFlight: number
  } | null
  /** Why it broke off or failed. */
  problem: {
    code: string
    message: string
    fix?: string
  } | null
  createdBy: string
  createdAt: string
  updatedAt: string
  endedAt: string | null
}

export interface CancelImportParams {
  /** Id of the import. */
  id: string
}

export type CancelImportAnswer = {
  id: string
  state: 'running' | 'interrupted' | 'completed' | 'failed' | 'cancelled'
  system: string | null
  entity: string | null
  batch: string | null
  /** Lines read, blank ones too. An import that broke off goes on with the one after. */
  lines: number
  bytes: number
  /** Changes that are new, and durable. */
  accepted: number
  /** Changes that were known already; nothing is done about them again. */
  duplicates: number
  /** Lines that were not taken: GET /v1/imports/{id}/faults has the first 10,000. */
  rejected: number
  /**
   * Where the accepted and known changes are now, in the words of the ledger. Null in lists, as it has to be
   * counted.
   */
  outcome: {
    applied: number
    superseded: number
    parked: number
    rejected: number
    discarded: number
    inFlight: number
  } | null
  /** Why it broke off or failed. */
  problem: {
    code: string
    message: string
    fix?: string
  } | null
  createdBy: string
  createdAt: string
  updatedAt: string
  endedAt: string | null
}

export interface GetImportFaultsParams {
  /** Id of the import. */
  id: string
}

export type GetImportFaultsAnswer = {
  line: number
  code: string
  /** JSON pointer into the line. */
  pointer: string
  detail: string
  fix?: string
  /** All faults, where the line has several. */
  errors?: { [name: string]: unknown }[]
}

export interface StartExportParams {
  /** Which records, and what of them. */
  body: {
    entity:
      | 'customer'
      | 'account'
      | 'invoice'
      | 'payment'
      | 'order'
      | 'product'
      | 'stock-level'
      | 'case'
      | 'interaction'
      | 'consent'
      | 'offer'
    /** A condition over the record, in the expression language of the hub: `status == "active"`. */
    filter?: string | null
    /** Paths of members, such as `name.family`; absent: all. */
    fields?: string[] | null
    /** Only what changed at this moment or later: `2026-03-01T09:30:00Z`. */
    since?: string | null
  }
}

export type StartExportAnswer = {
  id: string
  state: 'waiting' | 'running' | 'completed' | 'failed' | 'cancelled' | 'expired'
  entity:
    | 'customer'
    | 'account'
    | 'invoice'
    | 'payment'
    | 'order'
    | 'product'
    | 'stock-level'
    | 'case'
    | 'interaction'
    | 'consent'
    | 'offer'
  filter: string | null
  fields: string[] | null
  since: string | null
  /** Records looked at so far. */
  looked: number
  /** Records there are to look at. */
  total: number | null
  /** Records in the file so far. */
  lines: number
  bytes: number
  /** The moment that the file shows. */
  snapshotAt: string | null
  /** Why it broke off or failed. */
  problem: {
    code: string
    message: string
    fix?: string
  } | null
  createdBy: string
  createdAt: string
  updatedAt: string
  endedAt: string | null
  /** Until then the lines are kept. */
  expiresAt: string | null
}

export interface ListExportsParams {
  /** Only those in this state. */
  state?: 'waiting' | 'running' | 'interrupted' | 'completed' | 'failed' | 'cancelled' | 'expired' | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
}

export type ListExportsItem = {
  id: string
  state: 'waiting' | 'running' | 'completed' | 'failed' | 'cancelled' | 'expired'
  entity:
    | 'customer'
    | 'account'
    | 'invoice'
    | 'payment'
    | 'order'
    | 'product'
    | 'stock-level'
    | 'case'
    | 'interaction'
    | 'consent'
    | 'offer'
  filter: string | null
  fields: string[] | null
  since: string | null
  /** Records looked at so far. */
  looked: number
  /** Records there are to look at. */
  total: number | null
  /** Records in the file so far. */
  lines: number
  bytes: number
  /** The moment that the file shows. */
  snapshotAt: string | null
  /** Why it broke off or failed. */
  problem: {
    code: string
    message: string
    fix?: string
  } | null
  createdBy: string
  createdAt: string
  updatedAt: string
  endedAt: string | null
  /** Until then the lines are kept. */
  expiresAt: string | null
}

export type ListExportsAnswer = {
  items: {
    id: string
    state: 'waiting' | 'running' | 'completed' | 'failed' | 'cancelled' | 'expired'
    entity:
      | 'customer'
      | 'account'
      | 'invoice'
      | 'payment'
      | 'order'
      | 'product'
      | 'stock-level'
      | 'case'
      | 'interaction'
      | 'consent'
      | 'offer'
    filter: string | null
    fields: string[] | null
    since: string | null
    /** Records looked at so far. */
    looked: number
    /** Records there are to look at. */
    total: number | null
    /** Records in the file so far. */
    lines: number
    bytes: number
    /** The moment that the file shows. */
    snapshotAt: string | null
    /** Why it broke off or failed. */
    problem: {
      code: string
      message: string
      fix?: string
    } | null
    createdBy: string
    createdAt: string
    updatedAt: string
    endedAt: string | null
    /** Until then the lines are kept. */
    expiresAt: string | null
  }[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
}

export interface GetExportParams {
  /** Id of the export. */
  id: string
}

export type GetExportAnswer = {
  id: string
  state: 'waiting' | 'running' | 'completed' | 'failed' | 'cancelled' | 'expired'
  entity:
    | 'customer'
    | 'account'
    | 'invoice'
    | 'payment'
    | 'order'
    | 'product'
    | 'stock-level'
    | 'case'
    | 'interaction'
    | 'consent'
    | 'offer'
  filter: string | null
  fields: string[] | null
  since: string | null
  /** Records looked at so far. */
  looked: number
  /** Records there are to look at. */
  total: number | null
  /** Records in the file so far. */
  lines: number
  bytes: number
  /** The moment that the file shows. */
  snapshotAt: string | null
  /** Why it broke off or failed. */
  problem: {
    code: string
    message: string
    fix?: string
  } | null
  createdBy: string
  createdAt: string
  updatedAt: string
  endedAt: string | null
  /** Until then the lines are kept. */
  expiresAt: string | null
}

export interface EndExportParams {
  /** Id of the export. */
  id: string
}

export type EndExportAnswer = {
  id: string
  state: 'waiting' | 'running' | 'completed' | 'failed' | 'cancelled' | 'expired'
  entity:
    | 'customer'
    | 'account'
    | 'invoice'
    | 'payment'
    | 'order'
    | 'product'
    | 'stock-level'
    | 'case'
    | 'interaction'
    | 'consent'
    | 'offer'
  filter: string | null
  fields: string[] | null
  since: string | null
  /** Records looked at so far. */
  looked: number
  /** Records there are to look at. */
  total: number | null
  /** Records in the file so far. */
  lines: number
  bytes: number
  /** The moment that the file shows. */
  snapshotAt: string | null
  /** Why it broke off or failed. */
  problem: {
    code: string
    message: string
    fix?: string
  } | null
  createdBy: string
  createdAt: string
  updatedAt: string
  endedAt: string | null
  /** Until then the lines are kept. */
  expiresAt: string | null
}

export interface GetExportDataParams {
  /** Id of the export. */
  id: string
  /** Number of the first line that is wanted; not together with Range. */
  fromLine?: number | undefined
  /** `bytes=1000-`: one part. */
  range?: string | undefined
  /** ETag of the file that the part is wanted of; of another one all is sent. */
  ifRange?: string | undefined
  /** `gzip`: compressed. */
  acceptEncoding?: string | undefined
}

export type GetExportDataAnswer = { [name: string]: unknown }

export interface ReceivePushParams {
  /** Name of the system. */
  system: string
  /** As the system sends it, at most 8 MiB. */
  body?: RawBody | undefined
}

export interface DescribeHookParams {
  /** Name of the system. */
  system: string
}

export type GetLedgerAnswer = {
  accepted?: number
  applied?: number
  superseded?: number
  parked?: number
  rejected?: number
  discarded?: number
  inFlight?: number
}

export interface StreamCrossReferencesParams {
  /** Records of this system only. */
  system?: string | undefined
  /** Records of this customer only. */
  customer?: string | undefined
}

export type StreamCrossReferencesAnswer = {
  customer?: string
  system?: string
  entity?: string
  key?: string
}

export type ListSystemsAnswer = {
  items?: {
    name?: string
    title?: string
    connector?: string
    paused?: boolean
    pausedBy?: string | null
    /** Changes that wait for somebody to repair them. */
    parked?: number
    /**
     * What the process that reads it last told: state, lag, progress of a backfill, by entity; null: it only pushes,
     * or has not run yet.
     */
    status?: { [name: string]: unknown } | null
    statusAt?: string | null
    /** What came to /v1/hooks/{system}, over all processes; null: nothing ever did. */
    pushes?: {
      received?: number
      refused?: number
      records?: number
      lastReceivedAt?: string | null
      lastRefusedAt?: string | null
      lastRefusedCode?: string | null
    } | null
    entities?: {
      entity?: string
      /** push, poll or log; hub: of the hub itself; null: it only came by itself. */
      mode?: string | null
      /** Canonical entity; null: no mapping in force. */
      target?: string | null
      mappingRevision?: number | null
      parked?: number
      /** How many there are, of the hub's own. */
      records?: number
    }[]
  }[]
}

export interface GetSystemParams {
  /** Name of the system. */
  system: string
}

export type GetSystemAnswer = {
  name?: string
  title?: string
  connector?: string
  paused?: boolean
  pausedBy?: string | null
  /** Changes that wait for somebody to repair them. */
  parked?: number
  /**
   * What the process that reads it last told: state, lag, progress of a backfill, by entity; null: it only pushes,
   * or has not run yet.
   */
  status?: { [name: string]: unknown } | null
  statusAt?: string | null
  /** What came to /v1/hooks/{system}, over all processes; null: nothing ever did. */
  pushes?: {
    received?: number
    refused?: number
    records?: number
    lastReceivedAt?: string | null
    lastRefusedAt?: string | null
    lastRefusedCode?: string | null
  } | null
  entities?: {
    entity?: string
    /** push, poll or log; hub: of the hub itself; null: it only came by itself. */
    mode?: string | null
    /** Canonical entity; null: no mapping in force. */
    target?: string | null
    mappingRevision?: number | null
    parked?: number
    /** How many there are, of the hub's own. */
    records?: number
  }[]
}

export interface PauseSystemParams {
  /** Name of the system. */
  system: string
}

export type PauseSystemAnswer = {
  name?: string
  title?: string
  connector?: string
  paused?: boolean
  pausedBy?: string | null
  /** Changes that wait for somebody to repair them. */
  parked?: number
  /**
   * What the process that reads it last told: state, lag, progress of a backfill, by entity; null: it only pushes,
   * or has not run yet.
   */
  status?: { [name: string]: unknown } | null
  statusAt?: string | null
  /** What came to /v1/hooks/{system}, over all processes; null: nothing ever did. */
  pushes?: {
    received?: number
    refused?: number
    records?: number
    lastReceivedAt?: string | null
    lastRefusedAt?: string | null
    lastRefusedCode?: string | null
  } | null
  entities?: {
    entity?: string
    /** push, poll or log; hub: of the hub itself; null: it only came by itself. */
    mode?: string | null
    /** Canonical entity; null: no mapping in force. */
    target?: string | null
    mappingRevision?: number | null
    parked?: number
    /** How many there are, of the hub's own. */
    records?: number
  }[]
}

export interface ResumeSystemParams {
  /** Name of the system. */
  system: string
}

export type ResumeSystemAnswer = {
  name?: string
  title?: string
  connector?: string
  paused?: boolean
  pausedBy?: string | null
  /** Changes that wait for somebody to repair them. */
  parked?: number
  /**
   * What the process that reads it last told: state, lag, progress of a backfill, by entity; null: it only pushes,
   * or has not run yet.
   */
  status?: { [name: string]: unknown } | null
  statusAt?: string | null
  /** What came to /v1/hooks/{system}, over all processes; null: nothing ever did. */
  pushes?: {
    received?: number
    refused?: number
    records?: number
    lastReceivedAt?: string | null
    lastRefusedAt?: string | null
    lastRefusedCode?: string | null
  } | null
  entities?: {
    entity?: string
    /** push, poll or log; hub: of the hub itself; null: it only came by itself. */
    mode?: string | null
    /** Canonical entity; null: no mapping in force. */
    target?: string | null
    mappingRevision?: number | null
    parked?: number
    /** How many there are, of the hub's own. */
    records?: number
  }[]
}

export interface BackfillSystemParams {
  /** Name of the system. */
  system: string
  /** What to read; nothing: all entities, going on where an earlier one stopped. */
  body?:
    | {
        entities?: string[]
        /** From the beginning, even where an earlier one stopped on the way. */
        restart?: boolean
      }
    | undefined
}

export type BackfillSystemAnswer = {
  name?: string
  title?: string
  connector?: string
  paused?: boolean
  pausedBy?: string | null
  /** Changes that wait for somebody to repair them. */
  parked?: number
  /**
   * What the process that reads it last told: state, lag, progress of a backfill, by entity; null: it only pushes,
   * or has not run yet.
   */
  status?: { [name: string]: unknown } | null
  statusAt?: string | null
  /** What came to /v1/hooks/{system}, over all processes; null: nothing ever did. */
  pushes?: {
    received?: number
    refused?: number
    records?: number
    lastReceivedAt?: string | null
    lastRefusedAt?: string | null
    lastRefusedCode?: string | null
  } | null
  entities?: {
    entity?: string
    /** push, poll or log; hub: of the hub itself; null: it only came by itself. */
    mode?: string | null
    /** Canonical entity; null: no mapping in force. */
    target?: string | null
    mappingRevision?: number | null
    parked?: number
    /** How many there are, of the hub's own. */
    records?: number
  }[]
}

export type GroupParkedAnswer = {
  items?: {
    system?: string
    entity?: string
    code?: string
    message?: string
    count?: number
    /** Changes that wait behind these. */
    waiting?: number
    oldest?: string
    newest?: string
    /** Number of one of them. */
    sample?: number
  }[]
}

export interface ListParkedParams {
  /** Of this system. */
  system?: string | undefined
  /** The record's id in that system. */
  key?: string | undefined
  /** The record type in that system; absent: any. */
  entity?: string | undefined
  /** With this cause. */
  code?: string | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
}

export type ListParkedItem = {
  no?: number
  system?: string
  entity?: string
  key?: string
  changeId?: string
  /** Nothing is wrong with this one; it waits behind another of its record. */
  waiting?: boolean
  code?: string
  message?: string
  where?: string | null
  fix?: string | null
  revision?: number
  editedBy?: string | null
  parkedAt?: string
  problems?: { [name: string]: unknown }[] | null
  change?: { [name: string]: unknown }
}

export type ListParkedAnswer = {
  items: {
    no?: number
    system?: string
    entity?: string
    key?: string
    changeId?: string
    /** Nothing is wrong with this one; it waits behind another of its record. */
    waiting?: boolean
    code?: string
    message?: string
    where?: string | null
    fix?: string | null
    revision?: number
    editedBy?: string | null
    parkedAt?: string
    problems?: { [name: string]: unknown }[] | null
    change?: { [name: string]: unknown }
  }[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
}

export interface ReplayAllParkedParams {
  /** Which. */
  body: {
    system?: string
    entity?: string
    code?: string
    key?: string
  }
}

export type ReplayAllParkedAnswer = {
  /** Changes that were applied, or turned out to be superseded. */
  released?: number
  /** Changes that are parked again, or still. */
  parked?: number
}

export interface GetParkedParams {
  /** Number of the change, in order of acceptance. */
  no: number
}

export type GetParkedAnswer = {
  no?: number
  system?: string
  entity?: string
  key?: string
  changeId?: string
  /** Nothing is wrong with this one; it waits behind another of its record. */
  waiting?: boolean
  code?: string
  message?: string
  where?: string | null
  fix?: string | null
  revision?: number
  editedBy?: string | null
  parkedAt?: string
  problems?: { [name: string]: unknown }[] | null
  change?: { [name: string]: unknown }
  /** The records that stood there before, and who replaced them. */
  revisions?: { [name: string]: unknown }[]
}

export interface EditParkedParams {
  /** Number of the change, in order of acceptance. */
  no: number
  /** The corrected record, and the revision that it corrects. */
  body: {
    data: { [name: string]: unknown }
    revision: number
  }
}

export type EditParkedAnswer = {
  revision?: number
}

export interface DryRunParkedParams {
  /** Number of the change, in order of acceptance. */
  no: number
  /** Another record to try; nothing: its own. */
  body?:
    | {
        data?: { [name: string]: unknown }
      }
    | undefined
}

export type DryRunParkedAnswer = {
  kind?: 'document' | 'deleted' | 'failed'
  target?: string | null
  /** Revision of the mapping. */
  revision?: number | null
  document?: { [name: string]: unknown }
  cause?: { [name: string]: unknown }
}

export interface ReplayParkedParams {
  /** Number of the change, in order of acceptance. */
  no: number
}

export type ReplayParkedAnswer = {
  /** Changes that were applied, or turned out to be superseded. */
  released?: number
  /** Changes that are parked again, or still. */
  parked?: number
}

export interface DiscardParkedParams {
  /** Number of the change, in order of acceptance. */
  no: number
  /** Why; nothing: no reason is kept. */
  body?:
    | {
        /** Why, for whoever reads it later. */
        note?: string
      }
    | undefined
}

export type DiscardParkedAnswer = {
  /** Changes that were applied, or turned out to be superseded. */
  released?: number
  /** Changes that are parked again, or still. */
  parked?: number
}

export interface ReconcileSystemParams {
  /** Name of the system. */
  system: string
  /** What to compare. */
  body?:
    | {
        /** Absent: all that the hub reads of the system. */
        entities?: string[]
        /** Accept what differs anew, as the system has it. Absent: only tell. */
        repair?: boolean
      }
    | undefined
}

export type ReconcileSystemAnswer = {
  name?: string
  title?: string
  connector?: string
  paused?: boolean
  pausedBy?: string | null
  /** Changes that wait for somebody to repair them. */
  parked?: number
  /**
   * What the process that reads it last told: state, lag, progress of a backfill, by entity; null: it only pushes,
   * or has not run yet.
   */
  status?: { [name: string]: unknown } | null
  statusAt?: string | null
  /** What came to /v1/hooks/{system}, over all processes; null: nothing ever did. */
  pushes?: {
    received?: number
    refused?: number
    records?: number
    lastReceivedAt?: string | null
    lastRefusedAt?: string | null
    lastRefusedCode?: string | null
  } | null
  entities?: {
    entity?: string
    /** push, poll or log; hub: of the hub itself; null: it only came by itself. */
    mode?: string | null
    /** Canonical entity; null: no mapping in force. */
    target?: string | null
    mappingRevision?: number | null
    parked?: number
    /** How many there are, of the hub's own. */
    records?: number
  }[]
}

export interface ListReconciliationsParams {
  /** Name of the system. */
  system: string
  /** Of this entity only. */
  entity?: string | undefined
  /** How many at most. Default: `20`. */
  limit?: number | undefined
}

export type ListReconciliationsAnswer = {
  items?: {
    no?: number
    system?: string
    entity?: string
    /** certificate: at the end of a backfill, the proof that it is complete. */
    kind?: 'drift' | 'certificate'
    state?: 'running' | 'done' | 'failed'
    repair?: boolean
    /** null: on schedule, or at the end of a backfill. */
    requestedBy?: string | null
    startedAt?: string
    finishedAt?: string | null
    report?: {
      /** Both sides have the very same records. */
      matches?: boolean
      system?: {
        count?: number
        /**
         * Sum modulo 2^256 of the SHA-256 of each record (its key, a NUL character and its data as RFC 8785 canonical
         * JSON), in hexadecimal digits: the same for the same records in any order.
         */
        hash?: string
      }
      hub?: {
        count?: number
        /**
         * Sum modulo 2^256 of the SHA-256 of each record (its key, a NUL character and its data as RFC 8785 canonical
         * JSON), in hexadecimal digits: the same for the same records in any order.
         */
        hash?: string
      }
      /** The system has them, the hub has not. */
      missing?: number
      /** Both have them, with other data. */
      differing?: number
      /** The hub has them, the system has not. */
      extra?: number
      /** They differ because a change of theirs is parked. */
      parked?: number
      /** They differed only while live changes were on their way; not counted as wrong. */
      changedMeanwhile?: number
      /** Accepted anew as the system has them. */
      repaired?: number
      /** Records read from the system. */
      read?: number
      /** At most 100 of those that differ. */
      examples?: {
        key?: string
        what?: string
      }[]
    }
  }[]
}

export interface ResetSystemParams {
  /** Name of the system. */
  system: string
  /** Of what. */
  body?:
    | {
        /** Absent: of the whole system. */
        entity?: string
      }
    | undefined
}

export type ResetSystemAnswer = {
  name?: string
  title?: string
  connector?: string
  paused?: boolean
  pausedBy?: string | null
  /** Changes that wait for somebody to repair them. */
  parked?: number
  /**
   * What the process that reads it last told: state, lag, progress of a backfill, by entity; null: it only pushes,
   * or has not run yet.
   */
  status?: { [name: string]: unknown } | null
  statusAt?: string | null
  /** What came to /v1/hooks/{system}, over all processes; null: nothing ever did. */
  pushes?: {
    received?: number
    refused?: number
    records?: number
    lastReceivedAt?: string | null
    lastRefusedAt?: string | null
    lastRefusedCode?: string | null
  } | null
  entities?: {
    entity?: string
    /** push, poll or log; hub: of the hub itself; null: it only came by itself. */
    mode?: string | null
    /** Canonical entity; null: no mapping in force. */
    target?: string | null
    mappingRevision?: number | null
    parked?: number
    /** How many there are, of the hub's own. */
    records?: number
  }[]
}

export interface ForgetSystemParams {
  /** Name of the system. */
  system: string
}

export type ForgetSystemAnswer = {
  name?: string
  title?: string
  connector?: string
  paused?: boolean
  pausedBy?: string | null
  /** Changes that wait for somebody to repair them. */
  parked?: number
  /**
   * What the process that reads it last told: state, lag, progress of a backfill, by entity; null: it only pushes,
   * or has not run yet.
   */
  status?: { [name: string]: unknown } | null
  statusAt?: string | null
  /** What came to /v1/hooks/{system}, over all processes; null: nothing ever did. */
  pushes?: {
    received?: number
    refused?: number
    records?: number
    lastReceivedAt?: string | null
    lastRefusedAt?: string | null
    lastRefusedCode?: string | null
  } | null
  entities?: {
    entity?: string
    /** push, poll or log; hub: of the hub itself; null: it only came by itself. */
    mode?: string | null
    /** Canonical entity; null: no mapping in force. */
    target?: string | null
    mappingRevision?: number | null
    parked?: number
    /** How many there are, of the hub's own. */
    records?: number
  }[]
}

export type ListMappingsAnswer = {
  items?: {
    system?: string
    entity?: string
    published?: number | null
    newest?: number
    reprojection?: { [name: string]: unknown } | null
  }[]
}

export interface GetMappingParams {
  /** Name of the system. */
  system: string
  /** Record type in that system. */
  entity: string
}

export type GetMappingAnswer = {
  system?: string
  entity?: string
  revision?: number
  state?: 'draft' | 'published' | 'retired'
  origin?: 'workspace' | 'console'
  author?: string
  note?: string | null
  createdAt?: string
  publishedAt?: string | null
  /** The mapping document, YAML. */
  document?: string
  /** Its cases, YAML. */
  cases?: string | null
}

export interface DraftMappingParams {
  /** Name of the system. */
  system: string
  /** Record type in that system. */
  entity: string
  /** The documents. */
  body: {
    /** The mapping document, YAML. */
    document: string
    /** Cases that must hold before it can be published. */
    cases?: string | null
    /** Why, for whoever reads it later. */
    note?: string
  }
}

export type DraftMappingAnswer = {
  system?: string
  entity?: string
  revision?: number
}

export interface GetMappingHistoryParams {
  /** Name of the system. */
  system: string
  /** Record type in that system. */
  entity: string
}

export type GetMappingHistoryAnswer = {
  items?: {
    system?: string
    entity?: string
    revision?: number
    state?: 'draft' | 'published' | 'retired'
    origin?: 'workspace' | 'console'
    author?: string
    note?: string | null
    createdAt?: string
    publishedAt?: string | null
    /** The mapping document, YAML. */
    document?: string
    /** Its cases, YAML. */
    cases?: string | null
  }[]
}

export interface GetMappingRevisionParams {
  /** Name of the system. */
  system: string
  /** Record type in that system. */
  entity: string
  /** Number of the revision. */
  revision: number
}

export type GetMappingRevisionAnswer = {
  system?: string
  entity?: string
  revision?: number
  state?: 'draft' | 'published' | 'retired'
  origin?: 'workspace' | 'console'
  author?: string
  note?: string | null
  createdAt?: string
  publishedAt?: string | null
  /** The mapping document, YAML. */
  document?: string
  /** Its cases, YAML. */
  cases?: string | null
}

export interface PublishMappingParams {
  /** Name of the system. */
  system: string
  /** Record type in that system. */
  entity: string
  /** Number of the revision. */
  revision: number
}

export type PublishMappingAnswer = {
  system?: string
  entity?: string
  revision?: number
}

export interface PreviewMappingParams {
  /** Name of the system. */
  system: string
  /** Record type in that system. */
  entity: string
  /** A document or the number of a revision, and how many records. */
  body: {
    document?: string
    revision?: number
    records?: number
  }
}

export type PreviewMappingAnswer = {
  records?: { [name: string]: unknown }[]
  mapped?: number
  failed?: number
  deleted?: number
  /** Records whose outcome differs from that of the mapping in force. */
  changed?: number
  errors?: { [name: string]: unknown }[]
  filled?: { [name: string]: number }
}

export interface RollBackMappingParams {
  /** Name of the system. */
  system: string
  /** Record type in that system. */
  entity: string
}

export type RollBackMappingAnswer = {
  system?: string
  entity?: string
  revision?: number
}

export interface ListMatchesParams {
  /** Explain this customer instead. */
  customer?: string | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
}

export type ListMatchesItem = {
  a?: {
    system?: string
    entity?: string
    key?: string
    customer?: string
    document?: { [name: string]: unknown } | null
  }
  b?: {
    system?: string
    entity?: string
    key?: string
    customer?: string
    document?: { [name: string]: unknown } | null
  }
  weight?: number
  /** Weight by field. */
  fields?: unknown
  at?: string
}

export type ListMatchesAnswer = {
  items: {
    a?: {
      system?: string
      entity?: string
      key?: string
      customer?: string
      document?: { [name: string]: unknown } | null
    }
    b?: {
      system?: string
      entity?: string
      key?: string
      customer?: string
      document?: { [name: string]: unknown } | null
    }
    weight?: number
    /** Weight by field. */
    fields?: unknown
    at?: string
  }[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
}

export interface ListDecisionsParams {
  /** How many at most. Default: `50`. */
  limit?: number | undefined
}

export type ListDecisionsAnswer = {
  items?: {
    a?: {
      system: string
      entity: string
      key: string
    }
    b?: {
      system: string
      entity: string
      key: string
    }
    kind?: 'must-join' | 'must-not-join'
    author?: string
    note?: string | null
    at?: string
  }[]
}

export interface DecideMatchParams {
  /** The pair and the word on it. */
  body: {
    a: {
      system: string
      entity: string
      key: string
    }
    b: {
      system: string
      entity: string
      key: string
    }
    kind: 'must-join' | 'must-not-join'
    /** Why, for whoever reads it later. */
    note?: string
  }
}

export type DecideMatchAnswer = {
  a?: string
  b?: string
}

export type ListKeysAnswer = {
  items?: {
    id?: string
    name?: string
    role?: 'channel' | 'system' | 'steward' | 'engineer' | 'admin' | 'viewer'
    system?: string | null
    createdAt?: string
    expiresAt?: string | null
    revokedAt?: string | null
    /** Its own limits in each process; absent: those of its role. */
    limits?: {
      /** Requests a second, over time. */
      perSecond: number
      /** Requests at once after a pause. */
      burst: number
      /** Requests under way at the same time. */
      concurrent: number
    } | null
    /** The key that takes its place. */
    rotatedTo?: string | null
  }[]
}

export interface CreateKeyParams {
  /** What it is for. */
  body: {
    /** Who or what uses it. */
    name: string
    role: 'channel' | 'system' | 'steward' | 'engineer' | 'admin' | 'viewer'
    /** With the role system: which one. */
    system?: string
    /** RFC 3339; absent: it does not expire. */
    expiresAt?: string
    /** Its own limits in each process; absent: those of its role. */
    limits?: {
      /** Requests a second, over time. */
      perSecond: number
      /** Requests at once after a pause. */
      burst: number
      /** Requests under way at the same time. */
      concurrent: number
    }
  }
}

export type CreateKeyAnswer = {
  id?: string
  name?: string
  role?: 'channel' | 'system' | 'steward' | 'engineer' | 'admin' | 'viewer'
  system?: string | null
  createdAt?: string
  expiresAt?: string | null
  revokedAt?: string | null
  /** Its own limits in each process; absent: those of its role. */
  limits?: {
    /** Requests a second, over time. */
    perSecond: number
    /** Requests at once after a pause. */
    burst: number
    /** Requests under way at the same time. */
    concurrent: number
  } | null
  /** The key that takes its place. */
  rotatedTo?: string | null
  key?: string
}

export interface RotateKeyParams {
  /** The middle part of the key. */
  id: string
  /** How long both are valid. */
  body?:
    | {
        /** Absent: a day. */
        overlapSeconds?: number
      }
    | undefined
}

export type RotateKeyAnswer = {
  id?: string
  name?: string
  role?: 'channel' | 'system' | 'steward' | 'engineer' | 'admin' | 'viewer'
  system?: string | null
  createdAt?: string
  expiresAt?: string | null
  revokedAt?: string | null
  /** Its own limits in each process; absent: those of its role. */
  limits?: {
    /** Requests a second, over time. */
    perSecond: number
    /** Requests at once after a pause. */
    burst: number
    /** Requests under way at the same time. */
    concurrent: number
  } | null
  /** The key that takes its place. */
  rotatedTo?: string | null
  key?: string
}

export interface RevokeKeyParams {
  /** The middle part of the key. */
  id: string
}

export type RevokeKeyAnswer = {
  id?: string
  name?: string
  role?: 'channel' | 'system' | 'steward' | 'engineer' | 'admin' | 'viewer'
  system?: string | null
  createdAt?: string
  expiresAt?: string | null
  revokedAt?: string | null
  /** Its own limits in each process; absent: those of its role. */
  limits?: {
    /** Requests a second, over time. */
    perSecond: number
    /** Requests at once after a pause. */
    burst: number
    /** Requests under way at the same time. */
    concurrent: number
  } | null
  /** The key that takes its place. */
  rotatedTo?: string | null
}

export type GetMatchingAnswer = {
  model?: number
  /** Null: the model’s own figures count. */
  snapshot?: number | null
  since?: string
  author?: string
  rechecks?: {
    /** Records still to be looked at again. */
    waiting?: number
    /** All records are about to be listed for that. */
    due?: boolean
  }
}

export type ListMatchingModelsAnswer = {
  items?: {
    version?: number
    origin?: 'workspace' | 'console'
    author?: string
    note?: string | null
    createdAt?: string
    /** `version` of the document. */
    name?: string
  }[]
}

export interface GetMatchingModelParams {
  /** Absent: the one in force. */
  version?: number | undefined
}

export type GetMatchingModelAnswer = {
  version?: number
  origin?: 'workspace' | 'console'
  author?: string
  note?: string | null
  createdAt?: string
  /** A matching document, as config/matching.yaml has it (schemas/config/matching.schema.json). */
  document?: { [name: string]: unknown }
}

export interface PublishMatchingModelParams {
  /** The document. */
  body: {
    /** A matching document, as config/matching.yaml has it (schemas/config/matching.schema.json). */
    document: { [name: string]: unknown }
    /** Why, for whoever reads it later. */
    note?: string
  }
}

export type PublishMatchingModelAnswer = {
  version?: number
}

export type RollBackMatchingModelAnswer = {
  version?: number
}

export interface TrainMatchingModelParams {
  /** What to learn from. */
  body: {
    kind: 'person' | 'organization'
    /** `version` of the new document. */
    name: string
    seed?: number
  }
}

export type TrainMatchingModelAnswer = {
  /** A matching document, as config/matching.yaml has it (schemas/config/matching.schema.json). */
  document?: { [name: string]: unknown }
  report?: { [name: string]: unknown }
}

export type ListMatchingSnapshotsAnswer = {
  items?: {
    version?: number
    records?: number
    measured?: number
    /**
     * For each two systems, `a|b`, each percent-encoded: how often two different customers would each be in one of
     * them and missing from the other.
     */
    alone?: { [name: string]: number }
    author?: string
    note?: string | null
    createdAt?: string
  }[]
}

export interface TakeMatchingSnapshotParams {
  /** A note. */
  body?:
    | {
        /** Why, for whoever reads it later. */
        note?: string
      }
    | undefined
}

export type TakeMatchingSnapshotAnswer = {
  version?: number
  /** Records that were counted. */
  records?: number
  /** Of these, so many the overlap was measured on. */
  measured?: number
  /**
   * For each two systems, `a|b`, each percent-encoded: how often two different customers would each be in one of
   * them and missing from the other.
   */
  alone?: { [name: string]: number }
}

export interface ActivateMatchingSnapshotParams {
  /** Version of the snapshot. */
  version: number
}

export type ActivateMatchingSnapshotAnswer = {
  version?: number
}

export type WithdrawMatchingSnapshotAnswer = {
  version?: number
}

export type ListRuleStatesAnswer = {
  items?: {
    rule?: string
    title?: string | null
    inForce?: {
      rule?: string
      revision?: number
      /** The same for the same rule, whatever its layout. */
      hash?: string
      validFrom?: string | null
      validTo?: string | null
      /** The workspace file that it was read from. */
      file?: string | null
      author?: string
      note?: string | null
      createdAt?: string | null
    }[]
    /** Where it stands in the path of changes. */
    onChange?: { [name: string]: unknown } | null
    newest?: number | null
    /** Revisions after the last one that was put in force. */
    drafts?: number
    /** Of the workspace file. */
    faults?: { [name: string]: unknown }[]
  }[]
}

export interface GetRuleStateParams {
  /** Name of the rule. */
  rule: string
}

export type GetRuleStateAnswer = {
  rule?: string
  revision?: number
  /** The same for the same rule, whatever its layout. */
  hash?: string
  validFrom?: string | null
  validTo?: string | null
  /** The workspace file that it was read from. */
  file?: string | null
  author?: string
  note?: string | null
  createdAt?: string | null
  /** The envelope, YAML. */
  envelope?: string
  /** The graph as the Zen editor saves it (JDM): its text, or the document itself. */
  graph?: string | { [name: string]: unknown }
  /** Cases, YAML, that must hold before it can be in force. */
  cases?: string | null
}

export interface DraftRuleParams {
  /** Name of the rule. */
  rule: string
  /** The texts. */
  body: {
    /** The envelope, YAML. */
    envelope: string
    /** The graph as the Zen editor saves it (JDM): its text, or the document itself. */
    graph: string | { [name: string]: unknown }
    /** Cases, YAML, that must hold before it can be in force. */
    cases?: string | null
    /** Why, for whoever reads it later. */
    note?: string
  }
}

export type DraftRuleAnswer = {
  rule?: string
  revision?: number
}

export interface GetRuleHistoryParams {
  /** Name of the rule. */
  rule: string
}

export type GetRuleHistoryAnswer = {
  items?: {
    rule?: string
    revision?: number
    /** The same for the same rule, whatever its layout. */
    hash?: string
    validFrom?: string | null
    validTo?: string | null
    /** The workspace file that it was read from. */
    file?: string | null
    author?: string
    note?: string | null
    createdAt?: string | null
    state?: 'draft' | 'published' | 'retired'
    publishedAt?: string | null
    publishedBy?: string | null
  }[]
}

export interface GetRuleRevisionParams {
  /** Name of the rule. */
  rule: string
  /** Number of the revision. */
  revision: number
}

export type GetRuleRevisionAnswer = {
  rule?: string
  revision?: number
  /** The same for the same rule, whatever its layout. */
  hash?: string
  validFrom?: string | null
  validTo?: string | null
  /** The workspace file that it was read from. */
  file?: string | null
  author?: string
  note?: string | null
  createdAt?: string | null
  /** The envelope, YAML. */
  envelope?: string
  /** The graph as the Zen editor saves it (JDM): its text, or the document itself. */
  graph?: string | { [name: string]: unknown }
  /** Cases, YAML, that must hold before it can be in force. */
  cases?: string | null
}

export interface PublishRuleParams {
  /** Name of the rule. */
  rule: string
  /** Number of the revision. */
  revision: number
}

export type PublishRuleAnswer = {
  rule?: string
  revision?: number
}

export interface CheckRuleParams {
  /** Name of the rule. */
  rule: string
  /** The texts, or the number of a revision. */
  body: {
    /** The envelope, YAML. */
    envelope?: string
    /** The graph as the Zen editor saves it (JDM): its text, or the document itself. */
    graph?: string | { [name: string]: unknown }
    /** Cases, YAML, that must hold before it can be in force. */
    cases?: string | null
    /** A revision in place of texts. */
    revision?: number
  }
}

export type CheckRuleAnswer = {
  /** It can be published. */
  ok?: boolean
  problems?: { [name: string]: unknown }[]
  passed?: number
  failing?: {
    title?: string
    where?: string
    difference?: string
  }[]
  /** Rows that decide in no case. */
  undecidedRows?: string[]
  /** Rules that call it and whose cases would no longer hold. */
  callers?: {
    rule?: string
    failing?: {
      title?: string
      where?: string
      difference?: string
    }[]
  }[]
}

export interface ShadowRuleParams {
  /** Name of the rule. */
  rule: string
  /** The texts or the number of a revision, and how many decisions. */
  body: {
    /** The envelope, YAML. */
    envelope?: string
    /** The graph as the Zen editor saves it (JDM): its text, or the document itself. */
    graph?: string | { [name: string]: unknown }
    /** Cases, YAML, that must hold before it can be in force. */
    cases?: string | null
    /** A revision in place of texts. */
    revision?: number
    decisions?: number
  }
}

export type ShadowRuleAnswer = {
  decided?: number
  same?: number
  different?: number
  /** Decisions that an earlier revision had made otherwise. */
  changedSince?: number
  kinds?: {
    difference?: string
    count?: number
  }[]
  /** At most 100, the newest first. */
  differences?: { [name: string]: unknown }[]
}

export interface RollBackRuleParams {
  /** Name of the rule. */
  rule: string
}

export type RollBackRuleAnswer = {
  rule?: string
  revision?: number
}

export interface SearchDecisionsParams {
  /** By this rule. */
  rule?: string | undefined
  /** About this customer, or one that was joined into it. */
  customer?: string | undefined
  /** Made at this moment or later. */
  from?: string | undefined
  /** Made before this moment. */
  to?: string | undefined
  /** JSON that the result must contain: `{"stage":"reminder"}`. */
  result?: string | undefined
  /** true: the rule could not decide. */
  failed?: boolean | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
}

export type SearchDecisionsItem = {
  id?: string
  rule?: string
  revision?: number
  /** The moment that it was decided for. */
  at?: string
  decidedAt?: string
  actor?: string
  customer?: string | null
  /** As it was sent; null: too large to be kept. */
  input?: { [name: string]: unknown } | null
  /** What the hub put in place of `customer: {id}`. */
  filled?: { [name: string]: unknown } | null
  /** null: the rule could not decide; `code` says why. */
  result?: { [name: string]: unknown } | null
  code?: string | null
  trace?: string[]
}

export type SearchDecisionsAnswer = {
  items: {
    id?: string
    rule?: string
    revision?: number
    /** The moment that it was decided for. */
    at?: string
    decidedAt?: string
    actor?: string
    customer?: string | null
    /** As it was sent; null: too large to be kept. */
    input?: { [name: string]: unknown } | null
    /** What the hub put in place of `customer: {id}`. */
    filled?: { [name: string]: unknown } | null
    /** null: the rule could not decide; `code` says why. */
    result?: { [name: string]: unknown } | null
    code?: string | null
    trace?: string[]
  }[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
}

export interface GetDecisionParams {
  /** Id of the decision, as it was answered. */
  id: string
}

export type GetDecisionAnswer = {
  id?: string
  rule?: string
  revision?: number
  /** The moment that it was decided for. */
  at?: string
  decidedAt?: string
  actor?: string
  customer?: string | null
  /** As it was sent; null: too large to be kept. */
  input?: { [name: string]: unknown } | null
  /** What the hub put in place of `customer: {id}`. */
  filled?: { [name: string]: unknown } | null
  /** null: the rule could not decide; `code` says why. */
  result?: { [name: string]: unknown } | null
  code?: string | null
  trace?: string[]
}

export interface ReplayDecisionParams {
  /** Id of the decision, as it was answered. */
  id: string
}

export type ReplayDecisionAnswer = {
  decision?: {
    id?: string
    rule?: string
    revision?: number
    /** The moment that it was decided for. */
    at?: string
    decidedAt?: string
    actor?: string
    customer?: string | null
    /** As it was sent; null: too large to be kept. */
    input?: { [name: string]: unknown } | null
    /** What the hub put in place of `customer: {id}`. */
    filled?: { [name: string]: unknown } | null
    /** null: the rule could not decide; `code` says why. */
    result?: { [name: string]: unknown } | null
    code?: string | null
    trace?: string[]
  }
  then?: {
    revision?: number | null
    at?: string
    result?: { [name: string]: unknown } | null
    code?: string | null
    message?: string | null
    trace?: string[]
    /** `-` what was decided, `+` what came; empty: the same. */
    difference?: string
  } | null
  now?: {
    revision?: number | null
    at?: string
    result?: { [name: string]: unknown } | null
    code?: string | null
    message?: string | null
    trace?: string[]
    /** `-` what was decided, `+` what came; empty: the same. */
    difference?: string
  } | null
}

export interface GetCustomerWriteBacksParams {
  /** The hub's id of the customer. */
  id: string
}

export type GetCustomerWriteBacksAnswer = {
  customer?: string
  items?: {
    no?: number
    system?: string
    entity?: string
    key?: string
    state?: 'idle' | 'pending' | 'writing' | 'retrying' | 'conflict' | 'failed'
    /** Fields of the customer that are on their way. */
    fields?: string[]
    waitingSince?: string | null
    attempts?: number
    nextAttemptAt?: string | null
    /** What went wrong last: code, message, fix, at, fields. */
    problem?: { [name: string]: unknown } | null
  }[]
}

export interface ListWriteBacksParams {
  /** Only those in this state. */
  state?: 'pending' | 'writing' | 'retrying' | 'conflict' | 'failed' | undefined
  /** Only those of this system. */
  system?: string | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
}

export type ListWriteBacksItem = {
  customer?: string | null
  no?: number
  system?: string
  entity?: string
  key?: string
  state?: 'idle' | 'pending' | 'writing' | 'retrying' | 'conflict' | 'failed'
  /** Fields of the customer that are on their way. */
  fields?: string[]
  waitingSince?: string | null
  attempts?: number
  nextAttemptAt?: string | null
  /** What went wrong last: code, message, fix, at, fields. */
  problem?: { [name: string]: unknown } | null
  /** What the hub wants: field, value, and when it was said. */
  wanted?: { [name: string]: unknown }[]
  /**
   * Native values: `fields` that the hub wants to write, what it `expected` to find, and the `current` record
   * (null: deleted).
   */
  conflict?: { [name: string]: unknown } | null
}

export type ListWriteBacksAnswer = {
  items: {
    customer?: string | null
    no?: number
    system?: string
    entity?: string
    key?: string
    state?: 'idle' | 'pending' | 'writing' | 'retrying' | 'conflict' | 'failed'
    /** Fields of the customer that are on their way. */
    fields?: string[]
    waitingSince?: string | null
    attempts?: number
    nextAttemptAt?: string | null
    /** What went wrong last: code, message, fix, at, fields. */
    problem?: { [name: string]: unknown } | null
    /** What the hub wants: field, value, and when it was said. */
    wanted?: { [name: string]: unknown }[]
    /**
     * Native values: `fields` that the hub wants to write, what it `expected` to find, and the `current` record
     * (null: deleted).
     */
    conflict?: { [name: string]: unknown } | null
  }[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
}

export interface GetWriteBackParams {
  /** Number of the write-back, as the list has it. */
  no: number
}

export type GetWriteBackAnswer = {
  customer?: string | null
  no?: number
  system?: string
  entity?: string
  key?: string
  state?: 'idle' | 'pending' | 'writing' | 'retrying' | 'conflict' | 'failed'
  /** Fields of the customer that are on their way. */
  fields?: string[]
  waitingSince?: string | null
  attempts?: number
  nextAttemptAt?: string | null
  /** What went wrong last: code, message, fix, at, fields. */
  problem?: { [name: string]: unknown } | null
  /** What the hub wants: field, value, and when it was said. */
  wanted?: { [name: string]: unknown }[]
  /**
   * Native values: `fields` that the hub wants to write, what it `expected` to find, and the `current` record
   * (null: deleted).
   */
  conflict?: { [name: string]: unknown } | null
}

export interface ResolveWriteBackParams {
  /** Number of the write-back, as the list has it. */
  no: number
  /** Who wins. */
  body: {
    winner: 'hub' | 'system'
    /** Why, for whoever reads it later. */
    note?: string
  }
}

export type ResolveWriteBackAnswer = {
  no?: number
  state?: string
}

export interface RetryWriteBackParams {
  /** Number of the write-back, as the list has it. */
  no: number
}

export type RetryWriteBackAnswer = {
  no?: number
  state?: string
}

export interface ListAuditParams {
  /** As entries show it: `web shop (k3x9w2m7p4qa)`. */
  actor?: string | undefined
  /** An act, or the beginning of acts: `read.*`. */
  act?: string | undefined
  /** A subject, or the id of a record that was read. Finding who read a record goes over all entries of the time. */
  subject?: string | undefined
  /** From this moment on. */
  from?: string | undefined
  /** Before this moment. */
  to?: string | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
}

export type ListAuditItem = {
  no?: number
  at?: string
  /** Of reads: when the last of those gathered in this entry was. */
  lastAt?: string | null
  /** Name and id of the key, or of the person behind a token. */
  actor?: string
  /** `read.<operation>` for reads, `key.create`, `mapping.publish`, ... for acts. */
  act?: string
  subject?: string
  /** Of reads: ids of the records read. */
  records?: string[] | null
  facts?: { [name: string]: unknown } | null
  /** Place in the chain; null: to be chained within a second or two. */
  position?: number | null
  hash?: string | null
}

export type ListAuditAnswer = {
  items: {
    no?: number
    at?: string
    /** Of reads: when the last of those gathered in this entry was. */
    lastAt?: string | null
    /** Name and id of the key, or of the person behind a token. */
    actor?: string
    /** `read.<operation>` for reads, `key.create`, `mapping.publish`, ... for acts. */
    act?: string
    subject?: string
    /** Of reads: ids of the records read. */
    records?: string[] | null
    facts?: { [name: string]: unknown } | null
    /** Place in the chain; null: to be chained within a second or two. */
    position?: number | null
    hash?: string | null
  }[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
}

export interface VerifyAuditParams {
  /** Heads that were noted earlier. */
  body?:
    | {
        heads?: {
          position: number
          hash: string
        }[]
      }
    | undefined
}

export type VerifyAuditAnswer = {
  sound?: boolean
  /** Links of the chain looked at. */
  entries?: number
  /** Entries that are still to be chained. */
  waiting?: number
  /** The end of the chain: note it elsewhere. */
  head?: {
    position?: number
    hash?: string
  } | null
  /** At most 100. */
  faults?: {
    kind?: 'entry-changed' | 'entry-removed' | 'link-removed' | 'entry-not-chained' | 'head-differs' | 'end-removed'
    position?: number | null
    entry?: number | null
  }[]
}

export interface ExportPersonalDataParams {
  /** The hub's id of the customer. */
  id: string
}

export type ExportPersonalDataAnswer = {
  format: 'omnihub personal data 1.0'
  customer: string
  customers: string[]
  madeAt: string
  parts: {
    [name: string]: {
      why: string
      items: { [name: string]: unknown }[]
    }
  }
}

export interface EraseCustomerParams {
  /** The hub's id of the customer. */
  id: string
  /** Why. It stays as part of the proof, so it must not say who the person is. */
  body: {
    reason:
      | 'no-longer-needed'
      | 'consent-withdrawn'
      | 'objection'
      | 'unlawful-processing'
      | 'legal-obligation'
      | 'child'
      | 'other-law'
    /** A reference to your own files. */
    note?: string
    /** When the person asked for it: a moment of the past as RFC 3339 writes it. */
    requestedAt?: string
  }
}

export type EraseCustomerAnswer = {
  id: string
  customer: string
  /** The customer and all that had been joined into it. */
  customers: string[]
  /**
   * Nothing can be read of the customer in either. sweeping: logs and answers are being looked through for what is
   * left; done: they were, twice.
   */
  state: 'sweeping' | 'done'
  reason:
    | 'no-longer-needed'
    | 'consent-withdrawn'
    | 'objection'
    | 'unlawful-processing'
    | 'legal-obligation'
    | 'child'
    | 'other-law'
  note: string | null
  requestedAt: string | null
  erasedAt: string
  finishedAt: string | null
  actor: string
  /** Rows removed or emptied, by table. */
  counts: { [name: string]: number }
  /** Records of other entities and what became of them; the first 1000. */
  records: {
    entity: string
    id: string
    fate: 'erased' | 'kept-without-person'
    /** Why it is kept, as config/privacy.yaml says. */
    reason?: string
  }[]
  /** What the systems of record have to delete. */
  systems: {
    system: string
    /** waiting: the event is still to leave the hub. told: it left. confirmed: the system has deleted it. */
    state: 'waiting' | 'told' | 'confirmed'
    records: {
      entity: string
      /** null once it is confirmed: nobody needs it any more. */
      key: string | null
      /** waiting: the event is still to leave the hub. told: it left. confirmed: the system has deleted it. */
      state: 'waiting' | 'told' | 'confirmed'
      confirmedAt: string | null
      /** `system`: its own deletion came; else who confirmed it. */
      confirmedBy: string | null
    }[]
  }[]
  /** Records whose changes are not applied any more, or only without the person. */
  keptOut: {
    erased: number
    kept: number
    /** Changes of them that came since. */
    seen: number
    lastSeenAt: string | null
  }
  /** The entry of the audit trail: its number, its place in the chain and its hash there. */
  proof: {
    entry: number | null
    position: number | null
    hash: string | null
  }
}

export interface GetErasureOfCustomerParams {
  /** The hub's id of the customer. */
  id: string
}

export type GetErasureOfCustomerAnswer = {
  id: string
  customer: string
  /** The customer and all that had been joined into it. */
  customers: string[]
  /**
   * Nothing can be read of the customer in either. sweeping: logs and answers are being looked through for what is
   * left; done: they were, twice.
   */
  state: 'sweeping' | 'done'
  reason:
    | 'no-longer-needed'
    | 'consent-withdrawn'
    | 'objection'
    | 'unlawful-processing'
    | 'legal-obligation'
    | 'child'
    | 'other-law'
  note: string | null
  requestedAt: string | null
  erasedAt: string
  finishedAt: string | null
  actor: string
  /** Rows removed or emptied, by table. */
  counts: { [name: string]: number }
  /** Records of other entities and what became of them; the first 1000. */
  records: {
    entity: string
    id: string
    fate: 'erased' | 'kept-without-person'
    /** Why it is kept, as config/privacy.yaml says. */
    reason?: string
  }[]
  /** What the systems of record have to delete. */
  systems: {
    system: string
    /** waiting: the event is still to leave the hub. told: it left. confirmed: the system has deleted it. */
    state: 'waiting' | 'told' | 'confirmed'
    records: {
      entity: string
      /** null once it is confirmed: nobody needs it any more. */
      key: string | null
      /** waiting: the event is still to leave the hub. told: it left. confirmed: the system has deleted it. */
      state: 'waiting' | 'told' | 'confirmed'
      confirmedAt: string | null
      /** `system`: its own deletion came; else who confirmed it. */
      confirmedBy: string | null
    }[]
  }[]
  /** Records whose changes are not applied any more, or only without the person. */
  keptOut: {
    erased: number
    kept: number
    /** Changes of them that came since. */
    seen: number
    lastSeenAt: string | null
  }
  /** The entry of the audit trail: its number, its place in the chain and its hash there. */
  proof: {
    entry: number | null
    position: number | null
    hash: string | null
  }
}

export interface ListErasuresParams {
  /** Only those that a system has still to confirm. Default: `false`. */
  open?: boolean | undefined
  /** How many at most. Default: `50`. */
  limit?: number | undefined
  /** The `next` of the page before; absent: the first page. */
  cursor?: string | undefined
}

export type ListErasuresItem = {
  id: string
  customer: string
  /** The customer and all that had been joined into it. */
  customers: string[]
  /**
   * Nothing can be read of the customer in either. sweeping: logs and answers are being looked through for what is
   * left; done: they were, twice.
   */
  state: 'sweeping' | 'done'
  reason:
    | 'no-longer-needed'
    | 'consent-withdrawn'
    | 'objection'
    | 'unlawful-processing'
    | 'legal-obligation'
    | 'child'
    | 'other-law'
  note: string | null
  requestedAt: string | null
  erasedAt: string
  finishedAt: string | null
  actor: string
  /** Rows removed or emptied, by table. */
  counts: { [name: string]: number }
  /** Records of other entities and what became of them; the first 1000. */
  records: {
    entity: string
    id: string
    fate: 'erased' | 'kept-without-person'
    /** Why it is kept, as config/privacy.yaml says. */
    reason?: string
  }[]
  /** What the systems of record have to delete. */
  systems: {
    system: string
    /** waiting: the event is still to leave the hub. told: it left. confirmed: the system has deleted it. */
    state: 'waiting' | 'told' | 'confirmed'
    records: {
      entity: string
      /** null once it is confirmed: nobody needs it any more. */
      key: string | null
      /** waiting: the event is still to leave the hub. told: it left. confirmed: the system has deleted it. */
      state: 'waiting' | 'told' | 'confirmed'
      confirmedAt: string | null
      /** `system`: its own deletion came; else who confirmed it. */
      confirmedBy: string | null
    }[]
  }[]
  /** Records whose changes are not applied any more, or only without the person. */
  keptOut: {
    erased: number
    kept: number
    /** Changes of them that came since. */
    seen: number
    lastSeenAt: string | null
  }
  /** The entry of the audit trail: its number, its place in the chain and its hash there. */
  proof: {
    entry: number | null
    position: number | null
    hash: string | null
  }
}

export type ListErasuresAnswer = {
  items: {
    id: string
    customer: string
    /** The customer and all that had been joined into it. */
    customers: string[]
    /**
     * Nothing can be read of the customer in either. sweeping: logs and answers are being looked through for what is
     * left; done: they were, twice.
     */
    state: 'sweeping' | 'done'
    reason:
      | 'no-longer-needed'
      | 'consent-withdrawn'
      | 'objection'
      | 'unlawful-processing'
      | 'legal-obligation'
      | 'child'
      | 'other-law'
    note: string | null
    requestedAt: string | null
    erasedAt: string
    finishedAt: string | null
    actor: string
    /** Rows removed or emptied, by table. */
    counts: { [name: string]: number }
    /** Records of other entities and what became of them; the first 1000. */
    records: {
      entity: string
      id: string
      fate: 'erased' | 'kept-without-person'
      /** Why it is kept, as config/privacy.yaml says. */
      reason?: string
    }[]
    /** What the systems of record have to delete. */
    systems: {
      system: string
      /** waiting: the event is still to leave the hub. told: it left. confirmed: the system has deleted it. */
      state: 'waiting' | 'told' | 'confirmed'
      records: {
        entity: string
        /** null once it is confirmed: nobody needs it any more. */
        key: string | null
        /** waiting: the event is still to leave the hub. told: it left. confirmed: the system has deleted it. */
        state: 'waiting' | 'told' | 'confirmed'
        confirmedAt: string | null
        /** `system`: its own deletion came; else who confirmed it. */
        confirmedBy: string | null
      }[]
    }[]
    /** Records whose changes are not applied any more, or only without the person. */
    keptOut: {
      erased: number
      kept: number
      /** Changes of them that came since. */
      seen: number
      lastSeenAt: string | null
    }
    /** The entry of the audit trail: its number, its place in the chain and its hash there. */
    proof: {
      entry: number | null
      position: number | null
      hash: string | null
    }
  }[]
  /** Cursor of the next page; null: this is the last one. */
  next: string | null
}

export interface GetErasureParams {
  /** Id of the erasure. */
  id: string
}

export type GetErasureAnswer = {
  id: string
  customer: string
  /** The customer and all that had been joined into it. */
  customers: string[]
  /**
   * Nothing can be read of the customer in either. sweeping: logs and answers are being looked through for what is
   * left; done: they were, twice.
   */
  state: 'sweeping' | 'done'
  reason:
    | 'no-longer-needed'
    | 'consent-withdrawn'
    | 'objection'
    | 'unlawful-processing'
    | 'legal-obligation'
    | 'child'
    | 'other-law'
  note: string | null
  requestedAt: string | null
  erasedAt: string
  finishedAt: string | null
  actor: string
  /** Rows removed or emptied, by table. */
  counts: { [name: string]: number }
  /** Records of other entities and what became of them; the first 1000. */
  records: {
    entity: string
    id: string
    fate: 'erased' | 'kept-without-person'
    /** Why it is kept, as config/privacy.yaml says. */
    reason?: string
  }[]
  /** What the systems of record have to delete. */
  systems: {
    system: string
    /** waiting: the event is still to leave the hub. told: it left. confirmed: the system has deleted it. */
    state: 'waiting' | 'told' | 'confirmed'
    records: {
      entity: string
      /** null once it is confirmed: nobody needs it any more. */
      key: string | null
      /** waiting: the event is still to leave the hub. told: it left. confirmed: the system has deleted it. */
      state: 'waiting' | 'told' | 'confirmed'
      confirmedAt: string | null
      /** `system`: its own deletion came; else who confirmed it. */
      confirmedBy: string | null
    }[]
  }[]
  /** Records whose changes are not applied any more, or only without the person. */
  keptOut: {
    erased: number
    kept: number
    /** Changes of them that came since. */
    seen: number
    lastSeenAt: string | null
  }
  /** The entry of the audit trail: its number, its place in the chain and its hash there. */
  proof: {
    entry: number | null
    position: number | null
    hash: string | null
  }
}

export interface ConfirmErasureParams {
  /** Id of the erasure. */
  id: string
  /** Which system, and which record where it is not all. */
  body: {
    system: string
    entity?: string
    key?: string
  }
}

export type ConfirmErasureAnswer = {
  id: string
  customer: string
  /** The customer and all that had been joined into it. */
  customers: string[]
  /**
   * Nothing can be read of the customer in either. sweeping: logs and answers are being looked through for what is
   * left; done: they were, twice.
   */
  state: 'sweeping' | 'done'
  reason:
    | 'no-longer-needed'
    | 'consent-withdrawn'
    | 'objection'
    | 'unlawful-processing'
    | 'legal-obligation'
    | 'child'
    | 'other-law'
  note: string | null
  requestedAt: string | null
  erasedAt: string
  finishedAt: string | null
  actor: string
  /** Rows removed or emptied, by table. */
  counts: { [name: string]: number }
  /** Records of other entities and what became of them; the first 1000. */
  records: {
    entity: string
    id: string
    fate: 'erased' | 'kept-without-person'
    /** Why it is kept, as config/privacy.yaml says. */
    reason?: string
  }[]
  /** What the systems of record have to delete. */
  systems: {
    system: string
    /** waiting: the event is still to leave the hub. told: it left. confirmed: the system has deleted it. */
    state: 'waiting' | 'told' | 'confirmed'
    records: {
      entity: string
      /** null once it is confirmed: nobody needs it any more. */
      key: string | null
      /** waiting: the event is still to leave the hub. told: it left. confirmed: the system has deleted it. */
      state: 'waiting' | 'told' | 'confirmed'
      confirmedAt: string | null
      /** `system`: its own deletion came; else who confirmed it. */
      confirmedBy: string | null
    }[]
  }[]
  /** Records whose changes are not applied any more, or only without the person. */
  keptOut: {
    erased: number
    kept: number
    /** Changes of them that came since. */
    seen: number
    lastSeenAt: string | null
  }
  /** The entry of the audit trail: its number, its place in the chain and its hash there. */
  proof: {
    entry: number | null
    position: number | null
    hash: string | null
  }
}

export interface ReadmitErasedParams {
  /** Id of the erasure. */
  id: string
  /** Which records, where it is not all of them. */
  body?:
    | {
        records?: {
          system: string
          entity: string
          key: string
        }[]
      }
    | undefined
}

export type ReadmitErasedAnswer = {
  id: string
  customer: string
  /** The customer and all that had been joined into it. */
  customers: string[]
  /**
   * Nothing can be read of the customer in either. sweeping: logs and answers are being looked through for what is
   * left; done: they were, twice.
   */
  state: 'sweeping' | 'done'
  reason:
    | 'no-longer-needed'
    | 'consent-withdrawn'
    | 'objection'
    | 'unlawful-processing'
    | 'legal-obligation'
    | 'child'
    | 'other-law'
  note: string | null
  requestedAt: string | null
  erasedAt: string
  finishedAt: string | null
  actor: string
  /** Rows removed or emptied, by table. */
  counts: { [name: string]: number }
  /** Records of other entities and what became of them; the first 1000. */
  records: {
    entity: string
    id: string
    fate: 'erased' | 'kept-without-person'
    /** Why it is kept, as config/privacy.yaml says. */
    reason?: string
  }[]
  /** What the systems of record have to delete. */
  systems: {
    system: string
    /** waiting: the event is still to leave the hub. told: it left. confirmed: the system has deleted it. */
    state: 'waiting' | 'told' | 'confirmed'
    records: {
      entity: string
      /** null once it is confirmed: nobody needs it any more. */
      key: string | null
      /** waiting: the event is still to leave the hub. told: it left. confirmed: the system has deleted it. */
      state: 'waiting' | 'told' | 'confirmed'
      confirmedAt: string | null
      /** `system`: its own deletion came; else who confirmed it. */
      confirmedBy: string | null
    }[]
  }[]
  /** Records whose changes are not applied any more, or only without the person. */
  keptOut: {
    erased: number
    kept: number
    /** Changes of them that came since. */
    seen: number
    lastSeenAt: string | null
  }
  /** The entry of the audit trail: its number, its place in the chain and its hash there. */
  proof: {
    entry: number | null
    position: number | null
    hash: string | null
  }
}

export type GetSecretsAnswer = {
  /** Id of the master key that seals. */
  key: string
  /** How many secrets each key has sealed. */
  inUse: { [name: string]: number }
}

export type RotateSecretsAnswer = {
  /** Id of the master key that seals. */
  key: string
  /** How many secrets each key has sealed. */
  inUse: { [name: string]: number }
  /** Sealed anew. */
  rotated: number
}

export type GetLivenessAnswer = {
  status: 'live'
}

export type GetReadinessAnswer = {
  status: 'ready' | 'not ready'
  checks: { [name: string]: 'ok' | 'failed' }
}

export type GetOpenApiAnswer = { [name: string]: unknown }
