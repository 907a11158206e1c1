import { testPaths } from './support/pathTests.ts';
import { removalPaths } from './support/removalPaths.ts';

/** Every transition of the removal, by paths made from its statechart, each run as a real case with time skipped. */

await testPaths('removal', removalPaths);
