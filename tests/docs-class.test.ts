import { replayPages } from './docs/suite-testing.ts';

// What a class does takes as long as all the other pages.
replayPages((path) => /^docs\/(?:labs|teach)\//.test(path));
