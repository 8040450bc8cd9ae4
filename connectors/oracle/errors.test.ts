import { isDuplicate, oracleError } from './errors.ts'

describe('errors of Oracle', () => {
  test.each([
    ['ORA-01017: invalid username/password; logon denied', 'connector.auth', 'config'],
    ['ORA-28000: The account is locked.', 'connector.auth', 'config'],
    ['ORA-28001: the password has expired', 'connector.auth', 'config'],
    ['ORA-01045: user lacks CREATE SESSION privilege', 'connector.forbidden', 'config'],
    ['ORA-01031: insufficient privileges', 'connector.forbidden', 'config'],
    ['ORA-41900: missing READ or SELECT privilege', 'connector.forbidden', 'config'],
    ['ORA-00942: table or view "X" does not exist', 'connector.schema', 'config'],
    ['ORA-00904: "X": invalid identifier', 'connector.schema', 'config'],
    ['ORA-00060: deadlock detected while waiting for resource', 'connector.busy', 'retry'],
    ['ORA-00054: resource busy', 'connector.busy', 'retry'],
    ['ORA-30006: resource busy; acquire with WAIT timeout expired', 'connector.busy', 'retry'],
    ['ORA-01555: snapshot too old', 'connector.busy', 'retry'],
    ['ORA-04068: existing state of packages has been discarded', 'connector.busy', 'retry'],
    ['ORA-03113: end-of-file on communication channel', 'connector.unreachable', 'retry'],
    ['ORA-03114: not connected to ORACLE', 'connector.unreachable', 'retry'],
    ['ORA-01012: not logged on', 'connector.unreachable', 'retry'],
    ['ORA-12541: Cannot connect. No listener', 'connector.unreachable', 'retry'],
    ['ORA-12170: TNS:Connect timeout occurred', 'connector.unreachable', 'retry'],
    ['ORA-12514: Service PDB is not registered', 'connector.unreachable', 'retry'],
    [
      'NJS-518: cannot connect to Oracle Database. Service "PDB" is not registered\nORA-12514',
      'connector.unreachable',
      'retry',
    ],
    [
      'NJS-500: connection to the Oracle Database was broken\nORA-01012: not logged on',
      'connector.unreachable',
      'retry',
    ],
    ['NJS-123: call timeout of 1000 ms exceeded', 'connector.busy', 'retry'],
    [
      'NJS-533: Native Network Encryption only supported in thick mode.\nCause: ORA-12660',
      'connector.settings',
      'config',
    ],
    ['ORA-00001: unique constraint (A.B) violated', 'connector.rejected', 'reject'],
    ["ORA-12899: value too large for column 'Miller'", 'connector.rejected', 'reject'],
    ['ORA-20001: no, says a trigger', 'connector.rejected', 'reject'],
    ['ORA-99999: unheard of', 'connector.unexpected', 'retry'],
  ])('%s is %s', (message, code, family) => {
    const error = oracleError(new Error(message))
    expect([error.code, error.family]).toEqual([code, family])
    expect(error.message).not.toContain('Miller')
  })

  test('a unique key that is taken is known by its code alone', () => {
    expect(isDuplicate(new Error('ORA-00001: unique constraint violated'))).toBe(true)
    expect(isDuplicate(new Error('ORA-02291: parent key not found\nORA-00001'))).toBe(false)
  })
})
