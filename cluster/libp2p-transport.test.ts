/** Real sockets keep the same promises as the network in memory. */
import { beginLibp2pStage } from '../test/support/libp2p-stage.ts';
import { describeTransport } from './transport.contract.ts';

describeTransport('libp2p', beginLibp2pStage);
