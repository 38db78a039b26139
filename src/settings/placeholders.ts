import { nearestName } from '../base/nearest-name.ts';
import { problem, type ConfigProblem } from './problem.ts';
import { addressOf, type ServiceAddress } from './service-address.ts';

type Services = Readonly<Record<string, { type?: string | undefined }>>;

/** `{port}`, `{url}`, `{api.port}`, `{api.url}`; braces around anything with quotes, spaces or colons are just text. */
const PLACEHOLDER = /\{([^{}\s"':,;]+)\}/g;

/** What stands for a service's own address. */
const OWN = ['port', 'url'];

/** A service that does not speak HTTP has a port, and a URL that only its owner can write. */
const addressesOf = (services: Services): string[] =>
  Object.entries(services).flatMap(([name, { type = '' }]) =>
    addressOf(type, 1).url === undefined ? [`${name}.port`] : [`${name}.port`, `${name}.url`],
  );

/** Placeholders of variables that stand for nothing in this project. */
export function placeholderProblems(
  variables: Readonly<Record<string, string>>,
  services: Services,
  file: string,
): ConfigProblem[] {
  const known = [...OWN, ...addressesOf(services)];
  return Object.entries(variables).flatMap(([name, text]) =>
    [...text.matchAll(PLACEHOLDER)].flatMap(([placeholder, inner = '']) => {
      if (known.includes(inner)) return [];
      const near = nearestName(inner, known) ?? null;
      const expected = `{${known.join('}, {')}}`;
      const hint = near ? `; did you mean "{${near}}"?` : `: expected one of ${expected}`;
      return [
        {
          ...problem(file, `env.${name}`, text, `one of ${expected}`),
          did_you_mean: near && `{${near}}`,
          message: `"env.${name}" is ${JSON.stringify(text)}, and ${placeholder} stands for nothing${hint}`,
        },
      ];
    }),
  );
}

/**
 * The text with the addresses in it; undefined when one of them is not known.
 * @param services by name; the one whose own address is meant under ''
 */
export function fillPlaceholders(
  text: string,
  services: ReadonlyMap<string, ServiceAddress>,
): string | undefined {
  let isComplete = true;
  const filled = text.replaceAll(PLACEHOLDER, (placeholder, inner: string) => {
    const at = inner.lastIndexOf('.');
    const what = inner.slice(at + 1);
    if (!OWN.includes(what)) return placeholder;
    const address = services.get(at < 0 ? '' : inner.slice(0, at));
    const value = what === 'port' ? address?.port : address?.url;
    isComplete &&= value !== undefined;
    return String(value);
  });
  return isComplete ? filled : undefined;
}
