import type { CommandType } from '#shared/contract/commands.ts';
import { useTranslation } from '../../i18n/index.ts';

/** What a command is called where it waits or was refused. */
export function useCommandTitle(): (type: CommandType) => string {
  const { t } = useTranslation('room');
  return (type) => t(`command.${type.replace('.', '_') as Underscored<CommandType>}`);
}

type Underscored<Type extends string> = Type extends `${infer Left}.${infer Right}`
  ? `${Left}_${Right}`
  : Type;
