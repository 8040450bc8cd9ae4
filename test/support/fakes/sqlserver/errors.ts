/** What SQL Server would have said where PostgreSQL said this. */
export interface ServerError {
  number: number
  severity: number
  message: string
}

const BY_SQLSTATE: Record<string, [number, number, string]> = {
  '28P01': [18456, 14, 'Login failed for user.'],
  '28000': [18456, 14, 'Login failed for user.'],
  '3D000': [4060, 11, 'Cannot open database requested by the login. The login failed.'],
  '53300': [10928, 16, 'The session limit for the database has been reached.'],
  '42601': [102, 15, 'Incorrect syntax.'],
  '42P01': [208, 16, 'Invalid object name.'],
  '42703': [207, 16, 'Invalid column name.'],
  '42501': [229, 14, 'The SELECT permission was denied on the object.'],
  '23505': [2627, 14, 'Violation of PRIMARY KEY constraint. Cannot insert duplicate key in object.'],
  '23502': [515, 16, 'Cannot insert the value NULL into a column; column does not allow nulls.'],
  '23514': [547, 16, 'The statement conflicted with a CHECK constraint.'],
  '23503': [547, 16, 'The statement conflicted with a FOREIGN KEY constraint.'],
  '22001': [2628, 16, 'String or binary data would be truncated.'],
  '22P02': [245, 16, 'Conversion failed when converting the nvarchar value.'],
  '22003': [8115, 16, 'Arithmetic overflow error converting expression.'],
  '22007': [241, 16, 'Conversion failed when converting date and/or time from character string.'],
  '22008': [241, 16, 'Conversion failed when converting date and/or time from character string.'],
  '40P01': [
    1205,
    13,
    'Transaction was deadlocked on lock resources and has been chosen as the deadlock victim. Rerun the transaction.',
  ],
  '40001': [3960, 16, 'Snapshot isolation transaction aborted due to update conflict.'],
  '55P03': [1222, 16, 'Lock request time out period exceeded.'],
  '57P01': [596, 21, 'Cannot continue the execution because the session is in the kill state.'],
  '57P03': [17142, 14, 'SQL Server service has been paused.'],
}

export function serverError(thrown: unknown): ServerError {
  const { code, message } = thrown as { code?: string; message?: string }
  if (thrown instanceof SyntaxError) return { number: 102, severity: 15, message: thrown.message }
  const known = BY_SQLSTATE[code ?? '']
  if (known) return { number: known[0], severity: known[1], message: known[2] }
  return { number: 50000, severity: 16, message: `${code ?? ''} ${message ?? String(thrown)}` }
}
