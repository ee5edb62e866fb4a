/** One glance from five metres: whether all is well, what is not, and whether the picture is fresh. */
import { connection } from '../../api/live.ts';

export function WallPage() {
  return <main>{connection.value}</main>;
}
