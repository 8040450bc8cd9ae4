/** One configuration, two projects: `unit` needs nothing but Node; `system` needs the servers that scripts/test.ts starts. */
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        target: 'es2024',
        keepClassNames: true,
      },
      module: { type: 'es6' },
    },
  ],
}
const common = {
  extensionsToTreatAsEsm: ['.ts'],
  transform,
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.omnihub/', '<rootDir>/.servers/'],
}
export default {
  // Servers start, stop and recover in system tests, on a machine that does much else; Jest knows this only for all projects.
  testTimeout: 120_000,
  // Modules of a test file stay in its worker's memory: after a hundred files each collection of garbage takes a second, and
  // what measures memory collects often. A worker that has grown is replaced.
  workerIdleMemoryLimit: '600MB',
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{hub,connectors,demo,scripts,schemas,clients}/**/*.test.ts',
        '<rootDir>/test/unit/**/*.test.ts',
      ],
      testPathIgnorePatterns: ['\\.system\\.test\\.ts$'],
    },
    {
      ...common,
      displayName: 'system',
      testMatch: [
        '<rootDir>/{hub,connectors,demo,scripts,test}/**/*.system.test.ts',
        '<rootDir>/test/{conformance,faults,api,scale,real-data,security}/**/*.test.ts',
      ],
    },
  ],
}
