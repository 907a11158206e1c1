import { readFileSync } from 'node:fs';
import { parseXml, XmlElement } from '@rgrove/parse-xml';
import * as z from 'zod/mini';

/** An XML element as plain data: what is not an element (text, comments) is left out. */
export type Element = { name: string; attributes: Record<string, string>; children: Element[] };

/** One test of the SCXML test framework: events, each with how long to wait before it, and what must be active after. */
export type ScxmlTest = {
  name: string;
  document: Element;
  initialConfiguration: string[];
  events: { after?: number | undefined; event: { name: string }; nextConfiguration: string[] }[];
};

const script = z.object({
  initialConfiguration: z.array(z.string()),
  events: z.array(
    z.object({
      after: z.optional(z.number()),
      event: z.object({ name: z.string() }),
      nextConfiguration: z.array(z.string()),
    }),
  ),
});

const framework = import.meta.resolve('@scion-scxml/test-framework/package.json');

/** @param name a test of the framework, by group and name, e.g. `history/history0`. */
export function readTest(name: string): ScxmlTest {
  const read = (ending: string) => readFileSync(new URL(`test/${name}.${ending}`, framework), 'utf8');
  return { name, document: readScxml(read('scxml')), ...script.parse(JSON.parse(read('json'))) };
}

/** @throws Error where the text is not XML. */
export function readScxml(xml: string): Element {
  const { root } = parseXml(xml);
  if (!root) throw new Error('expected XML with a root element');
  return plain(root);
}

const plain = ({ name, attributes, children }: XmlElement): Element => ({
  name,
  attributes,
  children: children.filter((child) => child instanceof XmlElement).map(plain),
});
