// Generated from the OpenAPI document of the hub by `npm run docs`. Change the operation, not this file.
import type { EventStream } from '../event-stream.ts'
import type { Lines } from '../lines.ts'
import { Caller, type RequestOptions } from '../caller.ts'
import type { Pages } from '../pages.ts'
import type { OmnihubEvent } from './events.ts'
import { OPERATIONS } from './table.ts'
import type {
  ActivateMatchingSnapshotAnswer,
  ActivateMatchingSnapshotParams,
  BackfillSystemAnswer,
  BackfillSystemParams,
  CancelImportAnswer,
  CancelImportParams,
  ChangeContactDataAnswer,
  ChangeContactDataParams,
  CheckRuleAnswer,
  CheckRuleParams,
  ConfirmErasureAnswer,
  ConfirmErasureParams,
  CreateAccountAnswer,
  CreateAccountParams,
  CreateCaseAnswer,
  CreateCaseParams,
  CreateConsentAnswer,
  CreateConsentParams,
  CreateCustomerAnswer,
  CreateCustomerParams,
  CreateInteractionAnswer,
  CreateInteractionParams,
  CreateInvoiceAnswer,
  CreateInvoiceParams,
  CreateKeyAnswer,
  CreateKeyParams,
  CreateOfferAnswer,
  CreateOfferParams,
  CreateOrderAnswer,
  CreateOrderParams,
  CreatePaymentAnswer,
  CreatePaymentParams,
  CreateProductAnswer,
  CreateProductParams,
  CreateStockLevelAnswer,
  CreateStockLevelParams,
  CreateSubscriptionAnswer,
  CreateSubscriptionParams,
  DecideAnswer,
  DecideMatchAnswer,
  DecideMatchParams,
  DecideParams,
  DeleteSubscriptionParams,
  DescribeHookParams,
  DiscardParkedAnswer,
  DiscardParkedParams,
  DiscardRecordWriteAnswer,
  DiscardRecordWriteParams,
  DraftMappingAnswer,
  DraftMappingParams,
  DraftRuleAnswer,
  DraftRuleParams,
  DryRunParkedAnswer,
  DryRunParkedParams,
  EditAccountAnswer,
  EditAccountParams,
  EditCaseAnswer,
  EditCaseParams,
  EditConsentAnswer,
  EditConsentParams,
  EditCustomerAnswer,
  EditCustomerParams,
  EditInteractionAnswer,
  EditInteractionParams,
  EditInvoiceAnswer,
  EditInvoiceParams,
  EditOfferAnswer,
  EditOfferParams,
  EditOrderAnswer,
  EditOrderParams,
  EditParkedAnswer,
  EditParkedParams,
  EditPaymentAnswer,
  EditPaymentParams,
  EditProductAnswer,
  EditProductParams,
  EditStockLevelAnswer,
  EditStockLevelParams,
  EditSubscriptionAnswer,
  EditSubscriptionParams,
  EndExportAnswer,
  EndExportParams,
  EraseCustomerAnswer,
  EraseCustomerParams,
  ExportPersonalDataAnswer,
  ExportPersonalDataParams,
  FollowEventsParams,
  ForgetSystemAnswer,
  ForgetSystemParams,
  GetAccountAnswer,
  GetAccountParams,
  GetAsyncApiAnswer,
  GetCaseAnswer,
  GetCaseParams,
  GetConsentAnswer,
  GetConsentParams,
  GetCustomerAnswer,
  GetCustomerHistoryAnswer,
  GetCustomerHistoryItem,
  GetCustomerHistoryParams,
  GetCustomerNotesAnswer,
  GetCustomerNotesParams,
  GetCustomerParams,
  GetCustomerProvenanceAnswer,
  GetCustomerProvenanceParams,
  GetCustomerSourcesAnswer,
  GetCustomerSourcesParams,
  GetCustomerTimelineAnswer,
  GetCustomerTimelineItem,
  GetCustomerTimelineParams,
  GetCustomerWriteBacksAnswer,
  GetCustomerWriteBacksParams,
  GetDecisionAnswer,
  GetDecisionParams,
  GetErasureAnswer,
  GetErasureOfCustomerAnswer,
  GetErasureOfCustomerParams,
  GetErasureParams,
  GetExportAnswer,
  GetExportDataAnswer,
  GetExportDataParams,
  GetExportParams,
  GetImportAnswer,
  GetImportFaultsAnswer,
  GetImportFaultsParams,
  GetImportParams,
  GetInteractionAnswer,
  GetInteractionParams,
  GetInvoiceAnswer,
  GetInvoiceParams,
  GetLedgerAnswer,
  GetLivenessAnswer,
  GetMappingAnswer,
  GetMappingHistoryAnswer,
  GetMappingHistoryParams,
  GetMappingParams,
  GetMappingRevisionAnswer,
  GetMappingRevisionParams,
  GetMatchingAnswer,
  GetMatchingModelAnswer,
  GetMatchingModelParams,
  GetOfferAnswer,
  GetOfferParams,
  GetOpenApiAnswer,
  GetOrderAnswer,
  GetOrderParams,
  GetParkedAnswer,
  GetParkedParams,
  GetPaymentAnswer,
  GetPaymentParams,
  GetProductAnswer,
  GetProductParams,
  GetReadinessAnswer,
  GetRuleAnswer,
  GetRuleHistoryAnswer,
  GetRuleHistoryParams,
  GetRuleParams,
  GetRuleRevisionAnswer,
  GetRuleRevisionParams,
  GetRuleStateAnswer,
  GetRuleStateParams,
  GetSecretsAnswer,
  GetStockLevelAnswer,
  GetStockLevelParams,
  GetSubscriptionAnswer,
  GetSubscriptionParams,
  GetSystemAnswer,
  GetSystemParams,
  GetWriteAnswer,
  GetWriteBackAnswer,
  GetWriteBackParams,
  GetWriteParams,
  GroupParkedAnswer,
  JoinCustomersAnswer,
  JoinCustomersParams,
  ListAccountsAnswer,
  ListAccountsItem,
  ListAccountsParams,
  ListAuditAnswer,
  ListAuditItem,
  ListAuditParams,
  ListCasesAnswer,
  ListCasesItem,
  ListCasesParams,
  ListConsentsAnswer,
  ListConsentsItem,
  ListConsentsParams,
  ListCustomersAnswer,
  ListCustomersItem,
  ListCustomersParams,
  ListDecisionsAnswer,
  ListDecisionsParams,
  ListDeliveriesAnswer,
  ListDeliveriesItem,
  ListDeliveriesParams,
  ListErasuresAnswer,
  ListErasuresItem,
  ListErasuresParams,
  ListExportsAnswer,
  ListExportsItem,
  ListExportsParams,
  ListImportsAnswer,
  ListImportsItem,
  ListImportsParams,
  ListInteractionsAnswer,
  ListInteractionsItem,
  ListInteractionsParams,
  ListInvoicesAnswer,
  ListInvoicesItem,
  ListInvoicesParams,
  ListKeysAnswer,
  ListMappingsAnswer,
  ListMatchesAnswer,
  ListMatchesItem,
  ListMatchesParams,
  ListMatchingModelsAnswer,
  ListMatchingSnapshotsAnswer,
  ListNotesAnswer,
  ListNotesItem,
  ListNotesParams,
  ListOffersAnswer,
  ListOffersItem,
  ListOffersParams,
  ListOrdersAnswer,
  ListOrdersItem,
  ListOrdersParams,
  ListParkedAnswer,
  ListParkedItem,
  ListParkedParams,
  ListPaymentsAnswer,
  ListPaymentsItem,
  ListPaymentsParams,
  ListProductsAnswer,
  ListProductsItem,
  ListProductsParams,
  ListReconciliationsAnswer,
  ListReconciliationsParams,
  ListRecordWritesAnswer,
  ListRecordWritesItem,
  ListRecordWritesParams,
  ListRuleStatesAnswer,
  ListRulesAnswer,
  ListStockLevelsAnswer,
  ListStockLevelsItem,
  ListStockLevelsParams,
  ListSubscriptionsAnswer,
  ListSubscriptionsItem,
  ListSubscriptionsParams,
  ListSystemsAnswer,
  ListWriteBacksAnswer,
  ListWriteBacksItem,
  ListWriteBacksParams,
  PauseSystemAnswer,
  PauseSystemParams,
  PayInvoiceAnswer,
  PayInvoiceParams,
  PreviewMappingAnswer,
  PreviewMappingParams,
  PublishMappingAnswer,
  PublishMappingParams,
  PublishMatchingModelAnswer,
  PublishMatchingModelParams,
  PublishRuleAnswer,
  PublishRuleParams,
  ReadmitErasedAnswer,
  ReadmitErasedParams,
  ReceivePushParams,
  ReconcileSystemAnswer,
  ReconcileSystemParams,
  ReplayAllParkedAnswer,
  ReplayAllParkedParams,
  ReplayDecisionAnswer,
  ReplayDecisionParams,
  ReplayParkedAnswer,
  ReplayParkedParams,
  ReplaySubscriptionAnswer,
  ReplaySubscriptionParams,
  ResetSystemAnswer,
  ResetSystemParams,
  ResolveWriteBackAnswer,
  ResolveWriteBackParams,
  ResumeSystemAnswer,
  ResumeSystemParams,
  RetryRecordWriteAnswer,
  RetryRecordWriteParams,
  RetryWriteBackAnswer,
  RetryWriteBackParams,
  RevokeKeyAnswer,
  RevokeKeyParams,
  RollBackMappingAnswer,
  RollBackMappingParams,
  RollBackMatchingModelAnswer,
  RollBackRuleAnswer,
  RollBackRuleParams,
  RotateKeyAnswer,
  RotateKeyParams,
  RotateSecretsAnswer,
  RotateSubscriptionSecretAnswer,
  RotateSubscriptionSecretParams,
  SearchDecisionsAnswer,
  SearchDecisionsItem,
  SearchDecisionsParams,
  SendChangesAnswer,
  SendChangesParams,
  ShadowRuleAnswer,
  ShadowRuleParams,
  SplitCustomerAnswer,
  SplitCustomerParams,
  StartExportAnswer,
  StartExportParams,
  StartImportAnswer,
  StartImportParams,
  StreamCrossReferencesAnswer,
  StreamCrossReferencesParams,
  TakeMatchingSnapshotAnswer,
  TakeMatchingSnapshotParams,
  TestSubscriptionAnswer,
  TestSubscriptionParams,
  TrainMatchingModelAnswer,
  TrainMatchingModelParams,
  VerifyAuditAnswer,
  VerifyAuditParams,
  WithdrawMatchingSnapshotAnswer,
} from './types.ts'

/** One method for each operation of the API, named as the operation is. */
export class Methods extends Caller {
  /**
   * Find customers. `GET /v1/customers`
   *
   * By a record (`system` and `key`), by `email`, by `phone`, or by words (`q`): one of these ways, or none for
   * all customers. In the order of their ids.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * request.cursor.invalid, request.fields.unknown, request.incomplete, request.malformed, request.query.invalid,
   * request.query.missing, request.query.repeated, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, store.unavailable.
   */
  listCustomers(
    params: ListCustomersParams = {},
    options: RequestOptions = {},
  ): Pages<ListCustomersItem, ListCustomersAnswer> {
    return this.callPages(OPERATIONS.listCustomers, params, options)
  }

  /**
   * Note a prospect. `POST /v1/customers`
   *
   * Somebody who is no customer yet: a customer of the status `prospect`, of whom the hub itself is the system of
   * record. The same person is noted once: who comes again, through whatever channel, with an e-mail address, a
   * phone number or an identifier that the hub knows answers with the same id (200, `matched`), and so does who is
   * found to be a customer already. What is said again replaces what was said, lists grow. When a system of record
   * gets the person, the id stays, and what the system says outranks what the hub noted, the status first. All is
   * done when the answer comes.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * customer.edit.invalid, customer.edit.member-of-the-hub, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported,
   * request.idempotency-key.invalid, request.idempotency-key.reused, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, rule.change-refused, store.unavailable.
   */
  createCustomer(params: CreateCustomerParams, options: RequestOptions = {}): Promise<CreateCustomerAnswer> {
    return this.callJson(OPERATIONS.createCustomer, params, options)
  }

  /**
   * One customer. `GET /v1/customers/{id}`
   *
   * The golden record: what all systems together say of the customer. An id that was joined into another customer
   * answers with that one; the header Content-Location then names it.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * customer.erased, customer.unknown, request.fields.unknown, request.incomplete, request.malformed,
   * request.path.invalid, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getCustomer(
    params: GetCustomerParams,
    options?: RequestOptions & { ifNoneMatch?: undefined },
  ): Promise<GetCustomerAnswer>
  /** Undefined: what `ifNoneMatch` names is the newest. */
  getCustomer(
    params: GetCustomerParams,
    options: RequestOptions & { ifNoneMatch: string },
  ): Promise<GetCustomerAnswer | undefined>
  getCustomer(params: GetCustomerParams, options: RequestOptions = {}): Promise<GetCustomerAnswer | undefined> {
    return this.callJson(OPERATIONS.getCustomer, params, options)
  }

  /**
   * Edit a customer. `PATCH /v1/customers/{id}`
   *
   * A JSON Merge Patch (RFC 7396): members replace, null empties, lists are replaced whole. The golden record
   * shows the new values at once, and they are written back to every system that holds these fields and takes them
   * from the hub. An edit counts until a system changes the same field itself; a steward’s decision outranks it.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, customer.changed-meanwhile, customer.edit.decided,
   * customer.edit.invalid, customer.edit.member-of-the-hub, customer.edit.no-system-of-record,
   * customer.edit.not-active, customer.erased, customer.unknown, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported,
   * request.idempotency-key.invalid, request.idempotency-key.reused, request.incomplete, request.malformed,
   * request.path.invalid, request.precondition.missing, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, rule.change-refused, store.unavailable.
   */
  editCustomer(params: EditCustomerParams, options: RequestOptions = {}): Promise<EditCustomerAnswer> {
    return this.callJson(OPERATIONS.editCustomer, params, options)
  }

