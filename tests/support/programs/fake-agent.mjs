/**
 * `node fake-agent.mjs HOOK STYXY SESSION`: a coding agent as far as Styxy sees one. It tells its hook that a session
 * begins, starts one server with `nohup ... &` and one with `--detach`, and says `started`. SIGINT (a person) and SIGTERM
 * end it, and then its hook hears of it.
 */
import { spawnSync } from 'node:child_process';

const [hook, styxy, session] = process.argv.slice(2);
const env = { ...process.env, CLAUDE_CODE_SESSION_ID: session, CLAUDE_PID: String(process.pid) };
const SERVER = `${process.execPath} -e "require('http').createServer().listen(process.env.PORT)"`;

function tell(event) {
  const input = JSON.stringify({
    session_id: session,
    cwd: process.cwd(),
    hook_event_name: event,
    reason: 'other',
  });
  const { status } = spawnSync(process.execPath, [hook, 'claude-code'], { input, env });
  if (status !== 0) throw new Error(`the hook ended with ${status}`);
}

const shell = (line) => spawnSync('/bin/sh', ['-c', line], { env, stdio: 'ignore' });

function end() {
  tell('SessionEnd');
  process.exit(0);
}

tell('SessionStart');
shell(`nohup ${process.execPath} ${styxy} run --name left -- ${SERVER} >/dev/null 2>&1 &`);
shell(`${process.execPath} ${styxy} run --detach --name detached -- ${SERVER}`);
process.once('SIGINT', end);
process.once('SIGTERM', end);
setInterval(() => {}, 1000);
process.stdout.write('started\n');
