import { employeeLeavesPaths } from './support/employeeLeavesPaths.ts';
import { testPaths } from './support/pathTests.ts';

/** Every transition of the leaver's process, by paths made from its statechart, each run as a real case. */

await testPaths('employeeLeaves', employeeLeavesPaths);
