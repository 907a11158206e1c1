import { h, type VNodeArrayChildren } from 'vue';

/** Cells of FKUI's table with more than text in them. On narrow screens each stands on its own, with its column's name. */

export const cell = (label: string, ...content: VNodeArrayChildren) =>
  h('td', { class: 'table-ng__cell', 'data-label': label }, content);

export const rowHeading = (...content: VNodeArrayChildren) =>
  h('th', { scope: 'row', class: 'table-ng__cell heading' }, content);
