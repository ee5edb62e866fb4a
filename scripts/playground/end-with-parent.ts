/**
 * Loaded into the playground's node before the node's own code: asks it to stop once whoever started it is gone. The system
 * closes a pipe whatever its owner died of; a signal handler in the owner would not live through kill -9.
 */
const { stdin } = process;
stdin.on('error', () => undefined);
stdin.on('close', () => process.kill(process.pid, 'SIGTERM'));
stdin.resume();
// A node that has nothing left to do need not wait for its parent.
stdin.unref();
