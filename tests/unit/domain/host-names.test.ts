import { describe, expect, it } from 'vitest';
import { domainLabel, hostLabel } from '../../../src/domain/host-label.ts';
import { createHostNames, type HostWish, type ServiceHost } from '../../../src/domain/host-names.ts';

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

describe('a label', () => {
  it.each([
    ['web', 'web'],
    ['Api_V2', 'api-v2'],
    ['feat/login', 'feat-login'],
    ['--x--', 'x'],
    ['café', 'cafe'],
    ['Straße', 'strasse'],
    ['smørrebrød', 'smorrebrod'],
    ['a..b//c', 'a-b-c'],
    ['feat/🚀launch', 'feat-launch'],
  ])('of %s is %s', (text, label) => expect(hostLabel(text)).toBe(label));

  it('of other letters has a hash, so that two of them differ', () => {
    expect(hostLabel('商店')).not.toBe(hostLabel('書店'));
    expect(hostLabel('商店')).toMatch(LABEL);
    expect(hostLabel('商店-web')).toMatch(/^web-[0-9a-f]{6}$/);
  });

  it('is never longer than 63, and two long ones differ', () => {
    const long = 'feature/'.padEnd(80, 'x');
    const labels = [long, `${long}y`].map((text) => hostLabel(text));
    expect(new Set(labels).size).toBe(2);
    for (const label of labels) expect(label).toMatch(LABEL);
  });

  it('of a worktree names project and branch, and begins no Punycode', () => {
    expect(domainLabel({ project: 'shop' })).toBe('shop');
    expect(domainLabel({ project: 'shop', branch: 'feat/x' })).toBe('shop--feat-x');
    expect(domainLabel({ project: 'xn', branch: 'main' })).toBe('xn-app--main');
    expect(domainLabel({ project: 'p'.repeat(90), branch: 'b'.repeat(90) })).toMatch(LABEL);
    // A project that is called like another one's worktree is not taken for it.
    expect(domainLabel({ project: 'shop--feat-x' })).toBe('shop-feat-x');
  });
});

describe('host names', () => {
  const wish = (service: string, more: Partial<HostWish> = {}): HostWish => ({
    worktree: '/shop',
    parts: { project: 'shop' },
    isAlone: false,
    service,
    ...more,
  });
  function named(names = createHostNames(), isKept: (service: ServiceHost) => boolean = () => true) {
    return (service: string, more: Partial<HostWish> = {}): string => {
      const found = names.hostFor(wish(service, more), isKept);
      names.note(found);
      return found.host;
    };
  }
  const linked = (branch: string) => ({ worktree: `/trees/${branch}`, parts: { project: 'shop', branch } });

  it('are below one domain for each worktree, and none of these is above another', () => {
    const name = named();
    expect(name('web')).toBe('web.shop');
    expect(name('api')).toBe('api.shop');
    expect(name('web', linked('login'))).toBe('web.shop--login');
  });

  it('are the name of the project for its only service, which keeps it when another comes', () => {
    const name = named();
    expect(name('dev', { isAlone: true })).toBe('shop');
    expect(name('storybook', { isAlone: true })).toBe('storybook.shop');
    expect(name('dev')).toBe('shop');
  });

  it('differ for branches that look alike', () => {
    const name = named();
    const hosts = [name('web', linked('feat/x')), name('web', linked('feat-x'))];
    expect(hosts[0]).toBe('web.shop--feat-x');
    expect(hosts[1]).toMatch(/^web\.shop--feat-x-[0-9a-f]{6}$/);
    // Its other services have the same domain.
    expect(name('api', linked('feat-x'))).toBe(hosts[1]?.replace('web', 'api'));
  });

  it('differ for two projects of one name, and for services that look alike', () => {
    const name = named();
    expect(name('web')).toBe('web.shop');
    expect(name('web', { worktree: '/other/shop' })).toMatch(/^web\.shop-[0-9a-f]{6}$/);
    expect(name('web_1')).toBe('web-1.shop');
    expect(name('web-1')).toMatch(/^web-1-[0-9a-f]{6}\.shop$/);
  });

  it('stay the same when they are read back, in whatever order services start', () => {
    const first = createHostNames();
    const name = named(first);
    const asked: [string, Partial<HostWish>?][] = [
      ['web', linked('feat/x')],
      ['web', linked('feat-x')],
      ['web', { worktree: '/other/shop' }],
      ['web'],
    ];
    const hosts = asked.map((each) => name(...each));
    const again = named(createHostNames(first.all()));
    expect(asked.toReversed().map((each) => again(...each))).toEqual(hosts.toReversed());
  });

  it('of a worktree whose services are forgotten go to the next that asks, and are given to one at a time', () => {
    const names = createHostNames();
    const gone = new Set<string>();
    const name = named(names, ({ worktree }) => !gone.has(worktree));
    const other = { worktree: '/new/shop' };
    expect(name('web')).toBe('web.shop');
    gone.add('/shop');
    expect(name('web', other)).toBe('web.shop');
    gone.clear();
    expect(name('web')).toMatch(/^web\.shop-[0-9a-f]{6}$/);
    expect(named(createHostNames(names.all()))('web', other)).toBe('web.shop');
  });

  it('follow the branch of a linked worktree', () => {
    const name = named();
    const at = (branch: string) => ({ worktree: '/trees/1', parts: { project: 'shop', branch } });
    expect([name('web', at('one')), name('web', at('two')), name('web', at('one'))]).toEqual([
      'web.shop--one',
      'web.shop--two',
      'web.shop--one',
    ]);
  });
});
