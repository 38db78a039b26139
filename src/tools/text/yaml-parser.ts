import { load } from 'js-yaml';

/** The content of a YAML text; undefined when it is none. In a module of its own: few commands need it. */
export function parseYaml(text: string): unknown {
  try {
    return load(text);
  } catch {
    return undefined;
  }
}
