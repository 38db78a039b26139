import { describe, expect, it } from 'vitest';
import { plan, planPort, PORT, projectOf, rewritten } from './support.ts';

describe('the number of a port that stands a second time', () => {
  it.each([
    [
      'vite --port 3001 & wait-on http://localhost:3001/health',
      'vite --port 3456 --strictPort & wait-on http://localhost:3456/health',
    ],
    [
      'SITE_URL=http://127.0.0.1:3001 vite --port 3001',
      'SITE_URL=http://127.0.0.1:3456 vite --port 3456 --strictPort',
    ],
    ['kill-port 3001 && vite --port 3001', 'kill-port 3456 && vite --port 3456 --strictPort'],
    ['API_PORT=3001 PORT=3001 node x.js', 'API_PORT=3456 PORT=3456 node x.js'],
    ['PORT=8811 node e2e.js http://localhost:8811', 'PORT=3456 node e2e.js http://localhost:3456'],
    [
      'lsof -ti:3001 | xargs kill -9; vite --port 3001',
      'lsof -ti:3456 | xargs kill -9; vite --port 3456 --strictPort',
    ],
    ['fuser -k 3001/tcp; vite --port 3001', 'fuser -k 3456/tcp; vite --port 3456 --strictPort'],
    ['nc -z localhost 3001 || vite --port 3001', 'nc -z localhost 3456 || vite --port 3456 --strictPort'],
    [
      'start-server-and-test "vite --port 3001" 3001 mock 4001 e2e',
      'start-server-and-test "vite --port 3456 --strictPort" 3456 mock 4001 e2e',
    ],
    ['vite & wait-on tcp:5173', 'vite --port 3456 --strictPort & wait-on tcp:3456'],
    [
      'vite --port 3001 --origin http://localhost:3001',
      'vite --port 3456 --origin http://localhost:3456 --strictPort',
    ],
  ])('changes with the first: %s', (script, expected) => {
    expect(rewritten(script)).toBe(expected);
  });

  it.each([
    'vite --port 3001 & docker run -p 4000:3001 x',
    'vite --port 3001 & curl https://example.com:3001',
    'vite --port 3001 --mode 3001x',
    'vite --port 3001 & sleep 3001',
    'vite --port 3001 & start-server-and-test x 4001 y & sleep 3001',
    'vite --port 3001 & fuser -v file 3001',
    'vite --port 3001 & lsof -p 3001',
  ])('stays where it means something else: %s', (script) => {
    const others = script.replace('vite --port 3001', '');
    expect(rewritten(script)).toContain(others.trim());
  });

  it('is told', () => {
    const found = plan('npm run dev', { dev: 'vite --port 3001 & wait-on http://localhost:3001' });
    expect(found.elsewhere).toEqual([
      { text: 'http://localhost:3001', place: { file: 'package.json', line: 3 }, follows: true },
    ]);
  });

  it('is told where it can not follow', () => {
    const found = plan('bun run dev', { dev: 'FLASK_DEBUG=1 flask run & wait-on http://localhost:5000' });
    expect(found.elsewhere).toMatchObject([{ text: 'http://localhost:5000', follows: false }]);
  });
});

describe('a tunnel', () => {
  it.each([
    'ngrok http 3000',
    'cloudflared tunnel --url http://localhost:3000',
    'lt --port 3000',
    'stripe listen --forward-to localhost:3000/hook',
  ])('is not given a port in the place of the one it points at: %s', (command) => {
    const found = planPort(command.split(' '), projectOf({}));
    expect(found.serviceType).toBe('proxy');
    expect(found.inject(PORT).argv.join(' ')).toBe(command);
  });
});
