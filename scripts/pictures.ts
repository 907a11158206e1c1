import type { AnyStateMachine } from 'xstate';
import { stateDiagram } from './stateDiagram.ts';

/**
 * Puts the diagrams of machines into a Markdown text, each between its markers `<!-- picture:NAME -->` and
 * `<!-- /picture -->`; what stood between them goes.
 *
 * @param unsaid as in `stateDiagram`.
 * @throws Error where the text lacks the markers of a machine, or names one that is not given.
 */
export function withPictures(
  markdown: string,
  machines: Record<string, AnyStateMachine>,
  unsaid: readonly string[] = [],
): string {
  const missing = new Set(Object.keys(machines));
  const drawn = markdown.replace(
    /(<!-- picture:(\w+) -->\n)[\s\S]*?(<!-- \/picture -->)/g,
    (_, opening: string, name: string, closing: string) => {
      const machine = machines[name];
      if (!machine)
        throw new Error(
          `<!-- picture:${name} --> names no machine: expected one of ${Object.keys(machines).join(', ')}`,
        );
      missing.delete(name);
      return `${opening}\`\`\`mermaid\n${stateDiagram(machine, unsaid)}\n\`\`\`\n${closing}`;
    },
  );
  if (missing.size > 0)
    throw new Error(
      `no place for a picture: put the lines ${[...missing].map((name) => `<!-- picture:${name} --> and <!-- /picture -->`).join(', ')} into the text`,
    );
  return drawn;
}
