import { expect, test } from 'vitest';
import type { PlannedService } from '../../src/protocol/requests/project.ts';
import { describeCoordinator } from '../support/coordinators.ts';

describeCoordinator('where the services of a project are', (styxy) => {
  const ask = async (project_path: string, ...services: PlannedService[]) =>
    (await styxy.projectPorts({ project_path, services })).services;
  const service = (service_name: string, more: Partial<PlannedService> = {}): PlannedService => ({
    service_name,
    service_type: 'web',
    ...more,
  });

  test('is told before they run, to each its own, and stays so when they start in another order', async () => {
    const [shop, admin] = await ask('/told', service('shop'), service('admin'));
    expect(shop).toMatchObject({ service_name: 'shop', service_type: 'web', live: false });
    expect(admin?.port).not.toBe(shop?.port);
    for (const told of [admin, shop]) {
      const body = { service_type: 'web', service_name: told?.service_name, preferred_port: told?.port };
      expect((await styxy.allocate({ ...body, project_path: '/told' })).port).toBe(told?.port);
    }
    const live = await ask('/told', service('shop'), service('admin'));
    expect(live.map(({ port, live: runs }) => [port, runs]).toSorted()).toEqual(
      [shop, admin].map((each) => [each?.port, true]).toSorted(),
    );
  });

  test('a service that nobody has named keeps the name by which it was told, two of one name get two', async () => {
    const origin = (service_folder: string) => service('dev', { service_folder, program: 'dev' });
    const told = await ask('/unnamed', origin('apps/web'), origin('apps/api'));
    expect(told.map(({ service_name: name }) => name)).toEqual(['dev', 'api-dev']);
    expect(await ask('/unnamed', origin('apps/web'), origin('apps/api'))).toEqual(told);
    const lease = await styxy.allocate({ ...origin('apps/api'), project_path: '/unnamed' });
    expect(lease).toMatchObject({ service_name: 'api-dev', port: told[1]?.port });
  });

  test('is another place for each project, also when both wish the same', async () => {
    const wish = styxy.web.last;
    const [first] = await ask('/wish-1', service('shop', { preferred_port: wish }));
    const [second] = await ask('/wish-2', service('shop', { preferred_port: wish }));
    expect([first?.port, second?.port === wish]).toEqual([wish, false]);
    expect(await ask('/wish-2', service('shop', { preferred_port: wish }))).toEqual([second]);
  });

  test('what a project was told is given to others last', async () => {
    const [told] = await ask('/kept', service('shop'));
    const other = await styxy.allocate({ service_type: 'web', service_name: 'x', project_path: '/other' });
    expect(other.port).not.toBe(told?.port);
  });

  test('a service that can get no port keeps none of the others from theirs', async () => {
    const { services, problems } = await styxy.projectPorts({
      project_path: '/partly',
      services: [
        service('low', { port: 80 }),
        service('refused', { service_type: 'refused' }),
        service('shop'),
      ],
    });
    expect(services.map(({ service_name }) => service_name)).toEqual(['shop']);
    expect(problems).toMatchObject([
      { service_name: 'low', code: 'PORT_NOT_ALLOWED' },
      { service_name: 'refused', code: 'RANGE_FULL' },
    ]);
  });

  test('is one for all projects where the machine has one service, before it runs, while it does, and after', async () => {
    const once = service('model', { service_type: 'once' });
    const [one] = await ask('/machine-1', once);
    expect(await ask('/machine-2', once)).toEqual([one]);
    const body = { service_type: 'once', service_name: 'model', project_path: '/machine-3' };
    const lease = await styxy.allocate(body);
    expect(lease).toMatchObject({ port: one?.port, singleton_scope: 'machine' });
    for (const project of ['/machine-1', '/machine-4'])
      expect(await ask(project, once)).toMatchObject([{ ...one, reason: expect.anything(), live: true }]);
    expect(await styxy.allocate({ ...body, project_path: '/machine-1' })).toMatchObject({
      existing: true,
      port: one?.port,
      sharers: [{ project_path: '/machine-3' }, { project_path: '/machine-1' }],
    });
    await styxy.release(lease.lock_id, { all: true });
    expect(await ask('/machine-2', once)).toEqual([one]);
    expect((await styxy.remembered({ type: 'once' })).remembered).toMatchObject([
      {
        service_name: 'model',
        project_path: null,
        ports: [one?.port],
        promised: true,
        last_listened_at: null,
      },
    ]);
    const each = service('model', { service_type: 'once-each' });
    const [[own], [others]] = [await ask('/machine-1', each), await ask('/machine-2', each)];
    expect(others?.port).not.toBe(own?.port);
  });

  test('is told with the reason, also where another service of the project has been told the first one', async () => {
    const asked = ['one', 'two'].map((name) => service(name, { service_type: 'made-why' }));
    const [one, two] = await ask('/why', ...asked);
    expect(one?.reason).toMatchObject({ code: 'first_free' });
    expect(two?.reason).toMatchObject({
      code: 'kept',
      text: expect.stringMatching(`^${one?.port} is kept for /why one`),
    });
    expect(await ask('/why', ...asked)).toEqual([one, two]);
    await styxy.forget({ project: '/why' });
  });

  test('is told and remembered for services whose types are made at their start', async () => {
    const fresh = [
      service('queue', { service_type: 'made-queue' }),
      service('mailer', { service_type: 'made-mailer' }),
    ];
    const told = await ask('/made', ...fresh);
    expect(await ask('/made', ...fresh)).toEqual(told);
    expect((await styxy.remembered({ project: '/made' })).remembered).toMatchObject(
      told.toReversed().map(({ port, ...each }) => ({
        service_name: each.service_name,
        service_type: each.service_type,
        ports: [port],
        promised: true,
      })),
    );
    for (const { service_name, service_type, port } of told) {
      const body = { service_name, service_type, preferred_port: port, wished_by: 'project' as const };
      expect((await styxy.allocate({ ...body, project_path: '/made' })).port).toBe(port);
    }
    const { forgotten } = await styxy.forget({ project: '/made' });
    expect(forgotten.map((each) => each.service_name).toSorted()).toEqual(['mailer', 'queue']);
    expect((await styxy.remembered()).remembered.some((each) => each.project_path === '/made')).toBe(false);
  });

  test("a project's own type is judged beside the types of all, and known to nobody else", async () => {
    const range: [number, number] = [styxy.unmanaged, styxy.unmanaged + 1];
    const own = { service_type: 'own-type', service_type_definition: { port_range: range } };
    const { port, lock_id } = await styxy.allocate({ ...own, project_path: '/own' });
    expect(port).toBe(range[0]);
    expect((await styxy.suggest('own-type', own)).suggestions).toEqual([range[1]]);
    expect((await styxy.list({ type: 'own-type' })).allocations.map((each) => each.lock_id)).toEqual([
      lock_id,
    ]);
    await expect(styxy.list({ type: 'another-own' })).rejects.toMatchObject({ code: 'UNKNOWN_TYPE' });
    const clash = { port_range: [styxy.web.last, styxy.web.last + 1] as [number, number] };
    await expect(styxy.allocate({ ...own, service_type_definition: clash })).rejects.toMatchObject({
      code: 'BAD_CONFIG',
      why: expect.stringMatching(/"own-type" .*"web" .*overlap/),
    });
  });

  test.each([
    ['project', 'each project has its own', false],
    ['machine', 'all who mean it share one', true],
  ] as const)("a project's own type may run once: with the scope %s %s", async (scope, _, shared) => {
    const [first, last] = [styxy.unmanaged, styxy.unmanaged + 1];
    const ask = (project_path: string) =>
      styxy.allocate({
        project_path,
        service_type: 'own-once',
        service_type_definition: {
          port_range: [first, last],
          preferred_ports: [last],
          instance_behavior: 'single',
          singleton_scope: scope,
        },
      });
    const [one, again, other] = [await ask('/one'), await ask('/one'), await ask('/other')];
    expect(one.port).toBe(last);
    expect(again).toMatchObject({ existing: true, port: last });
    expect([other.port, other.existing]).toEqual(shared ? [last, true] : [first, undefined]);
  });
});
