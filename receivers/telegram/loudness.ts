/** Whether a message makes the phone ring, or is only there when somebody looks. Pure. */
import { labelValue } from '../../src/model/labels.ts';
import type { Notification } from '../../src/model/notification.ts';

/** Of the ladder of severities the one nobody is woken for. */
const QUIET_SEVERITY = 'interesting';

export type Loudness =
  | { readonly isSilent: boolean; readonly reason: 'configured' }
  | { readonly isSilent: true; readonly reason: 'interesting only' }
  | { readonly isSilent: false; readonly reason: 'severity' };

/**
 * What the configuration says goes. Else only a message all of whose alerts are `interesting`, firing or resolved, is silent:
 * a severity we do not know might be somebody's highest, and the end of what woke people is what they wait for.
 */
export function loudnessOf({ commonLabels }: Notification, disableNotifications: boolean | undefined): Loudness {
  if (disableNotifications !== undefined) return { isSilent: disableNotifications, reason: 'configured' };
  return labelValue(commonLabels, 'severity') === QUIET_SEVERITY
    ? { isSilent: true, reason: 'interesting only' }
    : { isSilent: false, reason: 'severity' };
}
