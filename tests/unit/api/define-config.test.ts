import { expect, expectTypeOf, test } from 'vitest';
import { defineConfig } from '../../../src/api/define-config.ts';
import type { ServiceConfig, ServiceTypeConfig, StyxyConfig } from '../../../src/api/types.ts';
import { checkProjectConfig } from '../../../src/settings/parse.ts';
import type { ProjectConfig } from '../../../src/settings/schema.ts';

type InSchema<Section extends 'services' | 'service_types'> = NonNullable<ProjectConfig[Section]>[string];
/** Written by the coordinator into the user's file, and by nobody into a project's. */
type ByItself = 'auto_allocated';

test('the types of a configuration name every setting that its schema knows', () => {
  expectTypeOf<keyof StyxyConfig>().toEqualTypeOf<keyof ProjectConfig>();
  expectTypeOf<keyof ServiceConfig>().toEqualTypeOf<keyof InSchema<'services'>>();
  expectTypeOf<keyof ServiceTypeConfig>().toEqualTypeOf<Exclude<keyof InSchema<'service_types'>, ByItself>>();
  expectTypeOf<ProjectConfig>().toExtend<StyxyConfig>();
  const config = defineConfig({
    services: { model: { type: 'llm' } },
    service_types: {
      llm: { port_range: [14_300, 14_309], instance_behavior: 'single', singleton_scope: 'project' },
    },
  });
  expect(checkProjectConfig(config, 'styxy.config.ts')).toEqual({ config, problems: [] });
});
