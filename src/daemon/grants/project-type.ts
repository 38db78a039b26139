import type { Catalog, ServiceType } from '../../domain/service-type.ts';
import type { ServiceTypeDefinition } from '../../protocol/project.ts';
import { resolveProjectType } from '../../settings/service-types.ts';

/**
 * The type as the asker's project defines it. It holds for this request alone: no other project ever sees it.
 * @throws StyxyError BAD_CONFIG when it can't be used beside the types that everybody knows
 */
export function projectTypeOf(
  request: { service_type: string; service_type_definition?: ServiceTypeDefinition | undefined },
  catalog: Catalog,
): ServiceType | undefined {
  const { service_type: name, service_type_definition: definition } = request;
  return definition && resolveProjectType(catalog, name, definition);
}
