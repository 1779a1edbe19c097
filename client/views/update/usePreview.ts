import { useQuery } from '@tanstack/react-query';
import { useDebouncedValue } from '@mantine/hooks';
import type { UpdateBody } from '#shared/contract/updates.ts';
import type { ChannelName } from '#shared/contract/settings.ts';
import type { Locale } from '#shared/contract/wire.ts';
import { ApiFailure, apiOrThrow } from '../../app/api.ts';
import type { ApiError } from '../../app/api.ts';

export interface ChannelPreview {
  channel: ChannelName;
  locale: Locale;
  count: number;
  subject: string | null;
  text: string;
  /** What a mail program shows; null for a channel that has text alone. */
  html: string | null;
}

export interface UpdatePreview {
  audiences: { id: string; name: string; targets: { channel: ChannelName; count: number }[] }[];
  previews: ChannelPreview[];
  recipients: number;
}

/** Long enough that a word is typed, short enough that the eye does not wait. Milliseconds. */
const PAUSE = 500;

/**
 * The update as each channel would send it, asked of the server while it is written. `about`: what else it depends on, such
 * as the audiences that the incident has.
 */
export function usePreview(
  incidentId: string,
  body: UpdateBody | null,
  about: string,
): { preview: UpdatePreview | null; error: ApiError | null } {
  const [settled] = useDebouncedValue(JSON.stringify(body), PAUSE);
  const query = useQuery({
    queryKey: ['preview', incidentId, settled, about],
    queryFn: ({ signal }) =>
      apiOrThrow<UpdatePreview>(`/api/incidents/${incidentId}/updates/preview`, {
        method: 'POST',
        body: JSON.parse(settled) as unknown,
        signal,
      }),
    enabled: settled !== 'null',
    retry: false,
    gcTime: 0,
    placeholderData: (before) => before,
  });
  const error = query.error instanceof ApiFailure ? query.error.error : null;
  return { preview: settled === 'null' ? null : (query.data ?? null), error };
}
