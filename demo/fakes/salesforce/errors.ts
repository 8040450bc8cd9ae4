/**
 * What Salesforce answers to a request that it refuses: an HTTP status and the codes of
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm
 */
export class SalesforceFault extends Error {
  readonly status: number
  readonly errorCode: string
  readonly fields: readonly string[] | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    errorCode: string,
    message: string,
    fields?: readonly string[],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message)
    this.status = status
    this.errorCode = errorCode
    this.fields = fields
    this.headers = headers
  }

  /** As the REST API writes it: an array of one. */
  get body(): object[] {
    const { message, errorCode, fields } = this
    return [{ message, errorCode, ...(fields === undefined ? {} : { fields }) }]
  }

  /** As results of composite and collection calls name it. */
  get result(): { statusCode: string; message: string; fields: readonly string[] } {
    return { statusCode: this.errorCode, message: this.message, fields: this.fields ?? [] }
  }
}

export const notFound = (): SalesforceFault =>
  new SalesforceFault(404, 'NOT_FOUND', 'The requested resource does not exist')

export const badRequest = (errorCode: string, message: string, fields?: readonly string[]): SalesforceFault =>
  new SalesforceFault(400, errorCode, message, fields)
