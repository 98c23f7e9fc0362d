/**
 * The server's Content-Security-Policy lets in only styles that carry the nonce of
 * the page, which it writes into index.html. Without a policy (development) there is none.
 */
export const nonce = document.querySelector('meta[name="csp-nonce"]')?.getAttribute('content') || undefined;

/**
 * antd passes the nonce to its own styles, but not to the one that keeps the page
 * from scrolling under a dialog. Every style element made by script gets it here.
 */
export function markStyles() {
  if (!nonce) return;
  const create = document.createElement.bind(document);
  document.createElement = ((tag: string, options?: ElementCreationOptions) => {
    const element = create(tag, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  }) as typeof document.createElement;
}
