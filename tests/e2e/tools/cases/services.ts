import { SAYS, type ToolCase } from '../support/tool-case.ts';

/** Databases, brokers and proxies, of the system. */
export const services: readonly ToolCase[] = [
  {
    name: 'redis',
    row: 'redis-server',
    needs: ['redis-server', '--version'],
    files: {},
    command: 'redis-server --appendonly no',
    fixed: 'redis-server --appendonly no --port {port}',
    default: 6379,
    speaks: ['PING\r\n', '+PONG'],
  },
  {
    name: 'memcached',
    row: 'memcached',
    needs: ['memcached', '--version'],
    files: {},
    command: 'memcached -u nobody',
    fixed: 'memcached -u nobody -p {port}',
    default: 11_211,
    speaks: ['version\r\n', 'VERSION'],
  },
  {
    name: 'postgres',
    row: 'postgres',
    needs: ['sh', '-c', 'initdb --version && command -v setpriv'],
    files: {},
    // It refuses to run as root.
    prepare: [
      'sh',
      '-c',
      'rm -rf data && mkdir data && chown 65534 . data && setpriv --reuid 65534 --clear-groups initdb -D data -A trust',
    ],
    command: 'setpriv --reuid 65534 --clear-groups postgres -D data -k .',
    fixed: 'setpriv --reuid 65534 --clear-groups postgres -D data -k . -p {port}',
    default: 5432,
    // SSLRequest, which is answered by "no".
    speaks: ['\u0000\u0000\u0000\u0008\u0004\u00D2\u0016\u002F', 'N'],
  },
  {
    name: 'nginx',
    row: 'nginx',
    needs: ['nginx', '-v'],
    files: {
      'nginx.conf': `daemon off;
pid nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  server { listen 8080; location / { return 200 '${SAYS}'; } }
}
`,
    },
    command: 'nginx -p . -c nginx.conf',
    fixed: 'nginx -p . -c nginx.conf',
    default: 8080,
    says: SAYS,
  },
  {
    name: 'caddy run',
    row: 'caddy run',
    needs: ['caddy', 'version'],
    files: { Caddyfile: `{\n\tadmin off\n}\n:{$PORT:8080} {\n\trespond "${SAYS}"\n}\n` },
    command: 'caddy run',
    fixed: 'PORT={port} caddy run',
    default: 8080,
    says: SAYS,
  },
  {
    name: 'mosquitto',
    row: 'mosquitto',
    needs: ['sh', '-c', 'mosquitto -h; command -v mosquitto'],
    files: {},
    command: 'mosquitto',
    fixed: 'mosquitto -p {port}',
    default: 1883,
    // A CONNECT packet of MQTT 3.1.1, answered by a CONNACK.
    speaks: ['\u0010\u000C\u0000\u0004MQTT\u0004\u0002\u0000\u003C\u0000\u0000', '\u0020\u0002'],
  },
  {
    name: 'nats',
    row: 'nats-server',
    needs: ['nats-server', '--version'],
    files: {},
    command: 'nats-server',
    fixed: 'nats-server -p {port}',
    default: 4222,
    speaks: ['PING\r\n', 'INFO'],
  },
  {
    name: 'lighttpd',
    row: 'lighttpd',
    needs: ['lighttpd', '-v'],
    files: {
      'index.html': SAYS,
      'lighttpd.conf':
        'server.document-root = var.CWD\nserver.port = 8080\nindex-file.names = ( "index.html" )\n',
    },
    command: 'lighttpd -D -f lighttpd.conf',
    fixed: 'lighttpd -D -f lighttpd.conf',
    default: 8080,
    says: SAYS,
  },
  {
    name: 'mariadb',
    row: 'mariadbd',
    needs: ['mariadbd', '--version'],
    files: {},
    prepare: ['mariadb-install-db', '--datadir=data', '--auth-root-authentication-method=normal'],
    command: 'mariadbd --no-defaults --user=root --datadir=data --socket=socket --pid-file=pid',
    fixed: 'mariadbd --no-defaults --user=root --datadir=data --socket=socket --pid-file=pid --port={port}',
    default: 3306,
    speaks: ['', ''],
  },
  {
    name: 'etcd',
    row: 'etcd',
    needs: ['etcd', '--version'],
    files: {},
    command: 'etcd --data-dir data',
    fixed:
      'etcd --data-dir data --listen-client-urls http://127.0.0.1:{port} --advertise-client-urls http://127.0.0.1:{port}',
    others: [2380],
    default: 2379,
    path: '/health',
    says: 'health',
  },
  {
    name: 'prometheus',
    row: 'prometheus',
    needs: ['prometheus', '--version'],
    files: { 'prometheus.yml': 'scrape_configs: []\n' },
    command: 'prometheus --config.file=prometheus.yml --storage.tsdb.path=data',
    fixed:
      'prometheus --config.file=prometheus.yml --storage.tsdb.path=data --web.listen-address=127.0.0.1:{port}',
    default: 9090,
    path: '/-/healthy',
  },
];