  /**
   * Where each value comes from. `GET /v1/customers/{id}/provenance`
   *
   * For each field: the value, the record it comes from, the rule that chose it, who agrees, and the values that
   * lost. An id that was joined into another customer answers with that one; the header Content-Location then
   * names it.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * customer.erased, customer.unknown, request.incomplete, request.malformed, request.path.invalid,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getCustomerProvenance(
    params: GetCustomerProvenanceParams,
    options: RequestOptions = {},
  ): Promise<GetCustomerProvenanceAnswer> {
    return this.callJson(OPERATIONS.getCustomerProvenance, params, options)
  }

  /**
   * The records behind a customer. `GET /v1/customers/{id}/sources`
   *
   * Each record of a system that belongs to the customer, raw and as its mapping made it. An id that was joined
   * into another customer answers with that one; the header Content-Location then names it.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * customer.erased, customer.unknown, request.incomplete, request.malformed, request.path.invalid,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getCustomerSources(
    params: GetCustomerSourcesParams,
    options: RequestOptions = {},
  ): Promise<GetCustomerSourcesAnswer> {
    return this.callJson(OPERATIONS.getCustomerSources, params, options)
  }

  /**
   * Versions of a customer. `GET /v1/customers/{id}/history`
   *
   * Newest first. A joined id shows its own versions.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * customer.erased, customer.unknown, request.cursor.invalid, request.incomplete, request.malformed,
   * request.path.invalid, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getCustomerHistory(
    params: GetCustomerHistoryParams,
    options: RequestOptions = {},
  ): Pages<GetCustomerHistoryItem, GetCustomerHistoryAnswer> {
    return this.callPages(OPERATIONS.getCustomerHistory, params, options)
  }

  /**
   * Everything that happened to a customer. `GET /v1/customers/{id}/timeline`
   *
   * Events of the customer, of those joined into it and of its records (invoices, orders, cases, ...), newest
   * first, as CloudEvents. An id that was joined into another customer answers with that one; the header
   * Content-Location then names it.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * customer.erased, customer.unknown, request.cursor.invalid, request.incomplete, request.malformed,
   * request.path.invalid, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getCustomerTimeline(
    params: GetCustomerTimelineParams,
    options: RequestOptions = {},
  ): Pages<GetCustomerTimelineItem, GetCustomerTimelineAnswer> {
    return this.callPages(OPERATIONS.getCustomerTimeline, params, options)
  }

  /**
   * Join two customers. `POST /v1/customers/{id}/join`
   *
   * A steward says that both are the same. The older id survives, the other keeps pointing to it. The decision
   * outranks every score; a split undoes it.
   *
   * Roles: admin, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, customer.already-joined, customer.decision-contradicted,
   * customer.erased, customer.not-active, customer.unknown, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported, request.incomplete,
   * request.malformed, request.path.invalid, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, store.unavailable.
   */
  joinCustomers(params: JoinCustomersParams, options: RequestOptions = {}): Promise<JoinCustomersAnswer> {
    return this.callJson(OPERATIONS.joinCustomers, params, options)
  }

  /**
   * Split a customer. `POST /v1/customers/{id}/split`
   *
   * A steward says that some records do not belong to the customer. They become the customer that they were
   * before, or a new one. A join undoes it.
   *
   * Roles: admin, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, customer.decision-contradicted, customer.erased,
   * customer.not-active, customer.split.foreign-record, customer.split.nothing-left,
   * customer.split.repeated-record, customer.unknown, request.body.duplicate-name, request.body.inexact-number,
   * request.body.invalid, request.body.malformed, request.body.missing, request.body.too-deep,
   * request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  splitCustomer(params: SplitCustomerParams, options: RequestOptions = {}): Promise<SplitCustomerAnswer> {
    return this.callJson(OPERATIONS.splitCustomer, params, options)
  }

  /**
   * Pay an invoice. `POST /v1/invoices/{id}/payments`
   *
   * A payment is made in the system of the invoice. Whether it is taken is decided by the shared rule
   * `payment-acceptance`, if the workspace has one, on what is open once all payments that are under way have
   * arrived: two payments at the same moment are decided on one after the other. Without the rule an invoice that
   * is not cancelled takes any amount in its currency. Nothing is changed where the answer is no.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * payment.amount.not-positive, payment.currency.other, payment.invoice-cancelled, record.create.not-taken,
   * record.create.system-needed, record.deleted, record.field.missing, record.field.not-writable, record.invalid,
   * record.member-of-the-hub, record.not-readable, record.on-its-way, record.read-only, record.reference.invalid,
   * record.reference.not-in-system, record.reference.several, record.reference.unknown, record.unknown,
   * record.write.conflict, record.write.key-taken, record.write.refused, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported,
   * request.idempotency-key.invalid, request.idempotency-key.reused, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * rule.change-refused, rule.refused, store.unavailable.
   */
  payInvoice(params: PayInvoiceParams, options: RequestOptions = {}): Promise<PayInvoiceAnswer> {
    return this.callJson(OPERATIONS.payInvoice, params, options)
  }

  /**
   * Change how a customer is reached. `POST /v1/customers/{id}/contact-changes`
   *
   * Single e-mail addresses, phone numbers and postal addresses are added, replaced or removed, one after the
   * other, on what the customer is at that moment: no ETag is needed. Whether the channel may do so is decided by
   * the shared rule `contact-change`, if the workspace has one. Otherwise it is an edit of the customer like any
   * other: shown at once, and written back to every system that takes it. Nothing is changed where the answer is
   * no.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * customer.changed-meanwhile, customer.contact.incomplete, customer.contact.not-there, customer.contact.several,
   * customer.contact.there-already, customer.edit.decided, customer.edit.invalid, customer.edit.member-of-the-hub,
   * customer.edit.no-system-of-record, customer.edit.not-active, customer.erased, customer.unknown,
   * request.body.duplicate-name, request.body.inexact-number, request.body.invalid, request.body.malformed,
   * request.body.missing, request.body.too-deep, request.body.too-large, request.content-type.unsupported,
   * request.idempotency-key.invalid, request.idempotency-key.reused, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * rule.change-refused, rule.refused, store.unavailable.
   */
  changeContactData(params: ChangeContactDataParams, options: RequestOptions = {}): Promise<ChangeContactDataAnswer> {
    return this.callJson(OPERATIONS.changeContactData, params, options)
  }

  /**
   * Find accounts. `GET /v1/accounts`
   *
   * By `customer`, by `account`, or by a record (`system` and `key`): one of these ways, or none for all. Of a
   * customer are those that point at one of its records or accounts. The other parameters choose among what is
   * found (not by a record): all of them must hold. In the order in which the hub got to know them, which no
   * change alters.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * customer.erased, customer.unknown, record.deleted, record.unknown, request.cursor.invalid,
   * request.fields.unknown, request.incomplete, request.malformed, request.query.invalid, request.query.missing,
   * request.query.repeated, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  listAccounts(
    params: ListAccountsParams = {},
    options: RequestOptions = {},
  ): Pages<ListAccountsItem, ListAccountsAnswer> {
    return this.callPages(OPERATIONS.listAccounts, params, options)
  }

  /**
   * Make a new account. `POST /v1/accounts`
   *
   * The record is made in its system of record, checked first by the schema, the shared rules and what the system
   * can hold. Its id is given at once and stays. What it points at is named by the id that the hub gives (`{"id":
   * "..."}`): a customer becomes its record in that system. Where no system takes such records, the hub keeps it
   * itself.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.create.not-taken, record.create.system-needed,
   * record.field.missing, record.field.not-writable, record.invalid, record.member-of-the-hub,
   * record.not-readable, record.read-only, record.reference.invalid, record.reference.not-in-system,
   * record.reference.several, record.reference.unknown, record.write.conflict, record.write.key-taken,
   * record.write.refused, request.body.duplicate-name, request.body.inexact-number, request.body.invalid,
   * request.body.malformed, request.body.missing, request.body.too-deep, request.body.too-large,
   * request.content-type.unsupported, request.idempotency-key.invalid, request.idempotency-key.reused,
   * request.incomplete, request.malformed, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, rule.change-refused, store.unavailable.
   */
  createAccount(params: CreateAccountParams, options: RequestOptions = {}): Promise<CreateAccountAnswer> {
    return this.callJson(OPERATIONS.createAccount, params, options)
  }

  /**
   * One account. `GET /v1/accounts/{id}`
   *
   * The record in canonical form; its references carry the hub's ids of what they point at, where the hub has
   * that.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * record.deleted, record.on-its-way, record.unknown, request.fields.unknown, request.incomplete,
   * request.malformed, request.path.invalid, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getAccount(
    params: GetAccountParams,
    options?: RequestOptions & { ifNoneMatch?: undefined },
  ): Promise<GetAccountAnswer>
  /** Undefined: what `ifNoneMatch` names is the newest. */
  getAccount(
    params: GetAccountParams,
    options: RequestOptions & { ifNoneMatch: string },
  ): Promise<GetAccountAnswer | undefined>
  getAccount(params: GetAccountParams, options: RequestOptions = {}): Promise<GetAccountAnswer | undefined> {
    return this.callJson(OPERATIONS.getAccount, params, options)
  }

  /**
   * Change one account. `PATCH /v1/accounts/{id}`
   *
   * A JSON Merge Patch (RFC 7396): members replace, null empties, lists are replaced whole. It is written to the
   * system of record, if that still has what the hub read last.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.changed-meanwhile, record.create.not-taken,
   * record.create.system-needed, record.deleted, record.field.missing, record.field.not-writable, record.invalid,
   * record.member-of-the-hub, record.not-readable, record.on-its-way, record.read-only, record.reference.invalid,
   * record.reference.not-in-system, record.reference.several, record.reference.unknown, record.unknown,
   * record.write.conflict, record.write.key-taken, record.write.refused, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported,
   * request.idempotency-key.invalid, request.idempotency-key.reused, request.incomplete, request.malformed,
   * request.path.invalid, request.precondition.missing, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, rule.change-refused, store.unavailable.
   */
  editAccount(params: EditAccountParams, options: RequestOptions = {}): Promise<EditAccountAnswer> {
    return this.callJson(OPERATIONS.editAccount, params, options)
  }

  /**
   * Find invoices. `GET /v1/invoices`
   *
   * By `customer`, by `account`, or by a record (`system` and `key`): one of these ways, or none for all. Of a
   * customer are those that point at one of its records or accounts. The other parameters choose among what is
   * found (not by a record): all of them must hold. In the order in which the hub got to know them, which no
   * change alters.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * customer.erased, customer.unknown, record.deleted, record.unknown, request.cursor.invalid,
   * request.fields.unknown, request.incomplete, request.malformed, request.query.invalid, request.query.missing,
   * request.query.repeated, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  listInvoices(
    params: ListInvoicesParams = {},
    options: RequestOptions = {},
  ): Pages<ListInvoicesItem, ListInvoicesAnswer> {
    return this.callPages(OPERATIONS.listInvoices, params, options)
  }

  /**
   * Make a new invoice. `POST /v1/invoices`
   *
   * The record is made in its system of record, checked first by the schema, the shared rules and what the system
   * can hold. Its id is given at once and stays. What it points at is named by the id that the hub gives (`{"id":
   * "..."}`): a customer becomes its record in that system. Where no system takes such records, the hub keeps it
   * itself.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.create.not-taken, record.create.system-needed,
   * record.field.missing, record.field.not-writable, record.invalid, record.member-of-the-hub,
   * record.not-readable, record.read-only, record.reference.invalid, record.reference.not-in-system,
   * record.reference.several, record.reference.unknown, record.write.conflict, record.write.key-taken,
   * record.write.refused, request.body.duplicate-name, request.body.inexact-number, request.body.invalid,
   * request.body.malformed, request.body.missing, request.body.too-deep, request.body.too-large,
   * request.content-type.unsupported, request.idempotency-key.invalid, request.idempotency-key.reused,
   * request.incomplete, request.malformed, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, rule.change-refused, store.unavailable.
   */
  createInvoice(params: CreateInvoiceParams, options: RequestOptions = {}): Promise<CreateInvoiceAnswer> {
    return this.callJson(OPERATIONS.createInvoice, params, options)
  }

  /**
   * One invoice. `GET /v1/invoices/{id}`
   *
   * The record in canonical form; its references carry the hub's ids of what they point at, where the hub has
   * that.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * record.deleted, record.on-its-way, record.unknown, request.fields.unknown, request.incomplete,
   * request.malformed, request.path.invalid, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getInvoice(
    params: GetInvoiceParams,
    options?: RequestOptions & { ifNoneMatch?: undefined },
  ): Promise<GetInvoiceAnswer>
  /** Undefined: what `ifNoneMatch` names is the newest. */
  getInvoice(
    params: GetInvoiceParams,
    options: RequestOptions & { ifNoneMatch: string },
  ): Promise<GetInvoiceAnswer | undefined>
  getInvoice(params: GetInvoiceParams, options: RequestOptions = {}): Promise<GetInvoiceAnswer | undefined> {
    return this.callJson(OPERATIONS.getInvoice, params, options)
  }

  /**
   * Change one invoice. `PATCH /v1/invoices/{id}`
   *
   * A JSON Merge Patch (RFC 7396): members replace, null empties, lists are replaced whole. It is written to the
   * system of record, if that still has what the hub read last.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.changed-meanwhile, record.create.not-taken,
   * record.create.system-needed, record.deleted, record.field.missing, record.field.not-writable, record.invalid,
   * record.member-of-the-hub, record.not-readable, record.on-its-way, record.read-only, record.reference.invalid,
   * record.reference.not-in-system, record.reference.several, record.reference.unknown, record.unknown,
   * record.write.conflict, record.write.key-taken, record.write.refused, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported,
   * request.idempotency-key.invalid, request.idempotency-key.reused, request.incomplete, request.malformed,
   * request.path.invalid, request.precondition.missing, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, rule.change-refused, store.unavailable.
   */
  editInvoice(params: EditInvoiceParams, options: RequestOptions = {}): Promise<EditInvoiceAnswer> {
    return this.callJson(OPERATIONS.editInvoice, params, options)
  }

  /**
   * Find payments. `GET /v1/payments`
   *
   * By `customer`, by `account`, or by a record (`system` and `key`): one of these ways, or none for all. Of a
   * customer are those that point at one of its records or accounts. The other parameters choose among what is
   * found (not by a record): all of them must hold. In the order in which the hub got to know them, which no
   * change alters.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * customer.erased, customer.unknown, record.deleted, record.unknown, request.cursor.invalid,
   * request.fields.unknown, request.incomplete, request.malformed, request.query.invalid, request.query.missing,
   * request.query.repeated, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  listPayments(
    params: ListPaymentsParams = {},
    options: RequestOptions = {},
  ): Pages<ListPaymentsItem, ListPaymentsAnswer> {
    return this.callPages(OPERATIONS.listPayments, params, options)
  }

  /**
   * Make a new payment. `POST /v1/payments`
   *
   * The record is made in its system of record, checked first by the schema, the shared rules and what the system
   * can hold. Its id is given at once and stays. What it points at is named by the id that the hub gives (`{"id":
   * "..."}`): a customer becomes its record in that system. Where no system takes such records, the hub keeps it
   * itself. Whether a payment of an invoice is taken is decided by the rule `payment-acceptance`, if the workspace
   * has one; `decision` tells how. `POST /v1/invoices/{id}/payments` is the shorter way.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, payment.amount.not-positive, payment.currency.other,
   * payment.invoice-cancelled, record.create.not-taken, record.create.system-needed, record.field.missing,
   * record.field.not-writable, record.invalid, record.member-of-the-hub, record.not-readable, record.read-only,
   * record.reference.invalid, record.reference.not-in-system, record.reference.several, record.reference.unknown,
   * record.write.conflict, record.write.key-taken, record.write.refused, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported,
   * request.idempotency-key.invalid, request.idempotency-key.reused, request.incomplete, request.malformed,
   * request.query.invalid, request.query.missing, request.query.repeated, request.query.unknown,
   * request.rate-limited, request.too-many-at-once, rule.change-refused, rule.refused, store.unavailable.
   */
  createPayment(params: CreatePaymentParams, options: RequestOptions = {}): Promise<CreatePaymentAnswer> {
    return this.callJson(OPERATIONS.createPayment, params, options)
  }

