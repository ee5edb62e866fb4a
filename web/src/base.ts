/**
 * Where the UI lives: above the directory this script came from. A route prefix, or a proxy that adds or strips one, need not
 * be known.
 */

// Apart from the URL below, or the build would take it for the address of a file.
const here = import.meta.url;

export const base: URL = new URL('../', here);
