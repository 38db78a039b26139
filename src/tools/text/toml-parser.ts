import { parse } from 'smol-toml';

/** The content of a TOML text; undefined when it is none. In a module of its own: few commands need it. */
export function parseToml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
