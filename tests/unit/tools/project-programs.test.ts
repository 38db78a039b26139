import { describe, expect, it } from 'vitest';
import { type Files, planPort, projectOf } from './support.ts';

/** The ports of what a command starts and certainly listens. */
function ports(command: string | string[], files: Files = {}): (number | undefined)[] {
  const argv = typeof command === 'string' ? command.split(' ') : command;
  const found = planPort(argv, projectOf(files)).programs.filter(({ binds }) => binds === 'yes');
  return found.map(({ port }) => port);
}

const PYPROJECT = `[project]
name = "shop"
[project.scripts]
shop = "shop.main:run"
seed = "shop.seed:run"
[tool.poe.tasks]
dev = "uvicorn shop.main:app"
lint = "ruff check"
all = ["lint", "dev"]
[tool.pdm.scripts]
start = { cmd = ["flask", "run", "-p", "5010"] }
[tool.hatch.envs.default.scripts]
docs = "mkdocs serve"
dev = "flask run -p 5020"
[tool.hatch.envs.test.scripts]
dev = "flask run -p 5030"
[tool.pixi.tasks]
web = { cmd = "vite --port 4100", depends-on = ["lint"] }
`;
const python: Files = {
  'pyproject.toml': PYPROJECT,
  'shop/main.py': 'import uvicorn\ndef run():\n    uvicorn.run(app, port=8020)\n',
  'shop/seed.py': 'def run():\n    print("seed")\n',
  'jobs/__main__.py': 'from http.server import HTTPServer\nHTTPServer(("", 8030), H).serve_forever()\n',
};

describe('what pyproject.toml names', () => {
  it.each([
    ['uv run shop', 8020],
    ['poetry run shop', 8020],
    ['uv run seed', undefined],
    ['uv run poe dev', 8000],
    ['poe all', 8000],
    ['poe lint', undefined],
    ['pdm run start', 5010],
    ['hatch run docs', 8000],
    ['hatch run default:docs', 8000],
    ['hatch run test:docs', 8000],
    ['hatch run dev', 5020],
    ['hatch run test:dev', 5030],
    ['pixi run web', 4100],
    ['pixi run -e dev uvicorn shop.main:app', 8000],
    ['uv run shop/main.py', 8020],
    ['python -m shop.main', 8020],
    ['python -m jobs', 8030],
    ['python -m shop.seed', undefined],
  ])('%s', (command, port) => {
    expect(ports(command, python)).toEqual(port === undefined ? [] : [port]);
  });

  it('has its line in its own table', () => {
    const place = planPort(['hatch', 'run', 'test:dev'], projectOf(python)).place;
    expect(place).toEqual({
      file: 'pyproject.toml',
      line: 1 + PYPROJECT.split('\n').indexOf('dev = "flask run -p 5030"'),
    });
  });

  it('is seen through also where the folder is not known', () =>
    expect(ports(['sh', '-c', 'cd "$X" && uv run uvicorn shop.main:app'], python)).toEqual([8000]));
});

describe('what listens by its own words', () => {
  it.each([
    ['socat TCP-LISTEN:9001,fork TCP:db:5432', 9001],
    ['socat - TCP:db:5432', undefined],
    ['nc -l 9002', 9002],
    ['nc -lk -p 9003 -q 1', 9003],
    ['ncat -l 127.0.0.1 9004', 9004],
    ['nc -z localhost 9005', undefined],
    ['nc -ul 9006', undefined],
    ['npx @playwright/mcp --port 9007', 9007],
    ['supergateway --stdio server --port 9008', 9008],
  ])('%s', (command, port) => {
    expect(ports(command)).toEqual(port === undefined ? [] : [port]);
  });

  it.each([
    ['import http.server; http.server.test(port=9010)', 9010],
    ['import http.server as s; s.test(port=9011)', 9011],
    ['from http.server import *; test(H, port=9012)', 9012],
    ['from http.server import H, test; test(H)', 8000],
    ['import http.server, unittest; unittest.test()', undefined],
    ['from x import test; test()', undefined],
  ])('python3 -c %j', (code, port) => {
    expect(ports(['python3', '-c', code])).toEqual(port === undefined ? [] : [port]);
  });

  it.each(['up --help', 'up --no-start', '--dry-run up'])('not docker compose %s', (words) => {
    const files = { 'compose.yaml': 'services: { web: { image: nginx, ports: ["8080:80"] } }' };
    expect(ports('docker compose up', files)).toEqual([8080]);
    expect(ports(`docker compose ${words}`, files)).toEqual([]);
  });
});

const CARGO = (name: string): string => `[package]\nname = "${name}"\n`;
const LISTENS = 'fn main() { let l = TcpListener::bind("0.0.0.0:3040"); }';
const rust: Files = {
  'Cargo.toml': CARGO('shop'),
  'src/main.rs': 'mod server;\nfn main() { server::start(); }\n',
  'src/server.rs': LISTENS,
  'src/bin/seed.rs': 'fn main() {}',
  'examples/hello.rs': LISTENS,
  'crates/api/Cargo.toml': CARGO('shop-api'),
  'crates/api/src/main.rs': LISTENS,
};
const go: Files = {
  'go.mod': 'module example.com/shop\n',
  'cmd/api/main.go': 'import "example.com/shop/internal/web"\nfunc main() { web.Start() }\n',
  'internal/web/web.go': 'func Start() { http.ListenAndServe(":8050", nil) }',
  'cmd/seed/main.go': 'func main() {}',
};
const dotnet: Files = {
  'Web/Program.cs': 'var app = WebApplication.CreateBuilder(args).Build(); app.Run();',
  'Cli/Program.cs': 'Console.WriteLine();',
};

