/** What a service is that its user has not named. */
export interface ServiceOrigin {
  /** The folder of its package, relative to the worktree; '' for the top. */
  readonly folder: string;
  /** What runs there. */
  readonly program: string;
  /** What it is called where no other service has the name. */
  readonly asked: string;
}

/** A name that a service of a worktree has. */
export interface NamedService {
  readonly project: string;
  readonly name: string;
  /** undefined: the name is all that is known of it. */
  readonly origin: ServiceOrigin | undefined;
}

type Named = { readonly [Key in keyof NamedService]?: NamedService[Key] | undefined };

/** The names of services: unique in a worktree, and the same each time. */
export interface ServiceNames {
  /**
   * The name under which a service is found, or is to be.
   * @param isKept whether a service of that name is live or remembered, in the same worktree
   */
  nameFor(project: string, origin: ServiceOrigin, isKept: (name: string) => boolean): string;
  note(subject: Named): void;
  all(): IterableIterator<NamedService>;
}

const NAMES_KEPT = 4000;
const LONGEST_NAME = 64;

export function createServiceNames(known: Iterable<NamedService> = []): ServiceNames {
  const byName = new Map<string, NamedService>();
  const byOrigin = new Map<string, NamedService>();

  function note({ project, name, origin }: Named): void {
    if (project === undefined || name === undefined) return;
    const key = nameKey(project, name);
    // Re-inserting keeps the map in order of last use, so that the oldest name is the one forgotten.
    const before = byName.get(key);
    byName.delete(key);
    // What its user names like a known service is that one.
    const service = { project, name, origin: origin ?? before?.origin };
    if (before?.origin) byOrigin.delete(originKey(project, before.origin));
    byName.set(key, service);
    if (service.origin) byOrigin.set(originKey(project, service.origin), service);
    const oldest = byName.size > NAMES_KEPT ? byName.entries().next().value : undefined;
    if (oldest) forget(...oldest);
  }

  function forget(key: string, { project, origin }: NamedService): void {
    byName.delete(key);
    if (origin) byOrigin.delete(originKey(project, origin));
  }

  for (const service of known) note(service);
  return {
    nameFor(project, origin, isKept) {
      const had = byOrigin.get(originKey(project, origin));
      if (had?.origin?.asked === origin.asked && isSame(byName.get(nameKey(project, had.name)), origin))
        return had.name;
      for (const name of namesFor(origin)) {
        const owner = byName.get(nameKey(project, name));
        if (owner?.origin ? isSame(owner, origin) : origin.folder === '') return name;
        if (!isKept(name)) return name;
      }
      return origin.asked;
    },
    note,
    all: () => byName.values(),
  };
}

/** The short name, longer ones that tell where the service is, then numbers. */
function* namesFor({ folder, program, asked }: ServiceOrigin): Generator<string> {
  yield asked;
  const place = folder === '' ? program.split('/').slice(0, -1) : folder.split('/');
  const last = place.at(-1);
  if (last !== undefined) yield slug(`${last}-${asked}`);
  if (place.length > 1) yield slug(`${place.join('-')}-${asked}`);
  yield slug(`${folder === '' ? '' : `${folder}-`}${program}`);
  for (let number = 2; number < NAMES_KEPT; number++) yield `${asked.slice(0, LONGEST_NAME - 5)}-${number}`;
}

const slug = (text: string): string =>
  text
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, LONGEST_NAME) || 'app';

const isSame = (service: NamedService | undefined, { folder, program }: ServiceOrigin): boolean =>
  service?.origin?.folder === folder && service.origin.program === program;

const nameKey = (project: string, name: string): string => JSON.stringify([project, name]);

const originKey = (project: string, { folder, program }: ServiceOrigin): string =>
  JSON.stringify([project, folder, program]);
