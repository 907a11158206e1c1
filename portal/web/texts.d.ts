declare module 'virtual:texts/*' {
  import type { TextName } from '../../texts/pages.sv.ts';

  type Values = Record<string, string | number | undefined>;
  export const texts: Record<TextName, string | ((values: Values) => string)>;
  export const fkui: Partial<Record<string, string>>;
}

declare module '@messageformat/core/compile-module' {
  import type MessageFormat from '@messageformat/core';

  /** The messages as the source of a module of functions. */
  export default function compileModule(format: MessageFormat, messages: Record<string, string>): string;
}
