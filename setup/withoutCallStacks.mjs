import v8 from 'node:v8';

// Loaded in the SDK's workflow threads alone (workflowThreads.ts): promises are not followed there.
v8.promiseHooks.createHook = () => () => {};
