import { loopOf, withPush } from './readme-loop';

const LOOP = 'until docker push "$IMAGE"; do sleep 5; done\n';

test('the loop is the shell block that pushes, as it stands there', () => {
  expect(loopOf(`\`\`\`shell\nnpm ci\n\`\`\`\n\n\`\`\`shell\n${LOOP}\`\`\`\n`)).toBe(LOOP);
});

test('fails when the README has no loop, or two', () => {
  const block = `\`\`\`shell\n${LOOP}\`\`\`\n`;
  expect(() => loopOf('\`\`\`shell\nnpm ci\n\`\`\`\n')).toThrow('and has 0');
  expect(() => loopOf(block + block)).toThrow('and has 2');
});

test('another client pushes in the same loop, and Docker leaves it as it is', () => {
  expect(withPush(LOOP, 'crane copy "$SOURCE" "$IMAGE"')).toBe('until crane copy "$SOURCE" "$IMAGE"; do sleep 5; done\n');
  expect(withPush(LOOP, 'docker push "$IMAGE"')).toBe(LOOP);
});

test('fails when there is no push to replace', () => {
  expect(() => withPush('true', 'crane copy')).toThrow('the loop must have docker push "$IMAGE" once: true');
});
