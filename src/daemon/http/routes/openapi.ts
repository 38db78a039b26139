import schemas from '../../../../config/wire-schemas.json' with { type: 'json' };
import { openApiDocument } from '../../../protocol/openapi.ts';
import { VERSION } from '../../../protocol/version.ts';

/** Loaded only when somebody asks. */
export const openApi = (): object => openApiDocument(schemas, VERSION);
