import { isId } from './ids.ts'

describe('the form of an Id', () => {
  test.each(['0035g00000AAAAA', '001A0000006Vm9uIAC', '0015000000VALDtAAP'])('has %s', (text) => {
    expect(isId(text)).toBe(true)
  })

  test.each(['', '0035g', '001A0000006Vm9uIAD', '001A0000006Vm9u-AC', '001A0000006Vm9uIACx'])('has not %j', (text) => {
    expect(isId(text)).toBe(false)
  })
})
