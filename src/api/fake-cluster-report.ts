/** For tests: a cluster of four as node a reports it; c is dead, d has left. */
import type { ClusterReport, ReportedMember } from './cluster-report.ts';

export function member(id: string, fields: Partial<ReportedMember> = {}): ReportedMember {
  return {
    id,
    self: false,
    name: `node ${id}`,
    address: '10.0.0.1:9094',
    url: `http://${id}.test/`,
    version: '0.1.0',
    boot: 'b1',
    configHash: 'c0ffee',
    alive: true,
    reason: 'heard',
    settled: true,
    left: false,
    cloned: false,
    heardAgoMs: 300,
    heardByAnyoneAgoMs: 300,
    clockOffsetMs: 2_500,
    links: ['a'],
    hears: [{ member: 'a', agoMs: 200 }],
    firstForGroups: 4,
    deltaRoundTripMs: 12,
    exchange: { agoMs: 1_500, running: false, behind: 3, ahead: 0, remaining: 1 },
    ...fields,
  };
}

export const REPORT: ClusterReport = {
  self: 'a',
  clockOffsetMs: -20,
  configDiffers: true,
  members: [
    member('a', { self: true, exchange: null }),
    member('b'),
    member('c', { alive: false }),
    member('d', { alive: false, left: true, clockOffsetMs: null }),
  ],
  claims: { total: 2, open: [] },
  traffic: {
    ...{
      queued: 7,
      messagesRefused: 1,
      recordsRefused: 2,
      bytesSent: 0,
      bytesReceived: 0,
      peersJoined: 5,
      peersLost: 3,
    },
    deltas: { sent: 10, dropped: 1, tooLarge: 2, changed: 20, nothingNew: 30, refused: 4, unknownMap: 5 },
  },
};