  /**
   * One payment. `GET /v1/payments/{id}`
   *
   * The record in canonical form; its references carry the hub's ids of what they point at, where the hub has
   * that.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * record.deleted, record.on-its-way, record.unknown, request.fields.unknown, request.incomplete,
   * request.malformed, request.path.invalid, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getPayment(
    params: GetPaymentParams,
    options?: RequestOptions & { ifNoneMatch?: undefined },
  ): Promise<GetPaymentAnswer>
  /** Undefined: what `ifNoneMatch` names is the newest. */
  getPayment(
    params: GetPaymentParams,
    options: RequestOptions & { ifNoneMatch: string },
  ): Promise<GetPaymentAnswer | undefined>
  getPayment(params: GetPaymentParams, options: RequestOptions = {}): Promise<GetPaymentAnswer | undefined> {
    return this.callJson(OPERATIONS.getPayment, params, options)
  }

  /**
   * Change one payment. `PATCH /v1/payments/{id}`
   *
   * A JSON Merge Patch (RFC 7396): members replace, null empties, lists are replaced whole. It is written to the
   * system of record, if that still has what the hub read last.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.changed-meanwhile, record.create.not-taken,
   * record.create.system-needed, record.deleted, record.field.missing, record.field.not-writable, record.invalid,
   * record.member-of-the-hub, record.not-readable, record.on-its-way, record.read-only, record.reference.invalid,
   * record.reference.not-in-system, record.reference.several, record.reference.unknown, record.unknown,
   * record.write.conflict, record.write.key-taken, record.write.refused, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported,
   * request.idempotency-key.invalid, request.idempotency-key.reused, request.incomplete, request.malformed,
   * request.path.invalid, request.precondition.missing, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, rule.change-refused, store.unavailable.
   */
  editPayment(params: EditPaymentParams, options: RequestOptions = {}): Promise<EditPaymentAnswer> {
    return this.callJson(OPERATIONS.editPayment, params, options)
  }

  /**
   * Find orders. `GET /v1/orders`
   *
   * By `customer`, by `account`, or by a record (`system` and `key`): one of these ways, or none for all. Of a
   * customer are those that point at one of its records or accounts. The other parameters choose among what is
   * found (not by a record): all of them must hold. In the order in which the hub got to know them, which no
   * change alters.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * customer.erased, customer.unknown, record.deleted, record.unknown, request.cursor.invalid,
   * request.fields.unknown, request.incomplete, request.malformed, request.query.invalid, request.query.missing,
   * request.query.repeated, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  listOrders(params: ListOrdersParams = {}, options: RequestOptions = {}): Pages<ListOrdersItem, ListOrdersAnswer> {
    return this.callPages(OPERATIONS.listOrders, params, options)
  }

  /**
   * Make a new order. `POST /v1/orders`
   *
   * The record is made in its system of record, checked first by the schema, the shared rules and what the system
   * can hold. Its id is given at once and stays. What it points at is named by the id that the hub gives (`{"id":
   * "..."}`): a customer becomes its record in that system. Where no system takes such records, the hub keeps it
   * itself. Whether an order is taken is decided by the rule `order-acceptance`, if the workspace has one;
   * `decision` tells how. The total, where it is left out, is the sum of the lines as far as their prices are
   * known; where it is there, it must be what they cost.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, order.currency.mixed, order.total.mismatch,
   * record.create.not-taken, record.create.system-needed, record.field.missing, record.field.not-writable,
   * record.invalid, record.member-of-the-hub, record.not-readable, record.read-only, record.reference.invalid,
   * record.reference.not-in-system, record.reference.several, record.reference.unknown, record.write.conflict,
   * record.write.key-taken, record.write.refused, request.body.duplicate-name, request.body.inexact-number,
   * request.body.invalid, request.body.malformed, request.body.missing, request.body.too-deep,
   * request.body.too-large, request.content-type.unsupported, request.idempotency-key.invalid,
   * request.idempotency-key.reused, request.incomplete, request.malformed, request.query.invalid,
   * request.query.missing, request.query.repeated, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, rule.change-refused, rule.refused, store.unavailable.
   */
  createOrder(params: CreateOrderParams, options: RequestOptions = {}): Promise<CreateOrderAnswer> {
    return this.callJson(OPERATIONS.createOrder, params, options)
  }

  /**
   * One order. `GET /v1/orders/{id}`
   *
   * The record in canonical form; its references carry the hub's ids of what they point at, where the hub has
   * that.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * record.deleted, record.on-its-way, record.unknown, request.fields.unknown, request.incomplete,
   * request.malformed, request.path.invalid, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getOrder(params: GetOrderParams, options?: RequestOptions & { ifNoneMatch?: undefined }): Promise<GetOrderAnswer>
  /** Undefined: what `ifNoneMatch` names is the newest. */
  getOrder(
    params: GetOrderParams,
    options: RequestOptions & { ifNoneMatch: string },
  ): Promise<GetOrderAnswer | undefined>
  getOrder(params: GetOrderParams, options: RequestOptions = {}): Promise<GetOrderAnswer | undefined> {
    return this.callJson(OPERATIONS.getOrder, params, options)
  }

  /**
   * Change one order. `PATCH /v1/orders/{id}`
   *
   * A JSON Merge Patch (RFC 7396): members replace, null empties, lists are replaced whole. It is written to the
   * system of record, if that still has what the hub read last.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.changed-meanwhile, record.create.not-taken,
   * record.create.system-needed, record.deleted, record.field.missing, record.field.not-writable, record.invalid,
   * record.member-of-the-hub, record.not-readable, record.on-its-way, record.read-only, record.reference.invalid,
   * record.reference.not-in-system, record.reference.several, record.reference.unknown, record.unknown,
   * record.write.conflict, record.write.key-taken, record.write.refused, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported,
   * request.idempotency-key.invalid, request.idempotency-key.reused, request.incomplete, request.malformed,
   * request.path.invalid, request.precondition.missing, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, rule.change-refused, store.unavailable.
   */
  editOrder(params: EditOrderParams, options: RequestOptions = {}): Promise<EditOrderAnswer> {
    return this.callJson(OPERATIONS.editOrder, params, options)
  }

  /**
   * Find products. `GET /v1/products`
   *
   * By `customer`, by `account`, or by a record (`system` and `key`): one of these ways, or none for all. Of a
   * customer are those that point at one of its records or accounts. The other parameters choose among what is
   * found (not by a record): all of them must hold. In the order in which the hub got to know them, which no
   * change alters.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, customer.erased, customer.unknown, record.deleted,
   * record.unknown, request.cursor.invalid, request.fields.unknown, request.incomplete, request.malformed,
   * request.query.invalid, request.query.missing, request.query.repeated, request.query.unknown,
   * request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  listProducts(
    params: ListProductsParams = {},
    options: RequestOptions = {},
  ): Pages<ListProductsItem, ListProductsAnswer> {
    return this.callPages(OPERATIONS.listProducts, params, options)
  }

  /**
   * Make a new product. `POST /v1/products`
   *
   * The record is made in its system of record, checked first by the schema, the shared rules and what the system
   * can hold. Its id is given at once and stays. What it points at is named by the id that the hub gives (`{"id":
   * "..."}`): a customer becomes its record in that system. Where no system takes such records, the hub keeps it
   * itself.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.create.not-taken, record.create.system-needed,
   * record.field.missing, record.field.not-writable, record.invalid, record.member-of-the-hub,
   * record.not-readable, record.read-only, record.reference.invalid, record.reference.not-in-system,
   * record.reference.several, record.reference.unknown, record.write.conflict, record.write.key-taken,
   * record.write.refused, request.body.duplicate-name, request.body.inexact-number, request.body.invalid,
   * request.body.malformed, request.body.missing, request.body.too-deep, request.body.too-large,
   * request.content-type.unsupported, request.idempotency-key.invalid, request.idempotency-key.reused,
   * request.incomplete, request.malformed, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, rule.change-refused, store.unavailable.
   */
  createProduct(params: CreateProductParams, options: RequestOptions = {}): Promise<CreateProductAnswer> {
    return this.callJson(OPERATIONS.createProduct, params, options)
  }

  /**
   * One product. `GET /v1/products/{id}`
   *
   * The record in canonical form; its references carry the hub's ids of what they point at, where the hub has
   * that.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.deleted, record.on-its-way, record.unknown,
   * request.fields.unknown, request.incomplete, request.malformed, request.path.invalid, request.query.invalid,
   * request.query.missing, request.query.repeated, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, store.unavailable.
   */
  getProduct(
    params: GetProductParams,
    options?: RequestOptions & { ifNoneMatch?: undefined },
  ): Promise<GetProductAnswer>
  /** Undefined: what `ifNoneMatch` names is the newest. */
  getProduct(
    params: GetProductParams,
    options: RequestOptions & { ifNoneMatch: string },
  ): Promise<GetProductAnswer | undefined>
  getProduct(params: GetProductParams, options: RequestOptions = {}): Promise<GetProductAnswer | undefined> {
    return this.callJson(OPERATIONS.getProduct, params, options)
  }

  /**
   * Change one product. `PATCH /v1/products/{id}`
   *
   * A JSON Merge Patch (RFC 7396): members replace, null empties, lists are replaced whole. It is written to the
   * system of record, if that still has what the hub read last.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.changed-meanwhile, record.create.not-taken,
   * record.create.system-needed, record.deleted, record.field.missing, record.field.not-writable, record.invalid,
   * record.member-of-the-hub, record.not-readable, record.on-its-way, record.read-only, record.reference.invalid,
   * record.reference.not-in-system, record.reference.several, record.reference.unknown, record.unknown,
   * record.write.conflict, record.write.key-taken, record.write.refused, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported,
   * request.idempotency-key.invalid, request.idempotency-key.reused, request.incomplete, request.malformed,
   * request.path.invalid, request.precondition.missing, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, rule.change-refused, store.unavailable.
   */
  editProduct(params: EditProductParams, options: RequestOptions = {}): Promise<EditProductAnswer> {
    return this.callJson(OPERATIONS.editProduct, params, options)
  }

  /**
   * Find stock levels. `GET /v1/stock-levels`
   *
   * By `customer`, by `account`, or by a record (`system` and `key`): one of these ways, or none for all. Of a
   * customer are those that point at one of its records or accounts. The other parameters choose among what is
   * found (not by a record): all of them must hold. In the order in which the hub got to know them, which no
   * change alters.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, customer.erased, customer.unknown, record.deleted,
   * record.unknown, request.cursor.invalid, request.fields.unknown, request.incomplete, request.malformed,
   * request.query.invalid, request.query.missing, request.query.repeated, request.query.unknown,
   * request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  listStockLevels(
    params: ListStockLevelsParams = {},
    options: RequestOptions = {},
  ): Pages<ListStockLevelsItem, ListStockLevelsAnswer> {
    return this.callPages(OPERATIONS.listStockLevels, params, options)
  }

  /**
   * Make a new stock level. `POST /v1/stock-levels`
   *
   * The record is made in its system of record, checked first by the schema, the shared rules and what the system
   * can hold. Its id is given at once and stays. What it points at is named by the id that the hub gives (`{"id":
   * "..."}`): a customer becomes its record in that system. Where no system takes such records, the hub keeps it
   * itself.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.create.not-taken, record.create.system-needed,
   * record.field.missing, record.field.not-writable, record.invalid, record.member-of-the-hub,
   * record.not-readable, record.read-only, record.reference.invalid, record.reference.not-in-system,
   * record.reference.several, record.reference.unknown, record.write.conflict, record.write.key-taken,
   * record.write.refused, request.body.duplicate-name, request.body.inexact-number, request.body.invalid,
   * request.body.malformed, request.body.missing, request.body.too-deep, request.body.too-large,
   * request.content-type.unsupported, request.idempotency-key.invalid, request.idempotency-key.reused,
   * request.incomplete, request.malformed, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, rule.change-refused, store.unavailable.
   */
  createStockLevel(params: CreateStockLevelParams, options: RequestOptions = {}): Promise<CreateStockLevelAnswer> {
    return this.callJson(OPERATIONS.createStockLevel, params, options)
  }

  /**
   * One stock level. `GET /v1/stock-levels/{id}`
   *
   * The record in canonical form; its references carry the hub's ids of what they point at, where the hub has
   * that.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.deleted, record.on-its-way, record.unknown,
   * request.fields.unknown, request.incomplete, request.malformed, request.path.invalid, request.query.invalid,
   * request.query.missing, request.query.repeated, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, store.unavailable.
   */
  getStockLevel(
    params: GetStockLevelParams,
    options?: RequestOptions & { ifNoneMatch?: undefined },
  ): Promise<GetStockLevelAnswer>
  /** Undefined: what `ifNoneMatch` names is the newest. */
  getStockLevel(
    params: GetStockLevelParams,
    options: RequestOptions & { ifNoneMatch: string },
  ): Promise<GetStockLevelAnswer | undefined>
  getStockLevel(params: GetStockLevelParams, options: RequestOptions = {}): Promise<GetStockLevelAnswer | undefined> {
    return this.callJson(OPERATIONS.getStockLevel, params, options)
  }

  /**
   * Change one stock level. `PATCH /v1/stock-levels/{id}`
   *
   * A JSON Merge Patch (RFC 7396): members replace, null empties, lists are replaced whole. It is written to the
   * system of record, if that still has what the hub read last.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.changed-meanwhile, record.create.not-taken,
   * record.create.system-needed, record.deleted, record.field.missing, record.field.not-writable, record.invalid,
   * record.member-of-the-hub, record.not-readable, record.on-its-way, record.read-only, record.reference.invalid,
   * record.reference.not-in-system, record.reference.several, record.reference.unknown, record.unknown,
   * record.write.conflict, record.write.key-taken, record.write.refused, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported,
   * request.idempotency-key.invalid, request.idempotency-key.reused, request.incomplete, request.malformed,
   * request.path.invalid, request.precondition.missing, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, rule.change-refused, store.unavailable.
   */
  editStockLevel(params: EditStockLevelParams, options: RequestOptions = {}): Promise<EditStockLevelAnswer> {
    return this.callJson(OPERATIONS.editStockLevel, params, options)
  }

