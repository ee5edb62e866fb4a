/** What the tests of receivers make them with: the real clock, no templates, the defaults of an empty `global` block. */
import { realSystem } from '../../src/system.ts';
import { defaultReceiverDefaults } from '../defaults.ts';
import type { ReceiverDependencies } from '../kind.ts';
import { Sessions } from '../sessions.ts';

export function receiverDependencies(change: Partial<ReceiverDependencies> = {}): ReceiverDependencies {
  return {
    system: realSystem,
    version: '1.2.3',
    renderTemplate: (text) => text,
    renderHtml: (text) => text,
    definesTemplate: () => false,
    checkTemplate() {},
    defaults: defaultReceiverDefaults,
    sessions: new Sessions(),
    log: { info() {}, warn() {} },
    ...change,
  };
}
