import { describe, expect, it } from 'vitest';
import { plan, PORT, rewritten } from './support.ts';

const PORT_FLAGS = '--port 3456 --strictPort';

describe('the text of a script', () => {
  it.each([
    ['vite', `vite ${PORT_FLAGS}`],
    ['  vite  ', `  vite ${PORT_FLAGS}  `],
    ['tsc -b && vite', `tsc -b && vite ${PORT_FLAGS}`],
    [
      'tsc -w & vite --host | tee "a b.log" ; wait',
      `tsc -w & vite --host ${PORT_FLAGS} | tee "a b.log" ; wait`,
    ],
    ['vite > dev.log 2>&1', `vite ${PORT_FLAGS} > dev.log 2>&1`],
    ['vite 2>&1 --host', `vite 2>&1 --host ${PORT_FLAGS}`],
    ['vite # the site', `vite ${PORT_FLAGS} # the site`],
    [
      'vite --open="/a b" --mode \'x\' \\\n  --host',
      `vite --open="/a b" --mode 'x' \\\n  --host ${PORT_FLAGS}`,
    ],
    ['NODE_ENV=x TITLE="a b" vite', `NODE_ENV=x TITLE="a b" vite ${PORT_FLAGS}`],
    ['(cd web && vite) && echo', `(cd web && vite ${PORT_FLAGS}) && echo`],
    ['{ vite; } 2> log', `{ vite ${PORT_FLAGS}; } 2> log`],
    ['! vite', `! vite ${PORT_FLAGS}`],
    ['time vite', `time vite ${PORT_FLAGS}`],
    ['npx vite -- x', `npx vite ${PORT_FLAGS} -- x`],
    ['npm exec vite; echo', `npm exec vite -- ${PORT_FLAGS}; echo`],
    ['vite --port 5180', `vite --port 3456 --strictPort`],
    ['vite --port "5180" --host', `vite --port 3456 --host --strictPort`],
    ['vite "--port=5180"', `vite --port=3456 --strictPort`],
    ["vite --port='51'80 --mode '$x'", `vite --port=3456 --mode '$x' --strictPort`],
    ['next dev -p 4000 && next start -p 4001', 'next dev -p 3456 && next start -p 4001'],
    ['vite build && vite preview', `vite build && vite preview ${PORT_FLAGS}`],
    ['PORT=4000 caddy run', 'PORT=3456 caddy run'],
    ['morbo -l http://*:3000 app.pl', 'morbo -l http://*:3456 app.pl'],
    ['python3 -m waitress --call app:make', 'python3 -m waitress --port=3456 --call app:make'],
    [
      'etcd --data-dir data',
      'etcd --data-dir data --listen-client-urls http://127.0.0.1:3456 --advertise-client-urls http://127.0.0.1:3456',
    ],
    ['waitress-serve app:app && echo', 'waitress-serve --port=3456 app:app && echo'],
    ['python3 -m http.server 8000 -d "my dir"', 'python3 -m http.server 3456 -d "my dir"'],
    ['python3 -m http.server --bind $HOST 8000', 'python3 -m http.server --bind $HOST 3456'],
    ["sh -c 'vite'", `sh -c 'vite ${PORT_FLAGS}'`],
    ['bash -lc "cd web && vite --port 5180"', 'bash -lc "cd web && vite --port 3456 --strictPort"'],
    ['concurrently "vite" "node x.js"', `concurrently "vite ${PORT_FLAGS}" "node x.js"`],
    ["concurrently -n a,b 'node x.js' vite", `concurrently -n a,b 'node x.js' "vite ${PORT_FLAGS}"`],
    ['echo 🦊é && vite --port 5180', 'echo 🦊é && vite --port 3456 --strictPort'],
  ])('changes only where the port goes: %s', (script, expected) => {
    expect(rewritten(script)).toBe(expected);
  });

  it.each([
    'echo "vite"',
    'echo $(vite)',
    'echo `vite`',
    'serve() { vite; }',
    'if true; then vite; fi',
    'while true; do vite; done',
    'for x in 1; do vite; done',
    '$TOOL dev',
    "vite 'without an end",
    'vite &&',
    'vite $COMMAND',
    '# vite',
    '',
  ])('is left alone when no server certainly runs: %s', (script) => {
    expect(plan('npm run dev', { dev: script })).toMatchObject({
      adapter: 'port-variable',
      identity: { name: 'dev' },
    });
    expect(rewritten(script)).toBeUndefined();
  });

  it.each([
    'vite --port $PORT',
    'vite --port "${PORT:-3000}"',
    'vite --port=$PORT',
    'vite "--port=$PORT"',
    'next dev -p${PORT:-3000}',
    'next dev -p $(cat port)',
    'python3 -m http.server $PORT',
    'python3 -m http.server "${PORT:-8000}"',
    'PORT=${WEB_PORT:-3000} next dev',
  ])('is left alone when the shell makes the port: %s', (script) => {
    const found = plan('npm run dev', { dev: script });
    expect(found).toMatchObject({ serviceType: 'dev' });
    expect(rewritten(script)).toBeUndefined();
  });

  it.each([
    ['vite --port $WEB_PORT', undefined],
    ['vite --port "${WEB_PORT:-5000}"', 5000],
    ['PORT=${WEB_PORT:-5000} next dev', 5000],
    ['PORT=${WEB_PORT:-5000} node server.js', 5000],
  ])('is given its port through the variable that it reads: %s', (script, wanted) => {
    const found = plan('npm run dev', { dev: script });
    expect(found.wanted).toBe(wanted);
    expect(found.inject(PORT)).toMatchObject({ argv: ['npm', 'run', 'dev'], env: { WEB_PORT: '3456' } });
  });

  it('needs no exchange when it has the very port', () => {
    const { inject } = plan('npm run demo', { demo: 'python3 -m http.server 8000' });
    expect(inject(8000)).toEqual({ argv: ['npm', 'run', 'demo'] });
  });
});

