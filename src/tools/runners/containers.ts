import { portNumber } from '../match/port-text.ts';
import type { Command } from '../text/command.ts';
import { isOption, splitOption } from '../text/options.ts';
import type { Word } from '../text/word.ts';
import { typeOfImage } from './images.ts';
import { composeStarts } from './compose.ts';
import { eachPort, type HostPort, type Runner } from './start.ts';

const RUN_VALUES = [
  '-e',
  '--env',
  '--env-file',
  '-v',
  '--volume',
  '--name',
  '--network',
  '--net',
  '-w',
  '--workdir',
  '-u',
  '--user',
  '--mount',
  '--entrypoint',
  '-l',
  '--label',
  '--restart',
  '--platform',
  '-m',
  '--memory',
  '--cpus',
  '--add-host',
  '-h',
  '--hostname',
  '--pull',
  '--gpus',
  '--shm-size',
  '--ulimit',
  '--cap-add',
  '--device',
  '--log-driver',
  '--ip',
  '--tmpfs',
  '--health-cmd',
];
const PUBLISH = ['-p', '--publish'];

/** `docker run -p 5433:5432 postgres`: the ports of this machine that it publishes. */
export const docker: Runner = (command, project) => {
  const verb = firstPlain(command.words, ['-H', '--context', '-c', '--host', '--log-level']);
  const rest = command.words.slice(verb + 1);
  switch (command.words[verb]?.value) {
    case 'compose':
      return composeStarts(rest, command, project);
    case 'container':
      return rest[0]?.value === 'run' ? runStarts(rest.slice(1), command) : undefined;
    case 'run':
    case 'create':
      return runStarts(rest, command);
    default:
      return undefined;
  }
};

export const dockerCompose: Runner = (command, project) =>
  composeStarts(command.words.slice(1), command, project);

function firstPlain(words: readonly Word[], values: readonly string[]): number {
  return words.findIndex(
    (word, index) => index > 0 && !isOption(word) && !values.includes(words[index - 1]?.value ?? ''),
  );
}

function runStarts(words: readonly Word[], command: Command): ReturnType<Runner> {
  const published: Word[] = [];
  let image: string | undefined;
  for (let at = 0; at < words.length && image === undefined; at += 1) {
    const word = words[at]!;
    const { name, attached } = splitOption(word);
    if (!isOption(word)) image = word.value ?? word.text;
    else if (PUBLISH.includes(name)) {
      if (attached) published.push(word);
      else if (words[(at += 1)]) published.push(words[at]!);
    } else if (/^-p./.test(name)) published.push(word);
    else if (RUN_VALUES.includes(name) && !attached) at += 1;
  }
  const hostPorts = image === undefined ? [] : published.flatMap((word) => publishedPort(word, image));
  return eachPort(hostPorts, command);
}

/** `-p 127.0.0.1:5433:5432/tcp`, `--publish=80:80`; without a number of this machine docker chooses one. */
function publishedPort(word: Word, image: string): HostPort[] {
  const text = word.value ?? word.text;
  const [, prefix = '', digits, suffix = ''] =
    /^((?:--publish=|-p)?(?:(?:\[[\da-f:]+\]|[\d.]+|localhost):)?)(\d+)(:\d+(?:\/tcp)?)$/.exec(text) ?? [];
  const port = portNumber(digits);
  return port === undefined
    ? []
    : [{ name: imageName(image), port, serviceType: typeOfImage(image), word, prefix, suffix }];
}

function imageName(image: string): string {
  return image.replace(/^.*\//, '').replace(/[:@].*$/, '');
}

/** `kubectl port-forward svc/web 8080:80` */
export const portForward: Runner = (command) => {
  const at = command.words.findIndex(({ value }) => value === 'port-forward');
  const plain = command.words.slice(at + 1).filter((word) => !isOption(word));
  const hostPorts = plain.slice(1).flatMap((word): HostPort[] => {
    const [, digits, suffix = ''] = /^(\d+)((?::\d+)?)$/.exec(word.value ?? '') ?? [];
    const port = portNumber(digits);
    // A lone number is both: that of this machine can't be changed without the other.
    return port === undefined
      ? []
      : [{ name: 'port-forward', port, serviceType: 'proxy', ...(suffix && { word, prefix: '', suffix }) }];
  });
  return at < 1 ? undefined : eachPort(hostPorts, command);
};

const SSH_VALUES = ['-i', '-p', '-l', '-o', '-F', '-J', '-b', '-c', '-m', '-S', '-R', '-W'];

/** `ssh -L 5433:db:5432 host`, `ssh -D 1080 host` */
export const ssh: Runner = (command) => {
  const hostPorts: HostPort[] = [];
  for (let at = 1; at < command.words.length && isOption(command.words[at]!); at += 1) {
    const word = command.words[at]!;
    const [, forward, inline = ''] = /^-[A-KM-Za-z]*([LD])(.*)$/.exec(word.value ?? '') ?? [];
    if (forward !== undefined) {
      const value = inline === '' ? command.words[(at += 1)] : word;
      const text = inline === '' ? (value?.value ?? '') : inline;
      const [, before = '', digits, after = ''] =
        (forward === 'L' ? /^((?:[^:]+:)?)(\d+)(:[^:]+:\d+)$/ : /^((?:[^:]+:)?)(\d+)()$/).exec(text) ?? [];
      const port = portNumber(digits);
      const lead = inline === '' ? '' : word.value!.slice(0, -inline.length);
      if (port !== undefined && value)
        hostPorts.push({
          name: 'ssh',
          port,
          serviceType: 'proxy',
          word: value,
          prefix: `${lead}${before}`,
          suffix: after,
        });
    } else if (SSH_VALUES.includes(word.value ?? '')) at += 1;
  }
  return eachPort(hostPorts, command);
};
