import { createHash } from 'node:crypto';

/**
 * A function of the database, since its plans are kept then: planning a look at the register takes ten times as long as
 * looking, and several steps are one message. Its name says what it holds, so that workers of two versions get on with one
 * database.
 */
export function databaseFunction(
  name: string,
  parameters: readonly string[],
  returns: string,
  /** PL/pgSQL, with `$1`, `$2`, … for the parameters. */
  body: string,
  /** `stable` where it only looks: at one moment alone. Else each of its statements sees what has been done by then. */
  changes: 'stable' | 'volatile' = 'stable',
) {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 8);
  const call = (values: string[]) => `aterkalla.${name}_${hash}(${values.join(', ')})`;
  return {
    create: `create or replace function ${call([...parameters])} returns ${returns}
      language plpgsql ${changes} as $function$ ${body} $function$`,
    /** The call, as an expression. @param first what stands for the first parameter. */
    with: (first = '$1') => call([first, ...parameters.slice(1).map((_, index) => `$${index + 2}`)]),
  };
}
