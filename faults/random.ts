/** Chance from a seed: the same seed gives the same choices. */
export type Random = {
  /** 0 up to 1, without 1. */
  fraction(): number;
  /** True this often, of 1. */
  chance(of: number): boolean;
  /** From one number up to another, without that. */
  between(from: number, to: number): number;
  oneOf<T>(list: readonly T[]): T;
  shuffled<T>(list: readonly T[]): T[];
};

/** @param seed any whole number; the generator is mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    fraction,
    chance: (of) => fraction() < of,
    between: (from, to) => from + fraction() * (to - from),
    oneOf(list) {
      const chosen = list[Math.floor(fraction() * list.length)];
      if (chosen === undefined) throw new Error('nothing to choose from');
      return chosen;
    },
    shuffled(list) {
      const rest = [...list];
      return list.flatMap(() => rest.splice(Math.floor(fraction() * rest.length), 1));
    },
  };
}
