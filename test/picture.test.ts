import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { and, fromPromise, not, setup } from 'xstate';
import { withPictures } from '../scripts/pictures.ts';
import { stateDiagram } from '../scripts/stateDiagram.ts';

const machine = setup({
  types: { events: {} as { type: 'decided' } | { type: 'partDone' } | { type: 'withdrawn' } | { type: 'asked' } },
  actors: { sendOrder: fromPromise(async () => undefined) },
  guards: {
    toRemove: () => true,
    nothingLeft: () => true,
    allowed: () => true,
    endsAs: (_, _as: { ending: string }) => true,
  },
  delays: { reminder: 1000 },
}).createMachine({
  id: 'sample',
  initial: 'deciding',
  on: { withdrawn: '.withdrawn' },
  states: {
    deciding: {
      initial: 'waiting',
      on: { decided: [{ guard: and(['allowed', 'toRemove']), target: 'ordering' }, { target: 'kept' }] },
      states: { waiting: { after: { reminder: 'reminded' } }, reminded: { after: { reminder: 'waiting' } } },
    },
    ordering: {
      invoke: {
        id: 'order',
        src: 'sendOrder',
        onDone: [{ guard: { type: 'endsAs', params: { ending: 'kept' } }, target: 'kept' }, { target: 'working' }],
        onError: 'ordering',
      },
    },
    working: {
      type: 'parallel',
      onDone: 'end',
      on: { asked: { actions: () => undefined } },
      states: {
        one: {
          initial: 'open',
          states: { open: { on: { partDone: 'closed' } }, closed: { type: 'final' } },
        },
        other: {
          initial: 'open',
          on: { asked: { guard: not('nothingLeft'), target: '.open' } },
          states: {
            open: {
              always: { guard: and(['nothingLeft', not('toRemove')]), target: 'closed' },
              on: { decided: '#sample.deciding' },
            },
            closed: { type: 'final' },
          },
        },
      },
    },
    kept: { type: 'final' },
    withdrawn: { type: 'final' },
    end: { type: 'final' },
  },
});

const expected = `stateDiagram-v2
  state "deciding" as deciding
  state "ordering" as ordering
  state "working" as working {
    state "one" as working_one {
      state "open" as working_one_open
      state "closed" as working_one_closed
      [*] --> working_one_open
      working_one_open --> working_one_closed : part done
    }
    --
    state "other" as working_other {
      state "open" as working_other_open
      state "closed" as working_other_closed
      state "in any of these" as working_other_any
      [*] --> working_other_open
      working_other_any --> working_other_open : asked [not nothing left]
      working_other_open --> working_other_closed : [nothing left and not to remove]
    }
  }
  state "kept" as kept
  state "withdrawn" as withdrawn
  state "end" as end_
  state "in any of these" as any
  [*] --> deciding
  any --> withdrawn : withdrawn
  deciding --> ordering : decided [to remove]
  deciding --> kept : decided [otherwise]
  ordering --> kept : send order done [ends as kept]
  ordering --> working : send order done [otherwise]
  ordering --> ordering : send order fails
  working --> end_ : done
  working_other_open --> deciding : decided
  classDef ending stroke-width:4px
  class working_one_closed, working_other_closed, kept, withdrawn, end_ ending`;

test('a process is drawn with its nested states, parallel parts and arrows in plain words', () => {
  assert.fixture(stateDiagram(machine, ['allowed']), expected);
});

test('a picture is put between its markers, and put there again it is the same', () => {
  const readme = 'Before\n<!-- picture:sample -->\nold\n<!-- /picture -->\nafter\n';
  const drawn = withPictures(readme, { sample: machine }, ['allowed']);
  assert.is(drawn, `Before\n<!-- picture:sample -->\n\`\`\`mermaid\n${expected}\n\`\`\`\n<!-- /picture -->\nafter\n`);
  assert.is(withPictures(drawn, { sample: machine }, ['allowed']), drawn);
});

test('a text without a place for a picture, or with a place for an unknown one, is refused', () => {
  assert.throws(
    () => withPictures('no markers', { sample: machine }, ['allowed']),
    /put the lines <!-- picture:sample -->/,
  );
  assert.throws(
    () => withPictures('<!-- picture:other -->\n<!-- /picture -->', { sample: machine }, ['allowed']),
    /<!-- picture:other --> names no machine: expected one of sample/,
  );
});

test.run();
