/** A hub process to be killed: publishes to partition 0 and tells its parent how many are confirmed. Arguments: URL, schema. */
import { openEmbeddedBus } from '../embedded/embedded-bus.ts'
import { numbered } from './harness.ts'

const [database = '', schema = ''] = process.argv.slice(2)
const bus = openEmbeddedBus({ database, schema, partitions: 4 })
await bus.start()
for (let number = 0; ; number++) {
  await bus.publish([numbered(0, number)])
  process.send?.(number + 1)
}
