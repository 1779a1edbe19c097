import { connect as connectPlainly } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { AbstractConnector } from 'ioredis';
import type { Endpoint } from './redisAddress.ts';

/** How long a connection that is ended may take to close before it is cut. Milliseconds. */
const DISCONNECT_MILLISECONDS = 100;

/**
 * What opens the socket of a client. ioredis' own listens to the first error of a socket alone; the second one, such as what
 * Redis says of a certificate that was just refused here, would end the process.
 */
export function connectorTo(endpoint: Endpoint, tls: boolean): new () => AbstractConnector {
  return class extends AbstractConnector {
    constructor() {
      super(DISCONNECT_MILLISECONDS);
    }

    connect(): Promise<Socket> {
      const { host, port } = endpoint;
      const socket = tls ? connectSecurely({ host, port }) : connectPlainly({ host, port });
      socket.on('error', (error) => {
        this.firstError ??= error;
      });
      this.connecting = true;
      this.stream = socket;
      return Promise.resolve(socket);
    }
  };
}
