import { replayPages } from './docs/suite-testing.ts';

replayPages('wire');
