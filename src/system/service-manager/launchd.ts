import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { runToolSync } from '../process/run-tool-sync.ts';
import { MARK, type ServiceManager, type ServiceProgram } from './service.ts';
import { isOurs, readUnitFile, writeUnitFile } from './unit-file.ts';

/** launchd's agents of a logged-in user (macOS). */
export function launchd(name: string, env: NodeJS.ProcessEnv, uid: number): ServiceManager {
  const label = `dev.${name}.daemon`;
  const path = join(env.HOME ?? '/', 'Library', 'LaunchAgents', `${label}.plist`);
  const domain = `gui/${uid}`;
  const ctl = (...args: string[]): string | undefined => runToolSync('launchctl', args);
  return {
    kind: 'launchd',
    path,
    startCommand: `launchctl bootstrap ${domain} ${path}`,
    render: (program) => renderAgent(label, program),
    state() {
      const text = readUnitFile(path);
      const shown = text === undefined ? undefined : ctl('print', `${domain}/${label}`);
      const pid = Number(/^\s*pid = (\d+)$/m.exec(shown ?? '')?.[1] ?? 0);
      return {
        installed: text !== undefined,
        ours: isOurs(text),
        enabled: text === undefined ? undefined : true,
        active: text === undefined ? undefined : pid > 0,
        pid: pid > 0 ? pid : undefined,
      };
    },
    async install(text) {
      ctl('bootout', `${domain}/${label}`);
      await writeUnitFile(path, text);
      return ctl('bootstrap', domain, path) !== undefined;
    },
    uninstall() {
      const isReached = ctl('bootout', `${domain}/${label}`) !== undefined;
      rmSync(path, { force: true });
      return isReached;
    },
  };
}

/** A property list of launchd.plist(5). As under systemd, a clean end is meant so. */
export function renderAgent(label: string, { command, env, log }: ServiceProgram): string {
  const variables = Object.entries(env).map(
    ([key, value]) => `    ${tag('key', key)}\n    ${tag('string', value)}`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- ${MARK}; the next install writes it anew, \`styxy service uninstall\` removes it. -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  ${tag('string', label)}
  <key>ProgramArguments</key>
  <array>
${command.map((word) => `    ${tag('string', word)}`).join('\n')}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
${variables.join('\n')}
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ProcessType</key>
  <string>Background</string>
  <key>Umask</key>
  <integer>63</integer>
  <key>StandardOutPath</key>
  ${tag('string', log)}
  <key>StandardErrorPath</key>
  ${tag('string', log)}
</dict>
</plist>
`;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const tag = (name: string, text: string): string =>
  `<${name}>${text.replaceAll(/[&<>]/g, (character) => ESCAPES[character] ?? '')}</${name}>`;
