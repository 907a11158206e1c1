import type { Answer } from '../api.ts';

/** What a form of a task sends its act with; answers whether it was taken. */
export type Act = (send: () => Promise<Answer>) => Promise<boolean>;
