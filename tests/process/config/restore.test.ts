import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectError } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';

describe('a backup of the configuration', () => {
  const home = styxyHome();
  const file = (): string => join(home.path, 'config.json');
  const text = (): string => readFileSync(file(), 'utf8');
  const types = async () => (await home.json<{ service_types: object }>(['config', 'show'])).service_types;

  test('is put back as it was, byte for byte, in force at once; what was there becomes the next one', async () => {
    expectError(await home.cli(['config', 'restore']), 64, 'USAGE');
    const none = await home.cli(['config', 'restore', 'nosuch']);
    expectError(none, 64, 'USAGE');
    expect(none.stderr).toMatch(/why: \S+backups has none of config\.json, and there is no file \S+nosuch\n/);
    const before = text();
    await home.json(['allocate', '--type', 'gizmo', '--ttl', '1m']);
    const after = text();
    expect([after === before, Object.keys(await types()).includes('gizmo')]).toEqual([false, true]);

    const restored = await home.cli(['config', 'restore']);
    expect(restored.code, restored.story).toBe(0);
    expect(restored.stderr).toMatch(
      /^\S+config\.json is again as in config\.json\.\S+\nwhat it was before is kept as /,
    );
    expect(text()).toBe(before);
    await waitFor(async () => !Object.keys(await types()).includes('gizmo'), 5000, 'it to be in force');

    const [newest = ''] = readdirSync(join(home.path, 'backups')).toSorted().toReversed();
    await home.json(['config', 'restore', newest]);
    expect(text()).toBe(after);
  });

  test('that is not valid, or not there, changes nothing', async () => {
    const before = text();
    const bad = join(home.place, 'bad.json');
    writeFileSync(bad, '{ "dev": { "port_range": [8000, 8099] } }');
    expectError(await home.cli(['config', 'restore', bad]), 78, 'BAD_CONFIG');
    const unknown = await home.cli(['config', 'restore', 'yesterday']);
    expectError(unknown, 64, 'USAGE');
    expect(unknown.stderr).toMatch(/there are config\.json\.\d{4}-/);
    expect(text()).toBe(before);
  });

  test('is not needed to take back a type that was made, by the older spelling as well', async () => {
    await home.cli(['release', 'gizmo']);
    await waitFor(async () => (await home.api.list()).allocations.length === 0, 5000);
    const undone = await home.cli(['config', 'undo-auto-allocation', 'gizmo']);
    expect(undone.code, undone.story).toBe(0);
    expect((await home.cli(['config', '--help'])).stdout).not.toContain('undo-auto-allocation');
  });
});
