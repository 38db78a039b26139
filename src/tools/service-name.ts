/** The last resort, when a command gives no name at all. */
const NAMELESS = 'app';

/** A name that every part of Styxy accepts, as near to the given one as can be: `dev:web` becomes `dev-web`. */
export function serviceName(name: string | undefined): string {
  const clean = (name ?? '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64)
    .replace(/-+$/, '');
  return clean === '' ? NAMELESS : clean;
}
