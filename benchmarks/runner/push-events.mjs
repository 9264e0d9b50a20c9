// Events of failed pushes, of the shape in which EventBridge delivers them.
import { randomUUID } from 'node:crypto';

/** How long ago the push is, in ms: CloudTrail takes its time. */
const AGE = 5_000;

/** Names that were in no event before. */
export function* repositoryNames(word) {
  for (let number = 1; ; number++) yield `backend/${word}-${number}`;
}

/** One of the events of a push to a repository that is missing. */
export function pushEvent({ template, name }, repositoryName) {
  const event = JSON.parse(template.replaceAll(name, repositoryName));
  const time = new Date(Date.now() - AGE).toISOString().replace(/\.\d+Z$/, 'Z');
  const detail = { ...event.detail, eventTime: time, eventID: randomUUID(), requestID: randomUUID() };
  return { ...event, id: randomUUID(), time, detail };
}
