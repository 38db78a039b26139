import type { ProjectConfig, ServiceTypeConfig } from '../settings/schema.ts';
import type { ConfigAccess } from './access.ts';
import { loadProjectConfig } from './load-config.ts';

/** What decides on a port. What is there for people stays in the project. */
export type OwnType = Omit<ServiceTypeConfig, 'description' | 'auto_allocated'>;

/** What a project says about a service type, for itself alone. */
export function ownTypeOf(config: ProjectConfig | undefined, type: string): OwnType | undefined {
  const types = config?.service_types ?? {};
  if (!Object.hasOwn(types, type)) return undefined;
  const { description: _, auto_allocated: __, ...own } = types[type] ?? {};
  return own;
}

/** The same for the project around `cwd`, whose worktree has this top. @throws StyxyError BAD_CONFIG */
export async function ownTypeIn(
  cwd: string,
  top: string,
  type: string,
  access: ConfigAccess,
): Promise<OwnType | undefined> {
  return ownTypeOf((await loadProjectConfig(cwd, top, access))?.config, type);
}
