/** The push that the README's loop repeats. */
const DOCKER_PUSH = 'docker push "$IMAGE"';

/** The README's own loop that repeats a push, as it stands there. */
export function loopOf(readme: string): string {
  const loops = [...readme.matchAll(/^```shell\n(.*?)^```$/gms)].map(([, block]) => block).filter(block => block.includes(DOCKER_PUSH));
  if (loops.length !== 1) throw new Error(`the README must have one shell block with ${DOCKER_PUSH}, and has ${loops.length}`);
  return loops[0];
}

/** The loop with the push of another client; with Docker's it stays as it is. */
export function withPush(loop: string, push: string): string {
  const parts = loop.split(DOCKER_PUSH);
  if (parts.length !== 2) throw new Error(`the loop must have ${DOCKER_PUSH} once: ${loop}`);
  return parts.join(push);
}
