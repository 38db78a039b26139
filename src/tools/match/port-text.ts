/** A number in a text, and what stands around it. */
export interface PortText {
  prefix: string;
  port: number;
  suffix: string;
}

/**
 * The port in a text that is written like `template`: `{port}` (the bare number, when missing), `127.0.0.1:{port}`
 * (whatever address, or none), `http.port={port}`.
 */
export function numberIn(text: string, template = '{port}'): PortText | undefined {
  const [before = '', after = ''] = template.split('{port}');
  const address = /^(?:\w+:(?:\/\/)?)?127\.0\.0\.1:$/.test(before) || before === ':';
  const [, prefix = '', digits, suffix = ''] =
    (address ? /^(|.*[:])(\d{1,5})(\/.*)?$/s : literal(before, after)).exec(text) ?? [];
  const port = portNumber(digits);
  return port === undefined ? undefined : { prefix, port, suffix };
}

/** The text for a number, as the template has it. */
export function withPort(template: string | undefined, port: number): string {
  return (template ?? '{port}').replaceAll('{port}', String(port));
}

function literal(before: string, after: string): RegExp {
  const escaped = [before, after].map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^(${escaped[0]})(\\d{1,5})(${escaped[1]})$`);
}

/** The number of a port, 0 (any free port) included. */
export function portNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}

/** 0 asks for any free port: no wish. */
export function fixedPort(port: number | undefined): number | undefined {
  return port === 0 ? undefined : port;
}

/** A number that the shell takes from a variable: `$WEB_PORT`, `"${WEB_PORT:-3000}"`. */
export function shellVariable(text: string): { name: string; fallback: number | undefined } | undefined {
  const [, name, digits] = /^["']?\$(?:(?=\w)|\{(?=.*\}))(\w+)(?::?-(\d{1,5}))?\}?["']?$/.exec(text) ?? [];
  return name === undefined || name === '' ? undefined : { name, fallback: portNumber(digits) };
}
