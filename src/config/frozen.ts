/** Makes a whole value unchangeable: one that many parts share and that a reload replaces, never changes. */

/** Freezes the value and all it is made of, in place. Maps refuse changes too, which `Object.freeze` alone does not do. */
export function deepFrozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Map) {
    for (const [key, item] of value) {
      deepFrozen(key);
      deepFrozen(item);
    }
    Object.assign(value, { set: refuseChange, delete: refuseChange, clear: refuseChange });
  }
  Object.freeze(value);
  for (const key of Reflect.ownKeys(value)) deepFrozen(Reflect.get(value, key));
  return value;
}

function refuseChange(): never {
  throw new TypeError('a loaded configuration cannot be changed');
}
