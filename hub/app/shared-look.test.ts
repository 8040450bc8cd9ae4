import { sharedLook } from './shared-look.ts'

test('who asks while a look is under way gets its answer, who asks later gets a new one', async () => {
  let looks = 0
  const look = sharedLook(() => Promise.resolve((looks += 1)))
  expect(await Promise.all([look(), look()])).toEqual([1, 1])
  expect(await look()).toBe(2)
})

test('a look that failed is not kept', async () => {
  let looks = 0
  const look = sharedLook(() => ((looks += 1) === 1 ? Promise.reject(new Error('away')) : Promise.resolve(looks)))
  await expect(Promise.all([look(), look()])).rejects.toThrow('away')
  expect(await look()).toBe(2)
})
