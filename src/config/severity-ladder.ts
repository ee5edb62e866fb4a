/**
 * Warns of a gap in the ladder `interesting`, `important`, `urgent`: where routes go by these severities and one of the
 * three stays at the root, its alerts are told to whoever gets what nobody thought of. A forgotten rung is most likely
 * a typing error, and found out by a page that rings in the wrong place.
 */
import { type Matcher, matchesAll } from '../model/matcher.ts';
import { quoted } from './config-error.ts';
import type { Problems } from './problems.ts';
import type { RouteSection } from './routes.ts';

const SEVERITIES = ['interesting', 'important', 'urgent'] as const;

/** In a regular expression, too: `urgent|important`. */
const NAMES_SEVERITY = new RegExp(`\\b(?:${SEVERITIES.join('|')})\\b`);

export function warnOfLadderGaps(root: RouteSection, problems: Problems): void {
  if (!usesLadder(root)) return;
  for (const severity of SEVERITIES) {
    if (isTaken(root, { severity })) continue;
    const matcher = `severity="${severity}"`;
    const receiver = quoted(root.config.receiver ?? '');
    const message = `no route takes ${matcher}, so the default receiver ${receiver} is told; add a route with matchers: ['${matcher}'] and the receiver that is meant, even if it is this one`;
    problems.warning([...root.path, 'receiver'], message);
  }
}

function usesLadder({ config, routes }: RouteSection): boolean {
  return config.matchers.some(namesLadder) || routes.some(usesLadder);
}

function namesLadder({ name, value }: Matcher): boolean {
  return name === 'severity' && NAMES_SEVERITY.test(value);
}

/**
 * Whether an alert comes by a route, as dispatch/route.ts walks the tree, that names a receiver or asks for the severity. One
 * that does neither is the root by another name.
 */
function isTaken({ routes }: RouteSection, labels: { readonly severity: string }): boolean {
  for (const child of routes) {
    const { matchers, receiver, continue: goesOn } = child.config;
    if (!matchesAll(matchers, labels)) continue;
    if (receiver !== undefined || matchers.some(({ name }) => name === 'severity') || isTaken(child, labels))
      return true;
    if (!goesOn) return false;
  }
  return false;
}