describe('a PORT that a script sets', () => {
  it.each([
    ['PORT=4000 node x.js', 'PORT=3456 node x.js'],
    ['PORT="4000" NAME=x node x.js', 'PORT=3456 NAME=x node x.js'],
    ['tsc && cross-env PORT=4000 node x.js', 'tsc && cross-env PORT=3456 node x.js'],
    ['export PORT=4000 && node x.js', 'export PORT=3456 && node x.js'],
    ['PORT=4000; node x.js', 'PORT=3456; node x.js'],
    ['PORT=4000 npm run serve', 'PORT=3456 npm run serve'],
    ['PORT=4000 next dev', 'PORT=3456 next dev'],
    ['PORT=4000 vite --port 4000', 'PORT=3456 vite --port 3456 --strictPort'],
  ])('is replaced: %s', (script, expected) => {
    expect(plan('npm run dev', { dev: script, serve: 'node x.js' }).wanted).toBe(4000);
    expect(rewritten(script, { serve: 'node x.js' })).toBe(expected);
  });

  it.each([
    'PORT=$X node x.js',
    'PORT=abc node x.js',
    'API_PORT=4000 node x.js',
    'PORT+=1 node x.js',
    'echo PORT=4000',
  ])('is left alone when it is no plain number: %s', (script) => {
    expect(plan('npm run dev', { dev: script }).wanted).toBeUndefined();
    expect(rewritten(script)).toBeUndefined();
  });

  it('counts only where it reaches the program', () => {
    expect(plan('npm run dev', { dev: '(PORT=4000); node x.js' }).wanted).toBeUndefined();
    expect(plan('npm run dev', { dev: 'PORT=4000 true | cat; next dev' }).wanted).toBeUndefined();
  });

  it('stays when the flag goes into another script', () => {
    const { inject, wanted } = plan('npm run dev', { dev: 'PORT=4000 npm run serve', serve: 'vite' });
    expect(wanted).toBe(4000);
    expect(inject(1).scripts?.[0]).toEqual({
      script: 'serve',
      file: 'package.json',
      from: 'vite',
      to: 'vite --port 1 --strictPort',
    });
  });

  it('gives way to the number of an argument', () => {
    expect(plan('npm run dev', { dev: 'PORT=4000 next dev -p 5000' }).wanted).toBe(5000);
  });
});
