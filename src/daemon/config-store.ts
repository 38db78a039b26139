import { messageOf, StyxyError } from '../base/styxy-error.ts';
import { resolveCatalog } from '../settings/service-types.ts';
import { parseUserConfig } from '../settings/parse.ts';
import type { UserConfig } from '../settings/schema.ts';
import type { Catalog } from '../domain/service-type.ts';
import { readTextIfThere } from '../system/pid-file.ts';

export interface LoadedConfig {
  catalog: Catalog;
  onWrapperDeath: 'reap' | 'adopt';
  /** Why the user's file is not in force, in words for people. */
  notices: string[];
}

/** The user's `config.json`; an invalid one is reported and the built-in settings stay in force. */
export function loadUserConfig(path: string): LoadedConfig {
  try {
    return resolve(readConfig(path), []);
  } catch (error) {
    const why = error instanceof StyxyError && error.why ? `: ${error.why}` : '';
    return resolve({}, [`${messageOf(error)}${why}; the built-in settings are in force instead`]);
  }
}

function readConfig(path: string): UserConfig {
  const text = readTextIfThere(path);
  return text === undefined ? {} : parseUserConfig(parseJson(text, path), path);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StyxyError('BAD_CONFIG', `${path} is not JSON`, { why: messageOf(error), cause: error });
  }
}

function resolve(config: UserConfig, notices: string[]): LoadedConfig {
  return {
    catalog: resolveCatalog(config.service_types),
    onWrapperDeath: config.on_wrapper_death ?? 'reap',
    notices,
  };
}
