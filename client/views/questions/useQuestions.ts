import { useQuery } from '@tanstack/react-query';
import { apiOrThrow } from '../../app/api.ts';

export interface Question {
  seq: number;
  at: string;
  text: string;
  /** As the asker gave it; nobody checked it. */
  name: string | null;
  answers: { seq: number; at: string; by: string; text: string; to: 'asker' | 'all' }[];
}

/**
 * Questions from outside, for Communications and the commander; `asked` is what changes when one comes or is answered.
 * Nothing is fetched while not `wanted`.
 */
export function useQuestions(
  incidentId: string,
  asked: { asked: number; answers: number } | undefined,
  wanted = true,
) {
  return useQuery({
    queryKey: ['questions', incidentId, asked?.asked ?? 0, asked?.answers ?? 0],
    queryFn: async ({ signal }) => {
      const path = `/api/incidents/${incidentId}/questions`;
      return (await apiOrThrow<{ questions: Question[] }>(path, { signal })).questions;
    },
    placeholderData: (before) => before,
    retry: false,
    enabled: wanted,
  });
}

/** How many nobody answered yet; null while that is not known here. */
export function openQuestions(questions: readonly Question[] | undefined): number | null {
  return questions?.filter(({ answers }) => answers.length === 0).length ?? null;
}
