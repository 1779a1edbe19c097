/**
 * What `shared` may use beyond the language: the few things that Node and browsers have alike and that neither
 * read a clock, nor roll dice, nor do I/O. The type check of `shared` alone knows nothing else.
 */
declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: Uint8Array): string;
}

declare function structuredClone<T>(value: T): T;
