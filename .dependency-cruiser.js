/**
 * Imports run one way (docs, "Rooms"):
 * contracts <- {mapping, identity, golden, rules, flow} <- {bus, store} <- {intake, delivery, decisions, api, admin} <- app.
 * Each rule says why it is there and where code that breaks it belongs. Tests may reach further: they bring rooms together.
 */
const PURE = 'mapping|identity|golden|rules|flow'
const EDGES = 'intake|delivery|decisions|api|admin'
const TESTS = '\\.test\\.ts$'

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment:
        'Files that import each other can only be understood, tested and loaded together. Move what both need into a third file, or hand it in as an argument. (Types alone may be named in both directions: nothing is loaded for them.)',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'contracts-import-nothing',
      severity: 'error',
      comment:
        'hub/contracts is what all rooms agree on; if it leaned on one of them, every room would. A helper that needs more belongs in the room that uses it.',
      from: { path: '^hub/contracts/', pathNot: TESTS },
      to: { path: '^(hub/(?!contracts/)|connectors/|demo/|bench/|test/|scripts/)' },
    },
    {
      name: 'pure-rooms-know-only-contracts',
      severity: 'error',
      comment:
        'mapping, identity, golden, rules and flow are functions of their input, so that they can be tested in microseconds and replayed. Look-ups go behind a port that the room declares and hub/store implements; what two pure rooms share belongs in hub/contracts.',
      from: { path: `^hub/(${PURE})/`, pathNot: TESTS },
      to: { path: '^(hub/|connectors/|demo/|bench/|test/|scripts/)', pathNot: `^hub/(contracts|$1)/` },
    },
    {
      name: 'pure-rooms-do-no-io',
      severity: 'error',
      comment:
        'A pure room that reads a file, a socket or a process can no longer be replayed. Read in hub/app, hub/store or the CLI and hand the content in. (node:crypto for hashes, node:assert and node:buffer compute only.)',
      from: { path: `^hub/(contracts|${PURE})/`, pathNot: `${TESTS}|^hub/(${PURE})/(runtime|cli)/` },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|assert|buffer|util)$' },
    },
    {
      name: 'bus-and-store-below-the-edges',
      severity: 'error',
      comment:
        'bus and store serve the edges and know none of them, nor each other beyond what the embedded bus needs of the store (it keeps its queues there). Who needs both belongs in intake, delivery, api or admin.',
      from: { path: '^hub/(bus|store)/', pathNot: TESTS },
      to: { path: '^(hub/|connectors/|demo/|bench/|test/|scripts/)', pathNot: `^hub/(contracts|${PURE}|bus|store)/` },
    },
    {
      name: 'store-knows-no-bus',
      severity: 'error',
      comment:
        'The store is used where there is no bus (tools, migrations). What writes to both belongs in hub/intake or hub/delivery.',
      from: { path: '^hub/store/', pathNot: TESTS },
      to: { path: '^hub/bus/' },
    },
    {
      name: 'edges-below-app',
      severity: 'error',
      comment:
        'intake, delivery, decisions, api, admin and security are put together in hub/app, the only room that knows all others. What an edge needs from another is handed to it there, or belongs in hub/store.',
      from: { path: `^hub/(${EDGES}|security)/`, pathNot: TESTS },
      to: { path: '^(hub/app/|connectors/|demo/|bench/|test/|scripts/)' },
    },
    {
      name: 'security-below-the-edges',
      severity: 'error',
      comment:
        'Keys, roles and masking are used by every edge, so they can use none. An endpoint about keys belongs in hub/admin.',
      from: { path: '^hub/security/', pathNot: TESTS },
      to: { path: `^hub/(${EDGES})/` },
    },
    {
      name: 'hub-knows-no-demo',
      severity: 'error',
      comment:
        'The hub must run without the demo, the benches, the scripts and the tests. Only hub/app may start the demo company.',
      from: { path: '^(hub|connectors)/', pathNot: `${TESTS}|^hub/app/` },
      to: { path: '^(demo|bench|test|scripts)/' },
    },
    {
      name: 'connectors-import-contracts-only',
      severity: 'error',
      comment:
        "A connector talks one system's protocol and can be written by somebody who knows nothing else of the hub. Retry, checkpoints and metrics are the engine's (hub/intake); shared helpers belong in hub/contracts or connectors/shared.",
      from: { path: '^connectors/[^/]+/', pathNot: TESTS },
      to: { path: '^(hub/(?!contracts/)|demo/|bench/|test/|scripts/)' },
    },
    {
      name: 'connectors-know-no-other-connector',
      severity: 'error',
      comment: 'Two connectors that share code change together. Put what they share into connectors/shared.',
      from: { path: '^connectors/([^/]+)/', pathNot: TESTS },
      to: { path: '^connectors/[^/]+/', pathNot: '^connectors/($1|shared)/' },
    },
    {
      name: 'connectors-without-framework',
      severity: 'error',
      comment:
        'A connector is plain TypeScript, so that it also runs in the CLI and in tests without an application. Wiring belongs in hub/app.',
      from: { path: '^connectors/', pathNot: TESTS },
      to: { path: 'node_modules/(@nestjs|fastify|@fastify)/' },
    },
    {
      name: 'client-stands-alone',
      severity: 'error',
      comment:
        'clients/typescript is a package of its own that also runs in browsers: its source needs fetch and nothing else. What it has to know of the hub is generated from the OpenAPI document (scripts/client).',
      from: { path: '^clients/typescript/src/', pathNot: TESTS },
      to: { pathNot: '^clients/typescript/src/' },
    },
    {
      name: 'no-dev-dependency-in-the-product',
      severity: 'error',
      comment:
        'dist/ runs without devDependencies. Move the package to dependencies, or the code to test/ or scripts/.',
      from: { path: '^(hub|connectors|demo)/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-unlisted-package',
      severity: 'error',
      comment: 'A package that package.json does not name may vanish with the next install. Add it with --save-exact.',
      from: { path: '^(hub|connectors|demo|bench|scripts|test)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
    {
      name: 'no-test-in-the-product',
      severity: 'error',
      comment: 'Tests are not built into dist/. What a test and the product share belongs in a file of its own.',
      from: { pathNot: `${TESTS}` },
      to: { path: TESTS },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
    cache: { folder: 'node_modules/.cache/dependency-cruiser', strategy: 'content' },
  },
}