  /**
   * Find cases. `GET /v1/cases`
   *
   * By `customer`, by `account`, or by a record (`system` and `key`): one of these ways, or none for all. Of a
   * customer are those that point at one of its records or accounts. The other parameters choose among what is
   * found (not by a record): all of them must hold. In the order in which the hub got to know them, which no
   * change alters.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * customer.erased, customer.unknown, record.deleted, record.unknown, request.cursor.invalid,
   * request.fields.unknown, request.incomplete, request.malformed, request.query.invalid, request.query.missing,
   * request.query.repeated, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  listCases(params: ListCasesParams = {}, options: RequestOptions = {}): Pages<ListCasesItem, ListCasesAnswer> {
    return this.callPages(OPERATIONS.listCases, params, options)
  }

  /**
   * Make a new case. `POST /v1/cases`
   *
   * The record is made in its system of record, checked first by the schema, the shared rules and what the system
   * can hold. Its id is given at once and stays. What it points at is named by the id that the hub gives (`{"id":
   * "..."}`): a customer becomes its record in that system. Where no system takes such records, the hub keeps it
   * itself.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.create.not-taken, record.create.system-needed,
   * record.field.missing, record.field.not-writable, record.invalid, record.member-of-the-hub,
   * record.not-readable, record.read-only, record.reference.invalid, record.reference.not-in-system,
   * record.reference.several, record.reference.unknown, record.write.conflict, record.write.key-taken,
   * record.write.refused, request.body.duplicate-name, request.body.inexact-number, request.body.invalid,
   * request.body.malformed, request.body.missing, request.body.too-deep, request.body.too-large,
   * request.content-type.unsupported, request.idempotency-key.invalid, request.idempotency-key.reused,
   * request.incomplete, request.malformed, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, rule.change-refused, store.unavailable.
   */
  createCase(params: CreateCaseParams, options: RequestOptions = {}): Promise<CreateCaseAnswer> {
    return this.callJson(OPERATIONS.createCase, params, options)
  }

  /**
   * One case. `GET /v1/cases/{id}`
   *
   * The record in canonical form; its references carry the hub's ids of what they point at, where the hub has
   * that.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * record.deleted, record.on-its-way, record.unknown, request.fields.unknown, request.incomplete,
   * request.malformed, request.path.invalid, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getCase(params: GetCaseParams, options?: RequestOptions & { ifNoneMatch?: undefined }): Promise<GetCaseAnswer>
  /** Undefined: what `ifNoneMatch` names is the newest. */
  getCase(params: GetCaseParams, options: RequestOptions & { ifNoneMatch: string }): Promise<GetCaseAnswer | undefined>
  getCase(params: GetCaseParams, options: RequestOptions = {}): Promise<GetCaseAnswer | undefined> {
    return this.callJson(OPERATIONS.getCase, params, options)
  }

  /**
   * Change one case. `PATCH /v1/cases/{id}`
   *
   * A JSON Merge Patch (RFC 7396): members replace, null empties, lists are replaced whole. It is written to the
   * system of record, if that still has what the hub read last.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.changed-meanwhile, record.create.not-taken,
   * record.create.system-needed, record.deleted, record.field.missing, record.field.not-writable, record.invalid,
   * record.member-of-the-hub, record.not-readable, record.on-its-way, record.read-only, record.reference.invalid,
   * record.reference.not-in-system, record.reference.several, record.reference.unknown, record.unknown,
   * record.write.conflict, record.write.key-taken, record.write.refused, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported,
   * request.idempotency-key.invalid, request.idempotency-key.reused, request.incomplete, request.malformed,
   * request.path.invalid, request.precondition.missing, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, rule.change-refused, store.unavailable.
   */
  editCase(params: EditCaseParams, options: RequestOptions = {}): Promise<EditCaseAnswer> {
    return this.callJson(OPERATIONS.editCase, params, options)
  }

  /**
   * Find interactions. `GET /v1/interactions`
   *
   * By `customer`, by `account`, or by a record (`system` and `key`): one of these ways, or none for all. Of a
   * customer are those that point at one of its records or accounts. The other parameters choose among what is
   * found (not by a record): all of them must hold. In the order in which the hub got to know them, which no
   * change alters.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * customer.erased, customer.unknown, record.deleted, record.unknown, request.cursor.invalid,
   * request.fields.unknown, request.incomplete, request.malformed, request.query.invalid, request.query.missing,
   * request.query.repeated, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  listInteractions(
    params: ListInteractionsParams = {},
    options: RequestOptions = {},
  ): Pages<ListInteractionsItem, ListInteractionsAnswer> {
    return this.callPages(OPERATIONS.listInteractions, params, options)
  }

  /**
   * Make a new interaction. `POST /v1/interactions`
   *
   * The record is made in its system of record, checked first by the schema, the shared rules and what the system
   * can hold. Its id is given at once and stays. What it points at is named by the id that the hub gives (`{"id":
   * "..."}`): a customer becomes its record in that system. Where no system takes such records, the hub keeps it
   * itself.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.create.not-taken, record.create.system-needed,
   * record.field.missing, record.field.not-writable, record.invalid, record.member-of-the-hub,
   * record.not-readable, record.read-only, record.reference.invalid, record.reference.not-in-system,
   * record.reference.several, record.reference.unknown, record.write.conflict, record.write.key-taken,
   * record.write.refused, request.body.duplicate-name, request.body.inexact-number, request.body.invalid,
   * request.body.malformed, request.body.missing, request.body.too-deep, request.body.too-large,
   * request.content-type.unsupported, request.idempotency-key.invalid, request.idempotency-key.reused,
   * request.incomplete, request.malformed, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, rule.change-refused, store.unavailable.
   */
  createInteraction(params: CreateInteractionParams, options: RequestOptions = {}): Promise<CreateInteractionAnswer> {
    return this.callJson(OPERATIONS.createInteraction, params, options)
  }

  /**
   * One interaction. `GET /v1/interactions/{id}`
   *
   * The record in canonical form; its references carry the hub's ids of what they point at, where the hub has
   * that.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * record.deleted, record.on-its-way, record.unknown, request.fields.unknown, request.incomplete,
   * request.malformed, request.path.invalid, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getInteraction(
    params: GetInteractionParams,
    options?: RequestOptions & { ifNoneMatch?: undefined },
  ): Promise<GetInteractionAnswer>
  /** Undefined: what `ifNoneMatch` names is the newest. */
  getInteraction(
    params: GetInteractionParams,
    options: RequestOptions & { ifNoneMatch: string },
  ): Promise<GetInteractionAnswer | undefined>
  getInteraction(
    params: GetInteractionParams,
    options: RequestOptions = {},
  ): Promise<GetInteractionAnswer | undefined> {
    return this.callJson(OPERATIONS.getInteraction, params, options)
  }

  /**
   * Change one interaction. `PATCH /v1/interactions/{id}`
   *
   * A JSON Merge Patch (RFC 7396): members replace, null empties, lists are replaced whole. It is written to the
   * system of record, if that still has what the hub read last.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.changed-meanwhile, record.create.not-taken,
   * record.create.system-needed, record.deleted, record.field.missing, record.field.not-writable, record.invalid,
   * record.member-of-the-hub, record.not-readable, record.on-its-way, record.read-only, record.reference.invalid,
   * record.reference.not-in-system, record.reference.several, record.reference.unknown, record.unknown,
   * record.write.conflict, record.write.key-taken, record.write.refused, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported,
   * request.idempotency-key.invalid, request.idempotency-key.reused, request.incomplete, request.malformed,
   * request.path.invalid, request.precondition.missing, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, rule.change-refused, store.unavailable.
   */
  editInteraction(params: EditInteractionParams, options: RequestOptions = {}): Promise<EditInteractionAnswer> {
    return this.callJson(OPERATIONS.editInteraction, params, options)
  }

  /**
   * Find consents. `GET /v1/consents`
   *
   * By `customer`, by `account`, or by a record (`system` and `key`): one of these ways, or none for all. Of a
   * customer are those that point at one of its records or accounts. The other parameters choose among what is
   * found (not by a record): all of them must hold. In the order in which the hub got to know them, which no
   * change alters.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * customer.erased, customer.unknown, record.deleted, record.unknown, request.cursor.invalid,
   * request.fields.unknown, request.incomplete, request.malformed, request.query.invalid, request.query.missing,
   * request.query.repeated, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  listConsents(
    params: ListConsentsParams = {},
    options: RequestOptions = {},
  ): Pages<ListConsentsItem, ListConsentsAnswer> {
    return this.callPages(OPERATIONS.listConsents, params, options)
  }

  /**
   * Make a new consent. `POST /v1/consents`
   *
   * The record is made in its system of record, checked first by the schema, the shared rules and what the system
   * can hold. Its id is given at once and stays. What it points at is named by the id that the hub gives (`{"id":
   * "..."}`): a customer becomes its record in that system. Where no system takes such records, the hub keeps it
   * itself.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.create.not-taken, record.create.system-needed,
   * record.field.missing, record.field.not-writable, record.invalid, record.member-of-the-hub,
   * record.not-readable, record.read-only, record.reference.invalid, record.reference.not-in-system,
   * record.reference.several, record.reference.unknown, record.write.conflict, record.write.key-taken,
   * record.write.refused, request.body.duplicate-name, request.body.inexact-number, request.body.invalid,
   * request.body.malformed, request.body.missing, request.body.too-deep, request.body.too-large,
   * request.content-type.unsupported, request.idempotency-key.invalid, request.idempotency-key.reused,
   * request.incomplete, request.malformed, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, rule.change-refused, store.unavailable.
   */
  createConsent(params: CreateConsentParams, options: RequestOptions = {}): Promise<CreateConsentAnswer> {
    return this.callJson(OPERATIONS.createConsent, params, options)
  }

  /**
   * One consent. `GET /v1/consents/{id}`
   *
   * The record in canonical form; its references carry the hub's ids of what they point at, where the hub has
   * that.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * record.deleted, record.on-its-way, record.unknown, request.fields.unknown, request.incomplete,
   * request.malformed, request.path.invalid, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getConsent(
    params: GetConsentParams,
    options?: RequestOptions & { ifNoneMatch?: undefined },
  ): Promise<GetConsentAnswer>
  /** Undefined: what `ifNoneMatch` names is the newest. */
  getConsent(
    params: GetConsentParams,
    options: RequestOptions & { ifNoneMatch: string },
  ): Promise<GetConsentAnswer | undefined>
  getConsent(params: GetConsentParams, options: RequestOptions = {}): Promise<GetConsentAnswer | undefined> {
    return this.callJson(OPERATIONS.getConsent, params, options)
  }

  /**
   * Change one consent. `PATCH /v1/consents/{id}`
   *
   * A JSON Merge Patch (RFC 7396): members replace, null empties, lists are replaced whole. It is written to the
   * system of record, if that still has what the hub read last.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.changed-meanwhile, record.create.not-taken,
   * record.create.system-needed, record.deleted, record.field.missing, record.field.not-writable, record.invalid,
   * record.member-of-the-hub, record.not-readable, record.on-its-way, record.read-only, record.reference.invalid,
   * record.reference.not-in-system, record.reference.several, record.reference.unknown, record.unknown,
   * record.write.conflict, record.write.key-taken, record.write.refused, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported,
   * request.idempotency-key.invalid, request.idempotency-key.reused, request.incomplete, request.malformed,
   * request.path.invalid, request.precondition.missing, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, rule.change-refused, store.unavailable.
   */
  editConsent(params: EditConsentParams, options: RequestOptions = {}): Promise<EditConsentAnswer> {
    return this.callJson(OPERATIONS.editConsent, params, options)
  }

  /**
   * Find offers. `GET /v1/offers`
   *
   * By `customer`, by `account`, or by a record (`system` and `key`): one of these ways, or none for all. Of a
   * customer are those that point at one of its records or accounts. The other parameters choose among what is
   * found (not by a record): all of them must hold. In the order in which the hub got to know them, which no
   * change alters.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * customer.erased, customer.unknown, record.deleted, record.unknown, request.cursor.invalid,
   * request.fields.unknown, request.incomplete, request.malformed, request.query.invalid, request.query.missing,
   * request.query.repeated, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  listOffers(params: ListOffersParams = {}, options: RequestOptions = {}): Pages<ListOffersItem, ListOffersAnswer> {
    return this.callPages(OPERATIONS.listOffers, params, options)
  }

  /**
   * Make a new offer. `POST /v1/offers`
   *
   * The record is made in its system of record, checked first by the schema, the shared rules and what the system
   * can hold. Its id is given at once and stays. What it points at is named by the id that the hub gives (`{"id":
   * "..."}`): a customer becomes its record in that system. Where no system takes such records, the hub keeps it
   * itself.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.create.not-taken, record.create.system-needed,
   * record.field.missing, record.field.not-writable, record.invalid, record.member-of-the-hub,
   * record.not-readable, record.read-only, record.reference.invalid, record.reference.not-in-system,
   * record.reference.several, record.reference.unknown, record.write.conflict, record.write.key-taken,
   * record.write.refused, request.body.duplicate-name, request.body.inexact-number, request.body.invalid,
   * request.body.malformed, request.body.missing, request.body.too-deep, request.body.too-large,
   * request.content-type.unsupported, request.idempotency-key.invalid, request.idempotency-key.reused,
   * request.incomplete, request.malformed, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, rule.change-refused, store.unavailable.
   */
  createOffer(params: CreateOfferParams, options: RequestOptions = {}): Promise<CreateOfferAnswer> {
    return this.callJson(OPERATIONS.createOffer, params, options)
  }

  /**
   * One offer. `GET /v1/offers/{id}`
   *
   * The record in canonical form; its references carry the hub's ids of what they point at, where the hub has
   * that.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * record.deleted, record.on-its-way, record.unknown, request.fields.unknown, request.incomplete,
   * request.malformed, request.path.invalid, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getOffer(params: GetOfferParams, options?: RequestOptions & { ifNoneMatch?: undefined }): Promise<GetOfferAnswer>
  /** Undefined: what `ifNoneMatch` names is the newest. */
  getOffer(
    params: GetOfferParams,
    options: RequestOptions & { ifNoneMatch: string },
  ): Promise<GetOfferAnswer | undefined>
  getOffer(params: GetOfferParams, options: RequestOptions = {}): Promise<GetOfferAnswer | undefined> {
    return this.callJson(OPERATIONS.getOffer, params, options)
  }

  /**
   * Change one offer. `PATCH /v1/offers/{id}`
   *
   * A JSON Merge Patch (RFC 7396): members replace, null empties, lists are replaced whole. It is written to the
   * system of record, if that still has what the hub read last.
   *
   * Roles: admin, channel, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.changed-meanwhile, record.create.not-taken,
   * record.create.system-needed, record.deleted, record.field.missing, record.field.not-writable, record.invalid,
   * record.member-of-the-hub, record.not-readable, record.on-its-way, record.read-only, record.reference.invalid,
   * record.reference.not-in-system, record.reference.several, record.reference.unknown, record.unknown,
   * record.write.conflict, record.write.key-taken, record.write.refused, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported,
   * request.idempotency-key.invalid, request.idempotency-key.reused, request.incomplete, request.malformed,
   * request.path.invalid, request.precondition.missing, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, rule.change-refused, store.unavailable.
   */
  editOffer(params: EditOfferParams, options: RequestOptions = {}): Promise<EditOfferAnswer> {
    return this.callJson(OPERATIONS.editOffer, params, options)
  }

