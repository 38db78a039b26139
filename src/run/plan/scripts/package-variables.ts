/** Parts of package.json that scripts can read, in npm 7 and later. */
const PARTS = ['name', 'version', 'config', 'engines', 'bin'];

/** `npm_package_config_port` and the like. @param text of a package.json that can be read */
export function packageVariables(text: string): Record<string, string> {
  const content = JSON.parse(text.replace(/^\uFEFF/, '')) as Record<string, unknown>;
  const given = PARTS.filter((part) => Object.hasOwn(content, part)).map((part) => [part, content[part]]);
  return flat({ ...Object.fromEntries(given), bin: programsOf(content) }, 'npm_package_');
}

/** By name, each as a path from the package's folder. */
function programsOf({ name, bin }: Record<string, unknown>): unknown {
  const all = typeof bin === 'string' ? { [String(name).replace(/^@[^/]*\//, '')]: bin } : bin;
  if (typeof all !== 'object' || all === null) return undefined;
  return Object.fromEntries(
    Object.entries(all).map(([each, path]) => [
      each,
      typeof path === 'string' ? path.replace(/^(\.?\/)+/, '') : path,
    ]),
  );
}

function flat(value: object, prefix: string): Record<string, string> {
  const all = Object.entries(value).flatMap(([key, each]: [string, unknown]): [string, string][] => {
    if (each === undefined) return [];
    if (each === null || each === false) return [[`${prefix}${key}`, '']];
    if (typeof each === 'object') return Object.entries(flat(each, `${prefix}${key}_`));
    // JSON has no other values.
    const text: string | number | boolean = each as string | number | boolean;
    return [[`${prefix}${key}`, `${text}`]];
  });
  return Object.fromEntries(all);
}
