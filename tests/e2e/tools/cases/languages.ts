import { SAYS, type ToolCase } from '../support/tool-case.ts';

const flask = `import os
from flask import Flask
app = Flask(__name__)
@app.route('/')
def page():
    return '${SAYS}'
`;
const asgi = `async def app(scope, receive, send):
    if scope['type'] != 'http':
        return
    await send({'type': 'http.response.start', 'status': 200, 'headers': []})
    await send({'type': 'http.response.body', 'body': b'${SAYS}'})
`;
const django = `import os, sys
from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpResponse
from django.urls import path
settings.configure(DEBUG=True, ROOT_URLCONF=__name__, ALLOWED_HOSTS=['*'], SECRET_KEY='x')
urlpatterns = [path('', lambda request: HttpResponse('${SAYS}'))]
if __name__ == '__main__':
    execute_from_command_line(sys.argv)
`;

const rack = `run ->(env) { [200, { 'content-type' => 'text/plain' }, ['${SAYS}']] }\n`;

/** Without bytecode beside their sources, and with their lines at once. */
const env = { PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' };

/** Python, Ruby, PHP and Go. */
export const languages: readonly ToolCase[] = [
  {
    name: 'flask run',
    row: 'flask run',
    needs: ['flask', '--version'],
    files: { 'app.py': flask },
    env,
    command: 'flask run',
    fixed: 'flask run -p {port}',
    default: 5000,
    says: SAYS,
  },
  {
    name: 'flask run --debug',
    needs: ['flask', '--version'],
    files: { 'app.py': flask },
    env: { ...env, FLASK_DEBUG: '1' },
    command: 'flask run --reload',
    fixed: 'FLASK_RUN_PORT={port} flask run --reload',
    default: 5000,
    says: SAYS,
  },
  {
    name: 'flask in a file',
    needs: ['flask', '--version'],
    files: {
      'app.py': `${flask}if __name__ == '__main__':\n    app.run(port=int(os.environ.get('PORT', 5000)))\n`,
    },
    env,
    command: 'python3 app.py',
    fixed: 'PORT={port} python3 app.py',
    default: 5000,
    says: SAYS,
  },
  {
    name: 'django',
    row: 'manage.py runserver',
    needs: ['python3', '-c', 'import django; print(django.__version__)'],
    files: { 'manage.py': django },
    env,
    command: 'python3 manage.py runserver',
    fixed: 'python3 manage.py runserver {port}',
    default: 8000,
    says: SAYS,
  },
  {
    name: 'uvicorn',
    row: 'uvicorn',
    needs: ['uvicorn', '--version'],
    files: { 'server.py': asgi },
    env,
    command: 'uvicorn server:app',
    fixed: 'uvicorn server:app --port {port}',
    default: 8000,
    says: SAYS,
  },
  {
    name: 'uvicorn --reload',
    needs: ['uvicorn', '--version'],
    files: { 'server.py': asgi },
    env,
    command: 'python3 -m uvicorn server:app --reload',
    fixed: 'python3 -m uvicorn server:app --reload --port {port}',
    default: 8000,
    says: SAYS,
  },
  {
    name: 'gunicorn',
    row: 'gunicorn',
    needs: ['gunicorn', '--version'],
    files: { 'app.py': flask },
    env,
    command: 'gunicorn app:app',
    fixed: 'gunicorn app:app -b localhost:{port}',
    default: 8000,
    says: SAYS,
  },
  {
    name: 'puma',
    row: 'puma',
    needs: ['puma', '--version'],
    files: { 'config.ru': rack },
    command: 'puma',
    fixed: 'puma -p {port}',
    default: 9292,
    says: SAYS,
  },
  {
    name: 'rackup',
    row: 'rackup',
    needs: ['rackup', '--version'],
    files: { 'config.ru': rack },
    command: 'rackup',
    fixed: 'rackup -p {port}',
    default: 9292,
    says: SAYS,
  },
  {
    name: 'sinatra',
    needs: ['thin', '--version'],
    files: { 'app.rb': `require 'sinatra'\nget('/') { '${SAYS}' }\n` },
    command: 'ruby app.rb',
    fixed: 'PORT={port} ruby app.rb',
    default: 4567,
    says: SAYS,
  },
  {
    name: 'thin',
    row: 'thin start',
    needs: ['thin', '--version'],
    files: { 'config.ru': rack },
    command: 'thin start',
    fixed: 'thin start -p {port}',
    default: 3000,
    says: SAYS,
  },
  {
    name: 'go run',
    needs: ['go', 'version'],
    files: {
      'go.mod': 'module page\n\ngo 1.19\n',
      'main.go': `package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "${SAYS}") })
	if err := http.ListenAndServe(":"+port, nil); err != nil {
		panic(err)
	}
}
`,
    },
    command: 'go run .',
    fixed: 'PORT={port} go run .',
    default: 8080,
    says: SAYS,
  },
  {
    name: 'plackup',
    row: 'plackup',
    needs: ['plackup', '--version'],
    files: { 'app.psgi': `sub { [200, ['Content-Type' => 'text/plain'], ['${SAYS}']] };\n` },
    command: 'plackup',
    fixed: 'plackup -p {port}',
    default: 5000,
    says: SAYS,
  },
  {
    name: 'starman',
    needs: ['sh', '-c', 'starman --version'],
    files: { 'app.psgi': `sub { [200, ['Content-Type' => 'text/plain'], ['${SAYS}']] };\n` },
    command: 'starman --workers 2',
    fixed: 'starman --workers 2 --port {port}',
    default: 5000,
    says: SAYS,
  },
  {
    name: 'morbo',
    row: 'morbo',
    needs: ['sh', '-c', 'command -v morbo && perl -MMojolicious -e "print Mojolicious->VERSION"'],
    files: {
      'app.pl': `use Mojolicious::Lite -signatures;\nget '/' => sub ($c) { $c->render(text => '${SAYS}') };\napp->start;\n`,
    },
    command: 'morbo app.pl',
    fixed: 'morbo -l http://*:{port} app.pl',
    default: 3000,
    says: SAYS,
  },
  {
    name: 'mojolicious daemon',
    needs: ['perl', '-MMojolicious', '-e', 'print Mojolicious->VERSION'],
    files: {
      'app.pl': `use Mojolicious::Lite -signatures;\nget '/' => sub ($c) { $c->render(text => '${SAYS}') };\napp->start;\n`,
    },
    command: 'perl app.pl daemon',
    fixed: 'perl app.pl daemon -l http://*:{port}',
    default: 3000,
    says: SAYS,
  },
  {
    name: 'aiohttp',
    row: 'python -m aiohttp.web',
    needs: ['python3', '-c', 'import aiohttp; print(aiohttp.__version__)'],
    files: {
      'page.py': `from aiohttp import web
async def page(request):
    return web.Response(text='${SAYS}')
def main(argv):
    app = web.Application()
    app.router.add_get('/', page)
    return app
`,
    },
    env,
    command: 'python3 -m aiohttp.web page:main',
    fixed: 'python3 -m aiohttp.web -P {port} page:main',
    default: 8080,
    says: SAYS,
  },
  {
    name: 'bottle',
    row: 'python -m bottle',
    needs: ['python3', '-c', 'import bottle; print(bottle.__version__)'],
    files: { 'page.py': `from bottle import route\n@route('/')\ndef page():\n    return '${SAYS}'\n` },
    env,
    command: 'python3 -m bottle page',
    fixed: 'python3 -m bottle -b localhost:{port} page',
    default: 8080,
    says: SAYS,
  },
  {
    name: 'waitress',
    row: 'waitress-serve',
    needs: ['python3', '-c', 'import waitress, importlib.metadata as m; print(m.version("waitress"))'],
    files: { 'app.py': flask },
    env,
    command: 'waitress-serve app:app',
    fixed: 'waitress-serve --port={port} app:app',
    default: 8080,
    says: SAYS,
  },
  {
    name: 'daphne',
    row: 'daphne',
    needs: ['daphne', '--version'],
    files: { 'server.py': asgi },
    env,
    command: 'daphne server:app',
    fixed: 'daphne -p {port} server:app',
    default: 8000,
    says: SAYS,
  },
  {
    name: 'twisted web',
    needs: ['python3', '-m', 'twisted', '--version'],
    files: { 'index.html': SAYS },
    env,
    command: 'python3 -m twisted web --path .',
    fixed: 'python3 -m twisted web --path . --listen tcp:{port}',
    default: 8080,
    path: '/index.html',
    says: SAYS,
  },
  {
    name: 'mercurial',
    row: 'hg serve',
    needs: ['hg', '--version', '-q'],
    files: {},
    prepare: ['hg', 'init', 'repository'],
    env,
    command: 'hg serve -R repository',
    fixed: 'hg serve -R repository -p {port}',
    default: 8000,
  },
  {
    name: 'unicorn',
    row: 'unicorn',
    needs: ['unicorn', '--version'],
    files: { 'config.ru': rack },
    command: 'unicorn',
    fixed: 'unicorn -p {port}',
    default: 8080,
    says: SAYS,
  },
];