  /**
   * How far a write is. `GET /v1/writes/{write}`
   *
   * Of a record that was made or changed through the API. Writes can be asked for a week after they ended, failed
   * ones for a month.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.write.unknown, request.incomplete,
   * request.malformed, request.path.invalid, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, store.unavailable.
   */
  getWrite(params: GetWriteParams, options: RequestOptions = {}): Promise<GetWriteAnswer> {
    return this.callJson(OPERATIONS.getWrite, params, options)
  }

  /**
   * Records on their way to systems. `GET /admin/v1/record-writes`
   *
   * Records that channels made or changed and that their systems do not have: on their way, in conflict, refused.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * request.cursor.invalid, request.incomplete, request.malformed, request.query.invalid, request.query.missing,
   * request.query.repeated, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  listRecordWrites(
    params: ListRecordWritesParams = {},
    options: RequestOptions = {},
  ): Pages<ListRecordWritesItem, ListRecordWritesAnswer> {
    return this.callPages(OPERATIONS.listRecordWrites, params, options)
  }

  /**
   * Send a record again. `POST /admin/v1/record-writes/{write}/retry`
   *
   * One that was refused, is in conflict, or waits for its next attempt, is sent at once, as it was.
   *
   * Roles: admin, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.write.unknown, request.incomplete,
   * request.malformed, request.path.invalid, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, store.unavailable.
   */
  retryRecordWrite(params: RetryRecordWriteParams, options: RequestOptions = {}): Promise<RetryRecordWriteAnswer> {
    return this.callJson(OPERATIONS.retryRecordWrite, params, options)
  }

  /**
   * Give a record up. `POST /admin/v1/record-writes/{write}/discard`
   *
   * It is not sent any more, and counts as failed. Not for one that is being sent at this moment.
   *
   * Roles: admin, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, record.write.unknown, request.incomplete,
   * request.malformed, request.path.invalid, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, store.unavailable.
   */
  discardRecordWrite(
    params: DiscardRecordWriteParams,
    options: RequestOptions = {},
  ): Promise<DiscardRecordWriteAnswer> {
    return this.callJson(OPERATIONS.discardRecordWrite, params, options)
  }

  /**
   * All rules. `GET /v1/rules`
   *
   * The rules that hold now, by name, with the schemas of what they take and give.
   *
   * Roles: admin, channel, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  listRules(options: RequestOptions = {}): Promise<ListRulesAnswer> {
    return this.callJson(OPERATIONS.listRules, {}, options)
  }

  /**
   * One rule. `GET /v1/rules/{rule}`
   *
   * The version of the rule that holds now, or the next that will.
   *
   * Roles: admin, channel, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once, rule.unknown,
   * store.unavailable.
   */
  getRule(params: GetRuleParams, options: RequestOptions = {}): Promise<GetRuleAnswer> {
    return this.callJson(OPERATIONS.getRule, params, options)
  }

  /**
   * Decide by a rule. `POST /v1/decisions/{rule}`
   *
   * The same answer for every channel. Where the rule reads something of a customer (`reads` in the list of
   * rules), `"customer": {"id": "..."}` in the input is enough: the hub puts the golden record and the records of
   * the customer into the input by these names, and makes of them what the rule also needs (`fills`). Single
   * records are named likewise (`"invoice": {"id": "..."}`). What you send yourself counts instead. Every decision
   * is kept, with its input, for a time.
   *
   * Roles: admin, channel, steward, engineer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * customer.erased, customer.unknown, request.body.duplicate-name, request.body.inexact-number,
   * request.body.invalid, request.body.malformed, request.body.missing, request.body.too-deep,
   * request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * rule.input.invalid, rule.not-in-force, rule.not-loaded, rule.output.invalid, rule.too-long, rule.unknown,
   * rule.value.beyond-limits, store.unavailable.
   */
  decide(params: DecideParams, options: RequestOptions = {}): Promise<DecideAnswer> {
    return this.callJson(OPERATIONS.decide, params, options)
  }

  /**
   * What is missing or unlikely in a customer. `GET /v1/customers/{id}/notes`
   *
   * What the rules that look at golden records found when the customer changed last. An id that was joined into
   * another customer answers with that one.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * customer.erased, customer.unknown, request.incomplete, request.malformed, request.path.invalid,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getCustomerNotes(params: GetCustomerNotesParams, options: RequestOptions = {}): Promise<GetCustomerNotesAnswer> {
    return this.callJson(OPERATIONS.getCustomerNotes, params, options)
  }

  /**
   * Customers in whose records something is missing or unlikely. `GET /admin/v1/notes`
   *
   * In the order of their ids.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * request.cursor.invalid, request.incomplete, request.malformed, request.query.invalid, request.query.missing,
   * request.query.repeated, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  listNotes(params: ListNotesParams = {}, options: RequestOptions = {}): Pages<ListNotesItem, ListNotesAnswer> {
    return this.callPages(OPERATIONS.listNotes, params, options)
  }

  /**
   * Follow events. `GET /v1/events`
   *
   * Server-sent events: each has the type as `event`, its position as `id` and the CloudEvent as `data`. Without a
   * position the stream begins now; with the header Last-Event-ID (browsers send it when they reconnect) it goes
   * on after that event, so that nothing is missed: at least once, in order. A comment comes every 15 seconds
   * while there is nothing to tell.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * events.filter.invalid, events.position.pruned, events.position.unknown, events.streams.too-many,
   * request.incomplete, request.malformed, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  followEvents(params: FollowEventsParams = {}, options: RequestOptions = {}): EventStream<OmnihubEvent> {
    return this.callEvents(OPERATIONS.followEvents, params, options)
  }

  /**
   * The events as AsyncAPI 3. `GET /asyncapi.json`
   *
   * Every event with its schema and an example, over the event stream, webhooks and the bus.
   *
   * No key needed.
   *
   * Errors: request.incomplete, request.malformed, request.query.unknown, store.unavailable.
   */
  getAsyncApi(options: RequestOptions = {}): Promise<GetAsyncApiAnswer> {
    return this.callJson(OPERATIONS.getAsyncApi, {}, options)
  }

  /**
   * Subscribe to events. `POST /v1/subscriptions`
   *
   * Events from now on are posted to the URL as CloudEvents, signed by the Standard Webhooks scheme: at least
   * once, those of one customer in order. Any 2xx within 15 seconds takes an event; anything else is tried again
   * for three days.
   *
   * Roles: admin, channel, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, egress.forbidden, egress.unresolved, egress.url.invalid,
   * egress.url.not-https, events.filter.invalid, request.body.duplicate-name, request.body.inexact-number,
   * request.body.invalid, request.body.malformed, request.body.missing, request.body.too-deep,
   * request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable,
   * subscription.owner.no-key, subscription.replay.ahead, subscription.too-many, subscription.type.unknown.
   */
  createSubscription(
    params: CreateSubscriptionParams,
    options: RequestOptions = {},
  ): Promise<CreateSubscriptionAnswer> {
    return this.callJson(OPERATIONS.createSubscription, params, options)
  }

  /**
   * List subscriptions. `GET /v1/subscriptions`
   *
   * Those of the key that asks; for an admin all.
   *
   * Roles: admin, channel, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.cursor.invalid, request.incomplete,
   * request.malformed, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable,
   * subscription.owner.no-key.
   */
  listSubscriptions(
    params: ListSubscriptionsParams = {},
    options: RequestOptions = {},
  ): Pages<ListSubscriptionsItem, ListSubscriptionsAnswer> {
    return this.callPages(OPERATIONS.listSubscriptions, params, options)
  }

  /**
   * Read a subscription. `GET /v1/subscriptions/{id}`
   *
   * With how its receiver does. Never with a secret.
   *
   * Roles: admin, channel, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable, subscription.owner.no-key, subscription.unknown.
   */
  getSubscription(params: GetSubscriptionParams, options: RequestOptions = {}): Promise<GetSubscriptionAnswer> {
    return this.callJson(OPERATIONS.getSubscription, params, options)
  }

  /**
   * Change, pause or resume a subscription. `PATCH /v1/subscriptions/{id}`
   *
   * A JSON Merge Patch. `state: paused` holds events back, `state: active` goes on where it stopped, also after
   * the hub has disabled it: nothing is skipped. Types and filter hold for events that were not looked at yet.
   *
   * Roles: admin, channel, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, egress.forbidden, egress.unresolved, egress.url.invalid,
   * egress.url.not-https, events.filter.invalid, request.body.duplicate-name, request.body.inexact-number,
   * request.body.invalid, request.body.malformed, request.body.missing, request.body.too-deep,
   * request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable, subscription.owner.no-key, subscription.replay.ahead, subscription.type.unknown,
   * subscription.unknown.
   */
  editSubscription(params: EditSubscriptionParams, options: RequestOptions = {}): Promise<EditSubscriptionAnswer> {
    return this.callJson(OPERATIONS.editSubscription, params, options)
  }

  /**
   * End a subscription. `DELETE /v1/subscriptions/{id}`
   *
   * What waits is dropped, and the log of its deliveries with it.
   *
   * Roles: admin, channel, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable, subscription.owner.no-key, subscription.unknown.
   */
  deleteSubscription(params: DeleteSubscriptionParams, options: RequestOptions = {}): Promise<void> {
    return this.callNothing(OPERATIONS.deleteSubscription, params, options)
  }

  /**
   * Give a subscription a new secret. `POST /v1/subscriptions/{id}/rotate-secret`
   *
   * Until the overlap ends, messages carry a signature by each of the two secrets, so that a receiver can change
   * at leisure. A secret that leaked is ended at once with `overlapSeconds: 0`.
   *
   * Roles: admin, channel, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, egress.forbidden, egress.unresolved, egress.url.invalid,
   * egress.url.not-https, events.filter.invalid, request.body.duplicate-name, request.body.inexact-number,
   * request.body.invalid, request.body.malformed, request.body.missing, request.body.too-deep,
   * request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable, subscription.owner.no-key, subscription.replay.ahead, subscription.type.unknown,
   * subscription.unknown.
   */
  rotateSubscriptionSecret(
    params: RotateSubscriptionSecretParams,
    options: RequestOptions = {},
  ): Promise<RotateSubscriptionSecretAnswer> {
    return this.callJson(OPERATIONS.rotateSubscriptionSecret, params, options)
  }

  /**
   * Deliver from an earlier place on. `POST /v1/subscriptions/{id}/replay`
   *
   * From now on the subscription is at this place: what waits is dropped, and every event after the place is
   * delivered, again where it was already, with the id that it had. A later place skips what lies before it.
   *
   * Roles: admin, channel, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, egress.forbidden, egress.unresolved, egress.url.invalid,
   * egress.url.not-https, events.filter.invalid, request.body.duplicate-name, request.body.inexact-number,
   * request.body.invalid, request.body.malformed, request.body.missing, request.body.too-deep,
   * request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable, subscription.owner.no-key, subscription.replay.ahead, subscription.replay.pruned,
   * subscription.type.unknown, subscription.unknown.
   */
  replaySubscription(
    params: ReplaySubscriptionParams,
    options: RequestOptions = {},
  ): Promise<ReplaySubscriptionAnswer> {
    return this.callJson(OPERATIONS.replaySubscription, params, options)
  }

  /**
   * Send a test event. `POST /v1/subscriptions/{id}/test`
   *
   * Sends one event of the type `subscription.test` now, signed like all others, whatever the state of the
   * subscription, and answers how that ended.
   *
   * Roles: admin, channel, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable, subscription.owner.no-key, subscription.unknown.
   */
  testSubscription(params: TestSubscriptionParams, options: RequestOptions = {}): Promise<TestSubscriptionAnswer> {
    return this.callJson(OPERATIONS.testSubscription, params, options)
  }

  /**
   * How attempts ended. `GET /v1/subscriptions/{id}/deliveries`
   *
   * The newest attempts first: about 500, of 14 days at most. Without the events themselves.
   *
   * Roles: admin, channel, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.cursor.invalid, request.incomplete,
   * request.malformed, request.path.invalid, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable,
   * subscription.owner.no-key, subscription.unknown.
   */
  listDeliveries(
    params: ListDeliveriesParams,
    options: RequestOptions = {},
  ): Pages<ListDeliveriesItem, ListDeliveriesAnswer> {
    return this.callPages(OPERATIONS.listDeliveries, params, options)
  }

  /**
   * Send changes of a system. `POST /v1/changes`
   *
   * CloudEvents 1.0 in JSON, one or a batch: `source: /systems/crm`, `type: omnihub.change.upserted` or
   * `.deleted`, `subject: Contact/003A1` (entity and key, each percent-encoded), `id` (the same id of a system
   * again is the same change), `time`, `sequence` (orders the changes of one record; compared as text, or as
   * numbers with `sequencetype: Integer`; absent: order of acceptance), `data` (the raw record as a JSON object).
   * One change may also come in binary mode, with `ce-*` headers.
   *
   * A batch is taken as a whole or not at all; a refusal lists each fault with its pointer. The answer comes when
   * the changes are durable.
   *
   * Roles: admin, system, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, change.batch.too-many, change.body.empty,
   * change.body.not-utf8, change.body.too-large, change.id.invalid, change.json.malformed, change.json.too-deep,
   * change.source.invalid, change.subject.invalid, change.system.forbidden, change.system.unknown,
   * request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  sendChanges(params: SendChangesParams, options: RequestOptions = {}): Promise<SendChangesAnswer> {
    return this.callJson(OPERATIONS.sendChanges, params, options)
  }

  /**
   * Import lines. `POST /v1/imports`
   *
   * NDJSON of any size, plain or `Content-Encoding: gzip`, taken while it comes: one change a line. Without
   * `system` and `entity` a line is a CloudEvent as POST /v1/changes takes it. With them it is a record as the
   * system has it: the mapping in force says where its key and its sequence are, and the id of the change follows
   * from the line, so that the same file again is the same changes.
   *
   * A line that is wrong is told by /faults, with its number, and changes nothing; the others are taken. The
   * answer comes when all are durable. An import that breaks off is `interrupted`: send the file again with the
   * same `id`, whole or from any line up to the one after `lines` (`fromLine`); lines that were taken are skipped.
   *
   * Roles: admin, system, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, import.connection.lost, import.encoding.unsupported,
   * import.gzip.broken, import.line.gap, import.mapping.no-key, import.mapping.unknown, import.other,
   * import.stopped, import.system.forbidden, import.system.unknown, import.taken-over, import.target.incomplete,
   * import.too-many, request.body.duplicate-name, request.body.inexact-number, request.body.invalid,
   * request.body.malformed, request.body.missing, request.body.too-deep, request.body.too-large,
   * request.content-type.unsupported, request.incomplete, request.malformed, request.query.invalid,
   * request.query.missing, request.query.repeated, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, store.unavailable.
   */
  startImport(params: StartImportParams, options: RequestOptions = {}): Promise<StartImportAnswer> {
    return this.callJson(OPERATIONS.startImport, params, options)
  }

