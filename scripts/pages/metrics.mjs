import { page, table } from '../markdown.mjs';

export function metricsPage({ METRICS }) {
  const rows = Object.entries(METRICS).map(([name, { type, labels, help }]) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(', '),
    help,
  ]);
  return page(
    'Metrics',
    `\`GET /metrics\` and \`styxy metrics\` print these in the text format of Prometheus; \`GET /metrics?format=json\` and
\`styxy metrics --json\` as JSON. Counters begin anew with each start of the daemon.

\`\`\`yaml
scrape_configs:
  - job_name: styxy
    authorization: { credentials_file: /home/me/.styxy/auth.token }
    static_configs: [{ targets: ['127.0.0.1:9876'] }]
\`\`\``,
    table(['metric', 'type', 'labels', 'meaning'], rows),
  );
}
