/** Tells that a new service type was made, perhaps by a typo. Undefined when the type was known. */
export function newTypeNote({
  auto_allocated: isNew,
  service_type: type,
  range,
}: {
  auto_allocated?: boolean;
  service_type?: string;
  range?: [number, number];
}): string | undefined {
  if (!isNew || !range) return undefined;
  const undo = `styxy config auto-allocation undo ${type}`;
  return `new service type "${type}" got ports ${range.join('-')} (${undo} takes it back)`;
}
