/** The workflow types of the contract; the worker's bundle begins here. */
export { employeeLeaves } from './employeeLeaves.ts';
export { removal } from './removal.ts';
