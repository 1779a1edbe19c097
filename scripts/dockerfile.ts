/** One line of a Dockerfile, continuation lines joined. */
export interface Instruction {
  name: string;
  text: string;
}

/** From one FROM to the next. */
export interface Stage {
  /** An image, or the name of an earlier stage. */
  from: string;
  name: string | undefined;
  instructions: Instruction[];
}

/** The stages of a Dockerfile in order. Throws at a line that it does not understand. */
export function readDockerfile(text: string): Stage[] {
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: Stage[] = [];
  for (const line of lines) {
    const [, name = '', rest = ''] = /^([A-Z]+)\s+(.+)$/.exec(line) ?? [];
    if (name === 'FROM') {
      const [, from = '', stage] = /^(\S+)(?:\s+AS\s+(\S+))?$/.exec(rest) ?? [];
      stages.push({ from, name: stage, instructions: [] });
      continue;
    }
    const current = stages.at(-1);
    if (name === '' || !current) throw new Error(`This is no instruction of a stage: ${line}`);
    current.instructions.push({ name, text: rest });
  }
  return stages;
}

/** What a COPY says. */
export interface Copy {
  /** The stage that it copies from; undefined: the folder of the project. */
  from: string | undefined;
  sources: string[];
  target: string;
}

/** Reads the text of a COPY. Throws when it names no target. */
export function readCopy(text: string): Copy {
  const words = text.split(/\s+/);
  const from = words[0]?.startsWith('--from=') ? words.shift()?.slice('--from='.length) : undefined;
  const target = words.pop();
  if (target === undefined || words.length === 0) throw new Error(`This COPY has no target: ${text}`);
  return { from, sources: words, target };
}

/** True when a .dockerignore of the form `*` and `!path` lets this path of the project into an image. */
export function isLetIn(dockerignore: string, path: string): boolean {
  const lines = dockerignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  if (lines[0] !== '*')
    throw new Error('The .dockerignore does not begin with a line that keeps everything out.');
  const allowed = lines.slice(1).map((line) => line.replace(/^!/, ''));
  return allowed.some((name) => path === name || path.startsWith(`${name}/`));
}
