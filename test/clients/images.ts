import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildEmptyIndex, buildOciImage, type OciImage, writeDockerArchive, writeIndexLayout, writeOciLayout } from '../local-aws/oci-image';

/** What is pushed: as many layers make several events of one push. */
export const IMAGE: OciImage = buildOciImage(3);

/** The image in the forms that clients take it in. */
export interface ImageFiles {
  readonly ARCHIVE: string;
  readonly LOCAL: string;
  readonly LAYOUT: string;
  readonly INDEX_LAYOUT: string;
}

/** Writes the image into a folder. */
export async function writeImages(directory: string): Promise<ImageFiles> {
  mkdirSync(directory);
  const files = {
    ARCHIVE: join(directory, 'image.tar'),
    LOCAL: 'localhost/image:1',
    LAYOUT: join(directory, 'layout'),
    INDEX_LAYOUT: join(directory, 'index-layout'),
  };
  await writeDockerArchive(IMAGE, files.ARCHIVE, files.LOCAL);
  await writeOciLayout(IMAGE, files.LAYOUT, '1');
  await writeIndexLayout(buildEmptyIndex(), files.INDEX_LAYOUT, '1');
  return files;
}
