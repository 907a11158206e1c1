import { ref, shallowRef } from 'vue';
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