  /**
   * List imports. `GET /v1/imports`
   *
   * The newest first; for a system its own. Each is told of for 30 days after its end.
   *
   * Roles: admin, system, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.cursor.invalid, request.incomplete,
   * request.malformed, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  listImports(params: ListImportsParams = {}, options: RequestOptions = {}): Pages<ListImportsItem, ListImportsAnswer> {
    return this.callPages(OPERATIONS.listImports, params, options)
  }

  /**
   * Read an import. `GET /v1/imports/{id}`
   *
   * How far it is, and what became of its changes.
   *
   * Roles: admin, system, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, import.unknown, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  getImport(params: GetImportParams, options: RequestOptions = {}): Promise<GetImportAnswer> {
    return this.callJson(OPERATIONS.getImport, params, options)
  }

  /**
   * Cancel an import. `DELETE /v1/imports/{id}`
   *
   * No further line is taken. What was taken stays taken.
   *
   * Roles: admin, system, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, import.over, import.unknown, request.incomplete,
   * request.malformed, request.path.invalid, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, store.unavailable.
   */
  cancelImport(params: CancelImportParams, options: RequestOptions = {}): Promise<CancelImportAnswer> {
    return this.callJson(OPERATIONS.cancelImport, params, options)
  }

  /**
   * Lines that were not taken. `GET /v1/imports/{id}/faults`
   *
   * One line of NDJSON for each, in their order, at most 10,000. They have numbers, codes and pointers, and no
   * values.
   *
   * Roles: admin, system, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, import.unknown, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  getImportFaults(params: GetImportFaultsParams, options: RequestOptions = {}): Lines<GetImportFaultsAnswer> {
    return this.callLines(OPERATIONS.getImportFaults, params, options)
  }

  /**
   * Export records. `POST /v1/exports`
   *
   * Makes a file of all records of a kind, as of one moment, one a line as GET answers them: in the background, by
   * any process of the hub. What your role does not see is not in it. Ask for its state until it is `completed`,
   * then read /data. Each export stands in the audit trail.
   *
   * Roles: admin, steward, engineer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * export.filter.invalid, export.filter.masked, export.too-many, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported,
   * request.idempotency-key.invalid, request.idempotency-key.reused, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  startExport(params: StartExportParams, options: RequestOptions = {}): Promise<StartExportAnswer> {
    return this.callJson(OPERATIONS.startExport, params, options)
  }

  /**
   * List exports. `GET /v1/exports`
   *
   * Those of the key that asks, for an admin all; the newest first.
   *
   * Roles: admin, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.cursor.invalid, request.incomplete,
   * request.malformed, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  listExports(params: ListExportsParams = {}, options: RequestOptions = {}): Pages<ListExportsItem, ListExportsAnswer> {
    return this.callPages(OPERATIONS.listExports, params, options)
  }

  /**
   * Read an export. `GET /v1/exports/{id}`
   *
   * How far it is, and until when its lines are kept.
   *
   * Roles: admin, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, export.unknown, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  getExport(params: GetExportParams, options: RequestOptions = {}): Promise<GetExportAnswer> {
    return this.callJson(OPERATIONS.getExport, params, options)
  }

  /**
   * Cancel an export, or drop its lines. `DELETE /v1/exports/{id}`
   *
   * One that is under way is cancelled; the lines of one that is ready are dropped.
   *
   * Roles: admin, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, export.unknown, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  endExport(params: EndExportParams, options: RequestOptions = {}): Promise<EndExportAnswer> {
    return this.callJson(OPERATIONS.endExport, params, options)
  }

  /**
   * Read the lines of an export. `GET /v1/exports/{id}/data`
   *
   * Kept for 24 hours, or until somebody in it is erased. A download that broke off goes on with `Range:
   * bytes=...` (If-Range with the ETag) or with `fromLine`. `Accept-Encoding: gzip` compresses it, except a part
   * by Range.
   *
   * Roles: admin, steward, engineer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing, export.ended,
   * export.expired, export.not-ready, export.unknown, request.incomplete, request.malformed, request.path.invalid,
   * request.query.invalid, request.query.missing, request.query.repeated, request.query.unknown,
   * request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getExportData(params: GetExportDataParams, options: RequestOptions = {}): Lines<GetExportDataAnswer> {
    return this.callLines(OPERATIONS.getExportData, params, options)
  }

  /**
   * Push in a system's own format. `POST /v1/hooks/{system}`
   *
   * Webhooks, SOAP messages, IDocs: whatever the connector of the system reads. It needs no API key: the connector
   * itself checks the signature or the password that the system sends. The answer, in the format that the system
   * expects, is positive only once the records are durable; the same push again is no second change. A paused
   * system is not read, but what it pushes is still taken.
   *
   * No API key: authenticated by the connector.
   *
   * Errors: request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, store.unavailable.
   */
  receivePush(params: ReceivePushParams, options: RequestOptions = {}): Promise<Response> {
    return this.callResponse(OPERATIONS.receivePush, params, options)
  }

  /**
   * What a system must know to push. `GET /v1/hooks/{system}`
   *
   * For formats that have a description (a WSDL) or ask whether the address is right before they push; the
   * connector answers.
   *
   * No API key: authenticated by the connector.
   *
   * Errors: request.incomplete, request.malformed, request.path.invalid, request.query.unknown, store.unavailable.
   */
  describeHook(params: DescribeHookParams, options: RequestOptions = {}): Promise<Response> {
    return this.callResponse(OPERATIONS.describeHook, params, options)
  }

  /**
   * The account of changes. `GET /admin/v1/ledger`
   *
   * At any moment accepted = applied + superseded + parked + rejected + discarded + inFlight: every change is
   * somewhere.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getLedger(options: RequestOptions = {}): Promise<GetLedgerAnswer> {
    return this.callJson(OPERATIONS.getLedger, {}, options)
  }

  /**
   * Which record belongs to which customer. `GET /admin/v1/cross-references`
   *
   * One JSON object a line (NDJSON), as of one moment, however many there are.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * request.incomplete, request.malformed, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  streamCrossReferences(
    params: StreamCrossReferencesParams = {},
    options: RequestOptions = {},
  ): Lines<StreamCrossReferencesAnswer> {
    return this.callLines(OPERATIONS.streamCrossReferences, params, options)
  }

  /**
   * All systems and how they are. `GET /admin/v1/systems`
   *
   * In the order of their names. Among them `hub`, once the hub is itself the system of record of something
   * (prospects, records that no other system takes): it is not read, and can not be paused.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  listSystems(options: RequestOptions = {}): Promise<ListSystemsAnswer> {
    return this.callJson(OPERATIONS.listSystems, {}, options)
  }

  /**
   * One system and how it is. `GET /admin/v1/systems/{system}`
   *
   * State, lag, parked changes and mappings of one system.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable, system.unknown.
   */
  getSystem(params: GetSystemParams, options: RequestOptions = {}): Promise<GetSystemAnswer> {
    return this.callJson(OPERATIONS.getSystem, params, options)
  }

  /**
   * Stop reading a system. `POST /admin/v1/systems/{system}/pause`
   *
   * Its connector ends after what it is doing, on every process. What the system pushes is still taken.
   *
   * Roles: admin, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable, system.unknown.
   */
  pauseSystem(params: PauseSystemParams, options: RequestOptions = {}): Promise<PauseSystemAnswer> {
    return this.callJson(OPERATIONS.pauseSystem, params, options)
  }

  /**
   * Read a system again. `POST /admin/v1/systems/{system}/resume`
   *
   * Its connector goes on where it stopped.
   *
   * Roles: admin, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable, system.unknown.
   */
  resumeSystem(params: ResumeSystemParams, options: RequestOptions = {}): Promise<ResumeSystemAnswer> {
    return this.callJson(OPERATIONS.resumeSystem, params, options)
  }

  /**
   * Read everything that a system has. `POST /admin/v1/systems/{system}/backfill`
   *
   * Begins or goes on; live changes keep flowing meanwhile. The progress is in the status of the system.
   *
   * Roles: admin, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.body.duplicate-name, request.body.inexact-number,
   * request.body.invalid, request.body.malformed, request.body.missing, request.body.too-deep,
   * request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable, system.unknown.
   */
  backfillSystem(params: BackfillSystemParams, options: RequestOptions = {}): Promise<BackfillSystemAnswer> {
    return this.callJson(OPERATIONS.backfillSystem, params, options)
  }

  /**
   * Parked changes by cause. `GET /admin/v1/parked/groups`
   *
   * What could not be applied, by system, entity and cause; the most frequent first.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  groupParked(options: RequestOptions = {}): Promise<GroupParkedAnswer> {
    return this.callJson(OPERATIONS.groupParked, {}, options)
  }

  /**
   * Parked changes. `GET /admin/v1/parked`
   *
   * In order of acceptance.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * request.cursor.invalid, request.incomplete, request.malformed, request.query.invalid, request.query.missing,
   * request.query.repeated, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  listParked(params: ListParkedParams = {}, options: RequestOptions = {}): Pages<ListParkedItem, ListParkedAnswer> {
    return this.callPages(OPERATIONS.listParked, params, options)
  }

  /**
   * Apply parked changes again. `POST /admin/v1/parked/replay`
   *
   * All that the members of the body name, each record in order: of a system, an entity, a cause, a key. An empty
   * object names all.
   *
   * Roles: admin, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.body.duplicate-name, request.body.inexact-number,
   * request.body.invalid, request.body.malformed, request.body.missing, request.body.too-deep,
   * request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  replayAllParked(params: ReplayAllParkedParams, options: RequestOptions = {}): Promise<ReplayAllParkedAnswer> {
    return this.callJson(OPERATIONS.replayAllParked, params, options)
  }

  /**
   * One parked change. `GET /admin/v1/parked/{no}`
   *
   * With its record, its cause and its earlier revisions.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * parked.unknown, request.incomplete, request.malformed, request.path.invalid, request.query.unknown,
   * request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getParked(params: GetParkedParams, options: RequestOptions = {}): Promise<GetParkedAnswer> {
    return this.callJson(OPERATIONS.getParked, params, options)
  }

  /**
   * Correct a parked change. `PUT /admin/v1/parked/{no}`
   *
   * Puts another record in its place, as a new revision; the earlier one is kept. Replay it afterwards.
   *
   * Roles: admin, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, parked.unknown, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported, request.incomplete,
   * request.malformed, request.path.invalid, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, store.unavailable.
   */
  editParked(params: EditParkedParams, options: RequestOptions = {}): Promise<EditParkedAnswer> {
    return this.callJson(OPERATIONS.editParked, params, options)
  }

  /**
   * Try a parked change. `POST /admin/v1/parked/{no}/dry-run`
   *
   * What the mapping in force would make of it, or of another record in its place. Changes nothing.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * parked.unknown, request.body.duplicate-name, request.body.inexact-number, request.body.invalid,
   * request.body.malformed, request.body.missing, request.body.too-deep, request.body.too-large,
   * request.content-type.unsupported, request.incomplete, request.malformed, request.path.invalid,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  dryRunParked(params: DryRunParkedParams, options: RequestOptions = {}): Promise<DryRunParkedAnswer> {
    return this.callJson(OPERATIONS.dryRunParked, params, options)
  }

  /**
   * Apply a parked change again. `POST /admin/v1/parked/{no}/replay`
   *
   * With all that waits behind it, in order.
   *
   * Roles: admin, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, parked.unknown, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  replayParked(params: ReplayParkedParams, options: RequestOptions = {}): Promise<ReplayParkedAnswer> {
    return this.callJson(OPERATIONS.replayParked, params, options)
  }

  /**
   * Give a parked change up. `POST /admin/v1/parked/{no}/discard`
   *
   * It counts as discarded; what waits behind it goes on.
   *
   * Roles: admin, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, parked.unknown, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported, request.incomplete,
   * request.malformed, request.path.invalid, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, store.unavailable.
   */
  discardParked(params: DiscardParkedParams, options: RequestOptions = {}): Promise<DiscardParkedAnswer> {
    return this.callJson(OPERATIONS.discardParked, params, options)
  }

  /**
   * Compare a system with the hub. `POST /admin/v1/systems/{system}/reconciliations`
   *
   * Reads everything that the system has, beside live changes and within its rate budget, and compares it with
   * what the hub has. A difference counts only if it is still there after the changes in flight have been applied.
   * The progress is in the status of the system.
   *
   * Roles: admin, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.body.duplicate-name, request.body.inexact-number,
   * request.body.invalid, request.body.malformed, request.body.missing, request.body.too-deep,
   * request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable, system.unknown.
   */
  reconcileSystem(params: ReconcileSystemParams, options: RequestOptions = {}): Promise<ReconcileSystemAnswer> {
    return this.callJson(OPERATIONS.reconcileSystem, params, options)
  }

  /**
   * Comparisons of a system with the hub. `GET /admin/v1/systems/{system}/reconciliations`
   *
   * The youngest first; the last 20 of each entity are kept.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.path.invalid, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable, system.unknown.
   */
  listReconciliations(
    params: ListReconciliationsParams,
    options: RequestOptions = {},
  ): Promise<ListReconciliationsAnswer> {
    return this.callJson(OPERATIONS.listReconciliations, params, options)
  }

  /**
   * Forget from where a system is read on. `POST /admin/v1/systems/{system}/reset`
   *
   * For places that the system or its connector refuses. The stored place is forgotten and a new snapshot is
   * taken, which also finds what was deleted meanwhile. The entities of a log share its place.
   *
   * Roles: admin, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.body.duplicate-name, request.body.inexact-number,
   * request.body.invalid, request.body.malformed, request.body.missing, request.body.too-deep,
   * request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable, system.unknown.
   */
  resetSystem(params: ResetSystemParams, options: RequestOptions = {}): Promise<ResetSystemAnswer> {
    return this.callJson(OPERATIONS.resetSystem, params, options)
  }

  /**
   * Release what a system holds for the hub. `POST /admin/v1/systems/{system}/forget`
   *
   * Before its document is taken away: pauses the system, and drops what its server would keep for the hub for
   * ever, such as a replication slot. The status of the system tells what was released. Resuming it takes a new
   * snapshot.
   *
   * Roles: admin, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable, system.unknown.
   */
  forgetSystem(params: ForgetSystemParams, options: RequestOptions = {}): Promise<ForgetSystemAnswer> {
    return this.callJson(OPERATIONS.forgetSystem, params, options)
  }

