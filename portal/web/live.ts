import { onScopeDispose, ref, shallowRef } from 'vue';
import { type CaseView, caseView, type Problem } from '../api.ts';
import { addressOf, call, problemOf } from './http.ts';

/**
 * A case that changes by itself. The browser comes back by itself after a lost connection; where the server refused the
 * stream, we try again with growing waits.
 */
export function useCase(request: string, onChange: (now: CaseView, before: CaseView) => void = () => {}) {
  const view = shallowRef<CaseView>();
  const problem = shallowRef<Problem>();
  const connection = ref<'live' | 'lost' | 'over'>('live');
  let source: EventSource | undefined;
  let retry: number | undefined;
  let wait = FIRST_WAIT;

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
      problem.value = problemOf(error);
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
    for (const last of ['gone', 'loggedOut'])
      source.addEventListener(last, () => {
        stop();
        connection.value = 'over';
        void load();
      });
    source.addEventListener('error', () => {
      connection.value = 'lost';
      if (source?.readyState !== EventSource.CLOSED) return;
      retry = window.setTimeout(listen, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    });
  }

  function stop(): void {
    source?.close();
    window.clearTimeout(retry);
  }

  void load().then(() => {
    if (view.value) listen();
  });
  onScopeDispose(stop);
  return { view, problem, connection, load };
}

/** Milliseconds. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;
