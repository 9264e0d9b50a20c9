import { isObject, JsonObject } from './json';

/** A leaf of an event: a string, number, boolean or null. */
export interface EventField {
  readonly value: unknown;
  readonly place: ListPlace;
}

/** Which elements of the event's lists something is in: by list, the index of the element. */
export type ListPlace = ReadonlyMap<number, number>;

/** The place of what is in no list. */
export const NO_LIST: ListPlace = new Map();

/** The leaves of an event, by their keys joined with dots. A leaf that is itself an element of a list is not in it: it stands alone. */
export function eventFields(event: JsonObject): ReadonlyMap<string, readonly EventField[]> {
  const fields = new Map<string, EventField[]>();
  let lists = 0;
  const visit = (value: unknown, keys: readonly string[], place: ListPlace): void => {
    if (isObject(value)) {
      Object.entries(value).forEach(([key, child]) => visit(child, [...keys, key], place));
    } else if (Array.isArray(value)) {
      const list = lists++;
      value.forEach((element, index) => visit(element, keys, typeof element === 'object' && element !== null ? new Map([...place, [list, index]]) : place));
    } else if (value !== undefined) {
      const path = keys.join('.');
      fields.set(path, [...fields.get(path) ?? [], { value, place }]);
    }
  };
  visit(event, [], NO_LIST);
  return fields;
}

/** Both places at once; nothing where they are in different elements of one list. */
export function joinPlaces(left: ListPlace, right: ListPlace): ListPlace | undefined {
  for (const [list, index] of right) {
    if ((left.get(list) ?? index) !== index) return undefined;
  }
  return new Map([...left, ...right]);
}