  /**
   * All mappings. `GET /admin/v1/mappings`
   *
   * The revision in force of each, the newest one, and how far records are being mapped anew.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  listMappings(options: RequestOptions = {}): Promise<ListMappingsAnswer> {
    return this.callJson(OPERATIONS.listMappings, {}, options)
  }

  /**
   * The mapping in force. `GET /admin/v1/mappings/{system}/{entity}`
   *
   * The published revision; where none ever was, the newest draft.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, mapping.unknown, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  getMapping(params: GetMappingParams, options: RequestOptions = {}): Promise<GetMappingAnswer> {
    return this.callJson(OPERATIONS.getMapping, params, options)
  }

  /**
   * Draft a mapping. `PUT /admin/v1/mappings/{system}/{entity}`
   *
   * Keeps the document as a new revision, after checking it. Nothing is in force until it is published.
   *
   * Roles: admin, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, mapping.unknown, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported, request.incomplete,
   * request.malformed, request.path.invalid, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, store.unavailable.
   */
  draftMapping(params: DraftMappingParams, options: RequestOptions = {}): Promise<DraftMappingAnswer> {
    return this.callJson(OPERATIONS.draftMapping, params, options)
  }

  /**
   * Revisions of a mapping. `GET /admin/v1/mappings/{system}/{entity}/revisions`
   *
   * Newest first, without their documents.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, mapping.unknown, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  getMappingHistory(params: GetMappingHistoryParams, options: RequestOptions = {}): Promise<GetMappingHistoryAnswer> {
    return this.callJson(OPERATIONS.getMappingHistory, params, options)
  }

  /**
   * One revision of a mapping. `GET /admin/v1/mappings/{system}/{entity}/revisions/{revision}`
   *
   * A revision is never changed: a correction is a new one.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, mapping.unknown, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  getMappingRevision(
    params: GetMappingRevisionParams,
    options: RequestOptions = {},
  ): Promise<GetMappingRevisionAnswer> {
    return this.callJson(OPERATIONS.getMappingRevision, params, options)
  }

  /**
   * Put a revision in force. `POST /admin/v1/mappings/{system}/{entity}/revisions/{revision}/publish`
   *
   * Its cases must hold. It is live on every hub process within a second; stored records are mapped anew, and only
   * those customers change that it touches.
   *
   * Roles: admin, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, mapping.unknown, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  publishMapping(params: PublishMappingParams, options: RequestOptions = {}): Promise<PublishMappingAnswer> {
    return this.callJson(OPERATIONS.publishMapping, params, options)
  }

  /**
   * Try a mapping on stored records. `POST /admin/v1/mappings/{system}/{entity}/preview`
   *
   * What a document, or a revision, makes of the newest stored records, beside what the mapping in force makes of
   * them. Keeps nothing.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * mapping.unknown, request.body.duplicate-name, request.body.inexact-number, request.body.invalid,
   * request.body.malformed, request.body.missing, request.body.too-deep, request.body.too-large,
   * request.content-type.unsupported, request.incomplete, request.malformed, request.path.invalid,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  previewMapping(params: PreviewMappingParams, options: RequestOptions = {}): Promise<PreviewMappingAnswer> {
    return this.callJson(OPERATIONS.previewMapping, params, options)
  }

  /**
   * Go back to the revision before. `POST /admin/v1/mappings/{system}/{entity}/roll-back`
   *
   * Puts the revision in force that was so before the present one.
   *
   * Roles: admin, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  rollBackMapping(params: RollBackMappingParams, options: RequestOptions = {}): Promise<RollBackMappingAnswer> {
    return this.callJson(OPERATIONS.rollBackMapping, params, options)
  }

  /**
   * Pairs to look at. `GET /admin/v1/matches`
   *
   * Records of different customers that look alike, but not enough to be joined without a person; the most alike
   * first, with the weight (log2) that each field gave. With `customer`: the pairs among the records of that
   * customer, which explain why they are one.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * request.cursor.invalid, request.incomplete, request.malformed, request.query.invalid, request.query.missing,
   * request.query.repeated, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  listMatches(params: ListMatchesParams = {}, options: RequestOptions = {}): Pages<ListMatchesItem, ListMatchesAnswer> {
    return this.callPages(OPERATIONS.listMatches, params, options)
  }

  /**
   * What stewards decided. `GET /admin/v1/matches/decisions`
   *
   * Newest first.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * request.incomplete, request.malformed, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  listDecisions(params: ListDecisionsParams = {}, options: RequestOptions = {}): Promise<ListDecisionsAnswer> {
    return this.callJson(OPERATIONS.listDecisions, params, options)
  }

  /**
   * Decide about a pair. `POST /admin/v1/matches/decisions`
   *
   * Says of two records that they are the same customer, or that they are not. It outranks every score; the
   * opposite word replaces it.
   *
   * Roles: admin, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.body.duplicate-name, request.body.inexact-number,
   * request.body.invalid, request.body.malformed, request.body.missing, request.body.too-deep,
   * request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  decideMatch(params: DecideMatchParams, options: RequestOptions = {}): Promise<DecideMatchAnswer> {
    return this.callJson(OPERATIONS.decideMatch, params, options)
  }

  /**
   * All API keys. `GET /admin/v1/keys`
   *
   * Newest first, revoked and expired ones too; never the secrets. The first-run admin key is not among them.
   *
   * Roles: admin.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  listKeys(options: RequestOptions = {}): Promise<ListKeysAnswer> {
    return this.callJson(OPERATIONS.listKeys, {}, options)
  }

  /**
   * Make an API key. `POST /admin/v1/keys`
   *
   * The answer shows the key, this once.
   *
   * Roles: admin.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.body.duplicate-name, request.body.inexact-number,
   * request.body.invalid, request.body.malformed, request.body.missing, request.body.too-deep,
   * request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  createKey(params: CreateKeyParams, options: RequestOptions = {}): Promise<CreateKeyAnswer> {
    return this.callJson(OPERATIONS.createKey, params, options)
  }

  /**
   * Put a new key in the place of one. `POST /admin/v1/keys/{id}/rotate`
   *
   * Makes a key with the same name, role, system and limits, and lets the old one go on for a while, so that its
   * user can change over without a gap. Where the old one had an expiry, the new one lives as long from now.
   *
   * Roles: admin.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, key.unknown, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported, request.incomplete,
   * request.malformed, request.path.invalid, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, store.unavailable.
   */
  rotateKey(params: RotateKeyParams, options: RequestOptions = {}): Promise<RotateKeyAnswer> {
    return this.callJson(OPERATIONS.rotateKey, params, options)
  }

  /**
   * Revoke an API key. `DELETE /admin/v1/keys/{id}`
   *
   * It stops working within two seconds on every process. Again changes nothing.
   *
   * Roles: admin.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, key.unknown, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  revokeKey(params: RevokeKeyParams, options: RequestOptions = {}): Promise<RevokeKeyAnswer> {
    return this.callJson(OPERATIONS.revokeKey, params, options)
  }

  /**
   * What matching rests on. `GET /admin/v1/matching`
   *
   * The versions in force, and how many records are still to be looked at again with them.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getMatching(options: RequestOptions = {}): Promise<GetMatchingAnswer> {
    return this.callJson(OPERATIONS.getMatching, {}, options)
  }

  /**
   * Versions of the matching model. `GET /admin/v1/matching/models`
   *
   * The newest hundred, newest first, without their documents.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  listMatchingModels(options: RequestOptions = {}): Promise<ListMatchingModelsAnswer> {
    return this.callJson(OPERATIONS.listMatchingModels, {}, options)
  }

  /**
   * A matching model. `GET /admin/v1/matching/model`
   *
   * The one in force, or another version of it.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.query.invalid, request.query.missing, request.query.repeated, request.query.unknown,
   * request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getMatchingModel(params: GetMatchingModelParams = {}, options: RequestOptions = {}): Promise<GetMatchingModelAnswer> {
    return this.callJson(OPERATIONS.getMatchingModel, params, options)
  }

  /**
   * Put a matching model in force. `POST /admin/v1/matching/model`
   *
   * Keeps the document as a new version, after checking it, and puts it in force. All records are then looked at
   * again, from two seconds later on; only customers that it touches change.
   *
   * Roles: admin, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.body.duplicate-name, request.body.inexact-number,
   * request.body.invalid, request.body.malformed, request.body.missing, request.body.too-deep,
   * request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  publishMatchingModel(
    params: PublishMatchingModelParams,
    options: RequestOptions = {},
  ): Promise<PublishMatchingModelAnswer> {
    return this.callJson(OPERATIONS.publishMatchingModel, params, options)
  }

  /**
   * Go back to the model before. `POST /admin/v1/matching/model/roll-back`
   *
   * Puts the model in force that was so before the present one. All records are then looked at again, from two
   * seconds later on; only customers that it touches change.
   *
   * Roles: admin, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  rollBackMatchingModel(options: RequestOptions = {}): Promise<RollBackMatchingModelAnswer> {
    return this.callJson(OPERATIONS.rollBackMatchingModel, {}, options)
  }

  /**
   * Learn a model from the stored records. `POST /admin/v1/matching/model/train`
   *
   * Estimates how copies differ in these records, starting from the model in force. Puts nothing in force: look at
   * the report, then publish the document.
   *
   * Roles: admin, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.body.duplicate-name, request.body.inexact-number,
   * request.body.invalid, request.body.malformed, request.body.missing, request.body.too-deep,
   * request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  trainMatchingModel(
    params: TrainMatchingModelParams,
    options: RequestOptions = {},
  ): Promise<TrainMatchingModelAnswer> {
    return this.callJson(OPERATIONS.trainMatchingModel, params, options)
  }

  /**
   * Snapshots. `GET /admin/v1/matching/snapshots`
   *
   * The newest hundred, newest first, without the frequencies.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  listMatchingSnapshots(options: RequestOptions = {}): Promise<ListMatchingSnapshotsAnswer> {
    return this.callJson(OPERATIONS.listMatchingSnapshots, {}, options)
  }

  /**
   * Take a snapshot. `POST /admin/v1/matching/snapshots`
   *
   * Counts how common names and post codes are in the stored records, measures how far each two systems hold the
   * same customers, and puts that in force. Answers when it is done: after seconds for ten thousands of records,
   * minutes for hundreds of thousands. All records are then looked at again, from two seconds later on; only
   * customers that it touches change.
   *
   * Roles: admin, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.body.duplicate-name, request.body.inexact-number,
   * request.body.invalid, request.body.malformed, request.body.missing, request.body.too-deep,
   * request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  takeMatchingSnapshot(
    params: TakeMatchingSnapshotParams = {},
    options: RequestOptions = {},
  ): Promise<TakeMatchingSnapshotAnswer> {
    return this.callJson(OPERATIONS.takeMatchingSnapshot, params, options)
  }

  /**
   * Put an earlier snapshot in force. `POST /admin/v1/matching/snapshots/{version}/activate`
   *
   * All records are then looked at again, from two seconds later on; only customers that it touches change.
   *
   * Roles: admin, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, matching.unknown-version, request.incomplete,
   * request.malformed, request.path.invalid, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, store.unavailable.
   */
  activateMatchingSnapshot(
    params: ActivateMatchingSnapshotParams,
    options: RequestOptions = {},
  ): Promise<ActivateMatchingSnapshotAnswer> {
    return this.callJson(OPERATIONS.activateMatchingSnapshot, params, options)
  }

  /**
   * Withdraw the snapshot. `POST /admin/v1/matching/snapshots/withdraw`
   *
   * From then on the model's own figures count. The snapshot is kept and can be put in force again. All records
   * are then looked at again, from two seconds later on; only customers that it touches change.
   *
   * Roles: admin, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  withdrawMatchingSnapshot(options: RequestOptions = {}): Promise<WithdrawMatchingSnapshotAnswer> {
    return this.callJson(OPERATIONS.withdrawMatchingSnapshot, {}, options)
  }

  /**
   * All rules and how they are. `GET /admin/v1/rules`
   *
   * By name: what is in force, from the uppermost down (the first that holds at a moment decides), drafts, and
   * what is wrong with the workspace files that are not in force.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  listRuleStates(options: RequestOptions = {}): Promise<ListRuleStatesAnswer> {
    return this.callJson(OPERATIONS.listRuleStates, {}, options)
  }

  /**
   * A rule as it was put in force last. `GET /admin/v1/rules/{rule}`
   *
   * The uppermost revision with its texts; where none ever was in force, the newest draft.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * rule.revision.unknown, rule.unknown, store.unavailable.
   */
  getRuleState(params: GetRuleStateParams, options: RequestOptions = {}): Promise<GetRuleStateAnswer> {
    return this.callJson(OPERATIONS.getRuleState, params, options)
  }

  /**
   * Draft a rule. `PUT /admin/v1/rules/{rule}`
   *
   * Keeps it as a new revision, after checking that it can be loaded beside the others. Nothing is in force until
   * it is published.
   *
   * Roles: admin, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.body.duplicate-name, request.body.inexact-number,
   * request.body.invalid, request.body.malformed, request.body.missing, request.body.too-deep,
   * request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  draftRule(params: DraftRuleParams, options: RequestOptions = {}): Promise<DraftRuleAnswer> {
    return this.callJson(OPERATIONS.draftRule, params, options)
  }

  /**
   * Revisions of a rule. `GET /admin/v1/rules/{rule}/revisions`
   *
   * Newest first, without their texts; who put which in force, and when.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * rule.revision.unknown, rule.unknown, store.unavailable.
   */
  getRuleHistory(params: GetRuleHistoryParams, options: RequestOptions = {}): Promise<GetRuleHistoryAnswer> {
    return this.callJson(OPERATIONS.getRuleHistory, params, options)
  }

  /**
   * One revision of a rule. `GET /admin/v1/rules/{rule}/revisions/{revision}`
   *
   * A revision is never changed: a correction is a new one.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * rule.revision.unknown, rule.unknown, store.unavailable.
   */
  getRuleRevision(params: GetRuleRevisionParams, options: RequestOptions = {}): Promise<GetRuleRevisionAnswer> {
    return this.callJson(OPERATIONS.getRuleRevision, params, options)
  }

  /**
   * Put a revision in force. `POST /admin/v1/rules/{rule}/revisions/{revision}/publish`
   *
   * Its cases must hold, and the rules that call it must go on. It holds from its validFrom to its validTo, over
   * what was in force before: with the answer, every hub process decides by it. A process that hangs delays the
   * answer by two seconds.
   *
   * Roles: admin, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * rule.revision.unknown, rule.unknown, store.unavailable.
   */
  publishRule(params: PublishRuleParams, options: RequestOptions = {}): Promise<PublishRuleAnswer> {
    return this.callJson(OPERATIONS.publishRule, params, options)
  }

