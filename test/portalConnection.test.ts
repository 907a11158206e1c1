import { once } from 'node:events';
import { connect } from 'node:net';
import { suite } from 'uvu';
import { freePort } from '../setup/ports.ts';
import { layCable } from './support/cable.ts';
import { openBrowser } from './support/pages.ts';
import { type PortalSystem, startPortalSystem } from './support/portalSystem.ts';

/** A case's page whose connection is cut, or whose server is started anew, goes on by itself. */

const test = suite("the portal's pages, when connections are lost");

/** A removal of the sample register's 2002 that waits for others. */
async function startRemoval({ library }: PortalSystem): Promise<string> {
  const { warnings } = await library.preview('2002');
  return (await library.remove('2002', { by: '2000', acknowledged: warnings })).request;
}

test('a page whose connection was cut says so, and shows what happened meanwhile once it is back', async () => {
  const port = await freePort(0, 'none', 'the portal');
  const cable = await layCable(port);
  const portal = await startPortalSystem({ PORTAL_PORT: `${port}`, PORTAL_URL: cable.url });
  const browser = await openBrowser(() => cable.url);
  try {
    const request = await startRemoval(portal);
    const manager = await browser.person('2000', 'sv');
    await manager.open(`/cases/${request}`);
    await manager.sees('state.detaching');
    cable.cut();
    await manager.page.getByText(manager.say('case.lost')).waitFor();
    await manager.isFine('case-lost');
    await portal.library.withdraw(request, { by: '2000', reason: 'Behövs' });
    cable.mend();
    await manager.sees('state.withdrawn');
  } finally {
    await browser.stop();
    await portal.stop();
    cable.stop();
  }
});

test('a page that is open while the server is started anew goes on, with what happens afterwards', async () => {
  const portal = await startPortalSystem();
  const browser = await openBrowser(() => portal.url);
  try {
    const request = await startRemoval(portal);
    const manager = await browser.person('2000', 'en');
    await manager.open(`/cases/${request}`);
    await manager.sees('state.detaching');
    await portal.restart();
    await portal.library.withdraw(request, { by: '2000', reason: 'Needed' });
    await manager.sees('state.withdrawn');
  } finally {
    await browser.stop();
    await portal.stop();
  }
});

test('a browser that holds a connection on which it asks for nothing does not keep the portal from ending', async () => {
  const portal = await startPortalSystem();
  const { hostname, port } = new URL(portal.url);
  const held = connect(Number(port), hostname);
  await once(held, 'connect');
  // The portal has taken the connection once it answers on another.
  await fetch(`${portal.url}/health/alive`);
  const ended = once(held, 'close');
  await portal.stop();
  await ended;
});

test.run();
