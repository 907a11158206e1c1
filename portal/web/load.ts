import { nextTick, ref, shallowRef } from 'vue';
import type { Problem } from '../api.ts';
import { problemOf } from './http.ts';

/** Something that a page asks for when it opens: the answer, or what went wrong. */
export function useLoad<Answer>(ask: () => Promise<Answer>) {
  const answer = shallowRef<Answer>();
  const problem = shallowRef<Problem>();
  const loading = ref(false);
  let latest = 0;

  /** Asks again; an answer that a later question has overtaken is thrown away. */
  async function load(): Promise<void> {
    const mine = ++latest;
    loading.value = true;
    try {
      const got = await ask();
      if (mine !== latest) return;
      answer.value = got;
      problem.value = undefined;
    } catch (error) {
      if (mine === latest) problem.value = problemOf(error);
    } finally {
      if (mine === latest) loading.value = false;
    }
  }
  void load();
  return { answer, problem, loading, load };
}

/**
 * A list that comes in pages. Whoever asks for more keeps the focus where it is; on the last page, where there is nothing
 * more to ask for, it goes to the first row that came.
 *
 * @param ask gives a page; @param rowsIn how many rows it has; @param join puts a page behind those before it.
 */
export function usePages<Page extends { next: string | null }>(
  ask: (next: string | undefined) => Promise<Page>,
  rowsIn: (page: Page) => number,
  join: (before: Page, more: Page) => Page,
) {
  const found = shallowRef<Page>();
  const problem = shallowRef<Problem>();
  let latest = 0;

  /** An answer that a later question has overtaken is thrown away: two clicks on "more" give one page. */
  async function take(before?: Page): Promise<void> {
    const mine = ++latest;
    try {
      const got = await ask(before?.next ?? undefined);
      if (mine !== latest) return;
      found.value = before ? join(before, got) : got;
      problem.value = undefined;
      if (!before || got.next) return;
      await nextTick();
      document.querySelector<HTMLElement>(`main tbody tr:nth-child(${rowsIn(before) + 1}) a`)?.focus();
    } catch (error) {
      if (mine === latest) problem.value = problemOf(error);
    }
  }
  return { found, problem, load: () => take(), more: () => take(found.value) };
}

/** Something that a person sends: at most one at a time, however often they click. */
export function useSend() {
  const problem = shallowRef<Problem>();
  const busy = ref(false);

  /** @returns what `send` gives; undefined where it was refused, which `problem` then says. */
  async function run<Answer>(send: () => Promise<Answer>): Promise<Answer | undefined> {
    if (busy.value) return undefined;
    busy.value = true;
    problem.value = undefined;
    try {
      return await send();
    } catch (error) {
      problem.value = problemOf(error);
      return undefined;
    } finally {
      busy.value = false;
    }
  }
  return { problem, busy, run };
}
