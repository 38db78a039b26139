import { portNumber } from '../match/port-text.ts';
import { isOption } from '../text/options.ts';
import type { Word } from '../text/word.ts';
import { eachPort, type HostPort, type Runner } from './start.ts';

/** `socat TCP-LISTEN:8080,fork TCP:db:5432` */
export const socat: Runner = (command) => {
  const hostPorts = command.words.flatMap((word): HostPort[] => {
    const [, prefix = '', digits, suffix = ''] =
      /^((?:TCP|OPENSSL|SSL)[46]?-L(?:ISTEN)?:)(\d+)(,.*|)$/i.exec(word.value ?? '') ?? [];
    const port = portNumber(digits);
    return port === undefined ? [] : [{ name: 'socat', port, serviceType: 'proxy', word, prefix, suffix }];
  });
  return hostPorts.length === 0 ? undefined : eachPort(hostPorts, command);
};

const VALUES = /^-\w*[eciIgGmMOPqsTVwWX]$|^--(exec|sh-exec|source|idle-timeout|max-conns|ssl-cert|ssl-key)$/;

/** `nc -l 8080`, `nc -lk -p 8080`, `ncat -lvp 8080`: the port is the last of its words that is a number. */
export const netcat: Runner = (command) => {
  const args = command.words.slice(1);
  const has = (letter: string, long: string): boolean =>
    args.some(({ value = '' }) => value === long || (/^-[A-Za-z]+$/.test(value) && value.includes(letter)));
  const isPlain = (word: Word, at: number): boolean =>
    !isOption(word) && !VALUES.test(args[at - 1]?.value ?? '');
  const word = args.filter(isPlain).at(-1);
  const port = portNumber(word?.value);
  const listens = has('l', '--listen') && !has('u', '--udp') && !has('U', '--unixsock');
  if (!listens || word === undefined || port === undefined) return undefined;
  return eachPort([{ name: 'nc', port, serviceType: 'proxy', word, prefix: '', suffix: '' }], command);
};
