import type { ReactNode } from 'react';
import type { Offer } from '#shared/incident/state.ts';
import { AcceptDialog } from '../handoff/AcceptDialog.tsx';
import { BriefDialog } from '../handoff/BriefDialog.tsx';
import { ForceDialog } from '../handoff/ForceDialog.tsx';
import { OfferDialog } from '../handoff/OfferDialog.tsx';
import { useIncident, useRoomHandle } from '../../room/RoomContext.tsx';
import { QuestionsDialog } from '../questions/QuestionsDialog.tsx';
import { EraseDialog } from '../records/EraseDialog.tsx';
import { DeliveriesDialog } from '../update/DeliveriesDialog.tsx';
import { LinksDialog } from '../update/LinksDialog.tsx';
import { UpdateDialog } from '../update/UpdateDialog.tsx';
import { DoingDialog, RenameDialog, SeverityDialog, StatusDialog } from './CommandDialogs.tsx';
import { HelpDialog } from './HelpDialog.tsx';
import { useRoomDialogs } from './roomDialogs.ts';

interface RoomDialogStackProps {
  /** The offer to me that is unfolded now. */
  offer: Offer | null;
  onLater: () => void;
}

/** The one dialog that is open. An offer to me comes before everything else; the other waits under it. */
export function RoomDialogStack({ offer, onLater }: RoomDialogStackProps): ReactNode {
  const { fill } = useRoomDialogs();
  return (
    <>
      <Addressed isOffered={offer !== null} />
      {offer ? (
        <AcceptDialog key={offer.offer} offer={offer} declining={fill.declining === true} onLater={onLater} />
      ) : null}
    </>
  );
}

function Addressed({ isOffered }: { isOffered: boolean }): ReactNode {
  const { current, close, fill } = useRoomDialogs();
  const { me } = useRoomHandle();
  const state = useIncident();
  switch (current) {
    case 'handoff':
      return isOffered || state.offer?.to === me.id ? null : (
        <OfferDialog person={fill.person} onClose={close} />
      );
    case 'update':
      return <UpdateDialog state={state} fill={fill} onClose={close} />;
    case 'brief':
      return <BriefDialog onClose={close} />;
    case 'force':
      return <ForceDialog onClose={close} />;
    case 'links':
      return <LinksDialog incidentId={state.id} number={state.number} onClose={close} />;
    case 'erase':
      return <EraseDialog onClose={close} />;
    case 'help':
      return <HelpDialog onClose={close} />;
    case 'severity':
      return <SeverityDialog state={state} onClose={close} />;
    case 'status':
      return <StatusDialog state={state} onClose={close} />;
    case 'doing':
      return <DoingDialog state={state} onClose={close} />;
    case 'deliveries': {
      const seq = fill.seq ?? state.lastUpdate?.seq;
      return seq === undefined ? null : <DeliveriesDialog incidentId={state.id} seq={seq} onClose={close} />;
    }
    case 'questions':
      return <QuestionsDialog state={state} onClose={close} />;
    case 'rename':
      return <RenameDialog state={state} onClose={close} />;
    case null:
      return null;
    default:
      return current satisfies never;
  }
}