describe('what a build makes', () => {
  it.each<[string, Files, number]>([
    ['cargo run', rust, 1],
    ['cargo run --bin seed', rust, 0],
    ['cargo run --bin shop-api', rust, 1],
    ['cargo run -- --bin seed', rust, 1],
    ['cargo run -p shop-api', rust, 1],
    ['cargo run --example hello', rust, 1],
    ['./target/debug/shop', rust, 1],
    ['./target/release/seed', rust, 0],
    ['bacon run', rust, 1],
    ['bacon clippy', rust, 0],
    ['cargo watch -x', rust, 0],
    ['go run ./cmd/api', go, 1],
    ['./bin/api', go, 1],
    ['./bin/seed', go, 0],
    ['wgo run ./cmd/api', go, 1],
    ['./bin/api', {}, 0],
    ['dotnet run --project Web', dotnet, 1],
    ['dotnet run --project Cli/Cli.csproj', dotnet, 0],
    ['dotnet run -- -p Web', { 'Program.cs': 'Console.WriteLine();', ...dotnet }, 0],
    [
      './gradlew bootRun',
      { gradlew: '#!/bin/sh\nexec java -jar gradle/wrapper/gradle-wrapper.jar "$@"\n' },
      1,
    ],
    ['./gradlew build', { gradlew: '#!/bin/sh\nexec java -jar gradle/wrapper/gradle-wrapper.jar "$@"\n' }, 0],
    ['mix do ecto.migrate, phx.server', {}, 1],
    ['mix do ecto.migrate + ecto.seed', {}, 0],
    ['elixir --no-halt -S mix phx.server', {}, 1],
  ])('%s', (command, files, count) => expect(ports(command, files)).toHaveLength(count));
});

describe('code that a command brings along', () => {
  const listen = (then = ''): string => `require('http').createServer((q, r) => r.end()).listen(3060${then})`;
  it.each<[string, string[], number]>([
    ['node', ['node', '-e', listen()], 1],
    ['bun', ['bun', '-e', 'Bun.serve({ port: 3060, fetch() {} })'], 1],
    [
      'python',
      ['python3', '-c', "import http.server as h; h.HTTPServer(('', 3060), h.H).serve_forever()"],
      1,
    ],
    ['a port that is only tried', ['node', '-e', listen(', function () { this.close() }')], 0],
    ['any free port', ['node', '-e', listen().replace('3060', '0')], 0],
    ['no server', ['node', '-e', 'console.log(1)'], 0],
  ])('%s', (_, argv, count) => expect(ports(argv)).toHaveLength(count));

  it.each(['node server.js -p x', 'node server.js -e production', 'python3 shop/main.py -c shop.toml'])(
    'is none behind a file: %s',
    (command) => {
      const files = { ...python, 'server.js': listen() };
      expect(ports(command, files)).toEqual([command.startsWith('node') ? 3060 : 8020]);
    },
  );
});

describe('what only shows', () => {
  const files = {
    Makefile: 'run:\n\tvite\n',
    'start.sh': '#!/bin/sh\nvite\n',
    'package.json': { scripts: { dev: 'vite' } },
  };
  it.each([
    ['make run', 1],
    ['make -n run', 0],
    ['make -sn run', 0],
    ['make --dry-run run', 0],
    ['bash start.sh', 1],
    ['bash -n start.sh', 0],
    ['turbo dev', 1],
    ['turbo dev --dry=json', 0],
    ['nx graph', 1],
    ['nx graph --file=out.json', 0],
  ])('%s', (command, count) => expect(ports(command, files)).toHaveLength(count));
});

describe('programs that run others', () => {
  const files: Files = {
    'package.json': { scripts: { dev: 'vite', build: 'vite build' } },
    justfile: 'dev port="5173" *args:\n  vite --port {{port}}\n',
    'devbox.json': { shell: { scripts: { web: ['vite'], check: 'tsc' } } },
    'compose.yaml': 'services:\n  web:\n    ports: ["3070:80"]\n',
    'server.js': 'require("http").createServer().listen(3080)',
    'playwright.config.ts':
      "export default { webServer: { command: 'npm run dev', url: 'http://localhost:5173' } };\n",
  };
  it.each([
    ['nr dev', 1],
    ['nr build', 0],
    ['vp run dev', 1],
    ['vp run build', 0],
    ['vp dev', 1],
    ['vp build', 0],
    ['just dev 4000', 1],
    ['devbox run web', 1],
    ['devbox run check', 0],
    ['devbox run -- vite', 1],
    ['volta run --node 22 vite', 1],
    ['fnm exec --using=22 vite', 1],
    ['systemd-run --user --unit=web vite', 1],
    ['xvfb-run -a vite', 1],
    ['zellij run -- vite', 1],
    ['npx @farmfe/cli start', 1],
    ['srvx', 1],
    ['srvx fetch /', 0],
    ['docker compose run --rm --service-ports web', 1],
    ['docker compose run --rm web npm test', 0],
    ['forever start server.js', 1],
    ['bun ./index.html', 1],
    ['deno run -A jsr:@std/http@1/file-server .', 1],
    ['deno run -A jsr:@std/fmt', 0],
    ['anvil --port 8546', 1],
    ['hardhat node', 1],
    ['hardhat test', 0],
    ['playwright test', 1],
    ['yarn workspaces foreach -Api run nothing', 0],
  ])('%s', (command, count) => expect(ports(command, files)).toHaveLength(count));
});
