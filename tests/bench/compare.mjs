/**
 * Two documents of `npm run bench -- --json` beside each other. Ratios to the counterpart of the same run are compared
 * where there are any: a machine that was busier then is busier for both. What only one of them has is named at the end.
 */
export function comparison(before, after) {
  const known = new Map(before.rows.map((row) => [row.what, row]));
  const both = after.rows.filter(({ what }) => known.has(what));
  const shared = new Set(both.map(({ what }) => what));
  const alone = ({ rows }, where) =>
    rows.filter(({ what }) => !shared.has(what)).map(({ what }) => `${what.padEnd(WIDTH)}only ${where}`);
  return [
    `${''.padEnd(WIDTH)}${'before'.padStart(12)}${'after'.padStart(12)}${'change'.padStart(8)}`,
    `${'node'.padEnd(WIDTH)}${before.node.padStart(12)}${after.node.padStart(12)}`,
    ...both.map((row) => compareRows(known.get(row.what), row)),
    ...alone(before, 'before'),
    ...alone(after, 'after'),
  ].join('\n');
}

const WIDTH = 80;

function compareRows(old, row) {
  const areRatios = typeof row.ratio === 'number' && typeof old.ratio === 'number';
  const [was, is] = areRatios ? [old.ratio, row.ratio] : [old.value, row.value];
  const unit = areRatios ? 'x' : row.unit;
  const change = was === 0 ? '' : `${((is / was - 1) * 100).toFixed(0)} %`;
  return `${row.what.padEnd(WIDTH)}${show(was, unit)}${show(is, unit)}${change.padStart(8)}`;
}

const show = (value, unit) =>
  `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`.padStart(12);
