import { keepCompiled } from './compiledCode.ts';

// Before anything else is loaded, or that would be compiled anew at each start.
keepCompiled(process.env['DATA_DIR']);
await import('./run.ts');
