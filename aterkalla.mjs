#!/usr/bin/env node
// The command `aterkalla`: plain JavaScript, since Node strips no types under node_modules and older Nodes not at all.
import { prepareAndRun } from './setup/prepare.mjs';

await prepareAndRun('client.ts', process.argv.slice(2), { quiet: true });
