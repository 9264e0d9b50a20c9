import type { OciImage } from './oci-image';
import type { PushClient, PushReference, PushResult } from './push-client';

/** Pushes until the registry accepts, as a loop in CI does: no client repeats a push to a missing repository by itself. */
export async function pushUntilAccepted(
  client: PushClient, image: OciImage, reference: PushReference, between: (refused: PushResult) => Promise<void>, attempts = 24,
): Promise<PushResult[]> {
  const results: PushResult[] = [];
  for (;;) {
    const result = await client.push(image, reference);
    results.push(result);
    if (result.ok || results.length === attempts) return results;
    await between(result);
  }
}
