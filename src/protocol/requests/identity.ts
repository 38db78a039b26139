import * as v from 'valibot';
import { about, fileText, flag, text } from './fields.ts';

/**
 * What a service is, where its user has not named it. Its `service_name` is a default then: it gets a longer one where
 * another service of the project has it.
 */
export const serviceIdentity = {
  service_folder: v.optional(
    about(
      fileText(4096),
      'the folder of the package, relative to `project_path`; empty for the top. With `program` it says which service ' +
        'this is, and `service_name` is what to call it where no other service of the project is called that',
    ),
  ),
  program: v.optional(
    about(fileText(1024), 'what runs there: a script or task by its name, a tool, or the path of a program'),
  ),
};

/** What the host name of a service is made from: `web.shop--feat-x.localhost`. */
export const nameParts = about(
  v.object(
    {
      project: v.pipe(text(256), v.minLength(1, 'expected a name')),
      branch: v.optional(about(text(256), 'of a linked worktree; left out for the main checkout')),
      alone: v.optional(
        about(
          flag,
          'the only service of its project, as far as is known: it goes by the name of the project',
        ),
      ),
    },
    'expected an object',
  ),
  "what the service's host name is made from; without it, it gets none",
);
