import { PAGE, SAYS, type ToolCase } from '../support/tool-case.ts';

const site = { files: { 'index.html': PAGE }, says: SAYS } as const;
const env = { PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' };

/** Servers of the system that read files of their own, and small ones. */
export const systemServers: readonly ToolCase[] = [
  {
    ...site,
    name: 'mini_httpd',
    row: 'mini_httpd',
    needs: ['sh', '-c', 'mini_httpd -V || true; command -v mini_httpd'],
    command: 'mini_httpd -D -u root -d . -l /dev/null',
    fixed: 'mini_httpd -D -u root -d . -l /dev/null -p {port}',
    default: 80,
  },
  {
    name: 'hypercorn',
    row: 'hypercorn',
    needs: ['hypercorn', '--version'],
    files: {
      'server.py': `async def app(scope, receive, send):
    if scope['type'] != 'http':
        return
    await send({'type': 'http.response.start', 'status': 200, 'headers': []})
    await send({'type': 'http.response.body', 'body': b'${SAYS}'})
`,
    },
    env,
    command: 'hypercorn server:app',
    fixed: 'hypercorn -b 127.0.0.1:{port} server:app',
    default: 8000,
    says: SAYS,
  },
  {
    name: 'pelican',
    row: 'pelican -l',
    needs: ['pelican', '--version'],
    files: {
      'pelicanconf.py': "SITENAME = 'page'\nPATH = 'content'\nTIMEZONE = 'UTC'\n",
      'content/page.md': 'Title: page\n',
      'output/index.html': PAGE,
    },
    env,
    command: 'pelican -l',
    fixed: 'pelican -l -p {port}',
    default: 8000,
    says: SAYS,
  },
  {
    name: 'haproxy',
    row: 'haproxy',
    needs: ['haproxy', '-v'],
    files: {
      'haproxy.cfg': `defaults
  mode http
  timeout client 5s
  timeout connect 5s
  timeout server 5s
frontend page
  bind *:{port}
  http-request return status 200 content-type text/plain string "${SAYS}"
`,
    },
    command: 'haproxy -f haproxy.cfg',
    fixed: 'haproxy -f haproxy.cfg',
    says: SAYS,
  },
  {
    name: 'apache',
    row: 'httpd',
    needs: ['apache2', '-v'],
    files: {
      'site/index.html': PAGE,
      'httpd.conf': `LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
ServerName localhost
User nobody
DefaultRuntimeDir .
Mutex sem
PidFile apache.pid
ErrorLog /dev/null
Listen {port}
DocumentRoot site
DirectoryIndex index.html
`,
    },
    command: 'apache2 -d . -f httpd.conf -DFOREGROUND',
    fixed: 'apache2 -d . -f httpd.conf -DFOREGROUND',
    says: SAYS,
  },
  {
    name: 'squid',
    row: 'squid',
    needs: ['squid', '-v'],
    files: {
      'squid.conf': `http_port 3128
http_access allow all
pid_filename none
cache_log /dev/null
access_log none
cache_mem 8 MB
shutdown_lifetime 0 seconds
`,
    },
    command: 'squid -N -f squid.conf',
    fixed: 'squid -N -f squid.conf',
    default: 3128,
  },
  {
    name: 'influxdb',
    row: 'influxd',
    needs: ['influxd', 'version'],
    files: {},
    env: {
      INFLUXDB_DATA_DIR: 'data',
      INFLUXDB_DATA_WAL_DIR: 'wal',
      INFLUXDB_META_DIR: 'meta',
      INFLUXDB_REPORTING_DISABLED: 'true',
    },
    command: 'influxd run',
    fixed: 'INFLUXDB_HTTP_BIND_ADDRESS=127.0.0.1:{port} influxd run',
    others: [8088],
    default: 8086,
    path: '/ping',
  },
  {
    name: 'pydoc',
    row: 'pydoc -p',
    needs: ['python3', '--version'],
    files: {},
    env,
    command: 'python3 -m pydoc -p 8123',
    fixed: 'python3 -m pydoc -p {port}',
    default: 8123,
    says: 'Pydoc',
  },
];
