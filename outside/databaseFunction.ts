import { createHash } from 'node:crypto';

type Definition = {
  name: string;
  /** Their types. */
  parameters: readonly string[];
  returns: string;
  /** A `stable` one only looks, at one moment; each statement of a `volatile` one sees what has been done by then. */
  kind: 'stable' | 'volatile';
  /** PL/pgSQL, with `$1`, `$2`, … for the parameters. */
  body: string;
};

/**
 * A function of the database, since its plans are kept then: planning a look at the register takes ten times as long as
 * looking, and several steps are one message. Its name says what it holds, so that workers of two versions get on with one
 * database.
 */
export function databaseFunction({ name, parameters, returns, kind, body }: Definition) {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 8);
  const call = (values: readonly string[]) => `aterkalla.${name}_${hash}(${values.join(', ')})`;
  return {
    create: `create or replace function ${call(parameters)} returns ${returns}
      language plpgsql ${kind} as $function$ ${body} $function$`,
    /** The call, as an expression. @param first what stands for the first parameter. */
    with: (first = '$1') => call([first, ...parameters.slice(1).map((_, index) => `$${index + 2}`)]),
  };
}
