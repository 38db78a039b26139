import { Component, h, type ComponentType, type VNode } from 'preact';

/** A component that is drawn again only when what it shows has changed: its objects are compared by content, one level deep. */
export function memo<Props extends object>(inner: ComponentType<Props>): ComponentType<Props> {
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      return !isSame(this.props, next, isSame);
    }

    override render(): VNode {
      return h(inner, this.props);
    }
  };
}

function isSame(a: object, b: object, deeper?: (a: object, b: object) => boolean): boolean {
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => {
    const [one, other] = [left[key], right[key]];
    if (Object.is(one, other)) return true;
    const areObjects = typeof one === 'object' && typeof other === 'object' && one !== null && other !== null;
    return areObjects && (deeper?.(one, other) ?? false);
  });
}
