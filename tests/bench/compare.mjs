/**
 * Two documents of `npm run bench -- --json` beside each other. Ratios to the counterpart of the same run are compared
 * where there are any: a machine that was busier then is busier for both.
 */
export function comparison(before, after) {
  const known = new Map(before.rows.map((row) => [row.what, row]));
  const lines = after.rows.flatMap((row) => {
    const old = known.get(row.what);
    if (!old) return [];
    const [was, is] =
      row.ratio !== undefined && old.ratio !== undefined ? [old.ratio, row.ratio] : [old.value, row.value];
    const unit = row.ratio === undefined ? row.unit : 'x';
    const change = was === 0 ? '' : `${((is / was - 1) * 100).toFixed(0)} %`;
    return [`${row.what.padEnd(70)}${show(was, unit)}${show(is, unit)}${change.padStart(8)}`];
  });
  return [
    `${''.padEnd(70)}${'before'.padStart(12)}${'after'.padStart(12)}${'change'.padStart(8)}`,
    ...lines,
  ].join('\n');
}

const show = (value, unit) =>
  `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`.padStart(12);
