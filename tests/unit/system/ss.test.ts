import { expect, test } from 'vitest';
import { parseSs } from '../../../src/system/ports/ss.ts';

const OUTPUT = [
  'LISTEN 0      128          0.0.0.0:22         0.0.0.0:*    ino:1681 sk:1 cgroup:/system.slice <->',
  'LISTEN 0      511        127.0.0.1:3000       0.0.0.0:*    users:(("node",pid=7410,fd=21)) uid:1000 ino:94142 sk:2 cgroup:/user.slice <->',
  'LISTEN 0      2048         0.0.0.0:8000       0.0.0.0:*    users:(("gunicorn",pid=812,fd=5),("gunicorn",pid=811,fd=5)) uid:33 ino:77 sk:3 cgroup:/ <->',
  'LISTEN 0      511            [::1]:5173          [::]:*    users:(("a ",pid=1,fd=2) uid:5",pid=7411,fd=22)) uid:1000 ino:94143 sk:4 cgroup:/ v6only:1 <->',
  'LISTEN 0      511                *:8080             *:*    users:(("node",pid=7412,fd=18)) uid:1000 ino:94144 sk:5 cgroup:/ v6only:0 <->',
  'LISTEN 0      4096   127.0.0.53%lo:53         0.0.0.0:*    uid:101 ino:9 sk:6 cgroup:/ <->',
  'LISTEN 0      4096 [fe80::1]%eth0:6000           [::]:*    uid:0 ino:10 sk:7 cgroup:/ <->',
  '',
].join('\n');

test('each socket has its user and all processes that share it', () => {
  expect(parseSs(OUTPUT)).toMatchObject([
    { address: '0.0.0.0', port: 22, uid: 0, pids: [] },
    { address: '127.0.0.1', port: 3000, uid: 1000, pids: [7410] },
    { address: '0.0.0.0', port: 8000, uid: 33, pids: [812, 811] },
    { address: '::1', port: 5173, uid: 1000 },
    { address: '::', port: 8080, uid: 1000, pids: [7412] },
    { address: '127.0.0.53', port: 53, uid: 101, pids: [] },
    { address: 'fe80::1', port: 6000, uid: 0, pids: [] },
  ]);
});

test('what is no listening socket is left out', () => {
  expect(parseSs('State Recv-Q Send-Q\nESTAB 0 0 127.0.0.1:3000 127.0.0.1:52011\n')).toEqual([]);
  expect(parseSs('')).toEqual([]);
});
