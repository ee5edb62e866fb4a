/**
 * What to do when IRC says no: when to connect again, which nick to take next, when to try a channel again. Pure; every
 * decision carries its reason. The numbers behind it are IRC servers' own limits, as said beside each.
 */

export type LossReason =
  /** The server was never reached, or TLS was not agreed upon. */
  | 'unreachable'
  /** A file of the configuration cannot be read or does not hold what it should. */
  | 'configuration'
  | 'dropped before registration'
  | 'wrong password'
  | 'no nick is free'
  /** K-line, G-line, Z-line, DNSBL. */
  | 'banned'
  /** Too many or too fast connections. */
  | 'throttled'
  /** Excess Flood. */
  | 'flooded'
  /** By an operator, or because two servers found the same nick after a netsplit. */
  | 'killed'
  | 'server is going down'
  /** A PING that was not answered: the link is half open. */
  | 'silent'
  | 'closed';

/** Why there is no link any more. The message is the server's or the system's; it may be hostile and is one line. */
export interface Loss {
  readonly reason: LossReason;
  readonly message: string;
}

const SECOND_MS = 1000;
const LONGEST_WAIT_MS = 300 * SECOND_MS;
/** A link that stood this long was a good one: the next failure is the first. */
export const HEALTHY_AFTER_MS = 10 * 60 * SECOND_MS;

/** What the first wait is about; it doubles with every failure. Where the server counts connections, it must not be short. */
const FIRST_WAIT_MS: Readonly<Record<LossReason, number>> = {
  unreachable: SECOND_MS,
  closed: SECOND_MS,
  'server is going down': 2 * SECOND_MS,
  silent: SECOND_MS,
  // Servers of networks typically allow three connections a minute.
  'dropped before registration': 5 * SECOND_MS,
  killed: 2 * SECOND_MS,
  'no nick is free': 20 * SECOND_MS,
  flooded: 20 * SECOND_MS,
  throttled: 45 * SECOND_MS,
  configuration: 10 * SECOND_MS,
  'wrong password': 60 * SECOND_MS,
  // Each attempt may make a K-line last longer.
  banned: 240 * SECOND_MS,
};

/**
 * Between 1 and 300 s, jittered by a quarter either way: a server that comes back is not met by all its clients at once.
 * @param failures how many there were before this one, since the last healthy link
 * @param random in [0, 1)
 */
export function reconnectDelayMs(reason: LossReason, failures: number, random: number): number {
  return backoffMs(FIRST_WAIT_MS[reason], failures, random);
}

function backoffMs(firstMs: number, failures: number, random: number): number {
  const waitMs = Math.min(LONGEST_WAIT_MS, firstMs * 2 ** Math.min(failures, 20));
  return Math.min(LONGEST_WAIT_MS, Math.max(SECOND_MS, Math.round(waitMs * (0.75 + random / 2))));
}

/** Whether a message that waits may shorten the wait. Not where the server itself has seen us and counts. */
export function mayHurry(reason: LossReason): boolean {
  return reason === 'unreachable' || reason === 'configuration';
}

/** What an ERROR or a closing numeric means, by the words that ircd's use: they agree on no code. */
export function lossReasonOf(words: string): LossReason | undefined {
  return LOSS_WORDS.find(([pattern]) => pattern.test(words))?.[1];
}

const LOSS_WORDS: readonly (readonly [RegExp, LossReason])[] = [
  [
    /throttl|too fast|too many (?:\w+ )?(?:host |user )?(?:connections|clients)|connect(?:ing|ion).{0,20}limit/i,
    'throttled',
  ],
  [/excess flood|flood(?:ing|ed)|sendq|recvq/i, 'flooded'],
  [/\b[kgzdx]-?lined?\b|\bakill|banned|\bdnsbl\b|blacklist/i, 'banned'],
  [/bad password|password (?:incorrect|mismatch|required)|access denied/i, 'wrong password'],
  [/\bkill(?:ed)?\b|nick(?:name)? collision/i, 'killed'],
  [/ping timeout/i, 'silent'],
  [/shut(?:ting)? ?down|restart|going down|terminat/i, 'server is going down'],
];

/** More refused nicks than this on one link, and somebody takes them on purpose. */
export const MOST_NICKS_TRIED = 8;
/** Of a server that says a nick is too long (RFC 2812, 1.2.1); and of the larger networks. */
const SHORT_NICK = 9;
const LONG_NICK = 30;

/**
 * The nick to try after so many refused ones: `tocsin_`, `tocsin__`, `tocsin___`, then ones nobody else will guess.
 * @param refused the numerics of this link's refusals, at least one
 */
export function alternateNick(nick: string, refused: readonly string[], random: number): string {
  const longest = refused.includes('432') ? SHORT_NICK : LONG_NICK;
  const tail = refused.length <= 3 ? '_'.repeat(refused.length) : String(Math.floor(random * 10_000)).padStart(4, '0');
  return nick.slice(0, longest - tail.length) + tail;
}

/** Numerics that refuse a nick (433 in use, 436 collision, 437 held back after a split, 432 too long for this server). */
export const NICK_REFUSALS: ReadonlySet<string> = new Set(['432', '433', '436', '437']);

export type ChannelProblem =
  | 'full'
  | 'invite only'
  | 'banned'
  | 'wrong key'
  | 'registered nicks only'
  | 'TLS only'
  | 'too many channels'
  | 'forwarded elsewhere'
  | 'not a channel'
  | 'held back'
  | 'kicked'
  | 'not in it any more'
  | 'no answer'
  | 'its key cannot be read';

/** Numerics that answer a JOIN, from RFC 2812 and the ircds of the larger networks. */
const JOIN_REFUSALS: ReadonlyMap<string, ChannelProblem> = new Map([
  ['403', 'not a channel'],
  ['405', 'too many channels'],
  ['437', 'held back'],
  ['470', 'forwarded elsewhere'],
  ['471', 'full'],
  ['473', 'invite only'],
  ['474', 'banned'],
  ['475', 'wrong key'],
  ['476', 'not a channel'],
  ['477', 'registered nicks only'],
  ['479', 'not a channel'],
  ['489', 'TLS only'],
  ['520', 'invite only'],
]);

export function joinRefusalOf(numeric: string): ChannelProblem | undefined {
  return JOIN_REFUSALS.get(numeric);
}

/** What may pass by itself within moments is tried soon; what a human must change, slowly. */
const SOON: ReadonlySet<ChannelProblem> = new Set<ChannelProblem>([
  'full',
  'held back',
  'kicked',
  'not in it any more',
  'no answer',
  'its key cannot be read',
  // NickServ may take a moment to let us in.
  'registered nicks only',
]);

/** As {@link reconnectDelayMs}, for a channel. */
export function rejoinDelayMs(problem: ChannelProblem, failures: number, random: number): number {
  return backoffMs(SOON.has(problem) ? 2 * SECOND_MS : 60 * SECOND_MS, failures, random);
}
