/** What the handlers share besides the rest of the node. */
import type { ApiDependencies } from './dependencies.ts';
import type { SliceQueue } from './pacer.ts';
import type { BodyReader } from './request-body.ts';

export interface ApiParts extends ApiDependencies {
  readonly bodies: BodyReader;
  /** Of work for those who look. */
  readonly readSlices: SliceQueue;
  /** Of large posts: an alert coming in never queues behind those who look. */
  readonly postSlices: SliceQueue;
}
