import type { Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SmtpBehaviour, SmtpReport, SmtpStage } from './smtpServer.ts';

/** A mail server in a process of its own; see smtpServer.ts. Arguments: port, behaviour, sign-in (user:password, or nothing), `plain` for no TLS. */
const [port = '0', first = '{}', signIn = '', tls = ''] = process.argv.slice(2);
let behaviour = JSON.parse(first) as SmtpBehaviour;
const sockets = new Map<number, Socket>();
const tries = new Map<string, number>();

process.on('message', (changed: SmtpBehaviour) => {
  behaviour = changed;
  report({ kind: 'behaves' });
});
process.on('disconnect', () => process.exit(0));

function report(said: SmtpReport): void {
  process.send?.(said);
}

/** What happens at a stage: goes on, answers with a refusal, says nothing, or hangs up. */
function stage(name: SmtpStage, remotePort: number, goOn: (error?: Error) => void): void {
  if (!('at' in behaviour) || behaviour.at !== name) return goOn();
  switch (behaviour.kind) {
    case 'answer':
      return goOn(answer(behaviour.code, behaviour.text));
    case 'silent':
      return;
    case 'drop':
      sockets.get(remotePort)?.destroy();
  }
}

function answer(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}

const server = new SMTPServer({
  ...{ disableReverseLookup: true, logger: false, closeTimeout: 100, size: 1_000_000 },
  ...(signIn === '' ? { disabledCommands: ['AUTH', 'STARTTLS'] } : { allowInsecureAuth: true }),
  hideSTARTTLS: tls === 'plain',
  onAuth(given, _session, done) {
    const isRight = `${given.username}:${given.password}` === signIn;
    done(isRight ? null : answer(535, '5.7.8 no'), { user: given.username });
  },
  onConnect: (session, done) => stage('connect', session.remotePort, done),
  onMailFrom: (_address, session, done) => stage('mail', session.remotePort, done),
  onRcptTo(address, session, done) {
    report({ kind: 'tried', to: address.address });
    const tried = tries.get(address.address) ?? 0;
    tries.set(address.address, tried + 1);
    if (behaviour.kind === 'greylist' && tried < behaviour.times) {
      return done(answer(451, '4.7.1 Greylisted, try again later'));
    }
    stage('recipient', session.remotePort, done);
  },
  onData(stream, session, done) {
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('end', () => {
      const { mailFrom, rcptTo } = session.envelope;
      report({
        kind: 'got',
        mail: {
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(parts).toString('latin1'),
          port: session.remotePort,
          host: session.hostNameAppearsAs,
        },
      });
      const wait = behaviour.kind === 'slow' ? behaviour.milliseconds : 0;
      setTimeout(() => stage('data', session.remotePort, done), wait);
    });
  },
});

server.server.on('connection', (socket: Socket) => {
  const { remotePort = 0 } = socket;
  sockets.set(remotePort, socket);
  report({ kind: 'connected' });
  socket.on('close', () => sockets.delete(remotePort));
});
server.on('error', () => {
  // A connection that ended in the middle is what some tests are about.
});
const listening = server.listen(Number(port), '127.0.0.1', () => {
  const address = listening.address();
  report({ kind: 'listens', port: typeof address === 'object' && address ? address.port : 0 });
});
