import * as v from 'valibot';
import { isName } from '../domain/service-name.ts';
import { HIGHEST_PORT, LOWEST_PORT } from '../base/port-number.ts';

/** What can be written into `config.json` and `styxy.config.*`. */

const name = v.pipe(v.string(), v.check(isName, 'expected letters, digits, ".", "_", "-", at most 64'));
const port = v.pipe(v.number(), v.integer(), v.minValue(LOWEST_PORT), v.maxValue(HIGHEST_PORT));

const serviceType = v.strictObject({
  port_range: v.optional(
    v.pipe(
      v.tuple([port, port]),
      v.check(([first, last]) => first <= last, 'expected the lower port first'),
    ),
  ),
  preferred_ports: v.optional(v.array(port)),
  instance_behavior: v.optional(v.picklist(['multi', 'single'])),
  description: v.optional(v.string()),
});

const serviceTypes = v.optional(v.record(name, serviceType));

export const userConfigSchema = v.strictObject({
  $schema: v.optional(v.string()),
  service_types: serviceTypes,
  on_wrapper_death: v.optional(v.picklist(['reap', 'adopt'])),
});

const service = v.strictObject({
  type: v.optional(name),
  command: v.optional(v.union([v.string(), v.array(v.string())])),
  prefer: v.optional(port),
  env: v.optional(v.union([v.string(), v.array(v.string())])),
  args: v.optional(v.array(v.string())),
});

export const projectConfigSchema = v.strictObject({
  $schema: v.optional(v.string()),
  services: v.optional(v.record(name, service)),
});

export type ServiceTypeConfig = v.InferOutput<typeof serviceType>;
export type UserConfig = v.InferOutput<typeof userConfigSchema>;
export type ProjectConfig = v.InferOutput<typeof projectConfigSchema>;
