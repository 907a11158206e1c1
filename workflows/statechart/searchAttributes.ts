import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';

/** What a case is found by; the server is told only what has changed. */
export class SearchAttributes {
  /** What the server has, as JSON by name. */
  #shown = new Map(
    workflowInfo()
      .typedSearchAttributes.getAll()
      .map(({ key, value }) => [key.name, JSON.stringify(value)]),
  );

  /** @param along what is written where one of the attributes changes; alone it would not be worth an event of its own. */
  show(attributes: SearchAttributeUpdatePair[], along: () => SearchAttributeUpdatePair[]): void {
    const changed = this.#unshown(attributes);
    if (changed.length === 0) return;
    changed.push(...this.#unshown(along()));
    for (const { key, value } of changed) this.#shown.set(key.name, JSON.stringify(value));
    upsertSearchAttributes(changed);
  }

  #unshown(attributes: SearchAttributeUpdatePair[]): SearchAttributeUpdatePair[] {
    return attributes.filter(({ key, value }) => JSON.stringify(value) !== (this.#shown.get(key.name) ?? 'null'));
  }
}
