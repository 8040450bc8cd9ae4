import { PageSizer } from './page-sizer.ts'

describe('the size of pages', () => {
  test('starts small and grows to the maximum where rows are narrow', () => {
    const sizer = new PageSizer(1000)
    expect(sizer.rows).toBe(100)
    sizer.note(100, 100 * 50)
    expect(sizer.rows).toBe(1000)
  })

  test('shrinks for wide rows, down to one', () => {
    const sizer = new PageSizer(1000)
    sizer.note(100, 100 * 1024 * 1024)
    expect(sizer.rows).toBe(4)
    sizer.note(4, 4 * 50 * 1024 * 1024)
    expect(sizer.rows).toBe(1)
  })

  test('stays as it is after an empty page, and never passes the maximum', () => {
    const sizer = new PageSizer(10)
    sizer.note(0, 0)
    expect(sizer.rows).toBe(10)
    sizer.note(10, 10)
    expect(sizer.rows).toBe(10)
  })
})
