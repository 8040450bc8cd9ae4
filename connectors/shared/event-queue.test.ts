import { EventQueue } from './event-queue.ts'

const MIB = 1024 * 1024

describe('the queue between a library that pushes and a reader that pulls', () => {
  test('hands over what is there, in order, at most so many', async () => {
    const queue = new EventQueue<number>(10)
    for (const item of [1, 2, 3]) await queue.push(item, 1)
    expect(await queue.take(2, 1)).toEqual([1, 2])
    expect(await queue.take(2, 1)).toEqual([3])
    expect(await queue.take(2, 1)).toEqual([])
  })

  test('holds the pusher back while it is full by number or by bytes', async () => {
    for (const [capacity, bytes] of [
      [1, 1],
      [100, 9 * MIB],
    ] as const) {
      const queue = new EventQueue<string>(capacity)
      let hasRoom = false
      const pushed = queue.push('wide', bytes).then(() => void (hasRoom = true))
      await new Promise(setImmediate)
      expect([hasRoom, queue.isFull]).toEqual([false, true])
      expect(await queue.take(5, 1)).toEqual(['wide'])
      await pushed
      expect([hasRoom, queue.isFull]).toEqual([true, false])
    }
  })

  test('hands over one item at least, however wide, and no more than 4 MiB otherwise', async () => {
    const queue = new EventQueue<string>(100)
    void queue.push('a', 5 * MIB)
    void queue.push('b', 2 * MIB)
    void queue.push('c', MIB)
    void queue.push('d', 2 * MIB)
    expect(await queue.take(10, 1)).toEqual(['a'])
    expect(await queue.take(10, 1)).toEqual(['b', 'c'])
  })

  test('gives what is left before it fails, and lets go whoever waits for room', async () => {
    const queue = new EventQueue<string>(1)
    const pushed = queue.push('last', 1)
    queue.fail(new Error('gone'))
    queue.fail(new Error('second'))
    await pushed
    expect(await queue.take(5, 1)).toEqual(['last'])
    await expect(queue.take(5, 1)).rejects.toThrow('gone')
    await queue.push('late', 1)
    await expect(queue.take(5, 1)).rejects.toThrow('gone')
  })

  test('wakes a reader that waits', async () => {
    const queue = new EventQueue<string>(1)
    const taken = queue.take(1, 60_000)
    await new Promise(setImmediate)
    void queue.push('now', 1)
    expect(await taken).toEqual(['now'])
    const failing = queue.take(1, 60_000)
    await new Promise(setImmediate)
    queue.fail(new Error('gone'))
    await expect(failing).rejects.toThrow('gone')
  })
})
