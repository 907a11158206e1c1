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
  const named = (values: readonly string[]) => `aterkalla.${name}_${hash}(${values.join(', ')})`;
  /** The call as an expression, with something else in place of the first parameter. */
  const withFirst = (first: string) => named([first, ...parameters.slice(1).map((_, index) => `$${index + 2}`)]);
  return {
    create: `create or replace function ${named(parameters)} returns ${returns}
      language plpgsql ${kind} as $function$ ${body} $function$`,
    withFirst,
    /** Always one row, whose `result` is what the function returns. */
    call: `select ${withFirst('$1')} as result`,
  };
}