  /**
   * Check a rule. `POST /admin/v1/rules/{rule}/check`
   *
   * All that is wrong with texts or a revision, which cases fail and how, and which cases of rules that call it
   * would fail. Keeps nothing.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.body.duplicate-name, request.body.inexact-number,
   * request.body.invalid, request.body.malformed, request.body.missing, request.body.too-deep,
   * request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * rule.revision.unknown, rule.unknown, store.unavailable.
   */
  checkRule(params: CheckRuleParams, options: RequestOptions = {}): Promise<CheckRuleAnswer> {
    return this.callJson(OPERATIONS.checkRule, params, options)
  }

  /**
   * Try a rule on real decisions. `POST /admin/v1/rules/{rule}/shadow`
   *
   * Makes the last decisions of the rule again, each with its input and for its moment, by what is in force and by
   * the draft, and shows where they differ. Keeps nothing.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * request.body.duplicate-name, request.body.inexact-number, request.body.invalid, request.body.malformed,
   * request.body.missing, request.body.too-deep, request.body.too-large, request.content-type.unsupported,
   * request.incomplete, request.malformed, request.path.invalid, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, rule.revision.unknown, rule.unknown, store.unavailable.
   */
  shadowRule(params: ShadowRuleParams, options: RequestOptions = {}): Promise<ShadowRuleAnswer> {
    return this.callJson(OPERATIONS.shadowRule, params, options)
  }

  /**
   * Take back what was put in force last. `POST /admin/v1/rules/{rule}/roll-back`
   *
   * What was in force before is so again.
   *
   * Roles: admin, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  rollBackRule(params: RollBackRuleParams, options: RequestOptions = {}): Promise<RollBackRuleAnswer> {
    return this.callJson(OPERATIONS.rollBackRule, params, options)
  }

  /**
   * What was decided. `GET /admin/v1/decisions`
   *
   * Newest first, without the records that were read. A page may be short, or empty, before the end of a search
   * for a rare result: go on while there is a `next`.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * request.cursor.invalid, request.incomplete, request.malformed, request.query.invalid, request.query.missing,
   * request.query.repeated, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  searchDecisions(
    params: SearchDecisionsParams = {},
    options: RequestOptions = {},
  ): Pages<SearchDecisionsItem, SearchDecisionsAnswer> {
    return this.callPages(OPERATIONS.searchDecisions, params, options)
  }

  /**
   * One decision. `GET /admin/v1/decisions/{id}`
   *
   * With its input, all that was read of the customer, and why it came out so.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * decision.unknown, request.incomplete, request.malformed, request.path.invalid, request.query.unknown,
   * request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getDecision(params: GetDecisionParams, options: RequestOptions = {}): Promise<GetDecisionAnswer> {
    return this.callJson(OPERATIONS.getDecision, params, options)
  }

  /**
   * Decide again. `POST /admin/v1/decisions/{id}/replay`
   *
   * By the revision, with the data and for the moment of then, which shows why it came out so; and by the rules,
   * with the data and for the moment of now. Keeps nothing.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * decision.unknown, request.incomplete, request.malformed, request.path.invalid, request.query.unknown,
   * request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  replayDecision(params: ReplayDecisionParams, options: RequestOptions = {}): Promise<ReplayDecisionAnswer> {
    return this.callJson(OPERATIONS.replayDecision, params, options)
  }

  /**
   * What is on its way to systems. `GET /v1/customers/{id}/write-backs`
   *
   * For each record of the customer to which the hub has something to write: which fields, and how far it is.
   *
   * Roles: admin, channel, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * customer.erased, customer.unknown, request.incomplete, request.malformed, request.path.invalid,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getCustomerWriteBacks(
    params: GetCustomerWriteBacksParams,
    options: RequestOptions = {},
  ): Promise<GetCustomerWriteBacksAnswer> {
    return this.callJson(OPERATIONS.getCustomerWriteBacks, params, options)
  }

  /**
   * What is to be written to systems. `GET /admin/v1/write-backs`
   *
   * Writes that wait, are tried again, have failed, or are in conflict and wait for a steward.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * request.cursor.invalid, request.incomplete, request.malformed, request.query.invalid, request.query.missing,
   * request.query.repeated, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  listWriteBacks(
    params: ListWriteBacksParams = {},
    options: RequestOptions = {},
  ): Pages<ListWriteBacksItem, ListWriteBacksAnswer> {
    return this.callPages(OPERATIONS.listWriteBacks, params, options)
  }

  /**
   * One write-back. `GET /admin/v1/write-backs/{no}`
   *
   * With what the hub wants, and in a conflict what it expected and what the system has.
   *
   * Roles: admin, steward, engineer, viewer.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * request.incomplete, request.malformed, request.path.invalid, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, store.unavailable, write-back.unknown.
   */
  getWriteBack(params: GetWriteBackParams, options: RequestOptions = {}): Promise<GetWriteBackAnswer> {
    return this.callJson(OPERATIONS.getWriteBack, params, options)
  }

  /**
   * Decide a conflict. `POST /admin/v1/write-backs/{no}/resolve`
   *
   * `hub`: the hub’s value is written over what the system has. `system`: what the system has counts as its latest
   * word, and reaches the other systems by the rules of survivorship.
   *
   * Roles: admin, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.body.duplicate-name, request.body.inexact-number,
   * request.body.invalid, request.body.malformed, request.body.missing, request.body.too-deep,
   * request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable, write-back.unknown.
   */
  resolveWriteBack(params: ResolveWriteBackParams, options: RequestOptions = {}): Promise<ResolveWriteBackAnswer> {
    return this.callJson(OPERATIONS.resolveWriteBack, params, options)
  }

  /**
   * Try a write again. `POST /admin/v1/write-backs/{no}/retry`
   *
   * One that has failed, or that waits for its next attempt, is tried at once.
   *
   * Roles: admin, steward, engineer.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable, write-back.unknown.
   */
  retryWriteBack(params: RetryWriteBackParams, options: RequestOptions = {}): Promise<RetryWriteBackAnswer> {
    return this.callJson(OPERATIONS.retryWriteBack, params, options)
  }

  /**
   * Who read and did what. `GET /admin/v1/audit`
   *
   * Reads of personal data and administrative acts, newest first. Reads of one key through one operation within a
   * fifth of a second are one entry.
   *
   * Roles: admin.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.cursor.invalid, request.incomplete,
   * request.malformed, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  listAudit(params: ListAuditParams = {}, options: RequestOptions = {}): Pages<ListAuditItem, ListAuditAnswer> {
    return this.callPages(OPERATIONS.listAudit, params, options)
  }

  /**
   * Whether the audit trail is as it was written. `POST /admin/v1/audit/verify`
   *
   * Goes over the whole chain and names each entry that was changed, removed or put in between. Whether its end
   * was cut off, or all of it made anew, shows only against heads that were noted outside of the database.
   *
   * Roles: admin.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.body.duplicate-name, request.body.inexact-number,
   * request.body.invalid, request.body.malformed, request.body.missing, request.body.too-deep,
   * request.body.too-large, request.content-type.unsupported, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  verifyAudit(params: VerifyAuditParams = {}, options: RequestOptions = {}): Promise<VerifyAuditAnswer> {
    return this.callJson(OPERATIONS.verifyAudit, params, options)
  }

  /**
   * Everything the hub holds of a person. `GET /v1/customers/{id}/personal-data`
   *
   * For the answer to a person who asks (GDPR, articles 15 and 20): the golden record and where each value comes
   * from, all versions, the records of the systems as they came, records that belong to the customer, decisions,
   * notes, writes, parked changes, events and who received them, and who read it when; each part with the reason
   * why it is held. One JSON document, sent as it is read. Nothing in it is masked, so a role that does not see
   * everything gets none.
   *
   * Roles: admin, steward.
   *
   * Errors: access.masked-parameter, access.masked-role, auth.forbidden, auth.invalid, auth.missing,
   * customer.erased, customer.unknown, request.incomplete, request.malformed, request.path.invalid,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  exportPersonalData(
    params: ExportPersonalDataParams,
    options: RequestOptions = {},
  ): Promise<ExportPersonalDataAnswer> {
    return this.callJson(OPERATIONS.exportPersonalData, params, options)
  }

  /**
   * Erase a customer. `POST /v1/customers/{id}/erasure`
   *
   * Takes everything that the hub holds of the person (GDPR, article 17), for good: afterwards each read of the
   * customer, and of those joined into it, is answered with 410. Records that the law has kept stay without the
   * person (config/privacy.yaml). Changes that systems send of it later are not applied. The event
   * `customer.erased` tells the systems of record. Again for the same customer: the same answer.
   *
   * Roles: admin, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, customer.unknown, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported, request.incomplete,
   * request.malformed, request.path.invalid, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, store.unavailable.
   */
  eraseCustomer(params: EraseCustomerParams, options: RequestOptions = {}): Promise<EraseCustomerAnswer> {
    return this.callJson(OPERATIONS.eraseCustomer, params, options)
  }

  /**
   * The erasure of a customer. `GET /v1/customers/{id}/erasure`
   *
   * By the id of the customer, or of one that had been joined into it.
   *
   * Roles: admin, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, customer.unknown, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  getErasureOfCustomer(
    params: GetErasureOfCustomerParams,
    options: RequestOptions = {},
  ): Promise<GetErasureOfCustomerAnswer> {
    return this.callJson(OPERATIONS.getErasureOfCustomer, params, options)
  }

  /**
   * Erasures. `GET /admin/v1/erasures`
   *
   * Newest first.
   *
   * Roles: admin, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.cursor.invalid, request.incomplete,
   * request.malformed, request.query.invalid, request.query.missing, request.query.repeated,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  listErasures(
    params: ListErasuresParams = {},
    options: RequestOptions = {},
  ): Pages<ListErasuresItem, ListErasuresAnswer> {
    return this.callPages(OPERATIONS.listErasures, params, options)
  }

  /**
   * One erasure: its certificate. `GET /admin/v1/erasures/{id}`
   *
   * What was done, when, why and by whom, and what systems have confirmed. It holds no personal data.
   *
   * Roles: admin, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, erasure.unknown, request.incomplete, request.malformed,
   * request.path.invalid, request.query.unknown, request.rate-limited, request.too-many-at-once,
   * store.unavailable.
   */
  getErasure(params: GetErasureParams, options: RequestOptions = {}): Promise<GetErasureAnswer> {
    return this.callJson(OPERATIONS.getErasure, params, options)
  }

  /**
   * A system has deleted what it held. `POST /admin/v1/erasures/{id}/confirmations`
   *
   * For systems that do not tell the hub of deletions. All that the system has still to delete, or the one record
   * of `entity` and `key`. The hub forgets the keys then.
   *
   * Roles: admin, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, erasure.unknown, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported, request.incomplete,
   * request.malformed, request.path.invalid, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, store.unavailable.
   */
  confirmErasure(params: ConfirmErasureParams, options: RequestOptions = {}): Promise<ConfirmErasureAnswer> {
    return this.callJson(OPERATIONS.confirmErasure, params, options)
  }

  /**
   * Let changes of erased records in again. `POST /admin/v1/erasures/{id}/readmission`
   *
   * The person has become a customer anew: the next changes of these records, or of all records of the erasure,
   * are applied, and make a new customer with a new id. What was erased stays erased.
   *
   * Roles: admin, steward.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, erasure.unknown, request.body.duplicate-name,
   * request.body.inexact-number, request.body.invalid, request.body.malformed, request.body.missing,
   * request.body.too-deep, request.body.too-large, request.content-type.unsupported, request.incomplete,
   * request.malformed, request.path.invalid, request.query.unknown, request.rate-limited,
   * request.too-many-at-once, store.unavailable.
   */
  readmitErased(params: ReadmitErasedParams, options: RequestOptions = {}): Promise<ReadmitErasedAnswer> {
    return this.callJson(OPERATIONS.readmitErased, params, options)
  }

  /**
   * Which master keys are in use. `GET /admin/v1/secrets`
   *
   * Ids of keys only: they tell keys apart and say nothing of them.
   *
   * Roles: admin.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  getSecrets(options: RequestOptions = {}): Promise<GetSecretsAnswer> {
    return this.callJson(OPERATIONS.getSecrets, {}, options)
  }

  /**
   * Seal all secrets with the present master key. `POST /admin/v1/secrets/rotation`
   *
   * After OMNIHUB_MASTER_KEY was changed and the former key listed in OMNIHUB_MASTER_KEYS_OLD, for all processes.
   * Broken off, it goes on where it was when it is asked for again. When only the present key is in use, the
   * former one can be taken out of the settings.
   *
   * Roles: admin.
   *
   * Errors: auth.forbidden, auth.invalid, auth.missing, request.incomplete, request.malformed,
   * request.query.unknown, request.rate-limited, request.too-many-at-once, store.unavailable.
   */
  rotateSecrets(options: RequestOptions = {}): Promise<RotateSecretsAnswer> {
    return this.callJson(OPERATIONS.rotateSecrets, {}, options)
  }

  /**
   * Whether the process lives. `GET /health/live`
   *
   * Answers for as long as the process can answer at all; a platform restarts a process that does not.
   *
   * No key needed.
   *
   * Errors: request.incomplete, request.malformed, request.query.unknown, store.unavailable.
   */
  getLiveness(options: RequestOptions = {}): Promise<GetLivenessAnswer> {
    return this.callJson(OPERATIONS.getLiveness, {}, options)
  }

  /**
   * Whether the process can work. `GET /health/ready`
   *
   * Ready when everything it needs is there (database, bus); not ready also from the moment it is told to stop, so
   * that a load balancer sends nothing more.
   *
   * No key needed.
   *
   * Errors: request.incomplete, request.malformed, request.query.unknown, store.unavailable.
   */
  getReadiness(options: RequestOptions = {}): Promise<GetReadinessAnswer> {
    return this.callJson(OPERATIONS.getReadiness, {}, options)
  }

  /**
   * Figures for Prometheus. `GET /metrics`
   *
   * Counters and timings of this process in the Prometheus text format. No names of customers or records.
   *
   * No key needed.
   *
   * Errors: request.incomplete, request.malformed, request.query.unknown, store.unavailable.
   */
  getMetrics(options: RequestOptions = {}): Promise<string> {
    return this.callText(OPERATIONS.getMetrics, {}, options)
  }

  /**
   * This API as OpenAPI 3.1. `GET /openapi.json`
   *
   * The whole API for client generators and tools, with the canonical JSON Schemas.
   *
   * No key needed.
   *
   * Errors: request.incomplete, request.malformed, request.query.unknown, store.unavailable.
   */
  getOpenApi(options: RequestOptions = {}): Promise<GetOpenApiAnswer> {
    return this.callJson(OPERATIONS.getOpenApi, {}, options)
  }

  /**
   * This API as a page to read. `GET /docs`
   *
   * The same as /openapi.json, for people. The page loads nothing from anywhere else.
   *
   * No key needed.
   *
   * Errors: request.incomplete, request.malformed, request.query.unknown, store.unavailable.
   */
  getDocs(options: RequestOptions = {}): Promise<string> {
    return this.callText(OPERATIONS.getDocs, {}, options)
  }
}
