import { describe, expect, test } from 'vitest';
import { targetsIn } from '../../../src/hook/guard/commands.ts';
import { denialOf, type GuardFacts, type LeasedServer } from '../../../src/hook/guard/judge.ts';
import { parseShell } from '../../../src/tools/text/shell-parser.ts';
import { lineOf, SETTING } from './support.ts';

const server = (port: number, instance: string | null, more: Partial<LeasedServer> = {}): LeasedServer => ({
  port,
  actualPorts: [port],
  lockId: `lock-${port}`,
  service: `web-${port}`,
  serviceType: 'dev',
  instance,
  folder: '/work/other',
  command: 'next dev',
  containers: [],
  processes: [
    { pid: port * 10, name: 'styxy', command: 'node /x/styxy.js run -- next dev' },
    { pid: port * 10 + 1, name: 'node', command: `node /w/node_modules/.bin/next dev -p ${port}` },
  ],
  ...more,
});

const OTHERS = server(3000, 'claude-other');
const PERSONS = server(5173, null, {
  command: 'vite',
  processes: [{ pid: 51_731, name: 'node', command: 'node /w/node_modules/.bin/vite' }],
});
const OWN = server(4000, 'claude-own', {
  folder: '/work/shop',
  processes: [{ pid: 40_001, name: 'python3', command: 'python3 -m http.server 4000' }],
});
const CONTAINER = server(5432, 'claude-other', {
  containers: ['shop-db'],
  folder: '/work/shop',
  command: 'docker compose up db',
  processes: [{ pid: 54_321, name: 'docker', command: 'docker compose up db' }],
});

const FACTS: GuardFacts = {
  own: ['claude-own'],
  servers: [OTHERS, PERSONS, OWN, CONTAINER],
  program: 'styxy',
  isOwnUser: (user) => user === 'ann' || user === '1000',
  readPid: (path) => ({ 'theirs.pid': 30_001, 'mine.pid': 40_001 })[path],
  worktreeOf: (dir) =>
    dir === undefined
      ? undefined
      : dir.startsWith('/')
        ? dir
        : dir === '.' || dir === 'shop'
          ? '/work/shop'
          : `/work/${dir}`,
};

const denial = (text: string): string | undefined =>
  denialOf(targetsIn(lineOf(text), { parseShell, setting: SETTING, textsBehind: () => [] }), FACTS);

describe("what would end others' servers is denied", () => {
  test.each([
    'kill $(lsof -ti:3000)',
    'kill -9 $(lsof -t -i:3000)',
    'kill -9 "$(lsof -ti tcp:3000)"',
    'kill -TERM `lsof -t -i :3000 -sTCP:LISTEN`',
    'kill -s KILL $(lsof -iTCP:3000 -t)',
    'kill $(lsof -ti:4000,3000)',
    'kill $(lsof -ti:2990-3010)',
    'lsof -ti:3000 | xargs kill -9',
    'lsof -ti:3000 | xargs -r -n 1 kill',
    'lsof -t -i tcp:3000 | while read pid; do kill $pid; done',
    "lsof -i :3000 | grep LISTEN | awk '{print $2}' | xargs kill",
    "lsof -i -P -n | grep 3000 | awk '{print $2}' | xargs kill",
    "ss -ltnp 'sport = :3000' | grep -oP 'pid=\\K\\d+' | xargs kill",
    'netstat -tlnp | grep :3000 | cut -f1 | xargs kill -9',
    'PID=$(lsof -ti:3000); kill $PID',
    'PORT=3000; kill $(lsof -ti:$PORT)',
    'for p in 4000 3000; do kill $(lsof -ti:$p); done',
    'for p in 3000; do lsof -ti:$p | xargs kill -9 2>/dev/null; done',
    'if lsof -ti:3000; then kill $(lsof -ti:3000); fi',
    'sudo kill -9 $(sudo lsof -t -i:3000) || true',
    'fuser -k 3000/tcp',
    'fuser -k -TERM -n tcp 3000',
    'sudo fuser -k 5173/tcp 3000/tcp',
    'npx kill-port 3000',
    'npx --yes kill-port@2 4000 3000',
    'pnpm dlx kill-port --port 3000',
    'kill-port 3000,4000',
    'npx fkill-cli :3000',
    'fkill :5173',
    'kill 30001',
    'kill -9 40001 30000',
    'kill -- -30000',
    'kill -9 -30000',
    'kill -INT 51731',
    'kill $(cat theirs.pid)',
    'kill $(< theirs.pid)',
    'cat theirs.pid | xargs kill',
    'pkill -f vite',
    'pkill -f "next dev"',
    'pkill -9 -f next',
    'pkill node',
    'pkill -x node',
    'pkill --signal KILL -f "node.*next"',
    'killall node',
    'killall -9 node',
    'killall -r "no.*"',
    'kill $(pgrep -f vite)',
    'kill -9 $(pidof node)',
    'pgrep -f "next dev" | xargs kill',
    "ps aux | grep vite | grep -v grep | awk '{print $2}' | xargs kill -9",
    "kill $(ps aux | grep '[n]ext dev' | awk '{print $2}')",
    "ps -ef | awk '/next dev/ {print $2}' | xargs kill",
    'kill -9 -1',
    'kill -TERM -- -1',
    'kill -- -1',
    'kill -1 -1',
    'kill -s KILL -1',
    'sudo kill -9 -1',
    'kill 40001 -1',
    'killall5 -9',
    'killall -u ann',
    'pkill -u ann',
    'pkill -9 -U 1000',
    'pkill --euid=ann,bob',
    'sudo pkill -KILL -u ann',
    'pkill -9 -u "$(whoami)"',
    'killall -u $(id -un)',
    'pkill -g 30000',
    'pkill -P 30000',
    'pgrep -u ann | xargs kill',
    'skill node',
    'skill -KILL -u ann',
    'skill -9 -p 30000',
    'slay ann',
    'docker stop shop-db',
    'docker rm -f shop-db',
    'docker container kill shop-db',
    'docker stop $(docker ps -q)',
    'docker ps -q --filter publish=5432 | xargs docker stop',
    'docker compose down -v',
    'docker-compose stop',
    'docker compose rm -f',
    'docker compose rm -s -f db',
    'cd elsewhere && docker compose -f ../shop/compose.yaml down',
    'cd elsewhere && docker compose --project-directory=/work/shop stop db',
    'bash -c "kill $(lsof -ti:3000)"',
    `sh -c 'pkill -f vite'`,
    "bash <<'EOF'\npkill -f vite\nEOF",
    'cd other && styxy stop web-3000',
    'cd other && npx styxy stop 3000',
    'cd other && styxy stop --all',
    'cd other && styxy release lock-3000',
    'timeout 5 pkill -f vite; npm run dev',
    'echo restarting && (pkill -f vite &)',
  ])('%s', (text) => {
    expect(denial(text)).toContain('Styxy: this would end what is not of this session');
  });
});

