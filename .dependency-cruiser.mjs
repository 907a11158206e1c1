// Dependencies point inwards and never back (README, "Layout"): machines ← workflows ← activities ← what puts together.
const npm = (...names) => `node_modules/(${names.join('|')})(/|$)`;

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or lack a third.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nothing-missing',
      comment: 'It cannot be found, or package.json does not name it.',
      severity: 'error',
      from: {},
      // Vite makes `virtual:…` while it builds the pages.
      to: { couldNotResolve: true, pathNot: '^virtual:' },
    },
    {
      name: 'machines-are-pure',
      comment: 'machines/ imports xstate, zod/mini and its own files, nothing else.',
      severity: 'error',
      from: { path: '^machines/' },
      to: { pathNot: ['^machines/', npm('xstate'), 'node_modules/zod/mini/'] },
    },
    {
      name: 'workflows-know-machines',
      comment:
        'workflows/ imports machines, texts, xstate, zod/mini and Temporal’s workflow parts; activities as types only.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: {
        pathNot: [
          '^(workflows|machines|texts)/',
          npm('xstate', '@temporalio/workflow', '@temporalio/common'),
          'node_modules/zod/mini/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'workflows-take-types-of-activities',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^(outside|client|start|worker|demo|settings|setup)' },
    },
    {
      name: 'activities-know-ports',
      comment: 'What activities need from outside is given to them; no files, network or processes of their own.',
      severity: 'error',
      from: { path: '^activities/' },
      to: {
        pathNot: [
          '^(activities|machines|texts)/|^package\\.json$',
          npm('@temporalio/activity', '@temporalio/client', '@temporalio/common', 'lru-cache', 'p-limit', 'zod'),
          '^(crypto|timers/promises|util|zlib)$',
        ],
      },
    },
    {
      name: 'outside-knows-ports',
      severity: 'error',
      from: { path: '^outside/' },
      to: { path: '^(workflows|client|start|worker|demo|setup)|^activities/(?!ports)' },
    },
    {
      name: 'programs-are-the-outermost',
      comment: 'Nothing but tests and scripts imports the programs.',
      severity: 'error',
      from: { pathNot: '^(test|scripts|bench|faults)/|^(start|client|demo|worker|faults)\\.ts$' },
      to: { path: '^(start|client|demo)\\.ts$' },
    },
    {
      name: 'tests-stay-outside',
      comment: 'What measures the system, bench/ and faults/, runs it on the same servers as the tests.',
      severity: 'error',
      from: { pathNot: '^(test|scripts|bench|faults)/|^faults\\.ts$' },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^\\.(cache|data)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
