import { NO_ANSWERS, Recording } from './recording.ts';

// truths.ts ARCHIVE, in the image that reads captures: prints the right answer to each question, as one JSON object, and
// for a question that takes no answer what is missing.

const recording = await Recording.open(process.argv[2]!);
const results = await recording.check(NO_ANSWERS);
const questions = results.map(({ question, reason, state, truth }) => ({ question, reason, state, truth }));
process.stdout.write(JSON.stringify(questions));