describe('what ends own servers or nothing leased passes', () => {
  test.each([
    'kill $(lsof -ti:4000)',
    'fuser -k 4000/tcp',
    'npx kill-port 4000',
    'kill 40001',
    'kill $(cat mine.pid)',
    'pkill -f http.server',
    'killall python3',
    'styxy stop web-4000',
    'kill $(lsof -ti:8080)',
    'npx kill-port 8080 9000',
    'kill 12345',
    'pkill -f webpack',
    'killall ruby',
    'kill -1 40001',
    'pkill -u bob',
    'pkill -u ann webpack',
    'pkill -u $(whoami) webpack',
    'killall -u ann ruby',
    'pkill -g 40001',
    'skill python3',
    'slay bob',
    'docker stop my-redis',
    'cd elsewhere && docker compose down',
    'docker compose -f elsewhere/compose.yaml down',
    'bash -c "kill $(lsof -ti:4000)"',
    'cd elsewhere && styxy stop --all',
  ])('%s', (text) => {
    expect(denial(text)).toBeUndefined();
  });
});

describe('what only asks passes', () => {
  test.each([
    'lsof -i :3000',
    'lsof -ti:3000',
    'lsof -ti:3000 | xargs ps -p',
    'kill -0 30001',
    'kill -s 0 $(lsof -ti:3000)',
    'pkill -0 -f vite',
    'kill -l',
    'kill -0 -1',
    'kill -CONT -1',
    'kill -1',
    'skill -l',
    'skill -n node',
    'pgrep -u ann',
    'fuser 3000/tcp',
    'fuser -v -n tcp 3000',
    'pgrep -fa vite',
    'ps aux | grep vite',
    'ss -ltnp | grep 3000',
    'docker ps --filter publish=5432',
    'docker logs shop-db',
    'docker compose ps',
    'styxy list; styxy whose 3000; styxy check 3000',
    'echo kill 30001; echo "pkill -f vite"',
    'grep -r "kill 3000" .; git commit -m "kill $(lsof -ti:3000)x"',
  ])('%s', (text) => {
    expect(denial(text)).toBeUndefined();
  });
});

describe('what can not be told passes', () => {
  test.each([
    'kill $PID',
    'kill %1',
    'pkill -t pts/3',
    'pkill -u "$SOMEONE"',
    'skill -t pts/3',
    'kill $!',
    'kill $(./find-pid.sh)',
    'pkill -f "$NAME"',
    'kill $(cat none.pid)',
    'xargs kill < pids',
  ])('%s', (text) => {
    expect(denial(text)).toBeUndefined();
  });
});

test('a denial names port, owner, folder and what to do instead', () => {
  expect(denial('kill $(lsof -ti:3000)')).toBe(
    'Styxy: this would end what is not of this session: port 3000 ("web-3000", next dev), leased by session claude-other in /work/other. ' +
      "Leave it running. You don't need that port: start your own server with styxy run -- <command>, which gets a free one. " +
      'Who has which port: styxy list. If it must end, ask the user.',
  );
  expect(denial('fuser -k 5173/tcp')).toContain("leased by a person's shell in /work/other");
  expect(denial('killall node; killall python3')).toContain('To end your own: styxy stop web-4000.');
});
