import { describe, expect, test } from 'vitest';
import { typesOfMarkdown, typesOfValue } from '../../../src/init/types-document.ts';

const API = { port_range: [8000, 8099], preferred_ports: [8000, 8001], description: 'back ends' };

describe('a table in Markdown', () => {
  test('tells types by its headings, whatever their order and decoration', () => {
    const text = `
# Ports

| Purpose   | **Service Type** | Port Range    | Preferred Ports | Instances |
| :-------- | ---------------- | ------------- | --------------: | --------- |
| back ends | \`api\`          | 8000-8099     | 8000, 8001      | multi     |
| models    | [Llama Model](#l) | 11,400 – 11,499 |               | **single** |

Other words.

| Key | Value |
| --- | ----- |
| a   | 1-2   |
`;
    expect(typesOfMarkdown(text)).toEqual({
      types: {
        api: API,
        'llama-model': { port_range: [11_400, 11_499], instance_behavior: 'single', description: 'models' },
      },
      problems: [],
    });
  });

  test.each([
    ['3000-3099', [3000, 3099]],
    ['3000 to 3099', [3000, 3099]],
    ['3000..3099', [3000, 3099]],
    ['9870', [9870, 9870]],
  ])('a range may be written as %s', (range, expected) => {
    const { types } = typesOfMarkdown(`Type | Range\n---|---\nweb | ${range}`);
    expect(types.web?.port_range).toEqual(expected);
  });

  test('that is no table of types tells none; a row without a range is a problem', () => {
    expect(typesOfMarkdown('| a | b |\n|---|---|\n| 1 | 2 |')).toEqual({ types: {}, problems: [] });
    const { problems } = typesOfMarkdown('| Type | Range |\n|---|---|\n| web | any |\n| api | 1-2 |');
    expect(problems).toEqual(['"web" has no range of ports', '"api" has no range of ports']);
  });
});

describe('a value of JSON or YAML', () => {
  test.each([
    ['as a configuration has it', { service_types: { api: { ...API } } }],
    ['by names alone', { api: { range: '8000-8099', preferred: [8000, 8001], for: 'back ends' } }],
    [
      'as a list',
      [{ name: 'api', ports: [8000, 8099], preferred_ports: '8000, 8001', purpose: 'back ends' }],
    ],
  ])('tells types %s', (_, value) => {
    expect(typesOfValue(value)).toEqual({ types: { api: API }, problems: [] });
  });

  test('a type that is there twice is a problem', () => {
    const twice = [
      { name: 'api', range: '8000-8099' },
      { name: 'API', range: '8100-8199' },
    ];
    expect(typesOfValue(twice).problems).toEqual(['"api" is there twice']);
  });
});
