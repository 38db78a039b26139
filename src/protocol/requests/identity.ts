import * as v from 'valibot';
import { about, text } from './fields.ts';

/**
 * What a service is, where its user has not named it. Its `service_name` is a default then: it gets a longer one where
 * another service of the project has it.
 */
export const serviceIdentity = {
  service_folder: v.optional(
    about(
      text(4096),
      'the folder of the package, relative to `project_path`; empty for the top. With `program` it says which service ' +
        'this is, and `service_name` is what to call it where no other service of the project is called that',
    ),
  ),
  program: v.optional(
    about(text(1024), 'what runs there: a script or task by its name, a tool, or the path of a program'),
  ),
};
