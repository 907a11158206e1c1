import { onScopeDispose, ref, shallowRef } from 'vue';
import { type CaseView, caseView, type Problem } from '../api.ts';
import { addressOf, call, problemOf } from './http.ts';
import { whoAmI } from './session.ts';

/** Lost: the browser tries again by itself. Gone: the case is not this person's to read any more. */
export type Connection = 'live' | 'lost' | 'gone';

/**
 * A case that changes by itself. The browser comes back by itself after a lost connection; where the server refused the
 * stream, we try again with growing waits.
 */
export function useCase(request: string, onChange: (now: CaseView, before: CaseView) => void = () => {}) {
  const view = shallowRef<CaseView>();
  const problem = shallowRef<Problem>();
  const connection = ref<Connection>('live');
  let source: EventSource | undefined;
  let retry: number | undefined;
  let wait = FIRST_WAIT;
  let isOver = false;

  function take(now: CaseView): void {
    const before = view.value;
    view.value = now;
    problem.value = undefined;
    if (before && JSON.stringify(before) !== JSON.stringify(now)) onChange(now, before);
  }

  async function load(): Promise<void> {
    try {
      take(await call('case', { params: { request } }));
    } catch (error) {
      const found = problemOf(error);
      // Who could only read the case because they had something to do in it cannot once it is done.
      if (found.code === 'NotFound' && view.value) stop('gone');
      else problem.value = found;
    }
  }

  function listen(): void {
    source = new EventSource(addressOf('events', { request }));
    source.addEventListener('open', () => {
      connection.value = 'live';
      wait = FIRST_WAIT;
    });
    source.addEventListener('case', ({ data }) => {
      const parsed = caseView.safeParse(JSON.parse(data));
      if (parsed.success) take(parsed.data);
    });
    source.addEventListener('gone', () => stop('gone'));
    source.addEventListener('loggedOut', () => {
      stop('lost');
      void whoAmI();
    });
    source.addEventListener('error', () => {
      connection.value = 'lost';
      if (source?.readyState !== EventSource.CLOSED) return;
      retry = window.setTimeout(listen, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    });
  }

  function stop(because: Connection): void {
    source?.close();
    window.clearTimeout(retry);
    connection.value = because;
  }

  void load().then(() => {
    if (view.value && !isOver) listen();
  });
  onScopeDispose(() => {
    isOver = true;
    stop('lost');
  });
  return { view, problem, connection, load };
}

/** Milliseconds. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;
