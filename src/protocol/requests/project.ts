import * as v from 'valibot';
import { nameParts, serviceIdentity } from './identity.ts';
import { about, flag, name, ownPort, port, projectPath, text } from './fields.ts';

export const serviceTypeDefinition = about(
  v.object(
    {
      port_range: v.optional(
        v.pipe(
          v.strictTuple([ownPort, ownPort], 'expected two ports: [first, last]'),
          v.check(([first, last]) => first <= last, 'expected the lower port first'),
          v.description('first and last port, the lower one first'),
        ),
      ),
      preferred_ports: v.optional(v.pipe(v.array(ownPort, 'expected a list of ports'), v.maxLength(1000))),
      instance_behavior: v.optional(v.picklist(['multi', 'single'])),
      singleton_scope: v.optional(
        about(
          v.picklist(['machine', 'project']),
          'of a `single` type: one for the whole machine (default), or one for each project',
        ),
      ),
      description: v.optional(text(1024)),
    },
    'expected an object',
  ),
  'what a project says about a service type, for itself alone',
);
export type ServiceTypeDefinition = v.InferOutput<typeof serviceTypeDefinition>;

/** What is said of a type that nobody asked for. */
export const defaultTypeFields = {
  service_type_default: v.optional(
    about(flag, '`service_type` is a default only: the range in which the preferred port lies decides'),
  ),
  service_type_known: v.optional(
    about(flag, 'of a default: the program is one of this type, whatever range the preferred port lies in'),
  ),
};

/** Wishes for a port, the strongest first. */
export const wishFields = {
  preferred_port: v.optional(about(port, 'taken if it is free')),
  wished_by: v.optional(
    about(
      v.picklist(['option', 'config', 'script', 'environment', 'project']),
      'who named the port: for the reason that comes with the answer; `project`: it was told by `/project/ports`',
    ),
  ),
  wished_in: v.optional(about(text(256), 'the file that names the port, and the line: `vite.config.ts:5`')),
  default_port: v.optional(
    about(
      port,
      'the port that the program would take by itself: behind the ports that the service had before',
    ),
  ),
};

export const plannedService = about(
  v.object({
    service_name: name,
    ...serviceIdentity,
    service_type: name,
    ...defaultTypeFields,
    service_type_definition: v.optional(serviceTypeDefinition),
    port: v.optional(about(port, 'exactly this port')),
    name_parts: v.optional(nameParts),
    ...wishFields,
  }),
  'a service of a project, whether or not it runs',
);
export type PlannedService = v.InferOutput<typeof plannedService>;

export const projectPortsBody = v.object({
  project_path: v.pipe(projectPath, v.minLength(1, 'expected a path')),
  instance_id: v.optional(name),
  services: v.pipe(v.array(plannedService, 'expected a list of services'), v.maxLength(200)),
});
export type ProjectPortsBody = v.InferOutput<typeof projectPortsBody>;
