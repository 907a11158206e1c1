import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { at } from './support/commandLine.ts';
import { type PortalSystem, startPortalSystem } from './support/portalSystem.ts';
import { schemathesis } from './support/schemathesis.ts';
import { loggedIn } from './support/visitor.ts';

/** Whatever fits the OpenAPI, and whatever does not, gets an answer that it promises, and never a 5xx. */

const test = suite('the portal under Schemathesis');
let portal: PortalSystem;
test.before(async () => {
  portal = await startPortalSystem();
});
test.after(() => portal?.stop());

/** Ends the session that is tried with · never ends by itself. */
const WITHOUT = '^/api/logout$|/events$';

for (const [who, person] of [
  ['a manager', '1000'],
  ['the authorisation administration', '1009'],
] as const)
  test(`as ${who}`, async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const someone = await loggedIn(portal.url, person);
    const token = String(at((await someone.get('/api/me')).json, 'csrf'));
    const { passed, output } = await schemathesis(someone, token, seed, WITHOUT);
    assert.not.match(output, 'Authentication failed', 'it was logged in all the time');
    assert.ok(passed, `seed ${seed}\n${output.slice(-6000)}`);
  });

test.run();
