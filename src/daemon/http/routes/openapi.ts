import document from '../../../../config/openapi.json' with { type: 'json' };

/** Loaded only when somebody asks. */
export const openApiDocument: object = document;
