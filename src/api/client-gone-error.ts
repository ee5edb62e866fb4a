/** Thrown by work whose client is gone: nobody reads an answer, and nothing is wrong with the node. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}
