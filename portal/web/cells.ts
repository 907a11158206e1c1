import { h, type VNodeArrayChildren } from 'vue';

/** Cells of FKUI's table with more than text in them. On narrow screens each stands on its own, with its column's name. */

/** FKUI's table takes the focus to the cell when Enter is pressed, so that a link in it would not be followed. */
const onKeydown = (event: KeyboardEvent): void => {
  if (event.key === 'Enter' && event.target instanceof HTMLAnchorElement) event.stopPropagation();
};

export const cell = (label: string, ...content: VNodeArrayChildren) =>
  h('td', { class: 'table-ng__cell', 'data-label': label, onKeydown }, content);

export const rowHeading = (...content: VNodeArrayChildren) =>
  h('th', { scope: 'row', class: 'table-ng__cell heading', onKeydown }, content);
