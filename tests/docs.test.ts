import { replayPages } from './docs/suite-testing.ts';

replayPages((path) => !/^docs\/(?:labs|teach)\//.test(path));
