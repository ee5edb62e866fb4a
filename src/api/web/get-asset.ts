/** GET /assets/:name: a file of the built UI. Its name is its content's, so that a browser asks for it once. */
import { answer, text } from '../answers.ts';
import type { ApiContext } from '../request-body.ts';
import type { Asset, BuiltUi } from './built-ui.ts';

const FOR_EVER = 'public, max-age=31536000, immutable';

export function getAsset(context: ApiContext, ui: BuiltUi | undefined): Response {
  const asset = ui?.assets.get(context.req.param('name') ?? '');
  // Of another build, most likely: the page has to be loaded anew.
  if (asset === undefined) return text(404, '404 page not found\n', { 'Cache-Control': 'no-store' });
  const headers = { 'Cache-Control': FOR_EVER, ETag: asset.etag, Vary: 'Accept-Encoding' };
  if (isKnown(context.req.header('if-none-match'), asset)) return new Response(null, { status: 304, headers });
  if (asset.compressed === undefined || !takesGzip(context.req.header('accept-encoding'))) {
    return answer(200, asset.type, [asset.bytes], headers);
  }
  return answer(200, asset.type, [asset.compressed], { ...headers, 'Content-Encoding': 'gzip' });
}

/** A proxy that compresses by itself makes the tag a weak one. */
function isKnown(ifNoneMatch: string | undefined, { etag }: Asset): boolean {
  const tags = ifNoneMatch?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes(etag) || tags.includes('*');
}

function takesGzip(acceptEncoding = ''): boolean {
  return acceptEncoding.split(',').some((coding) => {
    const [name = '', ...parameters] = coding.split(';').map((part) => part.trim().toLowerCase());
    return (name === 'gzip' || name === '*') && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
