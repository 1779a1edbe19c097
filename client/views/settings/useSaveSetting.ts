import { useQueryClient } from '@tanstack/react-query';
import type { SettingBody, SettingKind } from '#shared/contract/settings.ts';
import { announce } from '../../app/announce.ts';
import { api } from '../../app/api.ts';
import { useRefusal } from '../../app/refusal.ts';
import { settingsKey } from '../../app/settings.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useAnswered } from './Answered.tsx';
import type { AnsweredState } from './Answered.tsx';

interface SaveSetting<K extends SettingKind> {
  answered: AnsweredState;
  /** Revision 0 adds. Answers true when it is durable; a refusal stands in `answered`. */
  save: (id: string, body: SettingBody<K>, revision: number) => Promise<boolean>;
  remove: (id: string, revision: number) => Promise<boolean>;
}

/** Changes settings of a kind, and says what came of it. */
export function useSaveSetting<K extends SettingKind>(kind: K): SaveSetting<K> {
  const { t } = useTranslation('audiences');
  const sentence = useRefusal();
  const queries = useQueryClient();
  const [answered, setAnswered] = useAnswered();

  async function give(asked: ReturnType<typeof api>, done: string): Promise<boolean> {
    const answer = await asked;
    const said = answer.ok ? done : sentence(answer.error);
    setAnswered({ kind: answer.ok ? 'done' : 'refused', sentence: said });
    announce(answer.ok ? 'polite' : 'assertive', said);
    // Also after a refusal: somebody else may have changed it.
    await queries.invalidateQueries({ queryKey: settingsKey(kind) });
    return answer.ok;
  }

  return {
    answered,
    save: (id, body, revision) =>
      give(api(`/api/settings/${kind}/${id}`, { method: 'PUT', body: { body, revision } }), t('saved')),
    remove: (id, revision) =>
      give(api(`/api/settings/${kind}/${id}`, { method: 'DELETE', query: { revision } }), t('removed')),
  };
}
