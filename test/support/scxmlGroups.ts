/**
 * The tests of the SCXML test framework that XState 5 itself passes, by group: the list of its own test-suite. Left out
 * are `assign-current-small-step/test0`, which that suite replaces by a file of its own (it needs `<script>`), and of
 * the W3C's 187, 191, 192, 232 and 347, in which an invoked document sends to the one that invoked it: XState's pure
 * functions, on which the runner stands, know no parent.
 */
const groups: Record<string, string> = {
  actionSend: 'send1 send2 send3 send4 send4b send7 send7b send8 send8b send9',
  'assign-current-small-step': 'test1 test2 test3 test4',
  basic: 'basic0 basic1 basic2',
  'cond-js': 'test0 test1 test2 TestConditionalTransition',
  'default-initial-state': 'initial1 initial2',
  delayedSend: 'send1 send2 send3',
  documentOrder: 'documentOrder0',
  hierarchy: 'hier0 hier1 hier2',
  'hierarchy+documentOrder': 'test0 test1',
  history: 'history0 history1 history2 history3 history4 history4b history5 history6',
  'if-else': 'test0',
  in: 'TestInPredicate',
  'internal-transitions': 'test0 test1',
  'more-parallel': 'test0 test1 test2 test2b test3 test3b test4 test5 test6 test6b test7 test8 test9 test10 test10b',
  'multiple-events-per-transition': 'test1',
  parallel: 'test0 test1 test2 test3',
  'parallel+interrupt':
    'test0 test1 test2 test3 test4 test5 test6 test7 test7b test8 test9 test10 test11 test12 test13 test14 test15 ' +
    'test16 test17 test18 test19 test20 test21 test21b test21c test22 test23 test24 test25 test27 test28 test29 ' +
    'test30 test31',
  'targetless-transition': 'test0 test1 test2 test3',
};

/** The W3C's own tests, each of which runs by itself into `pass` or `fail`. */
const w3c =
  '144 147 148 149 158 172 173 174 175 176 185 186 189 190 193 200 201 205 208 220 235 237 247 287 318 ' +
  '333 335 336 337 339 342 348 349 355 372 375 377 387 396 399 403a 403b 403c 404 405 406 407 416 417 419 421 ' +
  '423 445 449 453 495 503 504 505 560 570';

export const testNames: string[] = [
  ...Object.entries(groups).flatMap(([group, names]) => names.split(' ').map((name) => `${group}/${name}`)),
  ...w3c.split(' ').map((number) => `w3c-ecma/test${number}.txml`),
];
