import { testConnectors } from './test-connectors.ts'

testConnectors(2, 3)
