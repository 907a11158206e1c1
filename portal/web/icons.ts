import sheet from '@fkui/icon-lib-default/dist/f/spritesheet.svg?url';

/** FKUI's icons refer to symbols of the page itself; they come as a picture, not as a script. */
export async function showIcons(): Promise<void> {
  const response = await fetch(sheet).catch(() => undefined);
  if (!response?.ok) return;
  // Styles, of which two icons have some that change nothing, are kept out by the content security policy.
  const text = (await response.text()).replaceAll(/ style="[^"]*"|<style>[^<]*<\/style>/g, '');
  const { documentElement } = new DOMParser().parseFromString(text, 'image/svg+xml');
  documentElement.setAttribute('hidden', '');
  documentElement.setAttribute('aria-hidden', 'true');
  document.body.append(document.importNode(documentElement, true));
}
