/** The conformance kit for connectors outside this repository: `import { ... } from 'omnihub/conformance'`. */
export type {
  ConnectorHarness,
  FaultCase,
  MalformedCase,
  Mode,
  SystemUnderTest,
  TestEntity,
  TestRecord,
} from './harness.ts'
export { runConformance, scoreTable } from './run.ts'
export { startProxy } from './tcp-proxy.ts'
