import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { replayHistories } from '../scripts/replay.ts';

/** Open cases outlive releases: what was recorded must replay with the present code. */

const histories = join(import.meta.dirname, 'histories');
const replay = suite<{ folder: string }>('Recorded histories');

replay.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'aterkalla-histories-'));
});
replay.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

replay('replay, all of them', async () => {
  const { good, faults } = await replayHistories();
  assert.equal(faults, []);
  assert.is(good, readdirSync(histories).length);
});

replay('fail where one was tampered with', async ({ folder }) => {
  const name = readdirSync(histories).find((each) => readFileSync(join(histories, each), 'utf8').includes('"order"'));
  assert.ok(name, 'some case ordered');
  const history = readFileSync(join(histories, name), 'utf8').replaceAll('"name":"order"', '"name":"orders"');
  writeFileSync(join(folder, name), history);
  const { good, faults } = await replayHistories(folder);
  assert.is(good, 0);
  assert.is(faults.length, 1);
});

replay('fail where there are none', async ({ folder }) => {
  const { faults } = await replayHistories(folder);
  assert.match(faults[0] ?? '', 'holds no history');
});

replay('hold no names and no addresses', () => {
  const register: { people: { name: string; email: string }[] } = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', 'register.sample.json'), 'utf8'),
  );
  for (const name of readdirSync(histories)) {
    const text = readFileSync(join(histories, name), 'utf8');
    for (const person of register.people)
      assert.not.ok(text.includes(person.name) || text.includes(person.email), name);
  }
});

replay.run();
