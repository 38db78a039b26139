import { page, table } from '../markdown.mjs';

export function environmentPage({ ENVIRONMENT }) {
  const rows = Object.entries(ENVIRONMENT).map(([name, { readBy, meaning, overrules }]) => [
    `\`${name}\``,
    readBy === 'both' ? 'commands, the daemon' : readBy,
    meaning,
    overrules ? `\`${overrules.setting}\`` : '',
  ]);
  return page(
    'Environment',
    `What Styxy reads. The daemon reads its environment once, when it starts: that of the command that started it, of
which it takes over \`STYXY_HOME\`, \`STYXY_HTTP_PORT\`, \`STYXY_LOG\`, and \`STYXY_SKIP_AUTH\` only from \`styxy daemon start\` and \`restart\`.`,
    table(['variable', 'read by', 'meaning', 'wins over'], rows),
  );
}
