import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ConfigAccess } from '../../../src/project/access.ts';
import { ownTypeIn, ownTypeOf } from '../../../src/project/own-types.ts';
import { tempDir } from '../../support/temp.ts';

const LOOKING: ConfigAccess = { code: 'known', trusted: '/nowhere', unread: () => undefined };
const GRAFANA = { port_range: [3200, 3219] as [number, number], preferred_ports: [3210] };

describe('what a project says about a service type', () => {
  test('is what decides on a port, without what is there for people', () => {
    const description = 'Charts,\nin two lines';
    const config = { service_types: { grafana: { ...GRAFANA, description, auto_allocated: true } } };
    expect(ownTypeOf(config, 'grafana')).toEqual(GRAFANA);
  });

  test.each(['dev', 'constructor', 'toString'])('is nothing where it does not name it: %s', (name) => {
    expect(ownTypeOf({ service_types: { grafana: GRAFANA } }, name)).toBeUndefined();
    expect(ownTypeOf({}, name)).toBeUndefined();
    expect(ownTypeOf(undefined, name)).toBeUndefined();
  });

  test('is found from any folder of the project, and nowhere above it', async () => {
    const place = tempDir();
    onTestFinished(place.remove);
    const top = realpathSync(place.path);
    const inner = join(top, 'packages', 'web');
    mkdirSync(inner, { recursive: true });
    writeFileSync(join(top, 'styxy.config.json'), JSON.stringify({ service_types: { grafana: GRAFANA } }));
    expect(await ownTypeIn(inner, top, 'grafana', LOOKING)).toEqual(GRAFANA);
    expect(await ownTypeIn(inner, join(top, 'packages'), 'grafana', LOOKING)).toBeUndefined();
  });
});
