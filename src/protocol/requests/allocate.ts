import * as v from 'valibot';
import { LONGEST_TTL_MS } from '../limits.ts';
import {
  about,
  flag,
  lockId,
  name,
  pid,
  port,
  processOrigin,
  projectPath,
  shareId,
  text,
  wholeNumber,
} from './fields.ts';
import { nameParts, serviceIdentity } from './identity.ts';
import { serviceTypeDefinition, defaultTypeFields, wishFields } from './project.ts';

export const sessionClaim = about(
  v.object({
    process_id: about(pid, 'the process of the session'),
    asked_by: about(pid, 'the process that asks; it must have been started by the session'),
  }),
  "what the asker's environment says about the session that it runs in; the daemon checks it",
);

export const allocateBody = v.object({
  service_type: name,
  ...defaultTypeFields,
  service_name: v.optional(name),
  ...serviceIdentity,
  name_parts: v.optional(nameParts),
  ...wishFields,
  port: v.optional(about(port, 'exactly this port, or a refusal')),
  project_path: v.optional(projectPath),
  branch: v.optional(text(256)),
  instance_id: v.optional(name),
  process_id: v.optional(
    about(pid, "the process that holds the lease; with `hold`, the client's own process"),
  ),
  ...processOrigin,
  ttl_ms: v.optional(wholeNumber(1, LONGEST_TTL_MS)),
  hold: v.optional(about(flag, 'keep the response open; the lease lives as long as it does')),
  request_id: v.optional(
    v.pipe(
      text(128),
      v.minLength(1, 'expected an id'),
      v.description('a retry with the same id gets the same lease'),
    ),
  ),
  lock_id: v.optional(about(lockId, 'take up a lease again after the connection or the daemon was lost')),
  share_id: v.optional(about(shareId, 'with `lock_id`: the share that this asker had')),
  inside: v.optional(
    about(
      lockId,
      'the lease of the `styxy run` around the asker. Where that one hands its lease on, the asker gets it, with ' +
        '`inside` in the answer: it holds nothing, and its service goes by the name and type that were asked for',
    ),
  ),
  hands_on: v.optional(
    about(flag, 'the command is another run of Styxy, which uses this lease if it fits its request'),
  ),
  serves: v.optional(
    about(
      flag,
      'the asker starts the service itself; where somebody else has done so already, it gets the answer `shared`',
    ),
  ),
  takes_orders: v.optional(
    about(
      flag,
      'with `hold`: the asker ends what it has started when it reads `stop`, and starts it again when it reads `restart`',
    ),
  ),
  session: v.optional(sessionClaim),
  command: v.optional(about(text(4096), 'what runs with the port, for people')),
  avoid: v.optional(
    v.pipe(
      v.array(port, 'expected a list of ports'),
      v.maxLength(64, 'expected at most 64 ports'),
      v.description('ports that just failed for this asker'),
    ),
  ),
  conflicts: v.optional(
    v.pipe(
      v.array(port, 'expected a list of ports'),
      v.maxLength(64, 'expected at most 64 ports'),
      v.description('of `avoid`: those that an outsider took after they had been leased to this asker'),
    ),
  ),
  force: v.optional(
    about(
      flag,
      "allow privileged ports, ports of another type's range, and a new type whose name looks like a typo",
    ),
  ),
  if_running: v.optional(
    about(
      v.picklist(['new', 'reuse', 'fail']),
      'what if the same service of the same project (of whatever type, if the type is a default only) has a live lease: ' +
        '`new` another one (default), `reuse` that one without holding it, `fail` with SERVICE_RUNNING',
    ),
  ),
  service_type_definition: v.optional(serviceTypeDefinition),
});
export type AllocateBody = v.InferOutput<typeof allocateBody>;

export const attachBody = v.object({
  process_id: v.optional(about(pid, 'the program that runs with the port')),
  ...processOrigin,
  adopt: v.optional(
    about(
      flag,
      'the holder ends: the lease follows what it started, if that uses the port or is about to, or ends',
    ),
  ),
  share_id: v.optional(about(shareId, 'whose part in a shared lease this is about')),
  ending: v.optional(
    about(
      v.object({
        by: about(text(512), 'who ends it, for people'),
        alone: v.optional(about(flag, 'only the program of this lease, of several of a run')),
      }),
      'what runs with the lease is about to be ended by somebody else: its run is told, and tells its terminal',
    ),
  ),
});
export type AttachBody = v.InferOutput<typeof attachBody>;

/** Without any of these, the youngest part in a shared lease ends that no connection keeps. */
export const releaseQuery = v.object({
  share_id: v.optional(about(shareId, 'of a shared lease: only this share')),
  instance_id: v.optional(about(name, 'of a shared lease: the share of this instance')),
  all: v.optional(about(flag, 'of a shared lease: for everybody')),
});
export type ReleaseQuery = v.InferOutput<typeof releaseQuery>;

export const stopQuery = v.object({
  no_wait: v.optional(about(flag, 'a run is told to end, and the answer does not wait until it has')),
});
export type StopQuery = v.InferOutput<typeof stopQuery>;

export const restartQuery = v.object({
  preferred_port: v.optional(about(port, 'it goes on at this port if it can be had, under a new lease')),
  taken_by: v.optional(
    about(
      projectPath,
      'with `preferred_port`: the worktree that takes the port it has now; its user is told',
    ),
  ),
});
export type RestartQuery = v.InferOutput<typeof restartQuery>;
export const autoAllocationBody = v.object({ enabled: flag });
export type AutoAllocationBody = v.InferOutput<typeof autoAllocationBody>;
