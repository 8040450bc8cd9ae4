import { testConnectors } from './test-connectors.ts'

testConnectors(1, 3)
