import { testConnectors } from './test-connectors.ts'

testConnectors(3, 3)
