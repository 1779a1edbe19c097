import { lazy } from 'react';
import type { ReactNode } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { InvitePage } from '../views/invite/InvitePage.tsx';
import { NotFoundPage } from '../views/notfound/NotFoundPage.tsx';
import { SetupPage } from '../views/setup/SetupPage.tsx';
import { orMissing } from './lazyPart.ts';
import { SignedIn } from './SignedIn.tsx';
import { ViewFrame } from './ViewFrame.tsx';

const ActionsPage = lazy(orMissing(() => import('../views/actionList/ActionsPage.tsx')));
const BoardPage = lazy(orMissing(() => import('../views/board/BoardPage.tsx')));
const InsightsPage = lazy(orMissing(() => import('../views/insights/InsightsPage.tsx')));
const SettingsPage = lazy(orMissing(() => import('../views/settings/SettingsPage.tsx')));
/**
 * Rendered without properties at `/i/:number/:dialog?`, so the room stays mounted while its dialogs (`handoff`,
 * `update`, `brief`) open and close under addresses of their own: `useParams<{ number: string; dialog?: string }>()`.
 */
const RoomPage = lazy(orMissing(() => import('../views/room/RoomPage.tsx')));
/** Rendered without properties at `/i/:number/review`: `useParams<{ number: string }>()`. */
const ReplayPage = lazy(orMissing(() => import('../views/replay/ReplayPage.tsx')));
/** Rendered without properties at `/i/:number/review/:part`. */
const ReviewPage = lazy(orMissing(() => import('../views/review/ReviewPage.tsx')));

/** Which address shows which view. */
export function Routes(): ReactNode {
  return (
    <Switch>
      <Route path="/setup/:token">{({ token }) => <SetupPage token={token} />}</Route>
      <Route path="/invite/:token">{({ token }) => <InvitePage token={token} />}</Route>
      <Route path="/signin">
        <SignedIn>
          <Redirect to="/board" replace />
        </SignedIn>
      </Route>
      <Route>
        <SignedIn>
          <ViewFrame>
            <Switch>
              <Route path="/" component={BoardPage} />
              <Route path="/board" component={BoardPage} />
              <Route path="/declare" component={BoardPage} />
              <Route path="/actions" component={ActionsPage} />
              <Route path="/insights" component={InsightsPage} />
              <Route path="/settings/:section?">
                {({ section }) => <SettingsPage section={section ?? 'me'} />}
              </Route>
              <Route path="/i/:number/review">
                <ReplayPage />
              </Route>
              <Route path="/i/:number/review/:part">
                <ReviewPage />
              </Route>
              <Route path="/i/:number/:dialog?">
                <RoomPage />
              </Route>
              <Route>
                <NotFoundPage />
              </Route>
            </Switch>
          </ViewFrame>
        </SignedIn>
      </Route>
    </Switch>
  );
}
