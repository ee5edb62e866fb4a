/** A notification log of a node that is alone, for tests of what stands on it. */
import type { Disk } from '../../cluster/disk.ts';
import { HybridClock } from '../../cluster/version.ts';
import { NotificationLog } from '../../src/state/notification-log.ts';
import type { System } from '../../src/system.ts';
import { silentLogger } from './memory-disk.ts';

export function notificationLog(
  { disk, system }: { disk: Disk; system: System },
  { retentionMs = 120 * 3_600_000 } = {},
): NotificationLog {
  const dependencies = { disk, system, logger: silentLogger, versions: new HybridClock('a.1'), node: 'a' };
  return new NotificationLog(dependencies, { retentionMs });
}
