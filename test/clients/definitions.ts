import { dirname } from 'node:path';
import type { ClientDefinition } from './client';
import { Dockerd, socketOf } from './dockerd';
import { goProgram } from '../judges/aside';

/** What comes from the Go module proxy: the newest in November 2026. */
const CRANE = 'github.com/google/go-containerregistry/cmd/crane@v0.22.1';
const ORAS = 'oras.land/oras/cmd/oras@v1.3.6';

const DOCKER = {
  version: 'docker version --format "{{.Server.Version}}"',
  setUp: 'docker load --input "$ARCHIVE"',
  environment: (directory: string) => ({ DOCKER_HOST: socketOf(directory), DOCKER_CLI_EXPERIMENTAL: 'enabled' }),
  recipes: {
    layers: { prepare: 'docker tag "$LOCAL" "$IMAGE"', push: 'docker push "$IMAGE"' },
    mounted: { prepare: 'docker tag "$LOCAL" "$SOURCE"; docker push "$SOURCE"; docker tag "$SOURCE" "$IMAGE"', push: 'docker push "$IMAGE"' },
    // It makes no index without images: this one has an image of another repository.
    index: {
      prepare: 'docker tag "$LOCAL" "$SOURCE"; docker push "$SOURCE"; docker manifest create --insecure "$IMAGE" "$SOURCE"',
      push: 'docker manifest push --insecure "$IMAGE"',
    },
  },
};

/** Podman and Buildah take the same arguments. */
function daemonless(program: string): Pick<ClientDefinition, 'version' | 'recipes'> {
  const push = `${program} push --tls-verify=false`;
  return {
    version: `${program} --version`,
    recipes: {
      layers: { prepare: `${program} tag "$LOCAL" "$IMAGE"`, push: `${push} "$IMAGE"` },
      mounted: { prepare: `${program} tag "$LOCAL" "$SOURCE" "$IMAGE"; ${push} "$SOURCE"`, push: `${push} "$IMAGE"` },
      index: { prepare: `${program} manifest create "$IMAGE"`, push: `${program} manifest push --tls-verify=false "$IMAGE" "docker://$IMAGE"` },
    },
  };
}

const VFS = () => ({ STORAGE_DRIVER: 'vfs' });

const CLASSIC: Omit<ClientDefinition, 'origin'> = {
  name: 'docker',
  title: 'Docker, classic store',
  programs: [{ program: 'dockerd', name: 'docker.io' }, { program: 'docker', name: 'docker.io' }],
  start: async workplace => Dockerd.start(workplace, false),
  ...DOCKER,
};

const DAEMONLESS: readonly Omit<ClientDefinition, 'origin'>[] = [
  {
    name: 'podman',
    title: 'podman',
    programs: [{ program: 'podman', name: 'podman' }],
    environment: VFS,
    setUp: 'podman load --input "$ARCHIVE"',
    ...daemonless('podman'),
  },
  {
    name: 'buildah',
    title: 'buildah',
    programs: [{ program: 'buildah', name: 'buildah' }],
    environment: VFS,
    setUp: 'buildah pull "docker-archive:$ARCHIVE"',
    ...daemonless('buildah'),
  },
  {
    name: 'skopeo',
    title: 'skopeo',
    programs: [{ program: 'skopeo', name: 'skopeo' }],
    version: 'skopeo --version',
    recipes: {
      layers: { push: 'skopeo copy --dest-tls-verify=false "oci:$LAYOUT:1" "docker://$IMAGE"' },
      mounted: {
        prepare: 'skopeo copy --dest-tls-verify=false "oci:$LAYOUT:1" "docker://$SOURCE"',
        push: 'skopeo copy --src-tls-verify=false --dest-tls-verify=false "docker://$SOURCE" "docker://$IMAGE"',
      },
      index: { push: 'skopeo copy --all --dest-tls-verify=false "oci:$INDEX_LAYOUT:1" "docker://$IMAGE"' },
    },
  },
];

/** The clients, each with the commands that its users would type. */
export const CLIENTS: readonly ClientDefinition[] = [
  ...ofBothDebians(CLASSIC),
  {
    ...CLASSIC,
    name: 'docker (containerd image store)',
    title: 'Docker, containerd store',
    origin: 'newest',
    start: async workplace => Dockerd.start(workplace, true),
  },
  ...DAEMONLESS.flatMap(ofBothDebians),
  {
    name: 'crane',
    title: 'crane',
    origin: 'install',
    programs: [],
    install: async () => [dirname(await goProgram('crane', CRANE))],
    version: 'crane version',
    recipes: {
      layers: { push: 'crane push "$LAYOUT" "$IMAGE"' },
      mounted: { prepare: 'crane push "$LAYOUT" "$SOURCE"', push: 'crane copy "$SOURCE" "$IMAGE"' },
      index: { push: 'crane index append --tag "$IMAGE"' },
    },
  },
  {
    name: 'oras',
    title: 'oras',
    origin: 'install',
    programs: [],
    install: async () => [dirname(await goProgram('oras', ORAS))],
    version: 'oras version',
    recipes: {
      layers: { push: 'oras copy --from-oci-layout --to-plain-http "$LAYOUT:1" "$IMAGE"' },
      mounted: {
        prepare: 'oras copy --from-oci-layout --to-plain-http "$LAYOUT:1" "$SOURCE"',
        push: 'oras copy --from-plain-http --to-plain-http "$SOURCE" "$IMAGE"',
      },
      index: { push: 'oras manifest index create --plain-http "$IMAGE"' },
    },
  },
];

function ofBothDebians(client: Omit<ClientDefinition, 'origin'>): ClientDefinition[] {
  return [{ ...client, origin: 'machine' }, { ...client, origin: 'newest' }];
}
